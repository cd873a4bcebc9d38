"""What rules hold, and give back: any order of rules and people, a program that is killed, performers that fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panocam.app.performers.held import Held
from panocam.app.performers.ledger import Entry, Ledger
from panocam.clock import ManualClock
from panocam.errors import Busy, NotFound
from panocam.events.bus import Bus
from panocam.events.event import Event
from panocam.events.rules.runner import LANE, Job, RuleRunner
from panocam.events.topics import ACTION_FAILED, AUTHENTICATION_FAILED, VIRTUAL_INPUT
from panocam.settings import DataFolder
from panocam.settings.rules import Rule


class Shelf:
    """Things with a state; a thing that is not on the shelf cannot be changed."""

    def __init__(self, lasting: str = "shelf") -> None:
        self.lasting = lasting
        self.things: dict[str, int] = {"a": 0, "b": 0}

    def thing(self, job: Job) -> str:
        if job.values["thing"] not in self.things:
            raise NotFound("it is gone")
        return str(job.values["thing"])

    def state(self, thing: str) -> int | None:
        return self.things.get(thing)

    def plan(self, job: Job) -> int:
        return int(job.values["value"])

    async def make(self, thing: str, job: Job) -> int:
        if self.plan(job) < 0:
            raise Busy("not now")
        self.things[thing] = self.plan(job)
        return self.plan(job)

    async def restore(self, thing: str, entry: Entry, job: Job | None) -> None:
        self.things[thing] = entry.before


def job(rule: int, value: int, thing: str = "a") -> Job:
    return Job(rule, f"R{rule}", "x.active", {"thing": thing, "value": value})


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(DataFolder(tmp_path), ManualClock())


async def test_the_last_rule_counts_and_the_last_end_gives_back(ledger: Ledger) -> None:
    shelf = Shelf()
    held = Held(shelf, ledger)
    await held.begin(job(1, 11))
    await held.begin(job(2, 22))
    await held.end(job(1, 11))
    assert shelf.things == {"a": 22, "b": 0}
    await held.begin(job(3, 33))
    await held.end(job(3, 33))
    assert shelf.things["a"] == 22
    await held.end(job(2, 22))
    assert (shelf.things["a"], ledger.entries) == (0, {})


async def test_what_cannot_be_had_changes_nothing(ledger: Ledger) -> None:
    shelf = Shelf()
    held = Held(shelf, ledger)
    with pytest.raises(Busy):
        await held.begin(job(1, -1))
    with pytest.raises(NotFound):
        await held.begin(job(1, 5, "c"))
    await held.end(job(1, -1))
    assert (shelf.things["a"], ledger.entries) == (0, {})
    await held.begin(job(2, 5))
    with pytest.raises(Busy):
        await held.begin(job(1, -1))
    await held.end(job(2, 5))
    assert (shelf.things["a"], ledger.entries) == (0, {})


ACTS = st.lists(
    st.tuples(st.sampled_from(["begin", "begin", "end", "end", "person"]), st.integers(1, 3), st.sampled_from("ab"), st.integers(1, 4)),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(ACTS)
async def test_any_order_of_rules_and_people(tmp_path_factory: pytest.TempPathFactory, acts: list[Any]) -> None:
    """Each thing has a pile of rules. A person's word stands until a rule starts on it; only the top of a pile shows."""
    shelf, folder = Shelf(), DataFolder(tmp_path_factory.mktemp("any"))
    held = Held(shelf, Ledger(folder, ManualClock()))
    at: dict[int, str] = {}
    piles: dict[str, list[tuple[int, int]]] = {"a": [], "b": []}
    expected, before, ours = {"a": 0, "b": 0}, {"a": 0, "b": 0}, {"a": 0, "b": 0}
    for what, rule, thing, value in acts:
        if what == "person":
            shelf.things[thing] = expected[thing] = value + 10
        elif what == "begin" and at.get(rule, thing) == thing:
            if not piles[thing] or expected[thing] != ours[thing]:
                before[thing] = expected[thing]
            piles[thing] = [*(each for each in piles[thing] if each[0] != rule), (rule, value)]
            at[rule], expected[thing], ours[thing] = thing, value, value
            await held.begin(job(rule, value, thing))
        elif what == "end" and rule in at:
            thing = at.pop(rule)
            top, piles[thing] = piles[thing][-1][0] == rule, [each for each in piles[thing] if each[0] != rule]
            if top and expected[thing] == ours[thing]:
                expected[thing] = ours[thing] = piles[thing][-1][1] if piles[thing] else before[thing]
            await held.end(job(rule, 0, thing))
        assert shelf.things == expected
    undone = Held(shelf, Ledger(folder, ManualClock()))  # killed here, and started again
    await undone.settle()
    assert shelf.things == {
        thing: before[thing] if piles[thing] and expected[thing] == ours[thing] else expected[thing] for thing in ("a", "b")
    }
    assert Ledger(folder, ManualClock()).entries == {}


