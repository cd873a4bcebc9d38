"""Stream profiles, as every dialect lists, keeps and removes them. What a profile holds is checked when it is kept."""

from __future__ import annotations

from collections.abc import Iterable

from panocam.api.services import Services
from panocam.errors import InvalidValue, NotFound
from panocam.settings.profiles import StreamProfile
from panocam.settings.role import Actor
from panocam.streaming.url import parse_query

SETTING = "profiles.items"


def profiles(services: Services) -> tuple[StreamProfile, ...]:
    """All profiles in the order in which they were made."""
    return services.settings.snapshot.profiles.items


def find(services: Services, name: str) -> StreamProfile:
    """Raises NotFound."""
    found = next((each for each in profiles(services) if each.name == name), None)
    if found is None:
        raise NotFound(f"there is no stream profile named {name!r}")
    return found


async def keep(services: Services, wanted: Iterable[StreamProfile], by: Actor) -> None:
    """Add profiles, or put them in the place of those with their names. Raises InvalidValue naming the argument; as the store does."""
    made = {each.name: each for each in profiles(services)}
    for profile in wanted:
        parse_query(profile.parameters)
        if "streamprofile" in profile.parameters.lower():
            raise InvalidValue("streamprofile", profile.name, "a profile cannot name another one")
        made[profile.name] = profile
    await _set(services, made.values(), by)


async def remove(services: Services, names: Iterable[str], by: Actor) -> None:
    """Remove profiles; what is not there is gone already."""
    gone = set(names)
    await _set(services, [each for each in profiles(services) if each.name not in gone], by)


async def _set(services: Services, items: Iterable[StreamProfile], by: Actor) -> None:
    await services.settings.patch({SETTING: [each.model_dump() for each in items]}, by)
