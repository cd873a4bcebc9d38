"""Watches every HTTP exchange of the tests: a reply that is not as its row declares it fails the test that got it, and a whole run in
which a row was not asked as every role, or never answered with success, fails although its tests passed.

Loaded as a plugin. ``observe`` wraps an application; workers of a parallel run leave what they saw in a folder that the first process
reads at the end. A run of a part of the tests is not judged for what it left out, but for one: the tests that failed in a whole run,
once more (``--last-failed``), go on where that one ended.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import vapix_shapes
from pydantic import BaseModel

FOLDER = "PANOCAM_EXCHANGES"
NOBODY = "nobody"
ROLES = (NOBODY, "viewer", "operator", "administrator")
MOST_BYTES = 1 << 20
"""Of a body; what is longer, or endless, is not looked into."""

Seen = tuple[str, str, str, bool]
"""Method, path of the row, role, whether it succeeded."""

SEEN: set[Seen] = set()
PROBLEMS: list[str] = []


class Wrong(AssertionError):
    """A reply that is not as its row declares it."""


def observe(app: Any, rows: Sequence[Any], role_of: Callable[[dict[str, Any]], str]) -> Any:
    """``app``, watched. ``role_of`` tells the role in which a request (its ASGI scope) was made."""
    routes = shapes(rows)

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        method = scope.get("method", "WEBSOCKET")
        asked = "GET" if method == "HEAD" else method
        row = next((row for shape, row in routes if asked in row.methods and shape.fullmatch(scope["path"])), None)
        reply = Reply(method)

        async def hear(message: Any) -> None:
            reply.hear(message)
            await send(message)

        role = role_of(scope)
        await app(scope, receive, hear)
        if row is not None and reply.status:
            SEEN.add((asked, row.path, role, reply.status < 300))
            if (problem := fault(row, reply)) is not None:
                words = f"{method} {scope['path']} as {role}: {problem}: {reply.status} {reply.kind} {bytes(reply.body[:300])!r}"
                PROBLEMS.append(words)  # behind a real port nobody hears what is raised here
                raise Wrong(words)

    return watched


def shapes(rows: Iterable[Any]) -> list[tuple[re.Pattern[str], Any]]:
    """What the path of a request to each row looks like."""
    return [(shape(row.path), row) for row in rows]


@cache
def shape(path: str) -> re.Pattern[str]:
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", path)))


@cache
def declared() -> list[tuple[re.Pattern[str], Any]]:
    """All rows of the camera."""
    from panocam.api.build import API

    return shapes(API)


def heard(method: str, path: str, role: str, status: int) -> None:
    """An exchange with a camera in a process of its own."""
    row = next((row for shape, row in declared() if method in row.methods and shape.fullmatch(path)), None)
    if row is not None:
        SEEN.add((method, row.path, role, status < 300))
        if status >= 500 and status != 503 and row.reply != "application/soap+xml":
            PROBLEMS.append(f"{method} {path} as {role}: the camera broke: {status}")


class Reply:
    """What an application answered."""

    def __init__(self, method: str) -> None:
        self.method, self.status, self.kind, self.body, self.whole = method, 0, "", bytearray(), False

    def hear(self, message: Any) -> None:
        match message["type"]:
            case "http.response.start" | "websocket.http.response.start":
                self.status = message["status"]
                headers = {name.lower(): value for name, value in message["headers"]}
                self.kind = headers.get(b"content-type", b"").decode()
            case "http.response.body" | "websocket.http.response.body":
                if len(self.body) < MOST_BYTES:
                    self.body += message.get("body", b"")
                    self.whole = not message.get("more_body", False)
            case "websocket.accept":
                self.status = 101


def fault(row: Any, reply: Reply) -> str | None:
    """What is wrong with a reply to ``row``, if anything."""
    if reply.status >= 500 and reply.status != 503:
        told = row.reply == "application/soap+xml" and b"Fault" in reply.body  # SOAP's faults of the receiver are 500
        return None if told else "the camera broke"
    if reply.status == 101 or 300 <= reply.status < 400 or reply.method == "HEAD":
        return None
    if reply.status >= 400:
        return refusal(row, reply)
    if reply.status == 204:
        return "a body with 204" if reply.body else None
    if isinstance(row.reply, type):
        return model(row.reply, reply)
    if row.dialect == "json-api":
        return envelope(row, reply)
    if reply.kind.partition(";")[0] not in (row.reply, *row.also):
        return f"declared as {', '.join((row.reply, *row.also))}"
    return readable(reply) if reply.whole else None


def refusal(row: Any, reply: Reply) -> str | None:
    if row.dialect == "rest":
        error = json.loads(reply.body).get("error", {})
        return None if error.get("status") == reply.status and error.get("message") else "not an error as declared"
    if row.dialect == "page":
        return None
    return None if any(sign in reply.body for sign in (b"Error", b"Fault", b"<!--")) else "a refusal that does not say so"


def model(declared: type[BaseModel], reply: Reply) -> str | None:
    if not reply.kind.startswith("application/json"):
        return "not JSON"
    body = json.loads(reply.body)
    again = declared.model_validate(body).model_dump(mode="json", by_alias=True)
    return None if same(again, body) else f"not as {declared.__name__} declares it"


def same(one: Any, other: Any) -> bool:
    """Equal, members that are declared but were not sent aside."""
    if isinstance(one, dict) and isinstance(other, dict):
        return other.keys() <= one.keys() and all(same(one[key], other[key]) for key in other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def envelope(row: Any, reply: Reply) -> str | None:
    body = json.loads(reply.body)
    if not re.fullmatch(r"\d+\.\d+", str(body.get("apiVersion", ""))):
        return "an envelope without apiVersion"
    if ("data" in body) == ("error" in body):
        return "an envelope has either data or an error"
    if "error" in body and not (isinstance(body["error"].get("code"), int) and body["error"].get("message")):
        return "an error without code and message"
    if not body.keys() <= {"apiVersion", "context", "method", "data", "error"}:
        return "members that no envelope has"
    return vapix_shapes.fault(row.path, body.get("method"), body["data"]) if "data" in body else None


def readable(reply: Reply) -> str | None:
    """Whether the body is what its media type says."""
    kind = reply.kind.partition(";")[0]
    try:
        if kind.endswith("xml"):
            ElementTree.fromstring(bytes(reply.body))
        elif kind == "application/json":
            json.loads(reply.body)
        elif kind.startswith("text/"):
            reply.body.decode("latin-1" if "iso-8859-1" in reply.kind else "utf-8")
        elif kind in ("image/jpeg", "image/png"):
            assert reply.body.startswith((b"\xff\xd8\xff", b"\x89PNG")), "not a picture"
    except (ValueError, ElementTree.ParseError, AssertionError) as problem:
        return f"not {kind}: {problem}"
    return None


def missing(rows: Iterable[Any], seen: set[Seen]) -> list[str]:
    """What a whole run left out, a line each. A WebSocket's role is told by its ticket, which is not seen here: one stranger will do."""
    lines = []
    asked = {(method, path, role) for method, path, role, _ in seen}
    succeeded = {path for _, path, _, well in seen if well}
    for row in rows:
        lines += vapix_shapes.undeclared(row)
        for method in row.methods:
            wanted = ROLES if method != "WEBSOCKET" else (NOBODY,)
            never = [role for role in wanted if (method, row.path, role) not in asked]
            if never:
                lines.append(f"{method} {row.path} was never asked as {', '.join(never)}")
        if row.path not in succeeded:
            lines.append(f"{row.path} never answered with success")
    return lines


