"""Straight edges of the simulated room, in metres: what a carpenter would have measured. Upright ones are named so.

Of a box only edges that stand out against what lies behind them are used, so which ones depends on where the eye is. Painted lines
(between floor boards, at ceiling joints) lie on whole texels: they are straight, but their place is known to some millimetres only.
The window is so bright that it eats into its frame by a fraction of a pixel; where the colours of a picture change along its rim, so
does the place of the steepest step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Edge:
    """From ``start`` to ``end``, metres. ``sure``: its place is known exactly."""

    name: str
    start: Point
    end: Point
    sure: bool = True

    @property
    def upright(self) -> bool:
        return self.name.startswith("upright")


BOARD, TILE, JOINT = 0.19, 0.6, 2 / 150
BOARDS = (7, 9, 11, 15, 17, 19, 21, 27, 29)
"""Rows of boards whose lower neighbours have another tone."""


def edges(eye: Point) -> tuple[Edge, ...]:
    """All edges worth looking at from ``eye``."""
    return (*_window(eye), *_door(), *_furniture(), *_surfaces(eye))


def _window(eye: Point) -> list[Edge]:
    """The frame stands 7 cm into the room; seen from aside, the far edge of a bar stands against the daylight."""
    x = 3.93
    rail = 2.0 - 0.03 * np.sign(eye[2] - 2.0)
    return [Edge(f"window {name}", (x, -1.65, z), (x, 1.25, z), sure=False) for name, z in (("rail", rail), ("head", 2.42))]


def _door() -> list[Edge]:
    face = 2.94
    posts = [Edge(f"upright door post {x}", (x, face, 0.02), (x, face, 2.1)) for x in (2.2, 3.2)]
    return [*posts, Edge("door lintel", (2.2, face, 2.1), (3.1, face, 2.1))]


def _furniture() -> list[Edge]:
    pictures = [Edge(f"upright picture {x}", (x + 0.36, 2.985, 1.15), (x + 0.36, 2.985, 2.15), sure=False) for x in (-0.85, 0.25, 1.25)]
    return [
        *pictures,
        Edge("picture foot", (-0.11, 2.985, 1.15), (0.61, 2.985, 1.15), sure=False),
        Edge("table south", (0.4, -0.55, 0.74), (2.2, -0.55, 0.74)),
        Edge("table north", (0.4, 0.55, 0.74), (2.2, 0.55, 0.74)),
        Edge("counter east", (-2.53, -1.26, 0.96), (-2.53, 1.26, 0.96)),
        Edge("gondola west", (-1.75, -1.6, 1.3), (-1.75, 0.4, 1.3)),
        Edge("upright cabinet edge", (-2.5, -2.45, 0.02), (-2.5, -2.45, 1.5)),
    ]


def _surfaces(eye: Point) -> list[Edge]:
    corners = (("sw", -4.0, -3.0), ("se", 4.0, -3.0), ("ne", 4.0, 3.0), ("nw", -4.0, 3.0))
    uprights = [Edge(f"upright corner {n}", (x, y, 0.2), (x, y, 2.95)) for n, x, y in corners]
    under = BOARDS if eye[2] > 2.5 else ()  # at a grazing angle the boards blur into each other
    boards = [(f"floor board {k}", (-4, 3 - BOARD * k, 0), (4, 3 - BOARD * k, 0)) for k in under]
    across = [(f"ceiling joint y{k}", (-4, TILE * k + JOINT - 3, 3), (4, TILE * k + JOINT - 3, 3)) for k in (1, 4, 6, 9)]  # free of lamps
    joints = [(f"ceiling joint x{k}", (TILE * k + JOINT - 4, -3, 3), (TILE * k + JOINT - 4, 3, 3)) for k in range(4, 11)]
    return [*uprights, *(Edge(*line, sure=False) for line in (*boards, *across, *joints))]
