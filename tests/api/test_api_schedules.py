"""Schedules over REST: made, changed, removed, told with their words; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from api_kit import Side

from panocam.settings import Role

PATH = "/api/v1/schedules"
NIGHT = {"name": "Night", "rule": {"repeat": "daily", "start": "22:00", "end": "06:00"}}


async def listed(side: Side) -> dict[str, dict[str, Any]]:
    async with side.client(Role.ADMINISTRATOR) as client:
        reply = await client.get(PATH)
    assert reply.status_code == 200, reply.text
    assert reply.json()["most"] == 100
    return {each["id"]: each for each in reply.json()["schedules"]}


async def test_four_come_with_the_camera(side: Side) -> None:
    found = await listed(side)
    assert list(found) == ["weekdays", "weekends", "office_hours", "after_hours"]
    assert all(each["ready_made"] for each in found.values())
    assert found["office_hours"]["words"] == "Every Monday to Friday from 08:00 to 17:00"
    assert found["office_hours"]["rule"] == {
        "repeat": "weekly", "every": 1, "days": [0, 1, 2, 3, 4], "week": None, "day": 1, "month": 1, "start": "08:00", "end": "17:00",
        "more_days": 0, "first": None, "last": None,
    }  # fmt: skip


async def test_a_schedule_is_made_changed_and_removed(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        assert (await client.patch("/api/v1/settings", json={"time.zone": "UTC"})).status_code == 200
        made = (await client.post(PATH, json=NIGHT)).json()
        assert (made["id"], made["kind"], made["ready_made"], made["active"]) == ("schedule1", "schedule", False, True)  # it is 22:13
        assert made["next_ms"] == 1_700_028_000_000
        changed = await client.patch(f"{PATH}/schedule1", json={"rule": {"repeat": "daily", "start": "23:00", "end": "06:00"}})
        assert (changed.json()["name"], changed.json()["active"]) == ("Night", False)
        changed = await client.patch(f"{PATH}/schedule1", json={"name": "Late"})
        assert changed.json()["words"] == "Every day from 23:00 to 06:00 of the next day"
        pulse = (await client.post(PATH, json={"name": "Tick", "kind": "pulse", "rule": {"every_s": 60}})).json()
        assert (pulse["id"], pulse["active"], pulse["rule"]) == ("schedule2", False, {"every_s": 60, "after_s": 0})
        assert pulse["next_ms"] == 1_700_000_040_000
        for id in ("schedule1", "weekends"):
            assert (await client.delete(f"{PATH}/{id}")).status_code == 204
            assert (await client.delete(f"{PATH}/{id}")).status_code == 404
    assert list(await listed(side)) == ["weekdays", "office_hours", "after_hours", "schedule2"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({**NIGHT, "rule": {"repeat": "daily", "start": "25:00"}}, "such as 08:00"),
        ({**NIGHT, "rule": {"repeat": "weekly"}}, "at least one of the days"),
        ({**NIGHT, "rule": {"every_s": 60}}, "an interval is for a pulse"),
        ({**NIGHT, "kind": "pulse", "rule": {"every_s": 31 * 86_400 + 1}}, "less than or equal to 2678400"),
        ({**NIGHT, "rule": {"repeat": "daily", "begin": "08:00"}}, "begin"),
        ({**NIGHT, "name": ""}, "name"),
        ({**NIGHT, "name": "a\nb"}, "1 to 64 characters"),
        ({"name": "Night"}, "rule"),
        ({**NIGHT, "rule": []}, "rule"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_says_why(side: Side, body: dict[str, Any], says: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        for reply in (await client.post(PATH, json=body), await client.patch(f"{PATH}/weekdays", json=body) if len(body) > 1 else None):
            assert reply is None or reply.status_code == 400, reply.text
            assert reply is None or says in reply.json()["error"]["message"]
    assert len(await listed(side)) == 4


async def test_a_hundred_are_enough(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        rows = [{"id": f"s{n}", **NIGHT} for n in range(100)]
        assert (await client.patch("/api/v1/settings", json={"schedules.items": rows})).status_code == 200
        reply = await client.post(PATH, json=NIGHT)
        assert (reply.status_code, "at most 100" in reply.text) == (400, True)
        twice = await client.patch("/api/v1/settings", json={"schedules.items": [rows[0], rows[0]]})
        assert (twice.status_code, "called 's0'" in twice.text) == (400, True)
    async with side.client(Role.OPERATOR) as client:
        assert "schedules.items" not in (await client.get("/api/v1/settings")).json()["values"]
