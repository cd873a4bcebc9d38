"""Any of our colours to the one that JPEG has (JFIF: full range, BT.601), plane by plane.

With luma coefficients ``(kr, kb)`` a matrix makes ``Y = kr R + (1-kr-kb) G + kb B``, ``Pb = (B-Y) / 2(1-kb)``, ``Pr = (R-Y) / 2(1-kr)``
(ITU-T H.273 clause 8.3). Going from one matrix to another is therefore linear:

    Y'  = Y + a Pb + b Pr          Pb' = c Pb + d Pr          Pr' = e Pb + f Pr

Range is linear too: ``Y = (code - 16) / 219`` or ``code / 255``, chroma ``(code - 128) / 224`` or ``/ 255``. Both together are one weighted
sum a plane. Only luma needs samples of another size: ``a Pb + b Pr`` is formed at chroma size, three times amplified so that eight
bits round it to a third of a level, and enlarged.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.media.planes import JPEG_COLOR, Color, Matrix, Planes

COEFFICIENTS = {Matrix.BT601: (0.299, 0.114), Matrix.BT709: (0.2126, 0.0722)}
AMPLIFY = 3.0
NEUTRAL = 128.0


def _encode_matrix(matrix: Matrix) -> NDArray[np.float64]:
    """RGB to (Y, Pb, Pr)."""
    kr, kb = COEFFICIENTS[matrix]
    y = np.array([kr, 1 - kr - kb, kb])
    return np.array([y, (np.array([0, 0, 1]) - y) / (2 * (1 - kb)), (np.array([1, 0, 0]) - y) / (2 * (1 - kr))])


class JfifConverter:
    """Converts pictures of one size and colour, into memory of its own that the next picture overwrites."""

    def __init__(self, width: int, height: int, color: Color) -> None:
        step = _encode_matrix(Matrix.BT601) @ np.linalg.inv(_encode_matrix(color.matrix))
        self.color = color
        self._luma_gain, self._luma_zero = (1.0, 0.0) if color.full else (255 / 219, 16.0)
        gain = 1.0 if color.full else 255 / 224
        self._to_u, self._to_v, self._to_y = step[1, 1:] * gain, step[2, 1:] * gain, step[0, 1:] * gain * AMPLIFY
        self._mixes = color.matrix is not Matrix.BT601
        self._out = Planes.blank(width, height)
        self._small = np.empty_like(self._out.u)
        self._large = np.empty_like(self._out.y)

    def __call__(self, planes: Planes) -> Planes:
        """``planes`` in JFIF colour; themselves if they have it already."""
        if planes.color == JPEG_COLOR:
            return planes
        out = self._out
        _mix(planes, self._to_u, out.u)
        _mix(planes, self._to_v, out.v)
        offset = -self._luma_gain * self._luma_zero
        if self._mixes:
            _mix(planes, self._to_y, self._small)
            cv2.resize(self._small, planes.size, dst=self._large, interpolation=cv2.INTER_LINEAR)
            cv2.addWeighted(planes.y, self._luma_gain, self._large, 1 / AMPLIFY, offset - NEUTRAL / AMPLIFY, dst=out.y)
        else:
            cv2.addWeighted(planes.y, self._luma_gain, planes.y, 0, offset, dst=out.y)
        return out


def _mix(planes: Planes, weights: NDArray[np.float64], out: NDArray[np.uint8]) -> None:
    """``weights · (u, v)`` around the neutral value."""
    a, b = float(weights[0]), float(weights[1])
    cv2.addWeighted(planes.u, a, planes.v, b, NEUTRAL * (1 - a - b), dst=out)
