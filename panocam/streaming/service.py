"""What all connections of a server share: the camera, the accounts, the feeds, the sessions and who is still alive."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal, Protocol

from panocam.clock import NS, Clock
from panocam.errors import RemoteProtocolError
from panocam.journal.access import Asked
from panocam.pipeline.service import Camera
from panocam.settings.role import Role
from panocam.streaming import rtcp
from panocam.streaming.feed import Feed, Feeds
from panocam.streaming.metadata import Events
from panocam.streaming.multicast import Groups
from panocam.streaming.options import RtspOptions
from panocam.streaming.outlet import Outlet
from panocam.streaming.playback.archive import Archive
from panocam.streaming.presentation import Presentation, plan_presentation
from panocam.streaming.rtsp.session import SessionState
from panocam.streaming.session import Session

log = logging.getLogger(__name__)


class Named(Protocol):
    """As much of a user as is needed here."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> Role: ...


class Authenticator(Protocol):
    """Decides about one request; ``access.authenticator`` is the real one.

    ``authorization`` is the Authorization header; ``peer`` the client's address, for the throttling of guesses. Returns the user,
    who may watch. Raises Unauthenticated with the values for ``WWW-Authenticate``, Denied, or Busy after too many guesses.
    """

    async def check(
        self, method: str, uri: str, authorization: str | None, peer: str, *, protocol: Literal["rtsp", "rtsp-in-http"], secure: bool
    ) -> Named: ...


class Service:
    """The shared part of a server."""

    def __init__(
        self,
        camera: Camera,
        authenticator: Authenticator,
        clock: Clock,
        options: RtspOptions,
        events: Events | None = None,
        archive: Archive | None = None,
    ) -> None:
        self.events, self.archive = events, archive
        self.camera, self.authenticator, self.clock, self.options = camera, authenticator, clock, options
        self.feeds = Feeds(camera, self._feed_ended)
        self.groups = Groups(options.multicast, options.udp_ports)
        self.sessions: dict[str, Session] = {}
        self.malformed_rtcp = 0
        self.heard: Callable[[Asked], None] = lambda asked: None
        self._by_outlet: dict[Outlet, dict[Session, None]] = {}

    def set_options(self, options: RtspOptions) -> None:
        """For sessions from now on; those that run keep their ports and groups."""
        self.options = options
        self.groups.set_plan(options.multicast, options.udp_ports)

    def plan(self, query: str) -> Presentation:
        """What a URL's arguments ask for. Raises InvalidValue."""
        return plan_presentation(self.camera, query, self.events is not None, self.options.profiles)

    def find(self, identifier: str) -> SessionState | None:
        """The protocol state of a session. To be named is a sign of life."""
        session = self.sessions.get(identifier)
        if session is None:
            return None
        self.touch(session)
        return session.state

    def add(self, session: Session) -> None:
        """Take a session in. Adding it twice is allowed."""
        self.sessions[session.state.id] = session
        self._by_outlet.setdefault(session.outlet, {})[session] = None

    def owned(self, outlet: Outlet) -> list[Session]:
        """The sessions that a connection has set up."""
        return list(self._by_outlet.get(outlet, ()))

    def touch(self, session: Session) -> None:
        """Note a sign of life."""
        session.touched_ns = self.clock.monotonic_ns()

    def feedback(self, session: Session, data: bytes) -> None:
        """RTCP from a session's client. What is malformed is ignored and counted."""
        try:
            report = rtcp.parse(data)
        except RemoteProtocolError:
            self.malformed_rtcp += 1
            return
        self.touch(session)
        if report.wants_key and session.presentation.spec is not None:
            self.camera.request_key(session.presentation.spec)
        if report.bye and not session.interleaved:
            self.end(session)

    def end(self, session: Session) -> None:
        """Close a session. Ending it twice is allowed."""
        self.sessions.pop(session.state.id, None)
        owned = self._by_outlet.get(session.outlet, {})
        owned.pop(session, None)
        if not owned:
            self._by_outlet.pop(session.outlet, None)
        session.close()

    def sweep(self) -> None:
        """End the sessions whose clients have gone without a word; to be called about once a second."""
        now = self.clock.monotonic_ns()
        for session in list(self.sessions.values()):
            if session.progressed():
                session.touched_ns = now
            elif now - session.touched_ns > self.options.session_timeout * NS:
                log.info("session %s of %s timed out", session.state.id, session.outlet.peer[0])
                self._cut(session)

    def _cut(self, session: Session) -> None:
        """End a session without having been asked; a client that is bound to its connection is told by its end."""
        self.end(session)
        if session.interleaved:
            session.outlet.close()

    def _feed_ended(self, feed: Feed) -> None:
        for session in list(self.sessions.values()):
            if any(delivery.feed is feed for delivery in session.deliveries.values()):
                self._cut(session)
