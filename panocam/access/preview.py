"""Preview mode: while the camera is in its factory-default state, an installer may watch without logging in, for a limited time from start.

It ends when its time is over or as soon as the first administrator exists, and comes back only with a reset and a start.
"""

from __future__ import annotations

from panocam.access.accounts import Accounts, User
from panocam.clock import NS, Clock
from panocam.settings import Role

INSTALLER = User("preview", Role.VIEWER, ptz=False, anonymous=True)
"""Who watches in preview mode: the live picture and nothing else."""


class Preview:
    """Runs from its construction. ``minutes`` 0 switches preview mode off."""

    def __init__(self, accounts: Accounts, clock: Clock, minutes: int) -> None:
        self._accounts, self._clock = accounts, clock
        self._end_ns = clock.monotonic_ns() + minutes * 60 * NS
        self._over = minutes == 0 or not accounts.empty
        if not self._over:
            accounts.listen(lambda name: self._close())

    @property
    def open(self) -> bool:
        """Whether the live picture may be shown without a login now."""
        if not self._over and (not self._accounts.empty or self._clock.monotonic_ns() >= self._end_ns):
            self._close()
        return not self._over

    @property
    def remaining_s(self) -> int:
        """Seconds that are left, 0 when it is over."""
        return max(0, (self._end_ns - self._clock.monotonic_ns()) // NS) if self.open else 0

    def _close(self) -> None:
        self._over = True
