"""Stream profiles as parameters: the group StreamProfile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from panocam.api import profiles
from panocam.api.endpoint import Call
from panocam.api.vapix.params.leaf import Leaf, fact, text
from panocam.api.vapix.params.members import Attribute, Member, Members, attribute
from panocam.api.vapix.params.tree import Living, Template
from panocam.errors import NotFound
from panocam.settings.profiles import LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_PARAMETERS, MOST, StreamProfile
from panocam.streaming.url import parse_query

GROUP = "StreamProfile"


def _set_parameters(member: Member, arguments: str) -> None:
    parse_query(arguments)
    member["parameters"] = arguments


PROFILES = Members(
    profiles.SETTING,
    GROUP,
    "S",
    (
        attribute("Name", "name", text(LONGEST_NAME)),
        attribute("Description", "description", text(LONGEST_DESCRIPTION)),
        Attribute("Parameters", lambda member: str(member["parameters"]), _set_parameters, text(LONGEST_PARAMETERS).shape),
    ),
)


def rows() -> Iterator[Leaf]:
    """What is always there."""
    yield fact(f"{GROUP}.MaxGroups", str(MOST))


async def _add(call: Call[None], group: str, values: Mapping[str, str]) -> str:
    members = PROFILES.all(call.services)
    new = PROFILES.filled(StreamProfile(name=f"profile {len(members)}", description="", parameters="").model_dump(), values)
    await call.services.settings.patch({profiles.SETTING: [*members, new]}, call.caller)
    return f"S{len(members)}"


async def _remove(call: Call[None], group: str, member: str) -> None:
    there = profiles.profiles(call.services)
    if not member[1:].isdecimal() or int(member[1:]) >= len(there):
        raise NotFound(f"{group}.{member} is not there")
    await profiles.remove(call.services, [there[int(member[1:])].name], call.caller)


LIVING = Living(GROUP, PROFILES.leaves)
TEMPLATES = (Template("streamprofile", GROUP, "S", _add, _remove),)
