"""A small file that survives crashes: at every moment there is one whole, checked copy of it on disk.

Theory. Writing happens in two steps, so that what can fail fails before anything is changed:

1. ``stage`` writes the new content to a temporary file beside the target and flushes it to the disk (a full disk shows here);
2. ``commit`` makes the present file the *last good* copy (a hard link renamed into place), renames the temporary file over the target, and
   flushes the folder. Each rename is atomic, so a crash between any two steps leaves either the old or the new content under the name.

The content is JSON in an envelope with a SHA-256 checksum, so that a truncated or rotten file is recognised. Loading a damaged file
falls back to the last good copy; the damaged one is kept aside under a name with a time in it, the newest ``KEEP_ASIDE`` of them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from panocam.clock import NS, Clock
from panocam.errors import Unavailable
from panocam.settings import atomic

KEEP_ASIDE = 5
MAX_BYTES = 16 << 20


class Damaged(Unavailable):
    """Neither the file nor its last good copy can be read."""


@dataclass(frozen=True)
class Loaded:
    """What was read: the JSON body, its schema number, and one sentence for each thing that was wrong."""

    body: dict[str, Any]
    schema: int
    report: tuple[str, ...] = ()


@dataclass(frozen=True)
class Staged:
    """New content on disk, not yet under the file's name."""

    file: KeptFile
    temporary: Path

    def commit(self) -> None:
        """Put it in place. Raises Unavailable; the old content then stays."""
        self.file.commit(self.temporary)

    def discard(self) -> None:
        """Forget it."""
        with contextlib.suppress(OSError):
            self.temporary.unlink(missing_ok=True)


class KeptFile:
    """``<name>.json`` in ``folder`` with ``<name>.last-good.json`` beside it."""

    def __init__(self, folder: Path, name: str, schema: int, clock: Clock) -> None:
        self.path = folder / f"{name}.json"
        self.last_good = folder / f"{name}.last-good.json"
        self.schema, self._clock, self._name = schema, clock, name
        self._present_is_good = False

    def load(self) -> Loaded | None:
        """The content; None when there has never been any. Raises Damaged, and touches nothing, when no copy can be read."""
        present, fault = self._read(self.path)
        if present is not None:
            self._present_is_good = True
            return present
        spare, spare_fault = self._read(self.last_good)
        if spare is None:
            if not fault and not spare_fault:
                return None
            raise Damaged(f"{self.path.name}: {fault or 'missing'}; last good copy: {spare_fault or 'missing'}")
        report = f"{self.path.name} is damaged ({fault or 'missing'}); the last good copy is used"
        if fault:
            report += self.set_aside()
        return Loaded(spare.body, spare.schema, (report,))

    def set_aside(self) -> str:
        """Move the present file to a name with the time in it; returns the end of a sentence that says where."""
        when = self._clock.wall_ns() // NS
        kept = self.path.with_name(f"{self._name}.damaged-{when}.json")
        try:
            self.path.replace(kept)
            for old in sorted(self.path.parent.glob(f"{self._name}.damaged-*.json"))[:-KEEP_ASIDE]:
                old.unlink()
        except OSError as fault:
            return f"; it could not be kept aside ({fault.strerror})"
        return f"; the damaged one is kept as {kept.name}"

    def stage(self, body: dict[str, Any]) -> Staged:
        """Write ``body`` beside the file, flushed to disk. Raises Unavailable (full disk, no permission)."""
        text = json.dumps(body, sort_keys=True, separators=(",", ":"))
        envelope = {"schema": self.schema, "sha256": hashlib.sha256(text.encode()).hexdigest(), "body": body}
        data = json.dumps(envelope, indent=1, sort_keys=True).encode()
        return Staged(self, atomic.stage(self.path, data))

    def commit(self, temporary: Path) -> None:
        """The second step of writing; see the theory."""
        try:
            if self._present_is_good:
                self._keep_present()
            temporary.replace(self.path)
        except OSError as fault:
            raise atomic.unwritable(self.path, fault) from None
        self._present_is_good = True
        atomic.flush_folder(self.path.parent)

    def remove(self, spares_only: bool = False) -> None:
        """Delete every copy, damaged and half-written ones included; with ``spares_only`` the present file stays."""
        folder = self.path.parent
        spares = (self.last_good, *folder.glob(f"{self._name}.damaged-*.json"), *folder.glob(f".{self._name}.*"))
        for path in spares if spares_only else (self.path, *spares):
            path.unlink(missing_ok=True)
        self._present_is_good = spares_only and self._present_is_good

    def _keep_present(self) -> None:
        link = self.path.with_name(f".{self._name}.link")
        link.unlink(missing_ok=True)
        try:
            link.hardlink_to(self.path)
        except OSError:  # a file system without hard links
            link.write_bytes(self.path.read_bytes())
        link.replace(self.last_good)

    def _read(self, path: Path) -> tuple[Loaded | None, str]:
        """The content, or None and what is wrong; an absent file is None and nothing wrong."""
        try:
            if path.stat().st_size > MAX_BYTES:
                return None, "it is far too long"
            envelope = json.loads(path.read_bytes())
            body, schema, checksum = envelope["body"], int(envelope["schema"]), envelope["sha256"]
            text = json.dumps(body, sort_keys=True, separators=(",", ":"))
        except FileNotFoundError:
            return None, ""
        except OSError as fault:
            return None, fault.strerror or "unreadable"
        except (ValueError, KeyError, TypeError, RecursionError):
            return None, "it is not whole"
        if not isinstance(body, dict) or hashlib.sha256(text.encode()).hexdigest() != checksum:
            return None, "its checksum does not fit"
        return Loaded(body, schema), ""
