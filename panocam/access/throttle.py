"""Making password guessing slow: who guesses wrong waits, and each further wrong guess doubles the wait.

Wrong tries are counted per (peer, account) and, with ten times the allowance, per peer over all accounts. Trying again while one waits is
refused without looking at the password, and costs nothing more. A right password clears the count of its (peer, account). Counts fade after
``FORGET_S`` without a wrong try. Peers of IPv6 count by their /64, which is what one subscriber gets.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from panocam.clock import NS, Clock
from panocam.errors import Busy, NotFound
from panocam.settings.system import Access

FORGET_S = 900
MAX_ENTRIES = 4096
PEER_ALLOWANCE = 10
MAX_NAME = 32
EVERYBODY = "*"


class TooManyAttempts(Busy):
    """Too many wrong passwords; ``retry_after`` seconds must pass first."""


@dataclass(frozen=True)
class Waiting:
    """What the throttle knows of one guesser, for people to see. ``account`` is ``*`` for the count over all accounts."""

    peer: str
    account: str
    wrong_tries: int
    wait_s: float

    @property
    def id(self) -> str:
        """By which ``forgive`` knows it; says nothing of the account, whose name may be a password in the wrong field."""
        return hashlib.sha256(f"{self.peer}\0{self.account}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass
class _Count:
    wrong: int
    last_ns: int
    until_ns: int


class Throttle:
    """Counts in memory; nothing here survives a restart."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()

    def check(self, peer: str, account: str, rules: Access) -> None:
        """Raises TooManyAttempts while this peer has to wait."""
        if not rules.throttle:
            return
        now, who = self._clock.monotonic_ns(), network(peer)
        for key in ((who, account[:MAX_NAME]), (who, EVERYBODY)):
            count = self._counts.get(key)
            if count is not None and count.until_ns > now:
                seconds = (count.until_ns - now) / NS
                raise TooManyAttempts(f"too many wrong passwords; try again in {seconds:.0f} s", retry_after=seconds)

    def failed(self, peer: str, account: str, rules: Access) -> tuple[Waiting, ...]:
        """Note a wrong password. Returns who has to wait from now on and did not before."""
        if not rules.throttle:
            return ()
        who = network(peer)
        counts = (
            self._count((who, account[:MAX_NAME]), rules.throttle_attempts, rules.throttle_max_delay),
            self._count((who, EVERYBODY), rules.throttle_attempts * PEER_ALLOWANCE, rules.throttle_max_delay),
        )
        return tuple(began for began in counts if began is not None)

    def succeeded(self, peer: str, account: str) -> None:
        """Note a right password."""
        self._counts.pop((network(peer), account[:MAX_NAME]), None)

    def waiting(self) -> tuple[Waiting, ...]:
        """Everybody with wrong tries that are not forgotten yet, longest wait first."""
        now = self._clock.monotonic_ns()
        rows = [
            Waiting(peer, account, count.wrong, max(0.0, (count.until_ns - now) / NS))
            for (peer, account), count in self._counts.items()
            if now - count.last_ns < FORGET_S * NS
        ]
        return tuple(sorted(rows, key=lambda row: -row.wait_s))

    def forgive(self, identifier: str | None = None) -> None:
        """Forget one guesser's wrong tries, or all. Raises NotFound for one that is not there."""
        if identifier is None:
            self._counts.clear()
            return
        found = next((row for row in self.waiting() if row.id == identifier), None)
        if found is None:
            raise NotFound("nobody waits under that number; the time may be over")
        del self._counts[found.peer, found.account]

    def _count(self, key: tuple[str, str], free: int, max_delay_s: int) -> Waiting | None:
        now = self._clock.monotonic_ns()
        count = self._counts.pop(key, None)
        if count is None or now - count.last_ns >= FORGET_S * NS:
            count = _Count(0, now, 0)
        count.wrong += 1
        count.last_ns = now
        if count.wrong >= free:
            count.until_ns = now + NS * min(max_delay_s, 2 ** min(count.wrong - free, 20))
        self._counts[key] = count
        while len(self._counts) > MAX_ENTRIES:
            self._counts.popitem(last=False)
        return Waiting(*key, count.wrong, (count.until_ns - now) / NS) if count.wrong == free else None


def network(peer: str) -> str:
    """What an address counts as: itself, or the /64 of an IPv6 one."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return peer[:64]
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
