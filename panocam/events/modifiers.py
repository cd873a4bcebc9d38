"""Text modifiers: ``%T`` and ``#x`` in a text stand for what is so at the moment.

One engine for overlay text, names of files and folders, mails and notifications. A modifier is a row of ``MODIFIERS``. Those of date
and time are computed here, in English and in the time zone asked for; all others are looked up by their name in *facts*, which
whoever knows them provides. ``Template`` reads a text once; ``Template.at(moment)`` gives the words.

What stands literally: an unknown modifier, a lone ``%`` or ``#`` at the end, and everything else. A modifier that is known and has no
value here (a temperature where there is no sensor) is ``-``, or nothing where "nothing" is a value (no preset, no dynamic text).
Longer names win over shorter ones (``#TC`` over ``#T``); a number that belongs to a modifier follows it at once (``#D12``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Literal

from panocam.clock import NS

NONE = "-"
"""Known, but without a value here."""

SLOTS = 16
"""Numbered places for dynamic text."""

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Group = Literal["date", "time", "year", "month", "week", "day", "hour", "minute", "sysinfo", "video", "ptz", "optics", "autotracking", "mqtt", "other"]  # noqa: E501  # fmt: skip
Facts = Callable[[str, int | None], str | None]
"""What a modifier without a clock says: its name (``#n``) and its number, None without one. None back means that there is no value."""


def nothing(_name: str, _number: int | None) -> str | None:
    """Facts of somebody who knows none."""
    return None


@dataclass(slots=True)
class Moment:
    """When and what: ``wall_ns`` is UTC since 1970, ``zone`` None the machine's own; ``facts`` know the rest. It moves on where
    pictures are many.
    """

    wall_ns: int
    zone: tzinfo | None = None
    facts: Facts = nothing

    @property
    def local(self) -> datetime:
        """The whole second, in the zone."""
        return datetime.fromtimestamp(self.wall_ns // NS, UTC).astimezone(self.zone)


@dataclass(frozen=True)
class Modifier:
    """One row. ``clock`` is there for those of date and time; ``numbers`` lists the numbers that may follow; ``missing`` as above."""

    name: str
    group: Group
    title: str
    clock: Callable[[datetime], str] | None = None
    numbers: range = range(0)
    missing: str = NONE


def _week(day: datetime, first: int) -> int:
    """Week of the year 0..53 where weeks begin on weekday ``first`` (0 Monday .. 6 Sunday)."""
    return (day.timetuple().tm_yday + 6 - (day.weekday() - first) % 7) // 7


def _offset(day: datetime) -> str:
    minutes = round((day.utcoffset() or day - day).total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def _twelve(day: datetime) -> int:
    return day.hour % 12 or 12


def _half(day: datetime) -> str:
    return "PM" if day.hour >= 12 else "AM"


def _short_date(day: datetime) -> str:
    return f"{day.month:02}/{day.day:02}/{day.year % 100:02}"


def _clock(day: datetime) -> str:
    return f"{day.hour:02}:{day.minute:02}:{day.second:02}"


def _date_and_time(day: datetime) -> str:
    return f"{DAYS[day.weekday()][:3]} {MONTHS[day.month - 1][:3]} {day.day:2} {_clock(day)} {day.year}"


MODIFIERS: tuple[Modifier, ...] = (
    Modifier("%c", "date", "Date and time", _date_and_time),
    Modifier("%D", "date", "Date, MM/DD/YY", _short_date),
    Modifier("%F", "date", "Date, YYYY-MM-DD", lambda day: f"{day.year:04}-{day.month:02}-{day.day:02}"),
    Modifier("%x", "date", "Date, MM/DD/YY", _short_date),
    Modifier("%p", "time", "AM or PM", _half),
    Modifier("%r", "time", "12-hour time", lambda day: f"{_twelve(day):02}:{day.minute:02}:{day.second:02} {_half(day)}"),
    Modifier("%R", "time", "HH:MM", lambda day: f"{day.hour:02}:{day.minute:02}"),
    Modifier("%T", "time", "HH:MM:SS", _clock),
    Modifier("%X", "time", "HH:MM:SS", _clock),
    Modifier("%z", "time", "Offset from UTC", _offset),
    Modifier("%Z", "time", "Time zone", lambda day: day.tzname() or ""),
    Modifier("%C", "year", "Century", lambda day: f"{day.year // 100:02}"),
    Modifier("%G", "year", "ISO week year", lambda day: f"{day.isocalendar().year:04}"),
    Modifier("%g", "year", "ISO week year, two digits", lambda day: f"{day.isocalendar().year % 100:02}"),
    Modifier("%Y", "year", "Year", lambda day: f"{day.year:04}"),
    Modifier("%y", "year", "Year, two digits", lambda day: f"{day.year % 100:02}"),
    Modifier("%b", "month", "Month, short", lambda day: MONTHS[day.month - 1][:3]),
    Modifier("%B", "month", "Month", lambda day: MONTHS[day.month - 1]),
    Modifier("%h", "month", "Month, short", lambda day: MONTHS[day.month - 1][:3]),
    Modifier("%m", "month", "Month, 01 to 12", lambda day: f"{day.month:02}"),
    Modifier("%U", "week", "Week, from Sundays", lambda day: f"{_week(day, 6):02}"),
    Modifier("%V", "week", "ISO week", lambda day: f"{day.isocalendar().week:02}"),
    Modifier("%W", "week", "Week, from Mondays", lambda day: f"{_week(day, 0):02}"),
    Modifier("%a", "day", "Weekday, short", lambda day: DAYS[day.weekday()][:3]),
    Modifier("%A", "day", "Weekday", lambda day: DAYS[day.weekday()]),
    Modifier("%d", "day", "Day, 01 to 31", lambda day: f"{day.day:02}"),
    Modifier("%e", "day", "Day, blank-padded", lambda day: f"{day.day:2}"),
    Modifier("%j", "day", "Day of the year", lambda day: f"{day.timetuple().tm_yday:03}"),
    Modifier("%u", "day", "Weekday, 1 is Monday", lambda day: str(day.isoweekday())),
    Modifier("%w", "day", "Weekday, 0 is Sunday", lambda day: str(day.isoweekday() % 7)),
    Modifier("%H", "hour", "Hour, 00 to 23", lambda day: f"{day.hour:02}"),
    Modifier("%I", "hour", "Hour, 01 to 12", lambda day: f"{_twelve(day):02}"),
    Modifier("%k", "hour", "Hour, blank-padded", lambda day: f"{day.hour:2}"),
    Modifier("%l", "hour", "12-hour hour, blank-padded", lambda day: f"{_twelve(day):2}"),
    Modifier("%M", "minute", "Minute", lambda day: f"{day.minute:02}"),
    Modifier("%S", "minute", "Second", lambda day: f"{day.second:02}"),
    Modifier("%f", "minute", "Hundredths of a second"),
    Modifier("%s", "minute", "Seconds since 1970"),
    Modifier("#i", "sysinfo", "IP address"),
    Modifier("#m", "sysinfo", "MAC address, short"),
    Modifier("#M", "sysinfo", "MAC address"),
    Modifier("#n", "sysinfo", "Host name"),
    Modifier("#TC", "sysinfo", "Temperature, °C", numbers=range(10)),
    Modifier("#TF", "sysinfo", "Temperature, °F", numbers=range(10)),
    Modifier("#U", "sysinfo", "Fan", numbers=range(10)),
    Modifier("#b", "video", "Bitrate in kbit/s"),
    Modifier("#B", "video", "Bitrate in Mbit/s"),
    Modifier("#r", "video", "Frame rate, two decimals"),
    Modifier("#R", "video", "Frame rate"),
    Modifier("#v", "video", "Video source"),
    Modifier("#x", "ptz", "Pan"),
    Modifier("#y", "ptz", "Tilt"),
    Modifier("#z", "ptz", "Zoom, 1 to 9999"),
    Modifier("#Z", "ptz", "Magnification"),
    Modifier("#p", "ptz", "Preset number", missing=""),
    Modifier("#P", "ptz", "Preset name", missing=""),
    Modifier("#L", "ptz", "Zone name", missing=""),
    Modifier("#av", "optics", "Aperture"),
    Modifier("#al", "optics", "Aperture, lowest"),
    Modifier("#ah", "optics", "Aperture, highest"),
    Modifier("#gv", "optics", "Gain in dB"),
    Modifier("#gl", "optics", "Gain in dB, lowest"),
    Modifier("#gh", "optics", "Gain in dB, highest"),
    Modifier("#Gv", "optics", "Gain as ISO"),
    Modifier("#Gl", "optics", "Gain as ISO, lowest"),
    Modifier("#Gh", "optics", "Gain as ISO, highest"),
    Modifier("#hv", "optics", "Shutter"),
    Modifier("#hl", "optics", "Shutter, shortest"),
    Modifier("#hh", "optics", "Shutter, longest"),
    Modifier("#lv", "optics", "Focal length"),
    Modifier("#ln", "optics", "Lens"),
    *(Modifier(f"#AT{letter}", "autotracking", "Autotracking") for letter in "NPSCDV"),
    Modifier("#XMP", "mqtt", "Payload of an MQTT subscription", numbers=range(1, 100)),
    Modifier("#XMD", "mqtt", "Field of an MQTT subscription", numbers=range(1, 100)),
    Modifier("#s", "other", "Picture number"),
    Modifier("#D", "other", "Dynamic text", numbers=range(1, SLOTS + 1), missing=""),
    Modifier("%%", "other", "A percent sign"),
    Modifier("##", "other", "A number sign"),
)  # fmt: skip
"""All modifiers, in the order in which people are shown them."""

_BY_NAME = {row.name: row for row in MODIFIERS}
_LITERAL = {"%%": "%", "##": "#"}
_FIND = re.compile("|".join(map(re.escape, sorted(_BY_NAME, key=len, reverse=True))))
_LONGEST_NUMBER = 2


@dataclass(frozen=True)
class Use:
    """A modifier as it stands in a text, with its number."""

    row: Modifier
    number: int | None = None

    def at(self, moment: Moment) -> str:
        """Its words, if it is not one of the clock."""
        said = moment.facts(self.row.name, self.number)
        return self.row.missing if said is None else said


def _hundredths(moment: Moment) -> str:
    return f"{moment.wall_ns % NS // 10_000_000:02}"


def _seconds(moment: Moment) -> str:
    return str(moment.wall_ns // NS)


_UTC: dict[str, Callable[[Moment], str]] = {"%f": _hundredths, "%s": _seconds}
"""Of the clock, and the same in all time zones."""


class Template:
    """A text, read once. ``uses`` are its modifiers in order. For one thread."""

    def __init__(self, text: str) -> None:
        self._parts = tuple(_parts(text))
        self.uses = tuple(part for part in self._parts if isinstance(part, Use))
        self._second: datetime | None = None
        self._told: tuple[str | Callable[[Moment], str], ...] = ()

    def at(self, moment: Moment, local: datetime | None = None) -> str:
        """The words at a moment; ``local`` is ``moment.local`` where it is known already."""
        if not self.uses:
            return "".join(map(str, self._parts))
        now = local or moment.local
        if self._second is not now:
            self._second, self._told = now, tuple(self._said(now))
        return "".join([part if isinstance(part, str) else part(moment) for part in self._told])

    def _said(self, now: datetime) -> Iterator[str | Callable[[Moment], str]]:
        """What the whole second says already, in as few parts as can be, and who says the others."""
        said = ""
        for part in self._parts:
            if isinstance(part, str):
                said += part
            elif part.row.clock is not None:
                said += part.row.clock(now)
            else:
                yield said
                yield _UTC.get(part.row.name, part.at)
                said = ""
        yield said


def expand(text: str, moment: Moment) -> str:
    """``Template(text).at(moment)``, for texts that are needed once."""
    return Template(text).at(moment)


def _parts(text: str) -> list[str | Use]:
    parts: list[str | Use] = []
    literal, at = "", 0
    while (found := _FIND.search(text, at)) is not None:
        literal += text[at : found.start()]
        at = found.end()
        if (plain := _LITERAL.get(found[0])) is not None:
            literal += plain
            continue
        row = _BY_NAME[found[0]]
        number, at = _number(text, at, row.numbers)
        if literal:
            parts.append(literal)
        literal = ""
        parts.append(Use(row, number))
    literal += text[at:]
    return [*parts, literal] if literal else parts


def _number(text: str, at: int, allowed: range) -> tuple[int | None, int]:
    """The longest allowed number at ``at``, and where it ends."""
    for end in range(min(at + _LONGEST_NUMBER, len(text)), at, -1) if allowed else ():
        digits = text[at:end]
        if digits.isascii() and digits.isdigit() and int(digits) in allowed:
            return int(digits), end
    return None, at
