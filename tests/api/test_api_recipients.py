"""Recipients over REST: made, changed, refused, brought back; their passwords stay inside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_kit import Side
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pydantic import ValidationError

from panocam.events.rules import webform
from panocam.journal.discretion import SECRETS
from panocam.settings import Role, hosts
from panocam.settings.recipients import KINDS

PATH = "/api/v1/recipients"
MAIL = {"kind": "email", "name": "Guard", "to": ["guard@example.com"], "sender": "cam@example.com", "server": "mail.example.com"}
HOOK = {"kind": "http", "name": "Hook", "url": "https://example.com/hook", "user": "cam", "password": "s3cret one"}
HORN = {"kind": "tcp", "name": "Horn", "host": "[::1]", "port": 7}


@pytest.fixture
async def admin(side: Side) -> AsyncIterator[httpx.AsyncClient]:
    assert side.services.rules
    async with side.services.rules.runner, side.client(Role.ADMINISTRATOR) as client:
        yield client
    SECRETS.hold((), "recipients")


async def made(admin: httpx.AsyncClient, wish: dict[str, Any]) -> dict[str, Any]:
    reply = await admin.post(PATH, json=wish)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def refused(admin: httpx.AsyncClient, wish: dict[str, Any], path: str = PATH, method: str = "POST") -> str:
    reply = await admin.request(method, path, json=wish)
    assert reply.status_code == 400, reply.text
    return str(reply.json()["error"]["message"])


def contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.feature("EVT-29", "EVT-30", "EVT-36")
async def test_recipients_are_made_and_listed(admin: httpx.AsyncClient) -> None:
    mail, horn = await made(admin, MAIL), await made(admin, HORN)
    assert (mail["id"], mail["port"], mail["encryption"], mail["validate_certificate"]) == (1, 587, "starttls", True)
    assert (horn["id"], horn["host"], horn["place"]) == (2, "::1", "[::1]:7")
    listed = (await admin.get(PATH)).json()
    assert ([each["name"] for each in listed["recipients"]], listed["most"]) == (["Guard", "Horn"], 20)
    assert (await admin.patch(f"{PATH}/2", json={"host": "bücher.example"})).json()["place"] == "xn--bcher-kva.example:7"
    assert (await admin.delete(f"{PATH}/2")).status_code == 204
    assert (await admin.delete(f"{PATH}/2")).status_code == 404
    for number in range(2, 21):
        await made(admin, {**HORN, "name": f"Horn {number}"})
    assert "there are 20 recipients already; remove one" in await refused(admin, {**HORN, "name": "Last"})


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({**MAIL, "to": ["guard"]}, "'guard' is no address; give one such as name@example.com"),
        ({**MAIL, "to": []}, "to="),
        ({**MAIL, "sender": "cam@example.com\r\nBcc: all@example.com"}, "sender="),
        ({**MAIL, "server": "mail example"}, "give a host name such as mail.example.com, or an IP address"),
        ({**MAIL, "server": "300.1.1.1"}, "300.1.1.1 is not an IP address"),
        ({**MAIL, "port": 0}, "port="),
        ({**MAIL, "url": "http://x"}, "recipients of the kind email have"),
        ({**HOOK, "url": "ftp://example.com"}, "give an address that begins with http:// or https://"),
        ({**HOOK, "url": "https://cam:pw9@example.com/"}, "give user and password in their own fields"),
        ({**HOOK, "url": "https://example.com/a b"}, "give an address without spaces"),
        ({**HOOK, "proxy": "a b"}, "proxy="),
        ({"kind": "tcp", "name": "Horn", "host": "here"}, "port="),
        ({**HORN, "name": "a\nb"}, "name="),
    ],
)
async def test_bad_values_are_refused_by_name(admin: httpx.AsyncClient, wish: dict[str, Any], says: str) -> None:
    message = await refused(admin, wish)
    assert says in message
    assert "pw9" not in message
    assert "s3cret" not in message
    assert (await admin.get(PATH)).json()["recipients"] == []


async def test_passwords_go_in_and_never_come_out(side: Side, admin: httpx.AsyncClient, tmp_path: Path) -> None:
    assert side.services.recipients
    desk = side.services.recipients
    hook = await made(admin, {**HOOK, "proxy": "proxy.example", "proxy_user": "p", "proxy_password": "s3cret two"})
    assert (hook["has_password"], hook["has_proxy_password"]) == (True, True)
    texts = [(await admin.get(path)).text for path in (PATH, "/api/v1/settings")]
    kept = contents(tmp_path)
    assert b'"Hook"' in kept
    assert not any("s3cret" in text for text in texts)
    assert b"s3cret" not in kept
    assert SECRETS.hide("a s3cret one") == "a ***"
    # another name keeps the password, another server does not, and nothing is changed then
    assert (await admin.patch(f"{PATH}/1", json={"name": "Web"})).json()["has_password"]
    for change in (
        {"url": "https://evil.example/hook"},
        {"url": "http://example.com/hook"},
        {"user": "me"},
        {"validate_certificate": False},
    ):
        assert "give the password again" in await refused(admin, change, f"{PATH}/1", "PATCH")
        assert "give the password again" in await refused(admin, {"kind": "http", "id": 1, **change}, f"{PATH}/trial")
    assert desk.passwords(desk.get(1)).password == "s3cret one"
    moved = await admin.patch(f"{PATH}/1", json={"url": "https://new.example/", "password": "s3cret three", "proxy_password": ""})
    assert (moved.json()["has_password"], moved.json()["has_proxy_password"]) == (True, False)
    # written as a whole, past the desk: the password does not follow
    await side.services.settings.patch({"recipients.items": [{**desk.get(1).model_dump(), "url": "https://evil.example/"}]})
    assert (await admin.get(PATH)).json()["recipients"][0]["has_password"] is False


async def test_one_that_is_used_stays_and_one_that_went_comes_back(side: Side, admin: httpx.AsyncClient) -> None:
    assert side.services.recipients
    await made(admin, HOOK)
    action = {"kind": "notify_http.fixed", "parameters": {"recipient": 1}}
    rule = {"name": "Tell", "conditions": [{"topic": "Device/IO/ManualTrigger"}], "action": action}
    assert (await admin.post("/api/v1/rules", json=rule)).status_code == 200
    assert (await admin.get(PATH)).json()["recipients"][0]["rules"] == ["Tell"]
    reply = await admin.delete(f"{PATH}/1")
    assert (reply.status_code, "is used by the rules Tell; change or remove them first" in reply.text) == (400, True)
    reply = await admin.patch("/api/v1/settings", json={"recipients.items": []})
    assert (reply.status_code, "is used by the rules Tell" in reply.text) == (400, True)
    other = await admin.post("/api/v1/rules", json={**rule, "action": {"kind": "notify_email.fixed", "parameters": {"recipient": 1}}})
    assert (other.status_code, "there are no email recipients yet" in other.text) == (400, True)
    assert (await admin.delete("/api/v1/rules/1")).status_code == 204
    assert (await admin.delete(f"{PATH}/1")).status_code == 204
    assert (await admin.get(PATH)).json()["recipients"] == []
    back = await admin.post(f"{PATH}/1/restore")
    assert (back.json()["name"], back.json()["has_password"]) == ("Hook", True)
    assert side.services.recipients.passwords(side.services.recipients.get(1)).password == "s3cret one"
    assert (await admin.post(f"{PATH}/1/restore")).status_code == 404


async def test_a_test_answers_with_the_step_that_failed(admin: httpx.AsyncClient) -> None:
    took: asyncio.Queue[bytes] = asyncio.Queue()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        took.put_nowait(await reader.read())
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as listening:
        there = {**HORN, "host": "127.0.0.1", "port": listening.sockets[0].getsockname()[1]}
        trial = (await admin.post(f"{PATH}/trial", json=there)).json()
        assert (trial["works"], trial["step"]) == (True, None)
        assert b"This is a test of the recipient Horn" in await took.get()
        await made(admin, there)
        assert (await admin.post(f"{PATH}/1/test")).json()["works"]
        await took.get()
    gone = (await admin.post(f"{PATH}/1/test")).json()
    assert (gone["works"], gone["step"], "refused" in gone["words"]) == (False, "connection", True)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("headers", "no colon", "give a header on each line"),
        ("headers", "Host: evil", "the request itself decides that header"),
        ("headers", "Authorization: Bearer x", "give the token as the recipient's password"),
        ("arguments", "=1", "give arguments as name=value&name=value"),
        ("method", "TRACE", "use one of GET"),
    ],
)
async def test_what_a_request_cannot_be_is_refused_when_the_rule_is_saved(
    admin: httpx.AsyncClient, name: str, value: str, says: str
) -> None:
    await made(admin, HOOK)
    action = {"kind": "notify_http.fixed", "parameters": {"recipient": 1, name: value}}
    reply = await admin.post("/api/v1/rules", json={"conditions": [{"topic": "Device/IO/ManualTrigger"}], "action": action})
    assert (reply.status_code, says in reply.text) == (400, True), reply.text


TREES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda each: st.lists(each) | st.dictionaries(st.text(max_size=5), each))  # fmt: skip  # noqa: E501


def longer(tree: Any, word: str) -> Any:
    """``tree`` with ``word`` behind each of its texts, but not of its names."""
    match tree:
        case str():
            return tree + word
        case list():
            return [longer(each, word) for each in tree]
        case dict():
            return {name: longer(each, word) for name, each in tree.items()}
    return tree


@examples(max_examples=200, deadline=None)
@given(TREES.filter(lambda tree: isinstance(tree, dict | list)), st.text(max_size=20))
def test_no_word_breaks_a_json_body(tree: Any, word: str) -> None:
    body, kind = webform.body(json.dumps(tree), lambda text: text + word)
    again = json.loads(body)
    assert kind == "application/json"
    if not any(0xD800 <= ord(each) < 0xE000 for each in word):
        assert again == longer(tree, word)


@examples(max_examples=300, deadline=None)
@example("0\xad")
@given(st.text(max_size=80))
def test_any_text_is_a_host_a_mailbox_and_a_header_or_refused(text: str) -> None:
    for read in (hosts.host, hosts.mailbox, webform.headers, webform.arguments):
        try:
            found = read(text)
        except ValueError:
            continue
        if isinstance(found, str):
            assert found.isprintable()
            assert read(found) == found
        elif read is webform.headers:
            assert all(name.isascii() and "\n" not in value and "\r" not in value for name, value in found)
    for kind, fields in (("http", {"url": text}), ("tcp", {"host": text, "port": 1}), ("http", {"url": f"http://{text}/"})):
        try:
            row = KINDS[kind].model_validate({"id": 1, "name": "x", **fields})
        except ValidationError:
            continue
        assert row.place.isprintable()
