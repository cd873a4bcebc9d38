"""A picture that is shown for as long as a view area is on its way: what it looked at when it set out.

The picture is the first one taken after that, seen from where the area looked then: one source picture for all streams and stills of the
area, kept by reference. Whoever comes while it lasts is shown the same. It ends by itself: when the movement has ended, when anything else
moves the area, and for good when masks or the lens have changed, since the picture was made under the old ones.
"""

from __future__ import annotations

from threading import Lock

from panocam.optics.motion import Movement
from panocam.optics.pose import Pose
from panocam.pipeline.shot import Shot


class Freeze:
    """``pose``: where the area looked at ``start_ns`` (monotonic), when ``movement`` began. Asked by workers, ended by any thread."""

    def __init__(self, pose: Pose, movement: Movement, start_ns: int) -> None:
        self.pose, self.movement, self._start_ns = pose, movement, start_ns
        self._shot: Shot | None = None
        self._over = False
        self._lock = Lock()

    def after(self, movement: Movement) -> Freeze:
        """The same picture for the movement that takes over."""
        follower = Freeze(self.pose, movement, self._start_ns)
        follower._shot = self._shot
        return follower

    def lasts(self, t_ns: int) -> bool:
        """Whether it shows at that moment."""
        end = self.movement.end_ns
        return not self._over and self._start_ns <= t_ns and (end is None or t_ns < end)

    def picture(self, shot: Shot) -> Shot | None:
        """What is shown in place of ``shot``; None, now and from here on, when it was taken under other masks or by another source."""
        with self._lock:
            if self._shot is None and not self._over:
                self._shot = shot
            held = self._shot
            if held is None or (held.era, held.frame.planes.color) != (shot.era, shot.frame.planes.color):
                self._over, self._shot = True, None
            return self._shot

    def forget(self) -> None:
        """Let go of the picture."""
        with self._lock:
            self._over, self._shot = True, None
