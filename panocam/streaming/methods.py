"""What each RTSP method does. The table at the end is also the answer to OPTIONS."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from panocam.clock import NS
from panocam.errors import Busy, Denied, InvalidValue, NotFound, PanocamError, RemoteProtocolError, Unauthenticated, Unavailable
from panocam.streaming import sdp
from panocam.streaming.client import Client
from panocam.streaming.playback.methods import prepare, recorded
from panocam.streaming.presentation import Track
from panocam.streaming.rtp.burst import Burst
from panocam.streaming.rtsp.machine import Call, explained
from panocam.streaming.rtsp.messages import Method, Reply
from panocam.streaming.rtsp.session import SessionState, State
from panocam.streaming.rtsp.target import parse_target
from panocam.streaming.service import Service
from panocam.streaming.session import Session

STATUSES: tuple[tuple[type[PanocamError], int], ...] = (
    (InvalidValue, 400),
    (Unauthenticated, 401),
    (Denied, 403),
    (NotFound, 404),
    (Busy, 453),
    (Unavailable, 503),
)
"""The one table from errors to RTSP statuses. RemoteProtocolError brings its own, Busy for a known time is 503, the rest is 500."""


@dataclass(frozen=True)
class Outcome:
    """A method's result: the reply, the session it opened, and what happens right after the reply was written."""

    reply: Reply
    opened: SessionState | None = None
    then: Callable[[], None] | None = None


Handler = Callable[[Service, Call, Client], Awaitable[Outcome]]


def refuse(error: PanocamError) -> Reply:
    """The reply for an error, with the reason in a header."""
    if isinstance(error, RemoteProtocolError):
        return explained(error.status, str(error))
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
    if isinstance(error, Unauthenticated):
        return explained(status, str(error), tuple(("WWW-Authenticate", challenge) for challenge in error.challenges))
    if isinstance(error, Busy) and error.retry_after is not None:
        return explained(503, str(error), (("Retry-After", str(math.ceil(error.retry_after))),))
    return explained(status, str(error))


def session_header(service: Service, session: Session) -> tuple[str, str]:
    """The Session header with its timeout; some clients only read it with one ``=`` and no space."""
    return "Session", f"{session.state.id};timeout={service.options.session_timeout:.0f}"


async def describe(service: Service, call: Call, client: Client) -> Outcome:
    """DESCRIBE (RFC 2326 §10.2): starts the channel, because its parameter sets are known only then."""
    local = client.outlet.local[0] or "0.0.0.0"  # noqa: S104  # an SDP's way to say that the address is unknown
    target = parse_target(call.request.uri, local)
    presentation = service.plan(target.query)
    footage = await recorded(service, presentation, client)
    described = footage.description if footage else None
    if presentation.spec is not None:
        described = await service.camera.describe(presentation.spec)
    media = [sdp.Media(number, described if track is Track.VIDEO else None) for number, track in enumerate(presentation.tracks)]
    body = sdp.build(target, media, local, footage)
    return Outcome(Reply(200, (("Content-Base", f"{target.base}/"), ("Content-Type", "application/sdp")), body))


async def play(service: Service, call: Call, client: Client) -> Outcome:
    """PLAY (§10.5): waits for a picture to begin with, so that the reply can name it before it comes.

    Of a recording another PLAY is a jump, at once; only one without a range while it plays changes nothing.
    """
    session = _session(service, call)
    wished = any(call.request.header(name) for name in ("Range", "Scale", "Rate-Control", "Frames"))
    jumps = session.playback is not None and (wished or session.playback.over)
    if session.state.state is State.PLAYING and not jumps:
        return Outcome(Reply(200, (session_header(service, session),)))
    recording: tuple[tuple[str, str], ...] = ()
    if session.playback is not None:
        await recorded(service, session.presentation, client)
        for delivery in session.deliveries.values():
            delivery.stop()
        recording = await prepare(call, session.playback)
    for delivery in session.deliveries.values():
        await delivery.feed.ready()
    if session.state.state is State.GONE:
        raise Unavailable("the stream ended when it was about to play; its view may be gone")
    begins = {index: begin for index, delivery in session.deliveries.items() if (begin := delivery.feed.beginning) is not None}
    headers = [session_header(service, session), *(recording or (("Range", _range(call, session, list(begins.values()))),))]
    if begins:
        headers.append(("RTP-Info", ",".join(_rtp_info(session.target.stream_url(index), begin) for index, begin in begins.items())))

    def start() -> None:
        for delivery in session.deliveries.values():
            delivery.start()

    return Outcome(Reply(200, tuple(headers)), then=start)


