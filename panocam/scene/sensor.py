"""The sensor: linear radiance to 8-bit pictures with exposure, saturation, flicker bands and noise.

The theory. A pixel collects ``radiance * shutter`` and is amplified by the gain; full scale is reached at ``FULL`` times white, and a
gamma curve with a soft shoulder makes 8 bits of it. Shot noise grows with the root of the signal and gamma shrinks it again, so noise
in the picture is a function of the picture's own brightness alone; it is drawn as the difference of two random displacements of
one pre-scaled noise picture, which costs one saturating add and one subtract a plane.

Rows are read one after another over ``READOUT_S``. Mains light pulses at twice the mains frequency f, and a row sees its mean over the
shutter s: 1 + DEPTH sinc(2 f s) cos(4 pi f t). Hence bands that wander through the picture, and none when s is a multiple of 1/(2f).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from panocam.errors import InvalidValue
from panocam.media.planes import Planes
from panocam.scene.arrays import Bytes, Field, clamp, f32
from panocam.scene.still import CODE, Still

NOMINAL_S = 0.01
"""The shutter time at which, with 0 dB, white in ordinary lamp light is exposed as the worlds are painted."""

FULL = 2.6
"""Saturation, in multiples of nominal white."""

KNEE = 0.78
ELECTRONS = 9000.0
"""Electrons at nominal white and 0 dB; ``READ`` electrons of noise are added by reading."""

READ = 5.0
DEPTH = 0.55
READOUT_S = 1 / 30
MARGIN = 16
_TILE = 1024


@dataclass(frozen=True)
class SensorSettings:
    """What a camera can set. Raises InvalidValue outside the stated ranges.

    ``shutter_s``: exposure time, 1/32500..2 s, None = one pulse of mains light (1/100 or 1/120 s). ``gain_db``: 0..60.
    ``power_line_hz``: 50 or 60, what the camera believes the mains to be. ``noise``: 0..4, multiplies the noise (0 = none).
    """

    shutter_s: float | None = None
    gain_db: float = 0.0
    power_line_hz: int = 50
    noise: float = 1.0

    def __post_init__(self) -> None:
        if self.power_line_hz not in (50, 60):
            raise InvalidValue("power_line_hz", self.power_line_hz, "give 50 or 60")
        if self.shutter_s is not None and not 1 / 32500 <= self.shutter_s <= 2:
            raise InvalidValue("shutter_s", self.shutter_s, "give seconds from 1/32500 to 2")
        if not 0 <= self.gain_db <= 60:
            raise InvalidValue("gain_db", self.gain_db, "give 0 to 60 decibels")
        if not 0 <= self.noise <= 4:
            raise InvalidValue("noise", self.noise, "give 0 (none) to 4")

    @property
    def shutter(self) -> float:
        """Seconds of exposure."""
        return 0.5 / self.power_line_hz if self.shutter_s is None else self.shutter_s

    @property
    def gain(self) -> float:
        """Linear amplification."""
        return float(10 ** (self.gain_db / 20))

    def but(self, **changes: float | None) -> SensorSettings:
        """A copy with some values changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


def response(x: Field) -> Field:
    """Exposure (1 = nominal white) to picture 0..1: gamma 2.2, a shoulder above ``KNEE``, saturation at ``FULL``."""
    g = np.clip(x, 0, FULL) ** np.float32(1 / 2.2)
    top = FULL ** (1 / 2.2)
    s = np.clip((g - KNEE) / (top - KNEE), 0, 1)
    bent = KNEE + (1 - KNEE) * (1 - (1 - s) ** ((top - KNEE) / (1 - KNEE)))
    return np.where(g < KNEE, g, bent).astype(np.float32)


@dataclass(frozen=True)
class SensorOptions:
    """What a sensor is made with. ``exposure``: of nominal white at ``NOMINAL_S`` and 0 dB; ``mains_hz``: the true frequency of the
    world's lamps; ``seed``: of the noise."""

    settings: SensorSettings
    exposure: float = 1.0
    mains_hz: float = 50.0
    seed: int = 0


