"""io/port.cgi: states of the I/O ports as lines of text, and outputs driven by action words. Ports are counted from 1 here.

Looking is for everybody who may watch; driving an output needs an operator, because it may be a door.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.responses import Response, StreamingResponse

from panocam.api.endpoint import Call, Kind, vapix
from panocam.api.guard import demand_own_site
from panocam.api.vapix.ioaction import action, numbers
from panocam.errors import Denied, InvalidValue, PanocamError, Unauthenticated
from panocam.events.bus import Stream
from panocam.events.event import Event, Operation
from panocam.ports import PortState
from panocam.ports.board import output
from panocam.settings.ports import Circuit
from panocam.settings.role import Role

QUIET_S = 15.0
"""After so long without news an empty part says that the connection lives."""

BOUNDARY = "ioboundary"

QUESTIONS: dict[str, Callable[[PortState], str]] = {
    "check": lambda state: str(int(state.circuit is Circuit.CLOSED)),
    "checkactive": lambda state: "active" if state.active else "inactive",
    "checkdirection": lambda state: str(state.port.direction),
}


async def port(call: Call[None]) -> Response:
    """One question, or one action; what is wrong is a line that begins with ``Error:``."""
    try:
        return await _answer(call)
    except (Denied, Unauthenticated):
        raise
    except PanocamError as problem:
        return _text(f"Error: {problem}\r\n")


async def _answer(call: Call[None]) -> Response:
    arguments = call.arguments
    if "action" in arguments:
        return _act(call, arguments["action"])
    if "monitor" in arguments:
        return _monitor(call, arguments["monitor"])
    for name, answer in QUESTIONS.items():
        if name in arguments:
            states = [_port(call, number) for number in numbers(name, arguments[name])]
            return _text("".join(f"port{state.number + 1}={answer(state)}\r\n" for state in states))
    raise InvalidValue("arguments", "none", f"ask with one of {', '.join(QUESTIONS)}, monitor, or drive an output with action")


def _act(call: Call[None], words: str) -> Response:
    demand_own_site(call)
    call.caller.demand(Role.OPERATOR)
    wish = action(words)
    state = output(_port(call, wish.number), "action")
    call.services.board.run_port(state.number, wish.steps)
    return _text("")


def _monitor(call: Call[None], which: str) -> Response:
    states = [_port(call, number) for number in numbers("monitor", which)]
    if len({state.port.direction for state in states}) > 1:
        raise InvalidValue("monitor", which, "watch inputs and outputs separately")
    watched = frozenset(state.number for state in states)
    return StreamingResponse(_parts(call, watched), media_type=f"multipart/x-mixed-replace; boundary={BOUNDARY}")


async def _parts(call: Call[None], watched: frozenset[int]) -> AsyncIterator[bytes]:
    """A part for each change, known states first."""
    async with call.services.bus.stream("Device/IO") as events:
        while call.caller.still_welcome():
            event = await _next(events)
            line = "" if event is None else _told(event, watched)
            if event is None or line:
                yield f"--{BOUNDARY}\r\nContent-Type: text/plain\r\n\r\n{line}\r\n".encode()


async def _next(events: Stream) -> Event | None:
    try:
        async with asyncio.timeout(QUIET_S):
            return await anext(events)
    except TimeoutError:
        return None


def _told(event: Event, watched: frozenset[int]) -> str:
    side = {"Device/IO/Input": "I", "Device/IO/Output": "O"}.get(event.topic.path)
    number = int(event.source["port"])
    if side is None or number not in watched or event.operation is Operation.DELETED:
        return ""
    signs = "HL" if event.operation is Operation.INITIALIZED else "/\\"
    return f"{number + 1}{side}:{signs[not event.state]}"


def _port(call: Call[None], number: int) -> PortState:
    count = len(call.services.board.ports)
    if not 1 <= number <= count:
        raise InvalidValue("port", number, f"use 1 to {count}" if count else "there is no port; add one in the settings")
    return call.services.board.port(number - 1)


def _text(lines: str) -> Response:
    return Response(lines, media_type="text/plain")


ENDPOINTS = (
    vapix("/axis-cgi/io/port.cgi", "Ask for the states of I/O ports, drive outputs", port, Role.VIEWER, also=(Kind.MJPEG,)),
    vapix("/axis-cgi/io/output.cgi", "The same under an older path", port, Role.VIEWER, also=(Kind.MJPEG,)),
    vapix("/axis-cgi/io/input.cgi", "The same under an older path", port, Role.VIEWER, also=(Kind.MJPEG,)),
)
