"""The sensor: linear radiance to 8-bit pictures with exposure, saturation, flicker bands and noise.

The theory. A pixel collects ``radiance * shutter`` and is amplified by the gain; full scale is reached at ``FULL`` times white, and a
gamma curve with a soft shoulder makes 8 bits of it. Rows are read one after another over ``READOUT_S``. Mains light pulses at twice the
mains frequency f, and a row sees its mean over the shutter s: 1 + DEPTH sinc(2 f s) cos(4 pi f t). Hence bands that wander through the
picture, and none when s is a multiple of 1/(2f).

What does not depend on time is worked out once for each exposure and light (``developing``): at once when ``settings`` is assigned, or a
few rows at a time after ``begin``.
"""

from __future__ import annotations

import cv2
import numpy as np

from panocam.media.planes import Planes
from panocam.scene import quick
from panocam.scene.arrays import Bytes, Field, clamp
from panocam.scene.compose import Grain
from panocam.scene.developing import MARGIN, Developed, Developing, Merged
from panocam.scene.settings import READOUT_S, Lighting, SensorOptions, SensorSettings
from panocam.scene.still import Still

_TILE = 1024


class Sensor:
    """Develops a still world and adds to it what depends on time."""

    def __init__(self, still: Still, options: SensorOptions) -> None:
        self._still, self._options = still, options
        rng = np.random.default_rng(options.seed)
        tile = clamp(rng.standard_normal((_TILE, _TILE), dtype=np.float32) * 42 + 96, 0, 255)
        h, w = still.depth.shape
        reps = (-(-(h + 2 * MARGIN) // _TILE), -(-(w + 2 * MARGIN) // _TILE))
        self._grain: Bytes = np.tile(tile.astype(np.uint8), reps)
        self._developing: Developing | None = None
        self._now = self._start(options.settings, Lighting()).finished()

    @property
    def still(self) -> Still:
        """The picture in front of the sensor; assigning another one of the same size develops it."""
        return self._still

    @still.setter
    def still(self, new: Still) -> None:
        self._still = new
        self.expose(self._now.settings, self._now.light)

    @property
    def settings(self) -> SensorSettings:
        """What the sensor is set to; assigning develops the picture anew."""
        return self._now.settings

    @settings.setter
    def settings(self, new: SensorSettings) -> None:
        self.expose(new, self._now.light)

    @property
    def light(self) -> Lighting:
        """The light of the world as it is seen now."""
        return self._now.light

    @property
    def table(self) -> Bytes:
        """Coded light to level, 65536 long."""
        return self._now.table

    @property
    def merged(self) -> Merged | None:
        """Which of two exposures counts where; None without WDR."""
        return self._now.merged

    def expose(self, settings: SensorSettings, light: Lighting) -> None:
        """Develop the picture at once."""
        self._developing = None
        self._now = self._start(settings, light).finished()

    def begin(self, settings: SensorSettings, light: Lighting) -> None:
        """Begin to develop; ``advance`` goes on and changes over. What was being developed is given up for it, unless it is the same."""
        wanted = (settings, light)
        if self._developing is not None:
            if (self._developing.settings, self._developing.light) == wanted:
                return
            self._developing = None
        if (self._now.settings, self._now.light) != wanted:
            self._developing = self._start(settings, light)

    def advance(self, steps: int) -> bool:
        """Do some steps of a few milliseconds. False: nothing is left to do."""
        if self._developing is not None:
            done = self._developing.step(steps)
            if done is not None:
                self._now, self._developing = done, None
        return self._developing is not None

    def _start(self, settings: SensorSettings, light: Lighting) -> Developing:
        return Developing(self._still, self._options, settings, light, self._grain)

    def mains_level(self, t: float, rows: Field) -> Field:
        """The mains light as rows (picture rows) see it at picture time ``t``, relative to what the world was built with."""
        now: Developed = self._now
        at = t + rows / np.float32(self._still.depth.shape[0]) * READOUT_S - now.settings.shutter / 2
        phase = 2 * np.pi * ((2 * self._options.mains_hz * at) % 1.0)
        level: Field = (now.light.lamps / now.light.day * (1 + now.ripple * np.cos(phase))).astype(np.float32)
        return level

    def still_picture(self, t: float, out: Planes) -> None:
        """The world without actors at ``t``, without noise."""
        now = self._now
        if now.swing is None or now.weights is None:
            for plane, base in zip((out.y, out.u, out.v), now.base, strict=True):
                np.copyto(plane, base)
            return
        tall, small, pulse = now.weights
        start = (2 * self._options.mains_hz * (t - now.settings.shutter / 2)) % 1.0 * pulse
        even = round(start / 2) * 2
        h = out.height
        for plane, base, (more, less), weight in zip(
            (out.y, out.u, out.v),
            now.base,
            now.swing,
            (tall[even : even + h], small[even // 2 : even // 2 + h // 2], small[even // 2 : even // 2 + h // 2]),
            strict=True,
        ):
            cv2.add(base, cv2.multiply(more, weight, scale=1 / 255), dst=plane)
            if less is not None:
                cv2.subtract(plane, cv2.multiply(less, weight, scale=1 / 255), dst=plane)

    def grain(self, t: float) -> Grain | None:
        """The noise of the picture at ``t``, for each plane what it adds and what it takes away: the same time has the same noise."""
        if self._now.bank is None:
            return None
        rng = np.random.default_rng((self._options.seed, round(t * 1e6) & 0x7FFFFFFFFFFF))
        out = []
        for base, bank in zip(self._now.base, self._now.bank, strict=True):
            h, w = base.shape
            (a, b), (c, d) = rng.integers(0, 2 * MARGIN + 1, (2, 2))
            if (a, b) == (c, d):
                d = (d + 7) % (2 * MARGIN + 1)
            out.append((bank[a : a + h, b : b + w], bank[c : c + h, d : d + w]))
        return tuple(out)

    def noisy_still(self, t: float, grain: Grain | None, out: Planes) -> None:
        """The world without actors at ``t`` with the noise that ``grain`` gave."""
        bases = self._now.base
        if grain is None or self._now.swing is not None:
            self.still_picture(t, out)
            bases = (out.y, out.u, out.v)
        if grain is not None:
            for base, (more, less), plane in zip(bases, grain, (out.y, out.u, out.v), strict=True):
                quick.add_grain(base, more, less, plane)
