"""Rules over REST: made, changed, refused; what they say of themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from api_kit import Side
from hypothesis import example, given, settings
from hypothesis import strategies as st

from panocam.events.rules.actions import ACTIONS
from panocam.events.topics import TOPICS
from panocam.settings import SYSTEM, Role
from panocam.settings.ptz import Tour

INPUT = {"topic": "Device/IO/VirtualInput", "where": {"port": 1}}
WRONG = {"topic": "Device/Access/AuthenticationFailed"}
ROUND = {"kind": "tour.active", "parameters": {"tour": 1}}
FIXED = {"kind": "tour.fixed", "parameters": {"tour": 1}}


@pytest.fixture
async def admin(side: Side) -> AsyncIterator[httpx.AsyncClient]:
    """With a tour, and the rules running."""
    await side.services.settings.patch({"ptz.tours": [{"number": 1, "area": 1, "name": "Rounds", "steps": [{"preset": 1}]}]})
    assert side.services.rules
    async with side.services.rules.runner, side.client(Role.ADMINISTRATOR) as client:
        yield client


async def post(admin: httpx.AsyncClient, **wish: Any) -> dict[str, Any]:
    reply = await admin.post("/api/v1/rules", json={"conditions": [INPUT], "action": ROUND, **wish})
    assert reply.status_code == 200, reply.text
    made: dict[str, Any] = reply.json()
    return made


@pytest.mark.feature("EVT-05", "EVT-19")
async def test_a_rule_is_made_and_says_what_it_does(admin: httpx.AsyncClient) -> None:
    made = await post(admin)
    assert made == {
        "id": 1, "name": "Rule 1", "enabled": True, "conditions": [{**INPUT, "inverted": False}], "trigger": False, "wait": 0,
        "action": ROUND, "active": False, "starts": 0, "last_ms": None, "fault": None,
        "words": "While “Virtual input” (Virtual input 1) is active: run a guard tour (Rounds).",
    }  # fmt: skip
    assert (await post(admin, name="Second", conditions=[WRONG], action=FIXED))["id"] == 2
    listed = (await admin.get("/api/v1/rules")).json()
    assert ([rule["name"] for rule in listed["rules"]], listed["most"]) == (["Rule 1", "Second"], 256)
    assert (await admin.delete("/api/v1/rules/1")).status_code == 204
    assert (await admin.delete("/api/v1/rules/1")).status_code == 404


@pytest.mark.feature("EVT-09")
async def test_other_work_turns_a_rule_off_until_it_is_turned_on_once_more(admin: httpx.AsyncClient) -> None:
    await post(admin)
    renamed = (await admin.patch("/api/v1/rules/1", json={"name": "Rounds"})).json()
    assert (renamed["name"], renamed["enabled"], renamed["turned_off"]) == ("Rounds", True, False)
    same = (await admin.patch("/api/v1/rules/1", json={"conditions": [INPUT], "action": ROUND})).json()
    assert (same["enabled"], same["turned_off"]) == (True, False)
    changed = (await admin.patch("/api/v1/rules/1", json={"wait": 5, "enabled": True})).json()
    assert (changed["enabled"], changed["turned_off"], changed["wait"]) == (False, True, 5)
    again = (await admin.patch("/api/v1/rules/1", json={"wait": 6})).json()
    assert (again["enabled"], again["turned_off"]) == (False, False)
    assert (await admin.patch("/api/v1/rules/1", json={"enabled": True})).json()["enabled"] is True


async def test_a_rule_that_is_turned_off_ends_what_it_does(side: Side, admin: httpx.AsyncClient) -> None:
    services = side.services
    assert services.rules
    await post(admin)

    async def running() -> bool:
        assert services.rules
        await services.rules.runner.settled()
        return services.ptz.library.tour(1).running

    await admin.put("/api/v1/virtual-inputs/1/state", json={"active": True})
    assert await running()
    assert (await admin.get("/api/v1/rules")).json()["rules"][0]["active"] is True
    await admin.patch("/api/v1/rules/1", json={"enabled": False})
    assert not await running()
    await admin.patch("/api/v1/rules/1", json={"enabled": True})  # the condition holds
    assert await running()
    await admin.delete("/api/v1/rules/1")
    assert not await running()


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"conditions": []}, "conditions"),
        ({"conditions": [{"topic": "Device/Nothing"}]}, "conditions.0.topic"),
        ({"conditions": [{**INPUT, "where": {"prot": 1}}]}, "has port"),
        ({"conditions": [{**INPUT, "where": {"port": "1"}}]}, "should be of type int"),
        ({"conditions": [{**INPUT, "where": {"port": True}}]}, "should be of type int"),
        ({"conditions": [{**INPUT, "where": {"active": True}}]}, "has port"),
        ({"conditions": [{**WRONG, "inverted": True}], "action": FIXED}, "only a condition that lasts can be inverted"),
        ({"conditions": [WRONG, WRONG], "action": FIXED}, "two moments"),
        ({"conditions": [WRONG]}, "a moment does not last"),
        ({"conditions": [INPUT, WRONG], "trigger": True, "action": FIXED}, "only the first condition may be a moment"),
        ({"trigger": True}, "give another condition too"),
        ({"action": {"kind": "tour.sometimes"}}, "use one of tour.fixed"),
        ({"action": {"kind": "tour.active"}}, "needs it"),
        ({"action": {"kind": "tour.active", "parameters": {"tour": 7}}}, "use one of 1 (Rounds)"),
        ({"action": {"kind": "tour.active", "parameters": {"tour": "1"}}}, "a whole number"),
        ({"action": {"kind": "tour.fixed", "parameters": {"tour": 1, "seconds": -1}}}, "use 0 to 86400"),
        ({"action": {"kind": "tour.active", "parameters": {"tour": 1, "speed": 2}}}, "takes tour"),
        ({"wait": 86400}, "wait"),
        ({"name": "a\nb"}, "name"),
        ({"conditions": [INPUT] * 11}, "conditions"),
        ({"more": 1}, "more"),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_the_place(admin: httpx.AsyncClient, wish: dict[str, Any], words: str) -> None:
    reply = await admin.post("/api/v1/rules", json={"conditions": [INPUT], "action": ROUND, **wish})
    assert reply.status_code == 400, reply.text
    assert words in reply.json()["error"]["message"]
    assert (await admin.get("/api/v1/rules")).json()["rules"] == []


async def test_a_moment_may_be_the_trigger_of_what_lasts(admin: httpx.AsyncClient) -> None:
    made = await post(admin, conditions=[WRONG, INPUT], trigger=True)
    assert made["words"].startswith("Once “Wrong user name or password” happens, while “Virtual input” (Virtual input 1) is active:")


async def test_the_catalogues_list_what_exists_now(side: Side, admin: httpx.AsyncClient) -> None:
    async def values(topic: str, item: str) -> list[Any]:
        rows = {row["topic"]: row for row in (await admin.get("/api/v1/rules/conditions")).json()["conditions"]}
        assert all(row["group"] != "Others" for row in rows.values())
        return [each["value"] for row in rows[topic]["items"] if row["name"] == item for each in row["values"]]

    assert await values("Device/IO/Input", "port") == [0]
    assert await values("Device/IO/Output", "port") == [1]
    assert len(await values("Device/IO/VirtualInput", "port")) == 64
    assert await values("PTZController/Tour", "tour") == [1]

    async def tours() -> list[Any]:
        rows = {row["kind"]: row for row in (await admin.get("/api/v1/rules/actions")).json()["actions"]}
        return [each["title"] for each in rows["tour.active"]["parameters"][0]["choices"]]

    assert await tours() == ["Rounds"]
    steps = side.services.ptz.library.tour(1).steps
    await side.services.ptz.library.keep_tour(Tour(number=2, area=2, name="Yard", steps=steps), SYSTEM)
    assert await tours() == ["Rounds", "Yard"]


async def test_there_is_an_end_to_the_number_of_rules(side: Side, admin: httpx.AsyncClient) -> None:
    rules = [{"id": number, "name": f"R{number}", "conditions": [INPUT], "action": ROUND} for number in range(1, 257)]
    await side.services.settings.patch({"rules.items": rules})
    reply = await admin.post("/api/v1/rules", json={"conditions": [INPUT], "action": ROUND})
    assert (reply.status_code, "256 rules already" in reply.text) == (400, True)


NAMES = st.sampled_from(["port", "area", "account", "seconds", "tour", "text", "x", ""])
VALUES = st.one_of(
    st.booleans(), st.integers(-5, 70), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=4), st.none(), st.just([1])
)
ITEMS = st.dictionaries(NAMES, VALUES, max_size=3)
CONDITION = st.fixed_dictionaries(
    {"topic": st.sampled_from([*TOPICS, "Nothing", ""]), "where": ITEMS}, optional={"inverted": st.booleans()}
)
ACTION = st.fixed_dictionaries({"kind": st.sampled_from([*ACTIONS, "nothing"]), "parameters": ITEMS})
WISH = st.fixed_dictionaries(
    {"conditions": st.lists(CONDITION, max_size=3), "action": ACTION}, optional={"trigger": st.booleans(), "wait": VALUES, "name": VALUES}
)


async def test_whatever_is_asked_is_done_or_refused_and_the_rules_go_on(admin: httpx.AsyncClient, side: Side) -> None:
    """Hundreds of near misses at one camera; those that are taken run."""
    taken = 0

    async def ask(wish: dict[str, Any]) -> int:
        reply = await admin.post("/api/v1/rules", json=wish)
        assert reply.status_code in (200, 400), reply.text
        if reply.status_code == 200:
            rule = reply.json()["id"]
            assert (await admin.patch(f"/api/v1/rules/{rule}", json=wish | {"enabled": True})).status_code == 200
            assert (await admin.delete(f"/api/v1/rules/{rule}")).status_code == 204
        return reply.status_code

    loop = asyncio.get_running_loop()

    @settings(max_examples=80, deadline=None)
    @given(WISH)
    @example({"conditions": [INPUT], "action": FIXED})
    def each(wish: dict[str, Any]) -> None:
        nonlocal taken
        taken += asyncio.run_coroutine_threadsafe(ask(wish), loop).result(30) == 200

    await asyncio.to_thread(each)
    assert side.services.rules
    await side.services.rules.runner.settled()
    assert (await admin.get("/api/v1/rules")).json()["rules"] == []
    assert taken


async def test_a_number_that_is_none_is_refused(admin: httpx.AsyncClient) -> None:
    body = '{"conditions": [{"topic": "Device/IO/VirtualInput", "where": {"port": 1e999}}], "action": {"kind": "tour.fixed"}}'
    reply = await admin.post("/api/v1/rules", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400, reply.text


@pytest.mark.parametrize(
    ("condition", "setting", "what"),
    [
        ({"topic": "Schedule/Active", "where": {"schedule": "weekends"}}, "schedules.items", "there is no schedule 'weekends' any more"),
        ({"topic": "PTZController/Tour", "where": {"tour": 2}}, "ptz.tours", "there is no number 2 any more"),
        ({"topic": "VideoSource/Motion/Area", "where": {"motion_area": 2}}, "motion.areas", "there is no motion area 2 any more"),
    ],
)
@pytest.mark.feature("EVT-07")
async def test_a_rule_whose_condition_lost_what_it_is_about_says_so(
    admin: httpx.AsyncClient, side: Side, condition: dict[str, Any], setting: str, what: str
) -> None:
    """Settings that are written as a whole ask no rule."""
    store = side.services.settings
    second = {"number": 2, "area": 2, "name": "Other", "steps": [{"preset": 1}]}
    door = {"id": 2, "name": "Door", "corners": [[0, 30], [90, 30], [180, 30]]}
    await store.patch({"ptz.tours": [*(each.model_dump() for each in store.snapshot.ptz.tours), second], "motion.areas": [door]})
    assert (await post(admin, conditions=[condition]))["fault"] is None
    part, leaf = setting.split(".")
    value = store.snapshot.model_dump(mode="json")[part][leaf]
    await store.patch({setting: [each for each in value if each.get("id") not in ("weekends", 2) and each.get("number") != 2]})
    (rule,) = (await admin.get("/api/v1/rules")).json()["rules"]
    assert what in rule["fault"]
    assert "never met" in rule["fault"]
    await store.patch({setting: value})
    assert (await admin.get("/api/v1/rules")).json()["rules"][0]["fault"] is None


NIGHT = {"topic": "Schedule/Active", "where": {"schedule": "weekends"}, "inverted": True}
TICK = {"topic": "Schedule/Pulse", "where": {}}


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        ({}, "When choose a condition: choose an action."),
        ({"conditions": [INPUT], "kind": "nonsense"}, "When “Virtual input” (Virtual input 1) is active: nonsense (unknown)."),
        (
            {"conditions": [INPUT, NIGHT], "kind": "tour.active", "parameters": {"tour": 1}, "wait": 90},
            "While “Virtual input” (Virtual input 1) is active and “Schedule active” (Weekends) is not active: run a guard tour (Rounds). "
            "Then not again for 1 minute 30 seconds.",
        ),
        (
            {"conditions": [TICK, NIGHT], "trigger": True, "kind": "tour.fixed", "parameters": {"tour": 1, "seconds": 60}},
            "Once “Pulse” happens, while “Schedule active” (Weekends) is not active: start a guard tour (Rounds, duration 60 s).",
        ),
    ],
)
async def test_what_is_still_being_made_is_said_with_gaps(admin: httpx.AsyncClient, draft: dict[str, Any], said: str) -> None:
    """As it is said once it is kept: there is one maker of sentences."""
    told = (await admin.post("/api/v1/rules/words", json=draft)).json()
    assert "".join(piece["text"] for piece in told["pieces"]) == said
    gaps = [piece["text"] for piece in told["pieces"] if piece["kind"] == "gap"]
    assert gaps == ([] if draft else ["choose a condition", "choose an action"])
    assert len(told["subjects"]) == len(draft.get("conditions", []))
    assert (await admin.get("/api/v1/rules")).json()["rules"] == []
    if draft and draft["kind"] != "nonsense":
        action = {"kind": draft["kind"], "parameters": draft["parameters"]}
        rest = {name: value for name, value in draft.items() if name in ("conditions", "trigger", "wait")}
        assert (await post(admin, **rest, action=action))["words"] == said
