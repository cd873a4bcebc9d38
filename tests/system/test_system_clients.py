"""Client software of other people, unmodified, against the running camera: what they trip over is mended in the camera."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import system_clients as clients
from system_camera import NAME, PASSWORD, RunningCamera

from panocam.discovery.announcement import Announcement, own_addresses
from panocam.discovery.responder import Responder, WsDiscovery

RTSP = 554
"""The only port that some clients know."""

KANE = [("3.11", "axis==60"), ("3.12", "axis==65"), ("3.13", "axis==66")]
"""Kane610's library, by which Home Assistant talks to this camera family: the newest release for each Python."""

RTSP_TOOL, API_TOOL = "ax-devil-rtsp==0.5.1", "ax-devil-device-api==0.7.0"
FINDERS = ("async-upnp-client==0.49.0", "WSDiscovery==2.1.2")
LIBRARY = "media-stream-library@13.1.1"
SMALL = "camera=2&videocodec=h264&resolution=640x240"


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory, clip: Path) -> Iterator[RunningCamera]:
    """A camera at RTSP's own port, on an address of its own, with a serial number and a profile."""
    host = clients.own_loopback(RTSP)
    camera = RunningCamera(tmp_path_factory.mktemp("standard"), "--source", clip, "--serial", "ACCC8E0C11E7", "--host", host)
    camera.start("--rtsp-port", str(RTSP))
    camera.create_administrator()
    camera.change(profiles__items=[{"name": "lean", "parameters": "resolution=640x240&fps=5"}])
    yield camera
    camera.close()


def place(camera: RunningCamera) -> tuple[str, str]:
    """Host and port of the web page."""
    address = urlsplit(camera.ready["http"])
    return str(address.hostname), str(address.port)


def stream(camera: RunningCamera, query: str = SMALL) -> str:
    """The address of a stream, at the camera's own host."""
    return f"{camera.ready['rtsp']}?{query}"


class TestKane:
    @pytest.mark.parametrize(("version", "release"), KANE)
    def test_its_program_lists_parameters_and_prints_events(self, standard: RunningCamera, version: str, release: str) -> None:
        host, port = place(standard)
        program = [clients.python(version, release), "-m", "axis", host, NAME, PASSWORD, "-p", port, "--params", "--events"]
        said = ""
        with clients.running(*program) as client:
            assert client.stdout
            for line in client.stdout:
                said += line
                if "PTZPresets/Channel_8" in line:
                    break
            client.terminate()  # an interrupt is ignored by programs that were started in the background
            said += client.communicate(timeout=20)[0]
        assert "Traceback" not in said.partition("KeyboardInterrupt")[0], said
        # a request without a password is how a login begins; nothing else is refused
        assert set(re.findall(r'"HTTP/1\.1 (\d+)', said)) == {"200", "401"}, said
        assert said.count("401 Unauthorized") <= 2, said
        assert "'Initialized'" in said

    @pytest.mark.parametrize(("version", "release"), KANE)
    def test_its_handlers_find_steer_hear_and_switch(self, standard: RunningCamera, version: str, release: str) -> None:
        status, said = clients.ran(
            clients.python(version, release), clients.CLIENTS / "handlers.py", *place(standard), NAME, PASSWORD, seconds=60
        )
        assert status == 0, said
        found = json.loads(said.splitlines()[-1])
        assert (found["serial"], found["product"], found["access"]) == ("ACCC8E0C11E7", "M4328", "ADMIN_PTZ")
        assert found["users"] == [NAME]
        assert (found["views"], found["images"], found["ptz_cameras"]) == (list(range(1, 13)), 12, 12)
        assert found["image_format"].startswith("jpeg,mjpeg,h264,h265")
        assert found["profiles"] == {"lean": "resolution=640x240&fps=5"}
        assert re.search(r"pan=(33\.5|-60\.0)", found["position"])
        assert found["moves"] == [True, False]
        assert (found["relay"] in found["outputs"], found["closed"], found["opened"]) == (True, "closed", "open")
        assert {"tns1:Device/Trigger/Relay", "tns1:PTZController/tnsaxis:Move/Channel_5"} <= set(found["event_topics"])


