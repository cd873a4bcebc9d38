"""A camera that was found, and how sightings of one camera become one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Found:
    """One camera. What was not told is empty, ``needs_setup`` None. ``ways``: the protocols that found it."""

    title: str
    model: str
    serial: str
    url: str
    needs_setup: bool | None
    ways: tuple[str, ...]

    @property
    def key(self) -> str:
        """What tells cameras apart: the serial number, and where none was told the host."""
        return self.serial or f"{self.address or self.title}"

    @property
    def address(self) -> str:
        """The host in the address."""
        try:
            return urlsplit(self.url).hostname or ""
        except ValueError:
            return ""


def merged(sightings: Iterable[Found]) -> list[Found]:
    """One row a camera, by title and serial number. Of several sightings the first that tells a fact counts."""
    by_key: dict[str, Found] = {}
    for sighting in sightings:
        before = by_key.get(sighting.key)
        by_key[sighting.key] = sighting if before is None else _both(before, sighting)
    return sorted(by_key.values(), key=lambda camera: (camera.title.casefold(), camera.serial))


def _both(first: Found, second: Found) -> Found:
    return replace(
        first,
        title=first.title or second.title,
        model=first.model or second.model,
        serial=first.serial or second.serial,
        url=first.url or second.url,
        needs_setup=second.needs_setup if first.needs_setup is None else first.needs_setup,
        ways=tuple(dict.fromkeys((*first.ways, *second.ways))),
    )
