"""Pan, tilt and zoom: the group PTZ. Its channels are those of the view areas, 5 to 8; the other views do not move."""

from __future__ import annotations

from collections.abc import Iterator

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import TRUE_FALSE, Changes, Codec, Leaf, bound, choice, fact, facts, numbered, whole
from panocam.api.vapix.params.tree import Living
from panocam.optics.pose import Pose
from panocam.settings.ptz import GROUPS, HOME, Group
from panocam.settings.role import Role

AREAS = (1, 2, 3, 4)
FIRST_CHANNEL = 5
CHANNELS = tuple(range(1, 13))
ZOOM_STEPS = 9998
"""Steps of zoom between 1 (widest) and 9999."""

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
    yield from bound("PTZ.UserAdv.U1.MoveSpeed", "ptz.speed", whole(0, 100))
    for number, name in enumerate(GROUPS):
        yield from _queue(number, name)


def _area(area: int) -> Iterator[Leaf]:
    channel = area + FIRST_CHANNEL - 1
    yield from (fact(f"PTZ.Support.S{channel}.{flag}", "true") for flag in SUPPORTED)
    yield from (fact(f"PTZ.Support.S{channel}.{flag}", "false") for flag in UNSUPPORTED)
    yield from numbered(f"PTZ.Limit.L{channel}.MinPan", (area,), lambda services, n: _limit(services, n, "pan", 0))
    yield from numbered(f"PTZ.Limit.L{channel}.MaxPan", (area,), lambda services, n: _limit(services, n, "pan", 1))
    yield from numbered(f"PTZ.Limit.L{channel}.MinTilt", (area,), lambda services, n: _limit(services, n, "tilt", 0))
    yield from numbered(f"PTZ.Limit.L{channel}.MaxTilt", (area,), lambda services, n: _limit(services, n, "tilt", 1))
    yield from facts(f"PTZ.Limit.L{channel}", {"MinZoom": "1", "MaxZoom": str(ZOOM_STEPS + 1)})
    group = f"PTZ.Various.V{channel}"
    yield from bound(f"{group}.CtlQueueing", "ptz.queue", TRUE_FALSE)
    yield from bound(f"{group}.CtlQueueLimit", "ptz.queue_users", whole(1, 100))
    yield from bound(f"{group}.CtlQueuePollTime", "ptz.queue_poll", whole(5, 3600))
    yield from facts(group, dict.fromkeys(("HomePresetSet", "PanEnabled", "TiltEnabled", "ZoomEnabled", "SpeedCtlEnabled"), "true"))
    yield fact(f"{group}.MaxProportionalSpeed", "200")
    yield from bound(f"{group}.Locked", f"areas.{area - 1}.ptz", choice({"true": False, "false": True}))
    yield from bound(f"{group}.ProportionalSpeedEnabled", "ptz.proportional", TRUE_FALSE)
    yield from bound(f"{group}.ReturnToOverview", "ptz.home_after", whole(0, 86_400))


def _queue(number: int, name: str) -> Iterator[Leaf]:
    prefix = f"PTZ.UserCtlQueue.U{number}"
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


def _limit(services: Services, area: int, axis: str, end: int) -> int:
    limits = services.camera.heads[area + 3].limits
    return round((limits.pan if axis == "pan" else limits.tilt)[end])


def presets(services: Services) -> Iterator[Leaf]:
    """The preset positions of every area; they are changed by ptzconfig.cgi."""
    for area in AREAS:
        prefix = f"PTZ.Preset.P{area + FIRST_CHANNEL - 2}"
        yield fact(f"{prefix}.HomePosition", str(HOME))
        yield fact(f"{prefix}.ImageSource", "0")
        yield fact(f"{prefix}.Name", "")
        for position in services.ptz.library.presets(area):
            yield fact(f"{prefix}.Position.P{position.number}.Data", _data(position.pose))
            yield fact(f"{prefix}.Position.P{position.number}.Name", position.name)


def _data(pose: Pose) -> str:
    return f"tilt={pose.tilt:.4f}:zoom={1 + round(min(max(pose.zoom, 0.0), 1.0) * ZOOM_STEPS)}:pan={pose.pan:.4f}"


LIVING = Living("PTZ.Preset", presets)
