"""The state of one RTSP session (RFC 2326 appendix A.2), as a table.

Rules: all session state transitions are in ``TRANSITIONS``; a pair that is not in it is answered 455. A transition happens when
the request was answered with 200, never before: a refused request changes nothing. Methods in ``STATELESS`` never change state.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panocam.streaming.rtsp.messages import Method


class State(StrEnum):
    """INIT: known by nothing but a SETUP under way. READY: set up, silent. PLAYING: sending. GONE: torn down."""

    INIT = "init"
    READY = "ready"
    PLAYING = "playing"
    GONE = "gone"


TRANSITIONS: dict[tuple[State, Method], State] = {
    (State.INIT, Method.SETUP): State.READY,
    (State.READY, Method.SETUP): State.READY,
    (State.READY, Method.PLAY): State.PLAYING,
    (State.READY, Method.PAUSE): State.READY,
    (State.READY, Method.TEARDOWN): State.GONE,
    (State.PLAYING, Method.PLAY): State.PLAYING,
    (State.PLAYING, Method.PAUSE): State.READY,
    (State.PLAYING, Method.TEARDOWN): State.GONE,
}

STATELESS = frozenset({Method.OPTIONS, Method.DESCRIBE, Method.GET_PARAMETER, Method.SET_PARAMETER})
NEEDS_SESSION = frozenset({Method.PLAY, Method.PAUSE, Method.TEARDOWN})


@dataclass
class SessionState:
    """One session as the protocol sees it; what it delivers is kept beside it by whoever delivers."""

    id: str
    state: State = State.INIT

    def allows(self, method: Method) -> bool:
        """Whether the method is valid in this state."""
        return method in STATELESS or (self.state, method) in TRANSITIONS

    def done(self, method: Method) -> None:
        """The method was answered with 200."""
        self.state = TRANSITIONS.get((self.state, method), self.state)
