"""The access log's own bookkeeping: the same request again and again is one line and, a minute later, one more with a count.

A client that fetches a still picture every second would else fill the log within a day, and hide who came by once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from panocam.clock import NS, Clock
from panocam.journal.discretion import shown_target
from panocam.journal.entry import Level
from panocam.journal.journal import Journal, Which

AGAIN_S = 60
REMEMBERED = 500
"""Different requests that are told apart at a time."""


@dataclass(frozen=True)
class Asked:
    """One request and what came of it; ``account`` is empty for somebody without one. ``session``: a web page that has logged in."""

    peer: str
    account: str
    protocol: str
    method: str
    target: str
    status: int
    session: bool = False


@dataclass
class _Times:
    since_ns: int
    again: int = 0


class AccessLog:
    """``heard`` is called with every request; ``on_success`` hears of those by somebody with an account that went well."""

    def __init__(self, journal: Journal, clock: Clock, on_success: Callable[[Asked], None] = lambda asked: None) -> None:
        self._journal, self._clock, self.on_success = journal, clock, on_success
        self._recent: OrderedDict[Asked, _Times] = OrderedDict()
        self._lock = threading.Lock()
        journal.before_reading(self.settle)

    def heard(self, asked: Asked) -> None:
        """Note a request."""
        asked = replace(asked, target=shown_target(asked.target), method=asked.method[:20])
        if asked.account and asked.status < 400:
            self.on_success(asked)
        now = self._clock.monotonic_ns()
        due: list[tuple[Asked, _Times]] = []
        with self._lock:
            while self._recent and (len(self._recent) > REMEMBERED or now - next(iter(self._recent.values())).since_ns > AGAIN_S * NS):
                due.append(self._recent.popitem(last=False))
            known = self._recent.get(asked)
            if known is None:
                self._recent[asked] = _Times(now)
            else:
                known.again += 1
        for old, times in due:
            self._repeat(old, times)
        if known is None:
            self._write(asked, "", 1)

    def settle(self) -> None:
        """Write down the counts so far."""
        with self._lock:
            due = [(asked, _Times(times.since_ns, times.again)) for asked, times in self._recent.items() if times.again]
            for asked, _ in due:
                self._recent[asked].again = 0
        for asked, times in due:
            self._repeat(asked, times)

    def _repeat(self, asked: Asked, times: _Times) -> None:
        if times.again:
            self._write(asked, f", {times.again} more times" if times.again > 1 else ", once more", times.again)

    def _write(self, asked: Asked, more: str, times: int) -> None:
        account = asked.account or "-"
        level = Level.ERROR if asked.status >= 500 else Level.WARNING if asked.status >= 400 and asked.status != 401 else Level.INFO
        self._journal.write(
            Which.ACCESS,
            level,
            asked.protocol,
            f"{asked.peer} {account} {asked.method} {asked.target} {asked.status}{more}",
            peer=asked.peer,
            account=account,
            method=asked.method,
            target=asked.target,
            status=str(asked.status),
            times=str(times),
        )
