"""Kinds of actions as VAPIX names them: a template each, with parameters that are all texts and must all be given.

A row translates a kind of ours (``events.rules.actions``) both ways. Each kind also has a template in our own words: ``panocam.action.``
and the kind, with our parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, unquote, urlencode

from panocam.api.services import Services
from panocam.api.vapix.sendtemplates import SENDING
from panocam.api.vapix.template import NUMBER, TEXT, TYPES, Read, Tell, Template, Texts, Values, number
from panocam.errors import InvalidValue
from panocam.events.names import FIRST_AREA_CAMERA
from panocam.events.rules.actions import ACTIONS, ALL_VIEWS
from panocam.events.rules.kind import ActionKind
from panocam.events.topics import Value
from panocam.settings.ptz import Tour
from panocam.settings.rules import Action

OURS = "panocam.action."
# --- tours


def _read_tour(kind: str) -> Read:
    def read(services: Services, given: Texts) -> dict[str, Value]:
        if given["goto_home"].strip() not in ("", "0", "1"):
            raise InvalidValue("goto_home", given["goto_home"], "give 1 to go home afterwards, or 0 to stay")
        tour = next((each for each in services.ptz.library.tours() if str(each.number) == given["tour_id"].strip()), None)
        if tour is None or tour.kind != kind:
            raise InvalidValue("tour_id", given["tour_id"], f"there is no such {kind} tour")
        channel = given.get("channel", "").strip()
        if channel not in ("", "0", str(_channel(tour))):
            raise InvalidValue("channel", channel, f"that tour is of channel {_channel(tour)}")
        return {"tour": tour.number, "home": given["goto_home"].strip() == "1"}

    return read


def _tell_tour(kind: str) -> Tell:
    def tell(services: Services, values: Values) -> dict[str, str] | None:
        tour = next((each for each in services.ptz.library.tours() if each.number == values["tour"]), None)
        if tour is None or tour.kind != kind:
            return None
        told = {"tour_id": str(tour.number), "goto_home": str(int(values["home"]))}
        return {**told, "channel": str(_channel(tour))} if kind == "preset" else told

    return tell


def _channel(tour: Tour) -> int:
    """Number of the view area among the camera's images, as ``Image.I#`` counts them."""
    return tour.area + FIRST_AREA_CAMERA - 2


def _read_round(services: Services, given: Texts) -> dict[str, Value]:
    read = _read_tour("preset")(services, given)
    if read.pop("home"):
        raise InvalidValue("goto_home", given["goto_home"], "after a single round the view area stays; give 0")
    return {**read, "seconds": 0, "once": True}


def _tell_round(services: Services, values: Values) -> dict[str, str] | None:
    return _tell_tour("preset")(services, {**values, "home": False}) if values["once"] and not values["seconds"] else None


# --- preset positions


def _read_preset(after: Mapping[str, str]) -> Read:
    """``after``: what is done afterwards by the time until the return home; empty for an action that only goes there."""

    def read(services: Services, given: Texts) -> dict[str, Value]:
        view, name, timeout = _view(given["channel"]), given["preset_name"], given["home_timeout"].strip() or STAY
        if view not in services.ptz.areas:
            raise InvalidValue("channel", given["channel"], f"give {FIRST_AREA_CAMERA} to {FIRST_AREA_CAMERA + 3}, a view area")
        if timeout not in (after or {STAY: ""}):
            remedy = "0 returns home when the rule is over, -1 stays" if after else "-1 is what this camera does: it stays there"
            raise InvalidValue("home_timeout", timeout, remedy)
        preset = next((each for each in services.ptz.library.presets(services.ptz.area(view).number) if each.name == name), None)
        if preset is None:
            raise InvalidValue("preset_name", name, f"channel {view + 1} has no such preset position")
        return {"view": view, "preset": preset.number, **({"after": after[timeout]} if after else {})}

    return read


def _tell_preset(after: Mapping[str, str]) -> Tell:
    def tell(services: Services, values: Values) -> dict[str, str] | None:
        view = int(values["view"])
        presets = services.ptz.library.presets(services.ptz.area(view).number) if view in services.ptz.areas else ()
        name = next((each.name for each in presets if each.number == values["preset"]), None)
        timeout = next((text for text, word in after.items() if word == values.get("after")), None) if after else STAY
        return None if name is None or timeout is None else {"channel": str(view + 1), "preset_name": name, "home_timeout": timeout}

    return tell


# --- overlay text


def _read_text(_services: Services, given: Texts) -> dict[str, Value]:
    slot, channels = number(given, "index"), {part.strip() for part in given["channels"].split(",") if part.strip()}
    if len(channels) > 1 and not slot:
        raise InvalidValue("channels", given["channels"], "give one channel, or none for all of them")
    view = ALL_VIEWS if slot or not channels else _view(channels.pop(), "channels")
    return {"text": given["text"], "slot": slot, "view": view, **_lasting(given)}


