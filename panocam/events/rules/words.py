"""A rule in one English sentence; also one that is still being made, with gaps for what is yet to be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from panocam.events.rules.actions import ACTIONS
from panocam.events.rules.catalogue import offer
from panocam.events.rules.choices import Lists, choices
from panocam.events.rules.kind import Parameter
from panocam.events.topics import Value
from panocam.settings.rules import Condition, Rule

SHOWN_TEXT = 60
"""Characters of a text that a sentence repeats."""

UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


@dataclass(frozen=True)
class Piece:
    """A part of the sentence: a joining word, what was chosen, or a gap."""

    text: str
    kind: Literal["word", "choice", "gap"] = "word"


@dataclass(frozen=True)
class Draft:
    """What there is of a rule so far. ``kind`` is empty until an action is chosen."""

    conditions: Sequence[Condition] = ()
    trigger: bool = False
    wait: int = 0
    kind: str = ""
    parameters: Mapping[str, Value] = field(default_factory=dict)


def words(rule: Rule, lists: Lists) -> str:
    """Such as: While “Virtual input” (1) is active: start a guard tour (Round)."""
    draft = Draft(rule.conditions, rule.trigger, rule.wait, rule.action.kind, rule.action.parameters)
    return "".join(piece.text for piece in pieces(draft, lists))


def pieces(draft: Draft, lists: Lists) -> Iterator[Piece]:
    """The sentence of a rule that may be unfinished."""
    yield from _when(draft, lists)
    yield Piece(": ")
    yield Piece(_action(draft, lists), "choice") if draft.kind else Piece("choose an action", "gap")
    yield Piece(f". Then not again for {lasting(draft.wait)}." if draft.wait else ".")


def subject(condition: Condition, lists: Lists) -> str:
    """What a condition is about: its title and the instances."""
    found = offer(condition.topic)
    if found is None:
        return f"“{condition.topic}” (unknown)"
    said = [_item(name, value, found.list_of(name), condition.where, lists) for name, value in condition.where.items()]
    return f"“{found.topic.title}”{_named(said)}"


def lasting(seconds: int) -> str:
    """Such as: 1 hour 30 minutes."""
    told = []
    for unit, length in UNITS:
        count, seconds = divmod(seconds, length)
        told += [f"{count} {unit}{'s' if count > 1 else ''}"] if count else []
    return " ".join(told) or "0 seconds"


def _when(draft: Draft, lists: Lists) -> Iterator[Piece]:
    row, triggered = ACTIONS.get(draft.kind), draft.trigger and len(draft.conditions) > 1
    begin = "Once " if triggered else "While " if row is not None and row.form == "while active" else "When "
    yield Piece(begin)
    if not draft.conditions:
        yield Piece("choose a condition", "gap")
    for at, condition in enumerate(draft.conditions):
        if at:
            yield Piece(", while " if at == 1 and triggered else " and ")
        found = offer(condition.topic)
        yield Piece(subject(condition, lists), "gap" if found is None else "choice")
        if found is not None and found.topic.stateful:
            yield Piece(f" is {'not ' if condition.inverted else ''}{found.topic.data[0].title.lower()}")
        elif found is not None:
            yield Piece(" happens")


def _action(draft: Draft, lists: Lists) -> str:
    row, given = ACTIONS.get(draft.kind), draft.parameters
    if row is None:
        return f"{draft.kind} (unknown)"
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
        line = " ".join(value.split())
        return f"“{line if len(line) <= SHOWN_TEXT else line[: SHOWN_TEXT - 1] + '…'}”"
    return f"{each.title.lower()} {value:g} {each.unit}".rstrip()
