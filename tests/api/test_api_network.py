"""The network over all dialects: what is there, the camera's own name, and honest refusals."""

from __future__ import annotations

import socket
from typing import Any

import ifaddr
import pytest
from api_kit import SERIAL, Side
from cryptography import x509

from panocam.access.issue import Names
from panocam.app.encryption import names
from panocam.app.presence import wanted
from panocam.discovery.announcement import Announcement
from panocam.discovery.mdns import services
from panocam.network.interfaces import interfaces
from panocam.settings import Role


async def call(side: Side, method: str, **params: Any) -> dict[str, Any]:
    async with side.client(Role.ADMINISTRATOR) as client:
        reply = await client.post("/axis-cgi/network_settings.cgi", json={"apiVersion": "1.0", "method": method, "params": params})
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


@pytest.mark.feature("GAP-27")
async def test_network_info_is_the_machines(side: Side) -> None:
    data = (await call(side, "getNetworkInfo"))["data"]
    assert data["system"]["hostname"] == {
        "useDhcpHostname": False, "hostname": socket.gethostname(), "staticHostname": socket.gethostname(),
    }  # fmt: skip
    there = {each.name: each for each in interfaces()}
    assert {device["name"] for device in data["devices"]} == there.keys()
    for device in data["devices"]:
        told = [(address["address"], address["prefixLength"]) for address in device["IPv4"]["addresses"]]
        assert told == [(address.text, address.prefix) for address in there[device["name"]].addresses if address.version == 4]
        assert device["IPv4"]["maxSupportedStaticAddressConfigurations"] == 0
    async with side.client(Role.OPERATOR) as client:
        found = (await client.get("/api/v1/network")).json()
        assert {each["name"] for each in found["interfaces"]} == there.keys()
        assert "--manage-interface" in found["obstacle"]
        assert (await client.post("/axis-cgi/network_settings.cgi", json={"method": "getNetworkInfo"})).status_code == 403
        wish = {"mode": "static", "ipv4": "192.168.0.90/24", "router": "192.168.0.1"}
        assert (await client.put("/api/v1/network/address", json=wish)).status_code == 403


async def test_a_host_name_is_told_everywhere(side: Side) -> None:
    assert (await call(side, "setHostnameConfiguration", staticHostname="Camera-Hall"))["data"] == {}
    assert (await call(side, "getNetworkInfo"))["data"]["system"]["hostname"]["hostname"] == "Camera-Hall"
    async with side.client(Role.ADMINISTRATOR) as client:
        text = (await client.get("/axis-cgi/param.cgi?action=list&group=root.Network.HostName,root.Network.VolatileHostName.HostName")).text
        assert text.splitlines() == ["root.Network.HostName=Camera-Hall", "root.Network.VolatileHostName.HostName=Camera-Hall"]
    settings = side.services.settings.running
    told = wanted(Announcement("Hall", "M4328", SERIAL, 80, 443, 554), settings, False)["mDNS"]
    assert told is not None
    assert {info.server for info in services(told, ["192.0.2.1"])} == {"Camera-Hall.local."}
    certificates = side.services.certificates
    assert certificates is not None
    key = certificates.get("camera").key
    certificates.rename(names(settings))
    renamed = certificates.get("camera")
    vouched = renamed.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    assert {"camera-hall", "camera-hall.local"} <= set(vouched)
    assert renamed.key is key
    certificates.rename(Names(SERIAL, ["localhost"]))
    assert certificates.get("camera") is renamed  # it vouches for that already


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("setHostnameConfiguration", {"staticHostname": "a b"}),
        ("setHostnameConfiguration", {"staticHostname": "a\r\nb"}),
        ("setHostnameConfiguration", {"staticHostname": 5}),
        ("setHostnameConfiguration", {"useDhcpHostname": True}),
        ("setHostnameConfiguration", {}),
        ("setIPv4AddressConfiguration", {"deviceName": "eth0", "configurationMode": "dhcp"}),
        ("setIPv4AddressConfiguration", {"deviceName": "eth0", "configurationMode": "static"}),
        ("setIPv4AddressConfiguration", {"deviceName": "eth0", "staticAddressConfigurations": [{"address": "x", "prefixLength": 24}]}),
        ("setIPv4AddressConfiguration", {"deviceName": "eth0", "linkLocalMode": "on"}),
        (
            "setIPv4AddressConfiguration",
            {"staticDefaultRouter": "10.0.0.1", "staticAddressConfigurations": [{"address": "192.168.0.90", "prefixLength": 24}]},
        ),
        (
            "setIPv4AddressConfiguration",
            {"staticDefaultRouter": "192.168.0.1", "staticAddressConfigurations": [{"address": "192.168.0.90", "prefixLength": 24}]},
        ),
        ("setResolverConfiguration", {"staticNameServers": ["192.0.2.1"]}),
        ("setIPv6AddressConfiguration", {"enabled": False}),
        ("setGlobalProxyConfiguration", {"httpProxy": "http://192.0.2.1:8080"}),
        ("addVlan", {"VlanId": 4}),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(side: Side, method: str, params: dict[str, Any]) -> None:
    before = side.services.settings.export()
    error = (await call(side, method, **params))["error"]
    assert error["code"] in (1000, 4003, 4004)
    assert len(error["message"]) > 20
    assert side.services.settings.export() == before


@pytest.mark.feature("TRB-01")
async def test_an_address_in_another_subnet_than_the_callers_is_explained(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR, peer=("192.0.2.9", 4000)) as client:
        far = await client.put("/api/v1/network/address", json={"mode": "static", "ipv4": "10.0.0.5/24"})
        assert (far.status_code, "you are 192.0.2.9" in far.text, "another subnet than yours" in far.text) == (400, True, True)
        near = await client.put("/api/v1/network/address", json={"mode": "static", "ipv4": "192.0.2.5/24"})
        assert (near.status_code, "--manage-interface" in near.text) == (400, True)  # nothing is managed here
        check = await client.post("/api/v1/network/address/check", json={"ipv4": "192.0.2.5"})
        assert (check.status_code, "--manage-interface" in check.text) == (503, True)
        for bad in ("192.0.2.0/24", "nowhere", "192.0.2.5/33", "192.0.2.5\r\n"):
            assert (await client.put("/api/v1/network/address", json={"mode": "static", "ipv4": bad})).status_code == 400
    assert side.services.settings.snapshot.addressing.mode == "machine"


@pytest.mark.feature("TRB-08")
async def test_discovery_answers_carry_model_serial_number_and_name() -> None:
    rows = services(Announcement("Hall", "M4328", SERIAL, 80, 443, 554, host_name="camera-hall"), ["192.0.2.1"])
    for info in rows:
        assert info.decoded_properties["macaddress"] == SERIAL
        assert (info.server, info.decoded_properties["model"]) == ("camera-hall.local.", "M4328")


async def test_the_machine_is_asked_once_for_the_whole_tree(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking takes milliseconds, in which the camera answers nobody."""
    asked: list[None] = []

    def count(*arguments: Any, **more: Any) -> Any:
        asked.append(None)
        return adapters(*arguments, **more)

    adapters = ifaddr.get_adapters
    monkeypatch.setattr(ifaddr, "get_adapters", count)
    async with side.client(Role.VIEWER) as client:
        reply = await client.get("/axis-cgi/param.cgi?action=list")
        assert "root.Network.eth0.IPAddress=" in reply.text
        assert len(asked) <= 2
        await client.get("/axis-cgi/param.cgi?action=listdefinitions&listformat=xmlschema")
        assert len(asked) <= 4
