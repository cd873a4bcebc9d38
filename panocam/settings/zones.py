"""Time zones by name or by rule.

A zone is an IANA name (``Europe/Stockholm``), whose rules come from the machine's database or, where it has none, from the ``tzdata``
package; or a POSIX rule (``CET-1CEST,M3.5.0,M10.5.0/3``); or "", the machine's own zone.
"""

from __future__ import annotations

import io
import re
import struct
import zoneinfo
from datetime import tzinfo
from functools import cache
from importlib import resources
from pathlib import Path

LONGEST = 100
_STANDARD = re.compile(r"(?:<[A-Za-z0-9+-]{3,}>|[A-Za-z]{3,})[+-]?\d{1,3}(?::\d{2}){0,2}")
_NO_PLACES = frozenset({"localtime", "posixrules", "Factory"})


@cache
def names() -> tuple[str, ...]:
    """Every IANA name that is accepted, in the order of the alphabet."""
    return tuple(sorted(zoneinfo.available_timezones() - _NO_PLACES))


def zone(text: str, daylight_saving: bool = True) -> tzinfo | None:
    """The zone that ``text`` names; None is the machine's own. ``daylight_saving`` False leaves out that part of a POSIX rule.

    Raises ValueError for what is neither a name nor a rule.
    """
    if not text:
        return None
    return zoneinfo.ZoneInfo(text) if text in names() else _by_rule(text, daylight_saving)


def is_rule(text: str) -> bool:
    """Whether it is a POSIX rule rather than a name."""
    return bool(text) and text not in names()


def rule_of(name: str) -> str:
    """The POSIX rule that a named zone follows from now on; "" where it cannot be said so, or for an unknown name."""
    data = _database_file(name) if name in names() else None
    if data is None or not data.startswith(b"TZif") or data[4:5] < b"2":
        return ""
    return data.rstrip(b"\n").rpartition(b"\n")[2].decode("ascii", "replace")


def machine_zone() -> str:
    """The IANA name of the machine's own zone; "" where it cannot be found out."""
    from tzlocal import get_localzone_name  # looks into many places; most starts need none of it

    try:
        found = str(get_localzone_name())
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return ""
    return found if found in names() else ""


def _by_rule(text: str, daylight_saving: bool) -> tzinfo:
    standard = _STANDARD.match(text)
    if standard is None or len(text) > LONGEST or not (text.isascii() and text.isprintable()):
        raise ValueError("should be a name such as Europe/Stockholm, or a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3")
    if standard.end() < len(text) and "," not in text:
        raise ValueError("should say when daylight saving time begins and ends, as CET-1CEST,M3.5.0,M10.5.0/3 does")
    try:
        whole = zoneinfo.ZoneInfo.from_file(io.BytesIO(_as_file(text)))  # a bad second half is a mistake with daylight saving off, too
    except ValueError:
        raise ValueError("should be a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3, or a name such as Europe/Stockholm") from None
    return whole if daylight_saving else zoneinfo.ZoneInfo.from_file(io.BytesIO(_as_file(standard[0])))


def _as_file(rule: str) -> bytes:
    """A time zone file (RFC 8536) that holds nothing but a rule for all times: how Python's own reader is given one."""
    head = b"TZif2" + bytes(15) + struct.pack(">6L", 0, 0, 0, 0, 1, 4)
    body = struct.pack(">lbb", 0, 0, 0) + b"UTC\0"
    return head + body + head + body + b"\n" + rule.encode() + b"\n"


def _database_file(name: str) -> bytes | None:
    """The file of a name that is known to be one."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder) / name
        if path.is_file():
            return path.read_bytes()
    package = resources.files("tzdata") / "zoneinfo" / name
    return package.read_bytes() if package.is_file() else None
