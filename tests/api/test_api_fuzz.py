"""Requests that nobody in his right mind sends: the REST by its own description, every CGI by a grammar made of the words of its code.

The camera answers behind a real port in a thread of its own. Whatever comes back is held against its row by the observer of exchanges (no
500, the declared kind and model); here it is also seen that nothing of a request gets into the headers of its reply, that the camera
answers others all the while, and that a stream that was open before goes on.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import httpx
import pytest
import schemathesis
from api_kit import PASSWORDS, Side, make_side
from exchanges import PROBLEMS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from panocam.api.build import API, description
from panocam.api.endpoint import WEBSOCKET, Dialect, Endpoint, Kind
from panocam.api.vapix.envelope import JsonApi
from panocam.pipeline.request import StreamRequest
from panocam.settings import Role

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
"""A 500 the observer of exchanges finds; 503 is an answer."""
UNLIKE_OTHERS = ("/logout", "/me/password", "/login", "/setup")
"""They end the tests' own session, or guess passwords: they have tests of their own."""

EXAMPLES = int(os.environ.get("PANOCAM_FUZZ", "3"))
"""Of each row; a night with 1000 does no harm."""

quick = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)


@dataclass
class Door:
    """A camera that answers on a port, with an administrator logged in."""

    side: Side
    loop: asyncio.AbstractEventLoop
    url: str
    headers: dict[str, str]

    def run(self, job: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(job, self.loop).result(30)

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers=self.headers, timeout=20, verify=False)  # no certificates are read for plain HTTP


async def _serve(side: Side, opened: Any, stop: asyncio.Event) -> None:
    async with side.listening() as (_, port):
        opened(port)
        await stop.wait()


