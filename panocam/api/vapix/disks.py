"""disks/*.cgi: the disks as clients of this camera family see them. An action is a job; most are done when the answer comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from xml.etree.ElementTree import Element

from starlette.responses import Response

from panocam.api.endpoint import Call, Discovery, Endpoint, Kind, vapix
from panocam.api.services import storage_of
from panocam.api.vapix.keeping import Keeping, keeping, revised
from panocam.api.vapix.markup import node, rooted
from panocam.errors import InvalidValue, PanocamError
from panocam.settings.role import Role
from panocam.settings.storage import CARD
from panocam.storage.actions import Action, End
from panocam.storage.disk import State
from panocam.storage.diskwork import AT_ONCE_S, work
from panocam.storage.volume import Volume

STATUS = {
    State.OK: "OK",
    State.FULL: "OK",
    State.READ_ONLY: "OK",
    State.CONNECTING: "disconnected",
    State.UNMOUNTED: "disconnected",
    State.FAILED: "failed",
}
HOURS = 24
UNKNOWN = -1
"""Wear and temperature of a directory or a share cannot be known."""


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
    return await _job(call, action.lower())


async def check(call: Call[None]) -> Response:
    """Compare the files with the index; nothing is changed."""
    return await _job(call, "check")


async def repair(call: Call[None]) -> Response:
    """Put files and index in agreement."""
    return await _job(call, "repair")


async def clear(call: Call[None]) -> Response:
    """Remove all recordings of this camera family from the disk; nothing else on it is touched, and its file system stays."""
    return await _job(call, "format")


async def lock(call: Call[None]) -> Response:
    """``action=lock``: nothing is recorded on the disk and nothing removed; ``unlock`` ends it."""
    action = call.arguments.get("action", "lock").lower()
    if action not in ("lock", "unlock"):
        raise InvalidValue("action", action, "use lock or unlock")
    volume = _volume(call)

    async def doing(told: object) -> str:
        await revised(call, volume.id, protected=action == "lock")
        return f"{action}ed"

    return _shown(volume, await storage_of(call.services).actions.start(action, volume.id, doing, AT_ONCE_S))


async def job(call: Call[None]) -> Response:
    """How far a job is."""
    given = call.arguments.get("jobid", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidValue("jobid", given, "give the number that the action answered")
    action = storage_of(call.services).actions.get(int(given))
    return rooted(
        "disk/job1",
        node(
            "job", jobid=action.id, diskid=action.target, progress=round(100 * action.progress), result=_result(action),
            description=action.words,
        ),
    )  # fmt: skip


async def capabilities(call: Call[None]) -> Response:
    """What can be done with a disk; encryption and other file systems are the host's business."""
    volume = _volume(call)
    shown = {
        "mount": "yes", "unmount": "yes", "format": "yes", "check": "yes", "repair": "yes", "lock": "yes", "encryption": "no",
        "filesystems": volume.disk.facts.get("filesystem", ""), "wear": "no", "temperature": "no",
    }  # fmt: skip
    listed = [node("capability", name=name, value=value) for name, value in shown.items()]
    return rooted("disk/getcapabilities1", node("disk", listed, diskid=volume.id))


async def health(call: Call[None]) -> Response:
    """Wear and temperature of a directory are unknown, and that is what it says; it is well when it can be written."""
    volume = _volume(call)
    well = volume.state in (State.OK, State.FULL)
    return rooted("disk/gethealth1", node("disk", diskid=volume.id, wear=UNKNOWN, temperature=UNKNOWN, overallhealth=0 if well else 1))


def _volume(call: Call[None]) -> Volume:
    return storage_of(call.services).recorder.volume(call.arguments.get("diskid", CARD))


async def _job(call: Call[None], name: str) -> Response:
    volume = _volume(call)
    action = await storage_of(call.services).actions.start(name, volume.id, work(volume, name), AT_ONCE_S)
    if call.services.audit is not None and action.end is not End.FAILED:
        call.services.audit.note(f"{name} of disk {volume.id}", "recordings", subject=volume.id)
    return _shown(volume, action)


def _shown(volume: Volume, action: Action) -> Response:
    words = action.words if action.end is End.FAILED else ""
    return rooted("disk/job1", node("job", jobid=action.id, diskid=volume.id, result=_result(action), description=words))


def _result(action: Action) -> str:
    return "ERROR" if action.end is End.FAILED else "OK"


