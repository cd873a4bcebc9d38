"""The crossing into a thread: a place for one value, where a newer one replaces an older one that nobody took yet."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestSlot(Generic[T]):
    """Bounded to one value. Any thread may put, any thread may take; nobody ever waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: T | None = None
        self.dropped = 0

    @property
    def full(self) -> bool:
        """Whether a value waits to be taken."""
        return self._value is not None

    def put(self, value: T) -> bool:
        """Store ``value``. True if the slot was empty, so the taker must be told; False if an untaken value was replaced."""
        with self._lock:
            empty = self._value is None
            self._value = value
            self.dropped += not empty
            return empty

    def take(self) -> T | None:
        """The newest value, once; None if there is none."""
        with self._lock:
            value, self._value = self._value, None
            return value
