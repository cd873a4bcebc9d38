"""The light that falls on something moving: ambient light and two or three directions, looked up on a grid over the ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from panocam.scene.arrays import Field, f32
from panocam.scene.light import Light


@dataclass(frozen=True, eq=False)
class Lamp:
    """Light at one place: ambient from above and below, and a few directions (towards, rgb, mains part)."""

    sky: Field
    ground: Field
    beams: tuple[tuple[Field, Field, float], ...]
    mains_ambient: float

    def on(self, n: Field, out: Field, wrap: float = 0.25) -> Field:
        """Irradiance and its mains part for normals (3, E), into ``out`` (4, E). ``wrap`` softens the terminator as large sources do."""
        up = n[2] * np.float32(0.5)
        up += np.float32(0.5)
        for k in range(3):
            np.multiply(up, np.float32(self.sky[k] - self.ground[k]), out=out[k])
            out[k] += self.ground[k]
        mains = (out[0] + out[1] + out[2]) * np.float32(self.mains_ambient)
        for to, rgb, part in self.beams:
            facing = to @ n
            facing += np.float32(wrap)
            np.maximum(facing, 0, out=facing)
            facing *= np.float32(1 / (1 + wrap))
            for k in range(3):
                out[k] += facing * rgb[k]
            if part:
                mains += facing * np.float32(rgb.sum() * part)
        np.divide(mains, out[0] + out[1] + out[2] + np.float32(1e-6), out=out[3])
        return out


class LampField:
    """A world's light on moving things, precomputed at chest height on a grid over ``lo..hi`` (x, y) with ``pitch`` metres."""

    def __init__(self, light: Light, lo: tuple[float, float], hi: tuple[float, float], pitch: float) -> None:
        self._light, self._lo, self._pitch = light, np.array(lo), pitch
        nx, ny = (round((b - a) / pitch) + 1 for a, b in zip(lo, hi, strict=True))
        x, y = np.meshgrid(lo[0] + np.arange(nx) * pitch, lo[1] + np.arange(ny) * pitch)
        points = np.stack([x.ravel(), y.ravel(), np.full(x.size, 1.2)], 1).astype(np.float32)
        self._beams = [(part, self._gather(points, part).reshape(ny, nx, 6)) for part in (1.0, 0.0)]
        self._sun = light.sunshine(points).reshape(ny, nx) if light.sun is not None else None

    def _gather(self, p: Field, part: float) -> Field:
        """(N, 6): weighted direction and colour of the lamps whose mains part is ``part``."""
        out = np.zeros((len(p), 6), np.float32)
        for s in self._light.sources:
            if float(s.mains) == part:
                e, to = self._light.beam(s, p)
                out[:, :3] += e[:, None] * to
                out[:, 3:] += e[:, None] * f32(s.color)
        return out

    def at(self, x: float, y: float) -> Lamp:
        """The light at a place on the ground."""
        beams = []
        for part, grid in self._beams:
            v = self._mix(grid, x, y)
            size = float(np.linalg.norm(v[:3]))
            if size > 1e-4:
                beams.append((v[:3] / size, v[3:], part))
        if self._sun is not None and self._light.sun is not None:
            beams.append((f32(self._light.sun[0]), f32(self._light.sun[1]) * self._mix(self._sun, x, y), 0.0))
        return Lamp(f32(self._light.sky), f32(self._light.ground), tuple(beams), self._light.mains_ambient)

    def _mix(self, grid: Field, x: float, y: float) -> Field:
        gy, gx = grid.shape[:2]
        fx = min(max((x - self._lo[0]) / self._pitch, 0.0), gx - 1.001)
        fy = min(max((y - self._lo[1]) / self._pitch, 0.0), gy - 1.001)
        i, j = int(fy), int(fx)
        a, b = np.float32(fy - i), np.float32(fx - j)
        out: Field = (grid[i, j] * (1 - b) + grid[i, j + 1] * b) * (1 - a) + (grid[i + 1, j] * (1 - b) + grid[i + 1, j + 1] * b) * a
        return out
