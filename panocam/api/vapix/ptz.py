"""com/ptz.cgi and com/ptzconfig.cgi: moves, queries and preset positions as VAPIX clients word them.

Success of a control command is 204 without a body; every mistake is text that begins with ``Error:``, with status 200. A channel that does
not move answers queries with nothing, which clients read as "no PTZ". Zoom positions run from 1 (widest) to 9999.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from starlette.responses import Response

from panocam.api.endpoint import Call, Discovery, vapix
from panocam.api.offers import plan
from panocam.api.steering import mover_of
from panocam.api.vapix import ptzconfig, ptzquery
from panocam.api.vapix.ptzwords import ZOOM_STEPS, Mistake, numbers, text, whole
from panocam.errors import InvalidValue, PanocamError
from panocam.optics.pose import Pose, area_zoom, centred
from panocam.pipeline.heads import directed, shifted
from panocam.pipeline.request import StreamRequest
from panocam.ptz.library import Position
from panocam.settings.role import Role

STEP = 0.25
"""Of the field in one ``move``."""

LEAST_COSINE = 0.25
"""Near straight up or down a step in pan would otherwise be half a turn."""

DIRECTIONS: Mapping[str, tuple[int, int]] = {
    "up": (0, 1),
    "down": (0, -1),
    "left": (-1, 0),
    "right": (1, 0),
    "upleft": (-1, 1),
    "upright": (1, 1),
    "downleft": (-1, -1),
    "downright": (1, -1),
}
"""To the right and upwards."""

UNSUPPORTED = (
    "focus", "rfocus", "autofocus", "continuousfocusmove", "iris", "riris", "autoiris", "continuousirismove", "brightness", "rbrightness",
    "continuousbrightnessmove", "ircutfilter", "backlight", "auxiliary", "gotodevicepreset", "setdevicepreset", "osdmenu",
)  # fmt: skip
"""What a lens without motors cannot do."""

Vector = tuple[float, float]
TURNED: Mapping[str, Callable[[float, float], Vector]] = {
    "0": lambda right, up: (right, up),
    "90": lambda right, up: (-up, right),
    "180": lambda right, up: (-right, -up),
    "270": lambda right, up: (up, -right),
}
"""What is right and up in the camera's picture of a direction in one that the client shows turned clockwise (``imagerotation``)."""

TARGETS = ("pan", "tilt", "zoom", "rpan", "rtilt", "rzoom", "center", "areazoom", "move")


@dataclass(frozen=True)
class Channel:
    """The view area that a request is about. ``view`` is its index, ``number`` what the client calls it."""

    view: int
    number: int


async def ptz(call: Call[None]) -> Response:
    """Any of the commands."""
    return await said(call, _answer(call))


async def said(call: Call[None], work: Awaitable[str | None]) -> Response:
    """The reply of such a request: its words, none (204), or what was wrong."""
    try:
        answer = await work
    except Mistake as mistake:
        answer = str(mistake)
    except InvalidValue as problem:
        answer = f"Error:{problem.name}: {str(problem.value)[:40]}: {problem.remedy}"
    except PanocamError as problem:
        answer = f"Error:{problem}"
    return Response(status_code=204) if answer is None else text(answer, call.services.settings.running.ptz.encoding)


async def _answer(call: Call[None]) -> str | None:
    """None for success without words."""
    arguments = call.arguments
    if "whoami" in arguments:
        return ptzquery.WHOAMI
    if arguments.get("camera") == "all":
        return await _for_all(call)
    channel = channel_of(call)
    if "info" in arguments or "query" in arguments:
        if channel is None:
            return ""
        return ptzquery.INFO if "info" in arguments else ptzquery.answer(call, [channel.view])
    if channel is None:
        raise Mistake(f"Error:camera: {arguments.get('camera', '')} does not move; use 5 to 8 where PTZ is switched on")
    for name in UNSUPPORTED:
        if name in arguments:
            raise Mistake(f"Error:{name}: not supported by this camera")
    configured = await ptzconfig.carry_out(call, [call.services.ptz.areas[channel.view].number])
    if not (_control(call, channel) or configured):
        raise Mistake("Error:no command: see info=1")
    return None


async def _for_all(call: Call[None]) -> str | None:
    """``camera=all``: queries about preset positions and attributes, and forgetting positions."""
    views = movable(call)
    if "query" in call.arguments:
        return ptzquery.answer(call, views)
    if not await ptzconfig.carry_out(call, [call.services.ptz.areas[view].number for view in views]):
        raise Mistake("Error:camera: all is for preset positions only")
    return None


def movable(call: Call[None]) -> list[int]:
    return [view for view in sorted(call.services.ptz.areas) if ptzquery.moves(call, view)]


def channel_of(call: Call[None]) -> Channel | None:
    """The view area asked for, the first that moves where nothing is said; None for a channel that does not move."""
    views = movable(call)
    given = call.arguments.get("camera", "")
    if not given:
        return Channel(views[0], views[0] + 1) if views else None
    number = whole("camera", given, 1, 12)
    return Channel(number - 1, number) if number - 1 in views else None


def _control(call: Call[None], channel: Channel) -> bool:
    """Carry out the moves; False if there is none."""
    arguments, service, who = call.arguments, call.services.ptz, mover_of(call.caller)
    speed = whole("speed", arguments["speed"], 1, 100) if "speed" in arguments else None
    preset = _preset(call, channel)
    drive = _drive(arguments)
    here = service.areas[channel.view].head.pose
    target = _target(call, channel, here)
    if preset is not None:
        service.go_to_preset(channel.view, who, preset, speed)
    if target is not None:
        service.go(channel.view, who, target, speed, since=here, kept=_homes(arguments))
    if drive is not None:
        service.drive(channel.view, who, drive, proportional=False if arguments.get("proportionalspeed") == "disabled" else None)
    if speed is not None and preset is None and target is None and drive is None:
        service.area(channel.view).speed = speed
        return True
    return preset is not None or target is not None or drive is not None


