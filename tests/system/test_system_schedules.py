"""Schedules in a running camera: what is true by its clock is told, also when the clock is set or the zone is another."""

from __future__ import annotations

import pytest
from system_camera import RunningCamera, until


def active(camera: RunningCamera, id: str) -> bool | None:
    """What the bus knows of a schedule."""
    found = [each for each in camera.get("/api/v1/events/conditions")["events"] if each["topic"] == "Schedule/Active"]
    return next((each["data"]["active"] for each in found if each["source"]["schedule"] == id), None)


def pulses(camera: RunningCamera) -> list[str]:
    return [each["source"]["schedule"] for each in camera.get("/api/v1/events")["events"] if each["topic"] == "Schedule/Pulse"]


@pytest.mark.feature("EVT-04")
def test_schedules_follow_the_clock_and_the_zone(known: RunningCamera) -> None:
    camera = known
    camera.change(time__zone="Europe/Stockholm")
    with camera.client() as client:
        client.put("/api/v1/time", json={"time": "2026-06-15T10:00:00"}).raise_for_status()  # a Monday
        assert [active(camera, id) for id in ("weekdays", "weekends", "office_hours", "after_hours")] == [True, False, True, False]
        client.put("/api/v1/time", json={"time": "2026-06-20T20:00:00"}).raise_for_status()
        assert [active(camera, id) for id in ("weekdays", "weekends", "office_hours", "after_hours")] == [False, True, False, True]
        camera.change(time__zone="Asia/Tokyo")  # three at night on Sunday
        made = client.post(
            "/api/v1/schedules", json={"name": "Small", "rule": {"repeat": "daily", "start": "02:00", "end": "04:00"}}
        ).json()
        assert (made["active"], active(camera, made["id"])) == (True, True)
        client.put("/api/v1/time", json={"time": "2026-06-21T03:59:59"}).raise_for_status()
        until(lambda: active(camera, made["id"]) is False)  # by waiting for the clock
        client.delete(f"/api/v1/schedules/{made['id']}").raise_for_status()
        assert active(camera, made["id"]) is None
        tick = client.post("/api/v1/schedules", json={"name": "Tick", "kind": "pulse", "rule": {"every_s": 1}}).json()["id"]
        until(lambda: pulses(camera).count(tick) >= 2)
    camera.stop()
    camera.start()
    until(lambda: pulses(camera).count(tick) >= 1)
