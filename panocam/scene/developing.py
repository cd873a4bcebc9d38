"""From the still world to all that a sensor needs for one exposure in one light: planes, what flicker adds to them, and noise.

Shot noise grows with the root of the signal and gamma shrinks it again, so noise in the picture is a function of the picture's own
brightness alone; it is drawn as the difference of two random displacements of one pre-scaled noise picture (``bank``), which costs one
saturating add and one subtract a plane. Mains light is drawn as the darkest picture of a pulse plus a part of the difference to the
brightest, by rows (``weights``).

The work is cut into steps of a few milliseconds, so that it can be done between pictures while the old exposure is still shown.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.scene.arrays import Bytes, Field, f32
from panocam.scene.extended import SWITCH, full_scale, level, reading_gain
from panocam.scene.settings import NOMINAL_S, READOUT_S, Lighting, SensorOptions, SensorSettings
from panocam.scene.still import CODE, Still

ELECTRONS = 9000.0
"""Electrons at nominal white and 0 dB; ``READ`` electrons of noise are added by reading."""

READ = 5.0
DEPTH = 0.55
MARGIN = 16
STRIP = 128
"""Rows that are developed in one step."""

DARKEST = 0.00508
"""Exposure below which the curve's slope counts as no steeper."""

VISIBLE = 0.004
"""A smaller swing of the light is not drawn."""

Three = tuple[Bytes, Bytes, Bytes]
Depth = NDArray[np.uint16]
Swing = tuple[tuple[Bytes, Bytes | None], ...]


@dataclass(frozen=True, eq=False)
class Merged:
    """Which exposure counts where: depth (H, W) in mm as ``Still.depth``, 0 where it is the other one."""

    long: Depth
    short: Depth


@dataclass(frozen=True, eq=False)
class Developed:
    """``base``: planes with the mains light at its lowest. ``swing``: for each plane what the highest adds and (for colours, else None)
    takes away, and ``weights``: how much of it, tall pictures for luma and chroma and the rows of a pulse; both None without flicker.
    ``bank``: positive noise, MARGIN larger on each side; None without noise. ``table``: coded light of day to level. ``merged``: None
    without WDR."""

    settings: SensorSettings
    light: Lighting
    table: Bytes
    ripple: float
    base: Three
    swing: Swing | None
    weights: tuple[Bytes, Bytes, float] | None
    bank: Three | None
    merged: Merged | None = None


