"""Every modifier against the C library's, and texts that nobody foresaw."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.clock import NS
from panocam.events.modifiers import MODIFIERS, NONE, Moment, Template, expand

PARIS = ZoneInfo("Europe/Paris")
MOMENTS = [datetime(1999, 12, 31, 23, 59, 59), datetime(2024, 2, 29, 0, 0, 0), datetime(2026, 1, 1, 12, 5, 9), datetime(2021, 1, 3, 1, 30)]
SAME_AS_C = [row.name for row in MODIFIERS if row.clock is not None and row.name not in ("%c", "%x")]


def moment(when: datetime, zone: tzinfo | None = UTC, hundredths: int = 0) -> Moment:
    return Moment(round(when.replace(tzinfo=when.tzinfo or zone).timestamp()) * NS + hundredths * NS // 100, zone)


@pytest.mark.feature("OVL-07")
@pytest.mark.parametrize("when", MOMENTS, ids=str)
@pytest.mark.parametrize("name", SAME_AS_C)
def test_dates_and_times_are_what_the_c_library_says(name: str, when: datetime) -> None:
    for zone in (UTC, PARIS, timezone(timedelta(hours=-9, minutes=-30))):
        assert expand(name, moment(when, zone)) == when.replace(tzinfo=zone).strftime(name)


def test_the_rest_of_date_and_time() -> None:
    when = moment(datetime(2026, 11, 2, 7, 8, 9), UTC, 42)
    assert expand("%c|%x|%f|%s|%k|%l|%e", when) == "Mon Nov  2 07:08:09 2026|11/02/26|42|1793603289| 7| 7| 2"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("%%T ##D 100% # %", "%T #D 100% # %"),
        ("%Q #q %5d #", "%Q #q %5d #"),
        ("#TC1 #TF #U0 #lv", "- - - -"),
        ("[#p][#P][#L]", "[][][]"),
        ("#D #D1 #D16 #D17 #D160 #D0", "any one sixteen one7 sixteen0 any0"),
        ("#Dx#Db", "anyxanyb"),
        ("#XMP12#XMD3", "--"),
        ("", ""),
    ],
)
@pytest.mark.feature("OVL-11")
def test_what_stands_literally_what_is_empty_and_what_takes_a_number(text: str, words: str) -> None:
    said = {None: "any", 1: "one", 16: "sixteen"}
    assert expand(text, Moment(0, UTC, lambda name, number: said[number] if name == "#D" else None)) == words


def test_every_modifier_is_listed_once_and_says_something_or_nothing() -> None:
    names = [row.name for row in MODIFIERS]
    assert len(names) == len(set(names)) == 83
    for row in MODIFIERS:
        said = expand(row.name, moment(MOMENTS[0]))
        assert said in (NONE, "", "%", "#") or row.name[0] == "%"


@given(st.text(st.sampled_from("%#DTCXMPDav019fsé \n\U0001f600"), max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    template = Template(text)
    words = template.at(Moment(1_700_000_000 * NS, UTC))
    if not template.uses and "%%" not in text and "##" not in text:
        assert words == text


@given(st.text(max_size=200).filter(lambda text: "%" not in text and "#" not in text))
def test_text_without_modifiers_is_itself(text: str) -> None:
    assert expand(text, Moment(0, UTC)) == text
