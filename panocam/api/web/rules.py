"""Rules over REST: look, make, change, remove; what may be a condition and what can be done."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.rules import RuleDesk
from panocam.api.services import rules_of
from panocam.events.rules import words
from panocam.events.rules.actions import ACTIONS
from panocam.events.rules.catalogue import Offer, offers
from panocam.events.rules.choices import Lists, choices
from panocam.events.rules.kind import KINDS, ActionKind, Parameter
from panocam.events.rules.kind import Kind as ValueKind
from panocam.events.topics import Value
from panocam.settings.role import Role
from panocam.settings.rules import LONGEST_WAIT_S, MOST_CONDITIONS, MOST_RULES, Action, Condition, Rule


class RuleReply(Reply):
    """A rule. ``active``: it is met, or what it does lasts; ``starts`` since the camera started, ``last_ms`` (UTC) of the last one.
    ``fault``: why its action failed, or why it can never be met; ``words``: the rule in one sentence."""

    id: int
    name: str
    enabled: bool
    conditions: list[Condition]
    trigger: bool
    wait: int
    action: Action
    active: bool
    starts: int
    last_ms: int | None
    fault: str | None
    words: str


class ChangedReply(RuleReply):
    """``turned_off``: the rule was on and has other work to do now, so it is off until it is turned on once more."""

    turned_off: bool


class RulesReply(Reply):
    """All rules, and how many there may be."""

    rules: list[RuleReply]
    most: int


class NewRule(Wish):
    """A rule; without a name one is made."""

    name: str = Field("", max_length=128)
    enabled: bool = True
    conditions: list[Condition] = Field(min_length=1, max_length=MOST_CONDITIONS)
    trigger: bool = Field(False, description="The first condition only starts the rule, which then lasts while the others hold")
    wait: int = Field(0, ge=0, le=LONGEST_WAIT_S, description="Seconds at least between two starts")
    action: Action


class Draft(Wish):
    """A rule that is being made, as far as it is: without conditions, or without the kind of its action."""

    conditions: list[Condition] = Field(default_factory=list, max_length=MOST_CONDITIONS)
    trigger: bool = False
    wait: int = Field(0, ge=0, le=LONGEST_WAIT_S)
    kind: str = Field("", max_length=64)
    parameters: dict[str, Value] = Field(default_factory=dict, max_length=16)


class PieceReply(Reply):
    """A part of the sentence: a joining word, what was chosen, or a gap where something is yet to be chosen."""

    text: str
    kind: Literal["word", "choice", "gap"]


class WordsReply(Reply):
    """The sentence, and what each of the conditions is about."""

    pieces: list[PieceReply]
    subjects: list[str]


class RuleChange(Wish):
    """What to change; what is left out stays."""

    name: str | None = Field(None, max_length=128)
    enabled: bool | None = None
    conditions: list[Condition] | None = Field(None, min_length=1, max_length=MOST_CONDITIONS)
    trigger: bool | None = None
    wait: int | None = Field(None, ge=0, le=LONGEST_WAIT_S)
    action: Action | None = None


class ValueReply(Reply):
    """A value that there is. ``of``: what else must be chosen with it."""

    model_config = ConfigDict(frozen=True)

    value: Value
    title: str
    of: dict[str, Value]


class ItemReply(Reply):
    """What a condition may be narrowed to. Without ``values`` anything of its kind may be said."""

    name: str
    title: str
    kind: ValueKind
    values: list[ValueReply]


class ConditionReply(Reply):
    """A topic that may be a condition; ``state`` says what it is while it holds."""

    topic: str
    title: str
    group: str
    stateful: bool
    state: str
    items: list[ItemReply]


class ConditionsReply(Reply):
    """All of them, by group and title."""

    conditions: list[ConditionReply]


class ParameterReply(Reply):
    """What an action takes."""

    name: str
    title: str
    kind: ValueKind
    default: Value
    least: float | None
    most: float | None
    unit: str
    choices: list[ValueReply]
    help: str
    required: bool


class ActionReply(Reply):
    """A kind of action."""

    kind: str
    title: str
    group: str
    form: str
    help: str
    parameters: list[ParameterReply]


class ActionsReply(Reply):
    """All of them."""

    actions: list[ActionReply]


async def read(call: Call[None]) -> RulesReply:
    """All rules."""
    desk = rules_of(call.services)
    return RulesReply(rules=[RuleReply(**_shown(desk, rule)) for rule in desk.rules], most=MOST_RULES)


async def add(call: Call[NewRule]) -> RuleReply:
    """One more."""
    desk = rules_of(call.services)
    return RuleReply(**_shown(desk, await desk.add(call.wish.model_dump(), call.caller)))


async def change(call: Call[RuleChange]) -> ChangedReply:
    """Other values for some fields."""
    desk = rules_of(call.services)
    rule, turned_off = await desk.change(call.path_number("rule"), call.wish.model_dump(exclude_none=True), call.caller)
    return ChangedReply(**_shown(desk, rule), turned_off=turned_off)


async def remove(call: Call[None]) -> None:
    """It ends what it does."""
    await rules_of(call.services).remove(call.path_number("rule"), call.caller)


async def conditions(call: Call[None]) -> ConditionsReply:
    """What may be a condition, with the instances that exist."""
    lists = rules_of(call.services).lists
    return ConditionsReply(conditions=[_condition(offer, lists) for offer in offers()])


async def actions(call: Call[None]) -> ActionsReply:
    """What can be done, with what exists to do it with."""
    lists = rules_of(call.services).lists
    return ActionsReply(actions=[_action(row, lists) for row in ACTIONS.values()])


async def say(call: Call[Draft]) -> WordsReply:
    """Say in words what a rule would do; nothing is kept."""
    wish, lists = call.wish, rules_of(call.services).lists
    draft = words.Draft(wish.conditions, wish.trigger, wish.wait, wish.kind, wish.parameters)
    told = [PieceReply(text=piece.text, kind=piece.kind) for piece in words.pieces(draft, lists)]
    return WordsReply(pieces=told, subjects=[words.subject(condition, lists) for condition in wish.conditions])


def _shown(desk: RuleDesk, rule: Rule) -> dict[str, Any]:
    report = desk.runner.report(rule.id)
    return {
        **{name: getattr(rule, name) for name in type(rule).model_fields},
        "conditions": list(rule.conditions),
        "active": desk.runner.active(rule.id),
        "starts": report.starts,
        "last_ms": None if report.last_ns is None else report.last_ns // 1_000_000,
        "fault": desk.fault(rule),
        "words": desk.words(rule),
    }


def _values(lists: Lists, name: str) -> list[ValueReply]:
    return [ValueReply(value=each.value, title=each.title, of=dict(each.of)) for each in choices(lists, name)]


def _condition(offer: Offer, lists: Lists) -> ConditionReply:
    topic = offer.topic
    return ConditionReply(
        topic=topic.path,
        title=topic.title,
        group=offer.group,
        stateful=topic.stateful,
        state=topic.data[0].title if topic.stateful else "",
        items=[
            ItemReply(name=item.name, title=item.title, kind=KINDS[item.kind], values=_values(lists, offer.list_of(item.name)))
            for item in offer.items
        ],
    )


def _action(row: ActionKind, lists: Lists) -> ActionReply:
    parameters = [_parameter(each, lists) for each in row.parameters]
    return ActionReply(kind=row.kind, title=row.title, group=row.group, form=row.form, help=row.help, parameters=parameters)


def _parameter(each: Parameter, lists: Lists) -> ParameterReply:
    return ParameterReply(
        name=each.name,
        title=each.title,
        kind=each.kind,
        default=each.default,
        least=each.least,
        most=each.most,
        unit=each.unit,
        choices=_values(lists, each.among),
        help=each.help,
        required=each.required,
    )


_RULES, _ONE = "/api/v1/rules", "/api/v1/rules/{rule}"
_ADMIN = Role.ADMINISTRATOR

ENDPOINTS = (
    rest(_RULES, "Rules", read, _ADMIN, reply=RulesReply),
    rest(_RULES, "Add a rule", add, _ADMIN, methods=("POST",), request=NewRule, reply=RuleReply),
    rest(_RULES + "/conditions", "What may be a condition of a rule", conditions, _ADMIN, reply=ConditionsReply),
    rest(_RULES + "/actions", "What a rule can do", actions, _ADMIN, reply=ActionsReply),
    rest(_RULES + "/words", "What a rule that is being made would do", say, _ADMIN, methods=("POST",), request=Draft, reply=WordsReply),
    rest(_ONE, "Change a rule", change, _ADMIN, methods=("PATCH",), request=RuleChange, reply=ChangedReply),
    rest(_ONE, "Remove a rule", remove, _ADMIN, methods=("DELETE",), reply=Kind.NOTHING),
)
