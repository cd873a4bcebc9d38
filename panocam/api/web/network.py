"""The network over REST: what is there, and what of it can be set from here. The settings are under ``addressing`` and ``network``."""

from __future__ import annotations

from panocam.api.addressing import demand_reachable
from panocam.api.endpoint import Call, Reply, Wish, rest
from panocam.api.services import Services
from panocam.errors import InvalidValue, Unavailable
from panocam.network.identity import host_name
from panocam.network.interfaces import interfaces, resolver
from panocam.settings.addressing import AddressMode, interface
from panocam.settings.role import Role


class AddressReply(Reply):
    """``scope``: global, link or host."""

    address: str
    prefix: int
    scope: str


class InterfaceReply(Reply):
    """``link`` is null and ``mac`` empty where the system does not tell. ``managed``: the camera sets its address."""

    name: str
    mac: str
    link: bool | None
    wireless: bool
    router: str
    managed: bool
    addresses: list[AddressReply]


class NetworkReply(Reply):
    """``obstacle`` is why the address cannot be set from here, as a sentence for people; empty where it can."""

    host_name: str
    interfaces: list[InterfaceReply]
    name_servers: list[str]
    search_domains: list[str]
    obstacle: str
    http_port: int | None
    https_port: int | None
    rtsp_port: int | None
    rtsps_port: int | None


class AddressWish(Wish):
    """``mode`` is machine, static or link-local; ``ipv4`` such as 192.168.0.90/24; ``router`` may be empty."""

    mode: AddressMode
    ipv4: str = ""
    router: str = ""


class FreeWish(Wish):
    """``ipv4`` with or without the length of its network."""

    ipv4: str


class FreeReply(Reply):
    """``mac`` is the hardware address of who has it."""

    free: bool
    mac: str


async def read(call: Call[None]) -> NetworkReply:
    """Interfaces, names and ports."""
    services = call.services
    settings, names = services.settings.running, resolver()
    found = [
        InterfaceReply(
            name=each.name,
            mac=each.mac,
            link=each.link,
            wireless=each.wireless,
            router=each.router,
            managed=each.name == settings.addressing.interface,
            addresses=[AddressReply(address=a.text, prefix=a.prefix, scope=a.scope) for a in each.addresses],
        )
        for each in interfaces()
    ]
    return NetworkReply(
        host_name=host_name(settings),
        interfaces=found,
        name_servers=list(names.servers),
        search_domains=list(names.search),
        obstacle=_obstacle(services),
        http_port=services.http_port(),
        https_port=services.https_port(),
        rtsp_port=services.rtsp_port(),
        rtsps_port=services.rtsps_port(),
    )


async def set_address(call: Call[AddressWish]) -> NetworkReply:
    """Take another address, if nobody else has it. The old one answers for three seconds more."""
    wish = call.wish
    changes: dict[str, object] = {"addressing.mode": wish.mode}
    if wish.mode is AddressMode.STATIC:
        demand_reachable(call, wish.ipv4, wish.router)
        changes |= {"addressing.ipv4": wish.ipv4, "addressing.router": wish.router}
    await call.services.settings.patch(changes, call.caller)
    return await read(call)  # type: ignore[arg-type]  # it reads nothing of the wish


async def is_free(call: Call[FreeWish]) -> FreeReply:
    """Ask the network whether somebody has an address."""
    manager = call.services.addresses
    if manager is None:
        raise Unavailable(_obstacle(call.services))
    text = call.wish.ipv4
    try:
        address = interface(text if "/" in text else f"{text}/24").ip
    except ValueError as fault:
        raise InvalidValue("ipv4", text, str(fault)) from None
    mac = await manager.owner(address)
    return FreeReply(free=not mac, mac=mac)


def _obstacle(services: Services) -> str:
    return services.addresses.obstacle if services.addresses is not None else "This camera runs without a network of its own."


ENDPOINTS = (
    rest("/api/v1/network", "Interfaces, names and ports", read, Role.OPERATOR, reply=NetworkReply),
    rest(
        "/api/v1/network/address", "Take another address", set_address, Role.ADMINISTRATOR, methods=("PUT",), request=AddressWish,
        reply=NetworkReply,
    ),
    rest(
        "/api/v1/network/address/check", "Whether an address is free", is_free, Role.ADMINISTRATOR, methods=("POST",), request=FreeWish,
        reply=FreeReply,
    ),
)  # fmt: skip
