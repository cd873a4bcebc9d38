"""Reading the logs, for all dialects: which lines, and their text."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from panocam.api.services import Services, journal_of
from panocam.errors import NotFound
from panocam.journal import LOGS, Entry, Level, Which


@dataclass(frozen=True)
class Filter:
    """Entries of ``level`` or above, with ``text`` somewhere in them (capitals do not matter), of parts that begin with ``part``,
    with numbers between ``after`` and ``before`` (0 is no bound)."""

    level: Level = Level.DEBUG
    text: str = ""
    part: str = ""
    after: int = 0
    before: int = 0

    def __call__(self, entry: Entry) -> bool:
        return (
            entry.level.rank >= self.level.rank
            and entry.number > self.after
            and (not self.before or entry.number < self.before)
            and entry.part.startswith(self.part)
            and (not self.text or self.text.casefold() in f"{entry.part} {entry.text}".casefold())
        )


def which_log(name: str) -> Which:
    """Raises NotFound, with the names that there are."""
    if name not in set(Which):
        raise NotFound(f"there is no log {name!r}: use one of {', '.join(Which)}"[:200])
    return Which(name)


def host_name(services: Services) -> str:
    """What the camera calls itself in the lines of its logs."""
    return f"panocam-{services.settings.running.device.serial.lower()}"


def as_text(services: Services, which: Which, wanted: Filter | None = None, tail: int = 0) -> Iterator[bytes]:
    """A log as this camera family writes it, the oldest line first; of ``tail`` lines only the last. Blocking."""
    yield f"\n----- {LOGS[which].title} -----\n\n".encode()
    entries = journal_of(services).oldest(which, wanted or Filter())
    for entry in deque(entries, tail) if tail else entries:
        yield entry.line(host_name(services)).encode("utf-8", "replace")
