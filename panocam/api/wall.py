"""Times at the wire: nanoseconds since 1970 inside, UTC with a zone outside, exact to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FARTHEST_NS = 2**62
"""About 146 years before and after 1970: nothing that was recorded is farther, and sums of such times still fit into 64 bits."""


def to_ns(at: datetime) -> int:
    """``at``, which has a zone, in nanoseconds since 1970; what is farther than ``FARTHEST_NS`` is taken as that."""
    return max(-FARTHEST_NS, min((at - EPOCH) // MICROSECOND * 1000, FARTHEST_NS))


def from_ns(ns: int) -> datetime:
    """The inverse, in UTC, cut to microseconds."""
    return EPOCH + ns // 1000 * MICROSECOND


def moment(text: str, zone: tzinfo | None) -> datetime:
    """The moment that ISO 8601 ``text`` names; without an offset it is what clocks show in ``zone`` (None: the machine's own).

    Raises ValueError, also for a time that clocks skip on that day.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    found = (at.replace(tzinfo=zone) if zone else at).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != at:
        raise ValueError("does not exist on that day, because clocks are put forward then")
    return found
