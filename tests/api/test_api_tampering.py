"""Camera tampering through REST and param.cgi: everybody may read how it stands, operators learn the scene and change the settings."""

from __future__ import annotations

import pytest
from api_kit import Side

from panocam.events.tampering import TamperAlarm
from panocam.media.look import Look, Sight
from panocam.settings import Role
from panocam.settings.tampering import Tampering


@pytest.fixture
def learnt(side: Side) -> list[int]:
    """How often the scene was to be learnt."""
    times: list[int] = []
    side.services.tampering = TamperAlarm(side.services.bus, side.clock, lambda: times.append(1))
    return times


async def test_how_it_stands_is_read_by_viewers_and_learnt_by_operators(side: Side, learnt: list[int]) -> None:
    alarm = side.services.tampering
    assert alarm is not None
    async with side.client(Role.VIEWER) as client:
        assert (await client.get("/api/v1/tampering")).json() == {"state": "off", "remains": None, "last": None}
        alarm.set_rules(Tampering(enabled=True, delay=1))
        for _ in range(3):
            side.clock.advance(1)
            alarm.seen(Look(Sight.MOVED, 0.123))
        shown = (await client.get("/api/v1/tampering")).json()
        assert (shown["state"], shown["remains"], shown["last"]["reason"]) == ("alarm", 0.12, "moved")
        assert abs(shown["last"]["at_ms"] - side.clock.wall_ns() / 1e6) < 2000
        assert (await client.post("/api/v1/tampering/learn")).status_code == 403
        assert learnt == []
    async with side.client(Role.OPERATOR) as client:
        assert (await client.post("/api/v1/tampering/learn")).status_code == 204
        assert learnt == [1]
        assert (await client.get("/api/v1/tampering")).json()["state"] == "waiting"


@pytest.mark.feature("EVT-26", "EVT-27")
async def test_param_cgi_shows_and_changes_the_settings(side: Side) -> None:
    path = "/axis-cgi/param.cgi"
    async with side.client(Role.OPERATOR) as client:
        listed = (await client.get(path, params={"action": "list", "group": "Tampering,Properties.Tampering"})).text.split()
        assert sorted(listed) == [
            "root.Properties.Tampering.Tampering=yes",
            "root.Tampering.T0.DarkDetectionEnabled=no",
            "root.Tampering.T0.MinDuration=20",
        ]
        wish = {"action": "update", "Tampering.T0.DarkDetectionEnabled": "yes", "Tampering.T0.MinDuration": "7"}
        assert (await client.get(path, params=wish)).text.strip() == "OK"
        kept = side.services.settings.snapshot.tampering
        assert (kept.dark, kept.delay) == (True, 7)
        for bad in ("0", "301", "soon"):
            refused = await client.get(path, params={"action": "update", "Tampering.T0.MinDuration": bad})
            assert "Error" in refused.text
        assert side.services.settings.snapshot.tampering.delay == 7


@pytest.mark.parametrize(
    ("wish", "words"), [({"tampering.delay": 0}, "1"), ({"tampering.delay": 301}, "300"), ({"tampering.dark": "x"}, "")]
)
async def test_settings_have_bounds(side: Side, wish: dict[str, object], words: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.patch("/api/v1/settings", json=wish)
        assert reply.status_code == 400
        assert words in reply.json()["error"]["message"]
    async with side.client(Role.VIEWER) as client:
        assert (await client.patch("/api/v1/settings", json={"tampering.delay": 3})).status_code == 403
