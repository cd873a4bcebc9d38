from __future__ import annotations

import asyncio

import pytest
from scripted import ScriptedSource

from panocam.media.codec import Codec
from panocam.pipeline import camera as camera_module
from panocam.pipeline.camera import PanoramicCamera
from panocam.pipeline.config import CameraConfig
from panocam.pipeline.request import StreamRequest
from panocam.pipeline.service import DropPolicy


async def test_who_joins_after_a_change_sees_no_picture_from_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_module, "open_source", lambda uri, options: ScriptedSource(fps=30, size=(400, 400)))
    async with PanoramicCamera(CameraConfig("sim:room")) as camera, asyncio.timeout(20):
        spec = camera.plan(StreamRequest(1, Codec.H264, gop=1000))
        async with camera.subscribe(spec, DropPolicy.UNTIL_KEY) as watching:
            before = [await anext(watching) for _ in range(5)]
            async with camera.subscribe(spec, DropPolicy.UNTIL_KEY) as joining:
                assert (await anext(joining)).sequence == before[0].sequence  # as long as nothing changes, at once
            camera.renew()
            async with camera.subscribe(spec, DropPolicy.UNTIL_KEY) as joining:
                first = await anext(joining)
            assert first.key
            assert first.pts_ns > before[-1].pts_ns
            after = [await anext(watching) for _ in range(5)]
    assert [packet.sequence for packet in (*before, *after)] == list(range(10))  # who watched on missed nothing
