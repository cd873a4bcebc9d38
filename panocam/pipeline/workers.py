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
from dataclasses import dataclass
from time import perf_counter

import cv2

log = logging.getLogger(__name__)

Job = Callable[[], None]


@dataclass(frozen=True, eq=False)
class Task:
    """A job in the queue, and what to call when it is given up."""

    job: Job
    given_up: Job


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


def _nothing() -> None:
    """What happens when a job is given up that nobody said anything of."""


class Worker:
    """Runs jobs on one thread, in the order they were submitted. A failing job is logged and harms no other.

    A job that does not return cannot be ended: native code knows no such thing. ``replace`` leaves it alone with its thread, and
    another thread goes on with the queue.
    """

    def __init__(self, name: str) -> None:
        self.pinned = 0  # channels that live here; the pool's business
        self._name = name
        self._jobs: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # guards the two below
        self._task: Task | None = None
        self._thread = self._start()

    def submit(self, job: Job, given_up: Job = _nothing) -> None:
        """Run ``job`` on this worker's thread; returns at once. After ``stop`` it is ignored.

        ``given_up`` is called instead of any further job of that thread when ``job`` does not return, by whoever noticed that.
        """
        self._jobs.put(Task(job, given_up))

    @property
    def task(self) -> Task | None:
        """What it is doing."""
        return self._task

    def replace(self, task: Task) -> threading.Thread | None:
        """Another thread for whatever comes after ``task``; returns the one that is left alone, None if that has gone on meanwhile."""
        with self._lock:
            if self._task is not task:
                return None
            left, self._task = self._thread, None
            task.given_up()  # before the other thread can come to what it stands for
            self._thread = self._start()
        return left

    def stop(self) -> None:
        """End after the jobs already submitted."""
        self._jobs.put(None)

    def join(self, timeout: float) -> bool:
        """Wait for the end; False if the thread still ran after ``timeout`` seconds."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _start(self) -> threading.Thread:
        return spawn(self._name, self._run)

    def _run(self) -> None:
        while (task := self._jobs.get()) is not None:
            self._task = task
            try:
                task.job()
            except Exception:  # the supervisor of every job: whatever breaks one channel must not end the others
                log.exception("a media job failed")
            with self._lock:
                if self._task is not task:  # it took so long that it was given up
                    return
                self._task = None
            del task  # or the last picture lives until the next job comes


class WorkerPool:
    """The media workers. ``size`` defaults to one per core."""

    def __init__(self, size: int = 0) -> None:
        cv2.setNumThreads(1)
        self._workers = [Worker(f"media-{i}") for i in range(size or os.cpu_count() or 1)]
        self._seen: dict[Worker, tuple[Task, int]] = {}
        self._left: list[threading.Thread] = []

    def __len__(self) -> int:
        return len(self._workers)

    def pin(self) -> Worker:
        """The worker with the fewest channels; give it back with ``unpin``."""
        worker = min(self._workers, key=lambda w: w.pinned)
        worker.pinned += 1
        return worker

    def unpin(self, worker: Worker) -> None:
        worker.pinned -= 1

    @property
    def left(self) -> int:
        """Threads that were left alone with what does not return, and still are."""
        self._left = [thread for thread in self._left if thread.is_alive()]
        return len(self._left)

    def look(self, patience: int) -> None:
        """To be called at regular times: gives up what a worker was already doing ``patience`` looks ago.

        Looks are counted, and not time, because a machine that slept or stood still for a while hangs nowhere.
        """
        for worker in self._workers:
            task = worker.task
            known, looks = self._seen.pop(worker, (None, 0))
            if task is None:
                continue
            looks = looks + 1 if task is known else 0
            if looks < patience:
                self._seen[worker] = task, looks
            elif (thread := worker.replace(task)) is not None:
                self._left.append(thread)

    def close(self, timeout: float = 5.0) -> None:
        """Finish what was submitted and end the threads, waiting at most ``timeout`` seconds for all of them."""
        for worker in self._workers:
            worker.stop()
        until = perf_counter() + timeout
        for worker in self._workers:
            if not worker.join(max(0.0, until - perf_counter())):
                log.warning("a media worker did not end within %g s", timeout)
