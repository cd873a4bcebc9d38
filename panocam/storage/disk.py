"""A place that keeps recordings: a mounted card or a network share. It may be slow, full, read-only, or gone at any moment.

A file with an identity lies at the top. It tells the card from the empty folder that is left when the card is pulled out: what was mounted
with an identity and has none any more is gone, and nothing is written there until it is back. Everything here blocks and runs on
the disk's own thread.
"""

from __future__ import annotations

import errno
import json
import os
import re
import uuid
from collections.abc import Callable, Generator, Iterator
from enum import StrEnum
from typing import TypeVar

from panocam.errors import InvalidValue, NotFound, Unavailable
from panocam.storage.files import Files, Space, Stored

MARK = ".panocam-storage"
SUFFIX = ".mkv"
PART = ".part"
"""Behind the name of a file that is being copied here; it becomes a segment by losing it."""

LOCK = "locked"
DEPTH = 4
"""Parts of a segment's path: day, hour, recording, file."""

Told = Callable[[float], None]
"""Hears the part that is done, 0..1."""

R = TypeVar("R")
Steps = Generator[float, None, R]
"""Long work in steps, each of which gives the part that is done, 0..1; between two of them the disk is free for others."""


def step(steps: Steps[R], ends: list[R]) -> float:
    """One of them; the part that is done. What they found at their end goes into ``ends``."""
    try:
        return next(steps)
    except StopIteration as end:
        ends.append(end.value)
        return 1.0


STEP_NAMES, STEP_REMOVALS = 256, 32
"""So many names are looked at, and files removed, in one step."""

_DAY, _HOUR = re.compile(r"\d{8}"), re.compile(r"\d\d")


class State(StrEnum):
    """What a disk is just now."""

    OK = "OK"
    FULL = "full"
    READ_ONLY = "readonly"
    CONNECTING = "connecting"  # tried for the first time
    UNMOUNTED = "unmounted"  # by a person
    FAILED = "failed"  # gone, or broken

    @property
    def readable(self) -> bool:
        """True when what lies there can be read."""
        return self in (State.OK, State.FULL, State.READ_ONLY)


class Disk:
    """The medium ``files`` as disk ``id`` (``SD_DISK``, ``NetworkShare``…). ``facts``: what was known of it when it was mounted."""

    def __init__(self, id: str, files: Files) -> None:
        self.id, self.files = id, files
        self.identity = ""
        self.facts: dict[str, str] = {}

    def mount(self) -> None:
        """Make it ready: the mark is read, or written on a disk that never had one. Raises Unavailable with the remedy."""
        try:
            self.files.connect()
            if self.files.size(MARK) is None:
                if self.identity:
                    raise OSError(errno.ENODEV, "what was here is gone")
                self._mark()
            self.identity = self._read_mark()
            self._try_writing()
            self.facts = self.files.facts()
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise Unavailable(f"{self.id} ({self.files.where}): {words(fault)}; insert or mount it, or choose another place") from fault

    def forget(self) -> None:
        """Another medium may come in its place."""
        self.identity = ""
        self.files.disconnect()

    def _mark(self) -> None:
        out = self.files.create(f"{MARK}.new", replace=True)
        try:
            out.append(json.dumps({"identity": str(uuid.uuid4())}).encode())
            out.flush()
        finally:
            out.close()
        self.files.rename(f"{MARK}.new", MARK)

    def _read_mark(self) -> str:
        with self.files.open(MARK) as file:
            return str(json.loads(file.read(4096))["identity"])

    def _try_writing(self) -> None:
        test = f"{MARK}.{os.getpid()}"
        self.files.create(test, replace=True).close()
        self.files.remove(test)

    def look(self) -> None:
        """Raises OSError when the disk that was mounted is there no longer."""
        try:
            if self.identity and self._read_mark() == self.identity:
                return
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            pass
        raise OSError(errno.ENODEV, "it is no longer there")

    def space(self) -> Space:
        """Bytes. Raises Unavailable."""
        try:
            return self.files.space()
        except OSError as fault:
            raise Unavailable(f"{self.id} ({self.files.where}): {words(fault)}") from None

    def checked(self, relative: str) -> str:
        """``relative`` if it is the path of a segment. Raises InvalidValue for one that would lead elsewhere."""
        parts = relative.split("/")
        if len(parts) != DEPTH or any(not part or part.startswith(".") or "\\" in part or "\0" in part for part in parts):
            raise InvalidValue("path", relative, "segments lie at day/hour/recording/file")
        return relative

    def walk(self) -> Iterator[tuple[str, int]]:
        """(path, bytes) of every file where segments lie."""
        for day in self._folders("", _DAY):
            for hour in self._folders(day, _HOUR):
                for recording in self._folders(hour):
                    for entry in self.files.entries(recording):
                        if not entry.folder:
                            yield f"{recording}/{entry.name}", entry.bytes

    def _folders(self, below: str, named: re.Pattern[str] | None = None) -> Iterator[str]:
        for entry in self.files.entries(below):
            if entry.folder and (named is None or named.fullmatch(entry.name)):
                yield f"{below}/{entry.name}".lstrip("/")

    def listing(self) -> Steps[list[tuple[str, int]]]:
        """All of ``walk``."""
        there: list[tuple[str, int]] = []
        for entry in self.walk():
            there.append(entry)
            if len(there) % STEP_NAMES == 0:
                yield 0.0
        return there

    def remove(self, relative: str) -> None:
        """Remove a segment's file and the folders that are empty after it. One that is gone already is no fault."""
        self.files.remove(self.checked(relative))
        folder = relative.rpartition("/")[0]
        if not any(entry.name.endswith(SUFFIX) for entry in self.files.entries(folder)):
            self.files.remove(f"{folder}/{LOCK}")
        while folder and self.files.remove_folder(folder):
            folder = folder.rpartition("/")[0]

    def set_lock(self, relative: str, locked: bool) -> None:
        """Keep beside the segments whether their recording is locked, for an index made from the files."""
        mark = f"{self.checked(relative).rpartition('/')[0]}/{LOCK}"
        if locked:
            self.files.create(mark, replace=True).close()
        else:
            self.files.remove(mark)

    def is_locked(self, relative: str) -> bool:
        return self.files.size(f"{self.checked(relative).rpartition('/')[0]}/{LOCK}") is not None

    def open(self, relative: str) -> Stored:
        """The existing file at ``relative``. Raises NotFound, Unavailable."""
        try:
            if self.files.size(self.checked(relative)) is None:
                raise NotFound(f"{self.id} has no {relative}; it was removed from outside")
        except OSError as fault:
            raise Unavailable(f"{self.id}: {words(fault)}") from None
        return Stored(self.files, relative)

    def format(self, kept: Callable[[], frozenset[str]] = frozenset) -> Steps[int]:
        """Remove everything that this program keeps here but what is ``kept()``, nothing else; returns how many segments there were."""
        there = yield from self.listing()
        count = 0
        for number, (relative, _) in enumerate(there):
            if relative.endswith((SUFFIX, SUFFIX + PART)) and relative not in kept():
                self.remove(relative)
                count += relative.endswith(SUFFIX)
            if number % STEP_REMOVALS == 0:
                yield number / len(there)
        return count


def words(fault: BaseException) -> str:
    """What the system says of a fault, without the path that stands in front already."""
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror[:1].lower() + fault.strerror[1:]
    return str(fault) or type(fault).__name__
