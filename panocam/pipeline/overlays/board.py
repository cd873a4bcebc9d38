"""What is to be drawn over the streams, and what the modifiers in it say: one board, which all channels read once a picture.

The event loop replaces what is shown as one immutable value; workers take it as it is at the moment of a picture. Facts are asked for on
worker threads, for each picture of each text that uses them, so a provider must be quick and must not mind from where it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from panocam.errors import InvalidValue
from panocam.events.modifiers import MODIFIERS, SLOTS
from panocam.imaging.artwork import Artwork
from panocam.optics.pose import Pose
from panocam.settings.overlays import LONGEST_TEXT, Item

Provider = Callable[[int, int | None], str | None]
"""(view index, the modifier's number or None) -> what it says; None where there is no value."""

PlaceOf = Callable[[int, Pose], str | None]
"""(view index, where it looks) -> the name of the place in the middle of the picture, None where it has none."""


@dataclass(frozen=True)
class Shown:
    """Overlays in drawing order, and the pictures that they name."""

    items: tuple[Item, ...] = ()
    artworks: Mapping[str, Artwork] = field(default_factory=dict)


class OverlayBoard:
    """``zone`` is the time zone of dates and times, None the machine's own."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        self.zone = zone
        self.shown = Shown()
        self.place_of: PlaceOf = lambda view, pose: None
        self._providers: dict[str, Provider] = {"#D": self._said, "#v": lambda view, number: "1"}
        self._plain: dict[int | None, str] = {}
        self._slots: dict[int, str] = {}

    def show(self, items: tuple[Item, ...], artworks: Mapping[str, Artwork]) -> None:
        """From the next picture on."""
        visible = [item for item in items if item.visible]
        self.shown = Shown(tuple(sorted(visible, key=lambda item: item.z)), dict(artworks))

    def provide(self, name: str, provider: Provider) -> None:
        """Let ``provider`` say what the modifier ``name`` (``#P``) stands for."""
        if name not in {row.name for row in MODIFIERS}:
            raise InvalidValue("modifier", name, "is not in the list of modifiers")
        self._providers[name] = provider

    def fact(self, name: str, view: int, number: int | None) -> str | None:
        """What a modifier says in a view."""
        provider = self._providers.get(name)
        return None if provider is None else provider(view, number)

    @property
    def dynamic(self) -> dict[int, str]:
        """The texts of ``#D1`` .. ``#D16`` that are not empty; under 0 the one of ``#D``, if it is the same in all views."""
        return {**({0: self._plain[None]} if None in self._plain else {}), **self._slots}

    def dynamic_in(self, view: int, slot: int = 0) -> str:
        """What ``#D`` or ``#D<slot>`` stands for in a view."""
        return self._said(view, slot or None) or ""

    def set_dynamic(self, text: str, slot: int = 0, views: Sequence[int] | None = None) -> None:
        """Supply what ``#D`` (slot 0; in ``views``, None for all) or ``#D<slot>`` (everywhere) stands for, "" for nothing.

        State, not a setting: it is forgotten at the end. Raises InvalidValue.
        """
        if not 0 <= slot <= SLOTS:
            raise InvalidValue("slot", slot, f"the slots of dynamic text have the numbers 1 to {SLOTS}")
        if len(text) > LONGEST_TEXT:
            raise InvalidValue("text", text, f"has {len(text)} characters; up to {LONGEST_TEXT} are accepted")
        if slot:
            self._slots = {key: value for key, value in {**self._slots, slot: text}.items() if value}
        elif views is None:
            self._plain = {None: text} if text else {}
        else:  # an empty one is kept: it covers the one for all views
            self._plain = {**self._plain, **dict.fromkeys(views, text)}

    def _said(self, view: int, number: int | None) -> str | None:
        if number is not None:
            return self._slots.get(number)
        return self._plain.get(view, self._plain.get(None))
