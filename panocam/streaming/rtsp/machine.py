"""The server side of one RTSP connection, without I/O.

How to drive it: ``receive(bytes)``, then ``next_event()`` until it says None. Each event is one of

- ``Answer``   bytes to send; the machine could decide alone. With ``close`` set, send them and close: the stream is broken.
- ``Call``     a well-formed request that is valid now; do the work, then send ``answer(call, reply)``.
- ``Interleaved``  RTP or RTCP that the client sent inside the stream.

The next event is given out only after a call was answered, so pipelined requests see the state that the ones before them
left. What is checked here, in this order: the syntax, ``CSeq``, the method, ``Require``, the session, its state. Who the
client is, what the URL means and where packets go is the driver's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from panocam.errors import LocalProtocolError, RemoteProtocolError
from panocam.streaming.rtsp.messages import Interleaved, Method, Reply, Request
from panocam.streaming.rtsp.parser import Parser
from panocam.streaming.rtsp.session import NEEDS_SESSION, SessionState

SERVER = "panocam"
REPLAY = "onvif-replay"
"""The one option that clients may require: playback as ONVIF has it."""

_CSEQ = re.compile(r"[0-9]{1,10}")
_SESSION_ID = re.compile(r"[A-Za-z0-9._$+-]{1,64}")


@dataclass(frozen=True)
class Answer:
    """Bytes that settle a request (or the whole connection, with ``close``) without anybody's help."""

    data: bytes
    close: bool = False


@dataclass(frozen=True, eq=False)
class Call:
    """A request to be served. ``session`` is the one it names."""

    request: Request
    method: Method
    cseq: str
    session: SessionState | None = None


Event = Answer | Call | Interleaved


class Machine:
    """One connection. ``methods`` are those that have a handler; ``find`` looks a session up by its id."""

    def __init__(self, methods: Collection[Method], find: Callable[[str], SessionState | None]) -> None:
        self._methods = frozenset(methods) | {Method.OPTIONS}
        self._find = find
        self._parser = Parser()
        self._calling: Call | None = None
        self._closed = False

    @property
    def public(self) -> str:
        """The value of the Public header: what this server can do, no more (RFC 2326 §12.28)."""
        return ", ".join(sorted(self._methods))

    @property
    def pending(self) -> int:
        """Bytes received and not yet turned into events."""
        return self._parser.pending

    def receive(self, data: bytes) -> None:
        """Take bytes from the network."""
        self._parser.feed(data)

    def next_event(self) -> Event | None:
        """The next event; None while more bytes are needed, a call is open, or the connection is broken."""
        if self._closed or self._calling is not None:
            return None
        try:
            message = self._parser.next()
        except RemoteProtocolError as error:
            self._closed = True
            # The request that broke the stream may have had no CSeq that one could believe; 0 is what is left.
            return Answer(self._encode(_refusal(error), "0"), close=True)
        if not isinstance(message, Request):
            return message
        cseq = message.header("CSeq") or ""
        try:
            event = self._accept(message)
        except RemoteProtocolError as error:
            return Answer(self._encode(_refusal(error), cseq if _CSEQ.fullmatch(cseq) else "0"))
        if isinstance(event, Reply):
            return Answer(self._encode(event, cseq))
        self._calling = event
        return event

    def answer(self, call: Call, reply: Reply, opened: SessionState | None = None) -> bytes:
        """Close a call; with status 200 its session, or the one it ``opened``, makes its transition.

        Raises LocalProtocolError for a call that is not open.
        """
        if call is not self._calling:
            raise LocalProtocolError("only the call that is open can be answered, and only once")
        self._calling = None
        session = opened or call.session
        if reply.status == 200 and session is not None:
            session.done(call.method)
        return self._encode(reply, call.cseq)

    def _accept(self, request: Request) -> Call | Reply:
        cseq = request.header("CSeq")
        if cseq is None or not _CSEQ.fullmatch(cseq):
            raise RemoteProtocolError("CSeq is missing or not a number (RFC 2326 §12.17)")
        if request.method not in self._methods:
            return Reply(501, (("Public", self.public),))
        if unsupported := _unsupported(request):
            return Reply(551, (("Unsupported", "".join(filter(str.isprintable, unsupported))),))
        method = Method(request.method)
        session = self._session(request, method)
        if session is not None and not session.allows(method):
            return Reply(455, (("Session", session.id),))
        if method is Method.OPTIONS:
            return Reply(200, (("Public", self.public), *((("Session", session.id),) if session else ())))
        return Call(request, method, cseq, session)

    def _session(self, request: Request, method: Method) -> SessionState | None:
        named = request.header("Session")
        if named is None:
            if method in NEEDS_SESSION:
                raise RemoteProtocolError(f"{method} needs a Session header (RFC 2326 §12.37)", 454)
            return None
        identifier = named.partition(";")[0].strip()
        session = self._find(identifier) if _SESSION_ID.fullmatch(identifier) else None
        if session is None and method is not Method.OPTIONS:
            raise RemoteProtocolError(f"there is no session {identifier[:64]!r}; it may have timed out", 454)
        return session

    def _encode(self, reply: Reply, cseq: str) -> bytes:
        return Reply(reply.status, (("CSeq", cseq), ("Server", SERVER), *reply.headers), reply.body).encode()


def _unsupported(request: Request) -> str:
    """The options that a client needs and that are not there (RFC 2326 §12.32)."""
    wanted = ",".join(filter(None, (request.header("Require"), request.header("Proxy-Require"))))
    return ", ".join(tag.strip() for tag in wanted.split(",") if tag.strip() and tag.strip() != REPLAY)


def explained(status: int, reason: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """A refusal that says why, in a header: players of browsers take the body of any reply for the description of the stream."""
    return Reply(status, (*headers, ("X-Reason", "".join(filter(str.isprintable, reason)))))


def _refusal(error: RemoteProtocolError) -> Reply:
    return explained(error.status, str(error))
