"""Cameras found on the network, as a person and as other programs find them; and the settings that decide it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from system_camera import RunningCamera, panocam, until

from panocam.cli.discover import facts
from panocam.discovery import description
from panocam.discovery.finder import find

Row = dict[str, Any]


def discovered(seconds: float = 0.6) -> dict[str, Row]:
    """What answers within so many seconds, by serial number, as ``panocam discover --json`` lists it."""
    return {camera.serial: facts(camera) for camera in asyncio.run(find(seconds))}


def seen(camera: RunningCamera, expected: Callable[[Row], object]) -> Row:
    """The row of a camera, as soon as it is as expected."""

    def look() -> Row | None:
        row = discovered().get(camera.ready["serial"])
        return row if row is not None and expected(row) else None

    found: Row = until(look, 30)
    return found


def param(camera: RunningCamera, **arguments: str) -> str:
    with camera.client() as client:
        return client.get("/axis-cgi/param.cgi", params=arguments).text


@pytest.mark.feature("GET-01", "TRB-08")
def test_three_cameras_on_one_host_are_told_apart(tmp_path: Path, scene: Path) -> None:
    cameras = [RunningCamera(tmp_path / str(number), "--source", scene, "--serial", f"ACCC8E0200A{number}") for number in range(3)]
    try:
        for camera in cameras:
            camera.folder.mkdir()
            camera.start()
        cameras[0].create_administrator()
        for name, scheme in (("System.BoaPort", "http"), ("HTTPS.Port", "https"), ("Network.RTSP.Port", "rtsp")):  # any that was free
            assert param(cameras[0], action="list", group=name).strip() == f"{name}={cameras[0].port(scheme)}"
        network = cameras[0].get("/api/v1/network")
        assert (network["http_port"], network["rtsp_port"]) == (cameras[0].port("http"), cameras[0].port("rtsp"))
        first, second, third = (seen(camera, lambda row: {"mDNS", "SSDP"} <= set(row["found_by"])) for camera in cameras)
        assert [row["address"] for row in (first, second, third)] == [camera.ready["http"] for camera in cameras]
        assert {row["model"] for row in (first, second, third)} == {"M4328"}
        assert [row["setup_needed"] for row in (second, third)] == [True, True]
        assert seen(cameras[0], lambda row: row["setup_needed"] is False)
        told = json.loads(panocam("discover", "--json", "--seconds", "1.5").stdout)
        assert {camera.ready["serial"] for camera in cameras} <= {row["serial"] for row in told}
        table = panocam("discover", "--seconds", "1.5").stdout
        assert re.search(
            r"^M4328 +ACCC8E0200A1 +http://127\.0\.0\.1:\d+/ +Panoramic camera - ACCC8E0200A1 +needed +mDNS, SSDP", table, re.M
        )
        assert cameras[2].stop() == 0
        until(lambda: cameras[2].ready["serial"] not in discovered(), 30)
    finally:
        for camera in cameras:
            camera.close()


def test_each_way_to_be_found_is_a_setting(fresh: RunningCamera) -> None:
    """Live: what is switched off is not seen any more, what is named otherwise is seen so."""
    fresh.start()
    fresh.create_administrator()
    seen(fresh, lambda row: set(row["found_by"]) == {"mDNS", "SSDP", "WS-Discovery"})
    fresh.change(discovery__mdns=False)
    seen(fresh, lambda row: set(row["found_by"]) == {"SSDP", "WS-Discovery"})
    fresh.change(discovery__upnp_name="Stairs & hall")
    assert seen(fresh, lambda row: row["name"] == "Stairs & hall")
    fresh.change(discovery__ws_discovery=False)
    seen(fresh, lambda row: set(row["found_by"]) == {"SSDP"})
    assert param(fresh, action="update", **{"Network.UPnP.Enabled": "no", "Network.Bonjour.Enabled": "yes"}) == "OK\n"
    assert param(fresh, action="update", **{"Network.Bonjour.FriendlyName": "Lobby"}) == "OK\n"
    assert seen(fresh, lambda row: row["found_by"] == ["mDNS"] and row["name"] == "Lobby")
    shown = param(fresh, action="list", group="Network.Bonjour,Network.UPnP")
    assert shown == (
        "root.Network.Bonjour.Enabled=yes\nroot.Network.Bonjour.FriendlyName=Lobby\n"
        "root.Network.UPnP.Enabled=no\nroot.Network.UPnP.FriendlyName=Stairs & hall\n"
    )
    with fresh.client(None) as client:
        assert client.get("/rootdesc1.xml").status_code == 404
    fresh.change(discovery__mdns=False)
    until(lambda: fresh.ready["serial"] not in discovered(), 30)


def test_anybody_may_read_the_description(moving: RunningCamera) -> None:
    with moving.client(None) as client:
        reply = client.get("/rootdesc1.xml?x=1")
        odd = client.get("/rootdesc1.xml", headers={"Host": "[oops"})
    said = description.read(reply.content)
    assert (said.page, said.serial, said.needs_setup) == (moving.ready["http"], moving.ready["serial"], False)
    assert reply.headers["content-type"].startswith("text/xml")
    assert odd.status_code in (200, 400)
