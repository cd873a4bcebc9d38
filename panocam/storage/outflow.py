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
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from panocam.errors import Unavailable
from panocam.storage.disk import words

STEP, PAGE = 1 << 20, 4096
AWAY, BEHIND = 8 << 20, 4
"""So much is sent to the medium at once, and as many of these are on their way together; then the oldest one is waited for."""

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
    OSError is always one of what is read.

    What is to be written is gathered in memory that is used again, and goes to the system in many whole pages: that costs it less than
    pieces of any length do.
    """

    def __init__(self, path: Path) -> None:
        self._out = self._begun = self._filled = 0
        self._memory = memoryview(bytearray(2 * STEP))
        with _told():
            self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._drain(self._filled)
        finally:
            os.close(self._handle)

    @property
    def at(self) -> int:
        """Where the next byte goes."""
        return self._out + self._filled

    def write(self, data: bytes) -> None:
        """Behind what is there."""
        self._room(len(data))[:] = data
        self._filled += len(data)

    def copy(self, file: BinaryIO, at: int, count: int) -> memoryview:
        """Bytes of a file as they are; they can be looked at until more is written."""
        room = self._room(count)
        file.seek(at)
        got: int = file.readinto(room)  # type: ignore[attr-defined]
        if got < count:
            raise OSError(errno.EIO, f"the file ends at byte {at + got}, before it should")
        self._filled += count
        return room

    def patch(self, at: int, data: bytes) -> None:
        """Over what was written before."""
        self._drain(self._filled)
        with _told():
            os.pwrite(self._handle, data, at)

    def skip(self, count: int) -> None:
        """Leave zeros, to be patched."""
        self._drain(self._filled)
        self._out = os.lseek(self._handle, count, os.SEEK_CUR)

    def _room(self, count: int) -> memoryview:
        """As many bytes of memory as follow what is gathered."""
        if self._filled >= STEP:
            self._drain(self._filled // PAGE * PAGE)
        if self._filled + count > len(self._memory):
            larger = memoryview(bytearray(self._filled + count + STEP))
            larger[: self._filled] = self._memory[: self._filled]
            self._memory = larger
        return self._memory[self._filled : self._filled + count]

    def _drain(self, count: int) -> None:
        """So many of the bytes that are gathered to the system, and on their way to the medium."""
        written = 0
        while written < count:
            with _told():
                taken = os.write(self._handle, self._memory[written:count])  # a full disk takes a part, and says so next time
            written, self._out = written + taken, self._out + taken
            self._flow()
        rest = self._filled - count
        self._memory[:rest] = bytes(self._memory[count : self._filled])
        self._filled = rest

    def _flow(self) -> None:
        while _sync_file_range is not None and self._out - self._begun >= AWAY:
            _sync_file_range(self._handle, self._begun, AWAY, _WRITE)
            oldest = self._begun - BEHIND * AWAY
            if oldest >= 0:
                _sync_file_range(self._handle, oldest, AWAY, _BEFORE | _WRITE | _AFTER)
            self._begun += AWAY
