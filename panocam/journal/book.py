"""One log on disk: the file that grows, and the older ones behind it. Blocking; one thread writes, any thread may read."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from panocam.journal.entry import Entry, decode

Wanted = Callable[[Entry], bool]


class Book:
    """``<name>.log`` in ``folder`` with ``<name>.1.log`` (the youngest) to ``<name>.<older>.log`` behind it, each about ``size`` bytes."""

    def __init__(self, folder: Path, name: str, size: int, older: int) -> None:
        self._files = [folder / f"{name}.log", *(folder / f"{name}.{age}.log" for age in range(1, older + 1))]
        self._size = size
        self._handle: int | None = None
        self._written = 0
        self._clean = False

    @property
    def taken(self) -> int:
        """Bytes on the disk."""
        return sum(_size(path) for path in self._files)

    def last_number(self) -> int:
        """The number of the youngest line that can be read, 0 when there is none."""
        try:
            return next((entry.number for entry in self.newest()), 0)
        except OSError:  # a broken disk is no reason not to start
            return 0

    def append(self, lines: bytes, sync: bool = False) -> None:
        """Write whole lines behind the others. Raises OSError; what was not written is lost, what was there stays."""
        if self._handle is not None and self._written > self._size:
            self._turn_over()
        if self._handle is None:
            self._open()
        assert self._handle is not None
        data = lines if self._clean else b"\n" + lines
        self._clean = False  # until every byte is there
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._handle, rest) :]
        self._clean = True
        self._written += len(data)
        if sync:
            os.fdatasync(self._handle)

    def close(self) -> None:
        """The next ``append`` opens it again."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def newest(self, wanted: Wanted = lambda entry: True) -> Iterator[Entry]:
        """Entries, the youngest first; one file is in memory at a time."""
        with self._all_open() as files:
            for file in files:
                for line in reversed(file.read().split(b"\n")):
                    entry = decode(line) if line else None
                    if entry is not None and wanted(entry):
                        yield entry

    def oldest(self, wanted: Wanted = lambda entry: True) -> Iterator[Entry]:
        """Entries, the oldest first, line by line."""
        with self._all_open() as files:
            for file in reversed(files):
                for line in file:
                    entry = decode(line)
                    if entry is not None and wanted(entry):
                        yield entry

    @contextlib.contextmanager
    def _all_open(self) -> Iterator[list[BinaryIO]]:
        """All files at once, the youngest first: a turn of files while somebody reads loses nothing."""
        with contextlib.ExitStack() as stack:
            files: list[BinaryIO] = []
            for path in self._files:
                with contextlib.suppress(OSError):
                    files.append(stack.enter_context(path.open("rb")))
            yield files

    def _open(self) -> None:
        path = self._files[0]
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._written = _size(path)
        self._clean = _ends_clean(path)

    def _turn_over(self) -> None:
        """Every file becomes one older; the oldest goes. Renames from the old end on: whenever it stops, nothing young is lost."""
        self.close()
        for younger, older in reversed(list(zip(self._files, self._files[1:], strict=False))):
            with contextlib.suppress(FileNotFoundError):
                younger.replace(older)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _ends_clean(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
