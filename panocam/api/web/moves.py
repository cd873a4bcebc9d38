"""Moving a view area: the wishes of the page's mouse, wheel and joystick, in REST bodies and in live messages alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from panocam.api.endpoint import Reply, Wish
from panocam.api.offers import head
from panocam.api.services import Services
from panocam.optics import pose as geometry
from panocam.ptz import Mover

ViewNumber: Any = Field(None, ge=0, le=11, description="view index; default: the view being watched, or the one in the path")
Speed: Any = Field(None, ge=0, le=100, description="1 (slow) to 100 travels there; 0 or nothing shows it on the next picture")


class Pose(Wish):
    """Look there. What is not given stays."""

    type: Literal["pose"] = "pose"
    view: int | None = ViewNumber
    pan: float | None = Field(None, ge=-360, le=360, description="degrees clockwise seen from above")
    tilt: float | None = Field(None, ge=-90, le=90, description="degrees upwards")
    hfov: float | None = Field(None, gt=0, lt=180, description="horizontal field in degrees; a smaller one zooms in")
    speed: int | None = Speed


class Move(Wish):
    """Move by so much. ``zoom`` is a factor on the magnification: 2 shows half the field."""

    type: Literal["move"] = "move"
    view: int | None = ViewNumber
    pan: float = Field(0, ge=-360, le=360)
    tilt: float = Field(0, ge=-180, le=180)
    zoom: float = Field(1, gt=0, le=100)
    speed: int | None = Speed


class Center(Wish):
    """Look at a point of the picture, and magnify. ``x`` and ``y`` run from 0 (left, top) to 1."""

    type: Literal["center"] = "center"
    view: int | None = ViewNumber
    x: float = Field(0.5, ge=0, le=1)
    y: float = Field(0.5, ge=0, le=1)
    aspect: float = Field(4 / 3, gt=0.1, lt=10, description="width / height of the picture that was clicked on")
    zoom: float = Field(1, gt=0, le=100)
    speed: int | None = Speed


class Frame(Wish):
    """Look at a rectangle so that it just fills the picture; two opposite corners, each 0 (left, top) to 1."""

    type: Literal["frame"] = "frame"
    view: int | None = ViewNumber
    x: float = Field(0, ge=0, le=1)
    y: float = Field(0, ge=0, le=1)
    x2: float = Field(1, ge=0, le=1)
    y2: float = Field(1, ge=0, le=1)
    aspect: float = Field(4 / 3, gt=0.1, lt=10, description="width / height of the picture that was dragged on")
    speed: int | None = Speed


class Home(Wish):
    """Go back to the view area's home pose."""

    type: Literal["home"] = "home"
    view: int | None = ViewNumber
    speed: int | None = Speed


class Drive(Wish):
    """Keep moving, -100 to 100 of full speed in each axis, until the next drive; all 0 stops."""

    type: Literal["drive"] = "drive"
    view: int | None = ViewNumber
    pan: float = Field(0, ge=-100, le=100, description="to the right")
    tilt: float = Field(0, ge=-100, le=100, description="upwards")
    zoom: float = Field(0, ge=-100, le=100, description="in")


class ToPreset(Wish):
    """Go to a preset position; 1 is home. Without a speed at that of the settings."""

    type: Literal["preset"] = "preset"
    view: int | None = ViewNumber
    number: int = Field(1, ge=1, le=3600)
    speed: int | None = Speed


AnyMove = Pose | Move | Center | Frame | Home | Drive | ToPreset


class PoseReply(Reply):
    """Where a view area looks (or will, when it travels); ``zoom`` is the magnification relative to the widest field."""

    view: int
    pan: float
    tilt: float
    hfov: float
    zoom: float


def carry_out(services: Services, who: Mover, view: int, wish: AnyMove) -> PoseReply:
    """Move a view area and say where it looks then.

    Raises NotFound for no such view, InvalidValue for one that does not move, Busy while somebody else has control or for a flood.
    """
    area, ptz = head(services, view), services.ptz
    match wish:
        case Drive():
            ptz.drive(view, who, (wish.pan, wish.tilt, wish.zoom))
            return pose_reply(view, area.pose)
        case ToPreset():
            position = ptz.library.preset(ptz.area(view).number, wish.number)
            return pose_reply(view, ptz.go_to_preset(view, who, position, wish.speed))
    here = area.pose
    target = _target(here, area.home, wish)
    return pose_reply(view, ptz.go(view, who, target, wish.speed or 0, since=here, kept=isinstance(wish, Home)))


def _target(now: geometry.Pose, home: geometry.Pose, wish: Pose | Move | Center | Frame | Home) -> geometry.Pose:
    match wish:
        case Pose():
            return replace(now, **wish.model_dump(include={"pan", "tilt", "hfov"}, exclude_none=True))
        case Move():
            return replace(now, pan=now.pan + wish.pan, tilt=now.tilt + wish.tilt).magnified(now.magnification * wish.zoom)
        case Center():
            size = (round(1000 * wish.aspect), 1000)
            return geometry.area_zoom(now, size, (wish.x * (size[0] - 1), wish.y * (size[1] - 1)), 100 * wish.zoom)
        case Frame():
            width, height = size = (round(1000 * wish.aspect), 1000)
            corner, opposite = ((x * width - 0.5, y * height - 0.5) for x, y in ((wish.x, wish.y), (wish.x2, wish.y2)))
            return geometry.framed(now, size, corner, opposite)
        case Home():
            return home


def pose_reply(view: int, pose: geometry.Pose) -> PoseReply:
    """A pose as REST and the live WebSocket show it, rounded to a hundred-thousandth of a degree."""
    pan, tilt, hfov, zoom = (round(number, 5) for number in (pose.pan, pose.tilt, pose.hfov, pose.magnification))
    return PoseReply(view=view, pan=pan, tilt=tilt, hfov=hfov, zoom=zoom)
