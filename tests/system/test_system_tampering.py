"""Tampering with the running camera: a film in which the lens is painted over and cleaned again makes a rule record, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from system_camera import RunningCamera, until
from test_system_ptz import send

from panocam.pipeline.sources import SourceOptions
from panocam.pipeline.sources.address import Simulated
from panocam.pipeline.sources.simulated import SimulatedSource

SIDE, FPS = 480, 5
CLEAN_S, PAINTED_S = 16, 10
TOPIC = "VideoSource/Tampering"
FILM = {"disk": "SD_DISK", "view": 4, "profile": "small", "pre": 0, "seconds": 1}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulated shop with its people; after a while paint runs over the lens."""
    path = tmp_path_factory.mktemp("film") / "painted.mp4"
    shop = SimulatedSource(Simulated("room"), SourceOptions(paced=False, sensor=(SIDE, SIDE), fps=FPS))
    thick = cv2.resize(np.random.default_rng(1).uniform(0.9, 1, (24, 24)), (SIDE, SIDE))
    circle = cv2.circle(np.zeros((SIDE, SIDE)), (SIDE // 2, SIDE // 2), SIDE // 2 - 4, 1.0, -1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = SIDE, SIDE, "yuv420p"
        for number, raw in enumerate(islice(shop.frames(), (CLEAN_S + PAINTED_S) * FPS)):
            luma = raw.planes.y.astype(float)
            if number >= CLEAN_S * FPS:
                luma = luma * (1 - thick * circle) + 110 * thick * circle
            picture = np.full((SIDE * 3 // 2, SIDE), 128, np.uint8)
            picture[:SIDE] = luma
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "yuv420p")))
        container.mux(stream.encode())
    return path


@contextmanager
def watched(folder: Path, film: Path, delay: int) -> Iterator[RunningCamera]:
    """A camera that shows the film from its beginning on and tells tampering after ``delay`` seconds."""
    (folder / "card").mkdir(parents=True)
    camera = RunningCamera(folder, "--source", film, "--sd-card", folder / "card")
    camera.start()
    camera.create_administrator()
    half = (SIDE - 1) / 2
    camera.change(
        source__circle=[half, half, half],
        profiles__items=[{"name": "small", "parameters": "resolution=320x240&fps=5"}],
        tampering__enabled=True,
        tampering__delay=delay,
    )
    camera.stop()
    camera.start()
    try:
        yield camera
    finally:
        camera.close()


def state(camera: RunningCamera) -> str:
    return str(camera.get("/api/v1/tampering")["state"])


@pytest.mark.feature("EVT-25", "EVT-37", "EVT-38")
def test_a_lens_that_is_painted_over_makes_a_rule_record_but_not_before_the_delay(tmp_path: Path, film: Path) -> None:
    """Two cameras see the same; the deed is over before the second one's delay is, and it keeps quiet."""
    with watched(tmp_path / "patient", film, PAINTED_S + 5) as patient, watched(tmp_path / "quick", film, 3) as quick:
        offered = next(row for row in send(quick, "GET", "rules/conditions")["conditions"] if row["topic"] == TOPIC)
        assert (offered["group"], offered["title"], offered["stateful"]) == ("Video", "Camera tampering", False)
        wish = {"conditions": [{"topic": TOPIC, "where": {}}], "action": {"kind": "record.fixed", "parameters": FILM}, "name": "Painted"}
        send(quick, "POST", "rules", **wish)
        until(lambda: state(quick) == "learning", 10)
        until(lambda: state(quick) == "clear", 60)
        assert not quick.events(TOPIC)
        until(lambda: state(quick) == "alarm", 60)
        assert [event["data"]["reason"] for event in quick.events(TOPIC)] == ["blurred"]
        until(lambda: state(patient) == "blurred", 60)

        def rows() -> list[dict[str, Any]]:
            return [row for row in quick.get("/api/v1/recordings")["recordings"] if row["trigger"] == "Painted" and not row["running"]]

        until(rows, 30)
        assert quick.get("/api/v1/tampering")["last"]["reason"] == "blurred"
        for camera in (quick, patient):
            until(lambda camera=camera: state(camera) == "clear", 60)  # the film begins again
        assert not patient.events(TOPIC)
        patient.change(tampering__enabled=False)
        assert state(patient) == "off"
