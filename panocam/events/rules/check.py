"""Whether a rule can be meant, against the declared topics and actions."""

from __future__ import annotations

from panocam.errors import InvalidValue
from panocam.events.rules.actions import action_kind, check_choices
from panocam.events.rules.catalogue import offer, offers
from panocam.events.rules.choices import Lists, choices
from panocam.events.topics import Item, Value
from panocam.settings.rules import Condition, Rule


def check(rule: Rule, lists: Lists) -> None:
    """Raises InvalidValue that names the part of the rule which cannot be."""
    stateful = [_check_condition(condition, f"conditions.{at}") for at, condition in enumerate(rule.conditions)]
    if stateful.count(False) > 1:
        raise InvalidValue("conditions", f"{stateful.count(False)} moments", "two moments never come at once; keep one of them")
    if rule.trigger and len(stateful) < 2:
        raise InvalidValue("trigger", True, "give another condition too: the rule lasts while the others hold")
    if rule.trigger and not all(stateful[1:]):
        raise InvalidValue("trigger", True, "only the first condition may be a moment: the others say how long the rule lasts")
    row = action_kind(rule.action)
    if row.form == "while active" and not all(stateful) and not rule.trigger:
        raise InvalidValue(
            "action.kind",
            row.kind,
            "a moment does not last: use an action with a duration, or let the moment be the trigger of a condition",
        )
    check_choices(row, row.values(rule.action.parameters), lists)


LASTING_LISTS = frozenset({"schedules", "pulses", "tours", "area presets", "inputs", "outputs", "motion areas"})
"""Of what is in these lists, an instance that is gone does not come back by itself."""


def missing(rule: Rule, lists: Lists) -> str | None:
    """Why a rule can never be met: what one of its conditions is about is not there any more. None where it can."""
    for condition in rule.conditions:
        found = offer(condition.topic)
        if found is None:
            return f"there is no condition {condition.topic!r}, so this rule is never met; choose another one"
        for name, value in condition.where.items():
            among = found.list_of(name)
            if among in LASTING_LISTS and value not in [choice.value for choice in choices(lists, among)]:
                what = next((item.title.lower() for item in found.items if item.name == name), name)
                gone = f"“{found.topic.title}”: there is no {what} {value!r} any more"
                return f"{gone}, so this rule is never met; choose another one or make it again"
    return None


def _check_condition(condition: Condition, name: str) -> bool:
    """Whether its topic lasts."""
    found = offer(condition.topic)
    if found is None:
        raise InvalidValue(f"{name}.topic", condition.topic, f"use one of {', '.join(each.topic.path for each in offers())}")
    items = {item.name: item for item in found.items}
    for item, value in condition.where.items():
        if item not in items:
            raise InvalidValue(f"{name}.where", item, f"{condition.topic} has {', '.join(items) or 'no items to choose by'}")
        if not _of(items[item], value):
            raise InvalidValue(f"{name}.where.{item}", value, f"should be of type {items[item].kind.__name__}")
    if condition.inverted and not found.topic.stateful:
        raise InvalidValue(f"{name}.inverted", True, "only a condition that lasts can be inverted; this is a moment")
    return found.topic.stateful


def _of(item: Item, value: Value) -> bool:
    return type(value) is item.kind or (item.kind is float and type(value) is int)