def _preset(call: Call[None], channel: Channel) -> Position | None:
    library, number = call.services.ptz.library, call.services.ptz.areas[channel.view].number
    if "gotoserverpresetname" in call.arguments:
        return library.named(number, call.arguments["gotoserverpresetname"])
    if "gotoserverpresetno" in call.arguments:
        return library.preset(number, whole("gotoserverpresetno", call.arguments["gotoserverpresetno"], 1, 3600))
    return None


def _drive(arguments: Mapping[str, str]) -> tuple[float | None, float | None, float | None] | None:
    """Continuous moves; None where nothing is said."""
    if arguments.get("move") == "stop":
        return 0.0, 0.0, 0.0
    if "continuouspantiltmove" not in arguments and "continuouszoommove" not in arguments:
        return None
    pan = tilt = zoom = None
    if "continuouspantiltmove" in arguments:
        pan, tilt = _turned(arguments)(*numbers("continuouspantiltmove", arguments["continuouspantiltmove"], 2, 100))
    if "continuouszoommove" in arguments:
        (zoom,) = numbers("continuouszoommove", arguments["continuouszoommove"], 1, 100)
    return pan, tilt, zoom


def _homes(arguments: Mapping[str, str]) -> bool:
    """Whether nothing else is asked for than the home position."""
    return arguments.get("move") == "home" and not any(name in arguments for name in TARGETS if name != "move")


def _target(call: Call[None], channel: Channel, here: Pose) -> Pose | None:
    """Where all position arguments together lead; None where nothing is said."""
    arguments, home = call.arguments, call.services.ptz.areas[channel.view].head.home
    if not any(name in arguments for name in TARGETS) or arguments.get("move") == "stop":
        return None
    pose = _stepped(here, home, arguments["move"], _turned(arguments)) if "move" in arguments else here
    pose = _pointed(call, channel, pose)
    given = {name: numbers(name, arguments[name], 1, 1e6)[0] for name in TARGETS[:6] if name in arguments}
    zoom = None if "zoom" not in given else (int(given["zoom"]) - 1) / ZOOM_STEPS
    pose = directed(pose, _degrees(given.get("pan")), _degrees(given.get("tilt")), zoom)
    return shifted(pose, given.get("rpan", 0.0), given.get("rtilt", 0.0), int(given.get("rzoom", 0)) / ZOOM_STEPS)


def _degrees(value: float | None) -> float | None:
    return None if value is None else min(max(value, -180.0), 180.0)


def _turned(arguments: Mapping[str, str]) -> Callable[[float, float], Vector]:
    given = arguments.get("imagerotation", "0")
    if given not in TURNED:
        raise Mistake(f"Error:imagerotation: {given[:40]}: give one of {', '.join(TURNED)}")
    return TURNED[given]


def _stepped(pose: Pose, home: Pose, word: str, turned: Callable[[float, float], Vector]) -> Pose:
    if word == "home":
        return home
    if word not in DIRECTIONS:
        raise Mistake(f"Error:move: unknown value: {word}")
    right, up = turned(*DIRECTIONS[word])
    cosine = max(LEAST_COSINE, math.cos(math.radians(pose.tilt)))
    step = STEP * pose.hfov
    return replace(pose, pan=pose.pan + right * step / cosine, tilt=pose.tilt + up * step * 3 / 4)


def _pointed(call: Call[None], channel: Channel, pose: Pose) -> Pose:
    """``center`` and ``areazoom``: pixels of the client's picture, or of the stream's default size."""
    arguments = call.arguments
    if "center" not in arguments and "areazoom" not in arguments:
        return pose
    profile = plan(call.services, StreamRequest(view=channel.view)).profile
    turned, lies = _turned(arguments), arguments.get("imagerotation") in ("90", "270")
    size = (profile.height, profile.width) if lies else (profile.width, profile.height)
    width, height = (
        whole(name, arguments[name], 1, 16384) if name in arguments else side
        for name, side in zip(("imagewidth", "imageheight"), size, strict=True)
    )
    x, y, *percent = (
        numbers("areazoom", arguments["areazoom"], 3, 1e6) if "areazoom" in arguments else numbers("center", arguments["center"], 2, 1e6)
    )
    right, up = turned(x - width / 2, height / 2 - y)
    width, height = (height, width) if lies else (width, height)
    point = width / 2 + right, height / 2 - up
    return area_zoom(pose, (width, height), point, percent[0]) if percent else centred(pose, (width, height), point)


async def configure(call: Call[None]) -> Response:
    """ptzconfig.cgi: only the commands that change preset positions, and queries."""
    if not any(name in call.arguments for name in (*ptzconfig.COMMANDS, *UNSUPPORTED, "home", "query", "info", "whoami")):
        return text("Error:no command: this takes " + ", ".join(ptzconfig.COMMANDS))
    return await ptz(call)


ENDPOINTS = (
    vapix(
        "/axis-cgi/com/ptz.cgi",
        "Move a view area, ask where it looks, go to preset positions",
        ptz,
        Role.VIEWER,
        ptz=True,
        discovery=Discovery("ptz-control", "1.0", "PTZ control"),
    ),
    vapix("/axis-cgi/com/ptzconfig.cgi", "Change preset positions", configure, Role.ADMINISTRATOR),
)
