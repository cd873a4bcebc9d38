"""Kinds of actions as VAPIX names them: a template each, with parameters that are all texts and must all be given.

A row translates a kind of ours (``events.rules.actions``) both ways. Each kind also has a template in our own words: ``panocam.action.``
and the kind, with our parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from panocam.api.services import Services
from panocam.errors import InvalidValue
from panocam.events.names import FIRST_AREA_CAMERA
from panocam.events.rules.actions import ACTIONS, ActionKind
from panocam.events.topics import Value
from panocam.settings.ptz import Tour
from panocam.settings.rules import Action

OURS = "panocam.action."
Texts = Mapping[str, str]
Values = Mapping[str, Value]
NUMBER, TEXT = "xsd:unsignedInt", "xsd:string"
TYPES: Mapping[type, str] = {bool: "xsd:boolean", int: "xsd:int", float: "xsd:float", str: TEXT}


@dataclass(frozen=True)
class Template:
    """``read`` makes our parameters of theirs and raises InvalidValue, ``tell`` is the inverse, None where it cannot be said so."""

    token: str
    kind: str
    parameters: Mapping[str, str]
    read: Callable[[Services, Texts], dict[str, Value]]
    tell: Callable[[Services, Values], dict[str, str] | None]


def number(given: Texts, name: str, default: int = 0) -> int:
    """A parameter as a whole number; ``default`` for an empty one. Raises InvalidValue."""
    text = given[name].strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidValue(name, text, "give a whole number")
    return int(text or default)


# --- tours


def _read_tour(kind: str) -> Callable[[Services, Texts], dict[str, Value]]:
    def read(services: Services, given: Texts) -> dict[str, Value]:
        if given["goto_home"].strip() not in ("", "0"):
            raise InvalidValue("goto_home", given["goto_home"], "0 is what this camera does: it stays where the tour ends")
        tour = next((each for each in services.ptz.library.tours() if str(each.number) == given["tour_id"].strip()), None)
        if tour is None or tour.kind != kind:
            raise InvalidValue("tour_id", given["tour_id"], f"there is no such {kind} tour")
        channel = given.get("channel", "").strip()
        if channel not in ("", "0", str(_channel(tour))):
            raise InvalidValue("channel", channel, f"that tour is of channel {_channel(tour)}")
        return {"tour": tour.number}

    return read


def _tell_tour(kind: str) -> Callable[[Services, Values], dict[str, str] | None]:
    def tell(services: Services, values: Values) -> dict[str, str] | None:
        tour = next((each for each in services.ptz.library.tours() if each.number == values["tour"]), None)
        if tour is None or tour.kind != kind:
            return None
        told = {"tour_id": str(tour.number), "goto_home": "0"}
        return {**told, "channel": str(_channel(tour))} if kind == "preset" else told

    return tell


def _channel(tour: Tour) -> int:
    """Number of the view area among the camera's images, as ``Image.I#`` counts them."""
    return tour.area + FIRST_AREA_CAMERA - 2


_TOUR = {"tour_id": NUMBER, "goto_home": NUMBER}

ROWS = (
    Template(
        "com.axis.action.unlimited.guardtour", "tour.active", {**_TOUR, "channel": NUMBER}, _read_tour("preset"), _tell_tour("preset")
    ),
    Template("com.axis.action.unlimited.recordedtour", "tour.active", _TOUR, _read_tour("recorded"), _tell_tour("recorded")),
)


def _own(row: ActionKind) -> Template:
    """A template in our own words."""

    def read(_services: Services, given: Texts) -> dict[str, Value]:
        return {each.name: _typed(each.name, each.default, given[each.name]) for each in row.parameters}

    def tell(_services: Services, values: Values) -> dict[str, str]:
        return {name: str(int(value)) if isinstance(value, bool) else str(value) for name, value in values.items()}

    return Template(OURS + row.kind, row.kind, {each.name: TYPES[type(each.default)] for each in row.parameters}, read, tell)


def _typed(name: str, default: Value, text: str) -> Value:
    """``text`` as what the parameter is; an empty one is the default."""
    if isinstance(default, str) or not text.strip():
        return text if isinstance(default, str) else default
    if isinstance(default, bool):
        if text.strip().lower() not in ("0", "1", "true", "false"):
            raise InvalidValue(name, text, "give 1 or 0")
        return text.strip().lower() in ("1", "true")
    try:
        return type(default)(text)
    except ValueError:
        raise InvalidValue(name, text, "give a number") from None


def templates() -> Iterator[Template]:
    """All of them, those in our own words last."""
    yield from (row for row in ROWS if row.kind in ACTIONS)
    yield from (_own(row) for row in ACTIONS.values())


def find(token: str) -> Template | None:
    """The template of that token."""
    return next((each for each in templates() if each.token == token), None)


def tell(services: Services, action: Action) -> tuple[str, dict[str, str]]:
    """Token and parameters of an action; a kind that is no longer there is told as it was saved."""
    row = ACTIONS.get(action.kind)
    if row is not None:
        try:
            values = row.values(action.parameters)
        except InvalidValue:
            values = dict(action.parameters)
        for each in templates():
            told = each.tell(services, values) if each.kind == action.kind else None
            if told is not None:
                return each.token, told
    return OURS + action.kind, {name: str(value) for name, value in action.parameters.items()}
