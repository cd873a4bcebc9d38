"""Exports with progress: a part of a recording as Matroska, MP4, or an archive that plays by itself."""

from __future__ import annotations

from pydantic import AwareDatetime, Field
from starlette.responses import FileResponse, Response

from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.services import storage_of
from panocam.api.web.recordings import nanoseconds
from panocam.errors import Busy
from panocam.settings import Role
from panocam.storage.jobs import Box, Job, Stage
from panocam.storage.recording import check_id

MEDIA = {Box.MKV: "video/x-matroska", Box.MP4: "video/mp4", Box.ZIP: "application/zip"}


class NewExport(Wish):
    """What to export; without times all of the recording."""

    recording: str = Field(max_length=64)
    format: Box = Box.MP4
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class ExportReply(Reply):
    """How far it is. ``progress`` 0..1; ``stage`` running, done, cancelled or failed, with the reason; ``bytes`` when done."""

    id: str
    recording: str
    format: str
    stage: str
    progress: float
    reason: str
    bytes: int
    name: str


async def start(call: Call[NewExport]) -> ExportReply:
    """Begin an export."""
    wish = call.wish
    exports = storage_of(call.services).exports
    return _shown(exports.start(check_id(wish.recording), wish.format, nanoseconds(wish.since), nanoseconds(wish.until)))


async def one(call: Call[None]) -> ExportReply:
    """How far it is."""
    return _shown(storage_of(call.services).exports.get(call.path("export")))


async def file(call: Call[None]) -> Response:
    """What was made; byte ranges are answered."""
    job = storage_of(call.services).exports.get(call.path("export"))
    if job.stage is not Stage.DONE:
        raise Busy(f"export {job.id} is {job.stage}; there is nothing to fetch yet", retry_after=1)
    return FileResponse(job.path, media_type=MEDIA[job.box], filename=job.name)


async def cancel(call: Call[None]) -> None:
    """Stop an export, or remove what it made."""
    storage_of(call.services).exports.cancel(call.path("export"))


def _shown(job: Job) -> ExportReply:
    return ExportReply(
        id=job.id,
        recording=job.recording.id,
        format=str(job.box),
        stage=str(job.stage),
        progress=job.progress,
        reason=job.reason,
        bytes=job.size,
        name=job.name,
    )


_ALL, _ONE = "/api/v1/exports", "/api/v1/exports/{export}"
_ROLE = Role.OPERATOR

ENDPOINTS = (
    rest(_ALL, "Begin an export", start, _ROLE, methods=("POST",), request=NewExport, reply=ExportReply),
    rest(_ONE, "How far an export is", one, _ROLE, reply=ExportReply),
    rest(_ONE, "Cancel an export, or remove it", cancel, _ROLE, methods=("DELETE",), reply=Kind.NOTHING),
    rest(f"{_ONE}/file", "What an export made", file, _ROLE, reply=Kind.BINARY),
)
