"""The watcher of exchanges itself: what it must find, it finds."""

from __future__ import annotations

import json
from typing import Any

import exchanges
import pytest

from panocam.api.build import API

ROWS = {row.path: row for row in API}
STATUS = "/axis-cgi/systemready.cgi"
EVERYBODY = {(method, STATUS, role, True) for method in ROWS[STATUS].methods for role in exchanges.ROLES}


def reply(status: int, kind: str, body: object) -> exchanges.Reply:
    made = exchanges.Reply("GET")
    made.hear({"type": "http.response.start", "status": status, "headers": [(b"Content-Type", kind.encode())]})
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    made.hear({"type": "http.response.body", "body": data})
    return made


def test_nothing_is_missing_when_everybody_asked_with_success() -> None:
    assert exchanges.missing([ROWS[STATUS]], EVERYBODY) == []


def test_a_role_that_never_asked_and_a_success_that_never_came_are_missing() -> None:
    without = {each for each in EVERYBODY if each[2] != "viewer"}
    assert exchanges.missing([ROWS[STATUS]], without) == [f"POST {STATUS} was never asked as viewer"]
    failed = {(method, path, role, False) for method, path, role, _ in EVERYBODY}
    assert exchanges.missing([ROWS[STATUS]], failed) == [f"{STATUS} never answered with success"]


@pytest.mark.parametrize(
    ("path", "answer", "word"),
    [
        ("/api/v1/time", reply(200, "text/html", b"<p>"), "not JSON"),
        ("/api/v1/time", reply(500, "application/json", {}), "the camera broke"),
        ("/api/v1/time", reply(400, "application/json", {"detail": "no"}), "not an error as declared"),
        ("/axis-cgi/disks/list.cgi", reply(200, "text/xml", b"<open>"), "not text/xml"),
        ("/axis-cgi/disks/list.cgi", reply(200, "image/png", b""), "declared as"),
        (STATUS, reply(200, "application/json", {"apiVersion": "1.0"}), "either data or an error"),
        (STATUS, reply(200, "application/json", {"apiVersion": "1.0", "data": {}, "more": 1}), "members that no envelope has"),
    ],
)
def test_a_reply_that_is_not_as_declared_is_found(path: str, answer: Any, word: str) -> None:
    assert word in (exchanges.fault(ROWS[path], answer) or "")
