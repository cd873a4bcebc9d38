"""What people do with disks that may take a while: with a number, progress, and an end that is kept for a time."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from panocam.errors import Busy, InvalidValue, NotFound, PanocamError
from panocam.storage.disk import Told

KEPT = 64
AT_ONCE = 4


class End(StrEnum):
    """How an action ended, or that it has not."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass
class Action:
    """``name`` is done to ``target`` (a disk or a share). ``progress`` 0..1; ``words`` say what it found, or why it failed.
    ``stoppable``: it may end at any moment and leaves nothing half done."""

    id: int
    name: str
    target: str
    end: End = End.RUNNING
    progress: float = 0.0
    words: str = ""
    stoppable: bool = False


Doing = Callable[[Told], Awaitable[str]]


class Actions:
    """Starts them and remembers them. Lives on the event loop."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._all: OrderedDict[int, Action] = OrderedDict()
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def start(self, name: str, target: str, doing: Doing, wait: float = 0.0, stoppable: bool = False) -> Action:
        """Begin ``doing(told)``; returns when it is done or after ``wait`` seconds. Its faults are kept as words. Raises Busy."""
        if len(self._tasks) >= AT_ONCE:
            raise Busy(f"{AT_ONCE} actions are running; wait for one", retry_after=5)
        action = Action(next(self._numbers), name, target, stoppable=stoppable)
        self._all[action.id] = action
        while len(self._all) > KEPT:
            self._all.popitem(last=False)
        task = asyncio.create_task(self._run(action, doing), name=f"{name} {target}")
        self._tasks[action.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(action.id, None))
        if wait > 0:
            await asyncio.wait((task,), timeout=wait)
        return action

    def get(self, number: int) -> Action:
        """Raises NotFound."""
        if number not in self._all:
            raise NotFound(f"there is no job {number}")
        return self._all[number]

    async def cancel(self, number: int) -> Action:
        """End it now. Raises NotFound, and InvalidValue for one that cannot end in the middle; one that has ended stays as it is."""
        action, task = self.get(number), self._tasks.get(number)
        if task is not None and not task.done():
            if not action.stoppable:
                raise InvalidValue("action", str(number), f"{action.name} cannot be stopped half way; wait for its end")
            action.end = End.CANCELLED
            task.cancel()
            await asyncio.wait((task,))
        return action

    async def close(self) -> None:
        """End all."""
        for task in tuple(self._tasks.values()):
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks.values()), timeout=5)

    async def _run(self, action: Action, doing: Doing) -> None:
        loop = asyncio.get_running_loop()

        def told(part: float) -> None:
            loop.call_soon_threadsafe(self._progress, action, part)

        try:
            action.words = await doing(told)
        except PanocamError as fault:
            action.end, action.words = End.FAILED, str(fault)
        except asyncio.CancelledError:
            if action.end is End.CANCELLED:
                action.words = "stopped; what was done by then stays done"
                return
            action.end, action.words = End.FAILED, "the camera was shut down"
            raise
        else:
            action.end, action.progress = End.DONE, 1.0

    def _progress(self, action: Action, part: float) -> None:
        action.progress = max(action.progress, min(1.0, part))
