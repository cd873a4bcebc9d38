"""What surfaces of actors look like: patterns in a part's own coordinates, and their light."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panocam.scene.figure import Block, Capsules, Stuff
from panocam.scene.lamp import Lamp
from panocam.scene.rays import Hits

Field = NDArray[np.float32]


def colour(c: Capsules, which: NDArray[np.intp], hits: Hits, lamp: Lamp) -> tuple[Field, Field]:
    """Linear radiance (E, 3) and its mains part (E,) of hit points."""
    stuff = c.stuff[which]
    albedo = c.albedo[which]
    n, q = hits.normal, hits.local
    cloth = ((stuff == Stuff.CLOTH) | (stuff == Stuff.SHIRT) | (stuff == Stuff.STRIPED)).astype(np.float32)
    fold = np.sin(q[:, 2] * 7.0 + 2.2 * q[:, 0] + which) * np.sin(q[:, 0] * 4.0 - 2.6 * q[:, 2] + 1.7 * which)
    shade = 1 + np.float32(0.10) * cloth * fold
    n = n + (np.float32(0.16) * cloth * fold)[:, None] * np.float32([0.4, 0.4, 1.0])
    e, mains = lamp.on(n)
    albedo = albedo * shade[:, None]
    _face(albedo, stuff, q)
    _shirt(albedo, stuff, q)
    hair = (stuff == Stuff.HAIR).astype(np.float32)
    albedo *= (1 + hair * np.float32(0.30) * np.sin(q[:, 0] * 38 + 5 * np.sin(q[:, 2] * 3)))[:, None]
    return albedo * e, mains


def _face(albedo: Field, stuff: NDArray[np.int32], q: Field) -> None:
    """Eyes, brows and a mouth, painted on the front of the head (local y looks forward)."""
    at = np.flatnonzero((stuff == Stuff.FACE) & (np.abs(q[:, 1]) > 0.35))
    at = at[q[at, 1] > 0]
    if not len(at):
        return
    x, z = np.abs(q[at, 0]), q[at, 2]
    white = ((x - 0.36) / 0.19) ** 2 + ((z - 0.06) / 0.075) ** 2 < 1
    iris = ((x - 0.36) / 0.085) ** 2 + ((z - 0.06) / 0.08) ** 2 < 1
    brow = (np.abs(x - 0.37) < 0.23) & (np.abs(z - 0.23 + 0.10 * (x - 0.37)) < 0.045)
    lips = (x < 0.27) & (np.abs(z + 0.46 + 0.10 * x) < 0.055 - 0.05 * x)
    cheek = ((x - 0.52) / 0.28) ** 2 + ((z + 0.22) / 0.22) ** 2 < 1
    albedo[at[cheek]] *= np.float32([1.02, 0.90, 0.88])
    albedo[at[white]] = (0.62, 0.60, 0.57)
    albedo[at[iris]] = (0.03, 0.025, 0.02)
    albedo[at[brow]] *= np.float32([0.22, 0.2, 0.2])
    albedo[at[lips]] *= np.float32([0.72, 0.38, 0.38])


def _shirt(albedo: Field, stuff: NDArray[np.int32], q: Field) -> None:
    """Buttons' placket down the front of shirts, bands on striped ones."""
    front = (stuff == Stuff.SHIRT) & (q[:, 1] > 0.2) & (np.abs(q[:, 0]) < 0.045)
    albedo[front] *= np.float32(0.62)
    bands = (stuff == Stuff.STRIPED) & (np.sin(q[:, 2] * 9.0) > 0.25)
    albedo[bands] = albedo[bands] * np.float32(0.25) + np.float32(0.62)


def paintwork(block: Block, hits: Hits, lamp: Lamp, rays: Field) -> tuple[Field, Field]:
    """Linear radiance and mains part of a block's surface."""
    e, mains = lamp.on(hits.normal, 0.1)
    return block.albedo * e, mains
