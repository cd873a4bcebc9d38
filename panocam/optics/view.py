"""A view: an output size and the tiles that fill it. Twelve of them exist; this is where each one is put together.

The numbering and the names are in ``catalog``. Where the camera's documentation is silent (which band of tilts a panorama shows, how wide
a corner is), the choice is written here, once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from panocam.errors import InvalidValue
from panocam.optics.catalog import Kind, Size, find
from panocam.optics.horizon import Horizon
from panocam.optics.lens import DEFAULT_FOV
from panocam.optics.mount import Mount
from panocam.optics.pose import Pose, default_poses, limits
from panocam.optics.projection import Cylinder, Overview, Perspective, Projection

PANORAMA = 180.0
CORNER = 135.0
"""Degrees of pan in one strip."""

CORNER_PAN = 45.0
"""A corner camera looks out along pan 0; the far room corners lie this far left and right of it."""

CORRIDOR_AREAS = (1, 3)
"""View areas shown side by side; by default they look opposite ways."""

EYE = 0.4
"""Diameter of the quad eye relative to the picture's height."""


@dataclass(frozen=True)
class Tile:
    """One rectangle of a view, in output pixels (all even). ``round``: only the inscribed circle is drawn over what lies below."""

    x: int
    y: int
    width: int
    height: int
    projection: Projection
    round: bool = False

    def __post_init__(self) -> None:
        if min(self.width, self.height) < 2 or any(v % 2 for v in (self.x, self.y, self.width, self.height)):
            raise InvalidValue("size", f"{self.width}x{self.height}", "every tile of a view has even sides of at least 2 pixels")

    @property
    def size(self) -> Size:
        """(width, height)."""
        return self.width, self.height


@dataclass(frozen=True)
class View:
    """What a channel draws. Equal views draw equal pictures. Later tiles cover earlier ones."""

    index: int
    width: int
    height: int
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Arrangement:
    """Everything besides number and size that decides what the views of a camera show.

    ``poses``: the four view areas, default those of the mount. ``quad_order``: area numbers 1..4 at the top left, top right, bottom left,
    bottom right. ``quad_eye``: a round overview in the middle of the quad view. ``fov``: the lens's full field in degrees, which bounds
    panoramas and poses.
    """

    mount: Mount = Mount.CEILING
    poses: tuple[Pose, ...] = ()
    quad_order: tuple[int, ...] = (1, 2, 3, 4)
    quad_eye: bool = False
    horizon: Horizon = field(default_factory=Horizon)
    fov: float = DEFAULT_FOV

    def __post_init__(self) -> None:
        if sorted(self.quad_order) != [1, 2, 3, 4]:
            raise InvalidValue("quad_order", self.quad_order, "name each of the areas 1, 2, 3, 4 once")
        if len(self.poses) not in (0, 4):
            raise InvalidValue("poses", len(self.poses), "give the poses of all four view areas, or none")

    def view(self, index: int, size: Size) -> View:
        """The view ``index`` (0..11) at ``size`` (width, height).

        Raises NotFound when the mount has no such view, InvalidValue for a size that cannot be tiled.
        """
        row = find(index, self.mount)
        tiles = _area(self, size, row.area) if row.area else _TILES[row.kind](self, size)
        return View(index, *size, tiles)

    def area(self, number: int) -> Perspective:
        """The projection of view area 1..4, its pose kept inside what the lens sees."""
        poses = self.poses or default_poses(self.mount)
        return Perspective(limits(self.mount, self.fov).clamp(poses[number - 1]))

    def strip(self, pan: float, sweep: float, size: Size) -> Cylinder:
        """A strip of ``size`` pixels whose edge lies on the horizon (ceiling, desk), or whose middle does (wall).

        A lens that does not see the horizon begins where its field ends, so that no edge is black for want of field.
        """
        if self.mount is Mount.WALL:
            aspect = size[0] / size[1]
            sweep = self.horizon.sweep(min(sweep, self.fov), self.fov, aspect)
            return Cylinder(pan, sweep, self.horizon.top(sweep, aspect), -self.horizon.lean)
        height = math.radians(sweep) * size[1] / size[0]
        unseen = math.tan(math.radians(max(90.0 - self.fov / 2, 0.0)))
        return Cylinder(pan, sweep, -unseen if self.mount is Mount.CEILING else unseen + height)


def build_view(
    index: int,
    mount: Mount,
    size: Size,
    *,
    poses: Sequence[Pose] = (),
    quad_order: Sequence[int] = (1, 2, 3, 4),
    quad_eye: bool = False,
    fov: float = DEFAULT_FOV,
) -> View:
    """``Arrangement(...).view(index, size)`` in one call, without horizon straightening."""
    return Arrangement(mount, tuple(poses), tuple(quad_order), quad_eye, fov=fov).view(index, size)


def _stack(size: Size, *projections: Projection) -> tuple[Tile, ...]:
    """Equal tiles on top of each other."""
    width, height = size[0], size[1] // len(projections)
    return tuple(Tile(0, i * height, width, height, p) for i, p in enumerate(projections))


def _overview(_: Arrangement, size: Size) -> tuple[Tile, ...]:
    if size[0] != size[1]:
        raise InvalidValue("size", f"{size[0]}x{size[1]}", "the overview is square")
    return _stack(size, Overview())


def _area(a: Arrangement, size: Size, number: int) -> tuple[Tile, ...]:
    return _stack(size, a.area(number))


def _strips(sweep: float, *pans: float) -> Callable[[Arrangement, Size], tuple[Tile, ...]]:
    """Strips of ``sweep`` degrees about each of ``pans``, top to bottom."""

    def tiles(a: Arrangement, size: Size) -> tuple[Tile, ...]:
        each = size[0], size[1] // len(pans)
        return _stack(size, *(a.strip(pan, sweep, each) for pan in pans))

    return tiles


def _quad(a: Arrangement, size: Size) -> tuple[Tile, ...]:
    width, height = size[0] // 2, size[1] // 2
    tiles = tuple(Tile(i % 2 * width, i // 2 * height, width, height, a.area(n)) for i, n in enumerate(a.quad_order))
    if not a.quad_eye:
        return tiles
    side = int(size[1] * EYE) // 4 * 4
    eye = Tile((width - side // 2) // 2 * 2, (height - side // 2) // 2 * 2, side, side, Overview(), round=True)
    return *tiles, eye


def _corridor(a: Arrangement, size: Size) -> tuple[Tile, ...]:
    width, height = size[0] // 2, size[1]
    return tuple(Tile(i * width, 0, width, height, a.area(n)) for i, n in enumerate(CORRIDOR_AREAS))


_TILES: dict[Kind, Callable[[Arrangement, Size], tuple[Tile, ...]]] = {
    Kind.OVERVIEW: _overview,
    Kind.PANORAMA: _strips(PANORAMA, 0.0),
    Kind.DOUBLE_PANORAMA: _strips(PANORAMA, 0.0, 180.0),
    Kind.QUAD: _quad,
    Kind.CORNER_LEFT: _strips(CORNER, -CORNER_PAN),
    Kind.CORNER_RIGHT: _strips(CORNER, CORNER_PAN),
    Kind.DOUBLE_CORNER: _strips(CORNER, -CORNER_PAN, CORNER_PAN),
    Kind.CORRIDOR: _corridor,
}
