"""The control queue of one view area: one user at a time moves it, the others wait by the priority of their group.

Theory. Who moves an area that nobody controls gets control. A user of a higher priority takes it from one of a lower; the others are told
their place. Control ends when it is given back, or by the group's rule: after a time, after a time without a move, or never. Then the first
of the queue (by priority, then by arrival) has it. Who waits and does not ask for his place within the poll time is taken for gone.
Pure: every call is told the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from panocam.clock import NS
from panocam.errors import Busy
from panocam.ptz.mover import Mover
from panocam.settings.ptz import Ptz


@dataclass(frozen=True)
class Hold:
    """Who has control, since when, and when he moved last."""

    who: Mover
    since_ns: int
    last_ns: int


@dataclass(frozen=True)
class Wait:
    """One who waits, since when, and when he asked last."""

    who: Mover
    since_ns: int
    asked_ns: int


class ControlQueue:
    """``rules()`` gives the settings of the moment."""

    def __init__(self, rules: Callable[[], Ptz]) -> None:
        self._rules = rules
        self._hold: Hold | None = None
        self._waiting: dict[str, Wait] = {}

    def holder(self, now_ns: int) -> Mover | None:
        """Who has control now."""
        self._settle(now_ns)
        return None if self._hold is None else self._hold.who

    def waiting(self, now_ns: int) -> tuple[Mover, ...]:
        """Who waits, the next one first."""
        self._settle(now_ns)
        return tuple(wait.who for wait in self._order())

    def place(self, who: Mover, now_ns: int) -> int | None:
        """0 for the one in control, 1.. for those who wait (asking keeps the place), None for others."""
        self._settle(now_ns)
        if self._hold is not None and self._hold.who.key == who.key:
            return 0
        if who.key not in self._waiting:
            return None
        self._waiting[who.key] = Wait(who, self._waiting[who.key].since_ns, now_ns)
        return [wait.who.key for wait in self._order()].index(who.key) + 1

    def ask(self, who: Mover, now_ns: int) -> int:
        """Enter the queue, or take control if it is free or held by a lower priority. Returns the place. Raises Busy when it is full."""
        self._settle(now_ns)
        hold = self._hold
        if hold is not None and hold.who.key == who.key:
            return 0
        if hold is None or self._priority(who) < self._priority(hold.who):
            self._give(who, now_ns)
            return 0
        if who.key not in self._waiting and len(self._waiting) >= self._rules().queue_users:
            raise Busy(f"{len(self._waiting)} users wait for this view area already, which is as many as may", 10.0)
        since = self._waiting[who.key].since_ns if who.key in self._waiting else now_ns
        self._waiting[who.key] = Wait(who, since, now_ns)
        return self.place(who, now_ns) or 1

    def request(self, who: Mover, now_ns: int) -> int:
        """As ``ask``; who has control already, and keeps nobody waiting, has it for as long as if it had just been given."""
        place = self.ask(who, now_ns)
        if not place and not self._waiting:
            self._give(who, now_ns)
        return place

    def seconds(self, who: Mover, now_ns: int) -> int | None:
        """How long the one in control keeps it, or another waits for it, if those before him do nothing; None: without end."""
        place = self.place(who, now_ns)
        if self._hold is None or place is None or (end := self._end(self._hold)) is None:
            return None
        before = [self._rules().group(wait.who.group) for wait in self._order()[: max(place - 1, 0)]]
        if any(group.ends == "never" for group in before):
            return None
        return -((now_ns - end) // NS) + sum(group.timeout for group in before)

    def act(self, who: Mover, now_ns: int) -> None:
        """``who`` moves the area. Raises Busy (and he waits from then on) while somebody else controls it."""
        place = self.ask(who, now_ns)
        hold = self._hold
        if place and hold is not None:
            raise Busy(f"{hold.who.name} ({hold.who.group}) controls this view area; you are number {place} in the queue", 1.0)
        self._hold = Hold(who, hold.since_ns if hold is not None else now_ns, now_ns)

    def release(self, who: Mover) -> None:
        """Give control or the place back."""
        self._waiting.pop(who.key, None)
        if self._hold is not None and self._hold.who.key == who.key:
            self._hold = None

    def clear(self) -> None:
        """Nobody has control, nobody waits: the queue was switched off."""
        self._hold = None
        self._waiting.clear()

    def due_ns(self) -> int | None:
        """When something may change by itself."""
        poll = self._rules().queue_poll * NS
        ends = [wait.asked_ns + poll for wait in self._waiting.values()]
        if self._hold is not None and (end := self._end(self._hold)) is not None:
            ends.append(end)
        return min(ends, default=None)

    def _settle(self, now_ns: int) -> None:
        poll = self._rules().queue_poll * NS
        self._waiting = {key: wait for key, wait in self._waiting.items() if now_ns < wait.asked_ns + poll}
        if self._hold is not None and (end := self._end(self._hold)) is not None and now_ns >= end:
            self._hold = None
        if self._hold is None and self._waiting:
            self._give(self._order()[0].who, now_ns)

    def _give(self, who: Mover, now_ns: int) -> None:
        self._waiting.pop(who.key, None)
        self._hold = Hold(who, now_ns, now_ns)

    def _end(self, hold: Hold) -> int | None:
        group = self._rules().group(hold.who.group)
        if group.ends == "never":
            return None
        return (hold.since_ns if group.ends == "after a time" else hold.last_ns) + group.timeout * NS

    def _order(self) -> list[Wait]:
        return sorted(self._waiting.values(), key=lambda wait: (self._priority(wait.who), wait.since_ns))

    def _priority(self, who: Mover) -> int:
        return self._rules().group(who.group).priority
