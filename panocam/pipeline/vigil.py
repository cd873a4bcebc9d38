"""Looks after the media workers as long as a camera runs, so that a coder that never returns takes only its own stream's time.

The theory: a thread that is inside of native code cannot be ended, only left alone (``workers``). Each one that is keeps an encoder's
memory; when there are ``MOST_HANGING``, only a new process gives that back.
"""

from __future__ import annotations

import asyncio
import logging

from panocam.pipeline.supervisor import OnEvent
from panocam.pipeline.workers import WorkerPool

log = logging.getLogger(__name__)

LOOK_S, LOOKS = 1.0, 15
"""How often it looks, and at which look at the same picture a worker is said to hang."""
MOST_HANGING = 8


class Vigil:
    """``on_event`` is called on the event loop, once, with ``worn-out`` when there are too many."""

    def __init__(self, pool: WorkerPool, on_event: OnEvent) -> None:
        self._pool, self._on_event = pool, on_event
        self._loop = asyncio.get_running_loop()
        self._worn_out = False
        self._next = self._loop.call_later(LOOK_S, self._look)

    def close(self) -> None:
        """Look no more."""
        self._next.cancel()

    def _look(self) -> None:
        self._next = self._loop.call_later(LOOK_S, self._look)
        self._pool.look(LOOKS)
        hanging = self._pool.left
        if hanging >= MOST_HANGING and not self._worn_out:
            self._worn_out = True
            log.error("%d encoders hang; only starting anew gives their memory back", hanging)
            self._on_event("worn-out", {"hanging": hanging})
