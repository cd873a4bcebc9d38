"""com/ptzqueue.cgi: the control queue of a view area.

Places are counted from 1, who has control; 0 is nobody's. A reply is three numbers in anchors: the place, the seconds until control ends
(or, for those who wait, begins; -1 where that cannot be told), and how often a client should ask in order to keep its place.
"""

from __future__ import annotations

from starlette.responses import Response

from panocam.api.endpoint import Call, vapix
from panocam.api.steering import mover_of
from panocam.api.vapix.ptz import channel_of, said
from panocam.api.vapix.ptzwords import Mistake
from panocam.settings.role import Role

ASKS = 4
"""Times that a client should ask within the time after which it is taken for gone."""


async def queue(call: Call[None]) -> Response:
    """``control=request``, ``query`` or ``drop``."""
    return await said(call, _answer(call))


async def _answer(call: Call[None]) -> str | None:
    channel, service, who = channel_of(call), call.services.ptz, mover_of(call.caller)
    if channel is None:
        raise Mistake(f"Error:camera: {call.arguments.get('camera', '')[:40]} does not move; use 5 to 8 where PTZ is switched on")
    rules = service.library.rules
    if not rules.queue:
        raise Mistake("Error:control: the control queue is switched off; set PTZ.Various.V5.CtlQueueing=true to use it")
    match call.arguments.get("control", ""):
        case "request":
            place: int | None = service.ask(channel.view, who)
        case "query":
            place = service.place(channel.view, who)
        case "drop":
            service.release(channel.view, who)
            return None
        case other:
            raise Mistake(f"Error:control: {other[:40] or 'missing'}: use request, drop or query")
    left = None if place is None else service.seconds(channel.view, who)
    numbers = (0 if place is None else place + 1, -1 if left is None else left, max(1, rules.queue_poll // ASKS))
    return "".join(f'<a name="{number}"></a>' for number in numbers)


ENDPOINTS = (vapix("/axis-cgi/com/ptzqueue.cgi", "Ask for control of a view area, and give it back", queue, Role.VIEWER, ptz=True),)
