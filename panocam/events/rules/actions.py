"""The kinds of actions: a row each, with what they take. Who performs them is bound elsewhere (``app.rules``).

``X.fixed`` happens once when its rule starts, and lasts as long as it says; ``X.active`` lasts while its rule is met.
"""

from __future__ import annotations

from collections.abc import Mapping

from panocam.clock import NS
from panocam.errors import InvalidValue
from panocam.events.rules.choices import Lists, choices
from panocam.events.rules.engine import Lasting
from panocam.events.rules.kind import LONGEST_S, ActionKind, Parameter, Values
from panocam.events.rules.sending import SENDING
from panocam.settings.rules import Action, Rule


def _seconds(name: str, title: str, default: int, help: str, least: int = 0, most: int = LONGEST_S) -> Parameter:
    return Parameter(name, title, default, help, least, most, "s")


_TOUR = Parameter("tour", "Tour", 0, "A guard tour or a recorded tour.", among="tours", required=True)
_PRESET = (
    Parameter("view", "View area", 4, among="moving views"),
    Parameter("preset", "Preset position", 1, "1 is the home position.", among="presets"),
)
ALL_VIEWS = -1
"""The ``view`` of a text that all views show."""

_TEXT = (
    Parameter("text", "Text", "", "Words and modifiers, which say what is so when the rule starts.", 1, 512, required=True),
    Parameter("slot", "Shown as", 0, "The modifier in the text of an overlay that it takes the place of.", among="slots"),
    Parameter("view", "View", ALL_VIEWS, "Where #D shows it; #D1 to #D16 show it in all views.", among="text views"),
)
_RECORD = (
    Parameter("disk", "Storage", "SD_DISK", among="disks"),
    Parameter("view", "View", 0, among="views"),
    Parameter("profile", "Stream profile", "", among="stream profiles"),
    _seconds("pre", "Prebuffer", 5, "What happened before, kept ready all the time the rule is on.", most=60),
)
_OUTPUT = (
    Parameter("port", "Port", 1, among="outputs", required=True),
    Parameter("active", "Active", True, "Make the port active, or inactive."),
)
_ON = Parameter("on", "On", True, "Switch it on, or off.")
_PTZ, _OVERLAY, _RECORDINGS, _IO, _IMAGE = "Pan, tilt and zoom", "Overlay text", "Recordings", "I/O", "Image"

ACTIONS: Mapping[str, ActionKind] = {
    row.kind: row
    for row in (
        ActionKind(
            "tour.fixed",
            "Start a guard tour",
            _PTZ,
            "Starts a guard tour, or plays a recorded tour once.",
            (
                _TOUR,
                _seconds(
                    "seconds",
                    "Duration",
                    0,
                    "The tour ends after so long. 0: a guard tour runs until it is stopped, a recorded tour is played once.",
                ),
                Parameter("once", "One round", False, "The tour ends after its last position."),
            ),
            "seconds",
        ),
        ActionKind(
            "tour.active",
            "Run a guard tour while the rule is active",
            _PTZ,
            "Runs a guard tour or a recorded tour for as long as the rule is active; then a tour that ran before goes on.",
            (_TOUR, Parameter("home", "Return home", False, "Afterwards the view area goes home, if no tour ran there before.")),
        ),
        ActionKind("preset.fixed", "Go to a preset position", _PTZ, "Turns a view area; a tour there waits meanwhile.", _PRESET),
        ActionKind(
            "preset.active",
            "Go to a preset position while the rule is active",
            _PTZ,
            "Turns a view area, and away again when the rule is over, unless somebody has moved it meanwhile.",
            (*_PRESET, Parameter("after", "Afterwards", "home", among="afterwards")),
        ),
        ActionKind(
            "overlay_text.fixed",
            "Use overlay text",
            _OVERLAY,
            "Shows a text where an overlay has #D, for a time.",
            (*_TEXT, _seconds("seconds", "Duration", 10, "", 1)),
            "seconds",
        ),
        ActionKind(
            "overlay_text.active",
            "Use overlay text while the rule is active",
            _OVERLAY,
            "Shows a text where an overlay has #D.",
            _TEXT,
        ),
        ActionKind(
            "record.fixed",
            "Record video",
            _RECORDINGS,
            "Records for a time, counted anew from each start of the rule.",
            (*_RECORD, _seconds("seconds", "Duration", 60, "", 1)),
            "seconds",
        ),
        ActionKind(
            "record.active",
            "Record video while the rule is active",
            _RECORDINGS,
            "Records for as long as the rule is active, and the postbuffer longer.",
            (*_RECORD, _seconds("post", "Postbuffer", 60, "If the rule starts once more meanwhile, the recording goes on.")),
            "post",
        ),
        ActionKind(
            "output.fixed",
            "Set an output port",
            _IO,
            "Sets an output port for a time.",
            (*_OUTPUT, _seconds("seconds", "Duration", 5, "", 1)),
            "seconds",
        ),
        ActionKind("output.active", "Set an output port while the rule is active", _IO, "Afterwards it is as it was.", _OUTPUT),
        ActionKind("wdr.active", "Switch wide dynamic range while the rule is active", _IMAGE, "Afterwards it is as it was.", (_ON,)),
        ActionKind("defog.active", "Switch defog while the rule is active", _IMAGE, "Afterwards it is as it was.", (_ON,)),
        *SENDING,
    )
}
"""All kinds by name."""


def action_kind(action: Action) -> ActionKind:
    """The row of an action. Raises InvalidValue."""
    if action.kind not in ACTIONS:
        raise InvalidValue("action.kind", action.kind, f"use one of {', '.join(ACTIONS)}")
    return ACTIONS[action.kind]


def check_choices(row: ActionKind, values: Values, lists: Lists) -> None:
    """Whether what ``values`` name is there. Raises InvalidValue."""
    for each in row.parameters:
        if not each.among:
            continue
        there = [choice for choice in choices(lists, each.among) if choice.suits(values)]
        if values[each.name] not in [choice.value for choice in there]:
            named = ", ".join(f"{choice.value} ({choice.title})" for choice in there[:12])
            raise InvalidValue(
                each.name, values[each.name], f"use one of {named}" if named else f"there are no {each.among} yet; make one first"
            )


def lasting(rule: Rule) -> Lasting:
    """How a rule's action lasts. One of an unknown kind is over at once."""
    row = ACTIONS.get(rule.action.kind)
    if row is None:
        return Lasting(True)
    default = next((each.default for each in row.parameters if each.name == row.lasts), 0)
    seconds = rule.action.parameters.get(row.lasts, default)
    return Lasting(row.form == "fixed", round(float(seconds) * NS) if isinstance(seconds, int | float) else 0)
