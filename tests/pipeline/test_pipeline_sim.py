from __future__ import annotations

import itertools

import pytest

from panocam.errors import InvalidValue
from panocam.optics.mount import Mount
from panocam.pipeline.sources import SourceOptions, open_source


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
