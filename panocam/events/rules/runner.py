"""Keeps rules going: hears the bus, tells the engine the time, and has performers do what it decides.

Each rule has a lane of its own: what it begins and ends happens in order, and no rule waits for another. A performer that fails tells so
as an event, in the log and as the rule's fault. What should last while the rule is met (a recording on a share that is away) is tried again
until it works, which is told no second time.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from panocam.clock import NS, Clock
from panocam.errors import PanocamError
from panocam.events.bus import Bus
from panocam.events.event import Event
from panocam.events.rules.actions import action_kind, lasting
from panocam.events.rules.engine import OFTEN, WITHIN_NS, Decision, Engine, Turn
from panocam.events.rules.kind import Values
from panocam.events.topics import ACTION_FAILED
from panocam.settings.role import SystemActor
from panocam.settings.rules import Rule

log = logging.getLogger(__name__)

LANE = 16
"""Beginnings that may wait in a lane; more than that are passed over."""

END_S = 5.0
RETRY_S, LONGEST_RETRY_S = 5, 60


@dataclass(frozen=True)
class Job:
    """What a performer is to do: an action of a rule, its parameters complete. ``cause`` is the event that started the rule, if one did."""

    rule: int
    name: str
    kind: str
    values: Values
    cause: Event | None = None

    @property
    def by(self) -> SystemActor:
        """As who a rule acts."""
        return SystemActor(f"rule {self.name}")


class Performer(Protocol):
    """Does one or several kinds of actions. ``begin`` comes again when a rule starts anew while its action lasts.

    Both raise PanocamError."""

    async def begin(self, job: Job) -> None: ...
    async def end(self, job: Job) -> None: ...


@dataclass
class Report:
    """How a rule is doing. ``last_ns``: wall time of its last start."""

    starts: int = 0
    last_ns: int | None = None
    fault: str | None = None


@dataclass
class _Lane:
    """``again``: a beginning that failed, and when to try it once more."""

    work: deque[Decision] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None
    again: tuple[int, Decision] | None = None
    tries: int = 0


class RuleRunner:
    """Use as ``async with``; all methods on the event loop. ``performers`` by kind of action."""

    def __init__(self, clock: Clock, bus: Bus, performers: Mapping[str, Performer]) -> None:
        self._clock, self._bus, self._performers = clock, bus, performers
        self._engine = Engine(lasting)
        self._rules: dict[int, Rule] = {}
        self._reports: dict[int, Report] = {}
        self._lanes: dict[int, _Lane] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    async def __aenter__(self) -> Self:
        self._unsubscribe = self._bus.subscribe(self._hear)
        self._task = asyncio.create_task(self._run(), name="rules")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        """What lasts while a rule is active ends."""
        self._unsubscribe()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.set_rules(())
        for late in await self.settled(END_S):
            late.cancel()

    def set_rules(self, rules: Iterable[Rule]) -> None:
        """Go by these from now on."""
        old, self._rules = self._rules, {rule.id: rule for rule in rules}
        for id, report in list(self._reports.items()):
            new = self._rules.get(id)
            if new is None:
                del self._reports[id]
            elif (was := old.get(id)) is not None and (not new.same_work(was) or new.enabled is not was.enabled):
                report.fault = None
        self._do(self._engine.set_rules(self._rules.values(), self._clock.monotonic_ns()))
        self._lanes = {
            id: lane for id, lane in self._lanes.items() if id in self._rules or lane.work or (lane.task and not lane.task.done())
        }
        self._wake.set()

    def active(self, rule: int) -> bool:
        """Whether a rule is met, or what it does lasts."""
        return self._engine.active(rule)

    def report(self, rule: int) -> Report:
        """How a rule is doing since the start of the camera."""
        return self._reports.get(rule, Report())

    def heard(self, job: Job, fault: str | None) -> None:
        """How something fares that a performer has begun and does not wait for; None: all is well."""
        rule = self._rules.get(job.rule)
        if rule is None or rule.action.kind != job.kind:
            return
        if fault is not None:
            self._failed(Decision(Turn.BEGIN, rule, job.cause), fault)
        elif rule.id in self._reports:
            self._reports[rule.id].fault = None

    async def settled(self, seconds: float | None = None) -> set[asyncio.Task[None]]:
        """Wait until everything that was decided has been done, or for so long; what is still being done then."""
        while tasks := [lane.task for lane in self._lanes.values() if lane.task is not None and not lane.task.done()]:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            if late:
                return late
        return set()

    def tick(self) -> int | None:
        """Do what is due now; returns when to come again (monotonic)."""
        now = self._clock.monotonic_ns()
        self._do(self._engine.tick(now))
        for lane in self._lanes.values():
            if lane.again is not None and not self._engine.met(lane.again[1].rule.id):
                lane.again = None
            elif lane.again is not None and now >= lane.again[0]:
                self._put(lane, lane.again[1])
        dues = (self._engine.due_ns(now), *(lane.again[0] for lane in self._lanes.values() if lane.again is not None))
        return min((due for due in dues if due is not None), default=None)

    # --- inside

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            due = self.tick()
            wait = None if due is None else max(0.0, (due - self._clock.monotonic_ns()) / NS)
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _hear(self, event: Event) -> None:
        decisions = self._engine.hear(event, self._clock.monotonic_ns())
        if event.topic is ACTION_FAILED:  # a rule does not start for its own failure
            decisions = [each for each in decisions if each.turn is Turn.END or each.rule.id != event.data["rule"]]
        self._do(decisions)
        self._wake.set()

    def _do(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            rule = decision.rule
            if decision.turn is Turn.TOO_OFTEN:
                self._failed(decision, f"starts too often: {OFTEN} times in {WITHIN_NS // NS} s; it rests until they are over")
                continue
            if decision.turn is Turn.BEGIN:
                report = self._reports.setdefault(rule.id, Report())
                report.starts, report.last_ns = report.starts + 1, self._clock.wall_ns()
            lane = self._lanes.setdefault(rule.id, _Lane())
            lane.tries = 0
            if decision.turn is Turn.BEGIN and len(lane.work) >= LANE:
                self._failed(decision, f"{LANE} starts of it are waiting already; this one is passed over")
                continue
            self._put(lane, decision)

    def _put(self, lane: _Lane, decision: Decision) -> None:
        lane.again = None
        lane.work.append(decision)
        if lane.task is None or lane.task.done():
            lane.task = asyncio.get_running_loop().create_task(self._work(lane), name=f"rule {decision.rule.id}")

    async def _work(self, lane: _Lane) -> None:
        while lane.work:
            decision = lane.work.popleft()
            begins = decision.turn is Turn.BEGIN
            rule = decision.rule
            try:
                values = action_kind(rule.action).values(rule.action.parameters)
                job = Job(rule.id, rule.name, rule.action.kind, values, decision.cause)
                performer = self._performers[job.kind]
                log.info("rule %d (%s): %s %s", rule.id, rule.name, job.kind, "begins" if begins else "ends")
                await (performer.begin(job) if begins else performer.end(job))
            except PanocamError as fault:
                self._failed(decision, str(fault), again=lane.tries > 0)
                if begins and not lane.work and self._engine.met(rule.id):
                    self._try_again(lane, decision)
            except Exception:  # a fault of ours in one action must not stop the others
                log.exception("rule %d (%s) failed", rule.id, rule.name)
                self._failed(decision, "an unexpected fault; the log has it")
            else:
                if begins and rule.id in self._reports:
                    self._reports[rule.id].fault = None

    def _try_again(self, lane: _Lane, decision: Decision) -> None:
        if not decision.rule.action.kind.endswith(".active"):
            return
        wait = min(RETRY_S * 2**lane.tries, LONGEST_RETRY_S)
        lane.tries += 1
        lane.again = self._clock.monotonic_ns() + wait * NS, decision
        self._wake.set()

    def _failed(self, decision: Decision, reason: str, *, again: bool = False) -> None:
        rule = decision.rule
        if again and self.report(rule.id).fault == reason:
            return
        log.warning("rule %d (%s): %s", rule.id, rule.name, reason)
        if rule.id in self._rules:
            self._reports.setdefault(rule.id, Report()).fault = reason
        if decision.cause is None or decision.cause.topic is not ACTION_FAILED:  # else two failing rules would start each other for ever
            self._bus.emit(ACTION_FAILED, rule=rule.id, name=rule.name, description=reason)
