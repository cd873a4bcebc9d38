"""Motion in the running camera: who walks through an area of the simulated shop makes a rule record and a view area turn."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from system_camera import RunningCamera, refusal, until
from test_system_ptz import send
from test_system_storageevents import Heard, listen_pullpoint, listen_rtsp

ROUND_S = 10
"""In this time somebody walks round the table once, and so through the area east of it."""

PASSAGE = [{"pan": pan, "tilt": tilt} for pan, tilt in ((76, -12), (104, -12), (104, -50), (76, -50))]
CORNER = [{"pan": pan, "tilt": tilt} for pan, tilt in ((-70, -5), (-60, -5), (-60, -20), (-70, -20))]
MOTION = "VideoSource/Motion/Area"
FILM = {"disk": "SD_DISK", "view": 4, "profile": "small", "pre": 0, "post": 0}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCamera]:
    """People walk in it, and nobody watches. East of the table is area 1, a corner where nobody walks is area 2; one man
    is too few for area 3, east of the table as well."""
    folder: Path = tmp_path_factory.mktemp("shop")
    (folder / "card").mkdir()
    camera = RunningCamera(folder, "--source", "sim:room", "--model", "m4327", "--sd-card", folder / "card")
    camera.start()
    camera.create_administrator()
    camera.change(profiles__items=[{"name": "small", "parameters": "resolution=320x240&fps=5"}])
    send(camera, "POST", "motion/areas", name="Passage", corners=PASSAGE, hold=1)
    send(camera, "POST", "motion/areas", name="Corner", corners=CORNER, hold=1)
    send(camera, "POST", "motion/areas", name="Crowd", corners=PASSAGE, hold=1)
    send(camera, "PATCH", "motion/areas/3", sensitivity=1, size=60)
    yield camera
    camera.close()


def area(camera: RunningCamera, number: int = 1) -> dict[str, Any]:
    return next(each for each in camera.get("/api/v1/motion")["areas"] if each["id"] == number)


def told(camera: RunningCamera, number: int = 1) -> list[bool]:
    """What was said of an area, newest first."""
    return [event["data"]["active"] for event in camera.events(MOTION) if event["source"]["motion_area"] == number]


def pictures(camera: RunningCamera) -> int:
    return int(camera.get("/api/v1/status")["source"]["frames"])


def pass_by(camera: RunningCamera, seconds: float) -> None:
    """So much of the scene's time."""
    end = pictures(camera) + seconds * camera.get("/api/v1/status")["source"]["fps"]
    until(lambda: pictures(camera) > end, 10 * seconds)


def regions(text: str) -> Heard:
    """What notification messages say of motion areas: topic, name, and with which operation and state."""
    found = []
    for each in re.findall(r"<(?:\w+:)?NotificationMessage.*?</(?:\w+:)?NotificationMessage>", text, re.S):
        topic = re.search(r"Topic[^>]*>\s*([^<]+?)\s*<", each)
        items = dict(re.findall(r'Name="(\w+)" Value="([^"]*)"', each))
        operation = re.search(r'PropertyOperation="(\w+)"', each)
        if topic and operation and "RuleName" in items:
            found.append((topic[1], items["RuleName"], f"{operation[1]} {items['State']}"))
    return found


def test_clients_of_onvif_hear_of_an_area_in_the_metadata_and_at_a_pull_point(shop: RunningCamera) -> None:
    """By the names that ONVIF gives them: known states first, then each change, for as long as people walk."""
    heard: dict[str, Heard] = {"metadata": [], "pull point": []}
    end: list[Callable[[], object]] = []
    listeners = {"metadata": listen_rtsp, "pull point": listen_pullpoint}
    threads = [threading.Thread(target=listen, args=(shop, heard[way], end, regions)) for way, listen in listeners.items()]
    for thread in threads:
        thread.start()
    topic = "tns1:RuleEngine/MotionRegionDetector/Motion"
    wanted = {(topic, "Passage", "Changed 1"), (topic, "Passage", "Changed 0")}
    try:
        for found in heard.values():
            until(lambda found=found: wanted <= set(found), 90)
    finally:
        for stop in end:
            stop()
        for thread in threads:
            thread.join(10)
    for way, found in heard.items():
        states = [said.split() for name, area, said in found if (name, area) == (topic, "Passage")]
        assert states[0][0] == "Initialized", way
        assert [operation for operation, _ in states[1:]] == ["Changed"] * (len(states) - 1), way
        assert all(before != after for (_, before), (_, after) in pairwise(states)), f"{way}: nothing is said twice"
        assert {said for _, area, said in found if area == "Corner"} == {"Initialized 0"}, way  # where nobody walks


