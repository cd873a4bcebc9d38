"""The only module that makes threads.

A fixed pool of media workers does all work on pixels; each channel is pinned to one of them for life, so an encoder's
state needs no lock. Work crosses into a worker as small callables ("your slot has something new", "close the encoder");
a channel has at most one picture waiting, so the queue is bounded by the number of channels. Native calls release the
interpreter lock, and each of them runs on one thread: parallelism is decided here and nowhere else.

Where cores are short, what is nearest to the client goes first: sources decode or render in the background (``BACKGROUND``), or the next
picture would keep the present one from being encoded and sent. Threads that a decoder makes inherit that from the one that opened it.
"""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
from collections.abc import Callable

import cv2

log = logging.getLogger(__name__)

Job = Callable[[], None]

BACKGROUND = 5
"""Niceness added to threads whose work can wait for others': such a thread gets a third of the time of one that does not yield."""


def spawn(name: str, run: Callable[[], None], background: bool = False) -> threading.Thread:
    """Start a thread of its own for something that blocks (a capture). Daemon: a hung driver must not keep the process alive."""

    def body() -> None:
        if background:
            yield_to_others()
        run()

    thread = threading.Thread(target=body, name=f"panocam-{name}", daemon=True)
    thread.start()
    return thread


def yield_to_others() -> None:
    """Lower the priority of this thread and of those it will start. On Linux only: elsewhere threads have none of their own."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, min(os.getpriority(os.PRIO_PROCESS, thread) + BACKGROUND, 19))


class Worker:
    """One thread that runs jobs in the order they were submitted. A failing job is logged and harms no other."""

    def __init__(self, name: str) -> None:
        self.pinned = 0  # channels that live here; the pool's business
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = spawn(name, self._run)

    def submit(self, job: Job) -> None:
        """Run ``job`` on this worker's thread; returns at once. After ``stop`` it is ignored."""
        self._jobs.put(job)

    def stop(self) -> None:
        """End after the jobs already submitted."""
        self._jobs.put(None)

    def join(self, timeout: float) -> bool:
        """Wait for the end; False if the thread still ran after ``timeout`` seconds."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:  # the supervisor of every job: whatever breaks one channel must not end the others
                log.exception("a media job failed")
            del job  # or the last picture lives until the next job comes


class WorkerPool:
    """The media workers. ``size`` defaults to one per core."""

    def __init__(self, size: int = 0) -> None:
        cv2.setNumThreads(1)
        self._workers = [Worker(f"media-{i}") for i in range(size or os.cpu_count() or 1)]

    def __len__(self) -> int:
        return len(self._workers)

    def pin(self) -> Worker:
        """The worker with the fewest channels; give it back with ``unpin``."""
        worker = min(self._workers, key=lambda w: w.pinned)
        worker.pinned += 1
        return worker

    def unpin(self, worker: Worker) -> None:
        worker.pinned -= 1

    def close(self, timeout: float = 5.0) -> None:
        """Finish what was submitted and end the threads, waiting at most ``timeout`` seconds for each."""
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            if not worker.join(timeout):
                log.warning("a media worker did not end within %g s", timeout)
