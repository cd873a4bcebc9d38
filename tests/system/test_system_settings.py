"""Every setting changes what it names, seen from outside in pixels, packets, ports and replies; the list must be complete."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import numpy as np
import pytest
import simplejpeg
from system_areas import area, check_freeze, differs, go_home, held, stopped
from system_camera import NAME, PASSWORD, RunningCamera, refusal, until
from system_rtsp import RtspClient, stream_bytes
from system_scene import SIDE, draw, restless
from system_tls import check_certificate, check_lowest_version

from panocam.optics.mount import Mount
from panocam.settings import DECLARED

Look = Callable[[RunningCamera], object]


def seen(look: Callable[[RunningCamera], np.ndarray], **changes: object) -> Callable[[RunningCamera], None]:
    """The change shows in a picture, and goes when it is taken back."""

    def check(camera: RunningCamera) -> None:
        before = look(camera)
        values = camera.get("/api/v1/settings")["values"]
        camera.change(**changes)
        assert differs(before, look(camera))
        camera.change(**{path: values[path.replace("__", ".")] for path in changes})
        assert not differs(before, look(camera))

    return check


def described(camera: RunningCamera, query: str = "") -> str:
    with closing(RtspClient.connect(camera.url(query, credentials=False))) as client:
        reply = client.ask("DESCRIBE")
    assert reply.status == 200, reply
    return reply.body


def says(look: Look, expected: object, **changes: object) -> Callable[[RunningCamera], None]:
    """What is looked at becomes as expected, which it was not before."""

    def check(camera: RunningCamera) -> None:
        assert look(camera) != expected
        camera.change(**changes)
        assert look(camera) == expected

    return check


def profile(camera: RunningCamera, query: str = "camera=2") -> dict[str, str]:
    """Codec and size of a stream whose address says as little as can be, from its description."""
    body = described(camera, query)
    codec = re.search(r"a=rtpmap:\d+ (\w+)", body)
    assert codec
    return {"codec": codec[1], "level": (re.search(r"profile-level-id=(\w{2})", body) or ["", ""])[1]}


def channel(camera: RunningCamera, query: str) -> dict[str, object]:
    """How the status shows the channel of a query."""
    described(camera, query)
    running = [row for row in camera.get("/api/v1/status")["channels"] if row["running"]]
    return dict(running[-1])


def transport(camera: RunningCamera, offer: str) -> dict[str, str]:
    """What the camera answers to a SETUP."""
    with closing(RtspClient.connect(camera.url("camera=2&resolution=320x120", credentials=False))) as client:
        described = client.ask("DESCRIBE")
        control = re.findall(r"a=control:(.*stream=0\S*)", described.body)[-1]
        answer = client.ask("SETUP", f"Transport: {offer}", url=control).headers["transport"]
        client.ask("TEARDOWN")
    return dict(part.split("=", 1) for part in answer.split(";") if "=" in part)


MULTICAST, UDP = "RTP/AVP;multicast", "RTP/AVP;unicast;client_port=40400-40401"


def server_port(camera: RunningCamera) -> int:
    return int(transport(camera, UDP)["server_port"].split("-")[0])


def challenge(camera: RunningCamera, secure: bool) -> str:
    with camera.client(None, secure=secure) as client:
        reply = client.get("/axis-cgi/usergroup.cgi")
    return "+".join(
        sorted({value.split()[0] + (" sha" if "SHA-256" in value else "") for value in reply.headers.get_list("www-authenticate")})
    )


def preset_names(camera: RunningCamera) -> bytes:
    """The name of a preset position as ptz.cgi sends it."""
    camera.change(ptz__presets=[{"area": 1, "number": 2, "name": "Tür", "pan": 10, "tilt": -40, "hfov": 60}])
    with camera.client() as client:
        lines = client.get("/axis-cgi/com/ptz.cgi?camera=5&query=presetposcam").content.splitlines()
    return next(line.partition(b"=")[2] for line in lines if line.startswith(b"presetposno2"))


def anonymous(path: str, method: str = "GET") -> Look:
    def look(camera: RunningCamera) -> int:
        with camera.client(None) as client:
            return client.request(method, path, json={"type": "home"} if method == "POST" else None).status_code

    return look


def smaller(query: str, factor: float, **changes: object) -> Callable[[RunningCamera], None]:
    def check(camera: RunningCamera) -> None:
        before = stream_bytes(camera, query)
        camera.change(**changes)
        assert stream_bytes(camera, query) * factor < before

    return check


def rate(camera: RunningCamera) -> float:
    with closing(RtspClient.connect(camera.url("camera=2&videocodec=jpeg&resolution=192x72", credentials=False))) as client:
        client.play()
        stamps = list[int]()
        while len(stamps) < 6:
            number, data = client.packet()
            stamp = int.from_bytes(data[4:8], "big")
            if number == 0 and (not stamps or stamps[-1] != stamp):
                stamps.append(stamp)
    return 90_000 * 5 / (stamps[-1] - stamps[0])


def check_fps(camera: RunningCamera) -> None:
    before = rate(camera)
    camera.change(stream__fps=4)
    assert rate(camera) < min(5, before)


def check_gop(camera: RunningCamera) -> None:
    def keys() -> str:
        with camera.watching("camera=2&resolution=192x72&compression=70") as frames:
            return "".join("I" if next(frames).key_frame else "P" for _ in range(24))

    assert "IPPPI" not in keys()
    camera.change(stream__gop=4)
    assert "IPPPI" in keys()


def check_source(camera: RunningCamera, folder: Path) -> None:
    """Another source shows at once, also to somebody who is watching."""
    before = area(camera)
    other = draw(folder / "other.png", Mount.WALL)
    with camera.watching("camera=5&resolution=320x240") as frames:
        old = next(frames).to_ndarray(format="gray")
        camera.change(source__uri=str(other))
        until(lambda: differs(old, next(frames).to_ndarray(format="gray")))
    assert differs(before, area(camera))


def check_power_line(camera: RunningCamera) -> None:
    camera.change(installation__power_line=60)
    until(lambda: 29 < camera.get("/api/v1/status")["source"]["fps"] < 31, 20)


def check_enabled(camera: RunningCamera) -> None:
    with closing(RtspClient.connect(camera.url("camera=2", credentials=False))) as client, camera.client() as http:
        client.play()
        camera.change(views__1__enabled=False)
        client.drain()  # it ends
        with closing(RtspClient.connect(camera.url("camera=2", credentials=False))) as again:
            refused = again.ask("DESCRIBE")
        assert (refused.status, "switched off" in refused.headers["x-reason"]) == (400, True)
        still = http.get("/axis-cgi/jpg/image.cgi?camera=2")
        assert (still.status_code, "switched off" in still.text) == (400, True)


def check_capture_mode(camera: RunningCamera) -> None:
    """The flat views go, with the reason; the overview comes twice as often."""
    with closing(RtspClient.connect(camera.url("camera=2", credentials=False))) as client, camera.client() as http:
        client.play()
        camera.change(installation__capture_mode="overview")
        client.drain()
        refused = http.get("/axis-cgi/jpg/image.cgi?camera=2")
        assert (refused.status_code, "capture mode" in refused.text) == (400, True)
        with closing(RtspClient.connect(camera.url("camera=2", credentials=False))) as again:
            assert again.ask("DESCRIBE").status == 400
        assert http.get("/axis-cgi/jpg/image.cgi?camera=1&resolution=320x320").status_code == 200
        until(lambda: 45 < camera.get("/api/v1/status")["source"]["fps"] < 52, 20)
        assert http.get("/api/v1/installation").json()["capture_modes"][1]["selected"] is True


def check_profiles(camera: RunningCamera) -> None:
    """A profile decides what the address leaves open, over RTSP and for still pictures."""
    before = profile(camera, "camera=2&streamprofile=lean")["codec"]
    camera.change(profiles__items=[{"name": "lean", "parameters": "videocodec=h265&resolution=320x180"}])
    assert (before, profile(camera, "camera=2&streamprofile=lean")["codec"]) == ("H264", "H265")
    assert profile(camera, "camera=2&streamprofile=lean&videocodec=h264")["codec"] == "H264"
    with camera.client() as client:
        size = simplejpeg.decode_jpeg_header(client.get("/axis-cgi/jpg/image.cgi?camera=2&streamprofile=lean").content)[:2]
    assert size == (180, 320)


def straightened(**changes: object) -> Callable[[RunningCamera], None]:
    """Shows in the panorama of a camera on the wall."""

    def check(camera: RunningCamera) -> None:
        camera.change(installation__mount="wall", installation__horizon_tilt=20, installation__horizon_straightening=len(changes) == 1)
        seen(lambda camera: camera.image(2, resolution="640x240"), **changes)(camera)

    return check


def check_ptz(camera: RunningCamera) -> None:
    with camera.client() as client:
        assert client.post("/api/v1/views/4/home", json={"type": "home"}).status_code == 200
        camera.change(areas__0__ptz=False)
        assert client.post("/api/v1/views/4/home", json={"type": "home"}).status_code == 400


def check_zones(camera: RunningCamera) -> None:
    """The name of the zone in the middle of the picture lies over it, and goes with the zone."""
    go_home(camera)
    label = {"kind": "text", "identity": 0, "text": "#L", "size": 120, "background": "white"}
    camera.change(overlays__items=[label])
    zone = {"area": 1, "number": 1, "name": "NORTH", "left": -20, "down": -60, "right": 20, "up": -10}
    seen(area, ptz__zones=[zone])(camera)
    camera.change(ptz__zones=[zone])
    named = area(camera)
    camera.change(overlays__items=[{**label, "text": "NORTH"}])
    assert not differs(named, area(camera))


MASK = [{"id": 1, "name": "North", "corners": [[-60, 20], [60, 20], [60, 85], [-60, 85]]}]


def check_masks(camera: RunningCamera) -> None:
    """Masks, their look and the main switch."""
    open_picture = area(camera)
    camera.change(privacy__masks=MASK)
    grey = area(camera)
    assert differs(open_picture, grey)
    camera.change(privacy__color="red")
    assert differs(grey, area(camera))
    camera.change(privacy__color="chameleon")
    assert differs(grey, area(camera))
    assert differs(open_picture, area(camera))
    camera.change(privacy__color="mosaic")
    fine = area(camera)
    assert differs(grey, fine)
    assert differs(open_picture, fine)
    camera.change(privacy__mosaic_scale=16)
    assert differs(fine, area(camera))
    camera.change(privacy__enabled=False)
    assert not differs(open_picture, area(camera))


def guesses(camera: RunningCamera, count: int) -> list[int]:
    with camera.client("nobody", "wrong") as client:
        return [client.get("/axis-cgi/usergroup.cgi").status_code for _ in range(count)]


def check_throttle(camera: RunningCamera) -> None:
    camera.change(access__throttle=False)
    assert set(guesses(camera, 8)) == {401}
    camera.change(access__throttle=True, access__throttle_attempts=2, access__throttle_max_delay=1)
    assert 429 in guesses(camera, 5)
    until(lambda: guesses(camera, 1) == [401])


def served(camera: RunningCamera, secure: bool) -> int:
    """The status of a request over HTTP or HTTPS; 0 when the port is closed."""
    try:
        with camera.client(secure=secure) as client:
            return client.get("/axis-cgi/usergroup.cgi").status_code
    except httpx.ConnectError:
        return 0


def check_http_policy(camera: RunningCamera) -> None:
    assert (served(camera, False), served(camera, True)) == (200, 200)
    reply = camera.patch(network__http_policy="https")
    assert reply.status_code == 409
    assert f"https://127.0.0.1:{camera.port('https')}" in refusal(reply)
    with camera.client(secure=True) as client:
        assert client.patch("/api/v1/settings", json={"network.http_policy": "https"}).status_code == 200
        assert served(camera, False) == 307
        assert client.patch("/api/v1/settings", json={"network.http_policy": "http"}).status_code == 409
        assert client.patch("/api/v1/settings", json={"network.http_policy": "both"}).status_code == 200
    camera.change(network__http_policy="http")
    assert (served(camera, False), served(camera, True)) == (200, 0)
    camera.change(network__http_policy="both")
    assert (served(camera, False), served(camera, True)) == (200, 200)


def check_role_policy(role: str) -> Callable[[RunningCamera], None]:
    def check(camera: RunningCamera) -> None:
        name = f"{role[:4]}1"
        with camera.client(secure=True) as client:
            if role != "administrator":
                client.post("/api/v1/accounts", json={"username": name, "password": "Look-1", "role": role}).raise_for_status()
            login = (name, "Look-1") if role != "administrator" else (NAME, PASSWORD)

            def statuses() -> list[int]:
                found = []
                for secure in (False, True):
                    with camera.client(*login, secure=secure) as mine:
                        found.append(mine.get("/axis-cgi/usergroup.cgi").status_code)
                return found

            assert statuses() == [200, 200]
            client.patch("/api/v1/settings", json={f"access.{role}_policy": "https"}).raise_for_status()
            assert statuses() == [403, 200]
            client.patch("/api/v1/settings", json={f"access.{role}_policy": "both"}).raise_for_status()
            assert statuses() == [200, 200]
            client.delete(f"/api/v1/accounts/{name}")

    return check


def check_rtsp_switch(scheme: str) -> Callable[[RunningCamera], None]:
    """Off ends the streams that run and closes the port; on opens the same one again."""

    def check(camera: RunningCamera) -> None:
        url = camera.url("camera=2&resolution=192x72", scheme=scheme, credentials=False)
        with closing(RtspClient.connect(url)) as client:
            client.play()
            camera.change(**{f"network__{scheme}_enabled": False})
            client.drain()
        with pytest.raises(ConnectionRefusedError):
            RtspClient.connect(url)
        camera.change(**{f"network__{scheme}_enabled": True})
        with closing(RtspClient.connect(url)) as client:
            assert client.ask("OPTIONS").status == 200

    return check


def strict_transport(camera: RunningCamera) -> str | None:
    with camera.client(secure=True) as client:
        return client.get("/api/v1/state").headers.get("strict-transport-security")


def check_crowd(camera: RunningCamera) -> None:
    """One connection more than allowed is turned away, on the web port and on the video port each."""
    with camera.client() as client:
        client.get("/api/v1/state")
        client.patch("/api/v1/settings", json={"access.connections_per_address": 20}).raise_for_status()
        for scheme, word in (("http", b"503"), ("rtsp", b"503")):
            crowd = [socket.create_connection(("127.0.0.1", camera.port(scheme)), 10) for _ in range(25)]
            answers = []
            for each in crowd[20:]:
                each.settimeout(10)
                answers.append(each.recv(100))
            assert all(word in answer for answer in answers), answers
            for each in crowd:
                each.close()
        until(lambda: client.get("/api/v1/state").status_code == 200)


def check_zipstream(camera: RunningCamera) -> None:
    """What differs by noise alone needs fewer bits."""
    camera.change(source__uri=str(restless(camera.folder / "still.mp4", moving=False)), source__circle=None)
    until(lambda: camera.get("/api/v1/status")["source"]["fps"] > 5)
    smaller("camera=5&videocodec=h264&compression=10&resolution=320x240", 1.5, stream__zipstream="extreme")(camera)


CHECKS: dict[str, Callable[[RunningCamera], None]] = {
    "device.model": says(lambda camera: camera.get("/api/v1/views")["views"][4]["resolutions"][0], "1280x960", device__model="m4327"),
    "source.lens": seen(area, source__lens="stereographic"),
    "source.fov": seen(area, source__fov=140),
    "source.circle": seen(area, source__circle=[600, 700, 500]),
    "installation.capture_mode": check_capture_mode,
    "profiles.items": check_profiles,
    "installation.horizon_straightening": straightened(installation__horizon_straightening=True, installation__horizon_line=0),
    "installation.horizon_line": straightened(installation__horizon_line=12),
    "installation.horizon_tilt": straightened(installation__horizon_tilt=-9),
    "installation.mount": seen(area, installation__mount="wall"),
    "installation.roll": seen(lambda camera: camera.image(1, resolution="320x320"), installation__roll=33),
    "installation.power_line": check_power_line,
    "installation.quad_order": seen(lambda camera: camera.image(4, resolution="384x288"), installation__quad_order=[4, 3, 2, 1]),
    "installation.quad_eye": seen(lambda camera: camera.image(4, resolution="384x288"), installation__quad_eye=True),
    "stream.codec": says(lambda camera: profile(camera)["codec"], "H265", stream__codec="h265"),
    "stream.h264_profile": says(lambda camera: profile(camera)["level"], "42", stream__h264_profile="baseline"),
    "stream.resolution": says(lambda camera: camera.image(2).shape[:2], (72, 192), stream__resolution="192x72"),
    "stream.compression": smaller("camera=2&videocodec=jpeg&resolution=320x180", 1.2, stream__compression=90),
    "stream.fps": check_fps,
    "stream.gop": check_gop,
    "stream.zipstream": check_zipstream,
    "views.N.name": says(lambda camera: camera.get("/api/v1/views")["views"][0]["name"], "Hall", views__0__name="Hall"),
    "views.N.enabled": check_enabled,
    "areas.N.pan": seen(area, areas__0__pan=77),
    "areas.N.tilt": seen(area, areas__0__tilt=-70),
    "areas.N.hfov": seen(area, areas__0__hfov=40),
    "areas.N.ptz": check_ptz,
    "ptz.limits.N.left": stopped(ptz__limits__0__left=20),
    "ptz.limits.N.right": stopped(ptz__limits__0__right=-20),
    "ptz.limits.N.down": stopped(ptz__limits__0__down=-20),
    "ptz.limits.N.up": stopped(ptz__limits__0__up=-60),
    "ptz.limits.N.wide": stopped(ptz__limits__0__wide=60),
    "ptz.limits.N.tele": stopped(ptz__limits__0__tele=110),
    "ptz.movement.N.pan": held("ptz__movement__0__pan", pan=40),
    "ptz.movement.N.tilt": held("ptz__movement__0__tilt", tilt=15),
    "ptz.movement.N.zoom": held("ptz__movement__0__zoom", zoom=2),
    "ptz.movement.N.freeze": check_freeze,
    "ptz.zones": check_zones,
    "ptz.encoding": says(preset_names, "Tür".encode(), ptz__encoding="utf-8"),
    "overlays.items": seen(area, overlays__items=[{"kind": "text", "identity": 0, "text": "HALL", "size": 120, "background": "white"}]),
    "privacy.masks": check_masks,
    "network.rtp_port_first": says(
        lambda camera: server_port(camera) in range(51_400, 51_500), True, network__rtp_port_first=51_400, network__rtp_port_last=51_499
    ),
    "network.rtp_port_last": says(
        lambda camera: server_port(camera) in range(51_200, 51_300), True, network__rtp_port_last=51_299, network__rtp_port_first=51_200
    ),
    "network.multicast_address": says(
        lambda camera: transport(camera, MULTICAST)["destination"], "239.192.3.4", network__multicast_address="239.192.3.4"
    ),
    "network.multicast_port": says(lambda camera: transport(camera, MULTICAST)["port"], "52000-52001", network__multicast_port=52_000),
    "network.multicast_ttl": says(lambda camera: transport(camera, MULTICAST)["ttl"], "9", network__multicast_ttl=9),
    "access.plain_login": says(lambda camera: challenge(camera, False), "Basic+Digest", access__plain_login="both"),
    "access.secure_login": says(lambda camera: challenge(camera, True), "Digest", access__secure_login="digest"),
    "access.digest_sha256": says(lambda camera: challenge(camera, False), "Digest+Digest sha", access__digest_sha256=True),
    "access.anonymous_viewing": says(anonymous("/jpg/1/image.jpg"), 200, access__anonymous_viewing=True),
    "access.anonymous_ptz": says(
        anonymous("/api/v1/views/4/home", "POST"), 200, access__anonymous_viewing=True, access__anonymous_ptz=True
    ),
    "access.throttle": check_throttle,
    "network.http_policy": check_http_policy,
    "network.rtsp_enabled": check_rtsp_switch("rtsp"),
    "network.rtsps_enabled": check_rtsp_switch("rtsps"),
    **{f"access.{role}_policy": check_role_policy(role) for role in ("administrator", "operator", "viewer")},
    "access.connections_per_address": check_crowd,
    "tls.minimum": check_lowest_version,
    "tls.https_certificate": check_certificate("https"),
    "tls.rtsps_certificate": check_certificate("rtsps"),
    "tls.hsts_days": says(strict_transport, f"max-age={30 * 86_400}", tls__hsts_days=30),
}
"""One check for each setting that takes effect at once."""

ELSEWHERE = {
    **dict.fromkeys(
        [f"exposure.{name}" for name in ("mode", "level", "max_shutter", "max_gain", "blur_noise", "motion_adaptive", "zones")],
        "test_exposure_settings_are_seen (test_system_exposure)",
    ),
    **dict.fromkeys(["exposure.min_shutter", "exposure.min_gain"], "test_the_least_exposure_is_seen (test_system_exposure)"),
    **dict.fromkeys(
        [row.path for row in DECLARED.values() if row.section == "image"], "test_every_image_setting_is_seen (test_system_image)"
    ),
    "exposure.aperture": "test_the_iris_follows (tests/pipeline/test_pipeline_v4l2.py): no simulated lens has one",
    "device.name": "test_a_new_name_is_announced",
    **dict.fromkeys(
        [row.path for row in DECLARED.values() if row.section == "discovery"],
        "test_each_way_to_be_found_is_a_setting (test_system_discovery)",
    ),
    "source.uri": "test_another_source_shows_at_once",
    "source.username": "test_a_source_with_an_account (test_system_sources)",
    "source.password": "test_a_source_with_an_account (test_system_sources)",
    "stream.bitrate_mode": "test_the_maximum_bitrate_of_the_settings_is_kept",
    "stream.max_bitrate_kbps": "test_the_maximum_bitrate_of_the_settings_is_kept",
    "stream.bitrate_priority": "test_under_a_maximum_pictures_are_left_out_or_not",
    **dict.fromkeys(("ptz.speed", "ptz.proportional", "ptz.presets", "ptz.preset_speed", "ptz.tours"), "tests/system/test_system_ptz.py"),
    **dict.fromkeys(("ptz.home_after", "ptz.resume_after"), "tests/ptz/test_ptz_service.py and test_ptz_tours.py, clock moved by hand"),
    **dict.fromkeys(("ptz.queue", "ptz.queue_users", "ptz.queue_poll", "ptz.groups"), "tests/ptz/test_ptz_service.py, clock moved by hand"),
    "signing.enabled": "test_the_switch_signs_the_video_and_restarts_what_runs (test_system_signing)",
    "signing.format": "test_the_switch_signs_the_video_and_restarts_what_runs (test_system_signing)",
    "signing.interval": "test_the_switch_signs_the_video_and_restarts_what_runs (test_system_signing)",
    "access.session_minutes": "tests/access/test_access_sessions.py, where the clock is moved by hand",
    "storage.retention_days": "test_what_is_kept_follows_the_settings (test_system_recordings)",
    "storage.remove_oldest": "test_what_is_kept_follows_the_settings (test_system_recordings)",
    "storage.most_mb": "test_what_is_kept_follows_the_settings (test_system_recordings)",
    "storage.shares": "tests/storage/test_storage_share.py with a real Samba, tests/api/test_api_storage.py",
    "storage.failover": "test_without_a_stand_in_pictures_are_lost_and_counted (test_storage_share)",
    "storage.protected": "test_a_protected_card_takes_nothing_and_loses_nothing (test_storage_share)",
    "storage.buffers": "test_a_buffered_recording_begins_before_its_start (test_system_recordings)",
    "storage.continuous": "test_continuous_recordings_outlive_restart_and_kill (test_system_recordings)",
    **dict.fromkeys(
        ("time.source", "time.correction", "time.zone", "time.ntp_servers"), "tests/system/test_system_time.py, tests/timekeeping"
    ),
    "time.daylight_saving": "test_time_cgi_shows_and_sets_clock_and_zone (tests/api/test_api_timekeeping.py)",
    **dict.fromkeys(("time.ntp_minpoll", "time.ntp_maxpoll"), "tests/timekeeping/test_timekeeping_client.py, clock moved by hand"),
    **dict.fromkeys(
        [row.path for row in DECLARED.values() if row.section == "location"], "test_geolocation (tests/api/test_api_timekeeping.py)"
    ),
    "addressing.host_name": "test_a_host_name_is_told_everywhere (tests/api/test_api_network.py)",
    **dict.fromkeys(("addressing.mode", "addressing.ipv4", "addressing.router"), "tests/network/test_network_managed.py"),
    "privacy.enabled": "privacy.masks",
    "privacy.color": "privacy.masks",
    "privacy.mosaic_scale": "privacy.masks",
    "ports.items": "tests/system/test_system_ports.py",
    **dict.fromkeys(("schedules.items", "actions.items"), "tests/system/test_system_schedules.py, tests/system/test_system_actions.py"),
    "recipients.items": "tests/system/test_system_notify.py",
    "rules.items": "tests/system/test_system_rules.py",
    "motion.areas": "tests/system/test_system_motion.py",
    **dict.fromkeys(
        [f"tampering.{name}" for name in ("enabled", "delay", "dark")],
        "tests/system/test_system_tampering.py, tests/events/test_events_tampering.py with the clock moved by hand",
    ),
    **dict.fromkeys(
        [f"ptz.gatekeepers.N.{name}" for name in ("enabled", "motion_area", "preset", "home_after")],
        "tests/system/test_system_motion.py, tests/ptz/test_ptz_gatekeeper.py with the clock moved by hand",
    ),
    "access.throttle_attempts": "access.throttle",
    "access.throttle_max_delay": "access.throttle",
}
"""Settings whose check needs more than a camera on a still picture, or comes with another one."""


def general(path: str) -> str:
    return re.sub(r"\.\d+\.", ".N.", path)


def test_every_live_setting_has_its_check() -> None:
    live = {general(row.path) for row in DECLARED.values() if not row.restart}
    assert live == CHECKS.keys() | ELSEWHERE.keys()
    assert not CHECKS.keys() & ELSEWHERE.keys()


@pytest.mark.parametrize("path", CHECKS)
def test_a_setting_changes_what_it_names(known: RunningCamera, path: str) -> None:
    CHECKS[path](known)


def test_another_source_shows_at_once(known: RunningCamera, tmp_path: Path) -> None:
    check_source(known, tmp_path)
    assert str(SIDE) in known.get("/api/v1/status")["source"]["size"]


@pytest.mark.parametrize("bad", ["/nowhere/film.mp4", "sim:moon", "gopher://x/y"])
def test_a_source_that_cannot_be_is_refused_and_the_old_one_stays(known: RunningCamera, bad: str) -> None:
    before = known.get("/api/v1/settings")["values"]["source.uri"]
    reply = known.patch(source__uri=bad)
    assert reply.status_code == 400
    assert bad.split("/")[-1].split(":")[-1] in refusal(reply)
    assert known.get("/api/v1/settings")["values"]["source.uri"] == before
    assert known.get("/api/v1/status")["source"]["state"] == "live"


def test_the_maximum_bitrate_of_the_settings_is_kept(moving: RunningCamera) -> None:
    query = "camera=2&resolution=480x270&compression=10"
    free = stream_bytes(moving, query, 50)
    moving.change(stream__bitrate_mode="mbr", stream__max_bitrate_kbps=200)
    try:
        assert stream_bytes(moving, query, 50) * 2 < free
    finally:
        moving.change(stream__bitrate_mode="vbr", stream__max_bitrate_kbps=8000)


def test_under_a_maximum_pictures_are_left_out_or_not(moving: RunningCamera) -> None:
    """The film is too busy for 300 kbit/s: with the frame rate first its pictures are small, with quality first they are few and large."""
    query = "camera=2&resolution=480x270&compression=10&videobitratemode=mbr&videomaxbitrate=300"
    spent = {}
    try:
        for priority in ("framerate", "quality"):
            moving.change(stream__bitrate_priority=priority)
            spent[priority] = stream_bytes(moving, query, 20)
    finally:
        moving.change(stream__bitrate_priority="framerate")
    assert spent["quality"] > 1.7 * spent["framerate"]


def test_a_restart_setting_waits_and_then_counts(fresh: RunningCamera) -> None:
    fresh.start()
    fresh.create_administrator()
    fresh.change(access__preview_minutes=0)
    assert set(fresh.get("/api/v1/settings")["restart_needed"]) == {"access.preview_minutes"}
    with fresh.client(secure=True) as client:
        client.patch("/api/v1/settings", json={"network.http_policy": "https"}).raise_for_status()
    assert fresh.stop() == 0
    fresh.start()
    assert "http" not in fresh.ready
    with fresh.client(secure=True) as client:
        assert client.get("/api/v1/settings").json()["restart_needed"] == []
    assert fresh.stop() == 0
