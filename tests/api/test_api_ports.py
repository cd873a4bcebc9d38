"""I/O ports and virtual inputs by every way of asking: JSON, action words, XML, parameters, REST; and what is refused."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from api_kit import PASSWORDS, Side
from hypothesis import example, given
from hypothesis import strategies as st

from panocam.api.vapix.ioaction import Action, action, numbers
from panocam.errors import InvalidValue
from panocam.markup import parse
from panocam.ports import MOST_STEPS, Step
from panocam.settings import Role

CGI = "/axis-cgi/io/portmanagement.cgi"


async def managed(side: Side, method: str, role: Role = Role.OPERATOR, **params: Any) -> Mapping[str, Any]:
    async with side.client(role) as client:
        reply = await client.post(CGI, json={"apiVersion": "1.0", "context": "c", "method": method, "params": params})
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    assert (answer["context"], answer["method"]) == ("c", method)
    return answer


async def asked(side: Side, path: str, role: Role = Role.OPERATOR, **arguments: object) -> str:
    async with side.client(role) as client:
        reply = await client.get(path, params={name: str(value) for name, value in arguments.items()})
    assert reply.status_code == 200, reply.text
    return reply.text


# --- JSON


async def test_ports_are_listed_and_configured(side: Side) -> None:
    data = (await managed(side, "getPorts", Role.VIEWER))["data"]
    assert data["numberOfPorts"] == 2
    assert data["items"][0] == {
        "port": "0", "configurable": True, "readonly": False, "usage": "", "name": "Port 1", "direction": "input", "state": "open",
        "normalState": "open",
    }  # fmt: skip
    rows = [{"port": "0", "name": "Tür", "usage": "Door", "normalState": "closed"}, {"port": "1", "state": "closed"}]
    assert (await managed(side, "setPorts", ports=rows))["data"] == {}
    first, second = (await managed(side, "getPorts"))["data"]["items"]
    assert (first["name"], first["usage"], first["normalState"], first["state"]) == ("Tür", "Door", "closed", "open")
    assert second["state"] == "closed"
    assert side.services.settings.snapshot.ports.items[0].name == "Tür"


async def test_what_a_client_read_it_may_write_back(side: Side) -> None:
    """Inputs too: their state is the one they have."""
    items = (await managed(side, "getPorts"))["data"]["items"]
    assert (await managed(side, "setPorts", ports=items))["data"] == {}


async def test_a_sequence_runs(side: Side) -> None:
    heard: list[bool] = []
    done = asyncio.Event()
    side.services.bus.subscribe(lambda event: (heard.append(event.state), len(heard) > 4 and done.set())[0], "Device/IO/Output")
    sequence = [{"state": state, "time": 5} for state in ("closed", "open", "closed", "open")]
    await managed(side, "setStateSequence", port="1", sequence=sequence)
    async with asyncio.timeout(5):
        await done.wait()
    assert heard == [False, True, False, True, False]


@pytest.mark.parametrize(
    ("method", "params", "code", "words"),
    [
        ("setPorts", {}, 4002, "ports"),
        ("setPorts", {"ports": []}, 4002, "ports"),
        ("setPorts", {"ports": ["0"]}, 4002, "ports"),
        ("setPorts", {"ports": [{"name": "x"}]}, 4002, "port"),
        ("setPorts", {"ports": [{"port": "7", "name": "x"}]}, 1000, "0 to 1"),
        ("setPorts", {"ports": [{"port": "-1", "name": "x"}]}, 1000, "no port number"),
        ("setPorts", {"ports": [{"port": True}]}, 1000, "no port number"),
        ("setPorts", {"ports": [{"port": "²"}]}, 1000, "no port number"),
        ("setPorts", {"ports": [{"port": "0", "name": "a\r\nb"}]}, 1000, "name"),
        ("setPorts", {"ports": [{"port": "0", "name": ""}]}, 1000, "name"),
        ("setPorts", {"ports": [{"port": "0", "name": "x" * 65}]}, 1000, "name"),
        ("setPorts", {"ports": [{"port": "0", "direction": "up"}]}, 1000, "direction"),
        ("setPorts", {"ports": [{"port": "0", "normalState": 1}]}, 1000, "normal"),
        ("setPorts", {"ports": [{"port": "0", "state": "closed"}]}, 1000, "input"),
        ("setPorts", {"ports": [{"port": "1", "state": "closed", "direction": "input"}]}, 1000, "input"),
        ("setPorts", {"ports": [{"port": "1", "state": ["open"]}]}, 1000, "open or closed"),
        ("setStateSequence", {"port": "0", "sequence": [{"state": "open", "time": 1}]}, 1000, "input"),
        ("setStateSequence", {"port": "1", "sequence": []}, 4002, "sequence"),
        ("setStateSequence", {"port": "1", "sequence": [{"state": "open", "time": 1}] * 101}, 4002, "100"),
        ("setStateSequence", {"port": "1", "sequence": [{"state": "open", "time": "1"}]}, 1000, "time"),
        ("setStateSequence", {"port": "1", "sequence": [{"state": "open", "time": 1e400}]}, 1000, "time"),
        ("setStateSequence", {"port": "1", "sequence": [{"state": "open", "time": -1}]}, 1000, "time"),
        ("setStateSequence", {"port": "1", "sequence": [{"time": 1}]}, 1000, "state"),
    ],
)
async def test_bad_wishes_change_nothing(side: Side, method: str, params: dict[str, Any], code: int, words: str) -> None:
    before = side.services.board.ports
    async with side.client(Role.OPERATOR) as client:
        raw = re.sub(r"Infinity", "1e400", __import__("json").dumps({"apiVersion": "1.0", "method": method, "params": params}))
        error = (await client.post(CGI, content=raw)).json()["error"]
    assert (error["code"], words in error["message"]) == (code, True), error
    assert side.services.board.ports == before


async def test_a_viewer_looks_and_does_not_switch(side: Side) -> None:
    for method, params in (
        ("setPorts", {"ports": [{"port": "1", "state": "closed"}]}),
        ("setStateSequence", {"port": "1", "sequence": [{"state": "open"}]}),
    ):
        async with side.client(Role.VIEWER) as client:
            reply = await client.post(CGI, json={"method": method, "params": params})
        assert reply.status_code == 403
    async with side.client(Role.VIEWER) as client:
        assert (await client.get("/axis-cgi/io/port.cgi", params={"action": "2:/"})).status_code == 403
        assert (await client.get("/axis-cgi/io/port.cgi", params={"check": "2"})).text == "port2=0\r\n"
    assert not side.services.board.port(1).active


# --- action words


@given(st.text(alphabet="0123456789:/\\ \r\n,²+", max_size=60) | st.text(max_size=30))
@example("1:/" + "1\\" * 99)
@example("1:/" + "1\\" * 100)
@example(":/")
@example("0:/")
@example("1:/999999999\\")
def test_action_words_give_an_action_or_an_explanation(text: str) -> None:
    try:
        found = action(text)
    except InvalidValue:
        return
    signs = [sign for sign in text if sign in "/\\"]
    assert [step.on for step in found.steps] == [sign == "/" for sign in signs]
    assert 1 <= len(found.steps) <= MOST_STEPS
    assert 0 <= found.number <= 999


@given(st.text(alphabet="0123456789,- ²", max_size=20))
def test_number_lists(text: str) -> None:
    try:
        assert all(0 <= number <= 999 for number in numbers("check", text))
    except InvalidValue:
        assert not re.fullmatch(r"[0-9]+(,[0-9]+)*", text, re.ASCII) or max(map(len, text.split(","))) > 3


def test_pulses() -> None:
    assert action("2:/300\\500/300\\") == Action(2, (Step(True, 0.3), Step(False, 0.5), Step(True, 0.3), Step(False)))
    assert action(":\\") == Action(1, (Step(False),))


async def test_port_cgi(side: Side) -> None:
    for path in ("port", "output", "input"):
        assert await asked(side, f"/axis-cgi/io/{path}.cgi", check="1,2") == "port1=0\r\nport2=0\r\n"
    assert await asked(side, "/axis-cgi/io/port.cgi", checkdirection="1,2") == "port1=input\r\nport2=output\r\n"
    assert await asked(side, "/axis-cgi/io/port.cgi", action="2:/") == ""
    assert await asked(side, "/axis-cgi/io/port.cgi", checkactive="2") == "port2=active\r\n"
    assert await asked(side, "/axis-cgi/io/output.cgi", action="2:\\60000/") == ""
    assert await asked(side, "/axis-cgi/io/port.cgi", checkactive="2") == "port2=inactive\r\n"
    assert side.services.board.port(1).busy


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "ask with"),
        ({"check": "3"}, "use 1 to 2"),
        ({"check": "0"}, "use 1 to 2"),
        ({"check": ""}, "counted from 1"),
        ({"check": "1;2"}, "counted from 1"),
        ({"action": "1:/"}, "is an input"),
        ({"action": "9:/"}, "use 1 to 2"),
        ({"action": "2:/\r\nSet-Cookie: a=b"}, "PORT"),
        ({"action": "2:/" + "1\\" * 120}, "at most 100"),
        ({"action": "2:/999999999\\"}, "seconds"),
        ({"monitor": "1,2"}, "separately"),
    ],
)
async def test_bad_words_are_answered_in_one_line(side: Side, arguments: dict[str, str], words: str) -> None:
    answer = await asked(side, "/axis-cgi/io/port.cgi", **arguments)
    assert answer.startswith("Error: ")
    assert words in answer
    assert answer.count("\n") == 1
    assert not side.services.board.port(1).active


async def test_no_utf8_and_floods(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.get("/axis-cgi/io/port.cgi?action=2%3A%FF%FE")
        assert reply.text.startswith("Error: ")
        for _ in range(300):
            assert (await client.get("/axis-cgi/io/port.cgi?action=2%3A%2F500%5C500%2F")).status_code == 200
    assert side.services.board.port(1).busy
    assert len(side.services.bus.recent()) <= 1000


async def test_monitoring(side: Side) -> None:
    async with side.listening() as (_, port):
        auth = httpx.DigestAuth(*PASSWORDS[Role.VIEWER])
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=False, auth=auth) as client,
            client.stream("GET", "/axis-cgi/io/port.cgi?monitor=1") as reply,
        ):
            assert reply.headers["content-type"] == "multipart/x-mixed-replace; boundary=ioboundary"
            lines = reply.aiter_lines()
            found = []
            async with asyncio.timeout(5):
                async for line in lines:
                    if re.match(r"\d", line):
                        found.append(line)
                        side.services.board.run_port(1, [Step(True)])
                        side.services.board.run_port(0, [Step(len(found) % 2 == 1)])
                    if len(found) == 3:
                        break
    assert found == ["1I:L", "1I:/", "1I:\\"]


# --- virtual inputs


def told(text: str) -> dict[str, str]:
    root = parse(text.encode())
    return {each.tag.rpartition("}")[2]: (each.text or "").strip() for each in root.iter() if not len(each)}


async def test_virtual_inputs(side: Side) -> None:
    path = "/axis-cgi/virtualinput/activate.cgi"
    answer = await asked(side, path, schemaversion=1, port=10)
    assert answer.startswith("<?xml")
    assert told(answer) == {"StateChanged": "true"}
    assert "ActivateSuccess" in answer
    assert told(await asked(side, path, schemaversion=1, port=10)) == {"StateChanged": "false"}
    answer = await asked(side, "/axis-cgi/virtualinput/deactivate.cgi", schemaversion=1, port=10)
    assert told(answer) == {"StateChanged": "true"}
    assert not any(side.services.board.inputs.values())
    assert told(await asked(side, "/axis-cgi/virtualinput/getschemaversions.cgi"))["MajorVersion"] == "1"


async def test_a_virtual_input_for_a_time(side: Side) -> None:
    heard: list[bool] = []
    done = asyncio.Event()

    def hear(event: Any) -> None:
        if event.source["port"] == 3:
            heard.append(event.state)
            if heard == [False, True, False]:
                done.set()

    side.services.bus.subscribe(hear, "Device/IO/VirtualInput")
    await asked(side, "/axis-cgi/virtualinput/activate.cgi", schemaversion=1, port=3, duration=0)
    async with asyncio.timeout(5):
        await done.wait()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "10"),
        ({"port": 1}, "10"),
        ({"schemaversion": 1}, "10"),
        ({"schemaversion": 2, "port": 1}, "30"),
        ({"schemaversion": 1, "port": 0}, "20"),
        ({"schemaversion": 1, "port": 65}, "20"),
        ({"schemaversion": 1, "port": "٣"}, "20"),
        ({"schemaversion": 1, "port": "1" * 5000}, "20"),
        ({"schemaversion": 1, "port": "<x>"}, "20"),
        ({"schemaversion": 1, "port": 1, "duration": -1}, "50"),
        ({"schemaversion": 1, "port": 1, "duration": "1" * 12}, "50"),
    ],
)
async def test_virtual_input_mistakes_have_codes(side: Side, arguments: dict[str, Any], code: str) -> None:
    assert told(await asked(side, "/axis-cgi/virtualinput/activate.cgi", **arguments))["ErrorCode"] == code
    assert not any(side.services.board.inputs.values())


async def test_the_manual_trigger_and_wires_that_are_not_there(side: Side) -> None:
    path = "/axis-cgi/io/virtualinput.cgi"
    assert await asked(side, "/axis-cgi/param.cgi", action="list", group="root.Properties.IO") == "root.Properties.IO.ManualTriggerNbr=6\n"
    assert await asked(side, path, action="6:/60000\\") == ""
    assert side.services.board.triggered
    assert await asked(side, path, action="1:/") == ""
    assert side.services.board.port(0).active
    assert "neither" in await asked(side, path, action="2:/")  # an output is driven by port.cgi
    assert "neither" in await asked(side, path, action="5:/")
    assert "PORT" in await asked(side, path)


# --- parameters


async def test_parameters(side: Side) -> None:
    text = await asked(side, "/axis-cgi/param.cgi", action="list", group="root.IOPort,root.Input,root.Output,root.Properties.VirtualInput")
    values = dict(line.split("=", 1) for line in text.splitlines())
    assert values["root.IOPort.I1.Direction"] == "output"
    assert values["root.IOPort.I0.Input.Trig"] == values["root.IOPort.I1.Output.Active"] == "closed"
    assert (values["root.Input.NbrOfInputs"], values["root.Output.NbrOfOutputs"]) == ("1", "1")
    assert values["root.Properties.VirtualInput.VirtualInput"] == "yes"
    change = {"action": "update", "IOPort.I0.Direction": "output", "IOPort.I0.Output.Name": "Lamp", "IOPort.I1.Output.Active": "open"}
    assert await asked(side, "/axis-cgi/param.cgi", **change) == "OK\n"
    first, second = side.services.board.ports
    assert (first.port.name, first.port.direction, second.port.normal) == ("Lamp", "output", "closed")
    assert await asked(side, "/axis-cgi/param.cgi", action="list", group="Output.NbrOfOutputs") == "Output.NbrOfOutputs=2\n"
    assert "Error" in await asked(side, "/axis-cgi/param.cgi", action="update", **{"IOPort.I9.Usage": "x"})
    assert "Error" in await asked(side, "/axis-cgi/param.cgi", action="update", **{"IOPort.I0.Direction": "both"})


# --- REST


async def test_rest(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        board = (await client.get("/api/v1/ports")).json()
        assert ([port["name"] for port in board["ports"]], len(board["virtual_inputs"])) == (["Port 1", "Port 2"], 64)
        board = (await client.put("/api/v1/ports/0/state", json={"active": True})).json()
        assert (board["ports"][0]["active"], board["ports"][0]["state"]) == (True, "closed")
        board = (await client.put("/api/v1/virtual-inputs/5/state", json={"active": True, "seconds": 60})).json()
        assert board["virtual_inputs"][4] == {"number": 5, "active": True}
        assert (await client.put("/api/v1/manual-trigger/state", json={"active": True})).json()["manual_trigger"]
        board = (await client.post("/api/v1/ports", json={"direction": "output"})).json()
        assert board["ports"][2]["name"] == "Port 3"
        board = (await client.patch("/api/v1/ports/2", json={"name": "Gate", "normal": "closed"})).json()
        assert (board["ports"][2]["name"], board["ports"][2]["active"]) == ("Gate", False)
        refused = await client.delete("/api/v1/ports/1")
        assert (refused.status_code, "last port" in refused.text) == (400, True)
        assert len((await client.delete("/api/v1/ports/2")).json()["ports"]) == 2
        assert (await client.patch("/api/v1/ports/2", json={"name": "x"})).status_code == 404
        assert (await client.put("/api/v1/ports/9/state", json={"active": True})).status_code == 404
        assert (await client.put("/api/v1/virtual-inputs/65/state", json={"active": True})).status_code == 404
        assert (await client.put("/api/v1/ports/0/state", json={"active": True, "seconds": -1})).status_code == 400
        for _ in range(14):
            assert (await client.post("/api/v1/ports", json={})).status_code == 200
        refused = await client.post("/api/v1/ports", json={})
        assert (refused.status_code, "at most 16" in refused.text) == (400, True)
        assert len((await client.get("/api/v1/ports")).json()["ports"]) == 16
