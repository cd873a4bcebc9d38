"""Schedules as VAPIX writes them: a few lines of iCalendar (RFC 5545) in the camera's local time.

    DTSTART:20260615T080000
    DTEND:20260615T170000
    RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR

Without an end it is a pulse. Lines may be separated by any space, and times written with colons. What our schedules cannot say is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from panocam.errors import InvalidValue
from panocam.settings.schedules import ANCHOR, DAY, Hours, Interval, Schedule, clock

LONGEST = 1024
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SECONDS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
REPEATS = {"daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "yearly": "YEARLY"}
KNOWN = ("FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "UNTIL", "WKST")
FAR = 30 * 366
_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d)(?::?(\d\d))?", re.ASCII)
_BYDAY = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"\d{1,7}", re.ASCII)
MIDNIGHT = datetime.combine(ANCHOR, time())


def read(text: str, today: date) -> dict[str, object]:
    """``kind`` and ``rule`` of a schedule. A first day before ``today`` is left out where it makes no difference. Raises InvalidValue."""
    lines = _lines(text)
    start, end = _moment("DTSTART", lines.get("DTSTART", "")), _moment("DTEND", lines["DTEND"]) if "DTEND" in lines else None
    rule = _rule(lines.get("RRULE", ""))
    if end is not None and end <= start:
        raise InvalidValue("DTEND", lines["DTEND"], "should be after DTSTART; leave it out for a pulse")
    kind = "pulse" if end is None else "schedule"
    if rule.get("FREQ") in SECONDS:
        if end is not None:
            raise InvalidValue("RRULE", rule["FREQ"], "leave out DTEND for a pulse; a schedule comes DAILY, WEEKLY, MONTHLY or YEARLY")
        return {"kind": kind, "rule": _interval(rule, start)}
    hours = {**_days(rule, start), **_clocks(start, end)}
    if hours.get("every", 1) != 1 or start.date() > today or not rule:
        hours["first"] = start.date()
    return {"kind": kind, "rule": hours}


def tell(schedule: Schedule) -> str:
    """The same for a schedule of ours."""
    rule = schedule.rule
    if isinstance(rule, Interval):
        frequency, unit = next((name, unit) for name, unit in SECONDS.items() if rule.every_s % unit == 0)
        start = MIDNIGHT + timedelta(seconds=rule.after_s)
        return f"DTSTART:{start:%Y%m%dT%H%M%S}\nRRULE:FREQ={frequency};INTERVAL={rule.every_s // unit}"
    start = datetime.combine(_first(rule), clock(rule.start))
    lines = [f"DTSTART:{start:%Y%m%dT%H%M%S}"]
    if schedule.kind == "schedule":
        lines.append(f"DTEND:{start + rule.length:%Y%m%dT%H%M%S}")
    if rule.first is None or rule.first != rule.last:
        lines.append(f"RRULE:{_told(rule)}")
    return "\n".join(lines)


def _told(rule: Hours) -> str:
    parts = [f"FREQ={REPEATS[rule.repeat]}"]
    if rule.repeat == "weekly" or (rule.repeat == "monthly" and rule.week):
        week = rule.week if rule.repeat == "monthly" else ""
        parts.append(f"BYDAY={','.join(f'{week}{DAYS[day]}' for day in rule.days)}")
    if rule.every > 1:
        parts.append(f"INTERVAL={rule.every}")
    if rule.last:
        parts.append(f"UNTIL={rule.last:%Y%m%d}T235959")
    return ";".join(parts)


def _first(rule: Hours) -> date:
    """The first day on which it begins."""
    day = first = rule.first or ANCHOR
    while not rule.begins_on(day) and (day - first).days < FAR:
        day += DAY
    return day if rule.begins_on(day) else first


def _lines(text: str) -> dict[str, str]:
    if len(text) > LONGEST:
        raise InvalidValue("ICalendar", text, f"give at most {LONGEST} characters")
    found: dict[str, str] = {}
    for line in text.split():
        name, colon, value = line.partition(":")
        name = name.upper()
        if not colon or name not in ("DTSTART", "DTEND", "RRULE") or name in found:
            raise InvalidValue(
                "ICalendar", line, "give DTSTART, DTEND (not for a pulse) and RRULE, each once, such as DTSTART:20260615T080000"
            )
        found[name] = value
    return found


def _moment(name: str, text: str) -> datetime:
    found = _TIME.fullmatch(text)
    try:
        if found is not None:
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute, second)
    except ValueError:
        pass
    raise InvalidValue(name, text, "give a local date and time such as 20260615T080000")


def _rule(text: str) -> dict[str, str]:
    if not text:
        return {}
    parts = dict(part.upper().partition("=")[::2] for part in text.strip(";").split(";"))
    unknown = next((name for name in parts if name not in KNOWN), None)
    if unknown is not None:
        raise InvalidValue("RRULE", unknown, f"is not understood; use {', '.join(KNOWN)}")
    if parts.get("WKST", "MO") != "MO":
        raise InvalidValue("WKST", parts["WKST"], "weeks begin on Monday here")
    if parts.get("FREQ") not in (*SECONDS, *REPEATS.values()):
        raise InvalidValue("FREQ", parts.get("FREQ", ""), f"use {', '.join((*REPEATS.values(), *SECONDS))}")
    return parts


def _interval(rule: Mapping[str, str], start: datetime) -> dict[str, object]:
    unfit = next((name for name in rule if name not in ("FREQ", "INTERVAL", "WKST")), None)
    if unfit is not None:
        raise InvalidValue("RRULE", unfit, f"cannot be combined with {rule['FREQ']}")
    every = SECONDS[rule["FREQ"]] * _number(rule, "INTERVAL", 1)
    return {"every_s": every, "after_s": (start - MIDNIGHT) // timedelta(seconds=1) % every}


def _number(rule: Mapping[str, str], name: str, default: int) -> int:
    text = rule.get(name, str(default))
    if not _NUMBER.fullmatch(text) or not int(text):
        raise InvalidValue(name, text, "give one whole number from 1")
    return int(text)


def _clocks(start: datetime, end: datetime | None) -> dict[str, object]:
    """Start, end, and how many days the end is later than it need be."""
    begins = start.time().isoformat()
    if end is None:
        return {"start": begins}
    least = timedelta(hours=end.hour, minutes=end.minute, seconds=end.second) - (start - datetime.combine(start.date(), time()))
    more = (end - start - (least if least > timedelta() else least + DAY)) // DAY
    return {"start": begins, "end": end.time().isoformat(), "more_days": more}


@dataclass(frozen=True)
class _ByDay:
    """``BYDAY``: the days, and which of the month (0: each)."""

    days: tuple[int, ...]
    week: int


def _by_day(rule: Mapping[str, str]) -> _ByDay:
    found = [_BYDAY.fullmatch(part) for part in rule["BYDAY"].split(",")]
    weeks = {int(each[1] or 0) for each in found if each is not None}
    if None in found or len(weeks) != 1 or not weeks <= {-1, 0, 1, 2, 3, 4, 5}:
        raise InvalidValue(
            "BYDAY", rule["BYDAY"], "give days such as MO,TU; of the month such as 2MO, or -1FR for the last, all of the same week"
        )
    return _ByDay(tuple(DAYS.index(each[2]) for each in found if each is not None), weeks.pop())


def _days(rule: Mapping[str, str], start: datetime) -> dict[str, object]:
    """On which days it begins."""
    if not rule:  # once
        return {"repeat": "daily", "last": start.date()}
    found: dict[str, object] = {"every": _number(rule, "INTERVAL", 1)}
    if "UNTIL" in rule:
        last = _moment("UNTIL", rule["UNTIL"].removesuffix("Z") if "T" in rule["UNTIL"] else rule["UNTIL"] + "T235959")
        found["last"] = last.date() - (DAY if last.time() < start.time() else timedelta())
    frequency = rule["FREQ"]
    for name, fits in (("BYMONTH", "YEARLY"), ("BYMONTHDAY", "MONTHLY YEARLY")):
        if name in rule and frequency not in fits:
            raise InvalidValue("RRULE", name, f"cannot be combined with {frequency}")
    if "BYDAY" in rule:
        return {**found, **_on_days(rule, frequency)}
    day = {"day": _number(rule, "BYMONTHDAY", start.day)}
    match frequency:
        case "DAILY":
            return {**found, "repeat": "daily"}
        case "WEEKLY":
            return {**found, "repeat": "weekly", "days": (start.weekday(),)}
        case "MONTHLY":
            return {**found, **day, "repeat": "monthly"}
    return {**found, **day, "repeat": "yearly", "month": _number(rule, "BYMONTH", start.month)}


def _on_days(rule: Mapping[str, str], frequency: str) -> dict[str, object]:
    by = _by_day(rule)
    if "BYMONTHDAY" in rule or frequency == "YEARLY" or (by.week and frequency != "MONTHLY"):
        raise InvalidValue("BYDAY", rule["BYDAY"], f"cannot be combined with {frequency} like this")
    if by.week:
        return {"repeat": "monthly", "days": by.days, "week": by.week}
    if frequency != "WEEKLY" and _number(rule, "INTERVAL", 1) > 1:
        raise InvalidValue("BYDAY", rule["BYDAY"], f"with {frequency} and an INTERVAL, say which week of the month, such as 1MO")
    return {"repeat": "weekly", "days": by.days}
