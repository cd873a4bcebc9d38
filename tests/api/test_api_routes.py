"""Which door a path leads to."""

from __future__ import annotations

from typing import Any

from starlette.routing import Match

from panocam.api.routes import HTTP, SOCKET, Doors, routes


async def door(_scope: Any, _receive: Any, _send: Any) -> None:
    return None


def led(doors: Doors, kind: str, path: str) -> Any:
    """The door, and the parameters."""
    scope = {"type": kind, "path": path, "method": "GET"}
    for route in routes(doors):
        match, child = route.matches(scope)
        if match is Match.FULL:
            return child["endpoint"], child["path_params"]
    return None


def doors(*places: tuple[str, str]) -> dict[tuple[str, str], Any]:
    return {place: type("Door", (), {"__call__": door, "place": place})() for place in places}


def test_a_path_without_parameters_comes_first_wherever_it_stands() -> None:
    made = doors((HTTP, "/rules/{rule}"), (HTTP, "/rules/conditions"), (HTTP, "/{path:path}"))
    assert led(made, HTTP, "/rules/conditions") == (made[HTTP, "/rules/conditions"], {})
    assert led(made, HTTP, "/rules/3") == (made[HTTP, "/rules/{rule}"], {"rule": "3"})
    assert led(made, HTTP, "/rules/conditions/") == (made[HTTP, "/{path:path}"], {"path": "rules/conditions/"})


def test_sockets_and_requests_have_doors_of_their_own() -> None:
    made = doors((SOCKET, "/live"), (HTTP, "/plain"), (SOCKET, "/live/{view}"))
    assert led(made, SOCKET, "/live") == (made[SOCKET, "/live"], {})
    assert led(made, SOCKET, "/live/4") == (made[SOCKET, "/live/{view}"], {"view": "4"})
    assert led(made, HTTP, "/live") is led(made, SOCKET, "/plain") is None
