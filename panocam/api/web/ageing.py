"""Keeping by age and the clock: whether it is paused, and a person's word that the clock is right."""

from __future__ import annotations

import asyncio
from typing import Literal

from panocam.api.endpoint import Call, Reply, Wish, rest
from panocam.api.services import Services, storage_of
from panocam.clock import NS
from panocam.settings import Role


class AgeingReply(Reply):
    """``paused``: nothing is removed for its age, because the clock is ``ahead`` seconds further than time is known to have passed; it is
    believed by itself after ``rest`` seconds of running."""

    paused: bool
    ahead: int
    rest: int


class Belief(Wish):
    """``confirm``: the clock is right, remove what is too old."""

    action: Literal["confirm"]


async def look(call: Call[None]) -> AgeingReply:
    """Is it paused?"""
    return _shown(call.services)


async def act(call: Call[Belief]) -> AgeingReply:
    """The clock is right."""
    await asyncio.to_thread(storage_of(call.services).ageing.believe)
    if call.services.audit is not None:
        call.services.audit.note("the clock is right: remove old recordings", "recordings")
    return _shown(call.services)


def _shown(services: Services) -> AgeingReply:
    doubt = storage_of(services).ageing.doubt
    return AgeingReply(paused=doubt is not None, ahead=doubt.ahead_ns // NS if doubt else 0, rest=doubt.rest_ns // NS if doubt else 0)


_PATH = "/api/v1/storage/ageing"

ENDPOINTS = (
    rest(_PATH, "Whether removing by age is paused", look, Role.OPERATOR, reply=AgeingReply),
    rest(_PATH, "Say that the clock is right", act, Role.ADMINISTRATOR, methods=("POST",), request=Belief, reply=AgeingReply),
)
