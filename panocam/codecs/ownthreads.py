"""The threads that an encoder starts for itself, told apart from all others of the process, and whether they have come to rest.

Needed for SVT-AV1 (4.1 and before): its picture manager hands a picture on, and reads in that picture's record afterwards which old
references it frees. If it is kept from the processor just there until the picture is coded and its record serves the next one, it
finds nothing to free. Each time some references stay taken for good; when none is left, the encoder waits for ever, and so does
whoever gave it the picture. Small pictures on a busy machine reach that after anything from some hundred to some ten thousand of them.
A picture that is given only when all threads rest cannot be in the way of the one before it.

On Linux only, where threads can be looked at: a thread inherits the name of the one that starts it.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter, sleep

TASKS = Path("/proc/self/task")
PAUSE_S = 0.0002
LONGEST_S = 1.0
"""Of waiting for rest: what is not at rest then is not waited for."""
_numbers = itertools.count(1)


class OwnThreads:
    """``starting()`` around what starts them, then ``settle`` as often as it is needed, and ``close``."""

    def __init__(self) -> None:
        self._states: list[int] = []  # open files

    @contextmanager
    def starting(self) -> Iterator[None]:
        """Threads that this thread starts inside of the block are the ones."""
        if sys.platform != "linux":
            yield
            return
        mine = Path("/proc/thread-self/comm")
        before, name = mine.read_bytes().rstrip(b"\n"), b"coder-%d" % (next(_numbers) % 1_000_000_000)
        mine.write_bytes(name)
        try:
            yield
        finally:
            mine.write_bytes(before)
            self._states = list(_states(name))

    def settle(self) -> None:
        """Wait until all of them wait for something to do."""
        deadline = perf_counter() + LONGEST_S
        while not all(map(_rests, self._states)) and perf_counter() < deadline:
            sleep(PAUSE_S)

    def close(self) -> None:
        """Look at them no more. Idempotent."""
        states, self._states = self._states, []
        for state in states:
            os.close(state)

    def __len__(self) -> int:
        return len(self._states)


def _states(name: bytes) -> Iterator[int]:
    for task in TASKS.iterdir():
        with suppress(OSError):  # it has just ended
            if (task / "comm").read_bytes().strip() == name:
                yield os.open(task / "stat", os.O_RDONLY)


def _rests(state: int) -> bool:
    try:
        line = os.pread(state, 64, 0)
    except OSError:  # it has ended
        return True
    return line[line.rindex(b")") + 2 :][:1] == b"S"
