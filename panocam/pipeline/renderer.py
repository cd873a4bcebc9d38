"""Draws one view of a shot: numbers from optics, pixels by the warp, overlays on top. Lives on a worker thread.

The view's geometry is asked for once a frame, so a head that moved shows on the next one; while nothing moved, the meshes of
the last frame are used again without asking optics for anything. What overlays say is found out before the warp: after it the caches
hold pixels, and words would cost several times as much.

While the view is frozen it is drawn once and copied from then on; the overlays on top go on.

An encoder that hands out the memory of an earlier picture spares us most of the work: what has not changed since, in the source or by the
overlays, is there already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from panocam.imaging.card import draw_card
from panocam.imaging.changes import Again, Changes
from panocam.imaging.layer import Placed, lay
from panocam.imaging.pool import PlanesPool, copy_planes
from panocam.imaging.warp import separate, warp
from panocam.media.planes import Plane, Planes
from panocam.optics.lens import Lens
from panocam.optics.mesh import STEP, Mesh
from panocam.optics.meshing import meshes
from panocam.optics.pose import Pose
from panocam.optics.view import Arrangement
from panocam.pipeline.freeze import Freeze
from panocam.pipeline.moment import Moments
from panocam.pipeline.overlays.painter import Painter
from panocam.pipeline.shot import Shot

FIRST_AREA = 4
"""View index of the first view area."""


@dataclass(frozen=True)
class Scenery:
    """How all views of a camera are put together just now: ``arrangement`` with the present poses, digital ``roll`` in degrees."""

    arrangement: Arrangement
    roll: float = 0.0


@dataclass(frozen=True, eq=False)
class Drawn:
    """What memory still holds: picture ``number`` of ``changes`` through ``meshes``, and ``layers`` over it."""

    changes: Changes
    number: int
    meshes: tuple[Mesh, ...]
    layers: list[Placed]


class Renderer:
    """View ``index`` at ``size`` (width, height); ``scenery(t_ns)`` is asked once a frame for the moment of the frame; ``painter`` lays the
    overlays of the view on top; ``held(t_ns)`` is the picture that it is frozen to.
    """

    def __init__(
        self,
        index: int,
        size: tuple[int, int],
        scenery: Callable[[int], Scenery],
        painter: Painter | None = None,
        held: Callable[[int], Freeze | None] = lambda t_ns: None,
    ) -> None:
        self._held = held
        self._kept: tuple[Shot, Pose, Planes] | None = None
        self._index, self._size, self._scenery = index, size, scenery
        self._moments = Moments()
        self.painter = painter
        self._drawn: tuple[Scenery, Lens] | None = None
        self._meshes: tuple[Mesh, ...] = ()
        self._layers: list[Placed] = []
        self._only: Plane | None = None

    def draw(self, shot: Shot, out: Planes) -> None:
        """Fill ``out`` (of our size) with the view, or with the notice if there is no picture."""
        self._layers, self._only = [], None
        before = out.remains.shows if out.remains else None
        out.written()
        if shot.notice is not None:
            draw_card(shot.notice.title, shot.notice.lines, out)
            return
        t_ns = self._moments.of(shot.frame)
        freeze = self._held(t_ns)
        frozen = None if freeze is None else freeze.picture(shot)  # first: what it refuses is no longer held
        numbers = self._numbers(shot.lens, t_ns)
        if self.painter is not None and self._drawn is not None:
            drawn = self.painter.layers(shot.frame.wall_ns, shot.frame.pts_ns, out.color, self._pose(self._drawn[0]))
            self._layers = [layer for _item, each in drawn for layer in each.layers]
        if freeze is None or frozen is None:
            self._kept = None
            self._only = self._warp(shot, numbers, before, out)
        else:
            self._frozen(frozen, freeze.pose, numbers, out)

    def _frozen(self, frozen: Shot, pose: Pose, numbers: tuple[Mesh, ...], out: Planes) -> None:
        """The frozen picture: drawn for the first, copied for every other."""
        if self._kept is not None and self._kept[:2] == (frozen, pose):
            copy_planes(self._kept[2], out)
            return
        warp(numbers, frozen.pyramid, out)
        kept = PlanesPool(*out.size, out.color).take()
        copy_planes(out, kept)
        self._kept = frozen, pose, kept

    def overlay(self, out: Planes) -> None:
        """Lay the overlays over what ``draw`` has drawn; words that are shown instead of a picture have none."""
        lay(self._layers, out, self._only)

    def _warp(self, shot: Shot, numbers: tuple[Mesh, ...], before: object, out: Planes) -> Plane | None:
        """Draw what ``out`` does not hold already, when it holds what ``before`` says. Returns which cells were drawn; None: all."""
        stamps = shot.changes.until(shot.number, shot.frame.planes) if shot.changes and out.remains and separate(numbers) else None
        if stamps is None or shot.changes is None or out.remains is None:
            warp(numbers, shot.pyramid, out)
            return None
        again = None
        if isinstance(before, Drawn) and before.meshes is numbers and before.changes is shot.changes:
            again = Again(stamps, before.number, _between(before.layers, self._layers, out))
        shot.changes.saved(warp(numbers, shot.pyramid, out, again=again))
        out.remains.shows = Drawn(shot.changes, shot.number, numbers, self._layers)
        return again.due if again else None

    def _pose(self, scenery: Scenery) -> Pose | None:
        """None for views that cannot be moved."""
        poses, area = scenery.arrangement.poses, self._index - FIRST_AREA
        return poses[area] if 0 <= area < len(poses) else None

    def _numbers(self, lens: Lens, t_ns: int) -> tuple[Mesh, ...]:
        wanted = (self._scenery(t_ns), lens)
        if wanted != self._drawn:
            scenery = wanted[0]
            view = scenery.arrangement.view(self._index, self._size)
            self._meshes = meshes(view, lens, scenery.arrangement.mount, scenery.roll)
            self._drawn = wanted
        return self._meshes


def _between(old: list[Placed], new: list[Placed], out: Planes) -> Plane:
    """The cells of a picture where other layers lie than before."""
    cells = np.zeros((-(-out.height // STEP), -(-out.width // STEP)), np.uint8)
    kept = set(old) & set(new)
    if [each for each in old if each in kept] != [each for each in new if each in kept]:
        kept = set()  # they lie over one another in another order
    for layer, x, y in {*old, *new} - kept:
        across, down = layer.size
        cells[max(0, y) // STEP : -(-max(0, y + down) // STEP), max(0, x) // STEP : -(-max(0, x + across) // STEP)] = 1
    return cells
