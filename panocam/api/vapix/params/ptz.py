"""Pan, tilt and zoom: the group PTZ. Its channels are those of the view areas, 5 to 8; the other views do not move."""

from __future__ import annotations

from collections.abc import Iterator

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import (
    TRUE_FALSE,
    Changes,
    Codec,
    Leaf,
    Shape,
    bound,
    choice,
    fact,
    facts,
    number,
    numbered,
    whole,
    within,
)
from panocam.api.vapix.params.tree import Living
from panocam.api.vapix.ptzwords import ZOOM_STEPS, bounds, where
from panocam.optics.pose import Pose
from panocam.pipeline.renderer import FIRST_AREA
from panocam.settings.ptz import GROUPS, HOME, Group
from panocam.settings.role import Role

AREAS = (1, 2, 3, 4)
FIRST_CHANNEL = 5
CHANNELS = tuple(range(1, 13))
WAYS, AXES = ("Absolute", "Relative", "Continuous"), ("Pan", "Tilt", "Zoom")
SUPPORTED = (
    *(way + axis for way in WAYS for axis in AXES),
    *("AreaZoom", "ProportionalSpeed", "ServerPreset", "SpeedCtl"),
)
UNSUPPORTED = (
    *(way + axis for way in WAYS for axis in ("Focus", "Iris", "Brightness")),
    *("ActionNotification", "AutoFocus", "AutoIrCutFilter", "AutoIris", "Auxiliary", "BackLight", "DevicePreset"),
    "DigitalZoom",  # a second range of zoom beyond that of a lens, up to position 19999
    *("GenericHTTP", "IrCutFilter", "JoyStickEmulation", "LensOffset", "OSDMenu"),
)
ENDS = {"after a time": "timespan", "without activity": "activity", "never": "infinity"}


def rows() -> Iterator[Leaf]:
    """Every leaf that is always there."""
    yield from facts(
        "PTZ",
        {
            "BoaProtPTZOperator": "password",
            "CameraDefault": str(FIRST_CHANNEL),
            "NbrOfCameras": str(len(CHANNELS)),
            "NbrOfSerPorts": "0",
        },
    )
    yield from numbered("PTZ.CamPorts.Cam#Port", CHANNELS, lambda services, channel: "-1")
    yield from numbered("PTZ.PTZDriverStatuses.Driver#Status", CHANNELS, lambda services, channel: 3 if channel - 4 in AREAS else 0)
    admin = Role.ADMINISTRATOR
    yield Leaf("PTZ.ImageSource.I0.PTZEnabled", _any_moves, TRUE_FALSE.shape, _let_move, write_role=admin, title="Pan, tilt and zoom")
    for area in AREAS:
        yield from _area(area)
    yield from bound("PTZ.ResponseEncoding", "ptz.encoding", choice({"iso-8859-1": "iso-8859-1", "utf-8": "utf-8"}))
    yield from bound("PTZ.UserAdv.U1.MoveSpeed", "ptz.speed", whole(0, 100))
    for place, name in enumerate(GROUPS):
        yield from _queue(place, name)


def _area(area: int) -> Iterator[Leaf]:
    channel = area + FIRST_CHANNEL - 1
    yield from (fact(f"PTZ.Support.S{channel}.{flag}", "true") for flag in SUPPORTED)
    yield from (fact(f"PTZ.Support.S{channel}.{flag}", "false") for flag in UNSUPPORTED)
    yield from (_limit(f"PTZ.Limit.L{channel}", area, name) for name in LIMITS)
    group = f"PTZ.Various.V{channel}"
    yield from bound(f"{group}.CtlQueueing", "ptz.queue", TRUE_FALSE)
    yield from bound(f"{group}.CtlQueueLimit", "ptz.queue_users", whole(1, 100))
    yield from bound(f"{group}.CtlQueuePollTime", "ptz.queue_poll", whole(5, 3600))
    yield from facts(group, dict.fromkeys(("HomePresetSet", "SpeedCtlEnabled"), "true"))
    for axis in AXES:
        yield from bound(f"{group}.{axis}Enabled", f"ptz.movement.{area - 1}.{axis.lower()}", TRUE_FALSE)
    yield fact(f"{group}.MaxProportionalSpeed", "200")
    yield from bound(f"{group}.Locked", f"areas.{area - 1}.ptz", choice({"true": False, "false": True}))
    yield from bound(f"{group}.ProportionalSpeedEnabled", "ptz.proportional", TRUE_FALSE)
    yield from bound(f"{group}.ReturnToOverview", "ptz.home_after", whole(0, 86_400))


