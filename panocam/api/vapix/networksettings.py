"""network_settings.cgi: interfaces, addresses, host name, name servers. What cannot be set here is refused with the reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from panocam.api.addressing import demand_reachable
from panocam.api.endpoint import Call, Discovery, json_api
from panocam.api.vapix.envelope import FAMILY_I, ApiError, Data, JsonApi
from panocam.network.identity import host_name
from panocam.network.interfaces import Address, Interface, interfaces, resolver
from panocam.settings import Snapshot
from panocam.settings.addressing import AddressMode
from panocam.settings.role import Role

Method = Callable[[Call[None], Data], Awaitable[Mapping[str, Any]]]

MODES = {"static": AddressMode.STATIC, "none": AddressMode.MACHINE}
REFUSED = {
    "setResolverConfiguration": "the name servers are those of the machine the camera runs on; set them there",
    "setIPv6AddressConfiguration": "IPv6 is the machine's; set it there",
    "setGlobalProxyConfiguration": "nothing in this camera goes through a proxy",
    "setWired8021XConfiguration": "802.1X is the machine's; set it there",
    "addVlan": "VLANs are the machine's; set them there",
    "removeVlan": "VLANs are the machine's; set them there",
}
"""Methods that clients of this camera family know and that have nothing to act on here."""


async def get_network_info(call: Call[None], _params: Data) -> Mapping[str, Any]:
    """Everything at once."""
    settings, names = call.services.settings.snapshot, resolver()
    return {
        "system": {
            "hostname": {
                "useDhcpHostname": False,
                "hostname": host_name(settings),
                "staticHostname": settings.addressing.host_name or host_name(settings),
            },
            "resolver": {
                "useDhcpResolverInfo": False,
                "nameServers": list(names.servers),
                "staticNameServers": [],
                "maxSupportedStaticNameServers": 0,
                "searchDomains": list(names.search),
                "staticSearchDomains": [],
                "maxSupportedStaticSearchDomains": 0,
                "domainName": next(iter(names.search), ""),
                "staticDomainName": "",
            },
        },
        "devices": [_device(each, settings) for each in interfaces()],
    }


def _device(interface: Interface, settings: Snapshot) -> dict[str, Any]:
    managed = interface.name == settings.addressing.interface
    static = managed and settings.addressing.mode is AddressMode.STATIC
    address, _, prefix = settings.addressing.ipv4.partition("/")
    return {
        "name": interface.name,
        "type": "wlan" if interface.wireless else "wired",
        "macAddress": interface.mac.lower(),
        "partOfBridge": "",
        "link": bool(interface.link),
        "state": "up" if interface.addresses or interface.link else "down",
        "IPv4": {
            "enabled": any(each.version == 4 for each in interface.addresses),
            "configurationMode": "static" if static else "none",
            "linkLocalMode": "on" if managed and settings.addressing.mode is AddressMode.LINK_LOCAL else "off",
            "addresses": [_address(each) for each in interface.addresses if each.version == 4],
            "maxSupportedStaticAddressConfigurations": int(managed),
            "staticAddressConfigurations": [{"address": address, "prefixLength": int(prefix)}] if static else [],
            "defaultRouter": interface.router,
            "staticDefaultRouter": settings.addressing.router if static else "",
        },
        "IPv6": {
            "enabled": any(each.version == 6 for each in interface.addresses),
            "configurationMode": "none",
            "addresses": [_address(each) for each in interface.addresses if each.version == 6],
        },
    }


def _address(address: Address) -> dict[str, Any]:
    found: dict[str, Any] = {
        "address": address.text,
        "prefixLength": address.prefix,
        "origin": "linkLocal" if address.scope == "link" else "static",
        "scope": address.scope,
    }
    if address.version == 4:
        found["broadcast"] = str(address.network.broadcast_address)
    return found


async def set_hostname(call: Call[None], params: Data) -> Mapping[str, Any]:
    """``staticHostname``; one from DHCP there is none."""
    if params.get("useDhcpHostname") not in (None, False):
        raise ApiError(FAMILY_I.value, "useDhcpHostname: this camera gets no host name from DHCP; leave it false")
    name = params.get("staticHostname")
    if not isinstance(name, str):
        raise ApiError(FAMILY_I.missing, "staticHostname: is needed, as a string")
    await call.services.settings.patch({"addressing.host_name": name}, call.caller)
    return {}


async def set_ipv4(call: Call[None], params: Data) -> Mapping[str, Any]:
    """A static address, or back to the machine's. Acts where the camera manages the interface, and is refused elsewhere."""
    settings = call.services.settings
    managed = settings.running.addressing.interface
    device = params.get("deviceName")
    if managed and device != managed:
        raise ApiError(FAMILY_I.value, f"deviceName: this camera manages {managed}, and only that")
    link_local = params.get("linkLocalMode")
    if link_local == "on":
        await settings.patch({"addressing.mode": AddressMode.LINK_LOCAL}, call.caller)
        return {}
    mode = MODES.get(str(params.get("configurationMode", "static")))
    if mode is None:
        raise ApiError(FAMILY_I.value, "configurationMode: use static, or none for the machine's own; there is no DHCP client here")
    changes: dict[str, object] = {"addressing.mode": mode}
    if mode is AddressMode.STATIC:
        changes |= _static(params)
        demand_reachable(call, str(changes["addressing.ipv4"]), str(changes["addressing.router"]))
    await settings.patch(changes, call.caller)
    return {}


def _static(params: Data) -> dict[str, object]:
    given = params.get("staticAddressConfigurations")
    if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], dict):
        raise ApiError(FAMILY_I.missing, 'staticAddressConfigurations: give one such as {"address": "192.168.0.90", "prefixLength": 24}')
    return {
        "addressing.ipv4": f"{given[0].get('address', '')}/{given[0].get('prefixLength', '')}",
        "addressing.router": str(params.get("staticDefaultRouter", "")),
    }


def _refusing(reason: str) -> Method:
    async def refuse(_call: Call[None], _params: Data) -> Mapping[str, Any]:
        raise ApiError(FAMILY_I.internal, reason)

    return refuse


_METHODS: Mapping[str, Method] = {
    "getNetworkInfo": get_network_info,
    "setHostnameConfiguration": set_hostname,
    "setIPv4AddressConfiguration": set_ipv4,
    **{name: _refusing(reason) for name, reason in REFUSED.items()},
}

ENDPOINTS = (
    json_api(
        "/axis-cgi/network_settings.cgi",
        "Interfaces, addresses, host name, name servers",
        JsonApi(tuple(f"1.{minor}" for minor in range(22)), _METHODS, FAMILY_I),
        Role.ADMINISTRATOR,
        discovery=Discovery("network-settings", "1.21", "Network Settings"),
    ),
)
