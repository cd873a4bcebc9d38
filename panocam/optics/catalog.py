"""The twelve views as rows of data: number, name, mounts, and the resolutions of both camera models.

The ends of each list are the modelled cameras' own; the steps between are ours. Sides are even in every tile of a view.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from panocam.errors import InvalidValue, NotFound
from panocam.optics.mount import Mount

Size = tuple[int, int]


class Model(StrEnum):
    """Which camera's resolution lists are offered."""

    M4327 = "m4327"
    M4328 = "m4328"


SENSOR: dict[Model, Size] = {Model.M4327: (2160, 2160), Model.M4328: (2992, 2992)}
"""Size of the sensor picture."""


class Kind(StrEnum):
    """How a view is put together."""

    OVERVIEW = auto()
    PANORAMA = auto()
    DOUBLE_PANORAMA = auto()
    QUAD = auto()
    AREA = auto()
    CORNER_LEFT = auto()
    CORNER_RIGHT = auto()
    DOUBLE_CORNER = auto()
    CORRIDOR = auto()


def _sizes(text: str) -> tuple[Size, ...]:
    return tuple((int(w), int(h)) for w, _, h in (word.partition("x") for word in text.split()))


_SHARED: dict[Kind, tuple[Size, ...]] = {
    Kind.OVERVIEW: _sizes("1920x1920 1440x1440 1280x1280 1080x1080 960x960 720x720 640x640 480x480 320x320 160x160"),
    Kind.PANORAMA: _sizes(
        "2560x1440 2560x960 1920x1080 1920x720 1280x720 1280x480 960x540 960x360 640x360 640x240 480x270 320x180 320x120 192x72"
    ),
    Kind.DOUBLE_PANORAMA: _sizes("2560x1920 2048x1536 1920x1440 1600x1200 1280x960 1024x768 800x600 640x480 480x360 384x288"),
    Kind.AREA: _sizes(
        "1920x1440 1920x1080 1600x1200 1280x960 1280x720 1024x768 800x600 640x480 640x360 480x360 480x270 320x240 320x180 256x144"
    ),
    Kind.CORNER_LEFT: _sizes(
        "1920x960 1920x720 1600x800 1280x640 1280x480 960x480 960x360 640x320 640x240 480x240 320x160 320x120 192x96 192x72"
    ),
    Kind.DOUBLE_CORNER: _sizes("1920x1920 1920x1440 1440x1440 1280x1280 1280x960 960x960 800x600 640x640 640x480 480x480 480x360 384x288"),
    Kind.CORRIDOR: _sizes(
        "2560x1920 1920x1440 1920x1080 1600x1200 1280x960 1280x720 1024x768 800x600 640x480 640x360 480x360 320x240 256x144"
    ),
}
"""What both models offer, largest first."""

_OWN: dict[tuple[Kind, Model], tuple[tuple[Size, ...], tuple[Size, ...]]] = {
    (Kind.OVERVIEW, Model.M4327): (_sizes("2160x2160"), ()),
    (Kind.OVERVIEW, Model.M4328): (_sizes("2992x2992 2560x2560 2160x2160"), ()),
    (Kind.PANORAMA, Model.M4328): (_sizes("3840x2160 3840x1440"), ()),
    (Kind.DOUBLE_PANORAMA, Model.M4327): ((), _sizes("320x240 256x192")),
    (Kind.DOUBLE_PANORAMA, Model.M4328): (_sizes("3584x2688 3200x2400"), ()),
    (Kind.AREA, Model.M4328): (_sizes("2048x1536"), ()),
    (Kind.CORNER_LEFT, Model.M4327): (_sizes("2368x1184"), ()),
    (Kind.CORNER_LEFT, Model.M4328): (_sizes("3200x1600 2560x1280 2560x960"), ()),
    (Kind.DOUBLE_CORNER, Model.M4327): (_sizes("2016x2016"), _sizes("320x320 320x240 256x192")),
    (Kind.DOUBLE_CORNER, Model.M4328): (_sizes("2880x2880 2560x2560 2560x1920"), ()),
}
"""What one model has besides: (larger, smaller)."""

