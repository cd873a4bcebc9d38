"""A file that is written at the speed of a disk: what was written goes to the medium while more is read.

Without that the system collects what is written until it is much, and then writes all of it at once: whoever waits for the medium waits
twice, and a recording that is brought to the same disk twice a second waits behind an export.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from panocam.errors import Unavailable
from panocam.storage.disk import words

STEP = 8 << 20
BEHIND = 4
"""Steps that are on their way to the medium together; then the oldest one is waited for."""
READ = 1 << 20
MOST_PARTS = 512

_BEFORE, _WRITE, _AFTER = 1, 2, 4


def _system_call() -> Callable[[int, int, int, int], int] | None:
    """``sync_file_range``: begin to write pages, or wait for them, without what else ``fdatasync`` waits for. None where there is none."""
    if sys.platform != "linux":
        return None
    call = getattr(ctypes.CDLL(None), "sync_file_range", None)
    if call is not None:
        call.argtypes, call.restype = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint), ctypes.c_int
    return call


_sync_file_range = _system_call()


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise Unavailable(f"the camera cannot keep the export: {words(fault)}; free room in its data folder") from None


class Outflow:
    """The new file ``path``, from its front to its end. Use as ``with``. Raises Unavailable where it cannot be written, so that an
    OSError is always one of what is read."""

    def __init__(self, path: Path) -> None:
        self.at = self._begun = 0
        self._room = memoryview(bytearray(READ))
        with _told():
            self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._handle)

    def write(self, parts: Sequence[bytes | memoryview]) -> None:
        """One after another."""
        for first in range(0, len(parts), MOST_PARTS):
            with _told():
                self._write(list(parts[first : first + MOST_PARTS]))
        self._flow()

    def _write(self, parts: list[bytes | memoryview]) -> None:
        wanted = sum(map(len, parts))
        taken = os.writev(self._handle, parts)
        self.at += taken
        if taken < wanted:  # a full disk takes a part, and says so next time
            rest = memoryview(b"".join(parts))[taken:]
            while rest:
                taken = os.write(self._handle, rest)
                self.at, rest = self.at + taken, rest[taken:]

    def copy(self, head: bytes, file: BinaryIO, at: int, count: int) -> None:
        """``head``, then bytes of a file as they are. Through memory of our own: what is moved by less than a page costs the system twice
        as much when it does that by itself (``copy_file_range``, ``sendfile``)."""
        file.seek(at)
        while count > 0 and (got := file.readinto(self._room[: min(count, READ)])):  # type: ignore[attr-defined]
            with _told():
                self._write([head, self._room[:got]])
            head, at, count = b"", at + got, count - got
        if count > 0:
            raise OSError(errno.EIO, f"the file ends at byte {at}, before it should")
        self._flow()

    def patch(self, at: int, data: bytes) -> None:
        """Over what was written before."""
        with _told():
            os.pwrite(self._handle, data, at)

    def skip(self, count: int) -> None:
        """Leave zeros, to be patched."""
        self.at = os.lseek(self._handle, count, os.SEEK_CUR)

    def _flow(self) -> None:
        while _sync_file_range is not None and self.at - self._begun >= STEP:
            _sync_file_range(self._handle, self._begun, STEP, _WRITE)
            oldest = self._begun - BEHIND * STEP
            if oldest >= 0:
                _sync_file_range(self._handle, oldest, STEP, _BEFORE | _WRITE | _AFTER)
            self._begun += STEP
