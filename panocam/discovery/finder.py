"""Finding cameras by all three protocols at once.

mDNS and SSDP find this camera family, WS-Discovery also cameras of other makes. What a device in the network says is not trusted further
than it must be: a description is fetched only from the address that answered, is bounded, and no redirect is followed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpx
import ifaddr

from panocam.discovery import description, mdns, ssdp, wsdiscovery
from panocam.discovery.found import Found, merged
from panocam.discovery.group import Address, Group
from panocam.errors import PanocamError, RemoteProtocolError, Unavailable

LONGEST = 64 * 1024
"""Bytes of a description that are read."""

FETCH_S = 2.0
MOST = 1000
"""Devices that are remembered; a network that has more is not one to be listed."""

AGAIN_S = 0.5
"""Datagrams get lost: the question is put twice."""


async def find(seconds: float) -> list[Found]:
    """Listen for ``seconds`` and list the cameras that answered. Raises Unavailable where the network does not let it in any way."""
    ways = await asyncio.gather(mdns.find(seconds), _by_ssdp(seconds), _by_wsdiscovery(seconds), return_exceptions=True)
    found: list[Found] = []
    refused: list[PanocamError] = []
    for way in ways:
        if isinstance(way, PanocamError):
            refused.append(way)
        elif isinstance(way, BaseException):
            raise way
        else:
            found += way
    if len(refused) == len(ways):
        raise refused[0]
    return merged(found)


async def _by_ssdp(seconds: float) -> list[Found]:
    sightings: dict[str, tuple[ssdp.Sighting, str]] = {}

    def hear(data: bytes, sender: Address) -> None:
        said = ssdp.read(data)
        if isinstance(said, ssdp.Sighting) and not said.gone and len(sightings) < MOST:
            sightings.setdefault(said.name, (said, sender[0]))

    await _ask(Group(ssdp.GROUP, ssdp.PORT, _interfaces(), hear, listening=False), [ssdp.search(ssdp.BASIC, 1)], seconds)
    async with httpx.AsyncClient(verify=False, timeout=FETCH_S) as client:  # noqa: S501 - cameras sign their own certificates
        described = await asyncio.gather(*(_described(client, said, sender) for said, sender in sightings.values()))
    return [camera for camera in described if camera is not None]


async def _described(client: httpx.AsyncClient, said: ssdp.Sighting, sender: str) -> Found | None:
    """The camera behind a sighting; None for devices of other kinds and for those that do not let themselves be looked at."""
    try:
        where = urlsplit(said.location)
        if where.scheme not in ("http", "https") or where.hostname != sender:
            return None
        known = description.read(await _fetched(client, said.location))
    except (ValueError, httpx.HTTPError, RemoteProtocolError):
        return None
    if known.maker != description.MAKER:
        return None
    return Found(known.title, known.model, known.serial or said.serial, known.page, known.needs_setup, ("SSDP",))


async def _fetched(client: httpx.AsyncClient, url: str) -> bytes:
    data = bytearray()
    async with client.stream("GET", url) as reply:
        reply.raise_for_status()
        async for piece in reply.aiter_bytes():
            data += piece
            if len(data) > LONGEST:
                raise RemoteProtocolError("the description is too long")
    return bytes(data)


async def _by_wsdiscovery(seconds: float) -> list[Found]:
    matches: dict[str, wsdiscovery.Match] = {}

    def hear(data: bytes, sender: Address) -> None:
        said = wsdiscovery.read(data)
        for match in said if isinstance(said, list) else ():
            if len(matches) < MOST:
                matches.setdefault(match.endpoint, match)

    questions = [wsdiscovery.probe(), wsdiscovery.probe("dn:NetworkVideoTransmitter"), wsdiscovery.probe("tds:Device")]
    await _ask(Group(wsdiscovery.GROUP, wsdiscovery.PORT, _interfaces(), hear, listening=False), questions, seconds)
    return [camera for match in matches.values() if (camera := _camera(match)) is not None]


def _camera(match: wsdiscovery.Match) -> Found | None:
    """The camera that a match is; None for printers and the like, which have no ONVIF scopes."""
    if not any(scope.startswith(wsdiscovery.SCOPE) for scope in match.scopes):
        return None
    serial = match.scope("serialnumber", "macaddress", "mac").replace(":", "").replace("-", "").upper()
    url = ""
    with contextlib.suppress(ValueError):
        where = urlsplit(next(iter(match.addresses), ""))
        url = f"{where.scheme}://{where.netloc}/" if where.netloc else ""
    return Found(match.scope("name"), match.scope("hardware"), serial, url, None, ("WS-Discovery",))


async def _ask(group: Group, questions: Iterable[bytes], seconds: float) -> None:
    texts = list(questions)
    async with group:
        group.shout(lambda _interface: texts)
        again = min(AGAIN_S, seconds / 2)
        await asyncio.sleep(again)
        group.shout(lambda _interface: texts)
        await asyncio.sleep(seconds - again)


def _interfaces() -> list[str]:
    """Every IPv4 address of this host, loopback too: cameras on this very host may be nowhere else."""
    found = [str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    if not found:
        raise Unavailable("this host has no IPv4 address")
    return found
