"""disks/*.cgi: the disks as clients of this camera family see them. Long actions answer with a job, which is done when the answer comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count
from xml.etree.ElementTree import Element

from starlette.responses import Response

from panocam.api.endpoint import Call, Discovery, Endpoint, Kind, vapix
from panocam.api.services import storage_of
from panocam.api.vapix.markup import node, rooted
from panocam.errors import InvalidValue, PanocamError
from panocam.settings.role import Role
from panocam.storage.disk import State
from panocam.storage.volume import Volume

STATUS = {State.OK: "OK", State.FULL: "OK", State.READ_ONLY: "OK", State.UNMOUNTED: "disconnected", State.FAILED: "failed"}
HOURS = 24
_numbers = count(1)


async def listing(call: Call[None]) -> Response:
    """All disks, or the one that ``diskid`` names. Sizes in KB."""
    volumes = storage_of(call.services).volumes
    wanted = call.arguments.get("diskid", "all")
    shown = [volume for id, volume in volumes.items() if wanted in ("all", id)]
    return rooted("disk/list1", node("disks", [_disk(call, volume) for volume in shown], numberofdisks=len(shown)))


async def mount(call: Call[None]) -> Response:
    """``action=MOUNT`` or ``UNMOUNT``."""
    action = call.arguments.get("action", "MOUNT").upper()
    if action not in ("MOUNT", "UNMOUNT"):
        raise InvalidValue("action", action, "use MOUNT or UNMOUNT")
    return await _job(call, "unmount" if action == "UNMOUNT" else "mount")


async def check(call: Call[None]) -> Response:
    """Look whether it is there and how full it is."""
    return await _job(call, "check")


async def clear(call: Call[None]) -> Response:
    """Remove all recordings of this camera family from the disk; nothing else on it is touched."""
    return await _job(call, "format")


async def job(call: Call[None]) -> Response:
    """Jobs are done when they are answered, so every known one is at 100."""
    return rooted("disk/job1", node("job", jobid=call.arguments.get("jobid", "0"), progress=100, result="OK"))


async def health(call: Call[None]) -> Response:
    """Wear and temperature of a directory are unknown, and that is what it says; it is well when it can be written."""
    volume = storage_of(call.services).recorder.volume(call.arguments.get("diskid", "SD_DISK"))
    well = volume.state in (State.OK, State.FULL)
    return rooted("disk/gethealth1", node("disk", diskid=volume.id, wear=-1, temperature=-1, overallhealth=0 if well else 1))


async def _job(call: Call[None], name: str) -> Response:
    volume = storage_of(call.services).recorder.volume(call.arguments.get("diskid", "SD_DISK"))
    action = {"mount": volume.mount, "unmount": volume.unmount, "check": volume.check, "format": volume.format}[name]
    result, words = "OK", ""
    try:
        await action()
        if call.services.audit is not None:
            call.services.audit.note(f"{name} of disk {volume.id}", "recordings", subject=volume.id)
    except PanocamError as fault:
        result, words = "ERROR", str(fault)
    return rooted("disk/job1", node("job", jobid=next(_numbers), diskid=volume.id, result=result, description=words))


def _disk(call: Call[None], volume: Volume) -> Element:
    settings = call.services.settings.running.storage
    return node(
        "disk",
        diskid=volume.id,
        name="",
        totalsize=volume.space.total >> 10,
        freesize=volume.space.free >> 10,
        cleanuplevel=99,
        cleanupmaxage=round(settings.retention_days * HOURS),
        cleanuppolicy="fifo" if settings.remove_oldest else "none",
        locked="no",
        full="yes" if volume.state is State.FULL else "no",
        readonly="yes" if volume.state is State.READ_ONLY else "no",
        status=STATUS[volume.state],
        filesystem="unknown",
        group="S0",
        requiredfilesystem="none",
        encryptionenabled="false",
        diskencrypted="false",
    )


DISKS = Discovery("disk-management", "1.0", "Disk management")


def _row(name: str, title: str, handler: Callable[[Call[None]], Awaitable[Response]], role: Role) -> Endpoint:
    return vapix(f"/axis-cgi/disks/{name}.cgi", title, handler, role, reply=Kind.XML, discovery=DISKS)


ENDPOINTS = (
    _row("list", "The disks", listing, Role.OPERATOR),
    _row("job", "How far a job is", job, Role.OPERATOR),
    _row("gethealth", "How well a disk is", health, Role.OPERATOR),
    _row("mount", "Mount or unmount a disk", mount, Role.ADMINISTRATOR),
    _row("checkdisk", "Check a disk", check, Role.ADMINISTRATOR),
    _row("format", "Remove all recordings from a disk", clear, Role.ADMINISTRATOR),
)
