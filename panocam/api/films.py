"""A recording, or a part of it, as a download: with byte ranges where its size is known beforehand, else as it is made.

One range is answered 206. More than one is answered with the whole (RFC 9110 §14.2 lets a server), one that is not there 416. A recording
that is still being made has no size yet, and of a very long one it would take too long to find out.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import Any

from starlette.responses import Response, StreamingResponse

from panocam.api.endpoint import Call
from panocam.api.services import storage_of
from panocam.api.streamed import first_of, rest_of
from panocam.storage.cut import LONGEST, Cut
from panocam.storage.export import export_matroska

MEDIA = "video/x-matroska"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


async def film(call: Call[Any], recording: str, span: tuple[int | None, int | None]) -> Response:
    """The reply. Raises NotFound, Unavailable."""
    storage = storage_of(call.services)
    row = storage.index.get(recording)
    if call.connection.headers.get("range", "bytes=0-").startswith("bytes=0-"):  # not each piece of one download
        storage.library.noted("exported", recording)
    headers = {"Content-Disposition": f'attachment; filename="{recording}.mkv"'}
    if not row.complete or len(storage.index.segments(recording)) > LONGEST:
        pieces = export_matroska(storage.library, recording, *span)
        first = await asyncio.to_thread(first_of, pieces)
        return StreamingResponse(rest_of(first, pieces), media_type=MEDIA, headers=headers)
    cut = await asyncio.to_thread(Cut, storage.library, recording, *span)
    tag = '"' + hashlib.sha256(f"{recording} {span} {cut.size} {row.start_ns}".encode()).hexdigest()[:32] + '"'
    headers |= {"ETag": tag, "Accept-Ranges": "bytes", "Cache-Control": "private, no-cache"}
    sent = call.connection.headers
    wanted = sent.get("range") if sent.get("if-range", tag) == tag else None
    status, begin, end = chosen(wanted, cut.size)
    if status == 416:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{cut.size}"})
    if status == 206:
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{cut.size}"
    headers["Content-Length"] = str(end - begin)
    part = cut.read(begin, end)
    first = await asyncio.to_thread(first_of, part)
    return StreamingResponse(rest_of(first, part), status, media_type=MEDIA, headers=headers)


def chosen(header: str | None, size: int) -> tuple[int, int, int]:
    """(status, first byte, byte behind the last) for a Range header; what cannot be read is as if it were not there."""
    found = _RANGE.fullmatch(header.replace(" ", "")) if header else None
    if found is None or not (found[1] or found[2]):
        return 200, 0, size
    if not found[1]:
        last = int(found[2])
        return (206, max(0, size - last), size) if last else (416, 0, 0)
    begin, end = int(found[1]), min(int(found[2]) + 1 if found[2] else size, size)
    if found[2] and int(found[2]) < begin:
        return 200, 0, size
    return (206, begin, end) if begin < size else (416, 0, 0)
