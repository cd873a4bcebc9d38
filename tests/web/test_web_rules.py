"""Rules, schedules and manual triggers, as a person makes and uses them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from camera_process import Api, CameraProcess
from web_kit import Visitor, eventually, playwright_api

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]
expect = playwright_api.expect
VIEW, TOUR = 4, 1
BUTTON = {"topic": "Device/IO/ManualTrigger", "where": {}, "inverted": False}
RUN = {"kind": "tour.active", "parameters": {"tour": TOUR}}


@pytest.fixture
def ruled(api: Api) -> Api:
    """One guard tour, no rule, nothing pressed; the ready-made schedules alone."""
    api.send("PUT", "manual-trigger/state", {"active": False})
    api.send("PATCH", "settings", {"rules.items": [], "ptz.presets": [], "ptz.tours": []})
    for schedule in api.get("schedules")["schedules"]:
        if not schedule["ready_made"]:
            api.send("DELETE", f"schedules/{schedule['id']}")
    for name, pan in (("Door", 40), ("Shelf", 80)):
        api.send("POST", f"ptz/{VIEW}/presets", {"name": name, "pan": pan, "tilt": -40, "hfov": 60})
    steps = [{"preset": number, "seconds": 3600, "speed": 90} for number in (2, 3)]
    api.send("POST", "ptz/tours", {"view": VIEW, "name": "Night round", "random": False, "pause": 0, "steps": steps})
    return api


def rules(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("rules")["rules"]
    return found


def kept(api: Api, **changes: object) -> dict[str, Any]:
    """A rule that runs the tour while the manual trigger is active."""
    wish = {"name": "Patrol", "enabled": True, "conditions": [BUTTON], "trigger": False, "wait": 0, "action": RUN, **changes}
    found: dict[str, Any] = api.send("POST", "rules", wish)
    return found


def running(api: Api) -> Callable[[bool], Awaitable[bool]]:
    async def whether(wanted: bool) -> bool:
        return bool(api.get("ptz/tours")["tours"][0]["running"]) is wanted

    return whether


async def choose(visitor: Visitor, label: str, option: str) -> None:
    await visitor.page.get_by_role("combobox", name=label).click()
    await visitor.page.get_by_role("option", name=option, exact=True).click()


@pytest.mark.feature("EVT-03", "EVT-04", "EVT-05", "EVT-06", "EVT-08", "PTZ-12", "PTZ-18")
async def test_a_rule_made_from_a_tour_starts_it_at_the_press_of_a_button(anna: Visitor, ruled: Api) -> None:
    page, tour_runs = anna.page, running(ruled)
    await anna.open("/ptz/tours")
    await page.get_by_label("Make a rule that starts Night round").click()
    await expect(page.get_by_role("heading", name="New rule")).to_be_visible()
    await expect(page.get_by_role("combobox", name="Tour")).to_have_value("Night round")
    await anna.field("Name").fill("Walk on demand")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Choose what starts the rule.", exact=True)).to_be_visible()
    assert rules(ruled) == []
    await choose(anna, "Condition", "Manual trigger")
    await expect(page.get_by_test_id("sentence")).to_contain_text("“Manual trigger” is active: start a guard tour (Night round")
    await choose(anna, "Action", "Run a guard tour while the rule is active")
    await expect(page.get_by_role("combobox", name="Tour")).to_have_value("Night round")
    await anna.shots("rules-form")
    await page.get_by_role("button", name="Save").click()
    row = page.get_by_role("list", name="Rules", exact=True).get_by_role("listitem").filter(has_text="Walk on demand")
    await expect(row.get_by_role("switch")).to_be_checked()
    await expect(row).to_contain_text("Not started yet")
    (rule,) = rules(ruled)
    assert (rule["action"]["kind"], rule["action"]["parameters"]["tour"], rule["enabled"]) == ("tour.active", TOUR, True)

    await page.get_by_role("tab", name="Manual triggers").click()
    button = page.get_by_role("button", name="Hold Manual trigger")
    await button.hover()
    await page.mouse.down()
    await eventually(lambda: tour_runs(True), "the tour, while the button is held")
    await expect(page.get_by_role("listitem").filter(has_text="Walk on demand").last.get_by_text("active now")).to_be_visible()
    await page.mouse.up()
    await eventually(lambda: tour_runs(False), "the end of the tour")
    await button.focus()
    await page.keyboard.down(" ")
    await eventually(lambda: tour_runs(True), "the tour, while the space bar is held")
    await anna.shots("rules-triggers")
    await page.keyboard.up(" ")
    await eventually(lambda: tour_runs(False), "the end of the tour")
    await page.get_by_label("Manual trigger stays on").click(force=True)
    await eventually(lambda: tour_runs(True), "the tour, while the trigger is on")
    await page.get_by_role("tab", name="Rules").click()
    await expect(row.get_by_text("active now")).to_be_visible()
    await expect(row).to_contain_text("3 times since the camera was started")
    await anna.shots("rules-list")


@pytest.mark.feature("EVT-09")
async def test_a_changed_rule_is_off_until_it_is_turned_on_once_more(anna: Visitor, ruled: Api) -> None:
    kept(ruled)
    page = anna.page
    await anna.open("/rules")
    await page.get_by_label("Change Patrol").click()
    await expect(page.get_by_role("alert").filter(has_text="turns it off")).to_be_visible()
    await expect(page.get_by_role("button", name="Save")).to_be_disabled()
    await anna.field("Name").fill("Patrol at the door")
    await page.get_by_role("button", name="Save").click()
    row = page.get_by_role("listitem").filter(has_text="Patrol at the door")
    await expect(row.get_by_role("switch")).to_be_checked()  # another name is no other work
    await row.get_by_role("switch").click(force=True)
    await expect(row.get_by_role("switch")).not_to_be_checked()
    await expect(row.get_by_text("The change turned it off.")).to_be_hidden()  # a person did
    await row.get_by_role("switch").click(force=True)
    await expect(row.get_by_role("switch")).to_be_checked()
    await page.get_by_label("Change Patrol at the door").click()
    await page.get_by_label("Minutes").fill("5")
    await expect(page.get_by_test_id("sentence")).to_contain_text("not again for 5 minutes")
    await page.get_by_role("button", name="Save").click()
    await expect(row.get_by_text("The change turned it off.")).to_be_visible()
    await expect(row.get_by_role("switch")).not_to_be_checked()
    assert (rules(ruled)[0]["enabled"], rules(ruled)[0]["wait"]) == (False, 300)
    await anna.shots("rules-turned-off")
    await row.get_by_role("button", name="Turn on Patrol at the door").click()
    await expect(row.get_by_role("switch")).to_be_checked()
    await expect(row.get_by_text("The change turned it off.")).to_be_hidden()
    assert rules(ruled)[0]["enabled"]
    await page.get_by_label("Change Patrol at the door").click()
    await page.get_by_label("Seconds").fill("30")
    await page.get_by_label("Turn it on once more when it is saved").check()
    await page.get_by_role("button", name="Save").click()
    await expect(row.get_by_role("switch")).to_be_checked()
    assert (rules(ruled)[0]["enabled"], rules(ruled)[0]["wait"]) == (True, 330)


@pytest.mark.feature("EVT-07")
async def test_conditions_are_inverted_put_in_order_and_all_must_hold(anna: Visitor, ruled: Api) -> None:
    page, tour_runs = anna.page, running(ruled)
    ruled.send("PUT", "virtual-inputs/7/state", {"active": True})
    await anna.open("/rules/new")
    for title in ("Virtual input", "Manual trigger"):
        await choose(anna, "condition" if title == "Manual trigger" else "Condition", title)
    first, second = page.get_by_test_id("condition").first, page.get_by_test_id("condition").last
    await choose(anna, "Input", "Virtual input 7")
    await expect(first.get_by_text("holds now")).to_be_visible()
    await first.get_by_label("Invert this condition").check(force=True)
    await expect(first.get_by_text("not now")).to_be_visible()
    await page.get_by_label("Move Manual trigger up").click()
    await expect(first).to_contain_text("Manual trigger")
    await second.drag_to(first)
    await expect(first).to_contain_text("Virtual input")
    await page.get_by_label("Move Virtual input down").click()
    await page.get_by_label("Use this condition as a trigger").check(force=True)
    await expect(page.get_by_test_id("sentence")).to_contain_text(
        "Once “Manual trigger” is active, while “Virtual input” (Virtual input 7) is not active"
    )
    await page.get_by_label("Use this condition as a trigger").uncheck(force=True)
    await choose(anna, "Action", "Run a guard tour while the rule is active")
    await choose(anna, "Tour", "Night round")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("list", name="Rules", exact=True).get_by_role("listitem")).to_have_count(1)
    ruled.send("PUT", "manual-trigger/state", {"active": True})
    assert not rules(ruled)[0]["active"]
    ruled.send("PUT", "virtual-inputs/7/state", {"active": False})
    await eventually(lambda: tour_runs(True), "the tour, once both hold")
    ruled.send("PUT", "manual-trigger/state", {"active": False})
    await eventually(lambda: tour_runs(False), "the end of the tour")


@pytest.mark.feature("EVT-21", "EVT-22", "EVT-23", "EVT-24")
async def test_a_text_is_laid_over_a_view_for_a_while(anna: Visitor, ruled: Api) -> None:
    ruled.send("POST", "overlays", {"kind": "text", "text": "#D"})

    async def says(text: str) -> bool:
        found = ruled.get(f"overlay-modifiers?view={VIEW}")["modifiers"]
        return next(each["example"] for each in found if each["modifier"] == "#D") == text

    page = anna.page
    await anna.open("/rules/new")
    await choose(anna, "Condition", "Manual trigger")
    await choose(anna, "Action", "Use overlay text")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("This is needed.")).to_be_visible()
    await expect(anna.field("Text")).to_be_focused()
    await anna.field("Text").fill("Door is open")
    view = next(each["name"] for each in ruled.get("views")["views"] if each["index"] == VIEW)
    await choose(anna, "View", view)
    await page.get_by_label("Duration").fill("0")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("From 1 to 86400 s.")).to_be_visible()
    await page.get_by_label("Duration").fill("2")
    await expect(page.get_by_test_id("sentence")).to_contain_text(f"use overlay text (“Door is open”, #D, {view}, duration 2 s)")
    await anna.shots("rules-text")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("tab", name="Manual triggers").click()
    before = ruled.get(f"overlay-modifiers?view={VIEW}")
    empty = next(each["example"] for each in before["modifiers"] if each["modifier"] == "#D")
    await page.get_by_label("Manual trigger stays on").click(force=True)
    await eventually(lambda: says("Door is open"), "the text")
    await eventually(lambda: says(empty), "no text any more")


async def test_a_rule_is_copied_deleted_and_brought_back(anna: Visitor, ruled: Api) -> None:
    kept(ruled, wait=60)
    page = anna.page
    await anna.open("/rules")
    await page.get_by_label("Copy Patrol").click()
    await expect(anna.field("Name")).to_have_value("Copy of Patrol")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Delete Copy of Patrol")).to_be_visible()
    assert [(rule["name"], rule["wait"]) for rule in rules(ruled)] == [("Patrol", 60), ("Copy of Patrol", 60)]
    await page.get_by_label("Delete Patrol").click()
    await expect(page.get_by_label("Delete Patrol")).to_be_hidden()
    assert [rule["name"] for rule in rules(ruled)] == ["Copy of Patrol"]
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_label("Delete Patrol")).to_be_visible()
    back = next(rule for rule in rules(ruled) if rule["name"] == "Patrol")
    assert (back["enabled"], back["wait"], back["conditions"], back["action"]) == (True, 60, [BUTTON], RUN)


async def test_what_was_typed_is_brought_back_when_one_leaves_without_saving(anna: Visitor, ruled: Api) -> None:
    page = anna.page
    await anna.open("/rules/new")
    await anna.field("Name").fill("Half a rule")
    await choose(anna, "Condition", "Manual trigger")
    await page.get_by_role("link", name="Events", exact=True).click()
    await expect(page.get_by_role("heading", name="Events")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(anna.field("Name")).to_have_value("Half a rule")
    await expect(page.get_by_test_id("condition")).to_have_count(1)
    assert rules(ruled) == []


async def test_a_rule_whose_tour_is_gone_says_so(anna: Visitor, ruled: Api) -> None:
    kept(ruled)
    ruled.send("DELETE", f"ptz/tours/{TOUR}")
    ruled.send("PUT", "manual-trigger/state", {"active": True})
    page = anna.page
    await anna.open("/rules")
    row = page.get_by_role("listitem").filter(has_text="Patrol")
    await expect(row.get_by_role("status")).to_contain_text(re.compile("tour", re.I))
    await anna.shots("rules-fault")
    await page.get_by_label("Change Patrol").click()
    await page.get_by_label("Seconds").fill("1")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("What was chosen is no longer there. Choose another.")).to_be_visible()
    await expect(page.get_by_role("link", name="Make a guard tour")).to_be_visible()


@pytest.mark.feature("EVT-04")
async def test_a_schedule_is_made_used_changed_deleted_and_brought_back(anna: Visitor, ruled: Api) -> None:
    page = anna.page
    await anna.open("/rules/schedules")
    rows = page.get_by_role("list", name="Schedules").get_by_role("listitem")
    await expect(rows.filter(has_text="ready-made")).to_have_count(4)
    await page.get_by_role("button", name="New schedule").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Deliveries")
    for day in ("Wed", "Thu", "Fri"):
        await dialog.get_by_text(day, exact=True).click()
    await dialog.get_by_role("textbox", name="From").fill("22:00")
    await dialog.get_by_role("textbox", name="To").fill("06:00")
    await expect(dialog.get_by_test_id("schedule-words")).to_have_text("Every Monday and Tuesday from 22:00 to 06:00 of the next day")
    await expect(dialog.get_by_test_id("span")).to_have_count(2)
    await anna.shots("rules-schedule-form")
    await dialog.get_by_role("button", name="Save").click()
    row = rows.filter(has_text="Deliveries")
    await expect(row.get_by_test_id("span")).to_have_count(2)
    made = next(each for each in ruled.get("schedules")["schedules"] if each["name"] == "Deliveries")
    assert (made["rule"]["days"], made["rule"]["start"], made["rule"]["end"]) == ([0, 1], "22:00", "06:00")
    await anna.shots("rules-schedules")
    await page.get_by_label("Delete Deliveries").click()
    await expect(row).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(row).to_have_count(1)

    await anna.open("/rules/new")
    await choose(anna, "Condition", next_title(ruled, "Schedule/Pulse"))
    await page.get_by_role("button", name="New pulse").click()
    await dialog.get_by_label("Name").fill("Tick")
    await dialog.get_by_label("Every").fill("2")
    await dialog.get_by_role("combobox", name="Unit").click()
    await page.get_by_role("option", name="seconds", exact=True).click()
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_test_id("sentence")).to_contain_text("(Tick) happens")
    await choose(anna, "Action", "Start a guard tour")
    await choose(anna, "Tour", "Night round")
    await page.get_by_role("button", name="Save").click()
    await eventually(lambda: running(ruled)(True), "the tour that the pulse starts")
    await expect(page.get_by_text("just started").or_(page.get_by_text("active now")).first).to_be_visible()
    await page.get_by_role("tab", name="Schedules").click()
    await page.get_by_label("Delete Tick").click()
    await expect(page.get_by_text(re.compile("used by|use it|Rule 1")).first).to_be_visible()
    await expect(rows.filter(has_text="Tick")).to_have_count(1)


def next_title(api: Api, topic: str) -> str:
    """What the page calls a condition that is a moment."""
    title = next(each["title"] for each in api.get("rules/conditions")["conditions"] if each["topic"] == topic)
    return f"{title} (a moment)"


async def test_all_of_it_works_on_a_phone(visit: Callable[..., Awaitable[Visitor]], camera: CameraProcess, ruled: Api) -> None:
    kept(ruled)
    phone = await visit(camera.http, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    await phone.log_in()
    page = phone.page
    for path, heading in (
        ("/rules", "Rules"),
        ("/rules/schedules", "Rules"),
        ("/rules/triggers", "Rules"),
        ("/rules/1", "Patrol"),
        ("/ptz/tours", "Guard tours"),
    ):
        await phone.open(path)
        await expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, path
    await phone.open("/rules/triggers")
    await page.get_by_label("Manual trigger stays on").tap(force=True)
    await eventually(lambda: running(ruled)(True), "the tour")
    await page.get_by_label("Manual trigger stays on").tap(force=True)
    await eventually(lambda: running(ruled)(False), "the end of the tour")


async def test_operators_see_no_rules(visit: Callable[..., Awaitable[Visitor]], camera: CameraProcess, ruled: Api) -> None:
    ruled.send("POST", "accounts", {"username": "olga", "password": "Look-Around-43", "role": "operator", "ptz": True, "comment": ""})
    try:
        olga = await visit(camera.http)
        await olga.log_in("olga", "Look-Around-43")
        await olga.open("/ptz/tours")
        await expect(olga.page.get_by_label("Start Night round", exact=True)).to_be_visible()
        await expect(olga.page.get_by_label("Make a rule that starts Night round")).to_have_count(0)
        await expect(olga.page.get_by_role("link", name="Rules", exact=True)).to_have_count(0)
    finally:
        ruled.send("DELETE", "accounts/olga")
