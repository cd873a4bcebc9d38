"""What the static world is made of: textured rectangles, gathered into convex solids that hide one another.

A rectangle is an origin and two perpendicular edges ``u`` (right) and ``v`` (down) as seen from its front, so textures read
the right way round; its normal is ``v x u``. A solid is drawn as one: the edges between its own faces never leak background.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from panocam.scene.arrays import Bytes

Vec = NDArray[np.float64]
Texture = Bytes

FACINGS: Final[Mapping[str, tuple[int, int, tuple[int, int, int], tuple[int, int, int]]]] = {
    # facing: (axis, which end, u, v); the origin is where -u and -v meet
    "up": (2, 1, (1, 0, 0), (0, -1, 0)),
    "down": (2, 0, (1, 0, 0), (0, 1, 0)),
    "south": (1, 0, (1, 0, 0), (0, 0, -1)),
    "north": (1, 1, (-1, 0, 0), (0, 0, -1)),
    "east": (0, 1, (0, 1, 0), (0, 0, -1)),
    "west": (0, 0, (0, -1, 0), (0, 0, -1)),
}


@dataclass(frozen=True, eq=False)
class Face:
    """One rectangle. ``texture`` is RGBA, gamma 2.2 coded albedo; ``glow`` > 0 makes it a light of that radiance instead.

    ``mains`` is the part of its glow that flickers with the mains; ``gloss`` its mirror-like reflectance at normal incidence.
    """

    origin: Vec
    u: Vec
    v: Vec
    texture: Texture
    glow: float = 0.0
    mains: float = 0.0
    gloss: float = 0.0

    @cached_property
    def normal(self) -> Vec:
        n: Vec = np.cross(self.v, self.u)
        return n / np.linalg.norm(n)

    @cached_property
    def corners(self) -> Vec:
        """(4, 3): round the rectangle from the origin."""
        return np.array([self.origin, self.origin + self.u, self.origin + self.u + self.v, self.origin + self.v])


@dataclass(frozen=True, eq=False)
class Solid:
    """Faces that are drawn together; ``casts`` says whether it throws shadows; ``layer`` breaks ties (higher is drawn later)."""

    faces: tuple[Face, ...]
    casts: bool = False
    layer: int = 0
    lo: Vec = field(init=False)
    hi: Vec = field(init=False)

    def __post_init__(self) -> None:
        points = np.concatenate([f.corners for f in self.faces])
        object.__setattr__(self, "lo", points.min(0))
        object.__setattr__(self, "hi", points.max(0))

    @property
    def shade(self) -> NDArray[np.float64]:
        """(2, 3): the box that throws its shadow, a little smaller than the solid so that it does not darken its own sides."""
        least = np.abs(np.array([f.normal for f in self.faces])[:, :2])
        crooked = bool(((least > 1e-6) & (least < 1 - 1e-6)).any())
        pad = (self.hi - self.lo) * ([0.22, 0.22, 0.02] if crooked else [0.0, 0.0, 0.0])
        return np.array([self.lo + pad, self.hi - pad])


def flat(rgb: Sequence[int]) -> Texture:
    """A one-colour texture."""
    return np.array([[[*rgb[:3], 255]]], np.uint8)


def rect(
    facing: str, lo: Sequence[float], hi: Sequence[float], texture: Texture, *, glow: float = 0, mains: float = 0, gloss: float = 0
) -> Face:
    """The axis-aligned rectangle of the box ``lo..hi`` that looks towards ``facing`` ("up", "south", ...)."""
    axis, end, u, v = FACINGS[facing]
    a, b = np.asarray(lo, float), np.asarray(hi, float)
    size = b - a
    uu, vv = np.array(u) * size, np.array(v) * size
    origin = np.where((uu + vv) < 0, b, a)
    origin[axis] = (a, b)[end][axis]
    return Face(origin, uu, vv, texture, glow, mains, gloss)


def box(
    lo: Sequence[float],
    hi: Sequence[float],
    skin: Texture | Mapping[str, Texture],
    *,
    turn: float = 0,
    casts: bool = False,
    gloss: float = 0,
) -> Solid:
    """A box with one texture for all sides, or one by facing with ``"*"`` for the rest; ``turn`` degrees about its vertical axis."""
    skins = skin if isinstance(skin, Mapping) else {"*": skin}
    faces = [rect(f, lo, hi, skins.get(f, skins["*"]), gloss=gloss if f == "up" else 0) for f in FACINGS]
    if turn:
        centre = (np.asarray(lo, float) + np.asarray(hi, float)) / 2
        faces = [turned(f, centre, turn) for f in faces]
    return Solid(tuple(faces), casts)


def turned(face: Face, about: Vec, degrees: float) -> Face:
    """The face turned about the vertical axis through ``about`` (anticlockwise seen from above)."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    m = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    return Face(about + m @ (face.origin - about), m @ face.u, m @ face.v, face.texture, face.glow, face.mains, face.gloss)


def decal(facing: str, lo: Sequence[float], hi: Sequence[float], texture: Texture, glow: float = 0, layer: int = 1) -> Solid:
    """A picture that lies on a surface."""
    return Solid((rect(facing, lo, hi, texture, glow=glow),), layer=layer)
