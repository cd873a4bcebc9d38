"""The arrays this package computes with: float32 fields, because pictures are made of them and double precision would cost twice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Field = NDArray[Any]
"""A float32 array; shapes are given where it is used. (Any, because OpenCV's type stubs do not tell element types.)"""

Bytes = NDArray[Any]
"""A uint8 array."""

Array = NDArray[np.float64]


def f32(values: ArrayLike) -> Field:
    """Values as float32."""
    return np.asarray(values, np.float32)


def clamp(x: Field, lo: ArrayLike, hi: ArrayLike) -> Field:
    """``np.clip`` in place; much faster for float32."""
    np.maximum(x, lo, out=x)
    np.minimum(x, hi, out=x)
    return x
