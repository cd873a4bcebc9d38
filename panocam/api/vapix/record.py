"""record/*.cgi: recordings as clients of this camera family start, find and remove them. Faults are an element, with status 200."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from fractions import Fraction
from xml.etree.ElementTree import Element

from starlette.responses import Response

from panocam.api.endpoint import Call, Discovery, Endpoint, Handler, Kind, vapix
from panocam.api.services import storage_of
from panocam.api.vapix.markup import node, rooted, word
from panocam.api.wall import from_ns, moment, to_ns
from panocam.errors import Denied, InvalidValue, NotFound, PanocamError, Unauthenticated
from panocam.settings import Snapshot
from panocam.settings.role import Role
from panocam.settings.storage import ContinuousRecording
from panocam.storage.index import Filter
from panocam.storage.recorder import Order
from panocam.storage.recording import Kind as Source
from panocam.storage.recording import Recording, check_id
from panocam.streaming.url import parse_query

MOST = 10_000
LONGEST_POST_S = 3600
ALL = "all"

SCHEMAS = {
    "continuous/addconfiguration": "continuousconfigurationadd",
    "continuous/listconfiguration": "continuousconfigurationlist",
    "continuous/removeconfiguration": "continuousconfigurationremove",
}
KINDS = {"continuous": Source.CONTINUOUS, "manual": Source.MANUAL, "triggered": Source.ACTION, "action": Source.ACTION}
"""Events that everything of a kind is called by; whatever else is asked for is the name of an action."""

Answer = Callable[[Call[None]], Awaitable[Element]]


def _answered(element: str, schema: str, answer: Answer) -> Handler:
    """``answer``'s element in a root; a refusal as ``<element result="ERROR" errormsg=…/>``."""

    async def handler(call: Call[None]) -> Response:
        try:
            return rooted(schema, await answer(call))
        except (Denied, Unauthenticated):
            raise
        except PanocamError as fault:
            return rooted(schema, node(element, result="ERROR", errormsg=str(fault)))

    return handler


async def listing(call: Call[None]) -> Element:
    """Recordings that overlap ``starttime``..``stoptime``, or the one that ``recordingid`` names."""
    wanted = call.arguments.get("recordingid", ALL) or ALL
    entity = call.arguments.get("listentity", "recordingid")
    if entity not in ("recordingid", "eventid", "source"):
        raise InvalidValue("listentity", entity, "use recordingid, eventid or source")
    index = storage_of(call.services).index
    if wanted != ALL:
        rows = [index.get(check_id(wanted))]
        total = 1
    else:
        rows, total = await asyncio.to_thread(index.find, filtered(call))
    if entity != "recordingid":
        found = dict.fromkeys(_event_id(row) if entity == "eventid" else str(row.view + 1) for row in rows)
        return node(f"{entity}s", [word(entity, text) for text in found])
    children = [_recording(call, row) for row in rows]
    return node("recordings", children, totalnumberofrecordings=total, numberofrecordings=len(rows))


async def record(call: Call[None]) -> Element:
    """Start a recording of the stream that ``options`` describe."""
    profiles = call.services.settings.snapshot.profiles.parameters
    order = Order(parse_query(call.arguments.get("options", ""), profiles), needed(call, "diskid"), trigger=call.caller.name)
    identity = await storage_of(call.services).recorder.start(order)
    return node("record", recordingid=identity, result="OK")


async def stop(call: Call[None]) -> Element:
    """End a recording, with ``postbuffer`` so many seconds from now."""
    identity = check_id(needed(call, "recordingid"))
    after = _whole(call.arguments, "postbuffer") if call.arguments.get("postbuffer") else 0
    await storage_of(call.services).recorder.stop(identity, min(after, LONGEST_POST_S))
    return node("stop", recordingid=identity, result="OK")


async def remove(call: Call[None]) -> Element:
    """Remove a recording and its files; one that runs is ended first."""
    identity, storage = check_id(needed(call, "recordingid")), storage_of(call.services)
    if any(identity in running.ids for running in storage.recorder.running):
        await storage.recorder.stop(identity)
    await asyncio.to_thread(storage.library.remove, identity)
    return node("remove", recordingid=identity, result="OK")


async def lock(call: Call[None]) -> Element:
    """Keep a recording, or with ``action=unlock`` no longer."""
    identity = check_id(needed(call, "recordingid"))
    locked = call.arguments.get("action", "lock") != "unlock"
    await asyncio.to_thread(storage_of(call.services).library.lock, identity, locked)
    return node("lock", recordingid=identity, result="OK")


async def add_profile(call: Call[None]) -> Element:
    """Record a stream all the time."""
    disk, options = needed(call, "diskid"), call.arguments.get("options", "")
    storage_of(call.services).recorder.volume(disk)  # raises NotFound for one that is not set up
    number = 0

    def law(now: Snapshot) -> Mapping[str, object]:
        nonlocal number
        there = now.storage.continuous
        number = min(set(range(1, len(there) + 2)) - {row.profile for row in there})
        return {"storage.continuous": (*there, ContinuousRecording(profile=number, disk=disk, options=options))}

    await call.services.settings.revise(law, call.caller)
    return node("configure", result="OK", profile=number)


