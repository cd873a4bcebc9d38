"""What ptz.cgi tells: positions, limits, preset positions, the list of its commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from panocam.api.endpoint import Call
from panocam.api.vapix.ptzwords import ZOOM_STEPS, Mistake, bounds, degrees, steps, where
from panocam.optics.motion import FULL_TURN
from panocam.optics.pose import Pose
from panocam.ptz.library import Position

WHOAMI = "panocam digital PTZ"

INFO = "\r\n".join(
    (
        "Available commands",
        ":",
        "{camera=[n]}",
        "whoami=yes",
        "move={ home | up | down | left | right | upleft | upright | downleft | downright | stop }",
        "center=[x],[y] imagewidth=[n] imageheight=[n]",
        "areazoom=[x],[y],[z] imagewidth=[n] imageheight=[n]",
        "imagerotation={ 0 | 90 | 180 | 270 }",
        "pan=[abspos] tilt=[abspos] zoom=[abspos] speed=[speed]",
        "rpan=[offset] rtilt=[offset] rzoom=[offset]",
        "continuouspantiltmove=[x-speed],[y-speed]",
        "continuouszoommove=[speed]",
        "gotoserverpresetname=[name]",
        "gotoserverpresetno=[n]",
        "setserverpresetname=[name] home=yes",
        "setserverpresetno=[n]",
        "renameserverpresetno=[n] newname=[name]",
        "removeserverpresetname=[name]",
        "removeserverpresetno=[n]",
        "removeallserverpresets=yes",
        "query={ position | limits | speed | mode | attributes | presetposcam | presetposcamdata | presetposall } format={ json }",
    )
)


def moves(call: Call[None], view: int) -> bool:
    """Whether a view can be moved now."""
    settings = call.services.settings.running
    area = call.services.ptz.areas.get(view)
    return area is not None and settings.areas[area.number - 1].ptz and settings.views[view].enabled


def answer(call: Call[None], views: Sequence[int]) -> str:
    """The answer to ``query`` about one view area, or about several where presets are asked for."""
    what = call.arguments["query"]
    if what in ("presetposcam", "presetposcamdata", "presetposall"):
        every = [view for view in sorted(call.services.ptz.areas) if moves(call, view)]
        return _presets(call, every if what == "presetposall" else views, data=what == "presetposcamdata")
    if what == "attributes":
        return _attributes(call, views)
    if what not in _QUERIES or len(views) != 1:
        raise Mistake(f"Error:query: unknown value: {what}")
    return "\r\n".join(f"{name}={value}" for name, value in _QUERIES[what](call, views[0]))


Lines = list[tuple[str, object]]


def _position(call: Call[None], view: int) -> Lines:
    pose = call.services.ptz.areas[view].head.pose
    return [("pan", degrees(pose.pan)), ("tilt", degrees(pose.tilt)), ("zoom", steps(pose)), ("autofocus", "off"), ("autoiris", "off")]


def _limits(call: Call[None], view: int) -> Lines:
    ends = bounds(call.services.ptz.areas[view].head.limits)
    return [(name, int(end) if name.endswith("Zoom") else degrees(end)) for name, end in ends.items()]


def _speed(call: Call[None], view: int) -> Lines:
    return [("speed", call.services.ptz.speed(view) or 100)]


def _mode(_call: Call[None], _view: int) -> Lines:
    return [("mode", "normal")]


_QUERIES: Mapping[str, Callable[[Call[None], int], Lines]] = {
    "position": _position,
    "limits": _limits,
    "speed": _speed,
    "mode": _mode,
}


Entries = str | list[dict[str, str]]
SPEEDS, MAGNIFICATIONS = (1, 10, 25, 50, 75, 100), 8
"""Speeds that are told, and steps of zoom after the first."""


def _zoom_steps() -> list[dict[str, str]]:
    widest = Pose().zoomed(0.0)
    positions = [step / MAGNIFICATIONS for step in range(MAGNIFICATIONS + 1)]
    return [{"value": str(1 + round(at * ZOOM_STEPS)), "zoom": f"{widest.zoomed(at).magnification:.2f}"} for at in positions]


def _attribute_groups() -> Mapping[str, Mapping[str, Entries]]:
    """What is the same for every view area, by group."""
    steps = _zoom_steps()
    return {
        "speed": {"speeds": [{"value": str(value), "speed": f"{value / 100 * FULL_TURN:g}"} for value in SPEEDS]},
        "zoom": {"maxDigitalZoomMag": steps[-1]["zoom"], "zoomSteps": steps, "isOverview": "false"},
    }


def _attributes(call: Call[None], views: Sequence[int]) -> str:
    """How fast speeds are in degrees a second, and how much zoom positions magnify."""
    groups, wanted = _attribute_groups(), call.arguments.get("group", "")
    if wanted and wanted not in groups:
        raise Mistake(f"Error:group: unknown value: {wanted[:40]}")
    found = {name: entries for group, rows in groups.items() if wanted in ("", group) for name, entries in rows.items()}
    if call.arguments.get("format") == "json":
        return json.dumps({f"Camera {view + 1}": found for view in views})
    lines = [f"{name}={entries if isinstance(entries, str) else ','.join(map(_pairs, entries))}" for name, entries in found.items()]
    return "\r\n".join(line for view in views for line in (f"Attributes for camera {view + 1}", *lines))


def _pairs(entry: Mapping[str, str]) -> str:
    return " | ".join(f"{key}={value}" for key, value in entry.items())


def _presets(call: Call[None], views: Sequence[int], *, data: bool) -> str:
    areas, library = call.services.ptz.areas, call.services.ptz.library
    found = {view + 1: library.presets(areas[view].number) for view in views}
    if call.arguments.get("format") == "json":
        return json.dumps({f"Camera {camera}": {"presets": [_line(each, True) for each in presets]} for camera, presets in found.items()})
    blocks = [[f"Preset Positions for camera {camera}", *(_line(each, data) for each in presets)] for camera, presets in found.items()]
    return "\r\n".join(line for block in blocks for line in block)


def _line(preset: Position, data: bool) -> str:
    return f"presetposno{preset.number}={preset.name}{f':{where(preset.pose)}' if data else ''}"
