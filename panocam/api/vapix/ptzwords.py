"""How ptz.cgi reads numbers and says things."""

from __future__ import annotations

import re

from starlette.responses import Response

from panocam.optics.pose import Limits, Pose, wrap

ZOOM_STEPS = 9998
"""Steps of zoom between 1 (widest) and 9999."""

_NUMBER = re.compile(r"[+-]?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})")


class Mistake(Exception):
    """A wrong call; the text goes to the client as it is."""


def numbers(name: str, given: str, count: int, bound: float) -> list[float]:
    """So many numbers, separated by commas, each within plus and minus ``bound``. Raises Mistake."""
    parts = given.split(",")
    if len(parts) != count or not all(_NUMBER.fullmatch(part.strip()) for part in parts):
        raise Mistake(f"Error:{name}: {given[:40]}: give {count} number{'s separated by commas' if count > 1 else ''}")
    values = [float(part) for part in parts]
    if any(abs(value) > bound for value in values):
        raise Mistake(f"Error:{name}: {given[:40]}: give values from {-bound:g} to {bound:g}")
    return values


def whole(name: str, given: str, low: int, high: int) -> int:
    """A whole number. Raises Mistake."""
    if not given.isascii() or not given.isdigit() or not low <= int(given[:9]) <= high:
        raise Mistake(f"Error:{name}: {given[:40]}: give a whole number from {low} to {high}")
    return int(given)


def steps(pose: Pose) -> int:
    """The zoom position 1..9999."""
    return 1 + round(min(max(pose.zoom, 0.0), 1.0) * ZOOM_STEPS)


def degrees(angle: float) -> str:
    """With four places, never a negative zero."""
    return f"{round(angle, 4) + 0.0:.4f}"


def where(pose: Pose) -> str:
    """A direction as preset positions are told."""
    return f"pan={degrees(pose.pan)}:tilt={degrees(pose.tilt)}:zoom={steps(pose)}"


def bounds(limits: Limits) -> dict[str, float]:
    """How far a view area goes, as clients call the ends: pan and tilt in degrees, zoom as positions."""
    wide, tele = (steps(Pose(hfov=hfov)) for hfov in reversed(limits.hfov))
    low, high = (-180.0, 180.0) if limits.turns else (wrap(limits.pan[0]) if limits.pan[0] > -180 else -180.0, wrap(limits.pan[1]))
    return {"MinPan": low, "MaxPan": high, "MinTilt": limits.tilt[0], "MaxTilt": limits.tilt[1], "MinZoom": wide, "MaxZoom": tele}


def text(answer: str, encoding: str = "iso-8859-1") -> Response:
    """In the encoding that the settings say, and in UTF-8 where that cannot say it."""
    lines = answer if not answer or answer.endswith("\r\n") else answer + "\r\n"
    try:
        return Response(lines.encode(encoding), headers={"Content-Type": f"text/plain; charset={encoding}"})
    except UnicodeEncodeError:
        return Response(lines.encode(), headers={"Content-Type": "text/plain; charset=utf-8"})