@pytest.fixture(scope="module")
def door(folder_with_accounts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copytree(folder_with_accounts, folder / "data")
    (folder / "static").mkdir()
    (folder / "static" / "index.html").write_text("<!doctype html><title>app</title>")
    loop, ready, facts = asyncio.new_event_loop(), threading.Event(), {}

    async def main() -> None:
        facts["side"], facts["stop"] = make_side(folder / "data", folder / "static"), asyncio.Event()

        def opened(port: int) -> None:
            facts["port"] = port
            ready.set()

        await _serve(facts["side"], opened, facts["stop"])

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
    thread.start()
    assert ready.wait(20)
    url = f"http://127.0.0.1:{facts['port']}"
    name, password = PASSWORDS[Role.ADMINISTRATOR]
    login = httpx.post(f"{url}/api/v1/login", json={"username": name, "password": password})
    cookie = "; ".join(f"{key}={value}" for key, value in login.cookies.items())
    yield Door(facts["side"], loop, url, {"Cookie": cookie, "X-CSRF-Token": login.json()["csrf"]})
    loop.call_soon_threadsafe(facts["stop"].set)
    thread.join(20)
    loop.close()


@pytest.fixture(autouse=True)
def nothing_broke(door: Door) -> Iterator[None]:
    before = len(PROBLEMS)
    yield
    found = PROBLEMS[before:]
    del PROBLEMS[before:]
    assert not found
    with door.client() as client:
        assert client.get("/api/v1/me").json()["username"] == PASSWORDS[Role.ADMINISTRATOR][0]


REST = {
    path: item for path, item in description()["paths"].items() if path.startswith("/api/") and not path.endswith((*UNLIKE_OTHERS, "/live"))
}


@pytest.fixture(scope="module")
def described() -> BaseSchema:
    return schemathesis.openapi.from_dict({**description(), "paths": REST})


@pytest.mark.parametrize("operation", [f"{method.upper()} {path}" for path, item in REST.items() for method in item])
def test_the_rest_by_its_own_description(described: BaseSchema, door: Door, operation: str) -> None:
    """The cases of an operation are made when it is asked: all of them take seconds, and nobody wants them who only collects tests."""

    @quick
    def go(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=door.url, headers=door.headers, checks=CHECKS)

    method, path = operation.split()
    create_test(operation=described[path][method], test_func=go, config=HypothesisTestConfig(described.config, list(HypothesisTestMode)))()


CGIS = [row for row in API if row.dialect is not Dialect.REST and WEBSOCKET not in row.methods]
ENDLESS = (Kind.MJPEG, Kind.MATROSKA, Kind.MP4)

NASTY = st.sampled_from(
    [
        *(b"", b"0", b"-1", b"1e309", b"NaN", b"99999999999999999999", b"true", b"all", b"1,2,3", b"*", b"root.*.*.*.*.*", b"10.5.1"),
        *(b"\r\nSet-Cookie: evil=1", b"%0d%0aSet-Cookie: evil=1", b"\xff\xfe\x00", b"\x00", "١٢٣".encode(), "\u202ecod".encode()),
        *(b"../../../../etc/passwd", b"..\\..\\x", b"/etc/passwd", b"$(id)", b"`id`", b"'; DROP TABLE recordings; --", b"{{7*7}}"),
        *(b"1920x1080", b"-0x0", b"2026-13-45T99:99:99Z", b"0001-01-01T00:00:00", b"5:/,6:\\", b"a" * 9000, b"[" * 3000),
        b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
    ]
)


def words(row: Endpoint) -> list[bytes]:
    """The words in the code that answers ``row``: names of its arguments, actions and values among them."""
    handler = row.handler
    modules = {each.__module__ for each in handler.methods.values()} if isinstance(handler, JsonApi) else {handler.__module__}
    trees = [ast.parse(inspect.getsource(sys.modules[module])) for module in modules]
    found = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return sorted(word.encode() for word in found if re.fullmatch(r"[\w.]{1,40}", word)) or [b"action"]


def identity(row: Endpoint) -> str:
    return row.path


def ask(door: Door, row: Endpoint, method: str, query: str, body: bytes, kind: str) -> None:
    """One request; of an endless reply only its head is taken."""
    path = re.sub(r"\{\w+\}", "1", row.path)
    with door.client() as client, client.stream(method, f"{path}?{query}", content=body, headers={"Content-Type": kind}) as reply:
        assert "evil" not in str(reply.headers)
        if row.reply not in ENDLESS or reply.status_code >= 400:
            assert b"root:x:0:0" not in reply.read()


@pytest.mark.parametrize("row", [row for row in CGIS if row.dialect is Dialect.VAPIX], ids=identity)
def test_every_cgi_by_the_words_of_its_code(door: Door, row: Endpoint) -> None:
    word = st.sampled_from(words(row))
    pairs = st.lists(st.tuples(word, st.one_of(word, NASTY, st.binary(max_size=12))), max_size=6)

    @quick
    @given(method=st.sampled_from(row.methods), query=pairs, body=st.one_of(pairs.map(encode), st.binary(max_size=60), NASTY))
    def go(method: str, query: list[tuple[bytes, bytes]], body: bytes) -> None:
        ask(door, row, method, encode(query).decode(), b"" if method == "GET" else body, "application/x-www-form-urlencoded")

    go()


def encode(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """Arguments on the wire; a name may stand more than once."""
    return "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs).encode()


@pytest.mark.parametrize("row", [row for row in CGIS if row.dialect is Dialect.JSON_API], ids=identity)
def test_every_json_api_by_the_words_of_its_code(door: Door, row: Endpoint) -> None:
    word = st.sampled_from([word.decode() for word in words(row)])
    leaf = st.one_of(word, st.none(), st.booleans(), st.integers(), st.floats(), NASTY.map(lambda value: value.decode("latin-1")))
    tree = st.recursive(leaf, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(word, inner, max_size=3)), max_leaves=6)
    methods = st.sampled_from([*row.handler.methods]) if isinstance(row.handler, JsonApi) else word
    body = st.fixed_dictionaries(
        {"apiVersion": st.one_of(st.just("1.0"), leaf), "method": st.one_of(methods, leaf)}, optional={"context": tree, "params": tree}
    )

    @quick
    @given(body=st.one_of(body.map(json.dumps).map(str.encode), tree.map(json.dumps).map(str.encode), NASTY))
    def go(body: bytes) -> None:
        ask(door, row, "POST", "", body, "application/json")

    go()


BOMB = (
    b"<!DOCTYPE b [<!ENTITY a 'ha'>"
    + b"".join(b"<!ENTITY a%d '%s'>" % (i, b"&a%d;" % (i - 1) * 12 if i else b"&a;" * 12) for i in range(12))
    + b"]>"
)
ENVELOPE = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>%s</s:Body></s:Envelope>'


@pytest.mark.parametrize(
    "body",
    [
        BOMB + ENVELOPE % b"&a11;",
        b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" + ENVELOPE % b"<x>&e;</x>",
        b"<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'>" + ENVELOPE % b"<x/>",
        ENVELOPE % (b"<a>" * 5000 + b"</a>" * 5000),
        ENVELOPE % b"<none xmlns='urn:nothing'/>",
        ENVELOPE % b"",
        b"\xff\xfe<\x00x",
        b"",
    ],
)
def test_soap_that_bombs_or_reaches_out_is_a_fault(door: Door, body: bytes) -> None:
    with door.client() as client:
        reply = client.post("/vapix/services", content=body, headers={"Content-Type": "application/soap+xml"})
    assert reply.status_code in (400, 500)
    assert b"Fault" in reply.content
    assert b"root:x:0:0" not in reply.content


def test_a_stream_that_was_open_goes_on(door: Door) -> None:
    """Hundreds of wild requests later the picture still moves."""
    camera = door.side.camera

    async def spec() -> Any:
        return camera.plan(StreamRequest(4))

    rows = [row for row in CGIS if row.reply not in ENDLESS]
    with door.client() as watcher, watcher.stream("GET", "/axis-cgi/mjpg/video.cgi?camera=5&resolution=640x480") as stream:
        assert stream.status_code == 200
        parts = stream.iter_raw()

        async def show(number: int) -> None:
            for each, hub in camera.hubs.items():
                if hub.subscribers:
                    camera.publish(each, number, data=b"\xff\xd8\xff\xe0picture %03d\xff\xd9" % number)

        for number in range(7):
            for row in rows[number % 7 :: 7]:
                ask(door, row, row.methods[-1], "action=%0d%0a&camera=-1", b"\x00" * 10, "text/plain")
            door.run(show(number))
            seen = b""
            while b"picture %03d" % number not in seen:
                seen += next(parts)


def test_times_that_are_out_of_reach_are_times(door: Door) -> None:
    with door.client() as client:
        for year in ("0453", "9998"):
            assert client.get("/api/v1/recordings", params={"since": f"{year}-09-08T08:25:41Z"}).status_code == 200
        assert client.get("/axis-cgi/record/list.cgi", params={"recordingid": "all", "starttime": "0001-01-01T00:00:00"}).status_code in (
            200,
            400,
        )
