"""The camera sets its address for real: in a network namespace of its own, with another machine on the same wire."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import exchanges
import pytest

PASSWORD = "Pelargonie-7"


def run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=30).stdout


def allowed() -> str:
    """Why there can be no namespaces here; "" if there can."""
    if sys.platform != "linux" or shutil.which("ip") is None or os.geteuid() != 0 or shutil.which("curl") is None:
        return "needs Linux, root, ip and curl"
    name = f"pano-try-{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode:
        return "this machine allows no network namespaces"
    run("ip", "netns", "del", name)
    return ""


pytestmark = pytest.mark.skipif(bool(allowed()), reason=allowed())


def until(condition: Callable[[], Any], seconds: float = 40) -> Any:
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "never came"
        time.sleep(0.05)
    return found


class Wire:
    """A camera in one namespace, another machine in a second one, a cable between them."""

    def __init__(self, folder: Path) -> None:
        self.camera, self.other = f"pano-cam-{os.getpid()}", f"pano-pc-{os.getpid()}"
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        for name in (self.camera, self.other):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "-n", self.camera, "link", "add", "cam0", "type", "veth", "peer", "name", "pc0", "netns", self.other)
        run("ip", "-n", self.camera, "addr", "add", "10.77.0.2/24", "dev", "cam0")
        run("ip", "-n", self.camera, "link", "set", "cam0", "up")
        run("ip", "-n", self.other, "link", "set", "pc0", "up")
        run("ip", "-n", self.other, "addr", "add", "10.77.0.1/24", "dev", "pc0")
        run("ip", "-n", self.other, "addr", "add", "10.77.0.50/24", "dev", "pc0")

    def start(self) -> None:
        ready = self.folder / "ready.json"
        ready.unlink(missing_ok=True)
        ports = [word for name in ("http", "rtsp", "rtsps") for word in (f"--{name}-port", "0")]
        command = ["ip", "netns", "exec", self.camera, sys.executable, "-m", "panocam", "run", "--data", str(self.folder / "data")]
        command += ["--https-port", "8443", *ports, "--ready-file", str(ready), "--manage-interface", "cam0"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until(ready.exists)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def close(self) -> None:
        self.stop()
        for name in (self.camera, self.other):
            run("ip", "netns", "del", name)

    def call(self, address: str, method: str, path: str, body: object | None = None, account: bool = True) -> tuple[int, Any]:
        """As the other machine calls the camera."""
        words = ["ip", "netns", "exec", self.other, "curl", "-sk", "--max-time", "10", "-X", method, "-w", "\n%{http_code}"]
        words += ["--digest", "-u", f"root:{PASSWORD}"] if account else []
        words += ["-H", "Content-Type: application/json", "-d", json.dumps(body)] if body is not None else []
        text, _, status = run(*words, f"https://{address}:8443{path}").rpartition("\n")
        exchanges.heard(method, path.partition("?")[0], "administrator" if account else "nobody", int(status))
        return int(status), json.loads(text) if text else None

    def addresses(self) -> set[str]:
        found = json.loads(run("ip", "-j", "-4", "-n", self.camera, "addr", "show", "dev", "cam0"))
        return {
            f"{each['local']}/{each['prefixlen']}" for device in found for each in device.get("addr_info", ())
        }  # between two addresses there is none

    def router(self) -> str:
        found = json.loads(run("ip", "-j", "-4", "-n", self.camera, "route", "show", "default"))
        return str(found[0]["gateway"]) if found else ""


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    wire = Wire(tmp_path)
    try:
        wire.start()
        account = {"username": "root", "password": PASSWORD, "licence_accepted": True}
        assert wire.call("10.77.0.2", "POST", "/api/v1/setup", account, account=False)[0] == 200
        yield wire
    finally:
        wire.close()


@pytest.mark.feature("GET-02", "TRB-01", "TRB-02", "TRB-03", "TRB-05", "TRB-09", "RST-06")
def test_the_camera_takes_an_address_that_is_free_and_refuses_one_that_is_not(wire: Wire) -> None:
    first, second = "10.77.0.2", "10.77.0.9"
    status, found = wire.call(first, "GET", "/api/v1/network")
    assert (status, found["obstacle"], found["interfaces"][0]["managed"]) == (200, "", True)

    status, taken = wire.call(first, "POST", "/api/v1/network/address/check", {"ipv4": "10.77.0.50"})
    assert (status, taken["free"], len(taken["mac"])) == (200, False, 17)
    assert wire.call(first, "POST", "/api/v1/network/address/check", {"ipv4": second})[1] == {"free": True, "mac": ""}

    status, refused = wire.call(first, "PUT", "/api/v1/network/address", {"mode": "static", "ipv4": "10.77.0.50/24"})
    assert (status, taken["mac"] in refused["error"]["message"]) == (400, True)
    status, refused = wire.call(first, "PUT", "/api/v1/network/address", {"mode": "static", "ipv4": "10.99.0.9/24"})
    assert (status, "another subnet than yours" in refused["error"]["message"]) == (400, True)
    assert wire.addresses() == {f"{first}/24"}
    _, events = wire.call(first, "GET", "/api/v1/events?topic=Device/Network/AddressConflict")
    assert events["events"][0]["data"] == {"address": "10.77.0.50", "mac": taken["mac"]}

    wish = {"method": "setIPv4AddressConfiguration", "apiVersion": "1.0", "params": {
        "deviceName": "cam0", "configurationMode": "static", "staticDefaultRouter": "10.77.0.1",
        "staticAddressConfigurations": [{"address": second, "prefixLength": 24}]}}  # fmt: skip
    status, answered = wire.call(first, "POST", "/axis-cgi/network_settings.cgi", wish)
    assert (status, answered.get("data")) == (200, {})
    until(lambda: wire.addresses() == {f"{second}/24"})
    until(lambda: wire.router() == "10.77.0.1")  # it comes after the address
    assert wire.call(second, "GET", "/api/v1/network")[0] == 200

    wire.stop()  # the address is there again after a restart, though the machine has forgotten it
    run("ip", "-n", wire.camera, "addr", "flush", "dev", "cam0")
    wire.start()
    assert wire.addresses() == {f"{second}/24"}

    status, _ = wire.call(second, "PUT", "/api/v1/network/address", {"mode": "link-local"})
    assert status == 200
    [local] = until(lambda: len(found := wire.addresses()) == 1 and next(iter(found)).startswith("169.254.") and found)
    assert local.endswith("/16")
