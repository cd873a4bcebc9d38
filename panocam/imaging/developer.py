"""Develops picture after picture as one adjustment says, and remembers what that takes.

What is remembered: the light, noise and brightness of the scene, which are followed over seconds so that nothing flickers, and what the
temporal noise filter has made of the picture so far. All of it comes from pictures that went through the privacy mask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from panocam.imaging import balance, local, noise, tone
from panocam.imaging.adjustment import Adjustment, WhiteBalance
from panocam.imaging.balance import Gains
from panocam.imaging.metering import CellNumbers
from panocam.imaging.pool import PlanesPool
from panocam.imaging.recipe import Recipe, State, develop, fresh_state, luma_range
from panocam.media.planes import Planes

FOLLOW_S = {"noise": 1.0, "scene": 0.7, "gains": 3.0}
"""Time constants of what is followed."""

GAP_S = 2.0
"""After a longer time without pictures, what is remembered counts no more."""


@dataclass
class Memory:
    """What is known from the pictures before. None: nothing yet."""

    pts_ns: int
    noise: noise.Noise | None = None
    scene: local.Scene | None = None
    gains: Gains | None = None
    state: State | None = None


class Developer:
    """``adjustment`` may be replaced at any time, from any thread; it acts from the next picture on."""

    def __init__(self) -> None:
        self.adjustment = Adjustment()
        self._memory: Memory | None = None
        self._pool: PlanesPool | None = None
        self._done: tuple[Planes, Adjustment, Planes] | None = None
        self._held: Gains | None = None  # outlives all that is forgotten, for somebody wanted just these

    def forget(self) -> None:
        """What comes next has nothing to do with what came before."""
        self._memory = self._done = None

    def develop(self, planes: Planes, pts_ns: int, tells: CellNumbers | None = None) -> Planes:
        """``planes`` as they shall look; the very same when there is nothing to do. The same planes again give the same result again
        once nothing is followed any more. ``tells``: which cells of the eighth-size picture may tell the light; None is all."""
        wish = self.adjustment
        if wish.neutral:
            self.forget()
            return planes
        if self._done is not None and self._done[0] is planes and self._done[1] is wish:
            return self._done[2]
        memory = self._memory
        if memory is None or not 0 <= pts_ns - memory.pts_ns < GAP_S * 1e9:
            memory = self._memory = Memory(pts_ns)
        holding = wish.white_balance is WhiteBalance.HOLD
        if holding and self._held is not None:
            memory.gains = self._held
        recipe, settled = self._recipe(wish, planes, memory, (pts_ns - memory.pts_ns) / 1e9, tells)
        memory.pts_ns = pts_ns
        self._held = memory.gains if holding else None
        if recipe.temporal is None:
            memory.state = None
        elif memory.state is None or memory.state[0].shape != planes.y.shape:
            memory.state = fresh_state(planes)
        out = self._fresh(planes)
        develop(recipe, planes, out, memory.state)
        self._done = (planes, wish, out) if settled else None
        return out

    def _fresh(self, like: Planes) -> Planes:
        if self._pool is None or (self._pool.width, self._pool.height, self._pool.color) != (*like.size, like.color):
            self._pool = PlanesPool(*like.size, like.color)
        return self._pool.take()

    def _recipe(self, wish: Adjustment, planes: Planes, memory: Memory, seconds: float, tells: CellNumbers | None) -> tuple[Recipe, bool]:
        """The numbers for this picture, and whether the same picture would get the same numbers again."""
        floor, top = luma_range(planes)
        sigma = noise.Noise()
        if wish.noise_spatial or wish.noise_temporal or wish.sharpness > 50:
            sigma = memory.noise = _followed(memory.noise, noise.measure(planes.y, planes.u), "noise", seconds)
        coded = local.small_rgb(planes) if _looks(wish) else None
        gains, steady = _gains(wish, memory, coded if coded is None or tells is None else coded.reshape(3, -1)[:, tells], seconds)
        grid = None
        if coded is not None and (wish.wdr or wish.defog):
            kr, kb = balance.COEFFICIENTS[planes.color.matrix]
            scale = _coded(gains, kr, kb)
            coded = coded * scale
            luma = np.asarray(kr * coded[0] + (1 - kr - kb) * coded[1] + kb * coded[2], np.float32)
            luma = np.clip(luma, 0, 1)
            memory.scene = _followed(memory.scene, local.measure(luma, coded, wish.defog), "scene", seconds)
            grid = local.grid(wish, memory.scene, luma, coded, (floor, top))
        recipe = Recipe(
            temporal=noise.temporal(sigma, wish.noise_temporal),
            spatial=noise.spatial(sigma, wish.noise_spatial),
            matrix=balance.matrix(gains, tone.saturation(wish), planes.color),
            lut=None if grid is not None else tone.table(wish, floor, top),
            grid=grid,
            sharpen=tone.sharpening(wish, 0.0 if wish.noise_spatial else sigma.middle),
        )
        return recipe, steady


def _looks(wish: Adjustment) -> bool:
    """Whether the picture itself must be looked at in small."""
    return wish.wdr or wish.defog or wish.follows_light


def _coded(gains: Gains, kr: float, kb: float) -> Any:
    """Gains on gamma-coded R, G, B that keep the luma of grey, shape (3, 1, 1)."""
    coded = np.array([gains.red, 1.0, gains.blue]) ** (1 / balance.GAMMA)
    return (coded / (coded @ (kr, 1 - kr - kb, kb))).astype(np.float32)[:, None, None]


def _gains(wish: Adjustment, memory: Memory, coded: Any, seconds: float) -> tuple[Gains, bool]:
    """White-balance gains of this picture, and whether they have arrived. A change of mode glides as a change of light does."""
    if wish.white_balance is WhiteBalance.HOLD and memory.gains is not None:
        return memory.gains, True
    found = balance.estimate(coded) if coded is not None and wish.follows_light else None
    target = balance.wanted(wish, found) or memory.gains or Gains()
    if wish.white_balance in (WhiteBalance.AUTOMATIC, WhiteBalance.OUTDOORS):
        memory.gains = _followed(memory.gains, target, "gains", seconds)
    else:
        memory.gains = target
    return memory.gains, memory.gains.near(target)


def _followed(before: Any, now: Any, what: str, seconds: float) -> Any:
    """What is remembered moves to what is seen; the first picture is believed at once."""
    return now if before is None else before.towards(now, 1 - float(np.exp(-seconds / FOLLOW_S[what])))
