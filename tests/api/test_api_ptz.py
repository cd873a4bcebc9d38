"""Moves, presets, limits, tours and control over VAPIX, REST and the live WebSocket: one steering behind all."""

from __future__ import annotations

import asyncio
import math
import re
import string
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest
from api_kit import Side
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panocam.optics.pose import Pose
from panocam.settings import Role

PTZ, CONFIG, TOURS = "/axis-cgi/com/ptz.cgi", "/axis-cgi/com/ptzconfig.cgi", "/axis-cgi/recordedtour/"
HOME = Pose(0, -37, 90)


async def done(client: httpx.AsyncClient, query: str, path: str = PTZ) -> None:
    """A command that succeeds says nothing."""
    reply = await client.get(f"{path}?{query}")
    assert (reply.status_code, reply.content) == (204, b""), reply.text


async def said(client: httpx.AsyncClient, query: str, path: str = PTZ) -> str:
    reply = await client.post(path, content=query, headers={"Content-Type": "text/plain"})
    assert reply.status_code == 200, reply.text
    return reply.text


def pose(side: Side, view: int = 4) -> Pose:
    return side.services.ptz.areas[view].head.pose


def near(found: Pose, pan: float, tilt: float, hfov: float) -> bool:
    return (found.pan, found.tilt, found.hfov) == (
        pytest.approx(pan, abs=1e-3),
        pytest.approx(tilt, abs=1e-3),
        pytest.approx(hfov, abs=1e-2),
    )


def later(side: Side, seconds: float) -> None:
    for _ in range(round(seconds * 25)):
        side.clock.advance(0.04)
        side.services.ptz.tick()


