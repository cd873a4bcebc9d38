"""The lens as plain data, published so that clients can dewarp the overview by themselves."""

from __future__ import annotations

from typing import Any

from panocam.optics.lens import Lens
from panocam.optics.mount import Mount


def describe(lens: Lens, mount: Mount, roll: float = 0.0) -> dict[str, Any]:
    """JSON-ready: model, full field and focal length (degrees; source pixels per radian on the axis), circle and coefficients (source
    pixels), mount, roll (degrees, positive clockwise)."""
    circle = lens.circle
    return {
        "model": str(lens.model),
        "fov": lens.fov,
        "focal": lens.focal,
        "circle": {"cx": circle.cx, "cy": circle.cy, "radius": circle.radius},
        "coefficients": list(lens.coefficients),
        "mount": str(mount),
        "roll": roll,
    }
