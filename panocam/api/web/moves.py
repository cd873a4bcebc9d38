"""Moving a view area: the wishes of the page's mouse and wheel, in REST bodies and in live messages alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from panocam.api.endpoint import Reply, Wish
from panocam.api.offers import head
from panocam.api.services import Services
from panocam.optics import pose as geometry

ViewNumber: Any = Field(None, ge=0, le=11, description="view index; default: the view being watched, or the one in the path")


class Pose(Wish):
    """Look there. What is not given stays."""

    type: Literal["pose"] = "pose"
    view: int | None = ViewNumber
    pan: float | None = Field(None, ge=-360, le=360, description="degrees clockwise seen from above")
    tilt: float | None = Field(None, ge=-90, le=90, description="degrees upwards")
    hfov: float | None = Field(None, gt=0, lt=180, description="horizontal field in degrees; a smaller one zooms in")


class Move(Wish):
    """Move by so much. ``zoom`` is a factor on the magnification: 2 shows half the field."""

    type: Literal["move"] = "move"
    view: int | None = ViewNumber
    pan: float = Field(0, ge=-360, le=360)
    tilt: float = Field(0, ge=-180, le=180)
    zoom: float = Field(1, gt=0, le=100)


class Center(Wish):
    """Look at a point of the picture, and magnify. ``x`` and ``y`` run from 0 (left, top) to 1."""

    type: Literal["center"] = "center"
    view: int | None = ViewNumber
    x: float = Field(0.5, ge=0, le=1)
    y: float = Field(0.5, ge=0, le=1)
    aspect: float = Field(4 / 3, gt=0.1, lt=10, description="width / height of the picture that was clicked on")
    zoom: float = Field(1, gt=0, le=100)


class Home(Wish):
    """Go back to the view area's home pose."""

    type: Literal["home"] = "home"
    view: int | None = ViewNumber


class PoseReply(Reply):
    """Where a view area looks; ``zoom`` is the magnification relative to the widest field."""

    view: int
    pan: float
    tilt: float
    hfov: float
    zoom: float


def carry_out(services: Services, view: int, wish: Pose | Move | Center | Home) -> PoseReply:
    """Move a view area and say where it looks then. Raises NotFound for no such view, InvalidValue for one that does not move."""
    area = head(services, view)
    now = area.pose
    match wish:
        case Pose():
            target = replace(now, **wish.model_dump(include={"pan", "tilt", "hfov"}, exclude_none=True))
        case Move():
            target = replace(now, pan=now.pan + wish.pan, tilt=now.tilt + wish.tilt).magnified(now.magnification * wish.zoom)
        case Center():
            size = (round(1000 * wish.aspect), 1000)
            target = geometry.area_zoom(now, size, (wish.x * (size[0] - 1), wish.y * (size[1] - 1)), 100 * wish.zoom)
        case Home():
            target = area.home
    return pose_reply(view, area.set_pose(target))


def pose_reply(view: int, pose: geometry.Pose) -> PoseReply:
    """A pose as REST and the live WebSocket show it, rounded to a hundred-thousandth of a degree."""
    pan, tilt, hfov, zoom = (round(number, 5) for number in (pose.pan, pose.tilt, pose.hfov, pose.magnification))
    return PoseReply(view=view, pan=pan, tilt=tilt, hfov=hfov, zoom=zoom)
