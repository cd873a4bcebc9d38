"""What an actor looks like at one instant: stretched capsules (people, wheels) and convex blocks (bodywork), with their materials.

A capsule is a straight segment with round ends, possibly stretched: ``to_unit`` (3x3) maps world offsets from its centre into the
space where its radius is 1 and its axis is z, between -half and +half. ``half`` = 0 is an ellipsoid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from panocam.scene.arrays import Array, Field


class Stuff(IntEnum):
    """What a part is made of, which decides its pattern."""

    PLAIN = 0
    CLOTH = 1
    FACE = 2
    HAIR = 3
    SHIRT = 4
    STRIPED = 5
    TYRE = 6


class Paint(IntEnum):
    """How a block is painted."""

    BODY = 0
    CABIN = 1


@dataclass(frozen=True, eq=False)
class Capsules:
    """N stretched capsules. ``centre`` (N, 3), ``to_unit`` (N, 3, 3), ``half`` (N,), ``reach`` (N,) bounding radius from the segment in
    metres, ``ends`` (N, 2, 3), ``albedo`` (N, 3) linear, ``stuff`` (N,)."""

    centre: Field
    to_unit: Field
    half: Field
    reach: Field
    ends: Field
    albedo: Field
    stuff: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Block:
    """A convex body: points with ``planes[:, :3] @ p <= planes[:, 3]`` in its own frame; ``frame`` (3x3) rows are its axes in the world,
    ``corners`` (N, 3) world points that enclose it, ``albedo`` linear."""

    origin: Field
    frame: Field
    planes: Field
    corners: Field
    paint: Paint
    albedo: Field


@dataclass(frozen=True, eq=False)
class Figure:
    """Everything to draw for one actor at one instant.

    ``shade`` (M, 7): segments (two ends and a radius) that throw its shadow in sharp light, ``shade_soft`` fewer of them for soft light.
    ``contact`` (K, 4): x, y, height, size of dark spots under it. ``hull`` (N, 3): points that enclose it. ``reach``: how far from its
    position its shade goes on the ground, in metres, not counting the length of a low sun's shadow."""

    capsules: Capsules
    blocks: tuple[Block, ...]
    shade: Field
    shade_soft: Field
    hull: Field
    position: tuple[float, float, float]
    heading: float
    contact: Field
    reach: float


def capsules(
    ends: Sequence[tuple[Array, Array]],
    radii: Sequence[tuple[float, float, float]],
    side: Array,
    up: Array,
    stuff: Sequence[tuple[Array, int]],
) -> Capsules:
    """Capsules from their segments and radii (across ``side``, across the other way, along the axis). ``up`` is the axis of segments
    without length."""
    e = np.array(ends, np.float64)
    r = np.array(radii, np.float64)
    span = e[:, 1] - e[:, 0]
    length = np.linalg.norm(span, axis=1)
    axis = np.where(length[:, None] > 1e-6, span / np.maximum(length, 1e-9)[:, None], up)
    across = side - (axis @ side)[:, None] * axis
    size = np.linalg.norm(across, axis=1, keepdims=True)
    other = np.array([axis[:, 1], -axis[:, 0], np.zeros(len(axis))]).T + 1e-6
    across = np.where(size > 0.2, across / np.maximum(size, 1e-9), other / np.linalg.norm(other, axis=1, keepdims=True))
    front = np.cross(axis, across)
    to_unit = np.stack([across / r[:, :1], front / r[:, 1:2], axis / r[:, 2:]], 1)
    return Capsules(
        e.mean(1).astype(np.float32),
        to_unit.astype(np.float32),
        (length / 2 / r[:, 2]).astype(np.float32),
        r.max(1).astype(np.float32),
        e.astype(np.float32),
        np.array([s[0] for s in stuff], np.float32),
        np.array([s[1] for s in stuff], np.int32),
    )
