"""What a delivery draws from: the pictures of a channel, or the events of the camera."""

from __future__ import annotations

from typing import Protocol

from panocam.streaming.rtp.burst import Burst
from panocam.streaming.tap import Tap


class Origin(Protocol):
    """``payload_size`` bytes of payload in a packet. ``beginning`` is what a reader who joins now gets first, None if that is not known."""

    payload_size: int

    @property
    def ssrc(self) -> int: ...
    @property
    def beginning(self) -> Burst | None: ...
    async def ready(self) -> None:
        """Wait, but not for ever, until a reader can begin."""

    def join(self, tap: Tap) -> None: ...
    def leave(self, tap: Tap) -> None: ...
