"""A part of a recording as a file on one of the disks, for whoever takes the card out or looks into the share: ``exports/NAME``."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterator

from panocam.errors import InvalidValue, PanocamError
from panocam.storage.disk import Told
from panocam.storage.export import export_matroska
from panocam.storage.library import Library
from panocam.storage.volume import Volume

FOLDER = "exports"
SUFFIX = ".mkv"
AT_ONCE = 1 << 20
"""So much is written before the disk's own recordings have their turn again."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def checked_name(name: str) -> str:
    """``name`` as a file's, with its ending. Raises InvalidValue for one that could lead elsewhere."""
    if not _NAME.fullmatch(name):
        raise InvalidValue("filepath", name, "use letters, digits, dots, dashes and underscores, such as hall.mkv")
    return name if name.endswith(SUFFIX) else name + SUFFIX


async def export_to(volume: Volume, name: str, library: Library, recording: str, span: tuple[int | None, int | None], told: Told) -> str:
    """Write it; returns where it lies. Raises Unavailable when a disk fails or the file is there already; NotFound without pictures."""
    path, files = f"{FOLDER}/{checked_name(name)}", volume.disk.files
    about = max(1, library.about_bytes(recording, *span))
    pieces = export_matroska(library, recording, *span)
    batch = await asyncio.to_thread(_some, pieces)
    out = await volume.run(lambda: files.create(path))
    try:
        written = 0
        while batch:
            data = batch
            await volume.run(lambda data=data: out.append(data))  # type: ignore[misc]
            written += len(batch)
            told(min(1.0, written / about))
            batch = await asyncio.to_thread(_some, pieces)
        await volume.run(out.flush)
        await volume.run(out.close)
    except BaseException:

        def forget() -> None:
            out.close()
            files.remove(path)

        with contextlib.suppress(PanocamError, OSError):
            await asyncio.shield(volume.run(forget))
        raise
    library.noted("exported", recording)
    return f"{path}, {written} bytes"


def _some(pieces: Iterator[bytes]) -> bytes:
    taken, size = list[bytes](), 0
    for piece in pieces:
        taken.append(piece)
        size += len(piece)
        if size >= AT_ONCE:
            break
    return b"".join(taken)