class TestAxDevil:
    def test_video_at_the_port_that_it_expects(self, standard: RunningCamera) -> None:
        host, _ = place(standard)
        command = [rtsp_tool(), "stream", "-a", host, "-u", NAME, "-p", PASSWORD]
        status, said = clients.ran(*command, "--no-metadata", "--camera", "2", "--resolution", "640x240", "--duration", "3")
        assert status == 0, said
        assert "streaming h264 video" in said
        assert "capture time 100%" in said  # it asks for the moments of capture in the packets
        assert re.search(r"video +[1-9][\d.]* fps", said), said

    def test_events_beside_the_video(self, standard: RunningCamera) -> None:
        url = stream(standard, f"{SMALL}&event=on").replace("rtsp://", f"rtsp://{NAME}:{PASSWORD}@")
        status, said = clients.ran(rtsp_tool(), "stream", "--url", url, "--print-xml", "--duration", "3")
        assert status == 0, said
        assert re.search(r"metadata +[1-9][\d.]* docs/s", said), said
        assert "PTZPresets" in said

    @pytest.mark.parametrize(
        ("command", "expected"),
        [
            ("device info", "serial_number: ACCC8E0C11E7"),
            ("device info-no-auth", "SerialNumber: ACCC8E0C11E7"),
            ("device info-detailed", "ACCC8E0C11E7"),
            ("device health", "healthy"),
            ("network info", "Network.RTSP.Port: 554"),
            ("systemready check", "ready"),
            ("systemready versions", "1.4"),
            ("media snapshot --resolution 640x240", "Snapshot saved"),
        ],
    )
    def test_the_commands_for_what_is_there(self, standard: RunningCamera, tmp_path: Path, command: str, expected: str) -> None:
        status, said = device_api(standard, tmp_path, command)
        assert (status, expected.lower() in said.lower(), "Error" in said) == (0, True, False), said

    @pytest.mark.parametrize(
        ("api", "command"),
        [
            ("device-config", "discovery list"),
            ("device-config", "ssh list"),
            ("mqtt-client", "mqtt status"),
            ("analytics-metadata-config", "analytics-metadata list"),
            ("feature-flag", "features list"),
        ],
    )
    def test_the_commands_for_other_apis_fail_where_the_camera_has_none(
        self, standard: RunningCamera, tmp_path: Path, api: str, command: str
    ) -> None:
        """The list of APIs tells which these are; a path that is not there is 404, and never a page."""
        listed = {entry["id"] for entry in api_list(standard)}
        status, said = device_api(standard, tmp_path, command)
        assert (status == 0 and "Error" not in said) is (api in listed), said


def rtsp_tool() -> Path:
    return clients.python("3.11", RTSP_TOOL).with_name("ax-devil-rtsp")


def device_api(camera: RunningCamera, folder: Path, command: str) -> tuple[int, str]:
    host, port = place(camera)
    program = clients.python("3.11", API_TOOL).with_name("ax-devil-device-api")
    options = ["-a", host, "-u", NAME, "-p", PASSWORD, "--protocol", "http", "--port", port]
    words = command.split()
    if words[:2] == ["media", "snapshot"]:
        words += ["--output", str(folder / "snapshot.jpg")]
    return clients.ran(program, *options, *words, given="yes\n")


def api_list(camera: RunningCamera) -> list[dict[str, str]]:
    with camera.client() as client:
        reply = client.post("/axis-cgi/apidiscovery.cgi", json={"apiVersion": "1.0", "method": "getApiList"})
    listed: list[dict[str, str]] = reply.json()["data"]["apiList"]
    return listed


