"""What a disk needs of its medium: a tree of folders and files, on a mounted volume or on a network share.

Paths are relative, with slashes. Everything blocks and runs on the disk's own thread, but for ``open`` (readers have threads of their own)
and ``abort`` (called when that thread hangs). Every fault is an OSError whose ``errno`` tells a full medium (ENOSPC) from one that can
only be read (EROFS) and from one that is gone.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from panocam.errors import InvalidValue
from panocam.storage.wear import wear_of


@dataclass(frozen=True)
class Space:
    """Bytes of the volume, and what is free of it."""

    total: int = 0
    free: int = 0


@dataclass(frozen=True)
class Entry:
    """What lies in a folder; ``bytes`` of a file. Links are left out of listings."""

    name: str
    folder: bool
    bytes: int = 0


class Output(Protocol):
    """A file being written. ``append`` writes all of it or raises; ``flush`` brings it to the medium."""

    def append(self, data: bytes) -> None: ...
    def patch(self, at: int, data: bytes) -> None: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...


class Files(Protocol):
    """The medium. ``where`` names it to people."""

    @property
    def where(self) -> str: ...
    def connect(self) -> None:
        """Make it ready. Raises OSError with words that say what is missing."""

    def disconnect(self) -> None:
        """No longer needed."""

    def abort(self) -> None:
        """Make what hangs raise, if that is possible."""

    def facts(self) -> dict[str, str]:
        """What is worth knowing of it: file system, wear in percent, protocol, encryption."""

    def entries(self, folder: str) -> list[Entry]:
        """What is in a folder, by name; one that is not there is empty."""

    def size(self, path: str) -> int | None:
        """Bytes of a file; None when there is none."""

    def open(self, path: str) -> BinaryIO:
        """For reading."""

    def create(self, path: str, replace: bool = False) -> Output:
        """A new file; its folders are made."""

    def truncate(self, path: str, size: int) -> None: ...

    def remove(self, path: str) -> None:
        """One that is gone already is no fault."""

    def remove_folder(self, path: str) -> bool:
        """False when it is not empty."""

    def rename(self, path: str, to: str) -> None:
        """Replaces ``to``."""

    def space(self) -> Space: ...


@dataclass(frozen=True)
class Stored:
    """A file on a medium, to be opened like a path."""

    files: Files
    path: str

    def open(self, mode: str = "rb") -> BinaryIO:
        """For reading; ``mode`` is there so that it reads like a path's."""
        if mode != "rb":
            raise ValueError("stored files are read only")
        return self.files.open(self.path)


class LocalFiles:
    """The directory ``root``, usually a mounted volume. Links below it are never followed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def where(self) -> str:
        return str(self.root)

    def connect(self) -> None:
        if not self.root.is_dir():
            raise NotADirectoryError(errno.ENOENT, "there is no such directory")

    def disconnect(self) -> None:
        pass

    def abort(self) -> None:
        pass  # a read or write that the system does not return from can only be waited for

    def facts(self) -> dict[str, str]:
        wear = wear_of(self.root)
        return {"filesystem": _file_system(self.root), **({} if wear is None else {"wear": str(wear)})}

    def path(self, relative: str) -> Path:
        """Where a file is. Raises InvalidValue when a link lies on the way."""
        at = self.root.joinpath(*relative.split("/")) if relative else self.root
        if any(step.is_symlink() for step in (at, *at.parents) if step != self.root and self.root in step.parents):
            raise InvalidValue("path", relative, "links are not followed")
        return at

    def entries(self, folder: str) -> list[Entry]:
        found = []
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(self.path(folder)) as there:
            for entry in there:
                if entry.is_dir(follow_symlinks=False):
                    found.append(Entry(entry.name, True))
                elif entry.is_file(follow_symlinks=False):
                    found.append(Entry(entry.name, False, entry.stat(follow_symlinks=False).st_size))
        return sorted(found, key=lambda entry: entry.name)

    def size(self, path: str) -> int | None:
        try:
            at = self.path(path)
            return at.stat().st_size if at.is_file() else None
        except FileNotFoundError:
            return None

    def open(self, path: str) -> BinaryIO:
        return self.path(path).open("rb")

    def create(self, path: str, replace: bool = False) -> Output:
        target = self.path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        how = os.O_TRUNC if replace else os.O_EXCL
        return _LocalOutput(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | how, 0o640))

    def truncate(self, path: str, size: int) -> None:
        os.truncate(self.path(path), size)

    def remove(self, path: str) -> None:
        self.path(path).unlink(missing_ok=True)

    def remove_folder(self, path: str) -> bool:
        try:
            self.path(path).rmdir()
        except OSError:
            return False
        return True

    def rename(self, path: str, to: str) -> None:
        self.path(path).replace(self.path(to))

    def space(self) -> Space:
        usage = shutil.disk_usage(self.root)
        return Space(usage.total, usage.free)


class _LocalOutput:
    def __init__(self, handle: int) -> None:
        self._handle = handle

    def append(self, data: bytes) -> None:
        view = memoryview(data)
        while view:  # a medium that takes less is full, and says so next time
            view = view[os.write(self._handle, view) :]

    def patch(self, at: int, data: bytes) -> None:
        os.pwrite(self._handle, data, at)

    def flush(self) -> None:
        os.fdatasync(self._handle)

    def close(self) -> None:
        os.close(self._handle)


def _file_system(root: Path) -> str:
    """Its name as the system mounts it; "" where that cannot be told."""
    best, name = -1, ""
    with contextlib.suppress(OSError):
        at = str(root.resolve())
        for line in Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines():
            parts = line.split()
            point = parts[1].encode().decode("unicode_escape") if len(parts) > 2 else ""
            if point and (at == point or at.startswith(point.rstrip("/") + "/")) and len(point) >= best:
                best, name = len(point), parts[2]
    return name
