"""A rule in one English sentence."""

from __future__ import annotations

from collections.abc import Mapping

from panocam.events.rules.actions import ACTIONS, action_kind
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
    where = _named(condition.where, {name: found.list_of(name) for name in condition.where}, lists)
    subject = f"“{found.topic.title}”{where}"
    if not found.topic.stateful:
        return f"{subject} happens"
    return f"{subject} is {'not ' if condition.inverted else ''}{found.topic.data[0].title.lower()}"


def _action(rule: Rule, lists: Lists) -> str:
    row = ACTIONS.get(rule.action.kind)
    if row is None:
        return f"{rule.action.kind} (unknown)"
    row = action_kind(rule.action)
    said = {each.name: rule.action.parameters[each.name] for each in row.parameters if each.name in rule.action.parameters}
    title = row.title.removesuffix(" while the rule is active")
    return f"{title[:1].lower()}{title[1:]}{_named(said, {each.name: each.among for each in row.parameters}, lists)}"


def _named(values: Mapping[str, Value], among: Mapping[str, str], lists: Lists) -> str:
    said = [_value(name, value, among.get(name, ""), values, lists) for name, value in values.items()]
    return f" ({', '.join(said)})" if said else ""


def _value(name: str, value: Value, among: str, others: Mapping[str, Value], lists: Lists) -> str:
    found = next((each.title for each in choices(lists, among) if each.value == value and each.suits(others)), None) if among else None
    return found if found is not None else f"{name} {value}"
