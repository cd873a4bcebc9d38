from __future__ import annotations

import asyncio
import itertools
import threading

import pytest
from scripted import ScriptedSource

from panocam.errors import InvalidValue, Unavailable
from panocam.optics.mount import Mount
from panocam.pipeline.camera import PanoramicCamera
from panocam.pipeline.config import CameraConfig, LensOptions
from panocam.pipeline.intake import Intake
from panocam.pipeline.sources import FACTORIES, SourceOptions, open_source
from panocam.pipeline.supervisor import RestartPolicy, SourceRunner
from panocam.pipeline.timeline import Timeline


@pytest.mark.parametrize("name", ["room", "yard"])
def test_the_simulated_world_is_a_source(name: str) -> None:
    source = open_source(f"sim:{name}", SourceOptions(fps=20, mount=Mount.WALL, sensor=(320, 320)))
    frames = list(itertools.islice(source.frames(), 4))
    source.close()
    assert all(frame.planes.size == (320, 320) for frame in frames)
    assert frames[0].planes.y.std() > 5
    assert all(b.pts_ns > a.pts_ns for a, b in itertools.pairwise(frames))
    assert source.circle is not None
    assert source.circle.radius == pytest.approx(160)


def test_an_unknown_world_is_named() -> None:
    with pytest.raises(InvalidValue, match="room, yard"):
        open_source("sim:moon", SourceOptions())


def test_the_light_may_change_by_itself() -> None:
    """Lamps that are put out after twenty seconds leave the room darker; an unknown program is named."""
    source = open_source("sim:room?light=switch&lean=2", SourceOptions(fps=1, sensor=(320, 320), paced=False))
    means = [float(frame.planes.y.mean()) for frame in itertools.islice(source.frames(), 24)]
    assert means[22] < 0.7 * means[18]
    with pytest.raises(InvalidValue, match="steady, day, switch"):
        open_source("sim:room?light=disco", SourceOptions(sensor=(320, 320)))


@pytest.mark.parametrize("address", ["sim:room?", "sim:room?lean=high", "sim:room?tilt=3", "sim:room?lean=3&x=1", "sim:room?lean=90"])
def test_a_crooked_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidValue, match="lean"):
        open_source(address, SourceOptions(sensor=(320, 320)))


def test_a_camera_may_hang_crookedly() -> None:
    level, crooked = (
        next(iter(open_source(address, SourceOptions(mount=Mount.WALL, sensor=(320, 320), paced=False)).frames())).planes.y.astype(int)
        for address in ("sim:room", "sim:room?lean=12")
    )
    assert abs(level - crooked).mean() > 8


@pytest.mark.parametrize("name", ["room", "yard"])
def test_building_a_world_ends_soon_after_nobody_wants_it(name: str) -> None:
    """It asks between all parts of its work, and the first no is the end."""
    asked = 0

    def wanted(most: int) -> bool:
        nonlocal asked
        asked += 1
        return asked <= most

    def build(most: int) -> None:
        open_source(f"sim:{name}", SourceOptions(sensor=(800, 800), wanted=lambda: wanted(most))).close()

    for most in (0, 1, 4):
        asked = 0
        with pytest.raises(Unavailable, match="closed"):
            build(most)
        assert asked == most + 1
    asked = 0
    build(10_000)
    assert asked > 8


def test_a_source_that_is_stopped_while_it_opens_lets_go() -> None:
    stopped = threading.Event()

    def wanted() -> bool:
        asked.append(True)
        assert stopped.wait(10)
        return runner.wanted()

    asked: list[bool] = []
    options = SourceOptions(sensor=(320, 320), wanted=wanted)
    runner = SourceRunner(
        "sim:room",
        lambda: open_source("sim:room", options),
        Intake(LensOptions(), options.clock),
        Timeline(),
        options.clock,
        lambda *_: None,
        RestartPolicy(),
    )
    runner.start()
    runner.stop()
    stopped.set()
    assert runner.join(10)
    assert len(asked) <= 1


async def test_the_camera_tells_its_source_when_it_is_no_longer_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[SourceOptions] = []
    opened = threading.Event()

    def scripted(_uri: str, options: SourceOptions) -> ScriptedSource:
        given.append(options)
        opened.set()
        return ScriptedSource()

    monkeypatch.setitem(FACTORIES, "scripted", scripted)
    async with PanoramicCamera(CameraConfig("scripted:")) as camera:
        assert await asyncio.to_thread(opened.wait, 10)
        assert given[0].wanted()
        camera.close()
        assert not given[0].wanted()
