"""One client's session: the protocol's state, and the deliveries it has set up."""

from __future__ import annotations

from dataclasses import dataclass, field

from panocam.pipeline.request import ChannelSpec
from panocam.streaming.delivery import Delivery
from panocam.streaming.outlet import Outlet
from panocam.streaming.playback.player import Playback
from panocam.streaming.presentation import Presentation, Track
from panocam.streaming.rtsp.session import SessionState, State
from panocam.streaming.rtsp.target import Target
from panocam.streaming.rtsp.transport import Lower


@dataclass(frozen=True)
class SessionInfo:
    """A row of the connection list. ``bytes`` are RTP bytes; for multicast they are the group's.

    ``local`` is where the client connected to, ``secure`` whether that connection is encrypted; ``tracks``
    are those that have been set up.
    """

    id: str
    state: str
    peer: str
    local: tuple[str, int]
    secure: bool
    user: str
    user_agent: str
    carrier: str
    transport: str
    url: str
    spec: ChannelSpec | None
    recording: str | None
    tracks: tuple[Track, ...]
    since_wall_ns: int
    pictures: int
    bytes: int
    dropped_pictures: int
    dropped_groups: int


@dataclass(eq=False)
class Session:
    """``outlet`` is the connection that set it up. ``touched_ns`` is when the client last gave a sign of life."""

    state: SessionState
    presentation: Presentation
    target: Target
    outlet: Outlet
    user: str
    user_agent: str
    since_wall_ns: int
    touched_ns: int
    deliveries: dict[int, Delivery] = field(default_factory=dict)
    playback: Playback | None = None
    _taken: int = 0

    @property
    def interleaved(self) -> bool:
        """Whether it cannot outlive its connection."""
        return any(delivery.lower is Lower.TCP for delivery in self.deliveries.values())

    def progressed(self) -> bool:
        """Whether the client has taken pictures over TCP since the last call: many send no keep-alive there."""
        taken = sum(delivery.count.pictures for delivery in self.deliveries.values() if delivery.lower is Lower.TCP)
        taken, self._taken = taken - self._taken, taken
        return taken > 0

    def close(self) -> None:
        """End all deliveries."""
        self.state.state = State.GONE
        for delivery in self.deliveries.values():
            delivery.close()

    def info(self) -> SessionInfo:
        """The session as a row."""
        counts = [delivery.count for delivery in self.deliveries.values()]
        return SessionInfo(
            id=self.state.id,
            state=self.state.state.value,
            peer=("[{}]:{}" if ":" in self.outlet.peer[0] else "{}:{}").format(*self.outlet.peer),
            local=self.outlet.local,
            secure=self.outlet.secure,
            user=self.user,
            user_agent=self.user_agent,
            carrier=self.outlet.carrier,
            transport=",".join(sorted({delivery.lower.value for delivery in self.deliveries.values()})),
            url=self.target.aggregate,
            spec=self.presentation.spec,
            recording=self.presentation.recording,
            tracks=tuple(self.presentation.tracks[index] for index in sorted(self.deliveries)),
            since_wall_ns=self.since_wall_ns,
            pictures=sum(count.pictures for count in counts),
            bytes=sum(count.bytes for count in counts),
            dropped_pictures=sum(count.dropped_pictures for count in counts),
            dropped_groups=sum(count.dropped_groups for count in counts),
        )
