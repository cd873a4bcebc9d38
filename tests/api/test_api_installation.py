"""Capture modes, restarts of the picture and the level grid, as REST offers them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from api_kit import Side

from panocam.pipeline.camera import CameraStatus
from panocam.pipeline.supervisor import SourceState, SourceStatus
from panocam.settings import Role

LIVE = SourceStatus("sim:room", SourceState.LIVE, "", (2992, 2992), 25.0, 100, 0, 0, True, 25.0)


def show(side: Side, **source: object) -> None:
    """The camera reports this of its source from now on."""
    status = CameraStatus(replace(LIVE, **source), (), 2)  # type: ignore[arg-type]
    side.camera.status = lambda: status  # type: ignore[method-assign]


@pytest.mark.feature("BAS-01", "BAS-02", "BAS-04", "BAS-06", "VIEW-05")
async def test_the_installation_says_what_each_mode_allows(side: Side) -> None:
    show(side)
    async with side.client(Role.VIEWER) as client:
        now = (await client.get("/api/v1/installation")).json()
    assert (now["capture_mode"], now["mount"], now["power_line"]) == ("dewarped", "ceiling", 50)
    rich, fast = now["capture_modes"]
    assert (rich["selected"], rich["fps"], rich["wdr"], len(rich["views"])) == (True, 25, True, 12)
    assert (fast["selected"], fast["fps"], fast["wdr"], fast["views"]) == (False, 50, False, ["Overview"])
    assert now["horizon"] == {"available": False, "reason": "needs the mounting position wall"}
    assert now["restart"]["step"] == "none"


@pytest.mark.feature("VIEW-05")
@pytest.mark.parametrize(
    ("uri", "nominal", "held", "rates", "own"),
    [
        ("sim:room", 25.0, 0.0, (25, 50), False),
        ("sim:room", 25.0, 28.0, (25, 28), False),
        ("sim:room", 12.0, 12.0, (12, 12), False),
        ("rtsp://camera/stream", 15.0, 0.0, (15, 15), True),
        ("rtsp://camera/stream", 0.0, 0.0, (14.5, 14.5), True),
        ("/films/a.mp4", 29.97, 0.0, (29.97, 29.97), True),
        ("/pictures/a.JPG", 25.0, 0.0, (25, 50), False),
    ],
)
async def test_rates_are_what_the_source_can_give(
    side: Side, uri: str, nominal: float, held: float, rates: tuple[float, float], own: bool
) -> None:
    await side.services.settings.patch({"source.uri": uri})
    show(side, nominal_fps=nominal, fps=nominal or 14.5, held_fps=held)
    async with side.client(Role.VIEWER) as client:
        modes = (await client.get("/api/v1/installation")).json()["capture_modes"]
    assert tuple(mode["fps"] for mode in modes) == pytest.approx(rates)
    assert {mode["source_rate"] for mode in modes} == {own}


@pytest.mark.feature("BAS-03", "BAS-05", "BAS-07")
async def test_a_restart_reports_its_steps(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        show(side, state=SourceState.OPENING, frames=0, opened=False)
        first = await client.post("/api/v1/installation/restart", json={"capture_mode": "overview", "power_line": 60})
        assert first.status_code == 200
        assert (first.json()["number"], first.json()["step"], first.json()["progress"]) == (1, "opening", 33)
        seen = []
        for source in (
            {"state": SourceState.OPENING, "frames": 0, "opened": True},
            {"state": SourceState.LOST, "frames": 0, "reason": "no such host"},
            {"state": SourceState.LIVE, "frames": 1},
        ):
            side.clock.advance(1)
            show(side, **source)
            now = (await client.get("/api/v1/installation/restart")).json()
            seen.append((now["step"], now["progress"], now["reason"], now["seconds"]))
        assert seen == [("first picture", 66, "", 1), ("waiting", 33, "no such host", 2), ("done", 100, "", 3)]
        side.clock.advance(60)
        assert (await client.get("/api/v1/installation/restart")).json()["seconds"] == 3
    running = side.services.settings.running.installation
    assert (running.capture_mode, running.power_line) == ("overview", 60)


@pytest.mark.feature("BAS-03")
async def test_what_cannot_be_is_refused_at_once_and_nothing_restarts(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        for body in ({}, {"capture_mode": "fast"}, {"mount": "roof"}, {"roll": 3}):
            assert (await client.post("/api/v1/installation/restart", json=body)).status_code == 400
        await side.services.settings.patch({"views.0.enabled": False})
        refused = await client.post("/api/v1/installation/restart", json={"capture_mode": "overview"})
        assert refused.status_code == 400
        assert "enable it first" in refused.json()["error"]["message"]
        assert (await client.get("/api/v1/installation/restart")).json()["number"] == 0


@pytest.mark.feature("IMG-13", "IMG-14", "IMG-15")
async def test_straightening_is_offered_only_where_it_acts_and_says_why_not(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:

        async def reason() -> str:
            return str((await client.get("/api/v1/installation")).json()["horizon"]["reason"])

        assert "wall" in await reason()
        await side.services.settings.patch({"installation.mount": "wall"})
        assert await reason() == ""
        await side.services.settings.patch({"views.1.enabled": False})
        assert "panorama" in await reason()
        await side.services.settings.patch({"installation.capture_mode": "overview"})
        assert "capture mode" in await reason()


@pytest.mark.feature("IMG-10", "IMG-11")
async def test_the_level_grid_comes_in_pixels_of_the_view(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:
        reply = (await client.get("/api/v1/level-grid?view=1&width=1280&height=480")).json()
        assert (reply["width"], reply["height"]) == (1280, 480)
        horizon = [line for line in reply["lines"] if not line["upright"] and line["degrees"] == -15]
        (line,) = horizon
        assert np.ptp([y for _, y in line["points"]]) < 1
        assert (await client.get("/api/v1/level-grid?view=1&width=1281&height=480")).status_code == 400
        assert (await client.get("/api/v1/level-grid?view=1&step=0.5")).status_code == 400
        assert (await client.get("/api/v1/level-grid?view=77")).status_code == 400
