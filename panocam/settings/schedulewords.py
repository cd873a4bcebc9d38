"""A schedule in one English sentence."""

from __future__ import annotations

import calendar

from panocam.settings.schedules import Hours, Interval, Schedule

UNITS = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
ORDER = ("first", "second", "third", "fourth", "fifth")
LENGTHS = ((7 * 86_400, "week"), (86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def words(schedule: Schedule) -> str:
    """Such as ``Every Monday to Friday from 08:00 to 17:00``."""
    rule = schedule.rule
    if isinstance(rule, Interval):
        seconds, unit = next(row for row in LENGTHS if rule.every_s % row[0] == 0)
        number = rule.every_s // seconds
        return f"A pulse every {unit if number == 1 else f'{number} {unit}s'}"
    when = f"at {rule.start}" if schedule.kind == "pulse" else _hours(rule)
    sentence = f"{_days(rule)} {when}{_bounds(rule)}"
    return f"A pulse {sentence}" if schedule.kind == "pulse" else sentence[0].upper() + sentence[1:]


def _days(rule: Hours) -> str:
    often = f", every {rule.every} {UNITS[rule.repeat]}s" if rule.every > 1 else ""
    match rule.repeat:
        case "daily":
            return f"every {rule.every} days" if rule.every > 1 else "every day"
        case "weekly":
            return f"every {_weekdays(rule.days)}{often}"
        case "yearly":
            return f"every year on {rule.day} {calendar.month_name[rule.month]}{often}"
    if rule.week is None:
        return f"every month on day {rule.day}{often}"
    return f"on the {'last' if rule.week == -1 else ORDER[rule.week - 1]} {_weekdays(rule.days)} of the month{often}"


def _weekdays(days: tuple[int, ...]) -> str:
    names = [calendar.day_name[day] for day in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{names[0]} to {names[-1]}"
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _hours(rule: Hours) -> str:
    whole = rule.start == rule.end == "00:00"
    if whole and not rule.more_days:
        return "all day"
    later = rule.more_days + (rule.end <= rule.start)
    if rule.more_days:
        return f"from {rule.start} to {rule.end}, {later} day{'s' if later > 1 else ''} later"
    return f"from {rule.start} to {rule.end}{' of the next day' if later else ''}"


def _bounds(rule: Hours) -> str:
    if rule.first and rule.first == rule.last:
        return f" on {rule.first} only"
    first = f" from {rule.first} on" if rule.first else ""
    return first + (f" until {rule.last}" if rule.last else "")
