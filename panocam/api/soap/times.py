"""Times in SOAP: durations (``PT1M30S``), moments (``2026-01-01T00:00:00Z``), and how long it is until either."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from panocam.clock import NS
from panocam.errors import InvalidValue

_DURATION = re.compile(r"P(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8}(?:\.\d{1,9})?)S)?)?", re.ASCII)
UNITS = (86_400, 3600, 60, 1)


def seconds(name: str, text: str, now_ns: int) -> float:
    """From now (UTC) until the moment, or the duration. Raises InvalidValue."""
    text = text.strip()
    found = _DURATION.fullmatch(text)
    if found is not None and any(found.groups()):
        return sum(float(part or 0) * unit for part, unit in zip(found.groups(), UNITS, strict=True))
    try:
        moment = datetime.fromisoformat(text) if "T" in text and len(text) < 40 else None
        if moment is not None:
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now_ns / NS
    except (ValueError, OverflowError):
        pass
    raise InvalidValue(name, text, "give a duration such as PT60S, or a moment such as 2026-01-01T00:00:00Z")


def moment(ns: int) -> str:
    """A moment (UTC) as XML has it, to the second."""
    return datetime.fromtimestamp(ns // NS, UTC).isoformat().replace("+00:00", "Z")
