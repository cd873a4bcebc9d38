"""Dynamic text of the overlays."""

from __future__ import annotations

from panocam.app.performers.ledger import Entry
from panocam.errors import InvalidValue
from panocam.events.modifiers import Template as Words
from panocam.events.rules.actions import ALL_VIEWS
from panocam.events.rules.runner import Job
from panocam.pipeline.overlays.service import OverlayService
from panocam.settings.overlays import LONGEST_TEXT

Place = tuple[int, int]
"""Slot, and the view's index or ``ALL_VIEWS``."""


class TextWay:
    """The things are slots, the one without a number in each view apart. Texts are forgotten with the program."""

    lasting = ""

    def __init__(self, overlays: OverlayService) -> None:
        self._overlays = overlays

    def thing(self, job: Job) -> Place:
        slot, view = int(job.values["slot"]), int(job.values["view"])
        place = (slot, ALL_VIEWS if slot else view)
        if not any(self._shows(place, item.text, item.views) for item in self._overlays.items if item.kind == "text" and item.visible):
            name = f"#D{slot or ''}"
            raise InvalidValue("slot", slot, f"no text overlay shows {name} there; add one that has {name} in its text")
        return place

    def state(self, thing: Place) -> str:
        return self._overlays.board.dynamic_in(thing[1], thing[0])

    def plan(self, job: Job) -> None:
        """Not asked: no text outlives the program."""

    async def make(self, thing: Place, job: Job) -> str:
        slot, view = thing
        text = self._overlays.say(str(job.values["text"]), max(view, 0))[:LONGEST_TEXT]
        self._set(slot, view, text)
        return text

    async def restore(self, thing: Place, entry: Entry, job: Job | None) -> None:
        self._set(*thing, entry.before)

    def _set(self, slot: int, view: int, text: str) -> None:
        self._overlays.board.set_dynamic(text, slot, None if view == ALL_VIEWS else (view,))

    @staticmethod
    def _shows(place: Place, text: str, views: tuple[int, ...] | None) -> bool:
        slot, view = place
        if views is not None and view != ALL_VIEWS and view not in views:
            return False
        return any(use.row.name == "#D" and (use.number or 0) == slot for use in Words(text).uses)
