"""Action configurations: actions that clients prepare, then let rules use. Rules that were made otherwise have one too, as clients see it.

A configuration that was prepared is kept until it is removed. It belongs to the rules that were made with it, as long as they do the
same; a rule that belongs to none shows one of its own, numbered from ``OF_RULES`` on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from panocam.api.services import Services, rules_of
from panocam.errors import InvalidValue, NotFound
from panocam.settings.actions import MOST, ActionConfiguration
from panocam.settings.role import Actor
from panocam.settings.rules import Action, Rule
from panocam.settings.snapshot import Snapshot

SETTING = "actions.items"
OF_RULES = 30_000
"""Clients are known that keep such a number in 16 bits."""


class InUse(InvalidValue):
    """A rule needs the configuration."""


@dataclass(frozen=True)
class Prepared:
    """A configuration as clients see it."""

    id: int
    name: str
    action: Action


def prepared(services: Services) -> list[Prepared]:
    """All configurations by number."""
    found = [Prepared(each.id, each.name, each.action) for each in _kept(services)]
    found += [
        Prepared(OF_RULES + rule.id, rule.name, rule.action) for rule in rules_of(services).rules if of_rule(services, rule) >= OF_RULES
    ]
    return sorted({each.id: each for each in found}.values(), key=lambda each: each.id)


def find(services: Services, id: int) -> Prepared:
    """Raises NotFound."""
    found = next((each for each in prepared(services) if each.id == id), None)
    if found is None:
        raise NotFound(f"there is no action configuration {id}")
    return found


def of_rule(services: Services, rule: Rule) -> int:
    """Number of a rule's configuration."""
    return next((each.id for each in _kept(services) if rule.id in each.rules and each.action == rule.action), OF_RULES + rule.id)


async def add(services: Services, name: str, action: Action, by: Actor) -> int:
    """Keep a configuration; returns its number. Raises InvalidValue; as the store does."""
    made: list[int] = []

    def law(now: Snapshot) -> Mapping[str, object]:
        items = now.actions.items
        if len(items) >= MOST:
            raise InvalidValue("action configurations", len(items), f"at most {MOST} are kept; remove one first")
        made.append(max((each.id for each in items if each.id < OF_RULES), default=0) + 1)
        return _as_setting((*items, ActionConfiguration(id=made[-1], name=name, action=action, rules=())))

    await services.settings.revise(law, by)
    return made[-1]


async def belong(services: Services, id: int, rule: Rule, by: Actor) -> None:
    """``rule`` was made with a configuration. One that is not kept is a rule's own, and stays so."""
    there = {each.id for each in rules_of(services).rules}

    def law(now: Snapshot) -> Mapping[str, object]:
        def noted(each: ActionConfiguration) -> ActionConfiguration:
            rules = tuple(sorted(({*each.rules, rule.id} if each.id == id else set(each.rules) - {rule.id}) & there))
            return each.model_copy(update={"rules": rules})

        return _as_setting(noted(each) for each in now.actions.items)

    await services.settings.revise(law, by)


async def remove(services: Services, id: int, by: Actor) -> None:
    """Forget a configuration. Raises NotFound, InUse; as the store does."""
    find(services, id)
    users = [rule.name for rule in rules_of(services).rules if of_rule(services, rule) == id]
    if users:
        raise InUse("ConfigurationID", id, f"is used by {', '.join(users[:5])}; remove that rule first")
    await services.settings.revise(lambda now: _as_setting(each for each in now.actions.items if each.id != id), by)


async def remove_rule(services: Services, id: int, by: Actor) -> None:
    """Remove a rule; its configuration stays behind, as clients know it. Raises NotFound; as the store does."""
    desk = rules_of(services)
    rule = desk.rule(id)
    number = of_rule(services, rule)
    await desk.remove(id, by)
    if number >= OF_RULES:
        left = ActionConfiguration(id=number, name=rule.name, action=rule.action, rules=())

        def law(now: Snapshot) -> Mapping[str, object]:
            others = [each for each in now.actions.items if each.id != number]
            return _as_setting((*others, left)[-MOST:])

        await services.settings.revise(law, by)


def _kept(services: Services) -> tuple[ActionConfiguration, ...]:
    return services.settings.snapshot.actions.items


def _as_setting(items: Iterable[ActionConfiguration]) -> Mapping[str, object]:
    return {SETTING: [item.model_dump(mode="json") for item in items]}
