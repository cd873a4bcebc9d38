"""Times of recordings at the wire: nanoseconds since 1970 inside, UTC with a zone outside, exact to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_ns(at: datetime) -> int:
    """``at``, which has a zone, in nanoseconds since 1970."""
    return (at - EPOCH) // MICROSECOND * 1000


def from_ns(ns: int) -> datetime:
    """The inverse, in UTC, cut to microseconds."""
    return EPOCH + ns // 1000 * MICROSECOND
