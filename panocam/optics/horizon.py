"""Horizon straightening of a wall camera's panorama: what it corrects, and how much picture that costs.

Theory. A panorama is an upright cylinder around the camera. If the camera's axis is not level but leans by L, the cylinder leans with it:
the horizon, a great circle tipped by L against the cylinder's equator, is drawn as tan(tilt) = -tan(L) cos(pan), an arch; and uprights
point to a zenith that is no longer the cylinder's axis, so they fan out to both sides. Turning the *cylinder* back by L, and not the
finished picture, makes both right at once: level lines at the camera's height become one straight row, uprights become columns. No other
surface does that, and no stretching of the finished picture does.

What it cannot do is show what the lens does not see. Against the straightened cylinder the lens's field is tipped, so the corners on the
side from which the camera leans away have no picture. The strip is therefore made as much narrower as it takes: a corner at pan p and
tilt t lies arccos(cos t cos p cos L + sin t sin L) from the lens's axis, which must be at most half its field. Along an edge of the strip
that angle is largest at a corner, so the corners are all that has to be looked at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from panocam.errors import InvalidValue

MOST = 45.0
"""Degrees that a camera may lean, and that the horizon may be shifted."""

NARROWEST = 30.0
"""Degrees of a strip that is shown even where a lens of a small field leaves black corners in it."""

HALVINGS = 24
"""Steps of the search for the widest strip: to a few hundred-thousandths of a degree."""


@dataclass(frozen=True)
class Horizon:
    """Horizon straightening of the wall mount's panorama, in degrees.

    ``lean``: how far the camera's axis really points above (positive) or below the horizon; the picture is straightened accordingly.
    ``line``: tilt of the direction that lies in the middle of the picture; positive shows more of what is above.
    """

    lean: float = 0.0
    line: float = 0.0

    def __post_init__(self) -> None:
        if not (-MOST <= self.lean <= MOST and -MOST <= self.line <= MOST):
            raise InvalidValue("horizon", (self.lean, self.line), f"lean and line take -{MOST:g} to {MOST:g} degrees")

    def top(self, sweep: float, aspect: float) -> float:
        """Height of the upper edge on the cylinder of radius 1, of ``sweep`` degrees in a picture ``aspect`` times wider than high."""
        return math.radians(sweep) / aspect / 2 + math.tan(math.radians(self.line))

    def sweep(self, widest: float, fov: float, aspect: float) -> float:
        """Degrees of pan that a lens of ``fov`` fills with no blacker corner than a level camera's strip of ``widest`` degrees has."""
        level = Horizon(line=self.line)
        bound = max(math.radians(fov / 2), level._corner(widest, aspect)) + 1e-9
        if self._corner(widest, aspect) <= bound:
            return widest
        low, high = NARROWEST, widest
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._corner(middle, aspect) <= bound else (low, middle)
        return low

    def _corner(self, sweep: float, aspect: float) -> float:
        """Angle in radians between the lens's axis and the farthest corner."""
        pan, lean = math.radians(sweep / 2), math.radians(self.lean)
        top = self.top(sweep, aspect)
        cosines = (
            (math.cos(pan) * math.cos(lean) + height * math.sin(lean)) / math.hypot(1.0, height)
            for height in (top, top - math.radians(sweep) / aspect)
        )
        return math.acos(max(-1.0, min(1.0, *cosines)))
