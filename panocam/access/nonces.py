"""Digest nonces without memory for strangers: a nonce carries its own birth time and proof that we made it.

nonce = time (16 hex) + random (16 hex) + truncated HMAC-SHA256 of both (32 hex) under a key that lives as long as the process. So a
flood of challenges costs no memory. Only when a response was right is its nonce count remembered: each count of a nonce may be used
once, in any order within a window, because clients send requests in parallel.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from panocam.clock import NS, Clock

WINDOW = 1024
MAX_REMEMBERED = 8192


@dataclass
class _Used:
    highest: int = 0
    mask: int = 0  # bit k: count (highest - k) was used


class Nonces:
    """Makes nonces, knows their age, and lets each count of one be used once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._used: OrderedDict[str, _Used] = OrderedDict()
        self._floor_ns = -1  # nonces as old as one whose counts were forgotten are stale

    def make(self) -> str:
        head = f"{self._clock.monotonic_ns():016x}{secrets.token_hex(8)}"
        return head + self._proof(head)

    def fresh(self, nonce: str, lifetime_s: float) -> bool:
        """Whether we made it, not longer than ``lifetime_s`` ago."""
        born = self._born(nonce)
        return born is not None and born > self._floor_ns and self._clock.monotonic_ns() - born <= lifetime_s * NS

    def use(self, nonce: str, count: int) -> bool:
        """Use up one count of a fresh nonce; False if it was used before or is too far behind."""
        used = self._used.get(nonce)
        if used is None:
            used = self._used[nonce] = _Used()
            self._trim()
        self._used.move_to_end(nonce)
        if count > used.highest:
            used.mask = ((used.mask << min(count - used.highest, WINDOW)) | 1) & ((1 << WINDOW) - 1)
            used.highest = count
            return True
        bit = 1 << (used.highest - count) if used.highest - count < WINDOW else 0
        if count <= 0 or not bit or used.mask & bit:
            return False
        used.mask |= bit
        return True

    def _trim(self) -> None:
        while len(self._used) > MAX_REMEMBERED:
            forgotten, _ = self._used.popitem(last=False)
            self._floor_ns = max(self._floor_ns, self._born(forgotten) or 0)

    def _born(self, nonce: str) -> int | None:
        head, proof = nonce[:32], nonce[32:]
        if len(nonce) != 64 or not nonce.isascii() or not hmac.compare_digest(self._proof(head), proof):
            return None
        return int(head[:16], 16)

    def _proof(self, head: str) -> str:
        return hmac.digest(self._key, head.encode(), "sha256").hex()[:32]
