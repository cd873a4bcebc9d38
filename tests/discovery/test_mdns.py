"""Two cameras on one host announce themselves and are found, each with its own serial number and port."""

from __future__ import annotations

import pytest

from panocam.discovery.mdns import Announcement, Announcer, find, services


@pytest.mark.feature("GET-01", "TRB-08")
async def test_two_cameras_on_one_host_are_found() -> None:
    first = Announcement("Front door", "M4328", "0A1B2C3D4E5F", 18080, 18443, 18554, host="127.0.0.1")
    second = Announcement("Front door", "M4327", "0A1B2C3D4E60", 18081, 0, 18555, host="127.0.0.1")
    async with Announcer(first), Announcer(second):
        found = await find(1.0)
    by_serial = {camera.serial: camera for camera in found}
    assert by_serial["0A1B2C3D4E5F"].port == 18080
    assert by_serial["0A1B2C3D4E60"].port == 18081
    assert (by_serial["0A1B2C3D4E60"].model, by_serial["0A1B2C3D4E60"].name) == ("M4327", "Front door - 0A1B2C3D4E60")


def test_ports_that_are_off_are_not_announced() -> None:
    kinds = [info.type for info in services(Announcement("Front door", "M4328", "0A1B2C3D4E5F", 80, 0, 0), ["127.0.0.1"])]
    assert kinds == ["_axis-video._tcp.local.", "_http._tcp.local."]


@pytest.mark.parametrize("name", ["x" * 63, "Köln, Straße ß " * 4, "v1.2 d\u00f4me"])
def test_any_name_becomes_one_label_that_keeps_the_serial_number(name: str) -> None:
    instance = Announcement(name, "M4328", "0A1B2C3D4E5F", 80, 0, 0).instance
    assert len(instance.encode()) <= 63
    assert instance.endswith(" - 0A1B2C3D4E5F")
    assert "." not in instance
