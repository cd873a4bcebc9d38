"""A coder that never returns takes only its own stream's time: the worker goes on in another thread, the stream with another encoder."""

from __future__ import annotations

import asyncio
import ctypes
import itertools
import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from scripted import ScriptedSource, opener

from panocam.codecs.encoder import Encoder, open_encoder
from panocam.media.codec import Codec, EncoderProfile, StreamDescription
from panocam.media.frame import Frame
from panocam.media.packet import Packet
from panocam.media.planes import Planes
from panocam.pipeline import camera as camera_module
from panocam.pipeline import channel as channel_module
from panocam.pipeline import coder as coder_module
from panocam.pipeline import vigil, workers
from panocam.pipeline.camera import PanoramicCamera
from panocam.pipeline.config import CameraConfig
from panocam.pipeline.hub import HubSubscription
from panocam.pipeline.plan import StreamDefaults
from panocam.pipeline.request import StreamRequest
from panocam.pipeline.service import DropPolicy
from panocam.pipeline.workers import WorkerPool

LIVE = DropPolicy.UNTIL_KEY
SMALL = StreamDefaults(resolutions={0: (160, 160), 1: (192, 72)}, pixels=80_000)
AV1, H264 = StreamRequest(1, Codec.AV1), StreamRequest(0, Codec.H264)


class Hanging:
    """A real AV1 encoder whose picture number ``at`` (or whose closing) waits, without the interpreter's lock, until ``let_go``."""

    def __init__(self, real: Encoder, at: int | None, closing: bool, let_go: threading.Event) -> None:
        self._real, self._at, self._closing, self._let_go = real, at, closing, let_go
        self._count = itertools.count()
        self.users: set[int] = set()
        self.closed = False

    @property
    def description(self) -> StreamDescription:
        return self._real.description

    def allocate(self) -> Planes:
        return self._real.allocate()

    def encode(self, frame: Frame, key: bool = False) -> list[Packet]:
        self.users.add(threading.get_ident())
        if next(self._count) == self._at:
            self._let_go.wait()
        return self._real.encode(frame, key)

    def close(self) -> None:
        self.users.add(threading.get_ident())
        if self._closing:
            self._let_go.wait()
        self._real.close()
        self.closed = True


class Bench:
    """Opens real encoders; those for AV1 are ``Hanging``, as often as ``hangs`` says."""

    def __init__(self, at: int | None = 5, closing: bool = False, hangs: int = 1) -> None:
        self.let_go = threading.Event()
        self.av1: list[Hanging] = []
        self._at, self._closing, self._hangs = at, closing, hangs

    def open(self, profile: EncoderProfile, *rest: object, **more: object) -> object:
        real = open_encoder(profile, *rest, **more)  # type: ignore[arg-type]
        if profile.codec is not Codec.AV1:
            return real
        hangs = len(self.av1) < self._hangs
        self.av1.append(Hanging(real, self._at if hangs else None, self._closing and hangs, self.let_go))
        return self.av1[-1]


@pytest.fixture(autouse=True)
def _one_worker_looked_after_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.os, "cpu_count", lambda: 1)
    monkeypatch.setattr(vigil, "LOOK_S", 0.1)
    monkeypatch.setattr(channel_module, "LINGER_S", 0.05)
    monkeypatch.setattr(camera_module, "open_source", lambda uri, options: opener(lambda: ScriptedSource(fps=20))())


@asynccontextmanager
async def camera_on(bench: Bench, monkeypatch: pytest.MonkeyPatch, events: list[dict[str, object]]) -> AsyncIterator[PanoramicCamera]:
    monkeypatch.setattr(coder_module, "open_encoder", bench.open)
    before = set(media_threads())
    async with PanoramicCamera(
        CameraConfig("sim:room"), SMALL, on_event=lambda name, data: events.append({"name": name, **data})
    ) as camera:
        yield camera
    bench.let_go.set()
    await until(lambda: set(media_threads()) <= before)


def media_threads() -> Iterator[threading.Thread]:
    return (thread for thread in threading.enumerate() if thread.name.startswith("panocam-media"))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what other threads do has no event to wait for
            await asyncio.sleep(0.01)


async def take(reader: HubSubscription, count: int) -> list[Packet]:
    async with asyncio.timeout(20):
        return [await anext(reader) for _ in range(count)]