_LIKE = {Kind.QUAD: Kind.DOUBLE_PANORAMA, Kind.CORNER_RIGHT: Kind.CORNER_LEFT}
"""Kinds that share another's list."""

EVERY_MOUNT = frozenset(Mount)
LEVEL_MOUNTS = frozenset({Mount.CEILING, Mount.DESK})


@dataclass(frozen=True)
class Row:
    """One view. ``area`` is 1..4 for view areas, else 0."""

    index: int
    name: str
    kind: Kind
    mounts: frozenset[Mount] = EVERY_MOUNT
    area: int = 0

    @property
    def camera(self) -> int:
        """The number in VAPIX URLs (``camera=``)."""
        return self.index + 1

    @property
    def movable(self) -> bool:
        """True where digital pan, tilt and zoom act on the view itself."""
        return self.area > 0


VIEWS: tuple[Row, ...] = (
    Row(0, "Overview", Kind.OVERVIEW),
    Row(1, "Panorama", Kind.PANORAMA),
    Row(2, "Double Panorama", Kind.DOUBLE_PANORAMA, LEVEL_MOUNTS),
    Row(3, "Quad View", Kind.QUAD, LEVEL_MOUNTS),
    Row(4, "View Area 1", Kind.AREA, area=1),
    Row(5, "View Area 2", Kind.AREA, area=2),
    Row(6, "View Area 3", Kind.AREA, area=3),
    Row(7, "View Area 4", Kind.AREA, area=4),
    Row(8, "Corner Left", Kind.CORNER_LEFT, LEVEL_MOUNTS),
    Row(9, "Corner Right", Kind.CORNER_RIGHT, LEVEL_MOUNTS),
    Row(10, "Double Corner", Kind.DOUBLE_CORNER, LEVEL_MOUNTS),
    Row(11, "Corridor", Kind.CORRIDOR, LEVEL_MOUNTS),
)


def available(mount: Mount) -> tuple[Row, ...]:
    """The views that exist on this mount, by index."""
    return tuple(row for row in VIEWS if mount in row.mounts)


def find(index: int, mount: Mount) -> Row:
    """The row of one view. Raises NotFound when there is none, or none on this mount."""
    if not 0 <= index < len(VIEWS):
        raise NotFound(f"view={index}: views are numbered 0 to {len(VIEWS) - 1}")
    row = VIEWS[index]
    if mount not in row.mounts:
        raise NotFound(f"view={index}: {row.name} does not exist on the {mount} mount; it needs {' or '.join(sorted(row.mounts))}")
    return row


def resolutions(model: Model, index: int, source_size: Size | None = None) -> tuple[Size, ...]:
    """The sizes (width, height) of one view, largest first.

    A real source smaller than the model's sensor shortens the list in proportion; the smallest size always remains. The measure is the
    source's shorter side, because that is what an image circle fits in.
    """
    if not 0 <= index < len(VIEWS):
        raise NotFound(f"view={index}: views are numbered 0 to {len(VIEWS) - 1}")
    kind = _LIKE.get(VIEWS[index].kind, VIEWS[index].kind)
    larger, smaller = _OWN.get((kind, model), ((), ()))
    sizes = larger + _SHARED[kind] + smaller
    if source_size is None:
        return sizes
    share = min(min(source_size) / min(SENSOR[model]), 1.0)
    most = sizes[0][0] * share, sizes[0][1] * share
    return tuple(s for s in sizes if s[0] <= most[0] and s[1] <= most[1]) or sizes[-1:]


def check_resolution(model: Model, index: int, size: Size, source_size: Size | None = None) -> Size:
    """``size`` if the view has it. Raises InvalidValue that names the list."""
    offered = resolutions(model, index, source_size)
    if size not in offered:
        listed = ", ".join(f"{w}x{h}" for w, h in offered)
        raise InvalidValue("resolution", f"{size[0]}x{size[1]}", f"{VIEWS[index].name} offers {listed}")
    return size
