"""Rules that record: what lies on the card afterwards begins before the trigger and ends after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import pytest
from system_camera import RunningCamera, until
from test_system_ptz import send
from test_system_rules import add, drive, rule, when


@pytest.fixture
def recording(tmp_path: Path, clip: Path) -> Iterator[RunningCamera]:
    """A camera with a card, on the moving clip."""
    (tmp_path / "card").mkdir()
    camera = RunningCamera(tmp_path, "--source", clip, "--sd-card", tmp_path / "card")
    camera.start()
    camera.create_administrator()
    camera.change(profiles__items=[{"name": "small", "parameters": "resolution=320x240&videokeyframeinterval=10"}])
    yield camera
    camera.close()


def rows(camera: RunningCamera) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = camera.get("/api/v1/recordings")["recordings"]
    return found


def when_was(row: dict[str, Any], what: str) -> datetime:
    return datetime.fromisoformat(row[what])


FILM = {"disk": "SD_DISK", "view": 4, "profile": "small", "pre": 3}


@pytest.mark.feature("EVT-02", "EVT-11", "EVT-14", "EVT-15", "EVT-16", "EVT-17", "EVT-18")
def test_a_recording_begins_before_its_rule_and_goes_on_after_it(recording: RunningCamera) -> None:
    camera = recording
    made = add(camera, "record.active", parameters={**FILM, "post": 2}, name="Door")
    until(lambda: any(channel["frames"] > 90 for channel in camera.get("/api/v1/status")["channels"]), 20)  # the past that is asked for
    asked = datetime.now(UTC)
    drive(camera, True)
    until(lambda: rows(camera) and camera.get(f"/api/v1/recordings/{rows(camera)[0]['id']}")["segments"])
    identity = rows(camera)[0]["id"]
    drive(camera, False)
    ended = datetime.now(UTC)
    assert rows(camera)[0]["running"]
    drive(camera, True)  # within the postbuffer: the same recording goes on
    drive(camera, False)
    until(lambda: not rows(camera)[0]["running"], 20)
    (row,) = rows(camera)
    assert (row["id"], row["trigger"], row["kind"], row["view"]) == (identity, "Door", "action", 4)
    assert (asked - when_was(row, "start")).total_seconds() > 1.5
    assert (when_was(row, "stop") - ended).total_seconds() > 1
    assert rule(camera, made)["starts"] == 2
    films = list((camera.folder / "card").rglob("*.mkv"))
    with av.open(str(films[0])) as container:
        first = next(container.decode(video=0))
        assert (first.width, first.height) == (320, 240)
    assert camera.stop() == 0


@pytest.mark.feature("EVT-14", "EVT-19")
def test_a_recording_of_a_fixed_time_and_one_cut_off_by_a_power_cut(recording: RunningCamera) -> None:
    camera = recording
    add(camera, "record.fixed", parameters={**FILM, "pre": 0, "seconds": 2}, name="Short")
    drive(camera, True)
    until(lambda: rows(camera) and not rows(camera)[0]["running"], 20)
    assert 0.5 < (when_was(rows(camera)[0], "stop") - when_was(rows(camera)[0], "start")).total_seconds() < 4
    lasting = add(camera, "record.active", [when(2)], {**FILM, "pre": 0, "post": 0}, name="Long")
    drive(camera, True, 2)
    until(lambda: len(rows(camera)) == 2 and camera.get(f"/api/v1/recordings/{rows(camera)[0]['id']}")["segments"])
    camera.kill()
    camera.start()
    until(lambda: len(rows(camera)) == 2 and not rows(camera)[0]["running"])
    drive(camera, True, 2)
    until(lambda: len(rows(camera)) == 3)
    send(camera, "DELETE", f"rules/{lasting}")
    until(lambda: not any(row["running"] for row in rows(camera)))
    send(camera, "PATCH", "settings", **{"storage.protected": True})
    short = next(each for each in send(camera, "GET", "rules")["rules"] if each["name"] == "Short")
    drive(camera, False)
    drive(camera, True)
    assert "write-protected" in until(lambda: rule(camera, short["id"])["fault"])
    assert camera.stop() == 0
