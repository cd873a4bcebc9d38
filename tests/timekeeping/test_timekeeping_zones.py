"""Time zones by name and by rule, their summer and winter; and that nobody else reads the time."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.settings import zones

PACKAGE = Path(zones.__file__).parents[1]


def shown(zone: str, month: int, daylight_saving: bool = True) -> str:
    at = datetime(2026, month, 15, 12, tzinfo=UTC).astimezone(zones.zone(zone, daylight_saving))
    return f"{at:%H:%M %Z}"


@pytest.mark.parametrize(
    ("zone", "january", "july"),
    [
        ("Europe/Stockholm", "13:00 CET", "14:00 CEST"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "13:00 CET", "14:00 CEST"),
        ("<UTC1>-1<UTC2>-2,M3.5.0/2:00:00,M10.5.0/3:00:00", "13:00 UTC1", "14:00 UTC2"),
        ("NZST-12NZDT,M9.5.0,M4.1.0/3", "01:00 NZDT", "00:00 NZST"),
        ("IST-5:30", "17:30 IST", "17:30 IST"),
        ("<+0545>-5:45", "17:45 +0545", "17:45 +0545"),
        ("UTC", "12:00 UTC", "12:00 UTC"),
    ],
)
def test_names_and_rules(zone: str, january: str, july: str) -> None:
    assert (shown(zone, 1), shown(zone, 7)) == (january, july)


def test_daylight_saving_can_be_left_out_of_a_rule() -> None:
    assert shown("CET-1CEST,M3.5.0,M10.5.0/3", 7, daylight_saving=False) == "13:00 CET"


def test_a_name_knows_its_rule_and_nothing_is_the_machines_zone() -> None:
    assert zones.rule_of("Europe/Stockholm") == "CET-1CEST,M3.5.0,M10.5.0/3"
    assert zones.rule_of("Mars/Olympus") == ""
    assert zones.zone("") is None
    assert {"Europe/Stockholm", "Asia/Kolkata", "UTC"} <= set(zones.names())


@pytest.mark.parametrize(
    "bad",
    [
        "Mars/Olympus",
        "../../etc/passwd",
        "/etc/localtime",
        "CET-1CEST",
        "XX1",
        "XXX99",
        "EST5EDT,M13.1.0,M11.1.0",
        "UTC0\r\nX",
        "A" * 200,
    ],
)
def test_what_is_no_zone(bad: str) -> None:
    with pytest.raises(ValueError, match="should"):
        zones.zone(bad)


@given(
    st.text(max_size=40) | st.from_regex(r"[A-Z]{3}-?\d{1,2}[A-Z]{3},M\d{1,2}\.\d\.\d,[JM]?\d{1,3}(\.\d\.\d)?(/\d{1,2})?", fullmatch=True)
)
def test_any_text_is_a_zone_or_refused(text: str) -> None:
    try:
        zone = zones.zone(text)
    except ValueError:
        return
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC).astimezone(zone)


READERS = {"clock.py", "cli/benchmark.py"}
"""The benchmark times itself; everything else takes the time from a clock."""


HARMLESS = {"gmtime", "perf_counter", "sleep", "timezone"}
"""Converts, measures how long something took, waits for threads that no clock of ours moves, and is a constant of the machine."""


def test_nobody_else_reads_the_time() -> None:
    found = []
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Import(names=names) if any(alias.name == "time" for alias in names):
                    found.append(name)
                case ast.ImportFrom(module="time", names=names) if any(alias.name not in HARMLESS for alias in names):
                    found.append(name)
                case ast.Call(func=ast.Attribute(value=ast.Name("datetime" | "date"), attr="now" | "utcnow" | "today")):
                    found.append(name)
                case ast.Call(func=ast.Attribute(attr="astimezone"), args=[], keywords=[]):
                    found.append(name)
    assert set(found) <= READERS
