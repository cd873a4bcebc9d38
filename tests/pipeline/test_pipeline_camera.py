from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from clips import clip
from scripted import ScriptedSource

from panocam.codecs.decoder import packet_of
from panocam.errors import Busy, InvalidValue, NotFound, Unavailable
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.packet import Packet
from panocam.media.stamps import Stage
from panocam.optics.aim import direction, ray_to_view
from panocam.optics.capture import capture_mode
from panocam.optics.lens import default_lens
from panocam.optics.mount import Mount, camera_from_world
from panocam.pipeline import camera as camera_module
from panocam.pipeline import channel as channel_module
from panocam.pipeline import snapshots
from panocam.pipeline.budget import Budget
from panocam.pipeline.camera import PanoramicCamera
from panocam.pipeline.config import CameraConfig, LensOptions
from panocam.pipeline.hub import HubSubscription
from panocam.pipeline.plan import StreamDefaults
from panocam.pipeline.request import StreamRequest
from panocam.pipeline.service import DropPolicy
from panocam.pipeline.supervisor import RestartPolicy, SourceState

LIVE = DropPolicy.UNTIL_KEY
SMALL = StreamDefaults(resolutions={0: (160, 160), 1: (192, 72)}, pixels=80_000)
QUICK = RestartPolicy(shortest=0.05, longest=0.2, steady=60, stall=2, patience=5, notice=0.05)
MARKERS = [(0, -30), (15, -45), (-20, -55), (90, -40), (180, -40), (-90, -35), (-100, -60)]
"""Pan and tilt in degrees of the discs on the test picture."""


