"""A stream of a view area that freezes on its way: nothing between before and there, and a mask that is drawn meanwhile is seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from system_areas import differs, go_home
from system_camera import RunningCamera

VIEW = 4
QUERY = "camera=5&resolution=480x360&videocodec=jpeg"
PLACE = {"area": 1, "number": 2, "name": "Till", "pan": 120, "tilt": -40, "hfov": 40}
HIDING = {"id": 1, "name": "All", "corners": [[azimuth, 120] for azimuth in range(-180, 180, 40)]}


@pytest.fixture
def frozen(known: RunningCamera) -> Iterator[RunningCamera]:
    go_home(known)
    known.change(ptz__presets=[PLACE], ptz__movement__0__freeze=True)
    yield known
    known.change(ptz__presets=[], ptz__movement__0__freeze=False, privacy__masks=[])
    go_home(known)


def area(camera: RunningCamera) -> Any:
    return camera.get(f"/api/v1/ptz/{VIEW}")


def set_out(camera: RunningCamera, speed: int) -> None:
    with camera.client() as client:
        reply = client.post(f"/api/v1/views/{VIEW}/preset", json={"type": "preset", "number": 2, "speed": speed})
    assert reply.status_code == 200, reply.text


def test_a_stream_shows_before_and_then_there_and_nothing_between(frozen: RunningCamera) -> None:
    with frozen.watching(QUERY) as frames:
        before = next(frames).to_ndarray(format="gray")
        set_out(frozen, 30)
        seen = [next(frames).to_ndarray(format="gray")]
        while area(frozen)["pose"]["pan"] != PLACE["pan"]:
            seen.append(next(frames).to_ndarray(format="gray"))
        seen += [next(frames).to_ndarray(format="gray") for _ in range(20)]
    there = seen[-1]
    assert differs(before, there)
    still = [not differs(before, picture) for picture in seen]
    first = still.index(False)
    assert first > 10
    assert all(still[:first])
    assert not any(differs(there, picture) for picture in seen[first:])


def test_a_mask_drawn_on_the_way_is_seen_at_once(frozen: RunningCamera) -> None:
    with frozen.watching(QUERY) as frames:
        before = next(frames).to_ndarray(format="gray")
        set_out(frozen, 2)
        for _ in range(10):
            assert not differs(before, next(frames).to_ndarray(format="gray"))
        frozen.change(privacy__masks=[HIDING])
        seen: list[np.ndarray] = [next(frames).to_ndarray(format="gray") for _ in range(30)]
        assert area(frozen)["moving"]
    hidden = [float(picture.std()) < 3 for picture in seen]
    first = hidden.index(True)
    assert first < 15  # those that were on their way when the mask was saved
    assert all(hidden[first:])
