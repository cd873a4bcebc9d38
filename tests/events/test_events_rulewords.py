"""A rule in one sentence, with what its action takes."""

from __future__ import annotations

from typing import Any

import pytest

from panocam.events.rules.choices import Choice
from panocam.events.rules.words import words
from panocam.settings.rules import Rule

LISTS = {
    "outputs": lambda: [Choice(2, "Siren")],
    "tours": lambda: [Choice(1, "Rounds")],
    "slots": lambda: [Choice(0, "#D")],
    "text views": lambda: [Choice(-1, "All views")],
    "stream profiles": lambda: [Choice("", "None")],
}


@pytest.mark.parametrize(
    ("kind", "parameters", "expected"),
    [
        ("tour.fixed", {"tour": 1, "seconds": 0}, "start a guard tour (Rounds)"),
        ("tour.fixed", {"tour": 1, "seconds": 60}, "start a guard tour (Rounds, duration 60 s)"),
        ("tour.fixed", {"tour": 7}, "start a guard tour (tour 7)"),
        ("output.fixed", {"port": 2, "active": False, "seconds": 5}, "set an output port (Siren, not active, duration 5 s)"),
        ("overlay_text.fixed", {"text": "Door", "slot": 0, "view": -1}, "use overlay text (“Door”, #D, All views)"),
        ("record.fixed", {"profile": "", "pre": 5}, "record video (prebuffer 5 s)"),
        ("wdr.active", {"on": True}, "switch wide dynamic range (on)"),
        ("wdr.active", {}, "switch wide dynamic range"),
        ("nothing.fixed", {}, "nothing.fixed (unknown)"),
    ],
)
def test_an_action_says_what_it_takes_in_words(kind: str, parameters: dict[str, Any], expected: str) -> None:
    wish = {
        "id": 1,
        "name": "Rule",
        "conditions": [{"topic": "Device/IO/ManualTrigger"}],
        "action": {"kind": kind, "parameters": parameters},
    }
    rule = Rule.model_validate(wish)
    begin = "While" if kind.endswith(".active") else "When"
    assert words(rule, LISTS) == f"{begin} “Manual trigger” is active: {expected}."
