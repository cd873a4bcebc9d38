"""Named zones (on-screen directional indicator) as parameters: the groups PTZ.Locator.L#.Zone.Z#.

``L#`` is the view area's camera number less one, L4 to L7, as in PTZ.Preset; ``Z#`` the zone's number less one. Pan and tilt are ranges
in degrees, ``from:to``; a pan from 170 to -170 passes the seam.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from panocam.api.endpoint import Call
from panocam.api.services import Services
from panocam.api.vapix.params.leaf import YES_NO, Changes, Leaf, Shape, fact
from panocam.api.vapix.params.tree import Living, Template
from panocam.errors import InvalidValue, NotFound
from panocam.ptz.zones import SETTING
from panocam.settings.namedzones import MAX_ZONES, NamedZone

GROUP = "PTZ.Locator"
AREAS = {f"L{area + 3}": area for area in (1, 2, 3, 4)}

Part = dict[str, Any]


def _range(low: str, high: str) -> Callable[[str], Part]:
    def read(text: str) -> Part:
        first, _, second = text.partition(":")
        try:
            return {low: float(first), high: float(second)}
        except ValueError:
            raise ValueError("use two numbers of degrees with a colon between them, as in 10.5:30") from None

    return read


READ: Mapping[str, Callable[[str], Part]] = {
    "Name": lambda text: {"name": text},
    "Enabled": lambda text: {"enabled": YES_NO.read(text)},
    "Pan": _range("left", "right"),
    "Tilt": _range("down", "up"),
}
SHOW: Mapping[str, Callable[[NamedZone], str]] = {
    "Name": lambda zone: zone.name,
    "Enabled": lambda zone: YES_NO.show(zone.enabled),
    "Pan": lambda zone: f"{zone.left:.2f}:{zone.right:.2f}",
    "Tilt": lambda zone: f"{zone.down:.2f}:{zone.up:.2f}",
}


def _leaves(services: Services) -> Iterator[Leaf]:
    for letter, area in AREAS.items():
        yield fact(f"{GROUP}.{letter}.MaxZones", str(MAX_ZONES))
        for zone in services.ptz.zones.of(area):
            for name in READ:
                yield _leaf(f"{GROUP}.{letter}.Zone.Z{zone.number - 1}.{name}", name, zone)


def _leaf(path: str, name: str, zone: NamedZone) -> Leaf:
    shown = SHOW[name](zone)

    def write(services: Services, text: str, so_far: Changes) -> Changes:
        zones = so_far.get(SETTING, services.settings.snapshot.ptz.zones)
        return {SETTING: services.ptz.zones.changed(zones, zone.area, zone.number, READ[name](text))}  # type: ignore[arg-type]  # only zones

    return Leaf(path, lambda services: shown, YES_NO.shape if name == "Enabled" else Shape(length=64), write)


async def _add(call: Call[None], group: str, values: Mapping[str, str]) -> str:
    wish: Part = {}
    for name, text in values.items():
        if name in READ:
            try:
                wish |= READ[name](text)
            except ValueError as problem:
                raise ValueError(f"{name}={text[:40]}: {problem}") from None
    missing = [name for name, part in (("Pan", "left"), ("Tilt", "down")) if part not in wish]
    if missing:
        raise ValueError(f"{', '.join(missing)} must be given, as in 10.5:30")
    (made,) = await call.services.ptz.zones.add(_area(group), [wish], call.caller)
    return f"Z{made.number - 1}"


async def _remove(call: Call[None], group: str, member: str) -> None:
    if not (member[1:].isascii() and member[1:].isdigit()) or len(member) > 6:
        raise InvalidValue("group", member, "use a letter and a number, as in Z0")
    await call.services.ptz.zones.remove(_area(group), int(member[1:]) + 1, call.caller)


def _area(group: str) -> int:
    letter = group.split(".")[2]
    if letter not in AREAS:
        raise NotFound(f"{group}: view areas are {', '.join(AREAS)}")
    return AREAS[letter]


LIVING = Living(GROUP, _leaves)
TEMPLATES = (Template("ptzlocator", f"{GROUP}.L#.Zone", "Z", _add, _remove),)
