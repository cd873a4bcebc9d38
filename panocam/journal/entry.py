"""One line of a log: as a value, as it is kept, as people read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from panocam.clock import NS


class Level(StrEnum):
    """How much it matters."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        return _RANKS.index(self)


_RANKS = tuple(Level)

Fields = Mapping[str, str]


@dataclass(frozen=True)
class Entry:
    """``number`` counts the lines of a log, through restarts, from 1. ``part`` is what speaks; ``text`` may have lines behind the first
    (a traceback); ``fields`` are the same facts one by one."""

    number: int
    wall_ns: int
    level: Level
    part: str
    text: str
    fields: Fields = field(default_factory=dict)

    def encode(self) -> bytes:
        """The line that is kept, its end included."""
        kept = {"n": self.number, "t": self.wall_ns, "l": self.level, "p": self.part, "m": self.text, "f": dict(self.fields)}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"

    @property
    def iso(self) -> str:
        """When, to the millisecond, UTC."""
        seconds, rest = divmod(self.wall_ns, NS)
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1_000_000:03d}+00:00"

    def line(self, host: str) -> str:
        """The text form of this camera family; lines behind the first are indented, so that none can pass for an entry."""
        indented = self.text.replace("\n", "\n    ")
        return f"{self.iso} {host} [ {self.level.upper():7} ] {self.part}: {indented}\n"


def decode(line: bytes) -> Entry | None:
    """A kept line; None for one that was cut or damaged."""
    try:
        kept = json.loads(line)
        return Entry(int(kept["n"]), int(kept["t"]), Level(kept["l"]), str(kept["p"]), str(kept["m"]), kept["f"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