async def test_a_coder_that_never_returns_is_replaced(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    bench, events = Bench(), list[dict[str, object]]()
    async with camera_on(bench, monkeypatch, events) as camera:
        bad, good = camera.plan(AV1), camera.plan(H264)
        async with camera.subscribe(bad, LIVE) as one, camera.subscribe(good, LIVE) as two:
            packets = await take(one, 12)
            assert [packet.key for packet in packets] == [True, *[False] * 4, True, *[False] * 6]
            assert [packet.sequence for packet in packets] == list(range(12))
            assert all(b.pts_ns > a.pts_ns for a, b in itertools.pairwise(packets))
            others = await take(two, 40)  # through the same and only worker
            assert [packet.sequence for packet in others] == list(range(40))
            assert [packet.key for packet in others].count(True) <= 2, "nothing but the group of pictures went its way"
            assert others[-1].pts_ns > packets[5].pts_ns
        status = {channel.spec: channel for channel in camera.status().channels}
        assert (status[bad].failures, status[bad].encoders_opened) == (1, 2)
        assert (status[good].failures, status[good].encoders_opened) == (0, 1)
        assert [event for event in events if event["name"] == "channel-failed"] == [
            {"name": "channel-failed", "view": 1, "codec": "av1", "reason": "the av1 encoder does not return; it is given up"}
        ]
        assert "channel of view 1 (av1): the av1 encoder does not return" in caplog.text
        assert [event["watched"] for event in events if event["name"] == "watched"][:1] == [True]


async def test_a_coder_that_returns_after_all_is_not_heard_and_ends_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    bench, events = Bench(), list[dict[str, object]]()
    async with camera_on(bench, monkeypatch, events) as camera:
        async with camera.subscribe(camera.plan(AV1), LIVE) as reader:
            await take(reader, 8)
            bench.let_go.set()
            await until(lambda: bench.av1[0].closed)
            after = await take(reader, 10)
            assert [packet.sequence for packet in after] == list(range(8, 18))
            assert not any(packet.key for packet in after)
        assert len(bench.av1[0].users) == 1, "nobody else may touch what a thread is in"
    assert all(encoder.closed for encoder in bench.av1)


@pytest.fixture
def stand_still() -> Iterator[Callable[[bool], int]]:
    """Makes the threads that SVT-AV1 has at the moment stand still, or (False) go on; says how many."""
    libc = ctypes.CDLL(None)
    libc.signal.argtypes, libc.signal.restype = (ctypes.c_int, ctypes.c_void_p), ctypes.c_void_p
    stopped: list[int] = []
    handlers = {signal.SIGUSR1: libc.getpid, signal.SIGUSR2: libc.pause}  # pause returns when another signal has been handled
    before = {number: libc.signal(number, ctypes.cast(handler, ctypes.c_void_p)) for number, handler in handlers.items()}

    def tell(still: bool) -> int:
        if still:
            stopped[:] = [int(task.name) for task in Path("/proc/self/task").iterdir() if (task / "comm").read_text().startswith("coder-")]
        for thread in stopped:
            libc.tgkill(os.getpid(), thread, int(signal.SIGUSR2 if still else signal.SIGUSR1))
        return len(stopped)

    yield tell
    for number, handler in before.items():
        libc.signal(number, handler)


@pytest.mark.skipif(sys.platform != "linux", reason="the threads of an encoder are found on Linux only")
async def test_svt_av1_itself_stands_still(monkeypatch: pytest.MonkeyPatch, stand_still: Callable[[bool], int]) -> None:
    bench, events = Bench(at=None), list[dict[str, object]]()
    async with camera_on(bench, monkeypatch, events) as camera, camera.subscribe(camera.plan(AV1), LIVE) as reader:
        before = await take(reader, 5)
        assert stand_still(True) >= 8
        after = []
        while not after or not after[-1].key:
            after += await take(reader, 1)
        assert [packet.sequence for packet in before + after] == list(range(5 + len(after)))
        assert sum(event["name"] == "channel-failed" for event in events) == 1
        stand_still(False)
        await until(lambda: bench.av1[0].closed)
        assert not any(packet.key for packet in await take(reader, 5))


async def test_closing_that_never_returns_holds_up_nobody(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    bench, events = Bench(at=None, closing=True), list[dict[str, object]]()
    async with camera_on(bench, monkeypatch, events) as camera, camera.subscribe(camera.plan(H264), LIVE) as good:
        await take(good, 1)
        async with camera.subscribe(camera.plan(AV1), LIVE) as reader:
            await take(reader, 2)
        await until(lambda: "the av1 encoder does not return" in caplog.text)  # closed after its last viewer had gone
        assert not bench.let_go.is_set()
        await take(good, 20)
        async with camera.subscribe(camera.plan(AV1), LIVE) as reader:
            assert (await take(reader, 1))[0].key


async def test_so_many_hanging_coders_that_only_another_process_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vigil, "MOST_HANGING", 2)
    monkeypatch.setattr(vigil, "LOOKS", 5)
    bench, events = Bench(at=0, hangs=2), list[dict[str, object]]()
    async with camera_on(bench, monkeypatch, events) as camera:
        async with camera.subscribe(camera.plan(AV1), LIVE) as reader:
            assert (await take(reader, 1))[0].key
        await until(lambda: {"name": "worn-out", "hanging": 2} in events)


def test_what_a_worker_was_given_after_what_hangs_is_done(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    let_go, done, given_up = threading.Event(), threading.Event(), list[str]()
    pool = WorkerPool(1)
    worker = pool.pin()
    worker.submit(let_go.wait, lambda: given_up.append("first"))
    worker.submit(done.set, lambda: given_up.append("second"))
    while worker.task is None:
        pass
    for _ in range(3):
        pool.look(3)
    assert given_up == []
    pool.look(3)
    assert done.wait(10)
    assert (given_up, pool.left) == (["first"], 1)
    let_go.set()
    while pool.left:
        pass
    worker.submit(lambda: given_up.append("third"))
    pool.close()
    assert given_up == ["first", "third"]
    assert caplog.text == ""


def test_the_end_waits_for_all_that_hangs_together(caplog: pytest.LogCaptureFixture) -> None:
    let_go, pool = threading.Event(), WorkerPool(20)
    for _ in range(len(pool)):
        pool.pin().submit(let_go.wait)
    pool.close(0.05)
    assert caplog.text.count("did not end within 0.05 s") == 20
    let_go.set()


def test_a_worker_that_goes_on_is_never_given_up() -> None:
    pool = WorkerPool(1)
    worker, turns = pool.pin(), [threading.Event() for _ in range(20)]
    begun = [threading.Event() for _ in turns]
    for mine, turn in zip(begun, turns, strict=True):
        worker.submit(lambda mine=mine, turn=turn: (mine.set(), turn.wait()), lambda: pytest.fail("it went on"))  # type: ignore[misc]
    for mine, turn in zip(begun, turns, strict=True):
        assert mine.wait(10)
        pool.look(1)
        turn.set()
    pool.close()
