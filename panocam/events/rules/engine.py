"""Which rules begin and end, told by events and the time. Knows nothing of what they do, and waits for nothing itself.

Theory. A *condition* of a stateful topic holds while an instance that its ``where`` picks is in that state; inverted, while instances are
known that it picks and none is. What is not known at all is neither. A condition of a pulse holds for the moment of one event.

A rule is *met* while all its conditions hold, or for that moment if one is a pulse. With ``trigger`` the first condition only starts it:
it becomes met when that one begins to hold (or comes) while the others hold, and stays met while they do.

When a rule becomes met it *starts*, unless its last start is too near (``wait``; or ``OFTEN`` starts in ``WITHIN_NS``, which tames rules
that start themselves). Then it starts when the wait is over, if it is still met; a moment (and a trigger) is passed over. What it does
*lasts*: a while-active action until the rule is no longer met, and ``linger`` longer; a fixed action for ``linger`` from its last start.
Starting anew meanwhile makes it last anew.

Every call is told the time and returns what now begins and ends, in order. ``due_ns`` says when to call ``tick``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from panocam.clock import NS
from panocam.events.event import Event, Operation
from panocam.events.topics import TOPICS, Topic, Value
from panocam.settings.rules import Condition, Rule

OFTEN = 100
WITHIN_NS = 10 * NS


class Turn(Enum):
    """What happens with a rule: its action begins (also anew), it is no longer met, its action ends, it starts too often."""

    BEGIN = auto()
    END = auto()
    TOO_OFTEN = auto()


@dataclass(frozen=True)
class Decision:
    """``cause`` is the event that made it, None for the time or a change of the rules."""

    turn: Turn
    rule: Rule
    cause: Event | None = None


@dataclass(frozen=True)
class Lasting:
    """How an action lasts; see the theory. ``fixed`` with a ``linger_ns`` of 0 is over at once."""

    fixed: bool
    linger_ns: int = 0


@dataclass
class _Watch:
    """A rule that is on. ``held``: its stateful conditions of late; ``until_ns``: when a lasting action ends, None while that is open."""

    rule: Rule
    topics: tuple[Topic | None, ...]
    lasting: Lasting
    held: list[bool] = field(default_factory=list)
    met: bool = False
    pending: bool = False
    performing: bool = False
    until_ns: int | None = None
    starts: deque[int] = field(default_factory=lambda: deque(maxlen=OFTEN))
    hushed: bool = False

    def rest_ns(self, now_ns: int) -> int:
        """Until when it may not start."""
        wait = self.starts[-1] + self.rule.wait * NS if self.starts else now_ns
        return max(wait, self.starts[0] + WITHIN_NS) if len(self.starts) == OFTEN else wait

    def concerned(self, event: Event) -> list[int]:
        """Which conditions an event may change."""
        pairs = enumerate(zip(self.topics, self.rule.conditions, strict=True))
        return [at for at, (topic, condition) in pairs if topic is event.topic and _picks(condition.where, event.source)]

    @property
    def pulse(self) -> int | None:
        """Which condition is a moment."""
        return next((at for at, topic in enumerate(self.topics) if topic is not None and not topic.stateful), None)


class Engine:
    """``lasting(rule)`` says how a rule's action lasts. A rule with a topic that is not declared is never met."""

    def __init__(self, lasting: Callable[[Rule], Lasting]) -> None:
        self._lasting = lasting
        self._watches: dict[int, _Watch] = {}
        self._by_topic: dict[str, list[_Watch]] = {}
        self._states: dict[str, dict[tuple[Value, ...], Event]] = {}

    def active(self, rule: int) -> bool:
        """Whether a rule is met, or what it does lasts."""
        watch = self._watches.get(rule)
        return watch is not None and (watch.met or watch.performing)

    def met(self, rule: int) -> bool:
        """Whether a rule is met and no moment."""
        watch = self._watches.get(rule)
        return watch is not None and watch.met

    def set_rules(self, rules: Iterable[Rule], now_ns: int) -> list[Decision]:
        """Watch these, those of them that are on. One that does other work than before ends and is looked at afresh."""
        wanted = {rule.id: rule for rule in rules if rule.enabled}
        decisions: list[Decision] = []
        for id, watch in list(self._watches.items()):
            new = wanted.get(id)
            if new is None or not new.same_work(watch.rule):
                del self._watches[id]
                if watch.performing:
                    decisions.append(Decision(Turn.END, watch.rule))
            else:
                watch.rule = new
        for id, rule in wanted.items():
            if id not in self._watches:
                watch = self._watches[id] = _Watch(rule, tuple(TOPICS.get(each.topic) for each in rule.conditions), self._lasting(rule))
                watch.held = [False] * len(rule.conditions)
                decisions += self._look(watch, range(len(rule.conditions)), None, now_ns)
        self._by_topic = {}
        for watch in self._watches.values():
            for path in {topic.path for topic in watch.topics if topic is not None}:
                self._by_topic.setdefault(path, []).append(watch)
        return decisions

    def hear(self, event: Event, now_ns: int) -> list[Decision]:
        """Something happened."""
        if event.topic.stateful:
            known = self._states.setdefault(event.topic.path, {})
            if event.operation is Operation.DELETED:
                known.pop(event.identity[1], None)
            else:
                known[event.identity[1]] = event
        decisions: list[Decision] = []
        for watch in self._by_topic.get(event.topic.path, ()):
            if concerned := watch.concerned(event):
                decisions += self._look(watch, concerned, event, now_ns)
        return decisions

    def tick(self, now_ns: int) -> list[Decision]:
        """Do what is due."""
        decisions: list[Decision] = []
        for watch in self._watches.values():
            if watch.pending and now_ns >= watch.rest_ns(now_ns):
                decisions += self._start(watch, None, now_ns)
            if watch.performing and watch.until_ns is not None and now_ns >= watch.until_ns:
                decisions.append(self._end(watch))
        return decisions

    def due_ns(self, now_ns: int) -> int | None:
        """When ``tick`` will have something to do."""
        waits = (watch.rest_ns(now_ns) for watch in self._watches.values() if watch.pending)
        ends = (watch.until_ns for watch in self._watches.values() if watch.performing and watch.until_ns is not None)
        return min((*waits, *ends), default=None)

    # --- inside

    def _look(self, watch: _Watch, concerned: Iterable[int], event: Event | None, now_ns: int) -> list[Decision]:
        """Judge a rule anew, of whose conditions some may have changed."""
        before, watch.held = watch.held, list(watch.held)
        for at in concerned:
            watch.held[at] = self._so(watch.rule.conditions[at], watch.topics[at], event)
        if watch.rule.trigger:
            others = all(watch.held[1:])
            comes = watch.held[0] and not before[0]
            met = others and (watch.met or comes)
        else:
            met = all(watch.held)
        if (moment := watch.pulse) is not None:
            watch.held[moment] = False  # the moment is over
            if met and not watch.rule.trigger:
                return self._start(watch, event, now_ns)
        if met == watch.met:
            return []
        watch.met = met
        return self._start(watch, event, now_ns) if met else self._leave(watch, now_ns)

    def _so(self, condition: Condition, topic: Topic | None, event: Event | None) -> bool:
        if topic is None:
            return False
        if not topic.stateful:
            return event is not None and _fits(condition.where, {**event.source, **event.data})
        picked = self._picked(condition.where, topic)
        so = any(each.state and _picks(condition.where, each.data) for each in picked)
        return bool(picked) and not so if condition.inverted else so

    def _picked(self, where: Mapping[str, Value], topic: Topic) -> list[Event]:
        """The instances that are known of a topic and that ``where`` is about."""
        known = self._states.get(topic.path, {})
        if all(item.name in where for item in topic.key):
            one = known.get(tuple(where[item.name] for item in topic.key))
            return [] if one is None else [one]
        return [event for event in known.values() if _picks(where, event.source)]

    def _start(self, watch: _Watch, cause: Event | None, now_ns: int) -> list[Decision]:
        watch.pending = False
        if now_ns < watch.rest_ns(now_ns):
            watch.pending = watch.met and watch.pulse is None and not watch.rule.trigger
            watch.met = watch.pending
            return self._too_often(watch, cause, now_ns)
        watch.starts.append(now_ns)
        watch.hushed = False
        lasting = watch.lasting
        watch.performing = not lasting.fixed or lasting.linger_ns > 0
        momentary = watch.pulse is not None and not watch.rule.trigger
        watch.until_ns = now_ns + lasting.linger_ns if lasting.fixed or momentary else None
        return [Decision(Turn.BEGIN, watch.rule, cause)]

    def _too_often(self, watch: _Watch, cause: Event | None, now_ns: int) -> list[Decision]:
        flood = len(watch.starts) == OFTEN and now_ns < watch.starts[0] + WITHIN_NS
        if not flood or watch.hushed:
            return []
        watch.hushed = True
        return [Decision(Turn.TOO_OFTEN, watch.rule, cause)]

    def _leave(self, watch: _Watch, now_ns: int) -> list[Decision]:
        watch.pending = False
        if not watch.performing or watch.lasting.fixed:
            return []
        if watch.lasting.linger_ns > 0:
            watch.until_ns = now_ns + watch.lasting.linger_ns
            return []
        return [self._end(watch)]

    def _end(self, watch: _Watch) -> Decision:
        watch.performing, watch.until_ns = False, None
        return Decision(Turn.END, watch.rule)


def _picks(where: Mapping[str, Value], items: Mapping[str, Value]) -> bool:
    """Whether those of ``items`` that ``where`` names are as it says."""
    return all(items[name] == value for name, value in where.items() if name in items)


def _fits(where: Mapping[str, Value], items: Mapping[str, Value]) -> bool:
    return all(name in items and items[name] == value for name, value in where.items())
