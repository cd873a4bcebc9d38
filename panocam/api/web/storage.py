"""The disks: what they are, what a person does with them, and what waits to be brought to them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from panocam.api.endpoint import Call, Reply, Wish, rest
from panocam.api.services import Services, storage_of
from panocam.errors import InvalidValue, Unavailable
from panocam.settings import Role
from panocam.settings.storage import disk_names
from panocam.storage.actions import Action, End
from panocam.storage.diskwork import AT_ONCE_S, STOPPABLE, work
from panocam.storage.volume import Volume


class ActionReply(Reply):
    """Something that may take a while. ``end`` running, done, failed or cancelled; ``progress`` 0..1; ``words`` what it found, or why it
    failed; ``stoppable``: it can be ended now."""

    id: int
    name: str
    target: str
    end: str
    progress: float
    words: str
    stoppable: bool


class HomecomingReply(Reply):
    """What belongs on a disk and lies elsewhere: ``waiting`` segments that are finished, ``bytes`` in all, ``stuck`` ones that could not be
    brought. ``segment`` is on its way just now, ``progress`` 0..1 of it. ``away``: recordings go to another disk at this moment."""

    away: bool
    waiting: int
    bytes: int
    moved: int
    segment: str
    progress: float
    stuck: int
    reason: str


class DiskReply(Reply):
    """One disk. Bytes; ``state`` OK, full, readonly, connecting, unmounted or failed, with the reason. ``refused`` pictures it was too slow
    for. ``facts``: file system, protocol version, encryption. ``running`` recordings are written to it now."""

    id: str
    name: str
    state: str
    reason: str
    total: int
    free: int
    queued: int
    refused: int
    recordings: int
    protected: bool
    facts: dict[str, str]
    running: int
    continuous: list[int]
    homecoming: HomecomingReply
    action: ActionReply | None = None


class DisksReply(Reply):
    """All disks; none is set up when the list is empty."""

    disks: list[DiskReply]


class DiskAction(Wish):
    """What to do. ``check`` compares files and index, ``repair`` puts them in agreement; ``format`` removes all recordings and needs the
    disk's id as ``confirm``."""

    action: Literal["mount", "unmount", "check", "repair", "format"]
    confirm: str = Field("", max_length=32)


async def disks(call: Call[None]) -> DisksReply:
    """All disks."""
    return DisksReply(disks=[_shown(call.services, volume) for volume in storage_of(call.services).volumes.values()])


async def act(call: Call[DiskAction]) -> DiskReply:
    """Do something with a disk; what takes longer goes on behind."""
    storage, wish = storage_of(call.services), call.wish
    volume = storage.recorder.volume(call.path("disk"))
    if wish.action == "format" and wish.confirm != volume.id:
        raise InvalidValue("confirm", wish.confirm, f"all recordings would be removed; confirm with {volume.id}")
    action = await storage.actions.start(wish.action, volume.id, work(volume, wish.action), AT_ONCE_S, wish.action in STOPPABLE)
    if action.end is End.FAILED:
        raise Unavailable(action.words)
    if call.services.audit is not None:
        call.services.audit.note(f"{wish.action} of disk {volume.id}", "recordings", subject=volume.id)
    return _shown(call.services, volume, action)


async def action(call: Call[None]) -> ActionReply:
    """How far an action is."""
    return shown_action(storage_of(call.services).actions.get(_number(call)))


async def stop(call: Call[None]) -> ActionReply:
    """End a check or a repair where it is."""
    stopped = await storage_of(call.services).actions.cancel(_number(call))
    if call.services.audit is not None and stopped.end is End.CANCELLED:
        call.services.audit.note(f"{stopped.name} of disk {stopped.target} stopped", "recordings", subject=stopped.target)
    return shown_action(stopped)


def _number(call: Call[None]) -> int:
    given = call.path("action")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidValue("action", given, "use its number")
    return int(given)


def shown_action(action: Action) -> ActionReply:
    """An action as it is answered."""
    return ActionReply(
        id=action.id, name=action.name, target=action.target, end=str(action.end), progress=action.progress, words=action.words,
        stoppable=action.stoppable,
    )  # fmt: skip


def _shown(services: Services, volume: Volume, action: Action | None = None) -> DiskReply:
    space, storage, settings = volume.space, storage_of(services), services.settings.snapshot.storage
    names = disk_names(settings)
    routes = [running.route for running in storage.recorder.running]
    home = storage.backfill.of(volume.id)
    return DiskReply(
        id=volume.id,
        name=names.get(volume.id, volume.id),
        state=str(volume.state),
        reason=volume.reason,
        total=space.total,
        free=space.free,
        queued=volume.queued,
        refused=volume.refused,
        recordings=sum(size for size, _ in volume.index.paths(volume.id).values()),
        protected=volume.protected,
        facts=volume.disk.facts,
        running=sum(route.volume is volume for route in routes),
        continuous=[row.profile for row in settings.continuous if row.disk == volume.id],
        homecoming=HomecomingReply(
            away=any(route.home is volume and route.away for route in routes), waiting=home.waiting, bytes=home.bytes,
            moved=home.moved, segment=home.segment, progress=home.progress, stuck=home.stuck, reason=home.reason,
        ),
        action=None if action is None else shown_action(action),
    )  # fmt: skip


_ALL, _ONE = "/api/v1/storage/disks", "/api/v1/storage/disks/{disk}"
_ACTION = "/api/v1/storage/actions/{action}"

ENDPOINTS = (
    rest(_ALL, "All disks and their state", disks, Role.OPERATOR, reply=DisksReply),
    rest(
        _ONE,
        "Do something with a disk",
        act,
        Role.ADMINISTRATOR,
        methods=("POST",),
        request=DiskAction,
        reply=DiskReply,
    ),
    rest(_ACTION, "How far an action on a disk or share is", action, Role.ADMINISTRATOR, reply=ActionReply),
    rest(_ACTION, "Stop a check or a repair", stop, Role.ADMINISTRATOR, methods=("DELETE",), reply=ActionReply),
)
