"""Interfaces, routes and name servers as the system's files have them; addresses that are none; ARP in bytes."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.clock import ManualClock
from panocam.errors import InvalidValue, RemoteProtocolError, Unavailable
from panocam.network import arp, interfaces
from panocam.network.manager import AddressManager, AddressPlan
from panocam.settings.addressing import host_name, interface, router_of
from panocam.settings.snapshot import build

ROUTES = """Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
eth0 00000000 0100A8C0 0003 0 0 100 00000000 0 0 0
eth0 00000000 FE00A8C0 0003 0 0 50 00000000 0 0 0
eth0 0000A8C0 00000000 0001 0 0 100 00FFFFFF 0 0 0
wlan0 00000000 01000A0A 0003 0 0 600 00000000 0 0 0
tun0 00000000 00000000 0001 0 0 50 00000000 0 0 0
half a line
"""


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_routers_and_name_servers(tmp_path: Path) -> None:
    put(tmp_path, "proc/net/route", ROUTES)
    put(
        tmp_path,
        "etc/resolv.conf",
        "# made by hand\nnameserver 192.168.0.1\nnameserver fd::1 \ndomain old.org\nsearch a.org b.org\noptions x\n",
    )
    assert interfaces.default_routers(tmp_path) == {"eth0": "192.168.0.254", "wlan0": "10.10.0.1"}
    assert interfaces.resolver(tmp_path) == interfaces.Resolver(("192.168.0.1", "fd::1"), ("a.org", "b.org"))
    assert interfaces.default_routers(tmp_path / "nowhere") == {}
    assert interfaces.resolver(tmp_path / "nowhere") == interfaces.Resolver()


def test_this_machine_has_no_loopback_among_its_interfaces() -> None:
    for each in interfaces.interfaces():
        assert each.name != "lo"
        assert all(address.scope != "host" for address in each.addresses)


@pytest.mark.feature("TRB-09")
@pytest.mark.parametrize("good", ["192.168.0.90/24", "10.0.0.1/8", "172.16.5.254/16", "169.254.3.4/16", "192.0.2.1/30"])
def test_addresses_that_a_camera_can_have(good: str) -> None:
    assert str(interface(good)) == good


@pytest.mark.feature("TRB-01")
@pytest.mark.parametrize(
    "bad",
    [
        "192.168.0.90", "192.168.0.0/24", "192.168.0.255/24", "300.1.1.1/24", "192.168.0.9/31", "192.168.0.9/7", "192.168.0.9/-1",
        "127.0.0.1/8", "224.0.0.1/8", "0.0.0.5/8", "255.255.255.254/24", "::1/64", "a/24", "", "192.168.0.90/24\r\n",
        "192.168.0.90/255.255.255.0",
    ],
)  # fmt: skip
def test_addresses_that_it_cannot_have(bad: str) -> None:
    with pytest.raises(ValueError, match=r"should|is "):
        interface(bad)


def test_a_router_must_be_near() -> None:
    camera = interface("192.168.0.90/24")
    assert router_of("192.168.0.1", camera) == IPv4Address("192.168.0.1")
    for bad in ("192.168.1.1", "192.168.0.255", "192.168.0.90", "router", "192.168.0.1\n"):
        with pytest.raises(ValueError, match=r"should|is "):
            router_of(bad, camera)
    with pytest.raises(InvalidValue, match=r"not in 192\.168\.0\.0/24"):
        build({"addressing.ipv4": "192.168.0.90/24", "addressing.router": "10.0.0.1"})


@pytest.mark.parametrize("bad", ["-a", "a-", "a_b", "a.b", "a b", "a\r\nb", "ä", "x" * 64, "12345"])
def test_names_that_are_no_host_names(bad: str) -> None:
    with pytest.raises(ValueError, match="should be up to 63"):
        host_name(bad)
    assert host_name("Camera-7") == "Camera-7"
    assert host_name("") == ""


MAC, OTHER = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
HERE = IPv4Address("192.168.0.90")


def answer(sender_mac: bytes, sender: str, target: str = "192.168.0.5", operation: int = arp.REPLY) -> arp.Arp:
    return arp.Arp(operation, sender_mac, IPv4Address(sender), IPv4Address(target))


def test_a_probe_claims_nothing() -> None:
    frame = arp.probe(MAC, HERE)
    found = arp.parse(frame)
    assert (len(frame), found) == (42, arp.Arp(arp.REQUEST, MAC, IPv4Address("0.0.0.0"), HERE))
    assert frame[:6] == b"\xff" * 6


def test_what_is_a_conflict() -> None:
    assert arp.conflicts(answer(OTHER, "192.168.0.90"), MAC, HERE)
    assert arp.conflicts(answer(OTHER, "0.0.0.0", "192.168.0.90", arp.REQUEST), MAC, HERE)  # it wants it too
    assert not arp.conflicts(answer(MAC, "192.168.0.90"), MAC, HERE)
    assert not arp.conflicts(answer(OTHER, "192.168.0.91"), MAC, HERE)
    assert not arp.conflicts(answer(OTHER, "192.168.0.7", "192.168.0.90", arp.REQUEST), MAC, HERE)  # somebody looks for us


@given(st.binary(max_size=64))
def test_any_frame_is_read_or_refused(frame: bytes) -> None:
    try:
        arp.parse(frame)
    except RemoteProtocolError:
        return


@pytest.mark.feature("GET-02")
async def test_without_a_managed_interface_a_wish_is_refused_with_the_reason() -> None:
    manager = AddressManager("", "0200DEADBEEF", ManualClock())
    await manager.apply(AddressPlan())
    with pytest.raises(Unavailable, match=r"those of the machine it runs on.*--manage-interface"):
        await manager.apply(AddressPlan(interface("192.168.0.90/24")))
    with pytest.raises(Unavailable, match="--manage-interface"):
        await manager.owner(HERE)
    await manager.begin(AddressPlan(link_local=True))  # at a start it is only told
    missing = AddressManager("no-such0", "0200DEADBEEF", ManualClock())
    assert "no network interface no-such0" in missing.obstacle or "Linux only" in missing.obstacle
