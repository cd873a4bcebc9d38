"""The Transport header (RFC 2326 §12.39): what a client offers, in its order of preference, and what it gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Lower(StrEnum):
    """What carries the packets."""

    TCP = "tcp"
    UDP = "udp"
    MULTICAST = "multicast"


@dataclass(frozen=True)
class Offer:
    """One acceptable line of a client's Transport header. ``ports`` are its UDP pair, ``channels`` its interleaved pair, if it chose."""

    lower: Lower
    ports: tuple[int, int] | None = None
    channels: tuple[int, int] | None = None


_PROFILES = {"RTP/AVP": Lower.UDP, "RTP/AVP/UDP": Lower.UDP, "RTP/AVP/TCP": Lower.TCP}


def parse_offers(header: str) -> list[Offer]:
    """The offers of a Transport header that this server could serve, best first; none at all means 461.

    What is unknown or out of range makes an offer unacceptable, not the request: the next one may fit.
    """
    return [offer for part in header.split(",") if (offer := _parse_offer(part.strip())) is not None]


def _parse_offer(text: str) -> Offer | None:
    profile, *words = (word.strip() for word in text.split(";"))
    lower = _PROFILES.get(profile.upper())
    if lower is None:
        return None
    parameters = dict(_parameters(words))
    if parameters.get("mode", "play").strip('"').lower() != "play":
        return None
    if lower is Lower.TCP:
        channels = parameters.get("interleaved")
        pair = None if channels is None else _pair(channels, 0, 255)
        return None if channels is not None and pair is None else Offer(Lower.TCP, channels=pair)
    if "multicast" in parameters:
        return Offer(Lower.MULTICAST)
    ports = _pair(parameters.get("client_port", ""), 1, 65535)
    return None if ports is None else Offer(Lower.UDP, ports=ports)


def _parameters(words: list[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        name, _, value = word.partition("=")
        yield name.strip().lower(), value.strip()


def _pair(text: str, low: int, high: int) -> tuple[int, int] | None:
    """``a-b``, or ``a`` for ``a-(a+1)``; None when it is neither or out of range."""
    first, dash, second = text.partition("-")
    if not (first.isascii() and first.isdigit()) or len(first) > 5:
        return None
    if dash and not (second.isascii() and second.isdigit() and len(second) <= 5):
        return None
    pair = int(first), int(second) if dash else int(first) + 1
    return pair if all(low <= number <= high for number in pair) and pair[0] != pair[1] else None


def tcp_answer(channels: tuple[int, int], ssrc: int) -> str:
    """The Transport line of a reply for packets interleaved in the RTSP connection."""
    return f'RTP/AVP/TCP;unicast;interleaved={channels[0]}-{channels[1]};ssrc={ssrc:08X};mode="PLAY"'


def udp_answer(client: tuple[int, int], server: tuple[int, int], ssrc: int) -> str:
    """The Transport line of a reply for unicast UDP."""
    return f'RTP/AVP;unicast;client_port={client[0]}-{client[1]};server_port={server[0]}-{server[1]};ssrc={ssrc:08X};mode="PLAY"'


def multicast_answer(group: str, ports: tuple[int, int], ttl: int, ssrc: int) -> str:
    """The Transport line of a reply for multicast; the group is the server's choice, never the client's."""
    return f'RTP/AVP;multicast;destination={group};port={ports[0]}-{ports[1]};ttl={ttl};ssrc={ssrc:08X};mode="PLAY"'