def is_whole(config: pytest.Config) -> bool:
    """Whether all tests are run."""
    options = config.option
    chosen = options.keyword or options.markexpr or getattr(options, "lf", False) or options.collectonly or options.maxfail
    return not chosen and all(Path(arg).resolve() in (config.rootpath, config.rootpath / "tests") for arg in config.args)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="exchanges-")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    folder = Path(os.environ[FOLDER])
    if hasattr(session.config, "workerinput"):
        (folder / f"{os.getpid()}.json").write_text(json.dumps([sorted(SEEN), PROBLEMS]))
        return
    seen, problems = gathered(folder)
    whole, cache = is_whole(session.config), getattr(session.config, "cache", None)  # none with -p no:cacheprovider
    if cache is not None and session.config.option.lf and (earlier := cache.get(KEPT, None)) is not None:
        whole, seen, problems = True, seen | {tuple(each) for each in earlier[0]}, [*earlier[1], *problems]
    elif whole and cache is not None:
        cache.set(KEPT, [sorted(seen), problems])
    passed = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)  # a test that failed has not asked what it should
    left_out = missing((row for _, row in declared()), seen) if whole and passed else []
    session.config.stash[FOUND] = problems + left_out
    if session.config.stash[FOUND] and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def gathered(folder: Path) -> tuple[set[Seen], list[str]]:
    """What this process and the workers saw; the folder is gone then."""
    seen, problems = set(SEEN), list(PROBLEMS)
    for file in folder.iterdir():
        more, wrong = json.loads(file.read_text())
        seen |= {tuple(each) for each in more}
        problems += wrong
        file.unlink()
    folder.rmdir()
    return seen, problems


KEPT = "exchanges/whole"
"""In the cache between runs: what the last whole run saw."""
FOUND = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for line in config.stash.get(FOUND, []):
        terminalreporter.write_line(f"FAILED exchanges: {line}", red=True)
