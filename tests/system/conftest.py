"""Two cameras that most tests share: one on a known scene, one on a clip that moves. Whoever changes settings puts them back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from system_camera import RunningCamera
from system_scene import draw, restless


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw(tmp_path_factory.mktemp("scene") / "markers.png")


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return restless(tmp_path_factory.mktemp("clip") / "restless.mp4")


@pytest.fixture(scope="session")
def _known(tmp_path_factory: pytest.TempPathFactory, scene: Path) -> Iterator[RunningCamera]:
    camera = RunningCamera(tmp_path_factory.mktemp("known"), copied=False)
    camera.start()
    camera.create_administrator()
    camera.change(source__uri=str(scene), source__circle=[719.5, 719.5, 720])
    yield camera
    camera.close()


@pytest.fixture
def known(_known: RunningCamera) -> Iterator[RunningCamera]:
    """A camera on the known scene, its circle given, and its settings put back after each test."""
    before = _known.get("/api/v1/settings")["values"]
    yield _known
    after = _known.get("/api/v1/settings")["values"]
    # where anybody may look, a client is not asked who it is, and sees less
    changed = {path: value for path, value in before.items() if path in after and after[path] != value}
    if changed:
        with _known.client() as client:
            assert client.patch("/api/v1/settings", json=changed).status_code == 200


@pytest.fixture(scope="session")
def moving(tmp_path_factory: pytest.TempPathFactory, clip: Path) -> Iterator[RunningCamera]:
    """A camera on a clip with noise and movement, 640x640 at 25 fps."""
    camera = RunningCamera(tmp_path_factory.mktemp("moving"), "--source", clip, copied=False)
    camera.start()
    camera.create_administrator()
    yield camera
    camera.close()


@pytest.fixture
def fresh(tmp_path: Path, scene: Path) -> Iterator[RunningCamera]:
    """A camera of its own for this test, not started, on the known scene."""
    camera = RunningCamera(tmp_path, "--source", scene)
    yield camera
    camera.close()
