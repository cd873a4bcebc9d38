"""Things that people draw on the picture, as a service: what REST and VAPIX do with them, in whatever coordinates they speak.

They are kept as corners in camera coordinates (``optics.polygon``). Callers may give corners as stored, as directions in the world, or as
pixels of any view; what they see of a thing in a view is its outline there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import numpy as np

from panocam.api.known import known
from panocam.errors import InvalidValue, NotFound
from panocam.optics.aim import direction, locate, pan_tilt, shows, tile_at, tile_rays
from panocam.optics.lens import Lens
from panocam.optics.mount import camera_from_world
from panocam.optics.polygon import Floats, Polygon
from panocam.optics.pose import Pose
from panocam.optics.projection import Overview
from panocam.optics.view import Tile, View
from panocam.settings import Actor, Store

if TYPE_CHECKING:
    from panocam.api.services import PanoramicCamera

Size = tuple[int, int]
Point = tuple[float, float]

ROOM = 1.5
"""A view area that goes to a thing shows this many times its width."""


@dataclass(frozen=True)
class Outline:
    """What a view shows of a polygon. ``corners``: for each corner where it is seen, in pixels (a picture may show it more than once).
    ``lines``: pieces of the border, each in one tile of the view: (tile's number, pixels)."""

    corners: tuple[tuple[Point, ...], ...]
    lines: tuple[tuple[int, tuple[Point, ...]], ...]


class Kept(Protocol):
    """What is drawn, as the settings have it."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def corners(self) -> tuple[Point, ...]: ...
    def model_dump(self) -> dict[str, Any]: ...


T = TypeVar("T", bound=Kept)


@dataclass(frozen=True)
class Sort:
    """What a sort of things is called and where it is kept. ``unseen`` says what happens to one that the lens does not see."""

    what: str
    title: str
    path: str
    most: int
    longest_name: int
    unseen: str


class Drawn(Generic[T]):
    """All methods are called on the event loop. ``by`` is who asks; the store refuses whoever may not."""

    def __init__(self, settings: Store, camera: PanoramicCamera, sort: Sort, all: Callable[[], tuple[T, ...]]) -> None:
        self._settings, self._camera, self._sort, self._all = settings, camera, sort, all
        self._lock = asyncio.Lock()  # between reading all and writing them back

    @property
    def items(self) -> tuple[T, ...]:
        """All of them, in the order in which they were added."""
        return self._all()

    def find(self, number: int) -> T:
        """Raises NotFound."""
        return self._one(lambda each: each.id == number, f"number {number}")

    def named(self, name: str) -> T:
        """Raises NotFound."""
        return self._one(lambda each: each.name == name, f"{name!r}")

    # --- changes

    async def add(self, name: str, polygon: Polygon, by: Actor, **more: Any) -> T:
        """A new one. Raises InvalidValue for a name that is taken or cannot be one, for a place where nothing can be seen, and beyond the
        largest number; Denied; Unavailable when it cannot be saved."""
        self._check_seen(polygon)
        async with self._lock:
            self._check_name(name, None)
            what, most = self._sort.what, self._sort.most
            if len(self.items) >= most:
                raise InvalidValue(f"{what}s", len(self.items) + 1, f"there can be {most} {what}s; remove one first")
            number = max((each.id for each in self.items), default=0) + 1
            await self._write([*self._dump(), {"id": number, "name": name, "corners": polygon.corners, **more}], by)
            return self.find(number)

    async def change(self, number: int, by: Actor, *, polygon: Polygon | None = None, **changes: Any) -> T:
        """Change what is given and not None. Raises as ``add``, and NotFound."""
        if polygon is not None:
            self._check_seen(polygon)
        changes["corners"] = None if polygon is None else polygon.corners
        given: Mapping[str, Any] = {key: value for key, value in changes.items() if value is not None}
        async with self._lock:
            self.find(number)
            if "name" in given:
                self._check_name(given["name"], number)
            await self._write([{**each, **given} if each["id"] == number else each for each in self._dump()], by)
            return self.find(number)

    async def remove(self, number: int, by: Actor) -> None:
        """Raises NotFound, Denied, Unavailable."""
        async with self._lock:
            self.find(number)
            await self._write([each for each in self._dump() if each["id"] != number], by)

    # --- coordinates

    def ray_of_direction(self, pan: float, tilt: float) -> Floats:
        """The camera ray of a direction in the world as the views show it now."""
        return self._from_world() @ direction(pan, tilt)

    def direction_of(self, ray: Floats) -> Point:
        """(pan, tilt) in degrees of a camera ray."""
        return pan_tilt(self._from_world().T @ ray)

    def ray_of_pixel(self, index: int, size: Size, point: Point) -> Floats:
        """The camera ray at a pixel of view ``index`` (0..11) at ``size``; in an overview also beyond the image circle.

        Raises NotFound for a view that is not there, InvalidValue for a point outside the picture, Unavailable before the first picture.
        """
        view = self.view(index, size)
        tile = tile_at(view, *point)
        if tile is None:
            raise InvalidValue("point", f"{point[0]:g},{point[1]:g}", f"lies outside the picture of {size[0]}x{size[1]} pixels")
        mount = self._camera.scenery.arrangement.mount
        return self._from_world() @ tile_rays(tile, np.array([point[0] - tile.x, point[1] - tile.y]), self._lens, mount)

    def ray_of_sensor(self, point: Point) -> Floats:
        """The camera ray at a pixel of the largest overview without roll. Raises as ``ray_of_pixel``."""
        size = self.largest
        if not (-0.5 <= point[0] <= size[0] + 0.5 and -0.5 <= point[1] <= size[1] + 0.5):
            raise InvalidValue("point", f"{point[0]:g},{point[1]:g}", f"lies outside the picture of {size[0]}x{size[1]} pixels")
        mount = self._camera.scenery.arrangement.mount
        return camera_from_world(mount) @ tile_rays(_overview(size), np.array(point), self._lens, mount)

    def on_sensor(self, ray: Floats) -> tuple[int, int]:
        """The whole pixel of the largest overview without roll where a camera ray is seen, or the nearest one."""
        size, mount = self.largest, self._camera.scenery.arrangement.mount
        x, y = locate(_overview(size), camera_from_world(mount).T @ ray, self._lens, mount)
        return min(max(round(float(x)), 0), size[0]), min(max(round(float(y)), 0), size[1])

    @property
    def largest(self) -> Size:
        """(width, height) of the largest overview."""
        return self._camera.offered(0)[0]

    def view(self, index: int, size: Size) -> View:
        """How a view is put together now. Raises NotFound, InvalidValue for a size that it cannot have."""
        if not all(16 <= side <= 8192 and side % 2 == 0 for side in size):
            raise InvalidValue("resolution", f"{size[0]}x{size[1]}", "give WIDTHxHEIGHT, even numbers from 16 to 8192")
        return self._camera.scenery.arrangement.view(index, size)

    def outline(self, polygon: Polygon, view: View) -> Outline:
        """What ``view`` shows of a polygon's border. Raises Unavailable before the first picture."""
        to_world, lens = self._from_world().T, self._lens
        corners = polygon.rays @ to_world.T
        rays = polygon.outline()
        border = np.concatenate((rays, rays[:1])) @ to_world.T
        mount = self._camera.scenery.arrangement.mount
        seen = lens.theta(np.concatenate((rays, rays[:1]))) <= lens.half * (1 + 1e-6)
        places: list[list[Point]] = [[] for _ in corners]
        lines: list[tuple[int, tuple[Point, ...]]] = []
        for number, tile in enumerate(view.tiles):
            at = locate(tile, border, lens, mount)
            lines += [(number, piece) for piece in _pieces(at, seen & _inside(at, tile), tile)]
            for place, (x, y) in zip(places, locate(tile, corners, lens, mount), strict=True):
                if shows(view, number, x + tile.x, y + tile.y):
                    place.append((round(float(x) + tile.x, 1), round(float(y) + tile.y, 1)))
        return Outline(tuple(map(tuple, places)), tuple(lines))

    def pose_for(self, polygon: Polygon) -> Pose:
        """Where a view area has to look to see a polygon and what is around it."""
        middle = polygon.middle()
        pan, tilt = self.direction_of(middle)
        return Pose(pan, tilt, min(max(2 * ROOM * polygon.reach(middle), 1.0), 170.0))

    # --- inside

    @property
    def _lens(self) -> Lens:
        return known(self._camera.lens)

    def _from_world(self) -> Floats:
        scenery = self._camera.scenery
        return camera_from_world(scenery.arrangement.mount, scenery.roll)

    def _check_seen(self, polygon: Polygon) -> None:
        lens = self._camera.lens
        if lens is not None and not polygon.seen_within(lens.half):
            remedy = f"the {self._sort.what} lies wholly outside of what the lens sees; {self._sort.unseen}"
            raise InvalidValue("corners", polygon.corners[0], remedy)

    def _check_name(self, name: str, number: int | None) -> None:
        longest = self._sort.longest_name
        if not 1 <= len(name.strip()) <= longest or any(ord(each) < 32 or ord(each) == 127 for each in name):
            raise InvalidValue("name", name, f"give 1 to {longest} characters, none of them a control character")
        if any(each.name == name.strip() and each.id != number for each in self.items):
            raise InvalidValue("name", name, f"another {self._sort.what} has this name; choose a different one")

    def _one(self, wanted: Callable[[T], bool], called: str) -> T:
        for each in self.items:
            if wanted(each):
                return each
        raise NotFound(f"there is no {self._sort.title} {called}")

    def _dump(self) -> list[dict[str, Any]]:
        return [each.model_dump() for each in self.items]

    async def _write(self, items: Sequence[dict[str, Any]], by: Actor) -> None:
        await self._settings.patch({self._sort.path: items}, by)


def _overview(size: Size) -> Tile:
    return Tile(0, 0, size[0], size[1], Overview())


def _inside(at: Floats, tile: Tile) -> Any:
    """Which of the tile's own pixels ``(n, 2)`` lie on it; NaN is nowhere."""
    x, y = at[:, 0], at[:, 1]
    within = (x >= -0.5) & (x <= tile.width - 0.5) & (y >= -0.5) & (y <= tile.height - 0.5)
    if tile.round:
        within &= np.hypot((x + 0.5) / tile.width - 0.5, (y + 0.5) / tile.height - 0.5) <= 0.5
    return within


def _pieces(at: Floats, seen: Any, tile: Tile) -> Iterable[tuple[Point, ...]]:
    """The parts of a line through the tile's own pixels ``at`` (n, 2) whose pieces touch what is ``seen``, as pixels of the picture."""
    joined = (seen[1:] | seen[:-1]) & np.isfinite(at[1:]).all(axis=1) & np.isfinite(at[:-1]).all(axis=1)
    joined &= np.abs(at[1:, 0] - at[:-1, 0]) < tile.width / 2  # the line does not leave on one side to come back on the other
    piece: list[Point] = []
    for i, goes_on in enumerate(joined):
        if goes_on:
            ends = at[i : i + 2] if not piece else at[i + 1 : i + 2]
            piece += [(round(float(x) + tile.x, 1), round(float(y) + tile.y, 1)) for x, y in ends]
        elif piece:
            yield tuple(piece)
            piece = []
    if piece:
        yield tuple(piece)
