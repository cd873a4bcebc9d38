"""The camera's clock, as all dialects show and set it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from panocam.access.tls import Service
from panocam.api.services import Services, timekeeper_of
from panocam.api.wall import from_ns, moment, to_ns
from panocam.errors import InvalidValue
from panocam.settings import zones
from panocam.settings.role import Actor
from panocam.settings.timekeeping import TimeSource


@dataclass(frozen=True)
class Shown:
    """What the clock shows. ``zone`` is the IANA name in force ("" where there is none), ``rule`` the POSIX rule ("" where unknown)."""

    utc: datetime
    local: datetime
    zone: str
    rule: str
    daylight_saving: bool


def shown(services: Services) -> Shown:
    """At this moment, in the camera's zone."""
    clock, settings = services.clock, services.settings.running.time
    utc = from_ns(clock.wall_ns())
    rule = zones.is_rule(settings.zone)
    name = "" if rule else settings.zone or zones.machine_zone()
    return Shown(
        utc,
        utc.astimezone(clock.zone),
        name,
        settings.zone if rule else zones.rule_of(name),
        settings.daylight_saving if rule else True,
    )


async def set_by_hand(services: Services, text: str, by: Actor) -> None:
    """Let the clock show the moment that ``text`` names, from now on, and follow nobody. Raises InvalidValue."""
    keeper = timekeeper_of(services)
    correction = keeper.correction_for(to_ns(_moment(text, services)))
    await services.settings.patch({"time.source": TimeSource.MANUAL, "time.correction": correction}, by)


def _moment(text: str, services: Services) -> datetime:
    if len(text) < len("2026-11-27T08:12"):
        raise InvalidValue("time", text, "give date and time, such as 2026-11-27T08:12:11, or with an offset 2026-11-27T08:12:11Z")
    try:
        return moment(text, services.clock.zone)
    except (ValueError, OverflowError) as fault:
        remedy = str(fault) if "put forward" in str(fault) else "write it as 2026-11-27T08:12:11, or with an offset as 2026-11-27T08:12:11Z"
        raise InvalidValue("time", text, remedy) from None


def disagreements(services: Services) -> list[str]:
    """Where the certificate of HTTPS and the clock disagree: one of the two is wrong, and clients will not trust the camera."""
    if services.certificates is None or services.tls is None:
        return []
    certificate = services.certificates.get(services.tls.shows(Service.HTTPS)).certificate
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    at = from_ns(services.clock.wall_ns())
    if start <= at <= end:
        return []
    valid = f"from {start:%Y-%m-%d} on" if at < start else f"only until {end:%Y-%m-%d}"
    return [
        f"The certificate of HTTPS is valid {valid}, and the clock shows {at:%Y-%m-%d}. Check the clock; if it is right, install a new "
        "certificate. Until then clients refuse encrypted connections, and networks with 802.1X may refuse the camera."
    ]
