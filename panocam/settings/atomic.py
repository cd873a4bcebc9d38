"""Putting a whole file in place at once: write beside it, flush, rename, flush the folder."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from pathlib import Path

from panocam.errors import Unavailable

log = logging.getLogger(__name__)


def stage(path: Path, data: bytes) -> Path:
    """Write ``data`` beside ``path``, readable by the owner only and flushed; returns where.

    Raises Unavailable (full disk, no permission).
    """
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.unlink(missing_ok=True)  # left over from a crash
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except OSError as fault:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise unwritable(path, fault) from None
    return temporary


def write(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data``; a crash leaves the old or the new content. Raises Unavailable."""
    temporary = stage(path, data)
    try:
        temporary.replace(path)
    except OSError as fault:
        raise unwritable(path, fault) from None
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make renames durable. A file system that cannot flush a folder has renamed all the same."""
    if sys.platform == "win32":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as fault:
        log.warning("%s cannot be flushed to disk: %s", folder, fault.strerror)


def unwritable(path: Path, fault: OSError) -> Unavailable:
    """The one wording for "this cannot be saved"."""
    return Unavailable(f"{path} cannot be saved: {fault.strerror or fault}; free some space or make the data folder writable")