@pytest.mark.feature("EVT-02")
def test_who_walks_through_an_area_is_recorded_by_a_rule_and_heard_of_by_clients(shop: RunningCamera) -> None:
    condition = {"topic": MOTION, "where": {"motion_area": 1}}
    offered = next(row for row in send(shop, "GET", "rules/conditions")["conditions"] if row["topic"] == MOTION)
    assert offered["group"] == "Video"
    assert [each["title"] for each in next(item for item in offered["items"] if item["name"] == "motion_area")["values"]] == [
        "Passage",
        "Corner",
        "Crowd",
    ]
    wish = {"conditions": [condition], "action": {"kind": "record.active", "parameters": FILM}, "name": "Passage"}
    made = send(shop, "POST", "rules", **wish)["id"]

    def rows() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = shop.get("/api/v1/recordings")["recordings"]
        return [row for row in found if row["trigger"] == "Passage"]

    until(lambda: [row for row in rows() if not row["running"]], 60)
    until(lambda: len(rows()) > 1, 60)
    assert rows()[0]["kind"] == "action"
    send(shop, "DELETE", f"rules/{made}")
    until(lambda: told(shop)[:2] == [False, True], 30)
    assert not any(told(shop, 2))
    assert not any(told(shop, 3))
    assert [event["data"]["active"] for event in shop.events("VideoSource/Motion/Any")][:2] in ([False, True], [True, False])


def test_the_gatekeeper_turns_to_who_walks_by_and_home_again(shop: RunningCamera) -> None:
    send(shop, "POST", "ptz/4/presets", name="Passage", number=2, pan=90, tilt=-30, hfov=60)
    keeper = {"enabled": True, "motion_area": 1, "preset": 2, "home_after": 1}
    send(shop, "PATCH", "ptz/4/gatekeeper", **keeper)

    def looks(camera: RunningCamera) -> tuple[int, bool]:
        state = camera.get("/api/v1/ptz/4")
        return round(state["pose"]["pan"]), state["gatekeeper"]["on_duty"]

    home = round(next(each for each in shop.get("/api/v1/ptz/4")["presets"] if each["home"])["pan"])
    until(lambda: looks(shop) == (90, True), 60)
    until(lambda: looks(shop) == (home, False), 60)
    with shop.client() as client:
        refused = client.delete("/api/v1/motion/areas/1")
        assert "switch the gatekeeper of view area 1 off first" in refusal(refused)
        assert refused.status_code == 400
    shop.kill()
    shop.start()
    until(lambda: looks(shop) == (90, True), 90)
    send(shop, "PATCH", "ptz/4/gatekeeper", enabled=False)
    assert not looks(shop)[1]


def test_who_walks_behind_a_mask_is_not_seen_and_with_no_area_nothing_is_told(shop: RunningCamera) -> None:
    until(lambda: told(shop)[:1] == [True], 60)
    wide = [{"pan": pan, "tilt": tilt} for pan, tilt in ((66, -4), (114, -4), (114, -60), (66, -60))]
    mask = send(shop, "POST", "privacy/masks", name="All of it", corners=wide)["id"]
    until(lambda: area(shop)["share"] == 0 and not area(shop)["active"], 30)
    before = len(told(shop))
    pass_by(shop, ROUND_S)
    assert len(told(shop)) == before
    send(shop, "DELETE", f"privacy/masks/{mask}")
    until(lambda: area(shop)["active"], 60)
    for number in (1, 2, 3):
        send(shop, "PATCH", f"motion/areas/{number}", enabled=False)
    assert not [event for event in shop.get("/api/v1/events/conditions")["events"] if event["topic"].startswith("VideoSource/Motion")]


@pytest.mark.parametrize("what", ["name", "hold"])
def test_the_rest_of_an_area_is_seen_too(shop: RunningCamera, what: str) -> None:
    send(shop, "PATCH", "motion/areas/1", enabled=True, hold=1, name="Passage")
    if what == "name":
        send(shop, "PATCH", "motion/areas/1", name="Gate")
        until(lambda: shop.events(MOTION)[0]["data"]["name"] == "Gate", 30)
    else:
        send(shop, "PATCH", "motion/areas/1", hold=60)
        until(lambda: area(shop)["active"], 60)
        before = len(told(shop))
        pass_by(shop, ROUND_S)
        assert (area(shop)["active"], len(told(shop))) == (True, before)
