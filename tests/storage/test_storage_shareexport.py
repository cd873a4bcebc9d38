"""A share that goes in the middle of an export: its server is killed, or hangs. The export says when, leaves nothing, works again later."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from samba import Samba
from share_kit import SHARE, Recording, samba
from storage_kit import PushedCamera, coded

from panocam.media.packet import Packet
from panocam.pipeline.service import DropPolicy
from panocam.storage.disk import State
from panocam.storage.jobs import Box, Job, Stage

pytestmark = [
    pytest.mark.peer("smbd"),
    pytest.mark.skipif(not (shutil.which("smbd") or Path("/usr/sbin/smbd").exists()), reason="smbd is not installed"),
]

FILLER = b"\0\0\0\x01\x0c" + b"\xff" * 20_000 + b"\x80"
"""A unit of H.264 that says nothing, so that reading takes its time."""


def large(packets: list[Packet]) -> list[Packet]:
    return [replace(packet, data=packet.data + FILLER) for packet in packets]


PICTURE_S = 0.04


class Live:
    """Somebody watches, and pictures go on, while something else happens."""

    def __init__(self, it: Recording) -> None:
        self._it, self.seen = it, 0

    async def until(self, true: Callable[[], object]) -> None:
        before, pushed = self.seen, len(self._it.pushed)
        end = asyncio.get_running_loop().time() + 60
        async with next(iter(self._it.camera.hubs.values())).subscribe(DropPolicy.LOSSLESS, 600) as packets:
            watching = asyncio.create_task(self._watch(packets))
            while not true():
                assert asyncio.get_running_loop().time() < end, "it never came"
                await self._it.push(PICTURE_S)
                await asyncio.sleep(PICTURE_S)  # the clock of the test must not run ahead: a server on a busy machine would be given up
            await asyncio.sleep(0)
            watching.cancel()
        assert self.seen - before >= len(self._it.pushed) - pushed, "every picture comes"

    async def _watch(self, packets) -> None:
        async for _ in packets:
            self.seen += 1


async def begun(it: Recording, identity: str, box: Box, live: Live) -> Job:
    """An export that is in the middle."""
    job = it.storage.exports.start(identity, box, None, None)
    await live.until(lambda: job.progress > 0.1 or job.stage is not Stage.RUNNING)
    assert job.stage is Stage.RUNNING
    return job


def killed(it: Recording, server: Samba) -> None:
    server.stop()


def hangs(it: Recording, server: Samba) -> None:
    server.signal(signal.SIGSTOP)


@pytest.mark.parametrize("box", [Box.MKV, Box.ZIP])
@pytest.mark.parametrize("goes", [killed, hangs])
async def test_a_share_that_goes_in_the_middle_of_an_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goes: Callable[[Recording, Samba], None], box: Box
) -> None:
    monkeypatch.setattr("panocam.storage.volume.WATCH_S", 0.05)
    packets, description = coded(seconds=2)
    with samba(tmp_path) as server:
        async with Recording(tmp_path, PushedCamera(description), large(packets), server.port) as it:
            await it.ready()
            identity = await it.begin()
            for _ in range(60):
                await it.push(0.5)
                await it.flushed(it.share)
            await it.storage.recorder.stop(identity)
            assert it.disks(identity) == [SHARE]
            live = Live(it)
            job = await begun(it, identity, box, live)
            goes(it, server)
            for _ in range(3 if goes is hangs else 0):
                await live.until(lambda: it.share._job_since is not None)
                it.clock.advance(16)
                await asyncio.sleep(0.2)
            await live.until(lambda: job.stage is not Stage.RUNNING)
            assert job.stage is Stage.FAILED
            assert f"{SHARE} went away at 2023-11-14 22:13:" in job.reason
            assert "nothing of the export was kept; try again when it is there" in job.reason
            exports = tmp_path / "data" / "exports"
            assert list(exports.iterdir()) == []
            await live.until(lambda: it.share.state is State.FAILED)
            (absence,) = it.storage.library.absences(identity, it.storage.readable)
            assert absence.disk == SHARE
            server.stop()
            server.start()
            await live.until(lambda: it.share.usable)
            again = it.storage.exports.start(identity, box, None, None)
            await live.until(lambda: again.stage is not Stage.RUNNING)
            assert (again.stage, again.reason) == (Stage.DONE, "")
            assert [path.name for path in exports.iterdir()] == [again.path.name]
            assert again.size > 10_000_000
