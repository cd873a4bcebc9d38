"""Two cameras on one host announce themselves and are found, each with its own serial number and port."""

from __future__ import annotations

from dataclasses import replace

import pytest

from panocam.discovery.announcement import Announcement
from panocam.discovery.mdns import Announcer, find, instance, services

FIRST = Announcement("Front door", "M4328", "0A1B2C3D4E5F", 18080, 18443, 18554, host="127.0.0.1")


@pytest.mark.feature("GET-01", "TRB-08")
async def test_two_cameras_on_one_host_are_found() -> None:
    second = Announcement("Front door", "M4327", "0A1B2C3D4E60", 18081, 0, 18555, host="127.0.0.1", needs_setup=True)
    async with Announcer(FIRST), Announcer(second):
        found = await find(1.0)
    by_serial = {camera.serial: camera for camera in found}
    assert by_serial["0A1B2C3D4E5F"].url == "http://127.0.0.1:18080/"
    assert by_serial["0A1B2C3D4E60"].url == "http://127.0.0.1:18081/"
    assert (by_serial["0A1B2C3D4E60"].model, by_serial["0A1B2C3D4E60"].title) == ("M4327", "Front door - 0A1B2C3D4E60")
    assert [by_serial[serial].needs_setup for serial in ("0A1B2C3D4E5F", "0A1B2C3D4E60")] == [False, True]


async def test_two_cameras_with_one_chosen_name_are_both_there() -> None:
    """The name is taken as it was chosen; the protocol numbers the second one."""
    first = replace(FIRST, friendly="Hall")
    async with Announcer(first), Announcer(replace(first, serial="0A1B2C3D4E61")):
        found = await find(1.5)
    assert {camera.title for camera in found if camera.serial.startswith("0A1B2C3D4E")} == {"Hall", "Hall-2"}


def test_every_service_is_announced() -> None:
    kinds = {info.type.removesuffix("._tcp.local."): info.port for info in services(FIRST, ["127.0.0.1"])}
    plain = {"_axis-video": 18080, "_http": 18080, "_vapix-http": 18080}
    assert kinds == {**plain, "_https": 18443, "_vapix-https": 18443, "_rtsp": 18554}


def test_ports_that_are_off_are_not_announced() -> None:
    kinds = [info.type for info in services(Announcement("Front door", "M4328", "0A1B2C3D4E5F", 80, 0, 0), ["127.0.0.1"])]
    assert kinds == ["_axis-video._tcp.local.", "_http._tcp.local.", "_vapix-http._tcp.local."]


def test_the_serial_number_is_where_home_assistant_looks() -> None:
    facts = services(replace(FIRST, serial="ACCC8E010203"), ["127.0.0.1"])[0].decoded_properties
    assert str(facts["macaddress"]).lower().startswith("accc8e")


@pytest.mark.parametrize("name", ["x" * 63, "Köln, Straße ß " * 4, "v1.2 d\u00f4me"])
def test_any_name_becomes_one_label_that_keeps_the_serial_number(name: str) -> None:
    label = instance(Announcement(name, "M4328", "0A1B2C3D4E5F", 80, 0, 0))
    assert len(label.encode()) <= 63
    assert label.endswith(" - 0A1B2C3D4E5F")
    assert "." not in label
    assert len(instance(Announcement("", "M4328", "0A1B2C3D4E5F", 80, 0, 0, friendly=name)).encode()) <= 63
