from __future__ import annotations

import itertools
import os
import sys
import threading
from collections.abc import Iterator

import pytest

from panocam.pipeline.sources.ahead import Ahead
from panocam.pipeline.workers import BACKGROUND, spawn

LIMIT_S = 10


class Counting:
    """Numbers without end that tell how many were made and when they were closed."""

    def __init__(self) -> None:
        self.made = 0
        self.closed = threading.Event()
        self.changed = threading.Condition()

    def items(self) -> Iterator[int]:
        try:
            for number in itertools.count():
                with self.changed:
                    self.made = number + 1
                    self.changed.notify_all()
                yield number
        finally:
            self.closed.set()

    def until_made(self, count: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.made >= count, LIMIT_S)


def test_a_few_are_made_before_they_are_wanted_and_no_more() -> None:
    numbers = Counting()
    ahead = Ahead(numbers.items(), 3)
    assert numbers.until_made(4)  # three wait, and one that found no room
    assert list(itertools.islice(ahead, 2)) == [0, 1]
    assert numbers.until_made(6)
    assert numbers.made == 6
    ahead.close()
    assert list(ahead) == []


def test_what_it_raises_comes_after_what_was_made_before() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("torn")

    ahead = Ahead(broken(), 5)
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="torn"):
        next(ahead)


def test_closing_wakes_whoever_waits() -> None:
    never = threading.Event()

    def stuck() -> Iterator[int]:
        never.wait(LIMIT_S)
        yield 1

    ahead = Ahead(stuck(), 1)
    taken: list[int] = []

    def read() -> None:
        taken.extend(ahead)
        never.set()

    reader = threading.Thread(target=read)
    reader.start()
    ahead.close()
    reader.join(LIMIT_S)
    assert not reader.is_alive()
    assert taken == []


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux only")
def test_a_background_thread_yields_and_so_do_those_it_starts() -> None:
    nice: list[int] = []

    def look() -> None:
        nice.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    def look_and_start() -> None:
        look()
        child = threading.Thread(target=look)
        child.start()
        child.join(LIMIT_S)

    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    for background in (False, True):
        spawn("test", look_and_start, background).join(LIMIT_S)
    assert nice == [own, own, min(own + BACKGROUND, 19), min(own + BACKGROUND, 19)]
