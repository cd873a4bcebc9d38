"""The grain of a noisy picture: what two displacements of one noise picture add and take away."""

from __future__ import annotations

import cv2

from panocam.scene.arrays import Bytes


def add(base: Bytes, more: Bytes, less: Bytes, out: Bytes) -> None:
    """``base + more - less`` into ``out``, which may be ``base``, saturating after each step; all (h, w)."""
    cv2.add(base, more, dst=out)
    cv2.subtract(out, less, dst=out)
