"""record/export/*.cgi: parts of recordings as Matroska, sent or laid on another disk, for clients of this camera family."""

from __future__ import annotations

import asyncio
from xml.etree.ElementTree import Element

from starlette.responses import Response

from panocam.api.endpoint import Call, Discovery, Endpoint, Handler, Kind, vapix
from panocam.api.films import film
from panocam.api.services import storage_of
from panocam.api.vapix.answers import answering
from panocam.api.vapix.markup import node, schema_versions
from panocam.api.vapix.record import needed, span_of, utc
from panocam.api.wall import from_ns
from panocam.errors import InvalidValue, NotFound, PanocamError, Unavailable
from panocam.settings.role import Role
from panocam.storage.actions import End
from panocam.storage.disk import Told
from panocam.storage.export import expected_bytes
from panocam.storage.outward import checked_name, export_to
from panocam.storage.recording import check_id

VERSION = "1.2"
FORM = "matroska"
INVALID, FAILED = 20, 10
STATUS = {End.RUNNING: "In Progress", End.DONE: "Done", End.FAILED: "Failed", End.CANCELLED: "Failed"}

_answered = answering(
    "ExportRecordingResponse", "exportrecording1", ((InvalidValue, INVALID), (NotFound, INVALID), (PanocamError, FAILED)), VERSION
)


async def capabilities(call: Call[None]) -> Element:
    """What exports come in."""
    return node("CapabilitiesSuccess", [node("ExportCapabilities", ExportFormat=FORM)])


async def schemas(call: Call[None]) -> Element:
    """Which schemas these CGIs know."""
    return schema_versions(VERSION)


async def properties(call: Call[None]) -> Element:
    """About how large an export will be, in bytes, and from when to when it is: it begins with a key picture."""
    library, identity = storage_of(call.services).library, _meant(call)
    row, (since, until) = library.index.get(identity), span_of(call)
    size = await asyncio.to_thread(expected_bytes, library, identity, since, until)
    keys = await asyncio.to_thread(library.key_times, identity, since, since if since is not None else row.start_ns)
    begin = keys[0] if keys else max(row.start_ns, since or 0)
    end = row.stop_ns if until is None else min(row.stop_ns, until)
    shown = node(
        "ExportProperties", RecordingId=identity, ExportFormat=FORM, EstimatedFileSize=size,
        Starttime=utc(from_ns(begin)), Stoptime=utc(from_ns(end)),
    )  # fmt: skip
    return node("PropertiesSuccess", [shown])


async def export(call: Call[None]) -> Response:
    """A part of a recording as Matroska."""
    name = call.arguments.get("filename", "")
    reply = await film(call, _meant(call), span_of(call))
    if name:
        reply.headers["Content-Disposition"] = f'attachment; filename="{checked_name(name)}"'
    return reply


async def to_disk(call: Call[None]) -> Element:
    """Begin to lay a part of a recording on the disk ``externaldiskid``; getjobstatus.cgi tells how far that is."""
    storage, identity, span = storage_of(call.services), _meant(call), span_of(call)
    storage.index.get(identity)
    volume = storage.recorder.volume(needed(call, "externaldiskid"))
    name = checked_name(call.arguments.get("filepath", "") or identity)
    if volume.protected or not volume.usable:
        raise Unavailable(f"{volume.id} is {'write-protected' if volume.protected else f'{volume.state}: {volume.reason}'}")

    async def doing(told: Told) -> str:
        return await export_to(volume, name, storage.library, identity, span, told)

    action = await storage.actions.start("export", volume.id, doing)
    return node("ExportToExternalSuccess", [node("ExportToExternal", JobId=action.id, FilePath=name)])


async def job_status(call: Call[None]) -> Element:
    """How far it is, or why it failed."""
    given = needed(call, "jobid")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidValue("jobid", given, "give the number that exporttoexternal answered")
    action = storage_of(call.services).actions.get(int(given))
    words = action.words if action.end is End.FAILED else None
    progress = 100 if action.end is End.DONE else round(99 * action.progress)
    return node("GetJobStatusSuccess", [node("JobStatus", Status=STATUS[action.end], Progress=progress, Description=words)])


def _meant(call: Call[None]) -> str:
    """The recording. Raises InvalidValue, also for an export that there is not."""
    form, sealed = call.arguments.get("exportformat", FORM), call.arguments.get("encryptionformat", "")
    if form != FORM:
        raise InvalidValue("exportformat", form, "use matroska")
    if sealed:
        raise InvalidValue("encryptionformat", sealed, "leave it out: exports are not encrypted; encrypt the file where it is kept")
    return check_id(needed(call, "recordingid"))


ABOUT = Discovery("recording-export", VERSION, "Recording export")


def _row(name: str, title: str, handler: Handler, kind: Kind = Kind.XML) -> Endpoint:
    return vapix(f"/axis-cgi/record/export/{name}.cgi", title, handler, Role.OPERATOR, reply=kind, discovery=ABOUT)


ENDPOINTS = (
    _row("schemaversions", "Schemas of exports", _answered(schemas)),
    _row("capabilities", "What exports come in", _answered(capabilities)),
    _row("properties", "How large an export will be", _answered(properties)),
    _row("exportrecording", "A part of a recording as Matroska", export, Kind.MATROSKA),
    _row("exporttoexternal", "Lay a part of a recording on a disk", _answered(to_disk)),
    _row("getjobstatus", "How far an export to a disk is", _answered(job_status)),
)
