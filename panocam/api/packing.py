"""Parts of a report packed into one stream: text, zip or tar. Blocking iterators that hold a piece at a time, never the whole."""

from __future__ import annotations

import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import gmtime
from typing import IO, Any, cast

from starlette.responses import Response, StreamingResponse

from panocam.api.endpoint import Call
from panocam.api.report import Part, collect, file_name
from panocam.api.streamed import first_of, rest_of
from panocam.clock import NS
from panocam.errors import InvalidValue

SPOOLED = 1 << 20
"""Bytes of a part that stay in memory while its size is found out, for tar; more go through a temporary file."""


class _Sink:
    """A file that cannot be sought; what is written waits to be taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def as_plain_text(parts: Sequence[Part], seconds: int) -> Iterator[bytes]:
    """One text after the other, each under its name; pictures are left out."""
    for part in parts:
        if part.text:
            yield f"\n----- {part.name} -----\n".encode()
            yield from part.pieces()


def as_zip(parts: Sequence[Part], seconds: int) -> Iterator[bytes]:
    """A zip; ``seconds`` since 1970 is the time of its files."""
    sink = _Sink()
    with zipfile.ZipFile(cast("IO[bytes]", sink), "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            info = zipfile.ZipInfo(part.name, _dos_time(seconds))
            info.compress_type = zipfile.ZIP_DEFLATED if part.text else zipfile.ZIP_STORED
            with archive.open(info, "w") as out:
                for piece in part.pieces():
                    out.write(piece)
                    yield sink.take()
            yield sink.take()
    yield sink.take()


def as_tar(parts: Sequence[Part], seconds: int) -> Iterator[bytes]:
    """A tar compressed with gzip."""
    sink = _Sink()
    with tarfile.open(fileobj=cast("IO[bytes]", sink), mode="w|gz") as archive:
        for part in parts:
            with tempfile.SpooledTemporaryFile(SPOOLED) as spool:
                for piece in part.pieces():
                    spool.write(piece)
                info = tarfile.TarInfo(part.name)
                info.size, info.mtime, info.mode = spool.tell(), seconds, 0o600
                spool.seek(0)
                archive.addfile(info, cast("IO[bytes]", spool))
            yield sink.take()
    yield sink.take()


@dataclass(frozen=True)
class Mode:
    """A way to pack: its media type, the ending of its name, and whether a picture belongs to it."""

    pack: Callable[[Sequence[Part], int], Iterator[bytes]]
    media_type: str
    ending: str
    picture: bool


MODES = {
    "text": Mode(as_plain_text, "text/plain; charset=utf-8", "txt", False),
    "zip": Mode(as_zip, "application/zip", "zip", False),
    "zip_with_image": Mode(as_zip, "application/zip", "zip", True),
    "tar_all": Mode(as_tar, "application/gzip", "tar.gz", True),
}


def _dos_time(seconds: int) -> tuple[int, int, int, int, int, int]:
    at = gmtime(max(seconds, 315_532_800))  # a zip begins in 1980
    return at.tm_year, at.tm_mon, at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec


async def respond(call: Call[Any], name: str) -> Response:
    """The reply that carries a report, packed as ``name`` says; it is noted. Raises InvalidValue."""
    mode = MODES.get(name)
    if mode is None:
        raise InvalidValue("mode", name, f"use one of {', '.join(MODES)}")
    services = call.services
    parts = await collect(services, mode.picture)
    if services.audit is not None:
        services.audit.note("server report downloaded", "report", mode=name)
    pieces = mode.pack(parts, services.clock.wall_ns() // NS)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(services)}.{mode.ending}"'} if mode.ending != "txt" else {}
    return StreamingResponse(rest_of(first_of(pieces), pieces), media_type=mode.media_type, headers=headers)
