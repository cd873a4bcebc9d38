"""Groups of the control queue as parameters: what is written there decides who moves."""

from __future__ import annotations

import httpx
import pytest
from api_kit import Side

from panocam.settings import Role
from panocam.settings.ptz import GROUPS

ADMINISTRATOR, OPERATOR = (f"PTZ.UserCtlQueue.U{GROUPS.index(name)}" for name in ("administrator", "operator"))


async def update(client: httpx.AsyncClient, **values: str) -> str:
    return (await client.post("/axis-cgi/param.cgi", data={"action": "update", **values})).text


async def refused(client: httpx.AsyncClient) -> bool:
    return (await client.get("/axis-cgi/com/ptz.cgi?camera=5&rpan=1")).text.startswith("Error:")


async def test_priority_and_time_out_are_written_and_rule(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as anna, side.client(Role.OPERATOR) as otto:
        assert await update(anna, **{"PTZ.Various.V5.CtlQueueing": "true"}) == "OK\n"
        assert (await refused(otto), await refused(anna), await refused(otto)) == (False, False, True)  # as delivered
        side.clock.advance(61)
        lower = {f"{ADMINISTRATOR}.Priority": "90", f"{ADMINISTRATOR}.TimeoutTime": "5", f"{ADMINISTRATOR}.TimeoutType": "timespan"}
        assert await update(anna, **lower) == "OK\n"
        assert (await refused(anna), await refused(otto), await refused(anna)) == (False, False, True)
        listed = (await anna.get("/axis-cgi/param.cgi?action=list&group=PTZ.UserCtlQueue")).text
        assert all(f"root.{name}={value}\n" in listed for name, value in lower.items())
        assert f"root.{OPERATOR}.Priority=30\n" in listed  # nobody said anything else
        assert await update(anna, **{f"{OPERATOR}.TimeoutType": "infinity"}) == "OK\n"
        side.clock.advance(10_000)
        assert await refused(anna)


@pytest.mark.parametrize("wish", [{"Priority": "0"}, {"Priority": "101"}, {"TimeoutTime": "0"}, {"TimeoutType": "soon"}, {"Priority": "x"}])
async def test_a_group_that_cannot_be_is_refused_and_all_stays(side: Side, wish: dict[str, str]) -> None:
    async with side.client(Role.ADMINISTRATOR) as anna:
        before = side.services.settings.snapshot
        answer = await update(anna, **{f"{OPERATOR}.{name}": value for name, value in wish.items()})
        assert answer.startswith("# Error")
        assert side.services.settings.snapshot == before
    async with side.client(Role.VIEWER) as vera:
        assert await update(vera, **{f"{OPERATOR}.Priority": "1"}) != "OK\n"
        assert side.services.settings.snapshot == before
