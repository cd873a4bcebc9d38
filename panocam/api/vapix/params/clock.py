"""The clock: the group Time, over the settings of the same name. One NTP server, or several separated by commas."""

from __future__ import annotations

from collections.abc import Iterator

from panocam.api import timekeeping
from panocam.api.services import Services
from panocam.api.vapix.params.leaf import YES_NO, Changes, Codec, Leaf, Shape, bound, fact
from panocam.settings import zones
from panocam.settings.timekeeping import TimeSource

SERVERS = Codec(",".join, lambda text: [each for each in text.split(",") if each.strip()], Shape(length=1024))
NTP, NONE, MACHINE = "NTP", "None", "PC"
SOURCES = {NTP: TimeSource.NTP, NONE: TimeSource.MANUAL, MACHINE: TimeSource.MACHINE}
_SPELT = {source: word for word, source in SOURCES.items()}


def rows() -> Iterator[Leaf]:
    """Every leaf of the group."""
    yield Leaf(
        "Time.POSIXTimeZone",
        lambda services: timekeeping.shown(services).rule,
        Shape(length=zones.LONGEST),
        _write_rule,
        title="Time zone",
    )
    yield from bound("Time.DST.Enabled", "time.daylight_saving", YES_NO)
    yield Leaf(
        "Time.SyncSource",
        lambda services: _SPELT[services.settings.snapshot.time.source],
        Shape("enum", choices=tuple(SOURCES)),
        _write_source,
        title="Synchronisation",
    )
    yield from bound("Time.NTP.Server", "time.ntp_servers", SERVERS)
    yield fact("Time.ObtainFromDHCP", "no")
    yield fact("Time.ServerDate", lambda services: f"{timekeeping.shown(services).local:%Y-%m-%d}")
    yield fact("Time.ServerTime", lambda services: f"{timekeeping.shown(services).local:%H:%M:%S}")


def _write_rule(_services: Services, text: str, _so_far: Changes) -> Changes:
    if not zones.is_rule(text):
        raise ValueError("use a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3")
    return {"time.zone": text}


def _write_source(services: Services, text: str, so_far: Changes) -> Changes:
    """Manual keeps what the clock shows at this moment."""
    if text not in SOURCES:
        raise ValueError(f"use one of {', '.join(SOURCES)}")
    changes: Changes = {"time.source": SOURCES[text]}
    if text == NONE and services.time is not None:
        changes["time.correction"] = services.time.clock.correction_ns / 1e9
    return changes
