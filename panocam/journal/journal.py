"""The three logs of a camera, and the thread that writes them."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from panocam.clock import Clock
from panocam.journal.book import Book, Wanted
from panocam.journal.discretion import clean, tidy
from panocam.journal.entry import Entry, Level

log = logging.getLogger(__name__)

MIB = 1 << 20
WAITING = 5000
"""Entries that may wait for a slow disk; more are lost and counted."""

FLUSH_S = 5.0


class Which(StrEnum):
    """Names of the logs."""

    SYSTEM = "system"
    ACCESS = "access"
    AUDIT = "audit"


@dataclass(frozen=True)
class Log:
    """A log's declaration: it keeps ``1 + older`` files of about ``size`` bytes. ``sync``: each batch is on the disk before the next."""

    title: str
    purpose: str
    size: int
    older: int
    sync: bool = False


LOGS = MappingProxyType(
    {
        Which.SYSTEM: Log("System log", "What the parts of the camera report.", MIB, 3),
        Which.ACCESS: Log("Access log", "Who asked for what, over which protocol, and what came of it.", MIB, 3),
        Which.AUDIT: Log("Audit log", "Who changed what, who logged in, who was refused.", MIB, 7, sync=True),
    }
)

Follower = Callable[[Entry], None]


class Journal:
    """Open from its construction until ``close``. ``write`` may be called on any thread and never waits for the disk."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self.folder = folder
        self._books = {which: Book(folder, which, row.size, row.older) for which, row in LOGS.items()}
        self._number = {which: book.last_number() for which, book in self._books.items()}
        self._waiting: deque[tuple[Which, Entry]] = deque()
        self._turn = threading.Condition()
        self._followers: dict[Which, list[Follower]] = {which: [] for which in Which}
        self._before_reading: list[Callable[[], None]] = []
        self.lost = 0
        self._busy = self._closed = False
        self._thread = threading.Thread(target=self._write_for_ever, name="journal", daemon=True)
        self._thread.start()

    def write(self, which: Which, level: Level, part: str, text: str, **fields: str) -> None:
        """Put an entry into a log. Lines of ``text`` and ``fields`` are made harmless and discreet here."""
        lines = "\n".join(clean(line) for line in text.split("\n")[:200])
        kept = {name: clean(value) for name, value in fields.items()}
        with self._turn:
            if self._closed:
                return
            self._number[which] += 1
            entry = Entry(self._number[which], self._clock.wall_ns(), level, tidy(part, 100), lines, kept)
            if len(self._waiting) >= WAITING:
                self.lost += 1
            else:
                self._waiting.append((which, entry))
            self._turn.notify_all()
        for follower in tuple(self._followers[which]):
            follower(entry)

    def follow(self, which: Which, follower: Follower) -> Callable[[], None]:
        """Call ``follower`` with every entry from now on, on the thread that wrote it. Returns the function that ends it."""
        self._followers[which].append(follower)
        return lambda: self._followers[which].remove(follower)

    def before_reading(self, settle: Callable[[], None]) -> None:
        """Call this before anything is read, and at the end: for who holds entries back."""
        self._before_reading.append(settle)

    def newest(self, which: Which, wanted: Wanted = lambda entry: True) -> Iterator[Entry]:
        """Entries, the youngest first. Blocking, as all that reads."""
        self.flush()
        return self._books[which].newest(wanted)

    def oldest(self, which: Which, wanted: Wanted = lambda entry: True) -> Iterator[Entry]:
        """Entries, the oldest first."""
        self.flush()
        return self._books[which].oldest(wanted)

    def taken(self, which: Which) -> int:
        """Bytes of a log on the disk."""
        return self._books[which].taken

    def flush(self) -> None:
        """Wait until what was handed over is written, for a few seconds at most."""
        for settle in self._before_reading:
            settle()
        with self._turn:
            self._turn.wait_for(lambda: not self._waiting and not self._busy, FLUSH_S)

    def close(self) -> None:
        """Write what waits, and end."""
        self.flush()
        with self._turn:
            self._closed = True
            self._turn.notify_all()
        self._thread.join(FLUSH_S)

    def _write_for_ever(self) -> None:
        trouble = 0
        while (batch := self._next_batch()) is not None:
            failed = 0
            for which, book in self._books.items():
                mine = [entry.encode() for name, entry in batch if name is which]
                if not mine:
                    continue
                try:
                    book.append(b"".join(mine), LOGS[which].sync)
                except OSError:  # a full or broken disk; the next batch tries again
                    book.close()
                    failed += len(mine)
            with self._turn:
                self.lost += failed
                missing, self._busy = self.lost, False
                self._turn.notify_all()
            if missing > trouble and not failed:
                what = f"{missing - trouble} lines of the logs were lost: the disk was full or slow"
                self.write(Which.SYSTEM, Level.WARNING, "journal", what)
                trouble = missing
        for book in self._books.values():
            book.close()

    def _next_batch(self) -> list[tuple[Which, Entry]] | None:
        with self._turn:
            self._turn.wait_for(lambda: self._waiting or self._closed)
            batch = list(self._waiting)
            self._waiting.clear()
            self._busy = bool(batch)
            return batch or None
