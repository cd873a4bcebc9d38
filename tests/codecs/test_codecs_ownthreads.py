"""An encoder's own threads: found, waited for, let go. What they guard against takes minutes of a busy machine to happen by itself."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from codecs_kit import encode, picture

from panocam.codecs import ownthreads
from panocam.codecs.encoder import Encoder, open_encoder
from panocam.codecs.ownthreads import OwnThreads
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.planes import VIDEO_COLOR

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads can be looked at on Linux only")


def named() -> dict[int, str]:
    return {int(task.name): (task / "comm").read_text() for task in Path("/proc/self/task").iterdir()}


def test_threads_are_told_apart_and_the_one_that_starts_them_keeps_its_name() -> None:
    end = threading.Event()
    before, mine = named(), OwnThreads()
    with mine.starting():
        started = threading.Thread(target=end.wait)
        started.start()
    other = threading.Thread(target=end.wait)
    other.start()
    assert len(mine) == 1
    assert {thread: name for thread, name in named().items() if thread in before} == before
    end.set()
    started.join()
    other.join()
    mine.settle()  # what has ended is at rest
    mine.close()
    assert len(mine) == 0


def test_what_works_is_waited_for_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, end = [threading.Event(), threading.Event()], threading.Event()
    worked: list[int] = []

    def work() -> None:
        turns[0].wait()
        worked.append(sum(range(3_000_000)))  # in one piece: keeps its processor, if not the interpreter
        turns[1].wait()
        while not end.is_set():
            pass

    mine = OwnThreads()
    with mine.starting():
        worker = threading.Thread(target=work)
        worker.start()
    try:
        turns[0].set()
        while not worked:
            mine.settle()
        monkeypatch.setattr(ownthreads, "LONGEST_S", 0.05)
        turns[1].set()
        mine.settle()
        assert worker.is_alive()
    finally:
        end.set()
        worker.join()
        mine.close()


def test_every_picture_and_the_end_find_the_threads_of_svt_av1_at_rest(
    video: Codec, opened: Callable[[Encoder], Encoder], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its picture manager must be done with a picture before the next one may take that picture's record."""
    settled: list[int] = []
    seen_threads: list[OwnThreads] = []
    settle = OwnThreads.settle

    def seen(threads: OwnThreads) -> None:
        settle(threads)
        settled.append(len(threads))
        seen_threads.append(threads)

    monkeypatch.setattr(OwnThreads, "settle", seen)
    encoder = opened(open_encoder(EncoderProfile(video, 64, 48, gop=4), 25, VIDEO_COLOR))
    assert len(encode(encoder, [picture(i, 64, 48) for i in range(6)])) == 6
    encoder.close()
    if video is Codec.AV1:
        assert len(settled) == 7
        assert min(settled) >= 8, "it has a thread for each of its stages"
        assert len(seen_threads[0]) == 0, "closed with the encoder"
    else:
        assert sum(settled) == 0
