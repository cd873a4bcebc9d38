"""What RTSP's methods do about recordings: find one, check who asks, and what a PLAY is answered."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from panocam.errors import Denied, Unavailable
from panocam.media.footage import Footage
from panocam.settings.role import Role
from panocam.streaming.client import Client
from panocam.streaming.playback.player import Playback
from panocam.streaming.playback.wish import parse_wish, reply_range
from panocam.streaming.presentation import Presentation
from panocam.streaming.rtsp.machine import REPLAY, Call
from panocam.streaming.service import Service
from panocam.streaming.session import Session

ROLE = Role.OPERATOR
"""Who may watch recordings, here as over HTTP."""


async def recorded(service: Service, presentation: Presentation, client: Client) -> Footage | None:
    """The recording that a presentation plays; None for a live one. Raises Denied, NotFound, InvalidValue, Unavailable."""
    if presentation.recording is None:
        return None
    if not client.user.role.covers(ROLE):
        raise Denied(f"{client.user.name} is {client.user.role}; recordings need {ROLE}")
    if service.archive is None:
        raise Unavailable("this camera runs without storage")
    return await asyncio.to_thread(service.archive.footage, presentation.recording)


def playback_of(service: Service, session: Session, footage: Footage, call: Call) -> Playback:
    """The session's playback, made with its first track."""
    if session.playback is None:
        assert service.archive is not None
        asked = dict(parse_qsl(session.target.query)).get("onvifreplayext") == "1"
        extended = asked or (call.request.header("Require") or "").strip() == REPLAY
        session.playback = Playback(service.archive, footage, service.clock, extended)
    return session.playback


async def prepare(call: Call, playback: Playback) -> tuple[tuple[str, str], ...]:
    """Get ready for a PLAY, whatever was playing; the headers that say what comes. Raises InvalidValue, RemoteProtocolError(457)."""
    header = call.request.header
    if (header("Require") or "").strip() == REPLAY:
        playback.extended = True
    wish, first_ns = await playback.prepare(lambda footage: parse_wish(header, footage), int(call.cseq))
    headers = [("Range", reply_range(wish, first_ns, playback.footage))]
    if header("Scale") is not None:
        headers.append(("Scale", f"{wish.scale:g}"))
    if header("Rate-Control") is not None:
        headers.append(("Rate-Control", "yes" if wish.paced else "no"))
    return tuple(headers)
