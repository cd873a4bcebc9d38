"""Stream profiles over REST."""

from __future__ import annotations

from urllib.parse import quote

from pydantic import Field, ValidationError

from panocam.api import profiles
from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.faults import invalid
from panocam.settings.profiles import LONGEST_DESCRIPTION, LONGEST_PARAMETERS, MOST, StreamProfile
from panocam.settings.role import Role


class ProfileWish(Wish):
    """What a profile holds. ``parameters`` are stream arguments as in an address."""

    description: str = Field("", max_length=LONGEST_DESCRIPTION)
    parameters: str = Field("", max_length=LONGEST_PARAMETERS)


class ProfileReply(Reply):
    """A profile. ``argument`` is what a stream's address says to use it."""

    name: str
    description: str
    parameters: str
    argument: str


class ProfilesReply(Reply):
    """All profiles, and how many there can be."""

    most: int
    profiles: list[ProfileReply]


async def read(call: Call[None]) -> ProfilesReply:
    """All profiles."""
    return ProfilesReply(most=MOST, profiles=[_reply(each) for each in profiles.profiles(call.services)])


async def keep(call: Call[ProfileWish]) -> ProfileReply:
    """Make the profile, or give it other contents."""
    wish = call.wish
    try:
        profile = StreamProfile(name=call.path("name"), description=wish.description, parameters=wish.parameters)
    except ValidationError as problem:
        raise invalid(problem) from None
    await profiles.keep(call.services, [profile], call.caller)
    return _reply(profile)


async def remove(call: Call[None]) -> None:
    """Forget the profile."""
    await profiles.remove(call.services, [call.path("name")], call.caller)


def _reply(profile: StreamProfile) -> ProfileReply:
    return ProfileReply(**profile.model_dump(), argument=f"streamprofile={quote(profile.name, safe='')}")


_PATH = "/api/v1/stream-profiles"

ENDPOINTS = (
    rest(_PATH, "All stream profiles", read, Role.VIEWER, reply=ProfilesReply),
    rest(
        _PATH + "/{name}",
        "Make or change a stream profile",
        keep,
        Role.OPERATOR,
        methods=("PUT",),
        request=ProfileWish,
        reply=ProfileReply,
    ),
    rest(_PATH + "/{name}", "Remove a stream profile", remove, Role.OPERATOR, methods=("DELETE",), reply=Kind.NOTHING),
)
