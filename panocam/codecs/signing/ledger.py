"""Keeps the verdicts of one track as they are reached, and sums them up."""

from __future__ import annotations

from collections.abc import Sequence

from panocam.codecs.signing.document import Coverage
from panocam.codecs.signing.matching import Item, Place
from panocam.codecs.signing.verdicts import Counts, Identity, Part, Problem, Track, Trusted, Verdict

MOST_NAMED = 100
"""Bad pictures of a part that are listed one by one."""

MOST_PROBLEMS = 1000


class Ledger:
    """``times`` holds the time of each picture, in seconds, and grows while the track is read."""

    def __init__(self, times: Sequence[float]) -> None:
        self._times = times
        self._parts: list[Part] = []
        self._problems: list[Problem] = []
        self._unknown: list[str] = []
        self._good = self._bad = self._missing = self._pending = 0

    def problem(self, at: float, reason: str) -> None:
        """A signature that cannot be used."""
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(Problem(at, reason))

    def unknown(self, reason: str) -> None:
        """A signature of a kind that this program cannot judge."""
        if reason not in self._unknown and len(self._unknown) < MOST_NAMED:
            self._unknown.append(reason)

    def covered(self, coverage: Coverage, items: Sequence[Item], found: Place, objection: str) -> None:
        """A part whose place was found."""
        bad = sorted({item.picture for item, fits in zip(items, found.good, strict=True) if not fits})
        verdict = Verdict.ALTERED if objection or bad else Verdict.INCOMPLETE if found.missing else Verdict.INTACT
        self._add(verdict, items, _reason(objection, len(bad), found.missing), bad, found.missing, coverage)

    def bad(self, items: Sequence[Item], reason: str, coverage: Coverage | None) -> None:
        """Pictures that nothing proves. ``coverage``: what should have."""
        if items:
            pictures = sorted({item.picture for item in items})
            missing = max(0, coverage.count - len(items)) if coverage else 0
            self._add(Verdict.ALTERED, items, reason, pictures, missing, coverage)

    def missing(self, coverage: Coverage, picture: int) -> None:
        """A part of which nothing is there; ``picture`` is the one behind it."""
        self._note(Verdict.ALTERED, (picture, picture - 1), "all its pictures are missing", (), coverage.count, coverage)

    def gone(self, picture: int, reason: str) -> None:
        """Parts of which not even the signature is there."""
        self._note(Verdict.ALTERED, (picture, picture - 1), reason, (), 0, None)

    def pending(self, items: Sequence[Item]) -> None:
        """The end of the track, whose signature comes later."""
        self._add(Verdict.PENDING, items, "their signature comes later than the video ends", (), 0, None)

    def track(self, number: int, codec: str, *, signed: bool, identity: Identity | None) -> Track:
        """The sum."""
        if not signed:
            self._parts, self._bad, self._pending = [], 0, 0
        verdict = self._verdict(signed)
        if identity is not None and identity.trusted is Trusted.NO and verdict in (Verdict.INTACT, Verdict.INCOMPLETE):
            verdict = Verdict.ALTERED
        counts = Counts(self._good, self._bad, self._missing, self._pending)
        summary = self._unknown[0] if self._unknown else _summary(verdict, counts, identity, self._problems)
        return Track(number, codec, verdict, summary, len(self._times), counts, identity, tuple(self._parts), tuple(self._problems))

    def _verdict(self, signed: bool) -> Verdict:
        found = {part.verdict for part in self._parts}
        if not signed:
            return Verdict.UNSIGNED
        if Verdict.ALTERED in found or self._problems:
            return Verdict.ALTERED
        if self._unknown or not found & {Verdict.INCOMPLETE, Verdict.INTACT}:
            return Verdict.UNPROVEN
        return Verdict.INCOMPLETE if Verdict.INCOMPLETE in found else Verdict.INTACT

    def _add(
        self, verdict: Verdict, items: Sequence[Item], reason: str, bad: Sequence[int], missing: int, coverage: Coverage | None
    ) -> None:
        first, last = items[0].picture, items[-1].picture
        pictures = len({item.picture for item in items})
        if verdict is Verdict.PENDING:
            self._pending += pictures
        else:
            self._bad += len(bad)
            self._good += pictures - len(bad)
        self._note(verdict, (first, last), reason, tuple(bad[:MOST_NAMED]), missing, coverage)

    def _note(
        self, verdict: Verdict, span: tuple[int, int], reason: str, bad: tuple[int, ...], missing: int, coverage: Coverage | None
    ) -> None:
        self._missing += missing
        told = (coverage.counter, coverage.start_us, coverage.end_us) if coverage else (None, None, None)
        self._parts.append(Part(verdict, *span, self._time(span[0]), self._time(span[1] + 1), reason, bad, missing, *told))

    def _time(self, picture: int) -> float:
        if not self._times:
            return 0.0
        return round(self._times[min(picture, len(self._times) - 1)], 3)


def _reason(objection: str, bad: int, missing: int) -> str:
    parts = [objection] if objection else []
    if bad:
        parts.append(f"{bad} picture{'s were' if bad > 1 else ' was'} changed, added or moved")
    if missing:
        parts.append(_lacking(missing))
    return "; ".join(parts)


def _lacking(count: int) -> str:
    return "1 signed picture is missing" if count == 1 else f"{count} signed pictures are missing"


def _summary(verdict: Verdict, counts: Counts, identity: Identity | None, problems: Sequence[Problem]) -> str:
    pending = f"; the last {counts.pending} are signed later than the video ends" if counts.pending else ""
    match verdict:
        case Verdict.UNSIGNED:
            return "There is no signature in this video."
        case Verdict.INTACT:
            return f"All {counts.good} signed pictures are as the camera signed them{pending}."
        case Verdict.INCOMPLETE:
            return f"What is here is as the camera signed it, but {_lacking(counts.missing)}{pending}."
        case Verdict.UNPROVEN:
            return "There are signatures, but none of them covers the pictures that are here: the clip is too short."
    is_not = f"{counts.bad} {'is' if counts.bad == 1 else 'are'} not"
    gone = f", {_lacking(counts.missing)}" if counts.missing else ""
    found = [f"{counts.good} pictures are as signed, {is_not}{gone}{pending}"]
    if problems:
        found.append(f"{len(problems)} signature{'s' * (len(problems) > 1)} cannot be used, the first because {problems[0].reason}")
    if identity is not None and identity.trusted is Trusted.NO:
        found.append(identity.reason)
    return f"This video is not intact: {'. '.join(found)}."
