"""Image settings of a running camera: each is seen in the picture, at once also by somebody who is watching."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from system_camera import RunningCamera, refusal, until

from panocam.settings import DECLARED, Snapshot

SIDE = 960
LOOK = {"resolution": "480x480", "compression": 5}


def draw(path: Path) -> Path:
    """Coloured blobs with noise over them; the left half lies in shadow, the right one in fog."""
    rng = np.random.default_rng(5)
    coarse = rng.uniform(40, 200, (14, 14, 3)).astype(np.float32)
    picture = np.asarray(cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC))
    picture[:, : SIDE // 2] *= 0.25
    picture[:, SIDE // 2 :] = 0.4 * picture[:, SIDE // 2 :] + 120
    picture += rng.normal(0, 6, (SIDE, SIDE, 1))
    disc = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(disc, (SIDE // 2, SIDE // 2), SIDE // 2 - 2, 1, -1)
    cv2.imwrite(str(path), np.clip(picture, 0, 255).astype(np.uint8) * disc[..., None])
    return path


@pytest.fixture(scope="module")
def colourful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCamera]:
    folder = tmp_path_factory.mktemp("colourful")
    camera = RunningCamera(folder, "--source", draw(folder / "scene.png"))
    camera.start()
    camera.create_administrator()
    yield camera
    camera.close()


NEEDS: dict[str, dict[str, Any]] = {
    "local_contrast": {"wdr": True},
    "tone_mapping": {"wdr": True},
    "white_balance_window": {"white_balance": "auto"},
    "red_gain": {"white_balance": "manual"},
    "blue_gain": {"white_balance": "manual"},
    "defog_effect": {"defog": True},
}
"""What must be on for a setting to act."""

OTHER: dict[str, Any] = {"white_balance": "fixed_indoors", "red_gain": 1.5, "blue_gain": 0.6, "wdr": True, "defog": True}
OTHER["white_balance_window"] = {"left": 0.1, "top": 0.4, "right": 0.3, "bottom": 0.6}
"""Another value than the default; 90 where nothing is said."""

NAMES = [row.path.removeprefix("image.") for row in DECLARED.values() if row.section == "image"]


def change(camera: RunningCamera, values: dict[str, Any]) -> None:
    camera.change(**{f"image__{name}": value for name, value in values.items()})


@pytest.mark.feature("PRE-01", "PRE-02", "IMG-30", "IMG-39", "IMG-40", "IMG-41")
def test_every_image_setting_is_seen(colourful: RunningCamera) -> None:
    defaults = {name: Snapshot().flat()[f"image.{name}"] for name in NAMES}
    first = colourful.image(1, **LOOK).astype(int)
    for name in NAMES:
        if name == "noise_temporal":  # of a still picture it has nothing to average; below
            continue
        change(colourful, NEEDS.get(name, {}))
        before = colourful.image(1, **LOOK).astype(int)
        change(colourful, {name: OTHER.get(name, 90)})
        until(lambda: np.abs(colourful.image(1, **LOOK) - before).mean() > 0.5)  # noqa: B023  # the balance of another window glides
        change(colourful, defaults)
    assert np.array_equal(colourful.image(1, **LOOK), first)


@pytest.mark.feature("PRE-02")
def test_a_change_is_seen_by_who_is_watching_without_a_restart(colourful: RunningCamera) -> None:
    with colourful.watching("camera=5&resolution=320x240") as frames:
        before = float(next(frames).to_ndarray(format="gray").mean())
        change(colourful, {"brightness": 100})
        try:
            until(lambda: next(frames).to_ndarray(format="gray").mean() > before + 15)
        finally:
            change(colourful, {"brightness": 50})


def test_temporal_noise_reduction_is_seen_in_a_stream(moving: RunningCamera) -> None:
    def unrest() -> float:
        with moving.watching("camera=1&resolution=320x320&compression=10") as frames:
            pictures = [next(frames).to_ndarray(format="gray").astype(int) for _ in range(10)]
        return float(np.mean([np.abs(b - a).mean() for a, b in pairwise(pictures)]))

    before = unrest()
    moving.change(image__noise_temporal=100)
    try:
        assert unrest() < before
    finally:
        moving.change(image__noise_temporal=0)


def test_wrong_values_are_refused(colourful: RunningCamera) -> None:
    for name, value in {"brightness": 101, "white_balance": "candle", "red_gain": 9, "wdr": "perhaps"}.items():
        reply = colourful.patch(**{f"image__{name}": value})
        assert reply.status_code == 400
        assert f"image.{name}" in refusal(reply)


@pytest.mark.feature("IMG-44")
def test_a_capture_mode_without_wdr_leaves_it_off(colourful: RunningCamera) -> None:
    change(colourful, {"wdr": True})
    lifted = colourful.image(1, **LOOK).astype(int)
    colourful.change(installation__capture_mode="overview")
    try:
        until(lambda: np.abs(colourful.image(1, **LOOK) - lifted).mean() > 1)
    finally:
        colourful.change(installation__capture_mode="dewarped", image__wdr=False)
