"""The clock and the location over REST. Servers, zone and the rest are settings under ``time`` and ``location``."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import Field

from panocam.api import timekeeping
from panocam.api.endpoint import Call, Reply, Wish, rest
from panocam.api.services import timekeeper_of
from panocam.api.wall import from_ns
from panocam.clock import NS
from panocam.settings import zones
from panocam.settings.location import LATITUDE, LONGITUDE, degrees
from panocam.settings.role import Role
from panocam.settings.timekeeping import TimeSource
from panocam.timekeeping.server import Server, Standing


class ServerReply(Reply):
    """One NTP server. ``offset_s`` is what it is ahead of the machine's clock, ``delay_s`` how long it takes to answer."""

    name: str
    standing: Standing
    reason: str
    stratum: int | None
    offset_s: float | None
    delay_s: float | None


class SynchronisationReply(Reply):
    """``offset_s`` is by how much the clock was found wrong the last time, ``ago_s`` how long ago, ``next_s`` when it goes on."""

    synchronised: bool
    reason: str
    offset_s: float | None
    ago_s: float | None
    next_s: float
    servers: list[ServerReply]


class TimeReply(Reply):
    """``zone`` is the name in force, "" where the zone is a rule; ``correction_s`` is what the clock is ahead of the machine's.
    ``warnings`` are sentences for people."""

    utc: str
    local: str
    zone: str
    zone_short: str
    rule: str
    daylight_saving: bool
    source: TimeSource
    correction_s: float
    synchronisation: SynchronisationReply | None
    warnings: list[str]


class TimeWish(Wish):
    """``time`` is ISO 8601; without an offset it is what clocks show in the camera's zone."""

    time: str = Field(max_length=40)


class ZoneReply(Reply):
    """``offset`` is the one of this moment, as ``+02:00``."""

    name: str
    offset: str
    daylight_saving: bool


class ZonesReply(Reply):
    """``machine`` is the zone of the machine itself, "" where it has no name."""

    machine: str
    zones: list[ZoneReply]


class LocationReply(Reply):
    """Coordinates as they were given, and in degrees; null where unknown."""

    text: str
    latitude: str
    longitude: str
    latitude_deg: float | None
    longitude_deg: float | None
    heading: float | None


async def read(call: Call[None]) -> TimeReply:
    """What the clock shows, and whom it follows."""
    return _reply(call)


async def set_clock(call: Call[TimeWish]) -> TimeReply:
    """By hand; from now on it follows nobody."""
    await timekeeping.set_by_hand(call.services, call.wish.time, call.caller)
    return _reply(call)


async def synchronise(call: Call[None]) -> TimeReply:
    """Ask the NTP servers now, without waiting for what they say."""
    timekeeper_of(call.services).synchronise_now()
    return _reply(call)


async def list_zones(call: Call[None]) -> ZonesReply:
    """Every zone with a name."""
    at = from_ns(call.services.clock.wall_ns())
    return ZonesReply(machine=zones.machine_zone(), zones=[_zone(name, at) for name in zones.names()])


async def location(call: Call[None]) -> LocationReply:
    """Where the camera is."""
    found = call.services.settings.snapshot.location
    return LocationReply(
        **found.model_dump(), latitude_deg=degrees(found.latitude, LATITUDE), longitude_deg=degrees(found.longitude, LONGITUDE)
    )


def _reply(call: Call[object]) -> TimeReply:
    services = call.services
    now = timekeeping.shown(services)
    return TimeReply(
        utc=now.utc.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        local=now.local.isoformat(timespec="milliseconds"),
        zone=now.zone,
        zone_short=now.local.tzname() or "",
        rule=now.rule,
        daylight_saving=now.daylight_saving,
        source=services.settings.running.time.source,
        correction_s=timekeeper_of(services).clock.correction_ns / NS,
        synchronisation=_synchronisation(call),
        warnings=timekeeping.disagreements(services),
    )


def _synchronisation(call: Call[object]) -> SynchronisationReply | None:
    state, now = timekeeper_of(call.services).synchronisation, call.services.clock.monotonic_ns()
    if state is None:
        return None
    return SynchronisationReply(
        synchronised=state.synchronised,
        reason=state.reason,
        offset_s=None if state.offset_ns is None else state.offset_ns / NS,
        ago_s=None if state.last_ns is None else (now - state.last_ns) / NS,
        next_s=max(0.0, (state.next_ns - now) / NS),
        servers=[_server(server, now) for server in state.servers],
    )


def _server(server: Server, now_ns: int) -> ServerReply:
    best = server.best(now_ns)
    return ServerReply(
        name=server.name,
        standing=server.standing,
        reason=server.reason,
        stratum=best.stratum if best else None,
        offset_s=best.offset_ns / NS if best else None,
        delay_s=best.delay_ns / NS if best else None,
    )


def _zone(name: str, at: datetime) -> ZoneReply:
    zone = zones.zone(name)
    offsets = {datetime(at.year, month, 1, tzinfo=UTC).astimezone(zone).utcoffset() for month in (1, 4, 7, 10)}
    shown = f"{at.astimezone(zone):%z}"
    return ZoneReply(name=name, offset=f"{shown[:3]}:{shown[3:5]}", daylight_saving=len(offsets) > 1)


ENDPOINTS = (
    rest("/api/v1/time", "What the clock shows, and whom it follows", read, Role.VIEWER, reply=TimeReply),
    rest("/api/v1/time", "Set the clock by hand", set_clock, Role.OPERATOR, methods=("PUT",), request=TimeWish, reply=TimeReply),
    rest("/api/v1/time/synchronise", "Ask the NTP servers now", synchronise, Role.OPERATOR, methods=("POST",), reply=TimeReply),
    rest("/api/v1/time/zones", "Time zones by name", list_zones, Role.VIEWER, reply=ZonesReply),
    rest("/api/v1/location", "Where the camera is", location, Role.OPERATOR, reply=LocationReply),
)
