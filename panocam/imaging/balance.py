"""White balance: which light was white, and the matrix that makes it white.

A camera's colours are right under the light it takes for white. Under another one the colours of things are those of the light times those
of the things, so each of R, G, B is divided by the light's (von Kries). Pictures come as gamma-coded Y, Cb, Cr; there, with c = 1/2.2, the
gains are g ** c, and since R = Y + 2(1-Kr) Cr and so on, dividing is a 3x3 matrix on (Y, Cb, Cr): ``T^-1 diag(g ** c) T``. Its first column
is the chroma that grey gets, proportional to luma: a shift that depends on luma is what balances white. Gains are scaled so that the
luma of grey stays. Light that is clipped is white already and is left alone (``part`` in the kernel).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panocam.imaging.adjustment import Adjustment, WhiteBalance
from panocam.media.planes import Color, Matrix

GAMMA = 2.2
COEFFICIENTS = {Matrix.BT601: (0.299, 0.114), Matrix.BT709: (0.2126, 0.0722)}
"""Kr and Kb (ITU-R BT.601, BT.709)."""

XYZ_TO_RGB = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
"""To linear light of BT.709 primaries, white D65."""

LIGHTS: dict[WhiteBalance, float | tuple[float, float]] = {
    WhiteBalance.INDOORS: 2800.0,
    WhiteBalance.DAYLIGHT: 5500.0,
    WhiteBalance.SHADE: 7500.0,
    WhiteBalance.FLUORESCENT_WARM: (0.4402, 0.4031),
    WhiteBalance.FLUORESCENT_COLD: (0.3721, 0.3751),
}
"""Of the fixed modes: kelvins, or CIE x, y (illuminants FL4 and FL2)."""

SAMPLES = 15_000
"""Places that are looked at to tell the light."""

DAYLIGHT = (4000.0, 10000.0)
"""Kelvins between which the automatic mode for outdoors looks."""


@dataclass(frozen=True)
class Gains:
    """What linear red and blue are multiplied by; green by 1."""

    red: float = 1.0
    blue: float = 1.0

    def towards(self, other: Gains, part: float) -> Gains:
        """``part`` of the way to ``other``."""
        return Gains(self.red + (other.red - self.red) * part, self.blue + (other.blue - self.blue) * part)

    def near(self, other: Gains) -> bool:
        """Whether nobody could see the difference."""
        return abs(self.red - other.red) + abs(self.blue - other.blue) < 0.002


def gains_for(light: float | tuple[float, float]) -> Gains:
    """Gains that make a light white: kelvins (1667..25000), or its CIE x, y."""
    x, y = chromaticity(light) if isinstance(light, float) else light
    red, green, blue = XYZ_TO_RGB @ (x / y, 1.0, (1 - x - y) / y)
    return Gains(float(green / red), float(green / max(blue, 0.05)))


def chromaticity(kelvin: float) -> tuple[float, float]:
    """CIE x, y of daylight (CIE 15, from 4000 K) or of a black body below (Kim et al., US patent 7024034)."""
    t = 1000 / kelvin
    if kelvin >= 4000:
        x = (
            (0.24406 + 0.09911 * t + 2.9678 * t**2 - 4.607 * t**3)
            if kelvin <= 7000
            else (0.23704 + 0.24748 * t + 1.9018 * t**2 - 2.0064 * t**3)
        )
        return x, -3 * x * x + 2.87 * x - 0.275
    x = -0.2661239 * t**3 - 0.2343589 * t**2 + 0.8776956 * t + 0.179910
    if kelvin <= 2222:
        return x, -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    return x, -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867


def matrix(gains: Gains, saturation: float, color: Color) -> NDArray[np.float32] | None:
    """What Y, Cb, Cr codes (less their zero points) are multiplied by; None when nothing changes."""
    if gains == Gains() and saturation == 1:
        return None
    kr, kb = COEFFICIENTS[color.matrix]
    to_rgb = np.array(
        [[1, 0, 2 * (1 - kr)], [1, -2 * kb * (1 - kb) / (1 - kr - kb), -2 * kr * (1 - kr) / (1 - kr - kb)], [1, 2 * (1 - kb), 0]]
    )
    coded = np.array([gains.red, 1.0, gains.blue]) ** (1 / GAMMA)
    coded /= coded @ (kr, 1 - kr - kb, kb)
    whole = np.linalg.inv(to_rgb) @ np.diag(coded) @ to_rgb
    codes = np.array([255.0, 255, 255] if color.full else [219.0, 224, 224])
    scaled = whole * codes[:, None] / codes
    scaled[1:] *= saturation
    scaled[0, 0] = 1
    scaled[np.abs(scaled) < 1e-9] = 0
    return np.asarray(scaled, np.float32)


def rgb(y: NDArray[np.float32], u: NDArray[np.float32], v: NDArray[np.float32], color: Color) -> NDArray[np.float32]:
    """Gamma-coded R, G, B 0..1, shape (3, …), of planes of equal shape holding codes."""
    kr, kb = COEFFICIENTS[color.matrix]
    floor, luma, chroma = (0, 255, 255) if color.full else (16, 219, 224)
    lit, cb, cr = (y - floor) / luma, (u - 128) / chroma, (v - 128) / chroma
    red, blue = lit + 2 * (1 - kr) * cr, lit + 2 * (1 - kb) * cb
    return np.stack((red, (lit - kr * red - kb * blue) / (1 - kr - kb), blue))


def reference(y: float, u: float, v: float, color: Color) -> Gains | None:
    """Gains that make a mean colour grey; None for one that is too dark or clipped to tell."""
    lit, blueness, redness = (np.array([value], np.float32) for value in (y, u, v))
    coded = rgb(lit, blueness, redness, color)[:, 0]
    if coded.min() < 0.04 or coded.max() > 0.99:
        return None
    red, green, blue = coded.astype(float) ** GAMMA
    return Gains(*(float(np.clip(g, 0.25, 4)) for g in (green / red, green / blue)))


def estimate(coded: NDArray[np.float32]) -> Gains | None:
    """The light of a picture given as R, G, B (3, …): grey world and white patch in one, None if nothing tells.

    Where things are likely to be grey, light shows its own colour. So: pixels neither dark nor clipped, the bright ones counting more
    (white patch), strongly coloured ones less and less (a red wall is not red light), the latter judged after a first correction.
    """
    pixels = coded.reshape(3, -1)
    pixels = pixels[:, :: max(1, pixels.shape[1] // SAMPLES)]
    brightest = pixels.max(0)
    pixels = pixels[:, (brightest > 0.12) & (brightest < 0.97) & (pixels.min(0) > 0.02)]
    if pixels.shape[1] < 20:
        return None
    linear = pixels.astype(np.float64) ** GAMMA
    red = blue = 1.0
    for _ in range(4):
        balanced = linear * np.array([[red], [1.0], [blue]])
        spread = np.log(balanced.max(0) / balanced.min(0))
        weight = np.exp(-((spread / 0.35) ** 2)) + 1e-3
        mean = (linear * weight).sum(1)
        red, blue = float(mean[1] / mean[0]), float(mean[1] / mean[2])
    return Gains(float(np.clip(red, 0.4, 2.5)), float(np.clip(blue, 0.4, 3.5)))


def outdoors(gains: Gains) -> Gains:
    """The daylight that is nearest to what was found."""
    lights = [gains_for(float(kelvin)) for kelvin in np.linspace(*DAYLIGHT, 25)]
    return min(lights, key=lambda g: (np.log(g.red / gains.red)) ** 2 + (np.log(g.blue / gains.blue)) ** 2)


def wanted(adjustment: Adjustment, found: Gains | None) -> Gains | None:
    """The gains of a mode, ``found`` being the light of the present picture; None when it cannot be told."""
    mode = adjustment.white_balance
    if mode is WhiteBalance.SOURCE:
        return Gains()
    if mode is WhiteBalance.MANUAL:
        return Gains(adjustment.red_gain, adjustment.blue_gain)
    if mode in LIGHTS:
        return gains_for(LIGHTS[mode])
    return outdoors(found) if found is not None and mode is WhiteBalance.OUTDOORS else found