def _tell_text(_services: Services, values: Values) -> dict[str, str]:
    view = int(values["view"])
    told = {"text": str(values["text"]), "channels": "" if view == ALL_VIEWS else str(view + 1), "index": str(values["slot"] or "")}
    return {**told, **_told_lasting(values)}


# --- recordings


def _read_record(after: str) -> Read:
    """``after``: our name of the time that ``post_duration`` says."""

    def read(_services: Services, given: Texts) -> dict[str, Value]:
        options = dict(parse_qsl(unquote(given["stream_options"]), keep_blank_values=True))
        unfit = next((name for name in options if name not in ("camera", "streamprofile")), None)
        if unfit is not None:
            raise InvalidValue("stream_options", unfit, "say camera and streamprofile; a stream profile holds all other options")
        pre, post = (-(-number(given, name) // 1000) for name in ("pre_duration", "post_duration"))
        view = _view(options.get("camera", "1"), "stream_options camera")
        return {"disk": given["storage_id"], "view": view, "profile": options.get("streamprofile", ""), "pre": pre, after: post}

    return read


def _tell_record(after: str) -> Tell:
    def tell(_services: Services, values: Values) -> dict[str, str]:
        profile = {"streamprofile": str(values["profile"])} if values["profile"] else {}
        return {
            "pre_duration": str(1000 * int(values["pre"])),
            "post_duration": str(1000 * int(values[after])),
            "storage_id": str(values["disk"]),
            "stream_options": urlencode({"camera": int(values["view"]) + 1, **profile}),
        }

    return tell


# --- output ports


def _read_output(_services: Services, given: Texts) -> dict[str, Value]:
    if given["state"].strip() not in LEVELS:
        raise InvalidValue("state", given["state"], "give high (active) or low")
    return {"port": number(given, "port"), "active": LEVELS.index(given["state"].strip()) == 1, **_lasting(given)}


def _tell_output(_services: Services, values: Values) -> dict[str, str]:
    return {"port": str(values["port"]), "state": LEVELS[bool(values["active"])], **_told_lasting(values)}


def _lasting(given: Texts) -> dict[str, Value]:
    return {"seconds": number(given, "duration")} if "duration" in given else {}


def _told_lasting(values: Values) -> dict[str, str]:
    return {"duration": str(values["seconds"])} if "seconds" in values else {}


def _view(text: str, name: str = "channel") -> int:
    """A view by the number that ``camera=`` has for it."""
    camera = number({name: text}, name)
    if not camera:
        raise InvalidValue(name, text, "views count from 1 here")
    return camera - 1


STAY = "-1"
LEVELS = ("low", "high")
AFTERWARDS = {"0": "home", STAY: "stay"}
_TOUR = {"tour_id": NUMBER, "goto_home": NUMBER}
_PRESET = {"channel": NUMBER, "preset_name": TEXT, "home_timeout": "xsd:int"}
_WORDS = {"text": TEXT, "channels": TEXT, "index": TEXT}
_RECORD = {"pre_duration": NUMBER, "post_duration": NUMBER, "storage_id": TEXT, "stream_options": TEXT}
_PORT = {"port": NUMBER, "state": TEXT}
_DURATION = {"duration": NUMBER}
FIXED, UNLIMITED = "com.axis.action.fixed.", "com.axis.action.unlimited."

ROWS = (
    Template(UNLIMITED + "guardtour", "tour.active", {**_TOUR, "channel": NUMBER}, _read_tour("preset"), _tell_tour("preset")),
    Template(FIXED + "guardtour", "tour.fixed", {**_TOUR, "channel": NUMBER}, _read_round, _tell_round),
    Template(UNLIMITED + "recordedtour", "tour.active", _TOUR, _read_tour("recorded"), _tell_tour("recorded")),
    Template(FIXED + "goto.preset", "preset.fixed", _PRESET, _read_preset({}), _tell_preset({})),
    Template(UNLIMITED + "goto.preset", "preset.active", _PRESET, _read_preset(AFTERWARDS), _tell_preset(AFTERWARDS)),
    Template(FIXED + "set_overlay", "overlay_text.fixed", {**_WORDS, **_DURATION}, _read_text, _tell_text),
    Template(UNLIMITED + "set_overlay", "overlay_text.active", _WORDS, _read_text, _tell_text),
    Template(FIXED + "recording.storage", "record.fixed", _RECORD, _read_record("seconds"), _tell_record("seconds")),
    Template(UNLIMITED + "recording.storage", "record.active", _RECORD, _read_record("post"), _tell_record("post")),
    Template(FIXED + "io.toggle", "output.fixed", {**_PORT, **_DURATION}, _read_output, _tell_output),
    Template(UNLIMITED + "io.toggle", "output.active", _PORT, _read_output, _tell_output),
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
    yield from (row for row in (*ROWS, *SENDING) if row.kind in ACTIONS)
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