class Sensor:
    """Develops a still world and adds to it what depends on time."""

    def __init__(self, still: Still, options: SensorOptions) -> None:
        self._still, self._options = still, options
        rng = np.random.default_rng(options.seed)
        tile = clamp(rng.standard_normal((_TILE, _TILE), dtype=np.float32) * 42 + 96, 0, 255)
        h, w = still.depth.shape
        reps = (-(-(h + 2 * MARGIN) // _TILE), -(-(w + 2 * MARGIN) // _TILE))
        self._grain: Bytes = np.tile(tile.astype(np.uint8), reps)
        self.settings = options.settings

    @property
    def still(self) -> Still:
        """The picture in front of the sensor; assigning another one of the same size develops it."""
        return self._still

    @still.setter
    def still(self, new: Still) -> None:
        self._still = new
        self.settings = self._settings

    @property
    def settings(self) -> SensorSettings:
        """What the sensor is set to; assigning develops the picture anew."""
        return self._settings

    @settings.setter
    def settings(self, new: SensorSettings) -> None:
        self._settings = new
        factor = new.shutter / NOMINAL_S * new.gain * self._options.exposure
        radiance = (np.arange(65536, dtype=np.float32) / np.float32(CODE)) ** 2
        self.table: Bytes = (response(radiance * np.float32(factor)) * 255 + 0.5).astype(np.uint8)
        x = 2 * self._options.mains_hz * new.shutter
        self.ripple = float(DEPTH * np.sinc(x))
        self._ripples = abs(self.ripple) > 0.004 and bool(self._still.mains.any())
        if self._ripples:
            a = abs(self.ripple)
            self._base, high = self._develop(1 - a), self._develop(1 + a)
            self._swing = _differences(self._base, high)
            self._weights = self._weight_rows(a)
        else:
            self._base = self._develop(1.0)
        self._bank = self._noise_bank() if new.noise else None

    # -- the still picture ---------------------------------------------------------------------------------------

    def _develop(self, mains: float) -> tuple[Bytes, Bytes, Bytes]:
        """8-bit planes with the mains light at ``mains`` times its mean."""
        code = self._still.code
        h, w = code.shape[:2]
        y, u, v = np.empty((h, w), np.uint8), np.empty((h // 2, w // 2), np.uint8), np.empty((h // 2, w // 2), np.uint8)
        dim = np.sqrt(1 - np.arange(256, dtype=np.float32) / 255 * np.float32(1 - mains))
        for r in range(0, h, 128):
            part = code[r : r + 128]
            if mains != 1:
                scale = cv2.LUT(self._still.mains[r : r + 128], dim)
                part = np.minimum(part * cv2.merge([scale] * 3), 65535).astype(np.uint16)
            ycc = cv2.cvtColor(cv2.LUT(part, self.table), cv2.COLOR_RGB2YCrCb)
            half = (ycc.shape[1] // 2, ycc.shape[0] // 2)
            y[r : r + 128] = cv2.extractChannel(ycc, 0)
            v[r // 2 : r // 2 + 64] = cv2.resize(cv2.extractChannel(ycc, 1), half, interpolation=cv2.INTER_AREA)
            u[r // 2 : r // 2 + 64] = cv2.resize(cv2.extractChannel(ycc, 2), half, interpolation=cv2.INTER_AREA)
        return y, u, v

    # -- flicker -------------------------------------------------------------------------------------------------

    def mains_level(self, t: float, rows: Field) -> Field:
        """The mains light as rows (picture rows) see it at picture time ``t``, relative to its mean."""
        at = t + rows / np.float32(self._still.depth.shape[0]) * READOUT_S - self._settings.shutter / 2
        phase = 2 * np.pi * ((2 * self._options.mains_hz * at) % 1.0)
        level: Field = (1 + self.ripple * np.cos(phase)).astype(np.float32)
        return level

    def _weight_rows(self, a: float) -> tuple[Bytes, Bytes, float]:
        """Tall pictures of blending weights, one pulse higher than the picture, for luma and chroma; and rows a pulse."""
        h, w = self._still.depth.shape
        pulse = h / READOUT_S / (2 * self._options.mains_hz)
        rows = np.arange(h + int(np.ceil(pulse)) + 4, dtype=np.float64)
        level = 1 + self.ripple * np.cos(2 * np.pi * rows / pulse)
        k = (level ** (1 / 2.2) - (1 - a) ** (1 / 2.2)) / ((1 + a) ** (1 / 2.2) - (1 - a) ** (1 / 2.2))
        column = np.clip(k * 255 + 0.5, 0, 255).astype(np.uint8)[:, None]
        return np.repeat(column, w, 1), np.repeat(column[::2], w // 2, 1), pulse

    def still_picture(self, t: float, out: Planes) -> None:
        """The world without actors at ``t``, without noise."""
        if not self._ripples:
            for plane, base in zip((out.y, out.u, out.v), self._base, strict=True):
                np.copyto(plane, base)
            return
        tall, small, pulse = self._weights
        start = (2 * self._options.mains_hz * (t - self._settings.shutter / 2)) % 1.0 * pulse
        even = round(start / 2) * 2
        h = out.height
        for plane, base, (more, less), weight in zip(
            (out.y, out.u, out.v),
            self._base,
            self._swing,
            (tall[even : even + h], small[even // 2 : even // 2 + h // 2], small[even // 2 : even // 2 + h // 2]),
            strict=True,
        ):
            cv2.add(base, cv2.multiply(more, weight, scale=1 / 255), dst=plane)
            if less is not None:
                cv2.subtract(plane, cv2.multiply(less, weight, scale=1 / 255), dst=plane)

    # -- noise ---------------------------------------------------------------------------------------------------

    def sigma(self) -> Field:
        """(256,) standard deviation of the noise in picture levels, by picture level."""
        s = self._settings
        x = np.linspace(0, FULL, 4096, dtype=np.float32)
        y = response(x) * 255
        slope = np.gradient(y, x)
        spread = s.gain / ELECTRONS * np.sqrt(ELECTRONS * x / s.gain + READ**2)
        at = np.interp(np.arange(256), y, np.minimum(slope, slope[8]) * spread)
        at[254:] = 0  # saturated: no noise is left
        return f32(np.minimum(at, 24) * s.noise)

    def _noise_bank(self) -> tuple[Bytes, Bytes, Bytes]:
        """Positive noise, scaled for the base picture, a margin larger than it on each side."""
        table = np.clip(self.sigma() / np.sqrt(2) * 16, 0, 255).astype(np.uint8)
        out = []
        for plane, strength in zip(self._base, (1.0, 0.5, 0.5), strict=True):
            y = self._base[0] if plane.shape == self._base[0].shape else self._base[0][::2, ::2][: plane.shape[0], : plane.shape[1]]
            scale = cv2.LUT(cv2.copyMakeBorder(y, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REFLECT), table)
            grain = self._grain[: scale.shape[0], : scale.shape[1]]
            out.append(cv2.multiply(np.ascontiguousarray(grain), scale, scale=strength / (16 * 42)))
        return out[0], out[1], out[2]

    def add_noise(self, t: float, out: Planes) -> None:
        """Noise of the picture at ``t``: the same time has the same noise."""
        if self._bank is None:
            return
        rng = np.random.default_rng((self._options.seed, round(t * 1e6) & 0x7FFFFFFFFFFF))
        for plane, bank in zip((out.y, out.u, out.v), self._bank, strict=True):
            h, w = plane.shape
            (a, b), (c, d) = rng.integers(0, 2 * MARGIN + 1, (2, 2))
            if (a, b) == (c, d):
                d = (d + 7) % (2 * MARGIN + 1)
            cv2.add(plane, bank[a : a + h, b : b + w], dst=plane)
            cv2.subtract(plane, bank[c : c + h, d : d + w], dst=plane)


def _differences(low: tuple[Bytes, ...], high: tuple[Bytes, ...]) -> list[tuple[Bytes, Bytes | None]]:
    """What the mains light adds (and, for colours, takes away) between its lowest and highest level."""
    out: list[tuple[Bytes, Bytes | None]] = []
    for a, b in zip(low, high, strict=True):
        less = cv2.subtract(a, b)
        out.append((cv2.subtract(b, a), less if less.any() else None))
    return out