def _queue(place: int, name: str) -> Iterator[Leaf]:
    prefix = f"PTZ.UserCtlQueue.U{place}"
    for leaf, field, codec in GROUP_LEAVES:
        yield _of_group(f"{prefix}.{leaf}", name, field, codec)
    yield fact(f"{prefix}.UseCookie", "no")
    yield fact(f"{prefix}.UserGroup", name.capitalize())


GROUP_LEAVES = (
    ("Priority", "priority", whole(1, 100)),
    ("TimeoutTime", "timeout", whole(1, 3600)),
    ("TimeoutType", "ends", choice({word: ends for ends, word in ENDS.items()})),
)
"""How a group takes part in the control queue: names of leaves, of ours, and between the values."""


def _of_group(path: str, name: str, field: str, codec: Codec) -> Leaf:
    def write(services: Services, value: str, so_far: Changes) -> Changes:
        made = so_far.get("ptz.groups")
        groups: tuple[Group, ...] = made if isinstance(made, tuple) else services.settings.snapshot.ptz.groups
        old = next((group for group in groups if group.name == name), None) or services.settings.snapshot.ptz.group(name)
        changed = old.model_copy(update={field: codec.read(value)})
        return {"ptz.groups": (*(group for group in groups if group.name != name), changed)}

    def read(services: Services) -> str:
        return codec.show(getattr(services.settings.snapshot.ptz.group(name), field))

    return Leaf(path, read, codec.shape, write)


def _any_moves(services: Services) -> str:
    return TRUE_FALSE.show(any(area.ptz for area in services.settings.snapshot.areas))


def _let_move(services: Services, value: str, so_far: Changes) -> Changes:
    return {f"areas.{area - 1}.ptz": TRUE_FALSE.read(value) for area in AREAS}


LIMITS = {
    "MinPan": ("left", -180), "MaxPan": ("right", 180), "MinTilt": ("down", -90), "MaxTilt": ("up", 90),
    "MinZoom": ("wide", 1), "MaxZoom": ("tele", ZOOM_STEPS + 1),
}  # fmt: skip
"""Which limit of the settings an end is, and the value that leaves it open."""


def _limit(group: str, area: int, name: str) -> Leaf:
    """Told as the area really goes, and written as a limit."""
    side, open_end = LIMITS[name]
    zooms = name.endswith("Zoom")
    shape = Shape("int", 1, ZOOM_STEPS + 1) if zooms else Shape("int", -abs(open_end), abs(open_end))

    def read(services: Services) -> str:
        return str(round(bounds(services.ptz.areas[FIRST_AREA + area - 1].head.limits)[name]))

    def write(services: Services, value: str, so_far: Changes) -> Changes:
        within(shape, value)
        end: float | None = number(value)
        if end == open_end:
            end = None
        elif zooms:
            end = Pose().zoomed((number(value) - 1) / ZOOM_STEPS).hfov
        return {f"ptz.limits.{area - 1}.{side}": end}

    return Leaf(f"{group}.{name}", read, shape, write, title="Limit")


def presets(services: Services) -> Iterator[Leaf]:
    """The preset positions of every area; they are changed by ptzconfig.cgi."""
    for area in AREAS:
        prefix = f"PTZ.Preset.P{area + FIRST_CHANNEL - 2}"
        yield fact(f"{prefix}.HomePosition", str(HOME))
        yield fact(f"{prefix}.ImageSource", "0")
        yield fact(f"{prefix}.Name", "")
        for position in services.ptz.library.presets(area):
            yield fact(f"{prefix}.Position.P{position.number}.Data", where(position.pose))
            yield fact(f"{prefix}.Position.P{position.number}.Name", position.name)


LIVING = Living("PTZ.Preset", presets)
