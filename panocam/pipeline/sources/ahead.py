"""Works ahead of whoever takes: items are made on a thread of their own and wait, a few at most, until they are wanted."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, Self, TypeVar

from panocam.pipeline.workers import spawn

T = TypeVar("T")

CLOSE_S = 3.0


class Ahead(Generic[T]):
    """Iterates over ``items`` with up to ``bound`` of them made beforehand. What ``items`` raises comes out where it would have come.

    ``close`` ends both sides, and ``items`` is closed by the thread that ran it.
    """

    def __init__(self, items: Iterator[T], bound: int) -> None:
        self._items, self._bound = items, bound
        self._ready: deque[T] = deque()
        self._changed = threading.Condition()
        self._done = False
        self._error: Exception | None = None
        self._thread = spawn("ahead", self._work, background=True)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._done)
            if self._ready:
                self._changed.notify_all()
                return self._ready.popleft()
        if self._error is not None:
            raise self._error
        raise StopIteration

    def close(self) -> None:
        """Wanted no more: throw away what is waiting, and wait until the item in the making is done, ``CLOSE_S`` seconds at most."""
        with self._changed:
            self._done = True
            self._ready.clear()
            self._changed.notify_all()
        self._thread.join(CLOSE_S)

    def _work(self) -> None:
        error: Exception | None = None
        try:
            for item in self._items:
                if not self._put(item):
                    break
                del item  # or it lives until the next one is there
        except Exception as problem:  # belongs to whoever iterates
            error = problem
        with self._changed:
            self._done, self._error = True, error
            self._changed.notify_all()

    def _put(self, item: T) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: len(self._ready) < self._bound or self._done)
            if not self._done:
                self._ready.append(item)
                self._changed.notify_all()
            return not self._done
