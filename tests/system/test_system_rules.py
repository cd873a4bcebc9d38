"""Rules of the running camera: an input or the manual trigger starts something, and pictures, files and restarts show it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from system_camera import RunningCamera, until
from test_system_ptz import pan, ptz, send


def drive(camera: RunningCamera, active: bool, number: int = 1) -> None:
    """A virtual input."""
    send(camera, "PUT", f"virtual-inputs/{number}/state", active=active)


def when(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"topic": "Device/IO/VirtualInput", "where": {"port": number}, **more}


def add(camera: RunningCamera, kind: str, conditions: list[dict[str, Any]] | None = None, parameters: Any = None, **more: Any) -> int:
    wish = {"conditions": conditions or [when()], "action": {"kind": kind, "parameters": parameters or {}}, **more}
    return int(send(camera, "POST", "rules", **wish)["id"])


def rule(camera: RunningCamera, number: int) -> dict[str, Any]:
    return next(each for each in send(camera, "GET", "rules")["rules"] if each["id"] == number)


def view(camera: RunningCamera) -> np.ndarray:
    return camera.image(5, resolution="320x240").astype(int)


def differs(one: np.ndarray, other: np.ndarray) -> bool:
    return float(np.abs(one - other).mean()) > 3


def tour(camera: RunningCamera, *turned: int) -> int:
    """A guard tour of view area 1 through these pans."""
    steps = []
    for number, degrees in enumerate(turned, 2):
        send(camera, "POST", "ptz/4/presets", name=f"P{number}", number=number, pan=degrees, tilt=-40, hfov=60)
        steps.append({"preset": number, "seconds": 0, "speed": 100})
    return int(send(camera, "POST", "ptz/tours", name="Round", steps=steps)["number"])


def recorded(camera: RunningCamera) -> int:
    """A recorded tour of view area 1."""
    ptz(camera, "pan=-60")
    send(camera, "POST", "ptz/4/record", name="walk")
    for degrees in (-50, -40, -30):
        ptz(camera, f"pan={degrees}")
        until(lambda degrees=degrees: abs(pan(camera) - degrees) < 1)
    return int(send(camera, "POST", "ptz/4/record/keep")["number"])


@pytest.fixture
def ruled(fresh: RunningCamera) -> RunningCamera:
    fresh.start()
    fresh.create_administrator()
    return fresh


@pytest.mark.feature("PTZ-12", "EVT-01", "EVT-03", "EVT-04", "EVT-08")
def test_the_manual_trigger_runs_a_tour_while_it_is_active_and_nobody_watches(ruled: RunningCamera) -> None:
    camera = ruled
    before = view(camera)
    number = tour(camera, 60, 100)
    trigger = [{"topic": "Device/IO/ManualTrigger", "where": {"port": 1}}]
    made = add(camera, "tour.active", trigger, {"tour": number}, name="Alarm round")
    send(camera, "PUT", "manual-trigger/state", active=True)
    for _ in range(2):
        until(lambda: abs(pan(camera) - 100) < 1)
        until(lambda: abs(pan(camera) - 60) < 1)
    assert camera.get("/api/v1/status")["channels"] == []
    assert differs(before, view(camera))
    assert rule(camera, made)["active"]
    send(camera, "PUT", "manual-trigger/state", active=False)
    until(lambda: not send(camera, "GET", "ptz/tours")["tours"][0]["running"])
    assert (rule(camera, made)["active"], rule(camera, made)["starts"], rule(camera, made)["fault"]) == (False, 1, None)
    assert any(entry["fields"].get("by") == "rule Alarm round" for entry in camera.get("/api/v1/logs/audit", limit=50)["entries"])
    assert camera.stop() == 0


@pytest.mark.feature("PTZ-12", "PTZ-18", "EVT-06")
def test_a_tour_that_a_rule_started_survives_a_power_cut_and_one_that_should_be_over_ends(ruled: RunningCamera) -> None:
    camera = ruled
    round_ = tour(camera, 60, 100)
    fixed = add(camera, "tour.fixed", [when(1)], {"tour": round_})
    active = add(camera, "tour.active", [when(2)], {"tour": round_})
    drive(camera, True, 1)
    until(lambda: abs(pan(camera) - 100) < 1)
    camera.kill()
    camera.start()
    until(lambda: abs(pan(camera) - 60) < 1)
    until(lambda: abs(pan(camera) - 100) < 1)
    assert [rule(camera, each)["starts"] for each in (fixed, active)] == [0, 0]

    tours = "ptz/tours"
    send(camera, "POST", f"{tours}/{round_}/run", action="stop")
    drive(camera, True, 2)
    until(lambda: rule(camera, active)["active"] and send(camera, "GET", tours)["tours"][0]["running"])
    camera.kill()
    camera.start()
    assert not send(camera, "GET", tours)["tours"][0]["running"]  # an input begins inactive, so the rule is over
    drive(camera, True, 2)
    until(lambda: send(camera, "GET", tours)["tours"][0]["running"])
    assert camera.stop() == 0


def test_a_condition_that_holds_after_a_restart_starts_its_rule_and_a_switch_goes_back(ruled: RunningCamera) -> None:
    camera = ruled
    round_ = tour(camera, 60, 100)
    ready = [{"topic": "Device/Status/SystemReady"}]
    made = add(camera, "tour.active", ready, {"tour": round_})
    add(camera, "wdr.active", [when(3)])
    drive(camera, True, 3)
    until(lambda: camera.get("/api/v1/settings")["values"]["image.wdr"])
    for end in (camera.kill, camera.stop):
        until(lambda: abs(pan(camera) - 60) < 1)
        until(lambda: abs(pan(camera) - 100) < 1)
        assert rule(camera, made)["starts"] == 1
        end()
        camera.start()
        assert not camera.get("/api/v1/settings")["values"]["image.wdr"]
    until(lambda: rule(camera, made)["active"])
    send(camera, "DELETE", f"rules/{made}")
    until(lambda: not send(camera, "GET", "ptz/tours")["tours"][0]["running"])
    assert camera.stop() == 0


@pytest.mark.feature("PTZ-18", "EVT-07")
def test_a_recorded_tour_plays_once_and_turns_the_picture_when_all_conditions_hold(ruled: RunningCamera) -> None:
    camera = ruled
    walk = recorded(camera)
    ptz(camera, "pan=120")
    before = view(camera)
    made = add(camera, "tour.fixed", [when(1), when(2, inverted=True)], {"tour": walk})
    drive(camera, True, 2)
    drive(camera, True, 1)
    assert rule(camera, made)["starts"] == 0
    assert not differs(before, view(camera))
    drive(camera, False, 2)
    until(lambda: abs(pan(camera) + 30) < 1, 20)
    assert differs(before, view(camera))
    until(lambda: not send(camera, "GET", "ptz/tours")["tours"][0]["running"])
    assert camera.stop() == 0


@pytest.mark.feature("EVT-08")
def test_a_rule_whose_tour_was_deleted_says_so_and_nothing_else_happens(ruled: RunningCamera) -> None:
    camera = ruled
    number = tour(camera, 60, 100)
    made = add(camera, "tour.active", parameters={"tour": number}, name="Round")
    other = add(camera, "tour.active", [when(2)], {"tour": number}, name="Other")
    drive(camera, True)
    until(lambda: abs(pan(camera) - 60) < 1)
    send(camera, "DELETE", f"ptz/tours/{number}")
    drive(camera, False)
    drive(camera, True)
    fault = until(lambda: rule(camera, made)["fault"])
    assert f"no tour {number}" in fault
    (event,) = camera.events("Device/SystemMessage/ActionFailed")
    assert event["data"] == {"rule": made, "name": "Round", "description": fault}
    assert rule(camera, other)["fault"] is None
    assert camera.stop() == 0


def said(camera: RunningCamera) -> bool:
    """Whether the words of an overlay with a white ground lie at the upper left."""
    return float(camera.image(5, resolution="320x240")[8:14, 8:24, 0].mean()) > 200


@pytest.mark.feature("EVT-20", "EVT-21", "EVT-22", "EVT-23", "EVT-24", "EVT-02")
def test_a_text_is_seen_while_a_rule_says_so_and_gone_after_its_duration(known: RunningCamera) -> None:
    camera = known
    timed = add(camera, "overlay_text.fixed", [when(11)], {"text": "DOOR %T", "view": 4, "seconds": 2})
    drive(camera, True, 11)
    assert "no text overlay shows #D" in until(lambda: rule(camera, timed)["fault"])
    look = {"kind": "text", "size": 150, "background": "white", "color": "white", "outline": "white"}
    first = send(camera, "POST", "overlays", text="#D", **look)["identity"]
    try:
        assert not said(camera)
        drive(camera, False, 11)
        drive(camera, True, 11)
        until(lambda: said(camera))
        assert camera.image(6, resolution="320x240")[8:14, 8:24, 0].mean() < 200  # another view has its own
        until(lambda: not said(camera))
        assert rule(camera, timed)["fault"] is None

        send(camera, "PATCH", f"overlays/{first}", text="#D16")
        lasting = add(camera, "overlay_text.active", [when(12)], {"text": "OPEN", "slot": 16})
        drive(camera, True, 12)
        until(lambda: said(camera))
        assert send(camera, "GET", "overlay-texts")["texts"] == {"16": "OPEN"}
        send(camera, "PATCH", f"rules/{lasting}", enabled=False)
        until(lambda: not said(camera))
    finally:
        send(camera, "DELETE", f"overlays/{first}")
        drive(camera, False, 11)
        drive(camera, False, 12)


def outputs(camera: RunningCamera) -> bool:
    return bool(send(camera, "GET", "ports")["ports"][1]["active"])


@pytest.mark.feature("EVT-08")
def test_of_two_rules_on_a_port_the_last_one_counts_and_then_it_is_as_before(known: RunningCamera) -> None:
    camera = known
    add(camera, "output.active", [when(13)], {"port": 1, "active": True})
    other = add(camera, "output.active", [when(14)], {"port": 1, "active": False})
    for number, active, expected in ((13, True, True), (14, True, False), (14, False, True), (14, True, False), (13, False, False)):
        drive(camera, active, number)
        until(lambda expected=expected: outputs(camera) is expected)
    drive(camera, False, 14)
    until(lambda: not rule(camera, other)["active"])
    assert not outputs(camera)
    add(camera, "output.fixed", [when(15)], {"port": 1, "seconds": 1})
    drive(camera, True, 15)
    until(lambda: outputs(camera))
    until(lambda: not outputs(camera))
    drive(camera, False, 15)


@pytest.mark.feature("EVT-08")
def test_the_picture_looks_otherwise_while_a_rule_is_active(known: RunningCamera) -> None:
    camera = known
    plain = view(camera)
    add(camera, "defog.active", [when(16)])
    drive(camera, True, 16)
    until(lambda: camera.get("/api/v1/settings")["values"]["image.defog"])
    until(lambda: differs(plain, view(camera)))
    drive(camera, False, 16)
    until(lambda: not camera.get("/api/v1/settings")["values"]["image.defog"])
    until(lambda: not differs(plain, view(camera)))
    add(camera, "wdr.active", [when(17)])
    drive(camera, True, 17)
    until(lambda: camera.get("/api/v1/settings")["values"]["image.wdr"])
    camera.change(image__wdr=False)  # somebody else has said something
    drive(camera, False, 17)
    camera.change(image__wdr=True)
    assert camera.get("/api/v1/settings")["values"]["image.wdr"]


@pytest.mark.feature("EVT-08")
def test_a_view_area_goes_to_a_preset_while_a_rule_is_active_and_then_home(known: RunningCamera) -> None:
    camera = known
    send(camera, "POST", "ptz/4/presets", name="Gate", number=7, pan=80, tilt=-40, hfov=60)
    send(camera, "POST", "views/4/home")
    home = pan(camera)
    for number, after, ends in ((18, "home", home), (19, "back", 20.0), (20, "stay", 80.0)):
        ptz(camera, "pan=20")
        made = add(camera, "preset.active", [when(number)], {"view": 4, "preset": 7, "after": after})
        drive(camera, True, number)
        until(lambda: abs(pan(camera) - 80) < 0.5)
        drive(camera, False, number)
        until(lambda ends=ends: abs(pan(camera) - ends) < 0.5)
        send(camera, "DELETE", f"rules/{made}")


@pytest.mark.feature("PTZ-12")
def test_a_rule_moves_in_the_queues_group_of_events(known: RunningCamera) -> None:
    """Before operators, after administrators."""
    camera = known
    camera.change(ptz__queue=True)
    send(camera, "POST", "ptz/4/presets", name="Gate", number=7, pan=80, tilt=-40, hfov=60)
    made = add(camera, "preset.active", [when(21)], {"view": 4, "preset": 7, "after": "stay"}, name="Gate")
    ptz(camera, "pan=20")  # by an administrator, who has control now
    drive(camera, True, 21)
    assert "controls this view area" in until(lambda: rule(camera, made)["fault"])
    assert abs(pan(camera) - 20) < 0.5
    camera.change(ptz__queue=False)
    camera.change(ptz__queue=True)
    drive(camera, False, 21)
    drive(camera, True, 21)
    until(lambda: abs(pan(camera) - 80) < 0.5)
    (control,) = [e for e in camera.get("/api/v1/events/conditions", topic="PTZController/Control")["events"] if e["source"]["area"] == 1]
    assert control["data"] == {"controlled": True, "by": "rule Gate"}
    drive(camera, False, 21)
    until(lambda: not rule(camera, made)["active"])


@pytest.mark.feature("EVT-04", "PTZ-12")
def test_schedules_and_pulses_start_rules(known: RunningCamera) -> None:
    camera = known
    every = send(camera, "POST", "schedules", name="Each second", kind="pulse", rule={"every_s": 1})["id"]
    always = send(camera, "POST", "schedules", name="Always", kind="schedule", rule={"repeat": "daily", "start": "00:00", "end": "00:00"})
    number = tour(camera, 60, 100)
    try:
        beat = add(camera, "output.fixed", [{"topic": "Schedule/Pulse", "where": {"schedule": every}}], {"port": 1, "seconds": 1})
        walk = add(camera, "tour.active", [{"topic": "Schedule/Active", "where": {"schedule": always["id"]}}], {"tour": number})
        until(lambda: rule(camera, walk)["active"] and abs(pan(camera) - 100) < 1)
        until(lambda: rule(camera, beat)["starts"] >= 2)
        assert outputs(camera)
        assert "Each second" in rule(camera, beat)["words"]
        for each in (beat, walk):
            send(camera, "DELETE", f"rules/{each}")
        until(lambda: not outputs(camera))
    finally:
        for each in (every, always["id"]):
            send(camera, "DELETE", f"schedules/{each}")
        send(camera, "DELETE", f"ptz/tours/{number}")
