"""Settings of the camera's clock: whom it follows, and the zone in which people are shown times."""

from __future__ import annotations

import re
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, field_validator

from panocam.settings import zones
from panocam.settings.declare import Section, setting
from panocam.settings.role import Role

ADMIN = Role.ADMINISTRATOR
MOST_SERVERS = 5
NTP_PORT = 123
FIRST_YEAR, LAST_YEAR = 2000, 2069
"""The years that the clock can be set to."""
MOST_CORRECTION_S = 100 * 366 * 86_400
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_WITH_PORT = re.compile(r"(?:\[(?P<six>[^\]]*)\]|(?P<host>[^:\[\]]+))(?::(?P<port>\d{1,5}))?")


class TimeSource(StrEnum):
    """Whom the clock follows."""

    MACHINE = "machine"
    NTP = "ntp"
    MANUAL = "manual"


def server_address(text: str) -> tuple[str, int]:
    """Host and port of ``name``, ``address``, ``name:port`` or ``[address]:port``. Raises ValueError."""
    given = text.strip()
    if _is_address(given):
        return given, NTP_PORT
    found = _WITH_PORT.fullmatch(given)
    host = (found["six"] or found["host"] or "") if found else ""
    port = int(found["port"] or NTP_PORT) if found else 0
    if not 0 < port < 65_536 or not (_is_address(host) or _is_name(host)):
        raise ValueError("should be the name or address of an NTP server, such as pool.ntp.org or 192.168.1.1")
    return host, port


def _is_address(text: str) -> bool:
    try:
        return not ip_address(text).is_unspecified
    except ValueError:
        return False


def _is_name(text: str) -> bool:
    """Whether it can be a host name; digits and dots alone are an address that is none."""
    return len(text) <= 253 and _NAME.fullmatch(text) is not None and not text.replace(".", "").isdigit()


def _server(text: str) -> str:
    server_address(text)
    return text.strip()


Server = Annotated[str, AfterValidator(_server)]


class Time(Section):
    """The camera's clock and its zone."""

    source: TimeSource = setting(
        TimeSource.MACHINE, "Synchronisation", "Whom the clock follows: the machine, NTP servers, or nobody (manual: it was set by hand)."
    )
    correction: float = setting(
        0.0,
        "Correction",
        "What the clock is ahead of the machine's, while it is set by hand.",
        ge=-MOST_CORRECTION_S,
        le=MOST_CORRECTION_S,
        unit="s",
    )
    ntp_servers: tuple[Server, ...] = setting(
        (),
        "NTP servers",
        f"Names or addresses, up to {MOST_SERVERS}, each with a :port if need be.",
        write=ADMIN,
        max_length=MOST_SERVERS,
    )
    ntp_minpoll: int = setting(
        6, "Shortest interval", "How often servers are asked at most, as a power of two of seconds: 6 is 64 s.", write=ADMIN, ge=0, le=24
    )
    ntp_maxpoll: int = setting(
        10, "Longest interval", "How often servers are asked at least, as a power of two: 10 is 1024 s.", write=ADMIN, ge=0, le=24
    )
    zone: str = setting(
        "",
        "Time zone",
        "An IANA name such as Europe/Stockholm, or a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3; empty is the machine's own.",
        max_length=zones.LONGEST,
    )
    daylight_saving: bool = setting(
        True, "Daylight saving time", "Whether that part of a POSIX rule counts; named zones always follow their own rules."
    )

    @field_validator("zone")
    @classmethod
    def _exists(cls, value: str) -> str:
        zones.zone(value)
        return value

    @field_validator("ntp_servers")
    @classmethod
    def _named_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value))
