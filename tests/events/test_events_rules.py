"""When rules begin and end: worked examples, and any order of events against a model that looks at all of history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panocam.clock import NS
from panocam.events.event import Event, Operation
from panocam.events.rules.actions import ACTIONS, lasting
from panocam.events.rules.engine import OFTEN, WITHIN_NS, Decision, Engine, Lasting, Turn
from panocam.events.topics import ACTION_FAILED, AUTHENTICATION_FAILED, PTZ_ON_PRESET, VIRTUAL_INPUT, Topic
from panocam.settings.rules import Rule

BEGIN, END = "+", "-"


def rule(*conditions: dict[str, Any], id: int = 1, fixed: bool = False, **more: Any) -> Rule:
    kind = "output.fixed" if fixed else "output.active"
    return Rule.model_validate({"id": id, "name": f"R{id}", "conditions": conditions, "action": {"kind": kind}, **more})


def on(port: int | None = None, *, inverted: bool = False) -> dict[str, Any]:
    return {"topic": VIRTUAL_INPUT.path, "where": {} if port is None else {"port": port}, "inverted": inverted}


WRONG = {"topic": AUTHENTICATION_FAILED.path}


@dataclass
class Bench:
    """An engine and what it decides; ``linger`` seconds of every action."""

    linger: float = 0
    now: int = 0
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = Engine(lambda rule: Lasting(rule.action.kind.endswith(".fixed"), round(self.linger * NS)))

    def keep(self, decisions: Iterable[Decision]) -> None:
        self.said += [{Turn.BEGIN: BEGIN, Turn.END: END, Turn.TOO_OFTEN: "!"}[each.turn] + str(each.rule.id) for each in decisions]

    def rules(self, *rules: Rule) -> list[str]:
        return self._told(lambda: self.engine.set_rules(rules, self.now))

    def input(self, port: int, active: bool, operation: Operation = Operation.CHANGED) -> list[str]:
        event = Event(VIRTUAL_INPUT, {"active": active}, 0, {"port": port}, operation=operation)
        return self._told(lambda: self.engine.hear(event, self.now))

    def pulse(self, topic: Topic = AUTHENTICATION_FAILED, **data: Any) -> list[str]:
        data = data or {"peer": "p", "account": "a", "protocol": "http"}
        return self._told(lambda: self.engine.hear(Event(topic, data, 0), self.now))

    def wait(self, seconds: float) -> list[str]:
        """Let time pass, as a task would that comes when it is due."""
        end = self.now + round(seconds * NS)
        before = len(self.said)
        while (due := self.engine.due_ns(self.now)) is not None and due <= end:
            self.now = max(self.now, due)
            decided = self.engine.tick(self.now)
            assert decided, "it came for nothing"
            self.keep(decided)
        self.now = end
        return self.said[before:]

    def _told(self, do: Any) -> list[str]:
        before = len(self.said)
        self.keep(do())
        return self.said[before:]


@pytest.mark.feature("EVT-07")
def test_all_conditions_must_hold() -> None:
    bench = Bench()
    bench.rules(rule(on(1), on(2, inverted=True)))
    assert bench.input(1, True) == []  # nothing is known of input 2
    assert bench.input(2, False) == ["+1"]
    assert bench.input(3, True) == []
    assert bench.input(2, True) == ["-1"]
    assert bench.input(1, False) == []
    assert bench.input(2, False) == []
    assert bench.input(1, True) == ["+1"]
    assert bench.input(1, False, Operation.DELETED) == ["-1"]


def test_any_instance_will_do_and_inverted_none_may() -> None:
    bench = Bench()
    bench.rules(rule(on()), rule(on(inverted=True), id=2))
    assert bench.input(1, False) == ["+2"]
    assert bench.input(1, True) == ["+1", "-2"]
    assert bench.input(2, True) == []
    assert bench.input(1, False) == []
    assert bench.input(2, False) == ["-1", "+2"]


def test_data_items_say_more_of_a_state() -> None:
    bench = Bench()
    bench.rules(rule({"topic": PTZ_ON_PRESET.path, "where": {"area": 1, "number": 3}}))

    def at(number: int, there: bool, area: int = 1) -> list[str]:
        event = Event(PTZ_ON_PRESET, {"on_preset": there, "number": number, "name": "x"}, 0, {"area": area})
        return bench._told(lambda: bench.engine.hear(event, 0))

    assert [at(2, True), at(3, True, 2), at(3, True), at(3, False), at(3, True), at(4, True)] == [[], [], ["+1"], ["-1"], ["+1"], ["-1"]]


def test_a_moment_starts_while_the_others_hold() -> None:
    bench = Bench()
    bench.rules(rule(WRONG, on(1), fixed=True))
    assert bench.pulse() == []
    assert bench.input(1, True) == []
    assert [bench.pulse(), bench.pulse()] == [["+1"], ["+1"]]
    bench.rules(rule({"topic": AUTHENTICATION_FAILED.path, "where": {"account": "b"}}, fixed=True))
    assert bench.pulse() == []
    assert bench.pulse(peer="p", account="b", protocol="http") == ["+1"]


def test_a_trigger_only_starts() -> None:
    bench = Bench()
    bench.rules(rule(on(1), on(2), trigger=True))
    assert bench.input(1, True) == []
    assert bench.input(2, True) == []  # the first held already: that was no start
    assert bench.input(1, False) == []
    assert bench.input(1, True) == ["+1"]
    assert bench.input(1, False) == []
    assert bench.input(1, True) == []
    assert bench.input(2, False) == ["-1"]
    bench.rules(rule(WRONG, on(2), trigger=True))
    assert [bench.pulse(), bench.input(2, True), bench.pulse(), bench.pulse(), bench.input(2, False)] == [[], [], ["+1"], [], ["-1"]]


def test_what_holds_when_a_rule_is_turned_on_starts_it() -> None:
    bench = Bench()
    bench.input(1, True)
    assert bench.rules(rule(on(1))) == ["+1"]
    assert bench.rules(rule(on(1)).model_copy(update={"name": "Other"})) == []
    assert bench.rules(rule(on(1), wait=3)) == ["-1", "+1"]
    assert bench.rules(rule(on(1), enabled=False)) == ["-1"]
    assert bench.rules(rule(on(1))) == ["+1"]
    assert bench.rules() == ["-1"]
    bench.input(2, True)
    assert bench.rules(rule(on(1), on(2), trigger=True)) == ["+1"]


def test_starts_keep_their_distance() -> None:
    bench = Bench()
    bench.rules(rule(on(1), wait=10))
    assert [bench.input(1, True), bench.input(1, False), bench.wait(4), bench.input(1, True)] == [["+1"], ["-1"], [], []]
    assert bench.engine.active(1)
    assert bench.wait(5.9) == []
    assert bench.wait(0.1) == ["+1"]  # it still holds
    assert [bench.input(1, False), bench.input(1, True), bench.input(1, False), bench.wait(20)] == [["-1"], [], [], []]
    bench.rules(rule(WRONG, fixed=True, wait=10))
    assert [bench.pulse(), bench.wait(9), bench.pulse(), bench.wait(1), bench.pulse()] == [["+1"], [], [], [], ["+1"]]
    bench.rules(rule(on(1), on(2), trigger=True, wait=10))
    assert [bench.input(2, True), bench.input(1, True), bench.input(2, False)] == [[], ["+1"], ["-1"]]
    assert [bench.input(1, False), bench.input(2, True), bench.input(1, True), bench.wait(30)] == [[], [], [], []]


@pytest.mark.feature("EVT-18", "EVT-24")
def test_what_lasts_is_made_longer_by_starting_anew() -> None:
    bench = Bench(linger=5)
    bench.rules(rule(WRONG, fixed=True))
    assert [bench.pulse(), bench.wait(4), bench.pulse(), bench.wait(4.9), bench.wait(0.1)] == [["+1"], [], ["+1"], [], ["-1"]]
    bench.rules(rule(on(1)))
    assert [bench.input(1, True), bench.wait(60), bench.input(1, False), bench.wait(4)] == [["+1"], [], [], []]
    assert [bench.input(1, True), bench.wait(60), bench.input(1, False), bench.wait(5)] == [["+1"], [], [], ["-1"]]
    assert [bench.input(1, True), bench.input(1, False), bench.rules()] == [["+1"], [], ["-1"]]


def test_a_rule_that_starts_itself_rests() -> None:
    bench = Bench()
    bench.rules(rule(on(1)))
    for _ in range(OFTEN):
        assert [bench.input(1, True), bench.input(1, False)] == [["+1"], ["-1"]]
    assert [bench.input(1, True), bench.input(1, False), bench.input(1, True)] == [["!1"], [], []]
    assert bench.wait(WITHIN_NS / NS) == ["+1"]


def test_rules_with_unknown_topics_and_actions_do_nothing() -> None:
    bench = Bench()
    bench.rules(rule({"topic": "Gone/Topic"}), rule(on(1), {"topic": "Gone"}, id=2))
    assert bench.input(1, True) == []
    assert lasting(rule(on(1)).model_copy(update={"action": rule(on(1)).action.model_copy(update={"kind": "gone"})})) == Lasting(True)


def test_every_action_is_fixed_or_lasts_and_its_durations_are_its_own() -> None:
    for row in ACTIONS.values():
        assert row.kind.endswith((".fixed", ".active"))
        assert not row.lasts or row.lasts in {each.name for each in row.parameters}


# --- any order of events

PORTS = (1, 2)
CONDITIONS = st.sampled_from([on(1), on(2), on(), on(1, inverted=True), on(2, inverted=True), on(inverted=True)])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("input"), st.sampled_from(PORTS), st.booleans()),
        st.tuples(st.just("gone"), st.sampled_from(PORTS), st.just(False)),
        st.tuples(st.just("pulse"), st.just(0), st.just(False)),
        st.tuples(st.just("wait"), st.integers(1, 12), st.just(False)),
    ),
    max_size=40,
)


class Model:
    """The same in another way: everything is judged second by second from what is so, by the words of the documentation."""

    def __init__(self, rule: Rule, linger: int) -> None:
        self.rule, self.linger = rule, linger
        self.inputs: dict[int, bool] = {}
        self.now = 0
        self.last: int | None = None
        self.ends: int | None = None
        self.met = self.waits = self.doing = self.first = False
        self.said: list[str] = []
        self.look(False)

    def holds(self, condition: Any, pulse: bool) -> bool:
        if condition.topic == AUTHENTICATION_FAILED.path:
            return pulse
        known = [self.inputs[port] for port in PORTS if condition.where.get("port", port) == port and port in self.inputs]
        return (not any(known) and bool(known)) if condition.inverted else any(known)

    def look(self, pulse: bool) -> None:
        first, *others = [self.holds(condition, pulse) for condition in self.rule.conditions]
        was, self.first = self.first, first
        if self.rule.conditions[0].topic == AUTHENTICATION_FAILED.path:
            self.first = False
        starts = (self.met or (first and not was)) if self.rule.trigger else first
        met = starts and all(others)
        if pulse and not self.rule.trigger and any(each.topic == AUTHENTICATION_FAILED.path for each in self.rule.conditions):
            if met:
                self.start()
        elif met and not self.met:
            self.met = True
            if not self.start():
                self.met = self.waits = not self.rule.trigger
        elif self.met and not met:
            self.met = self.waits = False
            if self.doing and not self.fixed:
                self.ends = self.now + self.linger
                self.over()

    @property
    def fixed(self) -> bool:
        return self.rule.action.kind.endswith(".fixed")

    def start(self) -> bool:
        if self.last is not None and self.now < self.last + self.rule.wait:
            return False
        self.last, self.waits = self.now, False
        self.said.append("+1")
        self.doing = not self.fixed or self.linger > 0
        self.ends = self.now + self.linger if self.fixed else None
        return True

    def over(self) -> None:
        if self.doing and self.ends is not None and self.now >= self.ends:
            self.doing, self.ends = False, None
            self.said.append("-1")

    def second(self) -> None:
        self.now += 1
        if self.waits and self.met:
            self.start()
        self.over()


@settings(max_examples=400, deadline=None)
@given(
    st.lists(CONDITIONS, min_size=1, max_size=3),
    st.sampled_from(["plain", "pulse", "trigger", "pulse trigger"]),
    st.booleans(),
    st.sampled_from([0, 1, 5]),
    st.sampled_from([0, 3]),
    STEPS,
)
def test_any_order_of_events(conditions: list[Any], form: str, fixed: bool, wait: int, linger: int, steps: list[Any]) -> None:
    fixed = fixed or form == "pulse"
    every = [*([WRONG] if "pulse" in form else []), *conditions]
    made = rule(*every, fixed=fixed, wait=wait, trigger="trigger" in form and len(every) > 1)
    bench, model = Bench(linger=linger), Model(made, linger)
    bench.rules(made)
    for what, number, active in steps:
        match what:
            case "input":
                bench.input(number, active)
                model.inputs[number] = active
                model.look(False)
            case "gone":
                bench.input(number, False, Operation.DELETED)
                model.inputs.pop(number, None)
                model.look(False)
            case "pulse":
                bench.pulse()
                model.look(True)
            case "wait":
                bench.wait(number)
                for _ in range(number):
                    model.second()
        assert bench.said == model.said
        assert bench.engine.active(1) == (model.met or model.doing)
    bench.rules()
    assert not bench.said or bench.said[-1] == ("+1" if fixed and not linger else "-1")
    assert not bench.engine.active(1)


def test_failures_of_rules_are_moments_like_others() -> None:
    bench = Bench()
    bench.rules(rule({"topic": ACTION_FAILED.path, "where": {"rule": 7}}, fixed=True))
    assert bench.pulse(ACTION_FAILED, rule=6, name="x", description="y") == []
    assert bench.pulse(ACTION_FAILED, rule=7, name="x", description="y") == ["+1"]
