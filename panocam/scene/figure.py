"""What an actor looks like at one instant: stretched capsules (people, wheels) and convex blocks (bodywork), with their materials.

A capsule is a straight segment with round ends, possibly stretched: ``to_unit`` (3x3) maps world offsets from its centre into the
space where its radius is 1 and its axis is z, between -half and +half. ``half`` = 0 is an ellipsoid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from panocam.scene.arrays import Array, Field, f32


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


def capsules(ends: Array, radii: Array, side: Array, up: Array, surface: tuple[Field, NDArray[np.int32]]) -> Capsules:
    """Capsules from their segments (N, 2, 3) and radii (N, 3): across ``side``, across the other way, along the axis.

    ``up`` is the axis of segments without length; ``surface``: albedo (N, 3) and stuff (N,)."""
    span = ends[:, 1] - ends[:, 0]
    length = np.sqrt(np.einsum("ij,ij->i", span, span))
    axis = np.where(length[:, None] > 1e-6, span / np.maximum(length, 1e-9)[:, None], up)
    across = side - (axis @ side)[:, None] * axis
    size = np.sqrt(np.einsum("ij,ij->i", across, across))
    lying = size < 0.2  # segments along ``side``: take any direction across them
    if lying.any():
        across[lying] = np.stack([axis[lying, 1], -axis[lying, 0], np.full(int(lying.sum()), 1e-6)], 1)
        size = np.sqrt(np.einsum("ij,ij->i", across, across))
    across /= size[:, None]
    front = np.stack([axis[:, i - 2] * across[:, i - 1] - axis[:, i - 1] * across[:, i - 2] for i in range(3)], 1)
    to_unit = np.stack([across, front, axis], 1) / radii[:, :, None]
    return Capsules(f32(ends.mean(1)), f32(to_unit), f32(length / 2 / radii[:, 2]), f32(radii.max(1)), f32(ends), *surface)


def together(figures: Sequence[Capsules]) -> Capsules:
    """All capsules of several figures."""
    if len(figures) == 1:
        return figures[0]
    return Capsules(*(np.concatenate([getattr(f, field.name) for f in figures]) for field in fields(Capsules)))
