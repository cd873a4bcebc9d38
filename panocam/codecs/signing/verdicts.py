"""What a verification finds, as values: one verdict a signed part, and one for the whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panocam.codecs.signing.document import Product
from panocam.media.signing import SigningFormat


class Verdict(StrEnum):
    """From best to worst. Of a whole file it is the worst of its parts, but a pending end harms nobody."""

    INTACT = "intact"  # every picture is as it was signed
    PENDING = "pending"  # signed later than the file ends, so nothing is known
    INCOMPLETE = "incomplete"  # what is there is as it was signed, but pictures are missing
    ALTERED = "altered"  # pictures or signatures were changed, added, moved or taken away
    UNPROVEN = "unproven"  # there are signatures, but none of them covers what is here
    UNSIGNED = "unsigned"  # there is no signature


class Trusted(StrEnum):
    """Whether the signing key is known to belong to a camera."""

    YES = "trusted"
    NO = "not trusted"
    UNKNOWN = "not checked"  # nobody said whom to trust


@dataclass(frozen=True)
class Part:
    """A group of pictures, or the part of one, that one signature covers.

    Pictures count from 0 in the order of the stream, ``last`` included; a part whose pictures are all missing has ``last`` = ``first`` - 1.
    ``at`` and ``until`` are seconds into the file; ``start_us`` and ``end_us`` UTC microseconds as signed, None where nothing says so.
    ``bad`` are the pictures that do not fit. ``reason`` is empty for an intact one.
    """

    verdict: Verdict
    first: int
    last: int
    at: float
    until: float
    reason: str = ""
    bad: tuple[int, ...] = ()
    missing: int = 0
    counter: int | None = None
    start_us: int | None = None
    end_us: int | None = None


@dataclass(frozen=True)
class Problem:
    """A signature that cannot be used, and where in the file it stands (seconds)."""

    at: float
    reason: str


@dataclass(frozen=True)
class Identity:
    """Who signed. ``fingerprint`` is SHA-256 of the public key; ``subject`` and ``issuer`` are of its certificate, empty without one."""

    format: SigningFormat
    product: Product
    fingerprint: str
    subject: str = ""
    issuer: str = ""
    trusted: Trusted = Trusted.UNKNOWN
    reason: str = ""


@dataclass(frozen=True)
class Counts:
    """Pictures of a track by what became of them; ``missing`` are not there (in a picture of several slices, each slice counts)."""

    good: int = 0
    bad: int = 0
    missing: int = 0
    pending: int = 0


@dataclass(frozen=True)
class Track:
    """One video track of a file."""

    number: int
    codec: str
    verdict: Verdict
    summary: str
    pictures: int
    counts: Counts
    identity: Identity | None
    parts: tuple[Part, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Report:
    """A whole file."""

    name: str
    verdict: Verdict
    summary: str
    seconds: float
    tracks: tuple[Track, ...]
    notes: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """0 intact, 1 not intact, 2 not signed."""
        return {Verdict.INTACT: 0, Verdict.UNSIGNED: 2}.get(self.verdict, 1)
