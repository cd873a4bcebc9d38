"""What VAPIX clients read when an argument about the picture is wrong: its own name, the value that was sent, and what would do instead."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from api_kit import Side

from panocam.settings import Role

PTZ, CONFIG = "/axis-cgi/com/ptz.cgi", "/axis-cgi/com/ptzconfig.cgi"
MASK, PARAM = "/axis-cgi/privacymask.cgi", "/axis-cgi/param.cgi"
ELEVEN = ":".join(f"{1000 + 20 * each},{1000 + each % 2 * 200}" for each in range(11))


async def told(client: httpx.AsyncClient, address: str) -> str:
    """The one line that a mistake is answered with."""
    reply = await client.get(address)
    assert (reply.status_code, reply.text.count("\n")) == (200, 1), reply.text
    return reply.text.strip()


@pytest.mark.parametrize(
    ("address", "begin", "remedy"),
    [
        (f"{PTZ}?camera=5&areazoom=10,10,0", "Error:areazoom: 0", "give a zoom above 0"),
        (f"{CONFIG}?camera=5&setserverpresetname=A~b", "Error:name: A~b", "give 1 to 31 characters"),
        (f"{CONFIG}?camera=5&setdevicepreset=1", "Error:setdevicepreset", "not supported by this camera"),
        (f"{CONFIG}?camera=5&osdmenu=1", "Error:osdmenu", "not supported by this camera"),
        (f"{MASK}?action=add&name=m&pxpolygon=900,900:950,950", "Error:pxpolygon='900,900:950,950'", "3 to 10 corners"),
        (f"{MASK}?action=add&name=m&pxpolygon={ELEVEN}", "Error:pxpolygon='1000,1000:", "3 to 10 corners"),
        (f"{MASK}?action=add&name=m&pxpolygon=1000,1000:1200,1200:1200,1000:1000,1200", "Error:pxpolygon=", "the border crosses itself"),
        (f"{MASK}?action=add&name=m&pxpolygon=9000,9000:9100,9000:9100,9100", "Error:pxpolygon=", "lies outside the picture"),
        (f"{MASK}?action=add&name=m&pxpolygon=0,0:20,0:20,20", "Error:pxpolygon='0,0:20,0:20,20'", "wholly outside of what the lens sees"),
        (f"{MASK}?action=add&name=m&width=2&height=2&center=1,1", "Error:center='1,1'", "wholly outside of what the lens sees"),
    ],
)
@pytest.mark.feature("PRV-12")
async def test_text_refusals_name_the_argument_and_what_was_sent(side: Side, address: str, begin: str, remedy: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        said = await told(client, address)
        assert said.startswith(begin), said
        assert remedy in said, said
        assert side.services.settings.snapshot.privacy.masks == ()
        assert side.services.settings.snapshot.ptz.presets == ()


@pytest.mark.feature("PTZ-08", "PTZ-09")
async def test_a_tour_s_refusals_name_the_parameter_and_not_all_tours(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        assert (await client.get(f"{PARAM}?action=add&template=guardtour&group=GuardTour&GuardTour.G.Name=Round")).text == "G0 OK\n"
        step = f"{PARAM}?action=add&template=tour&group=GuardTour.G0.Tour&GuardTour.G0.Tour.T.PresetNbr=1&GuardTour.G0.Tour.T."
        for part, remedy in (
            ("MoveSpeed=101", "use 1 to 100"),
            ("MoveSpeed=fast", "use a whole number"),
            ("WaitTime=3601", "use 0 to 3600"),
            ("PresetNbr=3601", "use 1 to 3600"),
            ("WaitTimeViewType=Hours", "use one of Seconds, Minutes"),
        ):
            assert await told(client, step + part) == f"# Error: Error adding to 'GuardTour.G0.Tour'! {part}: {remedy}"
        said = await told(client, f"{PARAM}?action=update&GuardTour.G0.Name=a%3Cb")
        assert said.startswith("# Error: Error setting 'root.GuardTour.G0.Name' to 'a<b'! A tour's name has 1 to 64 characters")
        said = await told(client, f"{PARAM}?action=add&template=guardtour&group=GuardTour&GuardTour.G.Name=a%3Cb")
        assert said.startswith("# Error: Error adding to 'GuardTour'! A tour's name has 1 to 64 characters")
        (tour,) = side.services.settings.snapshot.ptz.tours
        assert (tour.name, tour.steps) == ("Round", ())


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        ({"textColor": "pink"}, 306, "textColor='pink': should be "),
        ({"textBGColor": "pink"}, 307, "textBGColor='pink': should be "),
        ({"textOLColor": "pink"}, 308, "textOLColor='pink': should be "),
        ({"fontSize": 201}, 309, "fontSize=201: should be less than or equal to 200"),
        ({"scrollSpeed": 21}, 310, "scrollSpeed=21: should be less than or equal to 20"),
        ({"zIndex": "a"}, 312, "zIndex='a': should be a valid integer"),
        (
            {"position": [2, 0]},
            303,
            "position=[2, 0]: use topLeft, top, topRight, bottomLeft, bottom, bottomRight, or [x, y] with numbers from -1",
        ),
        ({"camera": 99}, 301, "camera=99: give a number from 1 to 12"),
        ({"reference": "scene"}, 313, "reference='scene': only channel is supported"),
        ({"text": "y" * 10_000}, 304, "has 10000 characters; give 1 to 512"),
        ({"text": ""}, 304, "text='': has 0 characters; give 1 to 512"),
    ],
)
@pytest.mark.feature("OVL-07", "OVL-10")
async def test_overlay_refusals_speak_of_the_client_s_own_parameters(side: Side, params: dict[str, Any], code: int, message: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        before = side.services.settings.snapshot.overlays.items
        wish = {"apiVersion": "1.8", "method": "addText", "params": {"camera": 1, "text": "x", **params}}
        error = (await client.post("/axis-cgi/dynamicoverlay/dynamicoverlay.cgi", json=wish)).json()["error"]
        assert error["code"] == code
        assert message in error["message"]
        assert side.services.settings.snapshot.overlays.items == before


@pytest.mark.feature("IMG-04")
async def test_the_quad_order_s_refusal_names_what_was_sent(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        wish = {"apiVersion": "1.0", "method": "setOrder", "params": {"id": [1, 1, 2, 3]}}
        error = (await client.post("/axis-cgi/quadviewsetup.cgi", json=wish)).json()["error"]
        assert error == {"code": 1000, "message": "id=[1, 1, 2, 3]: should name each of 1, 2, 3 and 4 once"}
        for params, said in (({}, "quadeye=None: give true or false"), ({"quadeye": "maybe"}, "quadeye='maybe': give true or false")):
            wish = {"apiVersion": "1.0", "method": "setQuadEyeValue", "params": params}
            assert (await client.post("/axis-cgi/quadviewsetup.cgi", json=wish)).json()["error"] == {"code": 4002, "message": said}
        assert side.services.settings.snapshot.installation.quad_eye is False


@pytest.mark.parametrize(("sent", "said"), [({"context": 7}, 7), ({"context": "mine"}, "mine"), ({}, 0)])
async def test_modifiers_echo_the_context_of_a_json_request(side: Side, sent: dict[str, object], said: object) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.post("/axis-cgi/overlaymodifiers.cgi", json={"apiVersion": "0.2", "method": "getOverlayModifiers", **sent})
        assert reply.json()["context"] == said
        assert (await client.get("/axis-cgi/overlaymodifiers.cgi?context=12")).json()["context"] == 12
