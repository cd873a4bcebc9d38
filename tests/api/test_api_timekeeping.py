"""The clock, its zone and the camera's location over all dialects, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from api_kit import Side

from panocam.clock import NS
from panocam.settings import Role


async def call(side: Side, api: str, method: str, who: Role = Role.ADMINISTRATOR, **params: Any) -> dict[str, Any]:
    async with side.client(who) as client:
        reply = await client.post(f"/axis-cgi/{api}.cgi", json={"apiVersion": "1.0", "context": "c", "method": method, "params": params})
    assert reply.status_code == 200, reply.text
    assert (reply.json()["context"], reply.json()["method"]) == ("c", method)
    return dict(reply.json())


async def get(side: Side, path: str, who: Role = Role.ADMINISTRATOR) -> Any:
    async with side.client(who) as client:
        return (await client.get(path)).json()


def settings(side: Side) -> dict[str, Any]:
    return {path: value for path, value in side.services.settings.export().items() if path.startswith(("time.", "location."))}


@pytest.mark.feature("GAP-28")
async def test_time_cgi_shows_and_sets_clock_and_zone(side: Side) -> None:
    assert (await call(side, "time", "setTimeZone", timeZone="Europe/Stockholm"))["data"] == {"timeZone": "Europe/Stockholm"}
    assert (await call(side, "time", "setDateTime", dateTime="2027-07-01T10:00:00Z"))["data"] == {"dateTime": "2027-07-01T10:00:00Z"}
    assert (await call(side, "time", "getDateTimeInfo", Role.VIEWER))["data"] == {
        "dateTime": "2027-07-01T10:00:00Z",
        "localDateTime": "2027-07-01T12:00:00+02:00",
        "maxYearSupported": 2069,
        "timeZone": "Europe/Stockholm",
        "posixTimeZone": "CET-1CEST,M3.5.0,M10.5.0/3",
        "dstEnabled": True,
    }
    side.clock.advance(61)
    assert (await call(side, "time", "getDateTimeInfo"))["data"]["dateTime"] == "2027-07-01T10:01:01Z"
    rule = "CET-1CEST,M3.5.0,M10.5.0/3"
    done = await call(side, "time", "setPosixTimeZone", posixTimeZone=rule, enableDst=False)
    assert done["data"] == {"posixTimeZone": rule, "dstEnabled": False}
    found = (await call(side, "time", "getAll"))["data"]
    assert (found["localDateTime"], found["posixTimeZone"], found["dstEnabled"]) == ("2027-07-01T11:01:01+01:00", rule, False)
    assert "timeZone" not in found
    assert "Asia/Tokyo" in found["timeZones"]
    assert (await call(side, "time", "resetTimeZone"))["data"] == {"status": "success"}
    assert side.services.settings.snapshot.time.zone == ""


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("setDateTime", {"dateTime": "2027-02-30T10:00:00Z"}, 4004),
        ("setDateTime", {"dateTime": "1970-01-01T00:00:00Z"}, 4004),
        ("setDateTime", {"dateTime": "2500-01-01T00:00:00Z"}, 4004),
        ("setDateTime", {"dateTime": "2027-01-01T00:00:00\r\nSet-Cookie: a=bZ"}, 4004),
        ("setDateTime", {"dateTime": "2027-01-01T00:00:00+02:00"}, 4004),
        ("setDateTime", {"dateTime": 5}, 4003),
        ("setDateTime", {}, 4003),
        ("setTimeZone", {"timeZone": "Mars/Olympus"}, 4004),
        ("setTimeZone", {"timeZone": "../../etc/passwd"}, 4004),
        ("setPosixTimeZone", {"posixTimeZone": "nonsense", "enableDst": True}, 4004),
        ("setPosixTimeZone", {"posixTimeZone": "CET-1"}, 4003),
        ("setPosixTimeZone", {"posixTimeZone": "Europe/Stockholm", "enableDst": True}, 4004),
        ("makeTea", {}, 4000),
    ],
)
async def test_time_cgi_refuses_with_one_clear_error(side: Side, method: str, params: dict[str, Any], code: int) -> None:
    before = settings(side)
    error = (await call(side, "time", method, **params))["error"]
    assert error["code"] == code
    assert error["message"]
    assert settings(side) == before


async def test_a_viewer_sees_the_time_and_may_not_set_it(side: Side) -> None:
    for method, params in {"setDateTime": {"dateTime": "2027-07-01T10:00:00Z"}, "setTimeZone": {"timeZone": "UTC"}}.items():
        async with side.client(Role.VIEWER) as client:
            assert (await client.post("/axis-cgi/time.cgi", json={"method": method, "params": params})).status_code == 403
    async with side.client(Role.VIEWER) as client:
        assert (await client.get("/axis-cgi/date.cgi?action=set&year=2027")).status_code == 403
        assert (await client.put("/api/v1/time", json={"time": "2027-07-01T10:00:00"})).status_code == 403
    async with side.client(Role.OPERATOR) as client:
        assert (await client.post("/axis-cgi/ntp.cgi", json={"method": "getNTPInfo"})).status_code == 403
        assert (await client.get("/axis-cgi/geolocation/set.cgi?text=x")).status_code == 403


async def test_ntp_cgi(side: Side) -> None:
    info = (await call(side, "ntp", "getNTPInfo"))["data"]["client"]
    assert (info["enabled"], info["staticServers"], info["synced"], info["maxSupportedStaticServers"]) == (False, [], False, 5)
    servers = ["127.0.0.1:9", "ntp.example.org"]
    assert (await call(side, "ntp", "setNTPClientConfiguration", enabled=True, serversSource="static", staticServers=servers))["data"] == {}
    info = (await call(side, "ntp", "getNTPInfo"))["data"]["client"]
    assert (info["enabled"], info["staticServers"], info["minpoll"], info["maxpoll"]) == (True, servers, 6, 10)
    assert (await call(side, "ntp", "setNTPClientConfiguration", enabled=False))["data"] == {}
    assert side.services.settings.snapshot.time.source == "machine"


@pytest.mark.parametrize(
    "params",
    [
        {"enabled": True},  # without servers
        {"enabled": True, "staticServers": []},
        {"staticServers": ["not a name"]},
        {"staticServers": ["a\r\nb"]},
        {"staticServers": ["300.1.1.1"]},
        {"staticServers": ["x:99999"]},
        {"staticServers": [f"n{n}.example.org" for n in range(6)]},
        {"staticServers": "pool.ntp.org"},
        {"staticServers": [5]},
        {"serversSource": "DHCP"},
        {"NTSEnabled": True},
        {"minpoll": 25},
        {"minpoll": 9, "maxpoll": 8},
        {"enabled": "yes"},
        {},
    ],
)
async def test_ntp_cgi_refuses_with_one_clear_error(side: Side, params: dict[str, Any]) -> None:
    before = settings(side)
    error = (await call(side, "ntp", "setNTPClientConfiguration", **params))["error"]
    assert error["code"] in (4003, 4004)
    assert len(error["message"]) > 10
    assert settings(side) == before


async def test_date_cgi(side: Side) -> None:
    await call(side, "time", "setTimeZone", timeZone="Asia/Tokyo")
    async with side.client(Role.OPERATOR) as client:
        assert (await client.get("/axis-cgi/date.cgi?action=set&year=2027&month=3&day=9&hour=7&minute=5&second=6")).text == "OK\n"
        assert (await client.get("/axis-cgi/date.cgi?action=get")).text == "Mar 09, 2027 07:05:06\n"
        assert (await client.get("/axis-cgi/date.cgi?action=set&hour=8&timezone=GMT")).text == "OK\n"
        assert (await client.get("/axis-cgi/date.cgi")).text == "Mar 08, 2027 17:05:06\n"  # it was 22:05 on the 8th in UTC
        for bad in ("year=2027&month=2&day=30", "hour=24", "year=1970", "year=-1", "year=2500", "", "year=x%0d%0ay"):
            reply = await client.get(f"/axis-cgi/date.cgi?action=set&{bad}")
            assert reply.text.startswith("Request failed: "), bad
        assert (await client.get("/axis-cgi/date.cgi?action=tea")).text.startswith("Request failed: ")
        assert "2027 17:05" in (await client.get("/axis-cgi/date.cgi")).text


async def test_the_group_time_of_the_parameters(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:

        async def param(query: str) -> str:
            return (await client.get(f"/axis-cgi/param.cgi?{query}")).text

        assert (await param("action=update&Time.POSIXTimeZone=CET-1CEST,M3.5.0,M10.5.0/3&Time.DST.Enabled=no")).strip() == "OK"
        assert (await param("action=update&Time.NTP.Server=127.0.0.1:9&Time.SyncSource=NTP")).strip() == "OK"
        found = dict(line.split("=", 1) for line in (await param("action=list&group=root.Time")).splitlines())
        assert found["root.Time.POSIXTimeZone"] == "CET-1CEST,M3.5.0,M10.5.0/3"
        assert (found["root.Time.DST.Enabled"], found["root.Time.SyncSource"], found["root.Time.NTP.Server"]) == (
            "no",
            "NTP",
            "127.0.0.1:9",
        )
        assert (await param("action=update&Time.SyncSource=None")).strip() == "OK"
        assert side.services.settings.snapshot.time.source == "manual"
        for bad in ("Time.POSIXTimeZone=Mars", "Time.NTP.Server=a%20b", "Time.SyncSource=Moon"):
            assert (await param(f"action=update&{bad}")).startswith("# Error"), bad


async def test_the_clock_over_rest(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        await client.patch("/api/v1/settings", json={"time.zone": "America/New_York"})
        found = (await client.put("/api/v1/time", json={"time": "2027-01-01T12:00:00"})).json()
        assert (found["utc"], found["local"][:25], found["source"]) == ("2027-01-01T17:00:00.000Z", "2027-01-01T12:00:00.000-0", "manual")
        assert (found["zone"], found["zone_short"], found["synchronisation"]) == ("America/New_York", "EST", None)
        wanted = datetime(2027, 1, 1, 17, tzinfo=UTC) - datetime.fromtimestamp(side.clock.wall_ns() / NS, UTC)
        assert abs(timedelta(seconds=found["correction_s"]) - wanted) < timedelta(milliseconds=1)
        for bad in ("2027-13-01T00:00", "1970-01-01T00:00:00Z", "2500-01-01T00:00:00Z", "soon", "2027-01-01", "2027-01-01T00:00\r\n"):
            reply = await client.put("/api/v1/time", json={"time": bad})
            assert (reply.status_code, reply.json()["error"]["name"]) == (400, "time"), bad
        skipped = await client.put("/api/v1/time", json={"time": "2027-03-14T02:30:00"})
        assert "put forward" in skipped.json()["error"]["message"]
        refused = await client.post("/api/v1/time/synchronise")
        assert (refused.status_code, "choose ntp first" in refused.text) == (400, True)
    zones = await get(side, "/api/v1/time/zones", Role.VIEWER)
    row = next(each for each in zones["zones"] if each["name"] == "Asia/Kolkata")
    assert (row["offset"], row["daylight_saving"]) == ("+05:30", False)


@pytest.mark.feature("TRB-10")
async def test_a_wrong_date_is_told_beside_the_certificate(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        inside, early, late = [
            (await client.put("/api/v1/time", json={"time": text})).json()["warnings"]
            for text in (datetime.now(UTC).isoformat(), "2025-01-01T12:00:00Z", "2060-01-01T12:00:00Z")
        ]
    assert inside == []
    assert ("is valid from" in early[0], "the clock shows 2025-01-01" in early[0]) == (True, True)
    assert ("valid only until" in late[0], "the clock shows 2060-01-01" in late[0]) == (True, True)


async def test_events_carry_the_cameras_own_time(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        await client.put("/api/v1/time", json={"time": "2031-05-05T05:05:05Z"})
    [event] = side.services.bus.recent("Device/Clock/Set")
    assert (event.data["by"], datetime.fromtimestamp(event.wall_ns / NS, UTC).year) == ("manual", 2031)


# --- location


def values(text: str) -> dict[str, str]:
    return {element.tag: element.text or "" for element in ElementTree.fromstring(text).iter()}


async def test_geolocation(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        empty = values((await client.get("/axis-cgi/geolocation/get.cgi")).text)
        assert (empty["Lat"], empty["Lng"], empty["ValidPosition"], empty["ValidHeading"]) == ("0", "0", "false", "false")
        done = await client.get('/axis-cgi/geolocation/set.cgi?lat=5919.758&lng=-01804.1166&heading=30&text="floor 2 <b>"')
        assert "GeneralSuccess" in values(done.text)
        found = values((await client.get("/axis-cgi/geolocation/get.cgi")).text)
        assert (found["Lat"], found["Lng"], found["Heading"], found["Text"]) == ("5919.758", "-01804.1166", "30", "floor 2 <b>")
        assert (found["ValidPosition"], found["ValidHeading"]) == ("true", "true")
        rest = (await client.get("/api/v1/location")).json()
        assert (round(rest["latitude_deg"], 4), round(rest["longitude_deg"], 4), rest["text"]) == (59.3293, -18.0686, "floor 2 <b>")
        assert "GeneralSuccess" in (await client.get("/axis-cgi/geolocation/set.cgi?lat=&lng=&heading=")).text
        assert values((await client.get("/axis-cgi/geolocation/get.cgi")).text)["ValidPosition"] == "false"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("lat=91&lng=0", "2"),
        ("lat=-90.001&lng=0", "2"),
        ("lat=0&lng=181", "2"),
        ("lat=5960.0&lng=0", "2"),
        ("lat=north&lng=0", "2"),
        ("lat=nan&lng=0", "2"),
        ("lat=1e1&lng=0", "2"),
        ("lat=10", "2"),
        ("heading=361", "2"),
        ("heading=-1", "2"),
        ("text=a%0d%0ab", "2"),
        ("text=" + "x" * 129, "2"),
        ("colour=red", "1"),
    ],
)
async def test_geolocation_refuses_with_one_clear_error(side: Side, query: str, code: str) -> None:
    before = settings(side)
    async with side.client(Role.ADMINISTRATOR) as client:
        found = values((await client.get(f"/axis-cgi/geolocation/set.cgi?{query}")).text)
    assert found["ErrorCode"] == code
    assert len(found["ErrorDescription"]) > 20
    assert settings(side) == before


@pytest.mark.parametrize(
    ("text", "kind", "degrees"),
    [
        ("33.55555", 0, 33.55555),
        ("-45.5", 0, -45.5),
        ("3312.5", 0, 33 + 12.5 / 60),
        ("-4512.5", 0, -(45 + 12.5 / 60)),
        ("223312.5", 0, 22 + 33 / 60 + 12.5 / 3600),
        ("013.5", 1, 13.5),
        ("-0.1", 1, -0.1),
        ("01322.5", 1, 13 + 22.5 / 60),
        ("-1410022.5", 1, -(141 + 22.5 / 3600)),
        ("90", 0, 90),
        ("-180", 1, -180),
        ("", 0, None),
    ],
)
def test_coordinates_are_read_as_iso_6709_writes_them(text: str, kind: int, degrees: float | None) -> None:
    from panocam.settings.location import LATITUDE, LONGITUDE
    from panocam.settings.location import degrees as read

    found = read(text, LONGITUDE if kind else LATITUDE)
    assert found == (None if degrees is None else pytest.approx(degrees))
