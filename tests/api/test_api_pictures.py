"""Stills and Motion JPEG, in process and over real sockets, with curl, ffmpeg and readers that are too slow."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from api_kit import PASSWORDS, Side, jpeg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panocam.api.clients import Transport
from panocam.errors import Busy, Unavailable
from panocam.media.codec import Codec
from panocam.pipeline.request import ChannelSpec, StreamRequest
from panocam.pipeline.supervisor import SourceState
from panocam.settings import Role

IMAGE, VIDEO = "/axis-cgi/jpg/image.cgi", "/axis-cgi/mjpg/video.cgi"


def peer(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed")


@pytest.mark.parametrize("path", [IMAGE, "/jpg/image.jpg", "/jpg/1/image.jpg"])
async def test_a_still_is_exactly_image_jpeg(side: Side, path: str) -> None:
    async with side.client(Role.VIEWER) as client:
        reply = await client.get(path, params={"resolution": "480x480", "timestamp": "1", "clock": "1", "Axis-Orig-Sw": "true"})
        assert reply.status_code == 200, reply.text
        assert reply.headers["content-type"] == "image/jpeg"
        assert int(reply.headers["content-length"]) == len(reply.content)
        assert reply.content[:3] == b"\xff\xd8\xff"
        assert (await client.post(path, content=b"resolution=480x480")).status_code == 200


async def test_the_video_status_tells_which_views_show_the_source(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/axis-cgi/videostatus.cgi"
    async with side.client(Role.VIEWER) as client:
        assert (await client.get(f"{path}?status=1,4")).text == "Video 1 = video\nVideo 4 = video\n"
        assert len((await client.get(path)).text.splitlines()) == 12
        for wrong in ("0", "13", "x", "1,,2"):
            reply = await client.get(f"{path}?status={wrong}")
            assert (reply.status_code, "1 to 12" in reply.text) == (400, True)
        await side.services.settings.patch({"views.3.enabled": False})
        assert (await client.get(f"{path}?status=1,4")).text == "Video 1 = video\nVideo 4 = no video\n"
        now = side.camera.status()
        lost = replace(now, source=replace(now.source, state=SourceState.LOST))
        monkeypatch.setattr(side.camera, "status", lambda: lost)
        assert (await client.get(f"{path}?status=1")).text == "Video 1 = no video\n"


async def test_camera_counts_from_one_and_the_path_may_say_it(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:
        size = await client.get("/axis-cgi/imagesize.cgi?camera=2&resolution=1920x720")
        assert size.text == "image width = 1920\nimage height = 720\n"
        assert (await client.get("/jpg/2/image.jpg?resolution=1920x720")).status_code == 200
        assert (await client.get("/jpg/1/image.jpg?resolution=1920x720")).status_code == 400
        assert (await client.get(IMAGE + "?camera=quad&resolution=1280x960")).status_code == 200


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("resolution=123x45", "resolution"),
        ("resolution=1920x1080", "resolution"),
        ("resolution=big", "resolution"),
        ("camera=0", "camera"),
        ("camera=13", "camera"),
        ("camera=x", "camera"),
        ("compression=101", "compression"),
    ],
)
@pytest.mark.parametrize("path", [IMAGE, VIDEO, "/axis-cgi/imagesize.cgi"])
async def test_bad_arguments_are_400_with_the_value_and_the_remedy(side: Side, path: str, arguments: str, named: str) -> None:
    async with side.client(Role.VIEWER) as client:
        reply = await client.get(f"{path}?{arguments}")
        assert reply.status_code == 400
        assert named in reply.text
        if "imagesize" in path:
            assert reply.text.startswith("<!--")
            assert reply.text.rstrip().endswith("-->")


async def test_a_view_that_is_switched_off_is_400(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        await client.patch("/api/v1/settings", json={"views.1.enabled": False})
        reply = await client.get(IMAGE + "?camera=2")
        assert reply.status_code == 400
        assert "switched off" in reply.text


async def test_a_camera_without_pictures_or_encoders_is_503(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:
        for problem in (Busy("all encoders are in use", 3), Unavailable("no picture")):
            side.camera.refuse = problem
            for path in (IMAGE, VIDEO):
                reply = await client.get(path)
                assert reply.status_code == 503
                assert str(problem) in reply.text
        side.camera.refuse = Busy("all encoders are in use", 2.2)
        assert (await client.get(IMAGE)).headers["retry-after"] == "3"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["camera", "resolution", "compression", "fps", "nbrofframes", "duration", "text", "req_fps", ""]),
    value=st.text(max_size=30) | st.integers().map(str) | st.floats().map(str),
    path=st.sampled_from([IMAGE, "/axis-cgi/imagesize.cgi", "/axis-cgi/pwdgrp.cgi", "/jpg/9/image.jpg"]),
)
async def test_no_argument_makes_a_500(side: Side, name: str, value: str, path: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        for reply in (await client.get(path, params={name: value}), await client.post(path, data={name: value})):
            assert reply.status_code in (200, 400), reply.text


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=200) | st.text(max_size=100).map(str.encode),
    path=st.sampled_from(["systemready", "basicdeviceinfo", "apidiscovery"]),
)
async def test_no_body_makes_a_500(side: Side, body: bytes, path: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        assert (await client.post(f"/axis-cgi/{path}.cgi", content=body)).status_code == 200
        for target in ("login", "views/4/pose", "settings", "setup"):
            reply = await client.request(
                "PUT" if "pose" in target else "PATCH" if target == "settings" else "POST", f"/api/v1/{target}", content=body
            )
            assert reply.status_code < 500


@contextlib.asynccontextmanager
async def publishing(side: Side, spec: ChannelSpec) -> AsyncIterator[None]:
    """Pictures as fast as the loop turns while somebody watches."""

    async def run() -> None:
        for number in range(1_000_000):
            side.camera.publish(spec, number, data=jpeg(spec.profile.width, spec.profile.height, number))
            await asyncio.sleep(0.005)

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def login(side: Side) -> httpx.DigestAuth:
    return httpx.DigestAuth(*PASSWORDS[Role.VIEWER])


@pytest.mark.feature("STR-12", "STR-14")
async def test_motion_jpeg_gives_every_part_its_length_and_ends_when_asked(side: Side) -> None:
    spec = side.camera.plan(StreamRequest(view=0, codec=Codec.JPEG, resolution=(160, 160), fps=10))
    async with side.listening() as (_, port), publishing(side, spec), httpx.AsyncClient(verify=False, auth=login(side)) as client:
        reply = await client.get(f"http://127.0.0.1:{port}{VIDEO}?resolution=160x160&fps=10&nbrofframes=3")
        assert reply.headers["content-type"] == "multipart/x-mixed-replace; boundary=myboundary"
        rest = reply.content
        for _ in range(3):
            head, _, rest = rest.partition(b"\r\n\r\n")
            lines = head.split(b"\r\n")
            assert lines[:2] == [b"--myboundary", b"Content-Type: image/jpeg"]
            size = int(lines[2].removeprefix(b"Content-Length: "))
            picture, rest = rest[:size], rest[size:]
            assert (picture[:2], picture[-2:]) == (b"\xff\xd8", b"\xff\xd9")
            assert rest.startswith(b"\r\n")
            rest = rest[2:]
        assert rest == b"--myboundary--\r\n"
    assert side.camera.hubs[spec].subscribers == 0


async def test_a_client_that_leaves_gives_the_channel_back_and_is_counted(side: Side) -> None:
    spec = side.camera.plan(StreamRequest(view=0, codec=Codec.JPEG, resolution=(160, 160)))
    async with side.listening() as (_, port), publishing(side, spec), httpx.AsyncClient(verify=False, auth=login(side)) as client:
        async with client.stream("GET", f"http://127.0.0.1:{port}{VIDEO}?resolution=160x160") as reply:
            await anext(reply.aiter_bytes())
            assert [(watcher.account, watcher.address) for watcher in side.services.clients] == [("vera", "127.0.0.1")]
        await side.camera.unwatched(spec)
    assert list(side.services.clients) == []


async def test_a_stream_ends_when_its_account_does(side: Side) -> None:
    spec = side.camera.plan(StreamRequest(view=0, codec=Codec.JPEG, resolution=(160, 160)))
    async with side.listening() as (_, port), publishing(side, spec), httpx.AsyncClient(verify=False, auth=login(side)) as client:
        async with client.stream("GET", f"http://127.0.0.1:{port}{VIDEO}?resolution=160x160") as reply:
            parts = reply.aiter_bytes()
            await anext(parts)
            await side.services.accounts.remove("vera")
            async with asyncio.timeout(5):
                async for _ in parts:
                    pass
        await side.camera.unwatched(spec)


async def test_a_slow_reader_gets_the_newest_picture_and_slows_nobody(side: Side) -> None:
    """A thousand pictures of 100 kB go past a reader that does not read; it then sees an early part, a gap, and the newest."""
    spec = side.camera.plan(StreamRequest(view=0, codec=Codec.JPEG, resolution=(160, 160)))
    total, size = 1000, 100_000
    async with side.listening() as (_, port), side.client(Role.VIEWER) as client:
        await client.get("/axis-cgi/usergroup.cgi")
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
            slow.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(slow, ("127.0.0.1", port))
            request = httpx.Request("GET", f"http://127.0.0.1:{port}{VIDEO}?resolution=160x160")
            flow = login(side).sync_auth_flow(request)
            next(flow)
            challenge = side.services.authenticator.challenges()[0]
            signed = flow.send(httpx.Response(401, headers={"WWW-Authenticate": challenge}, request=request))
            lines = [f"GET {signed.url.raw_path.decode()} HTTP/1.1", "Host: x", f"Authorization: {signed.headers['authorization']}", "", ""]
            await loop.sock_sendall(slow, "\r\n".join(lines).encode())
            await side.camera.watched()
            for number in range(total):
                side.camera.publish(spec, number, data=b"\xff\xd8%06d" % number + bytes(size) + b"\xff\xd9")
                await asyncio.sleep(0)
            side.camera.hub(spec).close()
            received = bytearray()
            async with asyncio.timeout(20):
                while not received.endswith(b"0\r\n\r\n"):
                    received += await loop.sock_recv(slow, 1 << 16)
    numbers = [int(part[:6]) for part in bytes(received).split(b"\xff\xd8")[1:]]
    assert numbers[-1] == total - 1
    assert numbers == sorted(numbers)
    assert len(numbers) < total / 2
    assert side.services.clients.total("dropped", Transport.MJPEG) == total - len(numbers)


@peer("curl")
@pytest.mark.peer("curl")
async def test_curl_with_digest(side: Side, tmp_path: Path) -> None:
    async with side.listening() as (_, port):
        for arguments in (["--digest"], ["--anyauth"]):
            process = await asyncio.create_subprocess_exec(
                "curl", "-sS", *arguments, "-u", ":".join(PASSWORDS[Role.VIEWER]), "-o", str(tmp_path / "out.jpg"),
                "-w", "%{http_code} %{content_type} %{size_download}", f"http://127.0.0.1:{port}{IMAGE}?resolution=480x480&a=%20b",
                stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            out, _ = await asyncio.wait_for(process.communicate(), 10)
            assert out.decode().startswith("200 image/jpeg ")
            assert (tmp_path / "out.jpg").read_bytes()[:3] == b"\xff\xd8\xff"
        for path in ("/axis-cgi/usergroup.cgi?", "/axis-cgi//usergroup.cgi", "/axis-cgi/%75sergroup.cgi?a=b?c=%zz"):
            process = await asyncio.create_subprocess_exec(
                "curl", "-sS", "--digest", "-u", ":".join(PASSWORDS[Role.VIEWER]), f"http://127.0.0.1:{port}{path}",
                stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            out, _ = await asyncio.wait_for(process.communicate(), 10)
            assert out.startswith(b"Error") if "//" in path else out.startswith(b"vera"), out
        post = await asyncio.create_subprocess_exec(
            "curl", "-sS", "--digest", "-u", ":".join(PASSWORDS[Role.ADMINISTRATOR]), "-d", "action=get", f"http://127.0.0.1:{port}/axis-cgi/pwdgrp.cgi",
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await asyncio.wait_for(post.communicate(), 10)
        assert out.startswith(b'admin="anna"')


@peer("ffmpeg")
@pytest.mark.peer("ffmpeg")
@pytest.mark.feature("STR-12")
async def test_ffmpeg_reads_motion_jpeg(side: Side) -> None:
    spec = side.camera.plan(StreamRequest(view=0, codec=Codec.JPEG, resolution=(160, 160)))
    await side.services.settings.patch({"access.anonymous_viewing": True})
    async with side.listening() as (_, port), publishing(side, spec):
        url = f"http://127.0.0.1:{port}{VIDEO}?resolution=160x160"
        arguments = ["-v", "error", "-f", "mpjpeg", "-i", url, "-frames:v", "10", "-f", "framecrc", "-"]
        process = await asyncio.create_subprocess_exec("ffmpeg", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        out, problems = await asyncio.wait_for(process.communicate(), 20)
        assert process.returncode == 0, problems
        frames = [line for line in out.decode().splitlines() if line and not line.startswith("#")]
        assert len(frames) == 10
        await side.camera.unwatched(spec)