class TestFinders:
    """The libraries by which Home Assistant looks for devices."""

    @pytest.mark.feature("GET-01")
    def test_async_upnp_client_reads_the_description(self, standard: RunningCamera) -> None:
        status, said = clients.ran(clients.python("3.11", *FINDERS), clients.CLIENTS / "finders.py", "upnp", place(standard)[0])
        assert status == 0, said
        serial, udn = "ACCC8E0C11E7", "uuid:Upnp-BasicDevice-1_0-ACCC8E0C11E7"
        assert json.loads(said) == [["AXIS", serial, f"Panoramic camera - {serial}", "M4328", standard.ready["http"], udn]]

    async def test_wsdiscovery_finds_onvif_devices_and_no_others_by_their_type(self) -> None:
        host = next((each for each in own_addresses(None) if not each.startswith("127.")), None)
        if host is None:
            pytest.skip("this library does not look on the loopback, and there is no other interface")
        plain = Announcement("Hall", "M4328", "ACCC8E0C11E8", 18080, 0, 0)
        onvif = replace(plain, name="Stairs", serial="ACCC8E0C11E9", device_service="/onvif/device_service")
        program = await asyncio.to_thread(clients.python, "3.11", *FINDERS)
        async with Responder(WsDiscovery(plain, 1), None), Responder(WsDiscovery(onvif, 1), None):
            status, said = await asyncio.to_thread(clients.ran, program, clients.CLIENTS / "finders.py", "onvif")
        assert status == 0, said
        found = {
            kind: {
                camera.serial: where
                for camera in (plain, onvif)
                for scopes, where in rows
                if f"/SerialNumber/{camera.serial}" in str(scopes)
            }
            for kind, rows in json.loads(said).items()
        }
        service = [f"http://{host}:18080/onvif/device_service"]
        assert found == {"any": {plain.serial: [], onvif.serial: service}, "video": {onvif.serial: service}}


@pytest.mark.peer("ffmpeg")
@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffprobe is not installed")
class TestMediaStreamLibrary:
    """The player library of this camera family, in Node: its pipelines end in ffprobe."""

    @pytest.mark.parametrize("way", ["tcp", "ws", "proxy"])
    def test_h264_as_mp4(self, standard: RunningCamera, way: str) -> None:
        assert probed(standard, way, SMALL, 20) == ["h264,640,240,20"]

    def test_motion_jpeg(self, standard: RunningCamera) -> None:
        assert probed(standard, "jpeg", SMALL.replace("h264", "jpeg"), 5) == ["mjpeg,640,240,5"]


def probed(camera: RunningCamera, way: str, query: str, count: int) -> list[str]:
    """What ffprobe says of the first packets that the library's pipeline gives."""
    project = clients.node_project(LIBRARY, "ws@8.14.2")
    with camera.client() as http:
        ticket = http.get("/axis-cgi/rtspwssession.cgi").text
    environment = {"CAMERA_HTTP": camera.ready["http"], "CAMERA_TICKET": ticket}
    player = [clients.NODE, clients.CLIENTS / "player.mjs", project, way, stream(camera, query), NAME, PASSWORD]
    shown = "stream=codec_name,width,height,nb_read_packets"
    probe = ["ffprobe", "-v", "error", "-read_intervals", f"%+#{count}", "-show_entries", shown, "-count_packets", "-of", "csv=p=0"]
    if way == "jpeg":
        probe += ["-f", "mjpeg"]
    return clients.piped(player, [*probe, "-"], environment).splitlines()


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
class TestCurl:
    @pytest.mark.parametrize("login", ["--digest", "--anyauth"])
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_pictures_and_parameters(self, standard: RunningCamera, tmp_path: Path, scheme: str, login: str) -> None:
        address, account = standard.ready[scheme], f"{NAME}:{PASSWORD}"
        base = ["curl", "-sS", "-k", "--fail", login, "-u", account]
        picture = tmp_path / "still.jpg"
        assert clients.ran(*base, "-o", picture, f"{address}axis-cgi/jpg/image.cgi?camera=2&resolution=320x120") == (0, "")
        assert picture.read_bytes()[:2] == b"\xff\xd8"
        typed = ["-H", "Content-Type: text/plain", "-d", "action=list&group=root.Properties.System.SerialNumber"]
        said = clients.ran(*base, *typed, f"{address}axis-cgi/param.cgi")
        assert said == (0, "root.Properties.System.SerialNumber=ACCC8E0C11E7\n")

    def test_a_wrong_password_is_refused(self, standard: RunningCamera) -> None:
        command = ["curl", "-sS", "--fail", "--digest", "-u", f"{NAME}:wrong", f"{standard.ready['http']}axis-cgi/usergroup.cgi"]
        status, said = clients.ran(*command)
        assert (status, "401" in said) == (22, True)
