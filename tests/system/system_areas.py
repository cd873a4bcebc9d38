"""What a view area shows, seen from outside, and the checks of settings that decide how it moves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from system_camera import RunningCamera, until

AREA = {"resolution": "320x240"}


def area(camera: RunningCamera, number: int = 1) -> np.ndarray:
    return camera.image(4 + number, **AREA)


def differs(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape != b.shape or float(np.abs(a.astype(int) - b).mean()) > 0.5


def stopped(**changes: object) -> Callable[[RunningCamera], None]:
    """A limit moves an area that looks beyond it; without it the area goes home again."""

    def check(camera: RunningCamera) -> None:
        go_home(camera)
        before = area(camera)
        camera.change(**changes)
        assert differs(before, area(camera))
        camera.change(**dict.fromkeys(changes))
        go_home(camera)
        assert not differs(before, area(camera))

    return check


def held(path: str, **move: float) -> Callable[[RunningCamera], None]:
    """An axis that is off refuses hands, and the picture stays; switched on it moves."""

    def check(camera: RunningCamera) -> None:
        go_home(camera)
        before = area(camera)
        camera.change(**{path: False})
        with camera.client() as client:
            assert client.post("/api/v1/views/4/move", json={"type": "move", **move}).status_code == 400
            assert not differs(before, area(camera))
            camera.change(**{path: True})
            assert client.post("/api/v1/views/4/move", json={"type": "move", **move}).status_code == 200
        assert differs(before, area(camera))
        go_home(camera)

    return check


def check_freeze(camera: RunningCamera) -> None:
    """On a slow way to a preset position the picture stays as it was, until the setting lets it go on."""
    go_home(camera)
    before = area(camera)
    preset = {"area": 1, "number": 2, "name": "Till", "pan": 120, "tilt": -40, "hfov": 40}
    camera.change(ptz__presets=[preset], ptz__movement__0__freeze=True)
    with camera.client() as client:
        go = {"type": "preset", "number": 2, "speed": 5}
        assert client.post("/api/v1/views/4/preset", json=go).status_code == 200
        until(lambda: client.get("/api/v1/ptz/4").json()["pose"]["pan"] > 20)
        assert not differs(before, area(camera))
        assert client.get("/api/v1/ptz/4").json()["moving"]
        camera.change(ptz__movement__0__freeze=False)
        assert differs(before, area(camera))
        assert client.get("/api/v1/ptz/4").json()["moving"]
    go_home(camera)
    camera.change(ptz__presets=[])


def go_home(camera: RunningCamera) -> None:
    with camera.client() as client:
        assert client.post("/api/v1/views/4/home", json={"type": "home"}).status_code == 200