def _rtp_info(url: str, begin: Burst) -> str:
    return f"url={url};seq={begin.sequence};rtptime={begin.timestamp}"


def _range(call: Call, session: Session, begins: list[Burst]) -> str:
    """Live has no beginning but now; who counts in absolute time (ONVIF, or a client that asked so) gets the capture time."""
    absolute = (call.request.header("Range") or "").startswith("clock=") or "/onvif-media/" in session.target.base
    if not absolute or not begins:
        return "npt=now-"
    seconds, rest = divmod(min(begin.wall_ns for begin in begins), NS)
    return f"clock={datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%S}.{rest // 1_000_000:03d}Z-"


async def pause(service: Service, call: Call, client: Client) -> Outcome:
    """PAUSE (§10.6): silence; a later PLAY begins with a key picture."""
    session = _session(service, call)
    for delivery in session.deliveries.values():
        delivery.stop()
    return Outcome(Reply(200, (session_header(service, session),)))


async def teardown(service: Service, call: Call, client: Client) -> Outcome:
    """TEARDOWN (§10.7)."""
    session = _session(service, call)
    return Outcome(Reply(200, (("Session", session.state.id),)), then=lambda: service.end(session))


async def get_parameter(service: Service, call: Call, client: Client) -> Outcome:
    """GET_PARAMETER (§10.8): without a body it is a sign of life; there is no parameter to read."""
    if call.request.body.strip():
        names = call.request.body.decode("latin-1").split()
        return Outcome(explained(451, f"no such parameter: {', '.join(names)[:200]}"))
    return Outcome(Reply(200, _named(call)))


async def set_parameter(service: Service, call: Call, client: Client) -> Outcome:
    """SET_PARAMETER (§10.9): ``Renew-Stream: yes`` asks for a key picture; without a body it is a sign of life."""
    lines = [line for line in call.request.body.decode("latin-1").splitlines() if line.strip()]
    wishes = {name.strip().lower(): value.strip().lower() for name, _, value in (line.partition(":") for line in lines)}
    renew = wishes.pop("renew-stream", None)
    if wishes:
        return Outcome(explained(451, f"no such parameter: {', '.join(wishes)[:200]}"))
    if renew is not None and renew not in ("yes", "no"):
        raise InvalidValue("Renew-Stream", renew, "give yes or no")
    if renew == "yes":
        spec = _session(service, call).presentation.spec
        if spec is not None:
            service.camera.request_key(spec)
    return Outcome(Reply(200, _named(call)))


def _named(call: Call) -> tuple[tuple[str, str], ...]:
    return (("Session", call.session.id),) if call.session else ()


def _session(service: Service, call: Call) -> Session:
    session = service.sessions.get(call.session.id) if call.session else None
    if session is None:
        raise RemoteProtocolError(f"{call.method} needs the Session header of a running session", 454)
    return session


def table(setup: Handler) -> Mapping[Method, Handler]:
    """Every method that is offered."""
    return {
        Method.DESCRIBE: describe,
        Method.SETUP: setup,
        Method.PLAY: play,
        Method.PAUSE: pause,
        Method.TEARDOWN: teardown,
        Method.GET_PARAMETER: get_parameter,
        Method.SET_PARAMETER: set_parameter,
    }