@pytest.mark.feature("IMG-08")
async def test_position_arguments_land_at_once_and_add_up(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        await done(client, "camera=5&pan=30.5&tilt=-20&zoom=1")
        assert near(pose(side), 30.5, -20, 120)
        await done(client, "camera=5&rpan=-60&rtilt=-5&rzoom=9998")
        assert near(pose(side), -29.5, -25, 10)
        await done(client, "pan=999&tilt=-999&zoom=99999")  # no camera: the first area; beyond the limits: at them
        assert near(pose(side), 180, -90, 10)
        await done(client, "camera=6&move=home")
        assert pose(side, 5).pan == 90
        await done(client, "camera=5&move=home")
        await done(client, "camera=5&areazoom=960,720,300&imagewidth=1920&imageheight=1440")
        assert pose(side).magnification == pytest.approx(3 * HOME.magnification)
        await done(client, "camera=5&move=home")
        await done(client, "camera=5&center=0,720&imagewidth=1920&imageheight=1440")
        assert pose(side).pan < -40
        await done(client, "camera=5&move=home&html=no&timestamp=123")
        await done(client, "camera=5&move=upright")
        assert near(pose(side), 22.5 / 0.79864, -37 + 16.875, 90)


async def test_with_a_speed_it_travels_and_continuous_moves_go_on_until_they_stop(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        await done(client, "camera=5&pan=90&speed=50")
        assert pose(side) == HOME
        later(side, 1)
        assert 0 < pose(side).pan < 90
        later(side, 2)
        assert near(pose(side), 90, -37, 90)
        assert (await said(client, "camera=5&query=speed")).strip() == "speed=100"
        await done(client, "camera=5&speed=40")
        assert (await said(client, "camera=5&query=speed")).strip() == "speed=40"
        await done(client, "camera=5&pan=0")
        assert pose(side).pan == pytest.approx(90)
        await done(client, "camera=5&continuouspantiltmove=-50,0&continuouszoommove=20")
        later(side, 1)
        await done(client, "camera=5&continuouspantiltmove=0,0")
        first = pose(side)
        later(side, 1)
        second = pose(side)
        assert second.hfov < first.hfov < 90  # zooming was not stopped
        await done(client, "camera=5&move=stop")
        later(side, 1)
        third = pose(side)
        later(side, 1)
        assert pose(side) == third


async def test_queries(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        position = (await said(client, "camera=5&query=position")).splitlines()
        assert position[:3] == ["pan=0.0000", "tilt=-37.0000", "zoom=1841"]
        assert [line.partition("=")[0] for line in position] == ["pan", "tilt", "zoom", "autofocus", "autoiris"]
        limits = dict(line.split("=") for line in (await said(client, "camera=5&query=limits")).splitlines())
        assert limits == {
            "MinPan": "-180.0000", "MaxPan": "180.0000", "MinTilt": "-90.0000", "MaxTilt": "1.0000", "MinZoom": "1", "MaxZoom": "9999",
        }  # fmt: skip
        assert (await said(client, "camera=5&query=mode")).strip() == "mode=normal"
        assert (await said(client, "whoami=1")).strip() == "panocam digital PTZ"
        info = (await said(client, "info=1")).splitlines()
        assert info[:3] == ["Available commands", ":", "{camera=[n]}"]
        assert (await said(client, "camera=1&query=position")) == ""  # "no PTZ", as clients read it
        assert (await said(client, "camera=5&query=weather")).strip() == "Error:query: unknown value: weather"


async def test_attributes_say_what_speeds_and_zoom_positions_mean(side: Side) -> None:
    """A client that goes to a told position sees the told magnification, and at a told speed turns as fast as it says."""
    async with side.client(Role.OPERATOR) as client:
        told = (await client.get(f"{PTZ}?camera=5&query=attributes&format=json")).json()["Camera 5"]
        for entry in told["zoomSteps"]:
            await done(client, f"camera=5&zoom={entry['value']}")
            assert pose(side).magnification == pytest.approx(float(entry["zoom"]), abs=0.01)
        assert float(told["maxDigitalZoomMag"]) == pytest.approx(pose(side).magnification, abs=0.01)
        entry = told["speeds"][-2]
        await done(client, "camera=5&zoom=1&pan=0")
        await done(client, f"camera=5&continuouspantiltmove={entry['value']},0&proportionalspeed=disabled")
        later(side, 1)
        before = pose(side).pan
        later(side, 0.2)
        assert pose(side).pan - before == pytest.approx(0.2 * float(entry["speed"]), rel=1e-3)
        lines = (await said(client, "camera=all&query=attributes&group=speed")).splitlines()
        assert lines[0] == "Attributes for camera 5"
        assert lines[1].startswith("speeds=value=1 | speed=1.5,value=10 | speed=15,")
        assert [line for line in lines if line.startswith("Att")] == [f"Attributes for camera {n}" for n in range(5, 9)]
        assert "Error:group: unknown value: focus" in await said(client, "camera=5&query=attributes&group=focus")


@pytest.mark.parametrize(("rotation", "word", "point"), [("0", "right", "900,300"), ("90", "down", "300,900"), ("180", "left", "100,300"),
                                                         ("270", "up", "300,100")])  # fmt: skip
async def test_a_client_that_shows_the_picture_turned_is_understood(side: Side, rotation: str, word: str, point: str) -> None:
    """``right`` in the camera's picture, said in one that is turned clockwise."""
    size = "imagewidth=600&imageheight=1000" if rotation in ("90", "270") else "imagewidth=1000&imageheight=600"
    async with side.client(Role.OPERATOR) as client:
        await done(client, f"camera=5&move={word}&imagerotation={rotation}")
        assert pose(side).pan > 15
        assert pose(side).tilt == pytest.approx(HOME.tilt)
        await done(client, "camera=5&move=home")
        await done(client, f"camera=5&center={point}&{size}&imagerotation={rotation}")
        turned = pose(side)
        await done(client, "camera=5&move=home")
        await done(client, "camera=5&center=900,300&imagewidth=1000&imageheight=600")
        assert near(turned, pose(side).pan, pose(side).tilt, pose(side).hfov)
        assert "give one of 0, 90, 180, 270" in await said(client, "camera=5&move=up&imagerotation=45")


@pytest.mark.feature("PTZ-10")
async def test_presets_in_vapix_words(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as admin, side.client(Role.OPERATOR) as client:
        await done(client, "camera=5&pan=40&tilt=-30&zoom=4000")
        await done(admin, "camera=5&setserverpresetname=Gate", CONFIG)
        await done(client, "camera=5&pan=-40&tilt=-50&zoom=2000")
        await done(client, "camera=5&setserverpresetno=7")  # older clients use ptz.cgi for it
        await done(admin, f"camera=5&renameserverpresetno=7&newname=T{quote('ü')}r%20links", CONFIG)
        listed = (await said(client, "camera=5&query=presetposcam")).splitlines()
        assert listed == ["Preset Positions for camera 5", "presetposno1=Home", "presetposno2=Gate", "presetposno7=Tür links"]
        data = (await said(client, "camera=5&query=presetposcamdata")).splitlines()
        assert data[2] == "presetposno2=Gate:pan=40.0000:tilt=-30.0000:zoom=4000"
        everything = (await said(client, "query=presetposall")).splitlines()
        assert [line for line in everything if line.startswith("Preset")] == [f"Preset Positions for camera {n}" for n in range(5, 9)]
        told = await client.get(f"{PTZ}?camera=all&query=presetposcam&format=json")
        assert told.json()["Camera 5"]["presets"][1] == "presetposno2=Gate:pan=40.0000:tilt=-30.0000:zoom=4000"
        await done(client, "camera=5&gotoserverpresetname=Gate")
        later(side, 4)
        assert near(pose(side), 40, -30, pose(side).hfov)
        await done(client, "camera=5&gotoserverpresetno=7&speed=100")
        later(side, 4)
        assert pose(side).pan == pytest.approx(-40)
        await done(admin, "camera=5&home=yes", CONFIG)
        assert side.services.settings.running.areas[0].pan == pytest.approx(-40)
        await done(admin, "camera=5&removeserverpresetname=Home", CONFIG)
        assert side.services.settings.running.areas[0].pan is None
        await done(admin, "camera=5&removeserverpresetno=7", CONFIG)
        await done(admin, "camera=all&removeallserverpresets=yes", CONFIG)
        assert side.services.settings.running.ptz.presets == ()
        assert "no command" in await said(admin, "camera=5&pan=3", CONFIG)


@pytest.mark.feature("PTZ-10")
async def test_names_in_the_older_encoding_come_back_as_they_were_sent(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        await done(client, "camera=5&setserverpresetname=T%FCr", CONFIG)
        answer = await client.get(f"{PTZ}?camera=5&query=presetposcam")
        assert answer.headers["content-type"] == "text/plain; charset=iso-8859-1"
        assert answer.content.splitlines()[2] == b"presetposno2=T\xfcr"
        await done(client, "camera=5&gotoserverpresetname=T%FCr")
        await done(client, "camera=5&gotoserverpresetname=T%C3%BCr")  # the same name in UTF-8
        body = b"camera=5&renameserverpresetno=2&newname=Stra\xdfe"
        assert (await client.post(CONFIG, content=body, headers={"Content-Type": "text/plain"})).status_code == 204
        assert side.services.ptz.library.preset(1, 2).name == "Straße"


@pytest.mark.feature("PTZ-10")
async def test_presets_are_readable_as_parameters(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        await done(client, "camera=5&pan=40&tilt=-30&zoom=4000")
        await done(client, "camera=5&setserverpresetname=Gate", CONFIG)
        listed = (await client.get("/axis-cgi/param.cgi?action=list&group=root.PTZ.Preset.P4.Position.P2")).text.splitlines()
        assert listed == [
            "root.PTZ.Preset.P4.Position.P2.Data=pan=40.0000:tilt=-30.0000:zoom=4000", "root.PTZ.Preset.P4.Position.P2.Name=Gate",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("camera=5&pan=abc", "Error:pan: abc"), ("camera=5&pan=1e999", "Error:pan"), ("camera=5&pan=nan", "Error:pan"),
        ("camera=5&move=sideways", "Error:move: unknown value: sideways"), ("camera=5&center=1", "Error:center"),
        ("camera=5&areazoom=1,2,0", "Error:areazoom"), ("camera=5&continuouspantiltmove=101,0", "Error:continuouspantiltmove"),
        ("camera=5&continuouspantiltmove=5", "give 2 numbers"), ("camera=5&speed=0", "Error:speed"), ("camera=5&speed=101", "1 to 100"),
        ("camera=5&gotoserverpresetno=99", "no preset position 99"), ("camera=5&gotoserverpresetname=Nowhere", "'Nowhere'"),
        ("camera=5&setserverpresetname=a%3Cb", "Error:name"), ("camera=5&setserverpresetname=" + "x" * 32, "31 characters"),
        ("camera=5&renameserverpresetno=1&newname=X", "always called Home"), ("camera=5&focus=5", "Error:focus: not supported"),
        ("camera=5", "Error:no command"), ("camera=1&pan=5", "Error:camera: 1 does not move"), ("camera=13&pan=5", "Error:camera"),
        ("camera=all&pan=5", "preset positions only"), ("camera=all&removeallserverpresets=maybe", "unknown value"),
        ("camera=5&imagewidth=0&center=1,1", "Error:imagewidth"),
    ],
)  # fmt: skip
async def test_a_mistake_is_one_clear_error_and_nothing_moves(side: Side, query: str, word: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        answer = await said(client, query)
        assert answer.startswith("Error:")
        assert word in answer
    assert pose(side) == HOME
    assert side.services.settings.running.ptz.presets == ()


@pytest.mark.feature("VIEW-03")
async def test_an_area_whose_ptz_is_off_has_none(side: Side) -> None:
    await side.services.settings.patch({"areas.0.ptz": False})
    async with side.client(Role.OPERATOR) as client:
        assert await said(client, "camera=5&query=position") == ""
        assert (await said(client, "camera=5&pan=1")).startswith("Error:camera")
        await done(client, "pan=12")
    assert pose(side, 5).pan == 12


NAMES = st.sampled_from(
    [
        "camera", "pan", "tilt", "zoom", "rpan", "rtilt", "rzoom", "move", "center", "areazoom", "imagewidth", "imageheight", "speed",
        "continuouspantiltmove", "continuouszoommove", "gotoserverpresetno", "gotoserverpresetname", "setserverpresetname",
        "setserverpresetno", "removeserverpresetno", "query", "format", "home",
    ]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(["5", "-5", "0", "1,2", "1,2,3", "home", "up", "yes", "position", "nan", "inf", "1e9", "9" * 40, "", "all", "json"]),
    st.text(string.printable, max_size=12),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(arguments=st.lists(st.tuples(NAMES, VALUES), max_size=6))
async def test_whatever_is_sent_the_answer_is_204_or_200_and_the_head_stays_inside(
    side: Side, cookies: dict[str, str], arguments: list[tuple[str, str]]
) -> None:
    side.clock.advance(1)
    async with side.client(cookies=cookies) as client:
        if not cookies:
            await side.login(client, Role.ADMINISTRATOR)
            cookies.update(client.cookies)
        assert (await client.get(PTZ, params=arguments)).status_code in (200, 204)
    side.services.ptz.tick()
    for area in side.services.ptz.areas.values():
        bounds, looks = area.head.limits, area.head.pose
        assert bounds.tilt[0] <= looks.tilt <= bounds.tilt[1]
        assert bounds.hfov[0] - 1e-6 <= looks.hfov <= bounds.hfov[1] + 1e-6


@pytest.fixture
def cookies() -> dict[str, str]:
    """Of a browser that stays logged in from example to example."""
    return {}


def xml(reply: httpx.Response) -> ElementTree.Element:
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/xml")
    return ElementTree.fromstring(re.sub(r' xmlns="[^"]+"', "", reply.text, count=1))


@pytest.mark.feature("PTZ-13", "PTZ-15", "PTZ-16", "PTZ-17")
async def test_recorded_tours_in_vapix_words(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:

        async def ask(what: str, **arguments: object) -> ElementTree.Element:
            return xml(await client.get(f"{TOURS}{what}.cgi", params={"schemaversion": 1, **arguments}))

        async def code(what: str, **arguments: object) -> str | None:
            return (await ask(what, **arguments)).findtext("GeneralError/ErrorCode")

        assert (await ask("record", camera=5, nicename="Walk")).findtext("Success/RecordSuccess/RecordingId") == "1"
        assert (await ask("list")).findtext(".//Status") == "recording"
        assert await code("record", camera=5) == "60"
        assert await code("play", recordedtourid=1) == "10"
        await done(client, "camera=5&continuouspantiltmove=30,0")
        later(side, 2)
        assert (await ask("stoprecording", recordedtourid=1)).find("Success/GeneralSuccess") is not None
        row = (await ask("list", camera=5)).find(".//RecordingInformation")
        assert row is not None
        assert {each.tag: each.text for each in row} == {
            "RecordingId": "1", "NiceName": "Walk", "Status": "stopped", "Camera": "5", "DefaultLoopDelay": "60",
        }  # fmt: skip
        assert (await ask("list", camera=6)).find(".//RecordingInformation") is None
        assert (await ask("modify", recordedtourid=1, nicename="Round", defaultloopdelay=5)).find(".//GeneralSuccess") is not None
        assert (await ask("play", recordedtourid=1, loop=1)).find(".//GeneralSuccess") is not None
        later(side, 1)
        assert (await ask("list")).findtext(".//Status") == "playing"
        assert await code("remove", recordedtourid=1) == "60"
        assert (await ask("pause")).find(".//GeneralSuccess") is not None
        assert (await ask("resume", recordedtourid=1)).find(".//GeneralSuccess") is not None
        assert (await ask("stopplayback")).find(".//GeneralSuccess") is not None
        assert await code("modify", recordedtourid=1, nicename="a b") == "50"
        assert await code("record", camera=5, recordedtourid=1) == "20"
        assert await code("record", camera="x") == "50"
        assert await code("play", recordedtourid=77) == "10"
        assert (await ask("remove", recordedtourid=1)).find(".//GeneralSuccess") is not None
        assert xml(await client.get(f"{TOURS}list.cgi")).findtext("GeneralError/ErrorCode") == "70"
        assert xml(await client.get(f"{TOURS}getschemaversions.cgi")).findtext(".//VersionNumber") == "1.0"


# --- REST


@pytest.mark.feature("PTZ-01", "PTZ-04", "PTZ-05", "PTZ-06", "PTZ-07", "PTZ-08", "PTZ-09", "PTZ-11")
async def test_presets_limits_and_tours_over_rest(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:

        async def send(method: str, path: str, **body: Any) -> Any:
            reply = await client.request(method, f"/api/v1/{path}", json=body)
            assert reply.status_code in (200, 204), reply.text
            return reply.json() if reply.content else None

        await send("PUT", "views/4/pose", pan=25, tilt=-35, hfov=50)
        assert (await send("POST", "ptz/4/presets", name="Till"))["number"] == 2
        assert (await send("POST", "ptz/4/presets", name="Door", pan=-60, tilt=-30, hfov=40))["number"] == 3
        assert (await send("PATCH", "ptz/4/presets/3", name="Exit", here=True))["pan"] == 25
        assert (await send("POST", "views/4/preset", number=1))["pan"] == 0
        tour = await send(
            "POST", "ptz/tours", view=4, name="Night", random=True, pause=60, steps=[{"preset": 3}, {"preset": 2, "speed": 9}]
        )
        assert (tour["number"], tour["steps"][1], tour["missing"]) == (1, {"preset": 2, "seconds": 10, "speed": 9}, [])
        changed = await send("PATCH", "ptz/tours/1", steps=[{"preset": 2}, {"preset": 3, "seconds": 1}], random=False)
        assert [step["preset"] for step in changed["steps"]] == [2, 3]
        assert (await send("POST", "ptz/tours/1/run"))["state"] == "travelling"
        assert (await send("POST", "ptz/tours/1/run", action="pause"))["state"] == "paused"
        assert (await send("GET", "ptz/4"))["tour"] == 1
        await send("POST", "ptz/tours/1/run", action="resume")
        await send("DELETE", "ptz/4/presets/3")
        assert (await send("GET", "ptz/tours"))["tours"][0]["missing"] == [3]
        assert (await send("POST", "ptz/tours/1/run", action="stop"))["running"] is False
        await send("DELETE", "ptz/tours/1")
        await send("PUT", "views/4/pose", pan=-20, tilt=-50, hfov=70)
        await send("POST", "ptz/4/limits", here=["left", "down"])
        area = await send("POST", "ptz/4/limits", here=["wide"])
        assert area["limits"] == {"left": -20, "right": None, "down": -50, "up": None, "wide": 70, "tele": None}
        cleared = await send("POST", "ptz/4/limits", clear=["left", "down", "wide"])
        assert set(cleared["limits"].values()) == {None}


@pytest.mark.feature("PTZ-13", "PTZ-14", "PTZ-15", "PTZ-16", "PTZ-17")
async def test_recording_over_rest(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        number = (await client.post("/api/v1/ptz/4/record", json={"name": "Walk"})).json()["number"]
        later(side, 1)
        await client.post("/api/v1/views/4/drive", json={"pan": 20})
        later(side, 2)
        area = (await client.get("/api/v1/ptz/4")).json()
        assert (area["recording"]["name"], area["recording"]["seconds"], area["moving"]) == ("Walk", 3.0, True)
        kept = (await client.post("/api/v1/ptz/4/record/keep")).json()
        assert (kept["number"], kept["kind"], kept["seconds"]) == (number, "recorded", pytest.approx(3, abs=0.1))
        assert (await client.post("/api/v1/ptz/4/record/keep")).status_code == 400
        refused = await client.patch(f"/api/v1/ptz/tours/{number}", json={"random": True})
        assert (refused.status_code, "no order" in refused.text) == (400, True)
        assert (await client.patch(f"/api/v1/ptz/tours/{number}", json={"pause": 5})).json()["pause"] == 5


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "ptz/4/presets", {"name": "a:b"}, 400), ("POST", "ptz/4/presets", {"pan": 200}, 400),
        ("PATCH", "ptz/4/presets/44", {"name": "x"}, 404), ("DELETE", "ptz/4/presets/44", {}, 404), ("POST", "ptz/1/presets", {}, 404),
        ("POST", "ptz/4/limits", {"here": ["top"]}, 400), ("POST", "ptz/tours", {"name": "<b>"}, 400),
        ("POST", "ptz/tours", {"steps": [{"preset": 2}] * 101}, 400), ("PATCH", "ptz/tours/9", {}, 404),
        ("POST", "ptz/tours/9/run", {}, 404),
        ("POST", "views/4/frame", {"x": 0.5, "x2": 0.5, "y": 0.5, "y2": 0.5}, 400), ("POST", "views/4/drive", {"pan": 101}, 400),
        ("POST", "views/4/preset", {"number": 55}, 404), ("POST", "ptz/4/record", {"name": "a b"}, 400),
    ],
)  # fmt: skip
async def test_rest_refuses_with_one_clear_error(side: Side, method: str, path: str, body: dict[str, Any], status: int) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.request(method, f"/api/v1/{path}", json=body)
    assert reply.status_code == status, reply.text
    assert reply.json()["error"]["message"]
    assert side.services.settings.running.ptz.presets == ()
    assert pose(side) == HOME


async def test_a_rectangle_fills_the_picture(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.post("/api/v1/views/4/frame", json={"x": 0.25, "y": 0.25, "x2": 0.75, "y2": 0.75})
    assert reply.json()["zoom"] == pytest.approx(2 * HOME.magnification, rel=1e-4)
    assert near(pose(side), 0, -37, pose(side).hfov)


async def test_the_control_queue_over_rest_tells_people_apart(side: Side) -> None:
    await side.services.settings.patch({"ptz.queue": True})
    async with (
        side.client(Role.OPERATOR) as otto,
        side.client(Role.ADMINISTRATOR) as anna,
        side.client(Role.OPERATOR, peer=("198.51.100.7", 1)) as other,
    ):
        assert (await otto.post("/api/v1/ptz/4/control", json={})).json()["control"]["place"] == 0
        refused = await other.put("/api/v1/views/4/pose", json={"pan": 5})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert "otto (operator) controls this view area; you are number 1 in the queue" in refused.text
        assert (await anna.put("/api/v1/views/4/pose", json={"pan": 6})).status_code == 200
        seen = (await other.get("/api/v1/ptz/4")).json()["control"]
        assert (seen["holder"], seen["group"], seen["place"], seen["waiting"]) == ("anna", "administrator", 1, ["otto"])
        await anna.post("/api/v1/ptz/4/control", json={"action": "release"})
        assert (await other.get("/api/v1/ptz/4")).json()["control"]["place"] == 0


async def test_ten_clients_flood_and_others_are_still_served(side: Side) -> None:
    client_count, moves = 10, 450
    for number in range(client_count):
        async with side.client(Role.OPERATOR, peer=(f"192.0.2.{number + 20}", 1)) as client:
            await side.login(client, Role.OPERATOR)
            statuses = [
                (await client.put("/api/v1/views/4/pose", json={"pan": n % 90})).status_code for n in range(moves if number == 0 else 20)
            ]
            if number == 0:
                assert statuses[:400] == [200] * 400
                assert set(statuses[400:]) == {503}
                clear = await client.put("/api/v1/views/4/pose", json={"pan": 1})
                assert "moves a second from one client" in clear.json()["error"]["message"]
            else:
                assert set(statuses) == {200}


QUEUE = "/axis-cgi/com/ptzqueue.cgi"


def place(answer: str) -> tuple[int, ...]:
    found = re.fullmatch(r'<a name="(-?\d+)"></a><a name="(-?\d+)"></a><a name="(-?\d+)"></a>\r\n', answer)
    assert found is not None, answer
    return tuple(map(int, found.groups()))


async def test_the_control_queue_in_vapix_words(side: Side) -> None:
    groups = [{"name": "operator", "priority": 30, "timeout": 60, "ends": "after a time"}]
    await side.services.settings.patch({"ptz.queue": True, "ptz.groups": groups})
    async with side.client(Role.OPERATOR) as otto, side.client(Role.OPERATOR, peer=("198.51.100.7", 1)) as other:
        assert place(await said(otto, "control=query&camera=5", QUEUE)) == (0, -1, 5)
        assert place(await said(otto, "control=request&camera=5", QUEUE)) == (1, 60, 5)
        side.clock.advance(10)
        assert place(await said(otto, "control=query&camera=5", QUEUE)) == (1, 50, 5)
        assert place(await said(otto, "control=request&camera=5", QUEUE)) == (1, 60, 5)  # nobody waits: from the beginning
        side.clock.advance(10)
        assert place(await said(other, "control=request&camera=5", QUEUE)) == (2, 50, 5)
        assert place(await said(otto, "control=request&camera=5", QUEUE)) == (1, 50, 5)  # somebody waits
        assert "you are number 1 in the queue" in await said(other, "camera=5&pan=7")
        assert pose(side) == HOME
        await done(otto, "control=drop&camera=5", QUEUE)
        assert place(await said(otto, "control=query&camera=5", QUEUE))[0] == 0
        assert place(await said(other, "control=query&camera=5", QUEUE)) == (1, 60, 5)
        await done(other, "camera=5&pan=7")
        assert pose(side).pan == 7
        await side.services.settings.patch({"ptz.groups": [{**groups[0], "ends": "never"}]})
        assert place(await said(otto, "control=request&camera=5", QUEUE)) == (2, -1, 5)
        assert place(await said(otto, "control=query&camera=6", QUEUE))[0] == 0  # another area has a queue of its own


@pytest.mark.parametrize(
    ("query", "word"),
    [("control=grab", "use request, drop or query"), ("", "use request, drop or query"), ("control=query&camera=1", "does not move"),
     ("control=query&camera=99", "1 to 12")],
)  # fmt: skip
async def test_the_control_queue_says_what_is_wrong(side: Side, query: str, word: str) -> None:
    async with side.client(Role.OPERATOR) as otto:
        assert "switched off" in await said(otto, "control=request", QUEUE)
        await side.services.settings.patch({"ptz.queue": True})
        refused = await said(otto, query, QUEUE)
        assert refused.startswith("Error:")
        assert word in refused


async def test_a_tour_over_deleted_presets_says_so_when_it_is_started(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        await done(client, "camera=5&setserverpresetname=Door", CONFIG)
        made = (await client.post("/api/v1/ptz/tours", json={"view": 4, "name": "Round", "steps": [{"preset": 2}]})).json()
        assert (await client.post(f"/api/v1/ptz/tours/{made['number']}/run", json={})).status_code == 200
        await client.post(f"/api/v1/ptz/tours/{made['number']}/run", json={"action": "stop"})
        await done(client, "camera=5&removeserverpresetno=2", CONFIG)
        before = side.services.settings.snapshot
        assert (await client.get("/api/v1/ptz/4")).status_code == 200
        refused = await client.post(f"/api/v1/ptz/tours/{made['number']}/run", json={})
        assert (refused.status_code, refused.json()["error"]["name"]) == (400, "tour"), refused.text
        assert "none of its preset positions is there" in refused.json()["error"]["message"]
        over = await client.post("/axis-cgi/param.cgi", data={"action": "update", f"GuardTour.G{made['number']}.Running": "yes"})
        assert over.text.startswith("# Error")
        assert "preset positions" in over.text
        assert side.services.settings.snapshot == before


@pytest.mark.feature("PTZ-10")
async def test_a_tour_that_loses_its_presets_while_it_runs_stops_and_one_without_any_is_not_started(side: Side) -> None:
    param, tour = "/axis-cgi/param.cgi", "GuardTour.G0"
    async with side.client(Role.ADMINISTRATOR) as client:

        async def ask(**arguments: str) -> str:
            return (await client.post(param, data=arguments)).text

        empty = await ask(action="add", template="guardtour", group="GuardTour", **{"GuardTour.G.Running": "yes"})
        assert (empty.startswith("# Error"), "preset positions" in empty) == (True, True)
        assert side.services.settings.snapshot.ptz.tours == ()
        for name in ("Gate", "Door"):
            await done(client, f"camera=5&rpan=10&setserverpresetname={name}", CONFIG)
        await ask(action="add", template="guardtour", group="GuardTour")
        for number in ("2", "3"):
            await ask(action="add", template="tour", group=f"{tour}.Tour", **{f"{tour}.Tour.T.PresetNbr": number})
        assert await ask(action="update", **{f"{tour}.Running": "yes"}) == "OK\n"
        await done(client, "camera=5&removeserverpresetname=Gate", CONFIG)
        later(side, 30)
        assert f"root.{tour}.Running=yes" in await ask(action="list", group=tour)  # goes on with the other
        await done(client, "camera=5&removeserverpresetname=Door", CONFIG)
        later(side, 30)
        await asyncio.gather(*side.services.ptz._errands)
        assert f"root.{tour}.Running=no" in await ask(action="list", group=tour)
        assert f"root.{tour}.Tour.T1.PresetNbr=3" in await ask(action="list", group=tour)  # its steps wait for another such preset


async def test_names_are_told_in_the_encoding_that_is_set(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        await done(client, f"camera=5&setserverpresetname={quote('Tür')}", CONFIG)
        heard = await client.get(f"{PTZ}?camera=5&query=presetposcam")
        assert (heard.headers["content-type"], b"=T\xfcr" in heard.content) == ("text/plain; charset=iso-8859-1", True)
        assert (await client.get("/axis-cgi/param.cgi?action=update&PTZ.ResponseEncoding=utf-8")).text == "OK\n"
        heard = await client.get(f"{PTZ}?camera=5&query=presetposcam")
        assert (heard.headers["content-type"], "=Tür".encode() in heard.content) == ("text/plain; charset=utf-8", True)
        assert (await client.get("/axis-cgi/param.cgi?group=root.PTZ.ResponseEncoding")).text == "root.PTZ.ResponseEncoding=utf-8\n"


@pytest.mark.parametrize(
    ("word", "across", "up"),
    [
        ("left", -1, 0), ("right", 1, 0), ("up", 0, 1), ("down", 0, -1),
        ("upleft", -1, 1), ("upright", 1, 1), ("downleft", -1, -1), ("downright", 1, -1),
    ],
)  # fmt: skip
async def test_a_step_goes_a_quarter_of_the_view_that_way(side: Side, word: str, across: int, up: int) -> None:
    async with side.client(Role.OPERATOR) as client:
        side.services.ptz.areas[4].head.set_pose(Pose(0, -40, 40))
        await done(client, f"camera=5&move={word}")
        assert near(pose(side), across * 10 / math.cos(math.radians(40)), -40 + up * 7.5, 40)


async def test_full_speed_is_a_speed(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        await done(client, "camera=5&continuouspantiltmove=-100,100&continuouszoommove=100")
        assert side.services.ptz.areas[4].driving == (-100, 100, 100)
        await done(client, "camera=5&move=stop")
