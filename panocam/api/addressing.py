"""What is checked before the camera's address changes, whoever asks for it."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from panocam.api.endpoint import Call
from panocam.errors import InvalidValue
from panocam.settings.addressing import interface


def demand_reachable(call: Call[Any], camera: str, router: str) -> None:
    """Whoever sets an address must reach the camera under it: in the same network, or through a router. Raises InvalidValue."""
    try:
        there = interface(camera)
    except ValueError as fault:
        raise InvalidValue("addressing.ipv4", camera, str(fault)) from None
    peer = call.connection.client
    try:
        here = ip_address(peer.host) if peer else None
    except ValueError:
        here = None
    if here is None or here.is_loopback or router or here in there.network:
        return
    raise InvalidValue(
        "addressing.ipv4",
        camera,
        f"is another subnet than yours: you are {here}, and would not reach {there.ip} any more. "
        "Give the address of a router too, or do it from a computer in that subnet",
    )