@pytest.fixture(scope="module")
def fisheye(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ceiling camera's picture of a dark room with a bright disc at each of ``MARKERS``."""
    size = 1600
    canvas = np.full((size, size, 3), 30, np.uint8)
    lens = default_lens((size, size))
    cv2.circle(canvas, (size // 2, size // 2), size // 2, (70, 70, 70), -1)
    for pan, tilt in MARKERS:
        x, y = lens.project(camera_from_world(Mount.CEILING) @ direction(pan, tilt))
        cv2.circle(canvas, (round(float(x) * 16), round(float(y) * 16)), 12 * 16, (255, 255, 255), -1, cv2.LINE_AA, 4)
    path = tmp_path_factory.mktemp("fisheye") / "room.png"
    cv2.imwrite(str(path), canvas)
    return path


@asynccontextmanager
async def camera_on(source: object, **more: object) -> AsyncIterator[PanoramicCamera]:
    lens = LensOptions(circle=default_lens((1600, 1600)).circle) if str(source).endswith("png") else LensOptions()
    config = CameraConfig(str(source), lens=lens, source_fps=20)
    arguments: dict[str, object] = {"defaults": SMALL, "policy": QUICK, **more}
    before = {thread for thread in threading.enumerate() if thread.name.startswith("panocam")}
    async with PanoramicCamera(config, **arguments) as camera:  # type: ignore[arg-type]
        yield camera
    after = {thread for thread in threading.enumerate() if thread.name.startswith("panocam")}
    assert after <= before


async def take(subscription: HubSubscription, count: int) -> list[Packet]:
    async with asyncio.timeout(20):
        return [packet async for packet in _first(subscription, count)]


async def _first(subscription: HubSubscription, count: int) -> AsyncIterator[Packet]:
    for _ in range(count):
        yield await anext(subscription)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what other threads count has no event to wait for
            await asyncio.sleep(0.01)


def decoded(packets: list[Packet]) -> list[np.ndarray]:
    """Luma of each picture."""
    names = {Codec.H264: "h264", Codec.H265: "hevc", Codec.AV1: "libdav1d", Codec.JPEG: "mjpeg"}
    context = av.CodecContext.create(names[packets[0].codec], "r")
    pictures = [frame for packet in packets for frame in context.decode(packet_of(packet.data))]  # type: ignore[attr-defined]
    pictures += context.decode(None)  # type: ignore[attr-defined]
    return [frame.to_ndarray(format="gray") for frame in pictures]


def discs(luma: np.ndarray) -> list[tuple[float, float]]:
    """Centres of the bright spots."""
    _, _, stats, centres = cv2.connectedComponentsWithStats((luma > 180).astype(np.uint8))
    return [(float(x), float(y)) for (x, y), row in zip(centres[1:], stats[1:], strict=True) if row[cv2.CC_STAT_AREA] > 30]


@pytest.mark.feature("VIEW-02", "VIEW-10")
@pytest.mark.parametrize("codec", list(Codec))
@pytest.mark.parametrize("view", [3, 4, 7])
async def test_what_is_at_a_direction_is_where_the_view_shows_it(fisheye: Path, codec: Codec, view: int) -> None:
    async with camera_on(fisheye) as camera:
        spec = camera.plan(StreamRequest(view, codec, compression=10, resolution=(640, 480)))
        async with camera.subscribe(spec, LIVE) as reader:
            pictures = decoded(await take(reader, 2))
        assert len(pictures) == 2
        assert pictures[0].shape == (480, 640)
        lens = camera.lens
        assert lens is not None
        drawn = camera.scenery.arrangement.view(view, (640, 480))
    expected = [spot for pan, tilt in MARKERS for spot in ray_to_view(drawn, direction(pan, tilt), lens, Mount.CEILING)]
    inside = [(x, y) for x, y in expected if min(x % (320 if view == 3 else 640), 640 - x, y % (240 if view == 3 else 480), 480 - y) > 20]
    assert len(inside) >= (5 if view == 3 else 1)
    found = discs(pictures[1])
    for x, y in inside:
        assert min(np.hypot(x - fx, y - fy) for fx, fy in found) < 2


@pytest.mark.feature("PTZ-01")
async def test_a_moved_head_shows_on_the_next_frame_without_a_new_encoder(fisheye: Path) -> None:
    async with camera_on(fisheye) as camera:
        spec = camera.plan(StreamRequest(4, Codec.JPEG, resolution=(640, 480)))
        async with camera.subscribe(spec, DropPolicy.LATEST, 1) as reader:
            await take(reader, 2)
            camera.heads[4].absolute(pan=90, tilt=-40, zoom=0.3)
            picture = decoded(await take(reader, 3))[-1]
        assert camera.status().channels[0].encoders_opened == 1
    x, y = discs(picture)[0]
    assert np.hypot(x - 319.5, y - 239.5) < 2


async def test_equal_requests_share_one_encoder_and_the_same_bytes(fisheye: Path) -> None:
    async with camera_on(fisheye) as camera:
        request = StreamRequest(1)
        same = StreamRequest(1, Codec.H264, (192, 72), 0.0, 30, 32)
        spec = camera.plan(request)
        assert camera.plan(same) == spec
        async with camera.subscribe(spec, LIVE) as one, camera.subscribe(camera.plan(same), LIVE) as two:
            first, second = await take(one, 5), await take(two, 5)
            assert [a is b for a, b in zip(first, second, strict=True)] == [True] * 5
            readers = [camera.subscribe(spec, LIVE) for _ in range(20)]
            for reader in readers:
                await reader.__aenter__()
                assert (await take(reader, 1))[0].key
            (status,) = camera.status().channels
            assert (status.encoders_opened, status.subscribers) == (1, 22)
            for reader in readers:
                await reader.__aexit__()
        assert [packet.sequence for packet in first] == list(range(5))
        stages = [stage for stage, _ in first[0].stamps.times]
        assert stages[0] is Stage.CAPTURE
        assert stages[-4:] == [Stage.WARP, Stage.LAYERS, Stage.ENCODE, Stage.PUBLISH]
        assert status.latency[None].count >= 5


async def test_it_runs_while_somebody_watches_and_a_little_longer(fisheye: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel_module, "LINGER_S", 0.1)
    async with camera_on(fisheye) as camera:
        spec = camera.plan(StreamRequest(1))
        assert camera.status().channels == ()
        async with camera.subscribe(spec, LIVE) as reader:
            await take(reader, 1)
        assert camera.status().channels[0].running
        async with camera.subscribe(spec, LIVE) as reader:  # came back in time: the running group of pictures, no new encoder
            assert (await take(reader, 1))[0].key
        assert camera.status().channels[0].encoders_opened == 1
        await until(lambda: not camera.status().channels[0].running)
        stopped = camera.status().channels[0].frames
        async with camera.subscribe(spec, LIVE) as reader:
            packets = await take(reader, 2)
        status = camera.status().channels[0]
        assert packets[0].key
        assert packets[0].sequence == stopped
        assert status.encoders_opened == 2
        reserved = camera.subscribe(spec, LIVE)  # never entered: lingers out by itself
        await until(lambda: not camera.status().channels[0].running)
        assert reserved.dropped == 0


async def test_describe_waits_for_the_first_key_packet(fisheye: Path) -> None:
    async with camera_on(fisheye) as camera:
        spec = camera.plan(StreamRequest(1))
        description, again = await asyncio.gather(camera.describe(spec), camera.describe(spec))
        assert description == again
        assert (description.width, description.height, description.codec) == (192, 72, Codec.H264)
        assert len(description.parameter_sets) == 2
        assert description.codec_string.startswith("avc1.64")
        assert camera.status().channels[0].encoders_opened == 1


async def test_frame_rate_is_reduced_evenly(fisheye: Path) -> None:
    async with camera_on(fisheye) as camera:
        spec = camera.plan(StreamRequest(1, fps=5))
        async with camera.subscribe(spec, LIVE) as reader:
            times = [packet.pts_ns for packet in await take(reader, 6)]
        gaps = [round((b - a) / 1e6) for a, b in itertools.pairwise(times)]
        assert all(gap % 200 == 0 for gap in gaps)  # a busy machine may miss one, but never shifts them


async def test_a_requested_key_comes_soon(fisheye: Path) -> None:
    async with camera_on(fisheye) as camera:
        spec = camera.plan(StreamRequest(1, gop=1000))
        async with camera.subscribe(spec, LIVE) as reader:
            assert [packet.key for packet in await take(reader, 4)] == [True, False, False, False]
            camera.request_key(spec)
            assert any(packet.key for packet in await take(reader, 5))


async def test_still_pictures(fisheye: Path) -> None:
    async with camera_on(fisheye) as camera:
        request = StreamRequest(4, Codec.H264, (640, 480), fps=1)
        one, two = await asyncio.gather(camera.snapshot(request), camera.snapshot(request))
        assert one is two
        assert one.codec is Codec.JPEG
        assert decoded([one])[0].shape == (480, 640)
        assert (await camera.snapshot(request)).pts_ns > one.pts_ns
        assert camera.status().channels == ()


async def test_what_cannot_be_is_refused_by_name(fisheye: Path) -> None:
    async with camera_on(fisheye, budget=Budget(cores=100, channels=1)) as camera:
        for request, words in [
            (StreamRequest(4, resolution=(641, 480)), "resolution='641x480'.*1280x960.*640x480"),
            (StreamRequest(4, resolution=(99999, 1)), "resolution"),
            (StreamRequest(1, fps=-1), "fps=-1"),
            (StreamRequest(1, fps=float("nan")), "fps=nan"),
            (StreamRequest(1, compression=101), "compression=101: give 0 to 100"),
            (StreamRequest(1, gop=0), "gop=0"),
        ]:
            with pytest.raises(InvalidValue, match=words):
                camera.plan(request)
        with pytest.raises(NotFound, match="view=12"):
            camera.plan(StreamRequest(12))
        spec = camera.plan(StreamRequest(1))
        async with camera.subscribe(spec, LIVE) as reader:
            await take(reader, 1)
            with pytest.raises(Busy, match="all 1 streams"):
                camera.subscribe(camera.plan(StreamRequest(4)), LIVE)
            with pytest.raises(Busy):
                await camera.describe(camera.plan(StreamRequest(5)))
            camera.subscribe(spec, LIVE)  # an equal one always fits
        camera.subscribe(camera.plan(StreamRequest(4)), LIVE)  # what only lingers makes room


def test_budget_counts_pixels_and_rates() -> None:
    easy = EncoderProfile(Codec.H264, 192, 72)
    big = replace(easy, width=2880, height=2880, fps=25)
    budget = Budget(cores=2)
    budget.admit([], big, 25)
    budget.admit([easy] * 10, easy, 25)
    budget.admit([big], big, 10)
    with pytest.raises(Busy, match="2880x2880 h264"):
        budget.admit([big], big, 25)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING")


async def test_reconfiguration_restarts_only_what_differs(fisheye: Path, tmp_path: Path) -> None:
    async with camera_on(fisheye) as camera:
        spec, quad = camera.plan(StreamRequest(1)), camera.plan(StreamRequest(3))
        async with camera.subscribe(spec, LIVE) as reader, camera.subscribe(quad, LIVE) as other:
            await take(reader, 1)
            await take(other, 1)
            camera.reconfigure(replace(camera.config, roll=30, quad_order=(4, 3, 2, 1)))
            await take(reader, 3)
            camera.reconfigure(replace(camera.config, mount=Mount.WALL))
            async with asyncio.timeout(10):
                with pytest.raises(NotFound, match="Quad View does not exist on the wall mount"):
                    async for _ in other:  # that stream ends, and says why
                        pass
            await take(reader, 2)
            status = next(c for c in camera.status().channels if c.spec == spec)
            assert status.encoders_opened == 1
            assert camera.status().source.restarts == 0
            with pytest.raises(NotFound, match="Quad View"):
                camera.subscribe(quad, LIVE)
            before = (await take(reader, 1))[0].pts_ns
            film = clip(tmp_path / "film.mp4", range(0, 2000, 40), (320, 320))
            camera.reconfigure(replace(camera.config, source=str(film)))
            await until(lambda: camera.source_size == (320, 320))
            later = await take(reader, 5)
            assert later[0].pts_ns > before
            assert all(b.pts_ns > a.pts_ns for a, b in itertools.pairwise(later))


@pytest.mark.feature("BAS-03", "VIEW-05")
async def test_another_capture_mode_restarts_the_source_and_ends_the_flat_views(fisheye: Path) -> None:
    async with camera_on(fisheye) as camera:
        camera.reconfigure(replace(camera.config, source_fps=25.0))
        flat, whole = camera.plan(StreamRequest(1)), camera.plan(StreamRequest(0))
        async with camera.subscribe(flat, LIVE) as ends, camera.subscribe(whole, LIVE) as goes_on:
            await take(ends, 1)
            await take(goes_on, 1)
            generation = camera.status().generation
            camera.reconfigure(replace(camera.config, capture=capture_mode("overview"), source_fps=50.0))
            assert camera.status().generation == generation + 1
            async with asyncio.timeout(10):
                with pytest.raises(NotFound, match="Panorama does not exist in the capture mode"):
                    async for _ in ends:
                        pass
            pictures = await take(goes_on, 12)
            gaps = [round((b.pts_ns - a.pts_ns) / 1e6) for a, b in itertools.pairwise(pictures[-6:])]
            assert min(gaps) == 20
            for refused in (camera.plan, lambda request: camera.offered(request.view)):
                with pytest.raises(NotFound, match="capture mode"):
                    refused(StreamRequest(1))
            assert camera.status().source.nominal_fps == 50


async def test_a_lost_source_keeps_streams_alive_with_words(tmp_path: Path) -> None:
    events: list[str] = []
    missing = tmp_path / "later.mp4"
    missing.write_bytes(b"")
    async with camera_on(missing, on_event=lambda name, data: events.append(name)) as camera:
        spec = camera.plan(StreamRequest(1, Codec.JPEG))
        async with camera.subscribe(spec, DropPolicy.LATEST, 1) as reader:
            words = decoded(await take(reader, 1))[0]
            assert words.std() > 3
            assert camera.source_state is SourceState.LOST
            assert "the file is empty" in camera.status().source.reason
            clip(missing, range(0, 4000, 40))
            await until(lambda: camera.source_state is SourceState.LIVE)
            assert all(b.pts_ns > a.pts_ns for a, b in itertools.pairwise(await take(reader, 5)))
    assert [name for name in events if name.startswith("source")][:2] == ["source-lost", "source-back"]


async def test_a_failing_encoder_harms_nobody_else(fisheye: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from panocam.pipeline import coder

    real, broken = coder.open_encoder, 0

    def open_encoder(profile: object, *rest: object, **more: object) -> object:
        nonlocal broken
        if getattr(profile, "width", 0) == 640 and broken < 2:
            broken += 1
            raise Unavailable("the encoder does not want to")
        return real(profile, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(coder, "open_encoder", open_encoder)
    monkeypatch.setattr(coder, "FIRST_WAIT", 0.05)
    events: list[dict[str, object]] = []
    async with camera_on(fisheye, on_event=lambda name, data: events.append({"name": name, **data})) as camera:
        good, bad = camera.plan(StreamRequest(1)), camera.plan(StreamRequest(4, resolution=(640, 480)))
        async with camera.subscribe(good, LIVE) as one, camera.subscribe(bad, LIVE) as two:
            assert len(await take(one, 5)) == 5
            assert (await take(two, 1))[0].key  # tried again until it worked
        failed = next(c for c in camera.status().channels if c.spec == bad)
        assert failed.failures == 2
    failed = [event for event in events if event["name"] == "channel-failed"]
    assert [event["view"] for event in failed] == [4, 4]


async def test_a_view_that_is_switched_off_is_refused_and_its_channels_end(fisheye: Path) -> None:
    async with camera_on(fisheye) as camera:
        area = camera.plan(StreamRequest(4, resolution=(320, 240)))
        async with asyncio.timeout(20), camera.subscribe(area, LIVE) as reader:
            await anext(reader)
            camera.reconfigure(replace(camera.config, enabled=frozenset({0, 5})))
            with pytest.raises(NotFound, match="switched off"):
                async for _ in reader:
                    pass
        for refused in (lambda: camera.plan(StreamRequest(4)), lambda: camera.offered(4), lambda: camera.subscribe(area, LIVE)):
            with pytest.raises(NotFound, match="View Area 1 is switched off"):
                refused()
        assert camera.plan(StreamRequest(5)).view == 5


async def test_watched_is_told_when_the_first_channel_starts_and_the_last_stops(fisheye: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel_module, "LINGER_S", 0.02)
    told: list[object] = []
    async with camera_on(fisheye, on_event=lambda name, data: told.append((name, *data.values()))) as camera:
        specs = [camera.plan(StreamRequest(view, resolution=(320, 240))) for view in (4, 5)]
        async with camera.subscribe(specs[0], LIVE):
            async with camera.subscribe(specs[1], LIVE) as reader:
                await take(reader, 1)
            await until(lambda: sum(channel.running for channel in camera.status().channels) == 1)
            assert told == [("watched", True)]
        await until(lambda: len(told) == 2)
    assert told == [("watched", True), ("watched", False)]


async def test_a_new_home_moves_only_its_own_area(fisheye: Path) -> None:
    async with camera_on(fisheye) as camera:
        away = camera.heads[5].absolute(pan=10, tilt=-50)
        homes = [head.home for head in camera.heads.values()]
        homes[0] = replace(homes[0], pan=33)
        camera.reconfigure(replace(camera.config, poses=tuple(homes)))
        assert camera.heads[4].pose.pan == 33
        assert camera.heads[5].pose == away


async def test_another_source_in_place_of_a_lost_one_is_a_return(fisheye: Path, tmp_path: Path) -> None:
    told: list[str] = []
    async with camera_on(tmp_path / "missing.mp4", on_event=lambda name, data: told.append(name)) as camera:
        await until(lambda: told == ["source-lost"])
        camera.reconfigure(replace(camera.config, source=str(fisheye)))
        await until(lambda: told == ["source-lost", "source-back"])


async def test_a_still_picture_waits_while_the_source_opens_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = threading.Event()

    def slowly(uri: str, options: object) -> ScriptedSource:
        opened.wait(20)
        return ScriptedSource()

    monkeypatch.setattr(camera_module, "open_source", slowly)
    request = StreamRequest(1, Codec.JPEG)
    async with camera_on("sim:room", policy=replace(QUICK, patience=0.05)) as camera:
        early = asyncio.create_task(camera.snapshot(request))
        async with camera.subscribe(camera.plan(request), DropPolicy.LATEST, 1) as reader:
            await take(reader, 2)  # words are being shown
            assert not early.done()
            monkeypatch.setattr(snapshots, "PATIENCE_S", 0.05)
            assert decoded([await camera.snapshot(replace(request, compression=31))])[0].std() > 3
            opened.set()
            assert decoded([await early])[0].std() < 3
