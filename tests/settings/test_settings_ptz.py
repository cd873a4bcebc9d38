"""What the settings of pan, tilt and zoom refuse, and what they keep."""

from __future__ import annotations

from typing import Any

import pytest

from panocam.errors import InvalidValue
from panocam.settings.ptz import GROUPS, Ptz
from panocam.settings.snapshot import build

PRESET = {"area": 1, "number": 2, "name": "Door", "pan": 10, "tilt": -30, "hfov": 40}
TOUR = {"number": 1, "area": 1, "name": "Night", "steps": [{"preset": 2}]}


def refused(path: str, value: Any) -> str:
    with pytest.raises(InvalidValue) as caught:
        build({path: value})
    assert caught.value.name.startswith(path)
    return caught.value.remedy


@pytest.mark.parametrize("name", ["", "x" * 32, "a<b", 'say "x"', "a:b", "a~b", "tab\tbed", "Home"])
def test_a_name_that_cannot_be_said_is_refused(name: str) -> None:
    assert "name" in refused("ptz.presets", [{**PRESET, "name": name}])


@pytest.mark.parametrize(
    "change",
    [{"number": 1}, {"number": 3601}, {"area": 5}, {"area": 0}, {"hfov": 5}, {"tilt": 91}, {"pan": float("nan")}, {"colour": "red"}],
)
def test_a_preset_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    refused("ptz.presets", [{**PRESET, **change}])


def test_presets_and_tours_can_be_told_apart() -> None:
    assert "twice" in refused("ptz.presets", [PRESET, {**PRESET, "name": "Gate"}])
    assert "twice" in refused("ptz.presets", [PRESET, {**PRESET, "number": 3}])
    assert "twice" in refused("ptz.tours", [TOUR, {**TOUR, "area": 2}])
    assert "running" in refused("ptz.tours", [{**TOUR, "running": True}, {**TOUR, "number": 2, "running": True}])
    assert "100" in refused("ptz.presets", [{**PRESET, "number": n, "name": str(n)} for n in range(2, 103)])
    assert "10 are kept" in refused("ptz.tours", [{**TOUR, "number": n} for n in range(11)])
    kept = build({"ptz.presets": [{**PRESET, "area": 2}, {**PRESET, "number": 9, "name": "B"}, PRESET]}).ptz.presets
    assert [(each.area, each.number) for each in kept] == [(1, 2), (1, 9), (2, 2)]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "a<b"}, {"kind": "recorded", "name": "a b"}, {"pause": -1}, {"steps": [{"preset": 0}]},
        {"steps": [{"preset": 2, "speed": 0}]},
        {"steps": [{"preset": 2, "seconds": 216_001}]}, {"steps": [{"preset": 2}] * 101}, {"number": -1},
    ],
)  # fmt: skip
def test_a_tour_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    refused("ptz.tours", [{**TOUR, **change}])


def test_groups_keep_what_they_were_delivered_with_unless_they_are_named() -> None:
    ptz = build({"ptz.groups": [{"name": "viewer", "priority": 1, "timeout": 5, "ends": "never"}]}).ptz
    assert ptz.group("viewer").priority == 1
    assert [Ptz().group(name).priority for name in GROUPS] == [10, 20, 30, 40, 50, 60, 70]
    assert "twice" in refused("ptz.groups", [{"name": "viewer", "priority": 1}] * 2)