async def list_profiles(call: Call[None]) -> Element:
    """The streams that are recorded all the time."""
    wanted = call.arguments.get("profile", ALL)
    rows = [row for row in call.services.settings.running.storage.continuous if wanted in (ALL, str(row.profile))]
    shown = [
        node("continuousrecordingconfiguration", profile=row.profile, diskid=row.disk, options=row.options, eventid="continuous")
        for row in rows
    ]
    return node("continuousrecordingconfigurations", shown)


async def remove_profile(call: Call[None]) -> Element:
    """No longer record a stream all the time; what was recorded stays."""
    wanted = needed(call, "profile")

    def law(now: Snapshot) -> Mapping[str, object]:
        there = now.storage.continuous
        left = tuple(row for row in there if str(row.profile) != wanted)
        if len(left) == len(there):
            raise NotFound(f"there is no continuous recording profile {wanted}")
        return {"storage.continuous": left}

    await call.services.settings.revise(law, call.caller)
    return node("remove", result="OK", profile=wanted)


def filtered(call: Call[None]) -> Filter:
    """Which recordings are meant."""
    given = call.arguments
    order = given.get("sortorder", "ascending").lower()
    since, until = span_of(call)
    disk, event = given.get("diskid"), given.get("eventid", "")
    return Filter(
        since,
        until,
        None if disk in (None, "", ALL) else disk,
        kind=KINDS.get(event, Source.ACTION) if event not in ("", ALL) else None,
        trigger=event if event not in ("", ALL) and event not in KINDS else None,
        view=_whole(given, "source") - 1 if given.get("source") else None,
        newest_first=order.startswith("desc"),
        limit=min(_whole(given, "maxnumberofresults") if given.get("maxnumberofresults") else MOST, MOST),
        offset=max(_whole(given, "startatresultnumber") - 1, 0) if given.get("startatresultnumber") else 0,
    )


def _event_id(row: Recording) -> str:
    """What began it: the name of the action, or by which kind it is known."""
    return row.trigger if row.kind is Source.ACTION and row.trigger else str(row.kind)


def _recording(call: Call[None], row: Recording) -> Element:
    running = any(row.id in r.ids for r in storage_of(call.services).recorder.running)
    rate = Fraction(row.fps).limit_denominator(1001)
    video = node(
        "video",
        mimetype=f"video/x-{row.codec}",
        source=row.view + 1,
        width=row.width,
        height=row.height,
        framerate=f"{rate.numerator}:{rate.denominator}",
        resolution=f"{row.width}x{row.height}",
    )
    start, stop = from_ns(row.start_ns), from_ns(row.stop_ns)
    return node(
        "recording",
        [video],
        diskid=row.disk,
        recordingid=row.id,
        starttime=utc(start),
        starttimelocal=start.astimezone(call.services.clock.zone).isoformat(),
        stoptime="" if running else utc(stop),
        stoptimelocal="" if running else stop.astimezone(call.services.clock.zone).isoformat(),
        recordingtype="continuous" if row.kind is Source.CONTINUOUS else "triggered",
        eventid=_event_id(row),
        eventtrigger=row.trigger,
        recordingstatus="recording" if running else "completed",
        source=row.view + 1,
        locked="Yes" if row.locked else "No",
    )


def utc(at: datetime) -> str:
    """ISO 8601 with microseconds."""
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def needed(call: Call[None], name: str) -> str:
    """An argument that must be there. Raises InvalidValue."""
    text = call.arguments.get(name, "")
    if not text:
        raise InvalidValue(name, text, "is needed")
    return text


def _whole(given: Mapping[str, str], name: str) -> int:
    text = given[name]
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise InvalidValue(name, text, "use a whole number")
    return int(text)


def span_of(call: Call[None]) -> tuple[int | None, int | None]:
    """``starttime`` and ``stoptime``. Raises InvalidValue."""
    return _time(call, "starttime"), _time(call, "stoptime")


def _time(call: Call[None], name: str) -> int | None:
    text = call.arguments.get(name, "")
    if not text:
        return None
    try:
        return to_ns(moment(text, call.services.clock.zone))
    except (ValueError, OverflowError):
        raise InvalidValue(name, text, "write it as 2026-08-12T08:12:11Z") from None


RECORDING = Discovery("recording", "1.0", "Recording")


def _xml(name: str, element: str, title: str, answer: Answer) -> Endpoint:
    handler = _answered(element, f"recording/{SCHEMAS.get(name, name)}1", answer)
    return vapix(f"/axis-cgi/record/{name}.cgi", title, handler, Role.OPERATOR, reply=Kind.XML, discovery=RECORDING)


ENDPOINTS = (
    _xml("list", "recordings", "Recordings", listing),
    _xml("record", "record", "Start a recording", record),
    _xml("stop", "stop", "End a recording", stop),
    _xml("remove", "remove", "Remove a recording", remove),
    _xml("lock", "lock", "Lock or unlock a recording", lock),
    _xml("continuous/addconfiguration", "configure", "Record a stream all the time", add_profile),
    _xml("continuous/listconfiguration", "continuousrecordingconfigurations", "Streams that are recorded all the time", list_profiles),
    _xml("continuous/removeconfiguration", "remove", "No longer record a stream all the time", remove_profile),
)
