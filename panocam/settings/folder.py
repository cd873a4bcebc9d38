"""The data folder: everything the camera keeps lives in it, and no name that comes from outside leads out of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from panocam.errors import Busy, InvalidValue, Unavailable


class DataFolder:
    """A folder, made on first use so that only its owner may enter. Raises Unavailable when it cannot be made.

    The permissions of a folder that exists are its owner's business; the files in it that matter are private each by itself.
    """

    def __init__(self, root: Path) -> None:
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.root = root.resolve(strict=True)
            if not self.root.is_dir():
                raise NotADirectoryError(20, "not a folder")
        except OSError as fault:
            raise Unavailable(f"data folder {root}: {fault.strerror or fault}; choose another with --data") from None
        self._lock: int | None = None

    def path(self, *parts: str) -> Path:
        """The path of ``parts`` below the folder. Raises InvalidValue for names that would lead elsewhere, symbolic links included."""
        at = self.root
        for part in parts:
            if not part or part in (".", "..") or any(c in part for c in "/\\\0:") or len(os.fsencode(part)) > 255:
                raise InvalidValue("file name", part, "must be a plain name without / \\ : and not . or ..")
            at = at / part
            if at.is_symlink():
                raise InvalidValue("file name", part, "is a symbolic link; links are not followed inside the data folder")
        return at

    def folder(self, *parts: str) -> Path:
        """Like ``path``, and makes the folder (readable by its owner only) if it is not there."""
        path = self.path(*parts)
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise Unavailable(f"{path}: {fault.strerror}; check that the data folder is writable") from None
        return path

    def lock(self) -> None:
        """Claim the folder for this process until ``unlock`` or its end. Raises Busy when another camera runs on it."""
        if self._lock is not None or sys.platform == "win32":
            return
        import fcntl

        try:
            handle = os.open(self.path("lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise Unavailable(f"data folder {self.root}: {fault.strerror}; choose a writable one with --data") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise Busy(f"data folder {self.root} is in use by another panocam; stop it or choose another folder with --data") from None
        self._lock = handle

    def unlock(self) -> None:
        """Give the claim back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
