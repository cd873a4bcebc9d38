"""A place that keeps recordings: a directory, usually a mounted card or share. It may be slow, full, read-only, or gone at any moment.

A file with an identity lies at the top. It tells the card from the empty folder that is left when the card is pulled out: what was mounted
with an identity and has none any more is gone, and nothing is written there until it is back. Everything here blocks and runs on
the disk's own thread.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from panocam.errors import InvalidValue, NotFound, Unavailable
from panocam.settings.atomic import write

MARK = ".panocam-storage"
SUFFIX = ".mkv"
LOCK = "locked"
DEPTH = 4
"""Parts of a segment's path: day, hour, recording, file."""


class State(StrEnum):
    """What a disk is just now."""

    OK = "OK"
    FULL = "full"
    READ_ONLY = "readonly"
    UNMOUNTED = "unmounted"  # by a person
    FAILED = "failed"  # gone, or broken
    ABSENT = "absent"  # none was set


@dataclass(frozen=True)
class Space:
    """Bytes of the volume, and what recordings take of it."""

    total: int = 0
    free: int = 0


class Disk:
    """The directory ``root`` as disk ``id`` (``SD_DISK``, ``NetworkShare``…)."""

    def __init__(self, id: str, root: Path) -> None:
        self.id, self.root = id, root
        self.identity = ""

    def mount(self) -> None:
        """Make it ready: the mark is read, or written on a disk that never had one. Raises Unavailable with the remedy."""
        try:
            if not self.root.is_dir():
                raise NotADirectoryError(errno.ENOENT, "there is no such directory")
            mark = self.root / MARK
            if not mark.exists():
                if self.identity:
                    raise OSError(errno.ENODEV, "the card that was here is gone")
                write(mark, json.dumps({"identity": str(uuid.uuid4())}).encode())
            self.identity = str(json.loads(mark.read_text())["identity"])
            self._try_writing()
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise Unavailable(f"{self.id} ({self.root}): {words(fault)}; insert or mount it, or choose another directory") from None

    def _try_writing(self) -> None:
        test = self.root / f"{MARK}.{os.getpid()}"
        test.write_bytes(b"")
        test.unlink()

    def present(self) -> bool:
        """True while the disk that was mounted is still there."""
        try:
            return bool(self.identity) and str(json.loads((self.root / MARK).read_text())["identity"]) == self.identity
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def space(self) -> Space:
        """Bytes. Raises Unavailable."""
        try:
            usage = shutil.disk_usage(self.root)
        except OSError as fault:
            raise Unavailable(f"{self.id} ({self.root}): {words(fault)}") from None
        return Space(usage.total, usage.free)

    def path(self, relative: str) -> Path:
        """The file at a path of the index. Raises InvalidValue for one that would lead off the disk."""
        parts = relative.split("/")
        if len(parts) != DEPTH or any(not part or part.startswith(".") or "\\" in part or "\0" in part for part in parts):
            raise InvalidValue("path", relative, "segments lie at day/hour/recording/file")
        at = self.root.joinpath(*parts)
        if any(step.is_symlink() for step in (at, *at.parents[: DEPTH - 1])):
            raise InvalidValue("path", relative, "links are not followed")
        return at

    def segments(self) -> Iterator[tuple[str, int]]:
        """(path, bytes) of every file that may be a segment."""
        for file in sorted(self.root.glob(f"{'[0-9]' * 8}/[0-9][0-9]/*/*{SUFFIX}")):
            if file.is_file() and not file.is_symlink():
                yield file.relative_to(self.root).as_posix(), file.stat().st_size

    def remove(self, relative: str) -> None:
        """Remove a segment's file and the folders that are empty after it. One that is gone already is no fault."""
        path = self.path(relative)
        path.unlink(missing_ok=True)
        folder = path.parent
        if not any(folder.glob(f"*{SUFFIX}")):
            (folder / LOCK).unlink(missing_ok=True)
        for parent in path.parents[: DEPTH - 1]:
            try:
                parent.rmdir()
            except OSError:
                return

    def set_lock(self, relative: str, locked: bool) -> None:
        """Keep beside the segments whether their recording is locked, for an index made from the files."""
        mark = self.path(relative).parent / LOCK
        if locked:
            mark.touch()
        else:
            mark.unlink(missing_ok=True)

    def is_locked(self, relative: str) -> bool:
        return (self.path(relative).parent / LOCK).exists()

    def open(self, relative: str) -> Path:
        """The existing file at ``relative``. Raises NotFound, Unavailable."""
        path = self.path(relative)
        try:
            if not path.is_file():
                raise NotFound(f"{self.id} has no {relative}; it was removed from outside")
        except OSError as fault:
            raise Unavailable(f"{self.id}: {words(fault)}") from None
        return path

    def format(self) -> int:
        """Remove everything that this program keeps here, nothing else; returns how many segments there were."""
        count = 0
        for relative, _ in list(self.segments()):
            self.remove(relative)
            count += 1
        return count


def words(fault: BaseException) -> str:
    """What the system says of a fault, without the path that stands in front already."""
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror[:1].lower() + fault.strerror[1:]
    return str(fault) or type(fault).__name__