class Developing:
    """One exposure in the making."""

    def __init__(self, still: Still, options: SensorOptions, settings: SensorSettings, light: Lighting, grain: Bytes) -> None:
        self.still, self.settings, self.light = still, settings, light
        self._options, self._grain = options, grain
        self.result: Developed | None = None
        self._steps = self._work()

    def step(self, count: int = 1) -> Developed | None:
        """Do some of it; the result when it is complete."""
        for _ in range(count):
            if next(self._steps, None) is None:
                break
        return self.result

    def finished(self) -> Developed:
        """Do all that is left."""
        while self.result is None:
            self.step(64)
        return self.result

    def _work(self) -> Iterator[bool]:
        """Yields after each step."""
        new, light = self.settings, self.light
        factor = new.shutter / NOMINAL_S * new.gain * self._options.exposure * light.day
        radiance = (np.arange(65536, dtype=np.float32) / np.float32(CODE)) ** 2
        table: Bytes = (level(radiance * np.float32(factor), new.wdr) * 255 + 0.5).astype(np.uint8)
        ripple = float(DEPTH * np.sinc(2 * self._options.mains_hz * new.shutter))
        a = abs(ripple)
        lamps = light.lamps / light.day
        mains = bool(self.still.mains.any())
        yield True
        swing: Swing | None = None
        weights = None
        if mains and a > VISIBLE:
            base = yield from self._planes(table, lamps * (1 - a))
            high = yield from self._planes(table, lamps * (1 + a))
            swing = yield from _differences(base, high)
            weights = self._weight_rows(ripple)
            yield True
        else:
            base = yield from self._planes(table, lamps if mains else 1.0)
        bank = (yield from self._noise(base)) if new.noise else None
        merged = (yield from self._merged(factor)) if new.wdr else None
        self.result = Developed(new, light, table, ripple, base, swing, weights, bank, merged)

    def _merged(self, factor: float) -> Generator[bool, None, Merged]:
        """Where the long exposure is full and the short one counts; ``factor`` is exposure over radiance."""
        full = min(65535, round(CODE * (SWITCH / factor) ** 0.5))
        depth = self.still.depth
        long, short = np.empty_like(depth), np.empty_like(depth)
        for r in range(0, len(depth), 2 * STRIP):
            rows = np.s_[r : r + 2 * STRIP]
            bright = self.still.code[rows].max(-1) >= full
            long[rows], short[rows] = np.where(bright, 0, depth[rows]), np.where(bright, depth[rows], 0)
            yield True
        return Merged(long, short)

    def _planes(self, table: Bytes, mains: float) -> Generator[bool, None, Three]:
        """Planes with the mains light at ``mains`` times what it was built with, relative to the other light."""
        code = self.still.code
        h, w = code.shape[:2]
        y, u, v = np.empty((h, w), np.uint8), np.empty((h // 2, w // 2), np.uint8), np.empty((h // 2, w // 2), np.uint8)
        dim = np.sqrt(1 - np.arange(256, dtype=np.float32) / 255 * np.float32(1 - mains))
        for r in range(0, h, STRIP):
            part = code[r : r + STRIP]
            if mains != 1:
                scale = cv2.LUT(self.still.mains[r : r + STRIP], dim)
                part = cv2.multiply(part, cv2.merge([scale] * 3), dtype=cv2.CV_16U).astype(np.uint16, copy=False)
            ycc = cv2.cvtColor(cv2.LUT(part, table), cv2.COLOR_RGB2YCrCb)
            half = (ycc.shape[1] // 2, ycc.shape[0] // 2)
            y[r : r + STRIP] = cv2.extractChannel(ycc, 0)
            v[r // 2 : (r + STRIP) // 2] = cv2.resize(cv2.extractChannel(ycc, 1), half, interpolation=cv2.INTER_AREA)
            u[r // 2 : (r + STRIP) // 2] = cv2.resize(cv2.extractChannel(ycc, 2), half, interpolation=cv2.INTER_AREA)
            yield True
        return y, u, v

    def _weight_rows(self, ripple: float) -> tuple[Bytes, Bytes, float]:
        """Tall pictures of blending weights, one pulse higher than the picture, for luma and chroma; and rows a pulse."""
        h, w = self.still.depth.shape
        a = abs(ripple)
        pulse = h / READOUT_S / (2 * self._options.mains_hz)
        rows = np.arange(h + int(np.ceil(pulse)) + 4, dtype=np.float64)
        level = 1 + ripple * np.cos(2 * np.pi * rows / pulse)
        k = (level ** (1 / 2.2) - (1 - a) ** (1 / 2.2)) / ((1 + a) ** (1 / 2.2) - (1 - a) ** (1 / 2.2))
        column = np.clip(k * 255 + 0.5, 0, 255).astype(np.uint8)[:, None]
        return _wide(column, w), _wide(column[::2], w // 2), pulse

    def _noise(self, base: Three) -> Generator[bool, None, Three]:
        """Noise scaled for ``base``."""
        table = np.clip(sigma(self.settings) / np.sqrt(2) * 16, 0, 255).astype(np.uint8)
        out = []
        for plane, strength in zip(base, (1.0, 0.5, 0.5), strict=True):
            y = base[0] if plane.shape == base[0].shape else base[0][::2, ::2][: plane.shape[0], : plane.shape[1]]
            around = cv2.copyMakeBorder(y, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REFLECT)
            bank = np.empty_like(around)
            for r in range(0, len(bank), 2 * STRIP):
                scale = cv2.LUT(around[r : r + 2 * STRIP], table)
                grain = np.ascontiguousarray(self._grain[r : r + len(scale), : scale.shape[1]])
                bank[r : r + 2 * STRIP] = cv2.multiply(grain, scale, scale=strength / (16 * 42))
                yield True
            out.append(bank)
        return out[0], out[1], out[2]


def sigma(s: SensorSettings) -> Field:
    """(256,) standard deviation of the noise in picture levels, by picture level."""
    steps = np.linspace(0, 1, 4096, dtype=np.float32)
    x = steps * np.float32(full_scale(s))
    if s.wdr:
        x *= steps  # finer in the dark: the scale is sixteen times longer
    y = level(x, s.wdr) * 255
    slope = np.gradient(y, x)
    gain = reading_gain(x, s)
    spread = gain / ELECTRONS * np.sqrt(ELECTRONS * x / gain + READ**2)
    steepest = slope[np.searchsorted(x, DARKEST)]
    at = np.interp(np.arange(256), y, np.minimum(slope, steepest) * spread)
    at[254:] = 0  # saturated: no noise is left
    return f32(np.minimum(at, 24) * s.noise)


def _wide(column: Bytes, width: int) -> Bytes:
    return np.ascontiguousarray(np.broadcast_to(column, (len(column), width)))


def _differences(low: Three, high: Three) -> Generator[bool, None, Swing]:
    """What the mains light adds (and takes away) between its lowest and highest level."""
    out: list[tuple[Bytes, Bytes | None]] = []
    for a, b in zip(low, high, strict=True):
        more, less = cv2.subtract(b, a), cv2.subtract(a, b)
        yield True
        out.append((more, less if cv2.hasNonZero(less) else None))
    return tuple(out)