def _disk(call: Call[None], volume: Volume) -> Element:
    rules: Keeping = keeping(call.services.settings.snapshot.storage, volume.id)
    return node(
        "disk",
        diskid=volume.id,
        name=rules.name,
        totalsize=volume.space.total >> 10,
        freesize=volume.space.free >> 10,
        cleanuplevel=99,
        cleanupmaxage=round(rules.retention_days * HOURS),
        cleanuppolicy="fifo" if rules.remove_oldest else "none",
        locked="yes" if volume.protected else "no",
        full="yes" if volume.state is State.FULL else "no",
        readonly="yes" if volume.state is State.READ_ONLY else "no",
        status=STATUS[volume.state],
        filesystem=volume.disk.facts.get("filesystem") or "unknown",
        group="S0" if volume.id == CARD else "S1",
        requiredfilesystem="none",
        encryptionenabled="false",
        diskencrypted="false",
    )


async def set_policy(call: Call[None]) -> Response:
    """``policyname=fifo`` removes the oldest to make room, ``none`` never."""
    policy = call.arguments.get("policyname", call.arguments.get("policy", ""))
    if policy not in ("fifo", "none"):
        raise InvalidValue("policyname", policy, "use fifo or none")
    return await _property(call, "SetCleanupPolicy", remove_oldest=policy == "fifo")


async def set_age(call: Call[None]) -> Response:
    """``maxage`` in hours; 0 keeps recordings until space is needed."""
    hours = call.arguments.get("maxage", "")
    if not (hours.isascii() and hours.isdigit() and len(hours) < 7):
        raise InvalidValue("maxage", hours, "give whole hours")
    return await _property(call, "SetCleanupMaxAge", retention_days=int(hours) / HOURS)


async def set_file_system(call: Call[None]) -> Response:
    """Only ``none`` can be required: the file system is the host's."""
    wanted = call.arguments.get("filesystem", "none")
    if wanted != "none":
        raise InvalidValue("filesystem", wanted, "only none: the host makes the file system")
    return _properties(node("SetRequiredFSSuccess"))


async def alert_levels(call: Call[None]) -> Response:
    """Wear is not known, so no level of it gives an alert."""
    return _properties(node("GetDiskAlertLevelsSuccess", [node("DiskAlertLevel", DiskID=_volume(call).id, WearLevel=UNKNOWN)]))


async def _property(call: Call[None], name: str, **values: object) -> Response:
    volume = _volume(call)
    try:
        await revised(call, volume.id, **values)
    except PanocamError as fault:
        return _properties(node("GeneralError", [node("ErrorCode", Code=10), node("ErrorDescription", Text=str(fault))]))
    return _properties(node(f"{name}Success"))


def _properties(child: Element) -> Response:
    return rooted("disk/properties1", node("DiskPropertiesResponse", [child], SchemaVersion="1.0"))


DISKS = Discovery("disk-management", "1.0", "Disk management")
PROPERTIES = Discovery("disk-properties", "1.0", "Disk properties")


def _row(name: str, title: str, handler: Callable[[Call[None]], Awaitable[Response]], role: Role, about: Discovery = DISKS) -> Endpoint:
    return vapix(f"/axis-cgi/disks/{name}.cgi", title, handler, role, reply=Kind.XML, discovery=about)


ENDPOINTS = (
    _row("list", "The disks", listing, Role.OPERATOR),
    _row("job", "How far a job is", job, Role.OPERATOR),
    _row("gethealth", "How well a disk is", health, Role.OPERATOR),
    _row("getcapabilities", "What can be done with a disk", capabilities, Role.OPERATOR),
    _row("mount", "Mount or unmount a disk", mount, Role.ADMINISTRATOR),
    _row("checkdisk", "Check a disk", check, Role.ADMINISTRATOR),
    _row("repair", "Repair a disk", repair, Role.ADMINISTRATOR),
    _row("lock", "Write-protect a disk", lock, Role.ADMINISTRATOR),
    _row("format", "Remove all recordings from a disk", clear, Role.ADMINISTRATOR),
    _row("properties/setcleanuppolicy", "What happens when a disk is full", set_policy, Role.ADMINISTRATOR, PROPERTIES),
    _row("properties/setcleanupmaxage", "How long recordings are kept", set_age, Role.ADMINISTRATOR, PROPERTIES),
    _row("properties/setrequiredfs", "Which file system is required", set_file_system, Role.ADMINISTRATOR, PROPERTIES),
    _row("properties/getdiskalertlevels", "From which wear on a disk gives an alert", alert_levels, Role.OPERATOR, PROPERTIES),
)
