"""Where a thing must be seen, worked out by hand from docs/views.md: nothing here asks the code under test.

Angles in radians inside, degrees outside. A direction is (pan, tilt) as the docs have it: pan clockwise seen from above, tilt up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
HALF_FIELD = np.radians(91.0)
HOME = {
    "ceiling": ((0, -37, 90), (90, -37, 90), (180, -37, 90), (-90, -37, 90)),
    "desk": ((0, 37, 90), (90, 37, 90), (180, 37, 90), (-90, 37, 90)),
    "wall": ((0, 0, 90), (-45, 0, 90), (45, 0, 90), (0, -45, 90)),
}
"""Pan, tilt and horizontal field of view areas 1..4 until somebody moves them."""


@dataclass(frozen=True)
class Pane:
    """A part of a view: its rectangle, and ``flat`` (pan, tilt, hfov), ``strip`` (pan, sweep) or neither for the overview."""

    x: int
    y: int
    width: int
    height: int
    flat: tuple[float, float, float] | None = None
    strip: tuple[float, float] | None = None


def panes(index: int, mount: str, size: tuple[int, int], poses: tuple[tuple[float, float, float], ...] = ()) -> list[Pane]:
    """The parts of view ``index`` at ``size``, the quad in its usual order and without its eye."""
    w, h = size
    areas = poses or HOME[mount]
    if index == 0:
        return [Pane(0, 0, w, h)]
    if index == 3:
        return [Pane(i % 2 * w // 2, i // 2 * h // 2, w // 2, h // 2, flat=areas[i]) for i in range(4)]
    if 4 <= index <= 7:
        return [Pane(0, 0, w, h, flat=areas[index - 4])]
    if index == 11:
        return [Pane(i * w // 2, 0, w // 2, h, flat=areas[k]) for i, k in enumerate((0, 2))]
    strips = {1: [(0, 180)], 2: [(0, 180), (180, 180)], 8: [(-45, 135)], 9: [(45, 135)], 10: [(-45, 135), (45, 135)]}[index]
    each = h // len(strips)
    return [Pane(0, i * each, w, each, strip=s) for i, s in enumerate(strips)]


def angles(rays: Array, mount: str, roll: float = 0.0) -> tuple[Array, Array]:
    """World vectors (..., 3) of any length to pan and tilt in the picture that was rolled by ``roll`` degrees."""
    x, y, z = np.moveaxis(np.asarray(rays, float), -1, 0)
    r = np.radians(roll)
    if mount == "wall":  # the picture tips clockwise: what was on the right goes down
        x, z = x * np.cos(r) + z * np.sin(r), z * np.cos(r) - x * np.sin(r)
        r = 0.0
    pan = np.arctan2(x, y) + (r if mount == "ceiling" else -r)
    return pan, np.arctan2(z, np.hypot(x, y))


def place(pane: Pane, mount: str, rays: Array, roll: float = 0.0) -> Array:
    """Output pixels (..., 2) at which world vectors (..., 3) are seen in the pane; NaN where they are not."""
    pan, tilt = angles(rays, mount, roll)
    w, h = pane.width, pane.height
    if pane.flat:
        x, y = _flat(pan, tilt, pane)
    elif pane.strip:
        scale = w / np.radians(pane.strip[1])
        turn = (pan - np.radians(pane.strip[0]) + np.pi) % (2 * np.pi) - np.pi
        horizon = {"ceiling": -0.5, "desk": h - 0.5, "wall": (h - 1) / 2}[mount]
        x, y = (w - 1) / 2 + scale * turn, horizon - scale * np.tan(tilt)
    else:
        x, y = _circle(pan, tilt, mount, w)
    outside = ~((x > -0.5) & (x < w - 0.5) & (y > -0.5) & (y < h - 0.5))
    px = np.stack([x + pane.x, y + pane.y], -1)
    px[outside] = np.nan
    return px


def _flat(pan: Array, tilt: Array, pane: Pane) -> tuple[Array, Array]:
    """A pinhole camera, by spherical trigonometry. A picture narrower than 4:3 has the height of a 4:3 one."""
    assert pane.flat
    p, t, field = np.radians(pane.flat)
    focal = max(pane.width / 2, pane.height * 2 / 3) / np.tan(field / 2)
    ahead = np.sin(tilt) * np.sin(t) + np.cos(tilt) * np.cos(t) * np.cos(pan - p)
    ahead = np.where(ahead > 1e-6, ahead, np.nan)
    right = np.cos(tilt) * np.sin(pan - p)
    up = np.sin(tilt) * np.cos(t) - np.cos(tilt) * np.sin(t) * np.cos(pan - p)
    return (pane.width - 1) / 2 + focal * right / ahead, (pane.height - 1) / 2 - focal * up / ahead


def _circle(pan: Array, tilt: Array, mount: str, side: int) -> tuple[Array, Array]:
    """Equidistant, 182 degrees: pan 0 at the top, clockwise on the ceiling, anticlockwise on the desk; up is up on the wall."""
    middle = (side - 1) / 2
    if mount == "wall":
        right, ahead, up = np.cos(tilt) * np.sin(pan), np.cos(tilt) * np.cos(pan), np.sin(tilt)
        away, clock = np.arccos(np.clip(ahead, -1, 1)), np.arctan2(right, up)
    else:
        away = np.pi / 2 + (tilt if mount == "ceiling" else -tilt)
        clock = pan if mount == "ceiling" else -pan
    r = side / 2 * away / HALF_FIELD
    r = np.where(away <= HALF_FIELD, r, np.nan)
    return middle + r * np.sin(clock), middle - r * np.cos(clock)


def along(start: tuple[float, ...], end: tuple[float, ...], count: int) -> Array:
    """Points (count, 3) on a straight edge, without its ends."""
    k = np.linspace(0.02, 0.98, count)[:, None]
    return np.array(start, float) * (1 - k) + np.array(end, float) * k


def pieces(mask: NDArray[np.bool_]) -> Iterator[slice]:
    """The runs of True."""
    steps = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(int), [0]))))
    for a, b in steps.reshape(-1, 2):
        yield slice(int(a), int(b))
