"""Rules as people and programs make them, for every dialect alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from panocam.api.faults import validated
from panocam.errors import InvalidValue, NotFound
from panocam.events.rules.check import missing
from panocam.events.rules.choices import Lists
from panocam.events.rules.runner import RuleRunner
from panocam.events.rules.words import words
from panocam.settings import Snapshot, Store
from panocam.settings.role import Actor
from panocam.settings.rules import MOST_RULES, Rule

PATH = "rules.items"


@dataclass(frozen=True)
class RuleDesk:
    """``lists`` say what there is to choose from. Every change is one transaction, checked by who runs the rules."""

    store: Store
    runner: RuleRunner
    lists: Lists

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules by number."""
        return self.store.snapshot.rules.items

    def rule(self, id: int) -> Rule:
        """Raises NotFound."""
        return _find(self.rules, id)

    def words(self, rule: Rule) -> str:
        """The rule in one sentence."""
        return words(rule, self.lists)

    def fault(self, rule: Rule) -> str | None:
        """Why it cannot be met, or why its action failed."""
        return missing(rule, self.lists) or self.runner.report(rule.id).fault

    async def add(self, wish: Mapping[str, Any], by: Actor) -> Rule:
        """A new rule under the next number; without a name one is made. Raises InvalidValue, Denied."""

        def law(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
            if len(rules) >= MOST_RULES:
                raise InvalidValue("rules", len(rules) + 1, f"there are {MOST_RULES} rules already; remove one")
            id = max((rule.id for rule in rules), default=0) + 1
            new = validated(Rule, {**wish, "id": id, "name": wish.get("name") or f"Rule {id}"})
            return (*rules, new)

        return (await self._revise(law, by))[-1]

    async def change(self, id: int, wish: Mapping[str, Any], by: Actor) -> tuple[Rule, bool]:
        """Other values for some fields; whether that has turned the rule off: one that gets other work to do must be turned on once more.

        Raises NotFound, InvalidValue, Denied."""
        turned_off = False

        def law(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
            nonlocal turned_off
            old = _find(rules, id)
            new = validated(Rule, {**old.model_dump(), **wish, "id": id, "name": wish.get("name") or old.name})
            turned_off = old.enabled and not new.same_work(old)
            if turned_off:
                new = new.model_copy(update={"enabled": False})
            return tuple(new if rule is old else rule for rule in rules)

        return _find(await self._revise(law, by), id), turned_off

    async def remove(self, id: int, by: Actor) -> None:
        """Raises NotFound, Denied."""

        def law(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
            old = _find(rules, id)
            return tuple(rule for rule in rules if rule is not old)

        await self._revise(law, by)

    async def _revise(self, law: Callable[[tuple[Rule, ...]], tuple[Rule, ...]], by: Actor) -> tuple[Rule, ...]:
        def changes(now: Snapshot) -> Mapping[str, object]:
            return {PATH: [rule.model_dump() for rule in law(now.rules.items)]}

        return (await self.store.revise(changes, by)).rules.items


def _find(rules: tuple[Rule, ...], id: int) -> Rule:
    found = next((rule for rule in rules if rule.id == id), None)
    if found is None:
        raise NotFound(f"there is no rule {id}; rules: {', '.join(str(rule.id) for rule in rules) or 'none'}")
    return found
