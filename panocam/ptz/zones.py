"""Named zones of the view areas in the settings: kept, changed and found again in what an area looks at.

A zone names a thing in the room, so it stays on it when the digital roll turns the picture: a direction of now is turned back to the roll
at which the zone was made. On the ceiling and on the desk that is the same rectangle at another pan, and the zone is told like that. On the
wall a rolled rectangle is none any more: there it is told as it was made, with its roll.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from panocam.errors import InvalidValue, NotFound
from panocam.optics.mount import Mount
from panocam.optics.pose import Pose, wrap
from panocam.optics.window import Floats, Window, rolled, turned
from panocam.settings import Snapshot, Store
from panocam.settings.namedzones import MAX_ZONES, ZONE_NAME, NamedZone
from panocam.settings.role import Actor

SETTING = "ptz.zones"
CORNERS = ("left", "down", "right", "up")

Changes = Mapping[str, object]


class Zones:
    """Changes are one transaction each. ``name_at`` may be called on any thread, once a picture."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sorted: tuple[tuple[NamedZone, ...], dict[int, list[NamedZone]]] = ((), {})

    # --- where a view area looks

    def at(self, area: int, pose: Pose) -> NamedZone | None:
        """The smallest of an area's active zones in which the middle of its picture lies."""
        return next((zone for zone in self._by_size().get(area, ()) if self.holds(zone, pose)), None)

    def holds(self, zone: NamedZone, pose: Pose) -> bool:
        """Whether the middle of a picture lies in a zone."""
        installation = self._store.running.installation
        return window(zone).holds(*rolled(pose.pan, pose.tilt, Mount(installation.mount), installation.roll, zone.roll))

    def name_at(self, area: int, pose: Pose) -> str | None:
        """What an overlay says."""
        found = self.at(area, pose)
        return None if found is None else found.name

    def centre(self, zone: NamedZone) -> tuple[float, float]:
        """Pan and tilt of a zone's middle, as the picture is rolled now."""
        installation = self._store.running.installation
        return rolled(*window(zone).centre, Mount(installation.mount), zone.roll, installation.roll)

    def border(self, zone: NamedZone) -> Floats:
        """World directions all round a zone, as the picture is rolled now."""
        installation = self._store.running.installation
        return turned(window(zone).border(), Mount(installation.mount), zone.roll, installation.roll)

    def _by_size(self) -> Mapping[int, list[NamedZone]]:
        """Active zones of each area, the smallest first; sorted anew when the settings are others."""
        zones = self._store.running.ptz.zones
        if self._sorted[0] is not zones:
            by_area: dict[int, list[NamedZone]] = {}
            for zone in sorted((each for each in zones if each.enabled), key=lambda each: window(each).size):
                by_area.setdefault(zone.area, []).append(zone)
            self._sorted = zones, by_area
        return self._sorted[1]

    # --- keeping

    def of(self, area: int) -> tuple[NamedZone, ...]:
        """All zones of an area by number, as they are told."""
        return tuple(self.told(zone) for zone in self._store.running.ptz.zones if zone.area == area)

    def zone(self, area: int, number: int) -> NamedZone:
        """Raises NotFound."""
        return self._one_of(self._store.running.ptz.zones, area, number)

    def told(self, zone: NamedZone) -> NamedZone:
        """A zone with its pans as the picture is rolled now, where it is a rectangle still."""
        installation = self._store.running.installation
        mount, roll = Mount(installation.mount), installation.roll
        if zone.roll == roll or mount is Mount.WALL:
            return zone
        if window(zone).width == 360:
            return zone.model_copy(update={"roll": roll})
        left, right = (round(rolled(pan, 0.0, mount, zone.roll, roll)[0], 3) for pan in (zone.left, zone.right))
        return zone.model_copy(update={"left": wrap(left), "right": wrap(right), "roll": roll})

    async def add(self, area: int, wishes: Sequence[Mapping[str, Any]], by: Actor, *, replace: bool = False) -> tuple[NamedZone, ...]:
        """Make one or many zones, each from ``left``, ``down``, ``right``, ``up`` and, as it likes, ``name``, ``enabled``, ``number`` and
        ``roll``; ``replace`` takes the area's others away. All of them are made, or none.

        Raises InvalidValue that names the zone, Denied.
        """
        made: list[NamedZone] = []

        def law(now: Snapshot) -> Changes:
            kept = [zone for zone in now.ptz.zones if not (replace and zone.area == area)]
            taken = {zone.number for zone in kept if zone.area == area}
            if len(taken) + len(wishes) > MAX_ZONES:
                has = f"view area {area} has {len(taken)} already, and " if taken else ""
                raise InvalidValue("zones", len(wishes), f"{has}at most {MAX_ZONES} are kept; remove some")
            made.clear()
            for position, wish in enumerate(wishes, 1):
                number = wish.get("number")
                if number is None or number in taken:
                    number = next(free for free in range(1, MAX_ZONES + 2) if free not in taken)
                taken.add(number)
                known = f"zone {position}" if len(wishes) > 1 else "zone"
                made.append(_checked({"roll": now.installation.roll, **wish, "area": area, "number": number}, known))
            return _zones(kept + made)

        await self._store.revise(law, by)
        return tuple(made)

    async def change(self, area: int, number: int, changes: Mapping[str, Any], by: Actor) -> NamedZone:
        """Change some of ``name``, ``enabled`` and the corners. Raises NotFound, InvalidValue, Denied."""
        await self._store.revise(lambda now: _zones(self.changed(now.ptz.zones, area, number, changes)), by)
        return self.zone(area, number)

    def changed(self, zones: Sequence[NamedZone], area: int, number: int, changes: Mapping[str, Any]) -> list[NamedZone]:
        """``zones`` with one of them changed; nothing is saved. New corners are those of the picture as it is rolled now. Raises as
        ``change``."""
        old = self._one_of(zones, area, number)
        roll = self._store.running.installation.roll
        if old.roll != roll and changes.keys() & CORNERS:
            missing = [side for side in CORNERS if side not in changes]
            if missing:
                made = f"the zone was made at another digital roll than that of now; give {', '.join(missing)} too"
                raise InvalidValue("roll", old.roll, made)
            old = old.model_copy(update={"roll": roll})
        new = _checked({**old.model_dump(), **changes}, "zone")
        return [*(zone for zone in zones if (zone.area, zone.number) != (area, number)), new]

    async def remove(self, area: int, number: int, by: Actor) -> None:
        """Raises NotFound."""

        def law(now: Snapshot) -> Changes:
            self._one_of(now.ptz.zones, area, number)
            return _zones([zone for zone in now.ptz.zones if (zone.area, zone.number) != (area, number)])

        await self._store.revise(law, by)

    async def remove_all(self, area: int, by: Actor) -> None:
        """Forget every zone of an area."""
        await self._store.revise(lambda now: _zones([zone for zone in now.ptz.zones if zone.area != area]), by)

    def _one_of(self, zones: Sequence[NamedZone], area: int, number: int) -> NamedZone:
        mine = [zone for zone in zones if zone.area == area]
        found = next((zone for zone in mine if zone.number == number), None)
        if found is None:
            raise NotFound(f"view area {area} has no zone {number}; zones: {', '.join(str(zone.number) for zone in mine[:20]) or 'none'}")
        return self.told(found)


def window(zone: NamedZone) -> Window:
    """Its rectangle, at its own roll."""
    return Window(zone.left, zone.down, zone.right, zone.up)


def _checked(wish: Mapping[str, Any], known: str) -> NamedZone:
    name = str(wish.get("name") or f"Zone {wish['number']}").strip()
    if not ZONE_NAME.fullmatch(name):
        raise InvalidValue(f"{known}, name", name, 'give 1 to 64 characters, none of them < > or "')
    corners = {side: round(float(wish[side]), 3) + 0.0 for side in CORNERS}
    try:
        Window(**corners)
    except InvalidValue as fault:
        raise InvalidValue(f"{known} {name!r}, {fault.name}", fault.value, fault.remedy) from None
    return NamedZone.model_validate({**wish, "name": name, **corners})


def _zones(zones: Sequence[NamedZone]) -> Changes:
    return {SETTING: [zone.model_dump(mode="json") for zone in zones]}
