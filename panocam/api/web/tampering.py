"""Camera tampering over REST: how it stands, and learning the scene anew; what it is like is in the settings."""

from __future__ import annotations

from typing import Literal

from panocam.api.endpoint import Call, Kind, Reply, rest
from panocam.api.services import tampering_of
from panocam.clock import NS
from panocam.settings.role import Role

State = Literal["off", "waiting", "learning", "poor", "clear", "dim", "dark", "blurred", "moved", "alarm"]
Reason = Literal["dark", "blurred", "moved"]


class AlarmReply(Reply):
    """An alarm: when (UTC, since 1970), and why."""

    at_ms: int
    reason: Reason


class TamperingReply(Reply):
    """``state``: off; waiting (there are no pictures); learning the scene; poor (too few contours or too little light to learn it);
    clear (all is well); dim (too dark to tell anything); dark, blurred, moved (for less than the trigger delay); alarm. ``remains``: how
    much of the scene was found again, 0 to 1, null where it was not looked for. ``last``: the last alarm since the camera started."""

    state: State
    remains: float | None
    last: AlarmReply | None


async def read(call: Call[None]) -> TamperingReply:
    """How it stands."""
    alarm = tampering_of(call.services)
    last = None if alarm.last is None else AlarmReply.model_validate(
        {"at_ms": alarm.last.wall_ns // (NS // 1000), "reason": str(alarm.last.reason)}
    )  # fmt: skip
    remains = None if alarm.remains is None else round(alarm.remains, 2)
    return TamperingReply.model_validate({"state": alarm.state, "remains": remains, "last": last})


async def learn(call: Call[None]) -> None:
    """What the camera sees now is its scene; an alarm that stands is over."""
    tampering_of(call.services).learn_anew()


_PATH = "/api/v1/tampering"

ENDPOINTS = (
    rest(_PATH, "Camera tampering: how it stands", read, Role.VIEWER, reply=TamperingReply),
    rest(_PATH + "/learn", "Learn the scene anew", learn, Role.OPERATOR, methods=("POST",), reply=Kind.NOTHING),
)