async def test_a_rule_that_starts_again_after_a_power_cut_still_knows_how_it_was(tmp_path: Path) -> None:
    shelf, folder = Shelf(), DataFolder(tmp_path)
    await Held(shelf, Ledger(folder, ManualClock())).begin(job(1, 7))
    again = Held(shelf, Ledger(folder, ManualClock()))
    await again.begin(job(1, 7))
    await again.settle()
    assert shelf.things["a"] == 7
    await again.end(job(1, 7))
    assert shelf.things["a"] == 0


async def test_a_damaged_ledger_is_no_reason_not_to_start(tmp_path: Path) -> None:
    for content in ("{", '{"schema": 1, "sha256": "", "body": {}}', "[]"):
        (DataFolder(tmp_path).folder("rules") / "undo.json").write_text(content)
        assert Ledger(DataFolder(tmp_path), ManualClock()).entries == {}


# --- the runner


class Doing:
    """Notes what it is told; ``act`` is called each time."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fail: Exception | None = None

    async def begin(self, job: Job) -> None:
        await self._do(f"+{job.rule}")

    async def end(self, job: Job) -> None:
        await self._do(f"-{job.rule}")

    async def _do(self, what: str) -> None:
        await self.gate.wait()
        self.done.append(what)
        if self.fail is not None:
            raise self.fail


class Stage:
    """Rules over a bus, with one performer for two kinds of actions."""

    def __init__(self) -> None:
        self.clock = ManualClock(monotonic_ns=10**12)
        self.bus, self.doing = Bus(self.clock), Doing()
        self.runner = RuleRunner(self.clock, self.bus, dict.fromkeys(("wdr.active", "tour.fixed", "record.active"), self.doing))
        self.failures: list[Event] = []
        self.bus.subscribe(self.failures.append, ACTION_FAILED.path)

    def rules(self, *rules: dict[str, Any]) -> None:
        self.runner.set_rules([Rule.model_validate({"id": n, "name": f"R{n}", **each}) for n, each in enumerate(rules, 1)])

    def input(self, active: bool) -> None:
        self.bus.emit(VIRTUAL_INPUT, {"port": 1}, active=active)

    def pulse(self) -> None:
        self.bus.emit(AUTHENTICATION_FAILED, peer="p", account="a", protocol="http")

    async def said(self) -> list[str]:
        await self.runner.settled()
        said, self.doing.done = self.doing.done, []
        return said


LASTS = {"conditions": [{"topic": VIRTUAL_INPUT.path}], "action": {"kind": "wdr.active"}}
ONCE = {"conditions": [{"topic": AUTHENTICATION_FAILED.path}], "action": {"kind": "tour.fixed", "parameters": {"tour": 1}}}
FAILED = {"conditions": [{"topic": ACTION_FAILED.path}], "action": {"kind": "tour.fixed", "parameters": {"tour": 1}}}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    async with made.runner:
        yield made


@pytest.mark.feature("EVT-01")
async def test_what_a_rule_begins_it_ends_in_order_and_at_the_end_of_the_camera() -> None:
    stage = Stage()
    async with stage.runner:
        stage.rules(LASTS)
        stage.doing.gate.clear()
        for active in (True, False, True, False, True):
            stage.input(active)
        stage.doing.gate.set()
        assert await stage.said() == ["+1", "-1", "+1", "-1", "+1"]
        assert (stage.runner.active(1), stage.runner.report(1).starts) == (True, 3)
    assert stage.doing.done == ["-1"]


async def test_a_failure_is_told_and_no_other_rule_notices(stage: Stage) -> None:
    stage.rules(LASTS, {**LASTS, "action": {"kind": "tour.fixed"}}, {**LASTS, "action": {"kind": "gone.active"}})
    stage.input(True)
    assert await stage.said() == ["+1"]
    assert [(event.data["rule"], event.data["name"]) for event in stage.failures] == [(2, "R2"), (3, "R3")]
    assert stage.runner.report(1).fault is None
    assert "needs it" in (stage.runner.report(2).fault or "")
    assert "use one of" in (stage.runner.report(3).fault or "")
    stage.doing.fail = RuntimeError("a fault of ours")
    stage.rules(LASTS)
    stage.input(False)
    assert await stage.said() == ["-1"]
    assert "unexpected" in (stage.runner.report(1).fault or "")
    stage.doing.fail = None
    stage.input(True)
    assert await stage.said() == ["+1"]
    assert stage.runner.report(1).fault is None


async def test_failing_rules_do_not_start_each_other_for_ever(stage: Stage) -> None:
    stage.rules(ONCE, FAILED, FAILED)
    stage.doing.fail = Busy("not now")
    stage.pulse()
    assert sorted(await stage.said()) == ["+1", "+2", "+3"]
    assert [event.data["rule"] for event in stage.failures] == [1]


async def test_what_fails_after_it_was_begun_is_the_rules_fault_and_starts_no_rules_for_ever(stage: Stage) -> None:
    jobs: list[Job] = []

    class Sends:
        async def begin(self, job: Job) -> None:
            jobs.append(job)
            asyncio.get_running_loop().call_soon(stage.runner.heard, job, "it did not get through")

        async def end(self, job: Job) -> None:
            """Nothing lasts."""

    sends = Sends()
    stage.runner._performers = {"tour.fixed": sends}
    stage.rules(ONCE, FAILED, FAILED)
    stage.pulse()
    for _ in range(20):
        await stage.said()
        await asyncio.sleep(0)
    assert sorted(job.rule for job in jobs) == [1, 2, 3]
    assert [event.data["description"] for event in stage.failures] == ["it did not get through"]
    assert [stage.runner.report(number).fault for number in (1, 2, 3)] == ["it did not get through"] * 3
    stage.runner.heard(jobs[0], None)
    assert stage.runner.report(1).fault is None
    stage.runner.heard(Job(9, "R9", "tour.fixed", {}), "nobody has that rule")
    assert stage.runner.report(9).fault is None


async def test_what_should_last_is_tried_again_while_the_rule_is_met(stage: Stage) -> None:
    stage.rules(LASTS, {**LASTS, "action": ONCE["action"]})
    stage.doing.fail = Busy("not now")
    stage.input(True)
    assert await stage.said() == ["+1", "+2"]
    for wait in (5, 10, 20, 40, 60, 60):
        stage.clock.advance(wait - 1)
        stage.runner.tick()
        assert await stage.said() == []
        stage.clock.advance(1)
        stage.runner.tick()
        assert await stage.said() == ["+1"]  # what happens once is over
    assert (len(stage.failures), stage.runner.report(1).starts, stage.runner.report(1).fault) == (2, 1, "not now")
    stage.doing.fail = None
    stage.clock.advance(60)
    stage.runner.tick()
    assert (await stage.said(), stage.runner.report(1).fault, stage.runner.tick()) == (["+1"], None, None)
    stage.doing.fail = Busy("not now")
    for active in (False, True, False):
        stage.input(active)
    assert [each for each in await stage.said() if each.endswith("1")] == ["-1", "+1", "-1"]
    assert stage.runner.tick() is None


async def test_nothing_is_tried_again_once_the_rule_is_over(stage: Stage) -> None:
    """Though the end of what did not begin is still to come."""
    stage.rules({**LASTS, "action": {"kind": "record.active", "parameters": {"post": 60}}})
    stage.doing.fail = Busy("not now")
    stage.input(True)
    stage.input(False)
    assert await stage.said() == ["+1"]
    stage.doing.fail = None
    for _ in range(7):
        stage.clock.advance(10)
        stage.runner.tick()
    assert await stage.said() == ["-1"]


async def test_starts_that_wait_for_a_slow_performer_are_bounded(stage: Stage) -> None:
    stage.rules(ONCE)
    stage.doing.gate.clear()
    for _ in range(LANE + 5):
        stage.pulse()
    stage.doing.gate.set()
    assert len(await stage.said()) == LANE
    assert "waiting already" in stage.failures[0].data["description"]


async def test_a_rule_that_changes_its_own_condition_rests(stage: Stage) -> None:
    stage.rules(LASTS)
    for _ in range(101):
        stage.input(True)
        stage.input(False)
        await stage.runner.settled()
    assert stage.runner.report(1).starts == 100
    (event,) = stage.failures
    assert "starts too often" in event.data["description"]


async def test_what_waits_starts_by_itself(stage: Stage) -> None:
    stage.rules({**LASTS, "wait": 60})
    for active in (True, False, True):
        stage.input(active)
    assert await stage.said() == ["+1", "-1"]
    stage.clock.advance(59)
    stage.runner.tick()
    assert await stage.said() == []
    stage.clock.advance(1)
    stage.runner.tick()
    assert await stage.said() == ["+1"]
