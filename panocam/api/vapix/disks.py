"""disks/*.cgi: the disks as clients of this camera family see them. An action is a job; most are done when the answer comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from xml.etree.ElementTree import Element

from starlette.responses import Response

from panocam.api.endpoint import Call, Discovery, Endpoint, Kind, vapix
from panocam.api.services import storage_of
from panocam.api.vapix.keeping import Keeping, keeping, revised
from panocam.api.vapix.markup import general_error, node, response, rooted, schema_versions
from panocam.errors import InvalidValue, PanocamError
from panocam.settings.role import Role
from panocam.settings.storage import CARD
from panocam.storage.actions import Action, End
from panocam.storage.disk import State
from panocam.storage.diskwork import AT_ONCE_S, STOPPABLE, work
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
"""Wear that no controller tells, temperature always."""
NAMES = {"check": "checkdisk"}
"""Actions that these clients call otherwise."""


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
    await revised(call, volume.id, protected=action == "lock")
    return rooted("disk/lock1", node(action, diskid=volume.id, result="OK"))


async def job(call: Call[None]) -> Response:
    """How far a job is."""
    given = call.arguments.get("jobid", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidValue("jobid", given, "give the number that the action answered")
    action = storage_of(call.services).actions.get(int(given))
    progress = 100 if action.end is not End.RUNNING else round(99 * action.progress)
    return rooted(
        "disk/checkjob1",
        node(
            "job", jobid=action.id, diskid=action.target, action=_named(action), progress=progress, result=_result(action),
            description=action.words,
        ),
    )  # fmt: skip


async def capabilities(call: Call[None]) -> Response:
    """What a disk can be: encryption and another file system are the host's business, so it is the one it is."""
    volume = _volume(call)
    name = volume.disk.facts.get("filesystem", "")
    there = [node("filesystem", name=name, nicename=name, requiredfssupported="false")] if name else []
    able = node("disk", [node("filesystems", there)], diskid=volume.id, requiredfssupported="false", encryptionsupported="false")
    return rooted("disk/capabilities1", able)


async def health(call: Call[None]) -> Response:
    """The wear of every disk, or of the one that ``diskid`` names, as far as its controller tells it."""
    volumes = storage_of(call.services).volumes
    wanted = call.arguments.get("diskid", "all")
    shown = [
        node("HealthStatus", diskid=volume.id, wear=volume.disk.facts.get("wear", UNKNOWN))
        for id, volume in volumes.items()
        if wanted in ("all", id)
    ]
    return response("HealthStatusResponse", "disk/gethealth1", node("HealthStatusSuccess", shown))


def _volume(call: Call[None]) -> Volume:
    return storage_of(call.services).recorder.volume(call.arguments.get("diskid", CARD))


async def _job(call: Call[None], name: str) -> Response:
    volume = _volume(call)
    action = await storage_of(call.services).actions.start(name, volume.id, work(volume, name), AT_ONCE_S, name in STOPPABLE)
    if call.services.audit is not None and action.end is not End.FAILED:
        call.services.audit.note(f"{name} of disk {volume.id}", "recordings", subject=volume.id)
    return _shown(volume, action)


def _shown(volume: Volume, action: Action) -> Response:
    failed = action.end is End.FAILED
    told = {"description": action.words} if failed else {"jobid": action.id}
    return rooted("disk/startjob1", node("job", action=_named(action), diskid=volume.id, result=_result(action), **told))


def _named(action: Action) -> str:
    return NAMES.get(action.name, action.name)


def _result(action: Action) -> str:
    return "ERROR" if action.end in (End.FAILED, End.CANCELLED) else "OK"


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
    return await _property(call, remove_oldest=policy == "fifo")


async def set_age(call: Call[None]) -> Response:
    """``maxage`` in hours; 0 keeps recordings until space is needed."""
    hours = call.arguments.get("maxage", "")
    if not (hours.isascii() and hours.isdigit() and len(hours) < 7):
        raise InvalidValue("maxage", hours, "give whole hours")
    return await _property(call, retention_days=int(hours) / HOURS)


async def set_file_system(call: Call[None]) -> Response:
    """Only ``none`` can be required: the file system is the host's."""
    wanted = call.arguments.get("filesystem", "none")
    if wanted != "none":
        raise InvalidValue("filesystem", wanted, "only none: the host makes the file system")
    return _success(node("GeneralSuccess"))


async def alert_levels(call: Call[None]) -> Response:
    """Wear is not known, so no level of it gives an alert."""
    _volume(call)  # raises NotFound
    return _success(node("GetAlertLevelsSuccess", [node("AlertLevels", Wear=UNKNOWN, Temperature=UNKNOWN)]))


async def property_schemas(call: Call[None]) -> Response:
    """Which schemas the CGIs of properties know."""
    return _success(schema_versions())


async def _property(call: Call[None], **values: object) -> Response:
    volume = _volume(call)
    try:
        await revised(call, volume.id, **values)
    except PanocamError as fault:
        return _properties(node("Error", [general_error(10, fault)]))
    return _success(node("GeneralSuccess"))


def _success(child: Element) -> Response:
    return _properties(node("Success", [child]))


def _properties(child: Element) -> Response:
    return response("DiskPropertiesResponse", "disks/properties/disk_properties1", child)


DISKS = Discovery("disk-management", "1.0", "Disk management")
PROPERTIES = Discovery("disk-properties", "1.0", "Disk properties")


def _row(name: str, title: str, handler: Callable[[Call[None]], Awaitable[Response]], role: Role, about: Discovery = DISKS) -> Endpoint:
    return vapix(f"/axis-cgi/disks/{name}.cgi", title, handler, role, reply=Kind.XML, discovery=about)


ENDPOINTS = (
    _row("list", "The disks", listing, Role.OPERATOR),
    _row("job", "How far a job is", job, Role.OPERATOR),
    _row("gethealth", "How worn the disks are", health, Role.OPERATOR),
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
    _row("properties/schemaversions", "Schemas of disk properties", property_schemas, Role.OPERATOR, PROPERTIES),
)
