"""A rule in one English sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from panocam.events.rules.actions import ACTIONS, Parameter
from panocam.events.rules.catalogue import offer
from panocam.events.rules.choices import Lists, choices
from panocam.events.topics import Value
from panocam.settings.rules import Condition, Rule


def words(rule: Rule, lists: Lists) -> str:
    """Such as: While “Virtual input” (1) is active: start a guard tour (Round)."""
    parts = [_condition(condition, lists) for condition in rule.conditions]
    what = _action(rule, lists)
    if rule.trigger and len(parts) > 1:
        return f"Once {parts[0]}, while {' and '.join(parts[1:])}: {what}."
    row = ACTIONS.get(rule.action.kind)
    begin = "While" if row is not None and row.form == "while active" else "When"
    return f"{begin} {' and '.join(parts)}: {what}."


def _condition(condition: Condition, lists: Lists) -> str:
    found = offer(condition.topic)
    if found is None:
        return f"“{condition.topic}” (unknown)"
    said = [_item(name, value, found.list_of(name), condition.where, lists) for name, value in condition.where.items()]
    subject = f"“{found.topic.title}”{_named(said)}"
    if not found.topic.stateful:
        return f"{subject} happens"
    return f"{subject} is {'not ' if condition.inverted else ''}{found.topic.data[0].title.lower()}"


def _action(rule: Rule, lists: Lists) -> str:
    row = ACTIONS.get(rule.action.kind)
    if row is None:
        return f"{rule.action.kind} (unknown)"
    given = rule.action.parameters
    title = row.title.removesuffix(" while the rule is active")
    said = [_parameter(each, given, lists) for each in row.parameters if given.get(each.name, "") != ""]
    return f"{title[:1].lower()}{title[1:]}{_named(each for each in said if each)}"


def _named(said: Iterable[str]) -> str:
    told = ", ".join(said)
    return f" ({told})" if told else ""


def _item(name: str, value: Value, among: str, others: Mapping[str, Value], lists: Lists) -> str:
    found = next((each.title for each in choices(lists, among) if each.value == value and each.suits(others)), None) if among else None
    return found if found is not None else f"{name} {value}"


def _parameter(each: Parameter, given: Mapping[str, Value], lists: Lists) -> str:
    """A parameter with its title and unit; nothing for what is left off, such as a duration of 0."""
    value = given[each.name]
    if each.among:
        return _item(each.name, value, each.among, given, lists)
    if value == each.default and not value:
        return ""
    if isinstance(value, bool):
        return f"{'' if value else 'not '}{each.title.lower()}"
    if isinstance(value, str):
        return f"“{value}”"
    return f"{each.title.lower()} {value:g} {each.unit}".rstrip()
