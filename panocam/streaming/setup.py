"""SETUP (RFC 2326 §10.4): from a client's offers to a delivery."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from panocam.errors import Busy, InvalidValue, NotFound, RemoteProtocolError
from panocam.streaming.client import Client
from panocam.streaming.delivery import Delivery, Multicast, Unicast
from panocam.streaming.metadata import MetadataFeed
from panocam.streaming.methods import Outcome, session_header
from panocam.streaming.origin import Origin
from panocam.streaming.outlet import Outlet
from panocam.streaming.playback.methods import playback_of, recorded
from panocam.streaming.presentation import Presentation, Track
from panocam.streaming.rtp.payload import size_for
from panocam.streaming.rtsp.machine import Call
from panocam.streaming.rtsp.messages import Reply, Request
from panocam.streaming.rtsp.session import SessionState
from panocam.streaming.rtsp.target import Target, parse_target
from panocam.streaming.rtsp.transport import Lower, Offer, multicast_answer, parse_offers, tcp_answer, udp_answer
from panocam.streaming.service import Service
from panocam.streaming.session import Session
from panocam.streaming.tap import InterleavedSink
from panocam.streaming.udp import UdpSink


async def setup(service: Service, call: Call, client: Client) -> Outcome:
    """Set up one stream on the first of the client's offers that can be served."""
    target = parse_target(call.request.uri, client.outlet.local[0])
    presentation = service.plan(target.query)
    index = _stream_index(target, presentation)
    footage = await recorded(service, presentation, client)
    offer = _choose(call.request, client.outlet, presentation.tracks[index], live=footage is None)
    blocksize = _blocksize(call.request)
    if presentation.spec is not None:
        await service.camera.describe(presentation.spec)
    session = _session(service, call, client, target, presentation)
    size = size_for(blocksize, datagrams=offer.lower is not Lower.TCP)
    if footage is not None:
        played = playback_of(service, session, footage, call)
        track = played.track(presentation.tracks[index], size, presentation.topics or "", metered=offer.lower is Lower.UDP)
        delivery = _unicast(service, session, track, offer)
    elif presentation.tracks[index] is Track.METADATA:
        assert service.events is not None
        delivery = _unicast(service, session, MetadataFeed(service.events, presentation.topics or "", service.clock, size), offer)
    else:
        delivery = _pictures(service, session, presentation, size, offer)
    if (before := session.deliveries.pop(index, None)) is not None:
        before.close()
    session.deliveries[index] = delivery
    service.add(session)
    headers = [("Transport", delivery.answer), session_header(service, session)]
    if blocksize is not None:
        headers.append(("Blocksize", str(size)))
    return Outcome(Reply(200, tuple(headers)), opened=session.state)


def _stream_index(target: Target, presentation: Presentation) -> int:
    if target.stream is None:
        raise RemoteProtocolError("SETUP is for one stream: use the control URL of the description, …/stream=0", 459)
    if target.stream >= len(presentation.tracks):
        there = ", ".join(f"stream={number} ({track})" for number, track in enumerate(presentation.tracks))
        raise NotFound(f"stream={target.stream}: this presentation has {there} only")
    return target.stream


def _choose(request: Request, outlet: Outlet, track: Track, live: bool) -> Offer:
    # Datagrams would leave a TLS connection's or a tunnel's protection, or not reach its client at all.
    datagrams = outlet.carrier == "tcp"
    multicast = datagrams and ":" not in outlet.local[0] and track is Track.VIDEO and live
    served = {Lower.TCP: True, Lower.UDP: datagrams, Lower.MULTICAST: multicast}
    for offer in parse_offers(request.header("Transport") or ""):
        if served[offer.lower]:
            return offer
    spelling = "RTP/AVP/TCP;unicast;interleaved=0-1"
    if datagrams:
        spelling += ", RTP/AVP;unicast;client_port=a-b" + (", RTP/AVP;multicast" if multicast else "")
    raise RemoteProtocolError(f"none of the offered transports can be served here; these can: {spelling}", 461)


def _blocksize(request: Request) -> int | None:
    text = request.header("Blocksize")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) < 256:
        raise InvalidValue("Blocksize", text, "give the payload bytes of a packet, 256 or more")
    return int(text)


def _session(service: Service, call: Call, client: Client, target: Target, presentation: Presentation) -> Session:
    if call.session is not None:
        session = service.sessions.get(call.session.id)
        if session is None:
            raise RemoteProtocolError("the session has ended", 454)
        if session.presentation != presentation:
            raise RemoteProtocolError("a session has one presentation, and this URL asks for another", 455)
        return session
    if len(service.sessions) >= service.options.max_sessions:
        raise Busy(f"all {service.options.max_sessions} sessions are in use; try again later")
    return Session(
        state=SessionState(secrets.token_hex(8).upper()),
        presentation=presentation,
        target=target,
        outlet=client.outlet,
        user=client.user.name,
        user_agent=(call.request.header("User-Agent") or "")[:200],
        since_wall_ns=service.clock.wall_ns(),
        touched_ns=service.clock.monotonic_ns(),
    )


def _pictures(service: Service, session: Session, presentation: Presentation, size: int, offer: Offer) -> Delivery:
    assert presentation.spec is not None
    feed = service.feeds.hold(presentation.spec, size, presentation.stamped)
    try:
        if offer.lower is Lower.MULTICAST:
            group = service.groups.hold(feed, session.outlet.local[0])
            return Multicast(service.feeds, service.groups, group, multicast_answer(group.address, group.ports, group.ttl, feed.ssrc))
        return _unicast(service, session, feed, offer, lambda: service.feeds.release(feed))
    except Busy:
        service.feeds.release(feed)
        raise


def _unicast(service: Service, session: Session, origin: Origin, offer: Offer, release: Callable[[], None] = lambda: None) -> Delivery:
    outlet, ssrc = session.outlet, origin.ssrc
    if offer.lower is Lower.TCP:
        channels = _free_channels(service, outlet, offer.channels)
        sink = InterleavedSink(outlet, channels, service.options.write_bound)
        return Unicast(release, origin, sink, Lower.TCP, tcp_answer(channels, ssrc), channels)
    assert offer.ports is not None
    client = (outlet.peer[0], *offer.ports)
    udp = UdpSink(outlet.local[0], client, service.options.udp_ports, lambda data: service.feedback(session, data))
    return Unicast(release, origin, udp, Lower.UDP, udp_answer(offer.ports, udp.ports, ssrc))


def _free_channels(service: Service, outlet: Outlet, wished: tuple[int, int] | None) -> tuple[int, int]:
    """The wished channels if nobody on this connection has them, else the first free pair (§12.39 lets the server choose)."""
    taken = {number for session in service.owned(outlet) for delivery in session.deliveries.values() for number in delivery.channels}
    pairs = [wished] if wished else []
    pairs += [(first, first + 1) for first in range(0, 256, 2)]
    for pair in pairs:
        if taken.isdisjoint(pair):
            return pair
    raise Busy("all interleaved channels of this connection are in use")
