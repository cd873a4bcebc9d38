"""The moments that the camera's clock may show."""

from __future__ import annotations

from datetime import UTC, datetime

from panocam.clock import NS
from panocam.errors import InvalidValue
from panocam.settings.timekeeping import FIRST_YEAR, LAST_YEAR

EARLIEST_NS = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()) * NS
LATEST_NS = int(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp()) * NS


def check_wall(wall_ns: int) -> int:
    """``wall_ns`` if the clock may show it. Raises InvalidValue."""
    if not EARLIEST_NS <= wall_ns < LATEST_NS:
        raise InvalidValue("time", _shown(wall_ns), f"the clock can be set to the years {FIRST_YEAR} to {LAST_YEAR}")
    return wall_ns


def _shown(wall_ns: int) -> str:
    try:
        return datetime.fromtimestamp(wall_ns // NS, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return f"{wall_ns // NS} s since 1970"
