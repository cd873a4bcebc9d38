"""A disk with its thread: the event loop's side of it. Nothing here waits for the medium; what the medium cannot take is told and counted.

All files and index rows of a disk are written by its one thread. Batches wait in a queue that is bounded in bytes: when the medium is too
slow, whole groups of pictures are refused, never single pictures, and an event says so. A medium that fails (pulled out, full,
read-only) changes the state; a watch looks every few seconds whether it is back, puts index and files in agreement, and goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

from panocam.clock import NS, Clock
from panocam.errors import PanocamError, Unavailable
from panocam.media.packet import Packet
from panocam.pipeline.workers import Worker
from panocam.storage.disk import Disk, State, Steps, Told, step, words
from panocam.storage.files import Space
from panocam.storage.index import Index
from panocam.storage.recover import Found, Use, reconcile
from panocam.storage.retention import Keep, clean
from panocam.storage.survey import Survey, survey
from panocam.storage.writer import Writer

log = logging.getLogger(__name__)

R = TypeVar("R")

QUEUE_BYTES = 96 << 20
WATCH_S, TICKS = 5.0, 5
FLUSH_S = 10.0
LISTING_S = 5.0
"""A disk that comes is put in use after this time at the latest; what it takes longer to list is listed while it is recorded on."""

HANG_NS = 15 * NS
"""A single write or read that takes longer is given up: the connection to a share is cut; a card is said to hang."""

OnState = Callable[["Volume"], None]


class Volume:
    """``disk`` and what it is just now. ``on_state(volume)`` is called on the event loop after each change of ``state``.

    ``present_ns()`` is the moment that ages are counted from. ``protected`` keeps new recordings away and old ones there. ``running()``
    gives the identities of all recordings being made, here or on other disks."""

    def __init__(self, disk: Disk, index: Index, clock: Clock, keep: Keep, on_state: OnState) -> None:
        self.disk, self.index, self.keep = disk, index, keep
        self.state, self.reason = State.UNMOUNTED, ""
        self.space = Space()
        self.queued = self.refused = 0
        self.protected = False
        self.arriving: set[str] = set()  # what is being copied here
        self.running: Callable[[], frozenset[str]] = lambda: frozenset(writer.recording.id for writer in self._writers)
        self.present_ns: Callable[[], int] = clock.wall_ns
        self._since: deque[int] = deque()  # when each waiting batch came
        self._job_since: int | None = None  # when what the thread is doing began
        self._clock, self._on_state = clock, on_state
        self._writers: set[Writer] = set()
        self._worker: Worker | None = None
        self._watch: asyncio.Task[None] | None = None
        self._listing: asyncio.Task[Found] | None = None
        self._one_at_a_time = asyncio.Lock()  # for what changes many files
        self._turn = 0  # counts when it was taken in and out of use

    @property
    def id(self) -> str:
        return self.disk.id

    @property
    def usable(self) -> bool:
        """True when recordings can be written."""
        return self.state is State.OK and not self.protected

    @property
    def behind_ns(self) -> int:
        """How long the oldest batch has waited to be written."""
        return self._clock.monotonic_ns() - self._since[0] if self._since else 0

    async def start(self, wait: bool = True) -> None:
        """Begin to use the disk and keep trying while it is not there; without ``wait`` the first try goes on behind."""
        self._loop = asyncio.get_running_loop()
        self._worker = Worker(f"disk-{self.id}")
        if wait:
            await self._mount()
        else:
            self._become(State.CONNECTING)
        self._watch = asyncio.create_task(self._watching(), name=f"watch {self.id}")

    async def stop(self) -> None:
        """Finish what is queued (waiting ``FLUSH_S`` at most), close the files, end the thread."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        if self._listing is not None:
            self._listing.cancel()
        worker, self._worker = self._worker, None
        if worker is None:
            return
        for writer in list(self._writers):
            worker.submit(lambda writer=writer: self._close(writer))  # type: ignore[misc]
        worker.stop()
        if not await asyncio.to_thread(worker.join, FLUSH_S):
            log.warning("%s did not take what was queued within %g s", self.id, FLUSH_S)
            self.disk.files.abort()
            await asyncio.to_thread(worker.join, 1.0)
        self._writers.clear()
        self.disk.files.disconnect()

    async def mount(self) -> None:
        """A person wants it to be used (again). Raises Unavailable with the reason when it cannot."""
        await self._mount()
        if not self.usable:
            raise Unavailable(self.reason)

    async def unmount(self) -> None:
        """Close all files, so that the medium can be taken out."""
        self._turn += 1
        try:
            await self.run(self._close_all)
            await self.run(self.disk.forget)
        finally:
            self._become(State.UNMOUNTED, "taken out of use; mount it to record again")

    async def check(self) -> None:
        """Look now: is it there, how full is it, what is too old? Raises Unavailable when it is gone."""
        if self.state is State.UNMOUNTED:
            raise Unavailable(f"{self.id} is not mounted")
        try:
            self.space = await self.run(self._look)
        except Unavailable as fault:
            self._become(State.FAILED, str(fault).removeprefix(f"{self.id}: "))
            raise
        self._become_roomy()

    async def format(self, told: Told = lambda part: None) -> None:
        """Remove all recordings of this program, nothing else. Raises Unavailable when the disk is not there or protected."""
        if self.protected:
            raise Unavailable(f"{self.id} is write-protected; lift that first")
        await self.check()
        await self.run(self._close_all)
        async with self._one_at_a_time:
            await self._steps(self.disk.format(self._writing), told)
        await self._reconcile()
        await self.check()

    async def survey(self, told: Told = lambda part: None) -> Survey:
        """Read through all files and compare them with the index; nothing is changed. Raises Unavailable."""
        await self.check()
        return await self._steps(survey(self.disk, self.index, self._use()), told)

    async def repair(self, told: Told = lambda part: None) -> Found:
        """Put index and files in agreement: cut files end with their last whole piece, what is there is listed. Raises Unavailable."""
        await self.check()
        return await self._reconcile(told, thorough=True)

    async def _reconcile(self, told: Told = lambda part: None, thorough: bool = False) -> Found:
        async with self._one_at_a_time:
            found = await self._steps(reconcile(self.disk, self.index, self._use(), thorough), told)
        if found.segments or found.missing:
            log.info("%s: %d segments taken into the index, %d repaired, %d gone", self.id, found.segments, found.repaired, found.missing)
        return found

    async def _steps(self, steps: Steps[R], told: Told) -> R:
        """``steps`` one by one: between two of them the disk does what is queued, so recordings go on."""
        turn, ends = self._turn, list[R]()
        while not ends:
            if turn != self._turn:
                raise Unavailable(f"{self.id} was taken out of use or failed meanwhile; begin again when it is there")
            told(await self.run(lambda: step(steps, ends)))
        return ends[0]

    async def run(self, function: Callable[[], R]) -> R:
        """``function()`` on the disk's thread, after what is queued. Its faults come out here, the system's as Unavailable."""
        if self._worker is None:
            raise Unavailable(f"{self.id} is not in use")
        done: asyncio.Future[R] = self._loop.create_future()

        def job() -> None:
            self._job_since = self._clock.monotonic_ns()
            try:
                result = function()
            except BaseException as fault:  # handed to the one who waits
                self._from_thread(_fail, done, fault)
            else:
                self._from_thread(_succeed, done, result)
            finally:
                self._job_since = None

        self._worker.submit(job)
        try:
            return await done
        except OSError as fault:
            raise Unavailable(f"{self.id}: {words(fault)}") from None

    # -- recordings

    async def open(self, writer: Writer) -> None:
        """``writer`` is going to write here."""
        self._writers.add(writer)
        await self.run(writer.announce)

    def write(self, writer: Writer, batch: Sequence[Packet]) -> bool:
        """Queue a batch; False when the disk cannot take it, and then it is lost and counted."""
        size = sum(len(packet.data) for packet in batch)
        if self._worker is None or not self.usable or self.queued + size > QUEUE_BYTES:
            self.refused += len(batch)
            if self._worker is not None and self.usable:
                self._worker.submit(lambda: writer.miss(len(batch)))
            return False
        self.queued += size
        self._since.append(self._clock.monotonic_ns())
        self._worker.submit(lambda: self._write(writer, batch, size))
        return True

    async def close(self, writer: Writer) -> None:
        """End a recording in order, after what is queued of it. A disk that hangs does that when it can; it is not waited for."""
        if self._worker is None:
            return
        try:
            async with asyncio.timeout(FLUSH_S):
                await self.run(lambda: self._close(writer))
        except TimeoutError:
            log.warning("%s has not closed recording %s within %g s", self.id, writer.recording.id, FLUSH_S)

    def adopt(self, writer: Writer) -> None:
        """``writer`` goes on here with a recording from another disk."""
        self._writers.add(writer)

    def retire(self, writer: Writer) -> None:
        """Another disk has taken the recording over; what was written of it is closed when the disk lets."""
        self._writers.discard(writer)
        if self._worker is not None:
            self._worker.submit(lambda: self._close(writer))

    # -- on the disk's thread

    def _write(self, writer: Writer, batch: Sequence[Packet], size: int) -> None:
        self._job_since = self._clock.monotonic_ns()
        try:
            try:
                writer.write(batch)
            except OSError as fault:
                if fault.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                if not clean(self.disk, self.index, self.keep, self.present_ns(), need=4 * size + (16 << 20)):
                    raise
                writer.write(batch)  # where it begins with a key picture; else it is counted with those that need the one before
        except OSError as fault:
            writer.lost += len(batch)
            self._from_thread(self._failed, fault)
        except PanocamError as fault:
            writer.lost += len(batch)
            log.warning("recording %s: %s", writer.recording.id, fault)
        finally:
            self._job_since = None
            self._from_thread(self._written, size)

    def _close(self, writer: Writer) -> None:
        self._writers.discard(writer)
        self._job_since = self._clock.monotonic_ns()
        try:
            writer.close()
        except OSError as fault:
            self._from_thread(self._failed, fault)
        finally:
            self._job_since = None

    def _close_all(self) -> None:
        for writer in list(self._writers):
            try:
                writer.miss(0)
            except OSError as fault:
                log.warning("%s: a file could not be finished: %s", self.id, words(fault))

    def _use(self) -> Use:
        return Use(self._writing, lambda: self.running() | {writer.recording.id for writer in tuple(self._writers)})

    def _writing(self) -> frozenset[str]:
        return frozenset((*(writer.path for writer in tuple(self._writers)), *tuple(self.arriving)))

    def _look(self) -> Space:
        """Is it there, how full is it? Removes what is too old. Raises OSError."""
        self.disk.look()
        gone = 0 if self.protected else clean(self.disk, self.index, self.keep, self.present_ns())
        if gone:
            log.info("%s: %d old segments were removed", self.id, gone)
        return self.disk.space()

    def _open_disk(self) -> Space:
        self._close_all()  # what was open when it went is not what is there now
        self.disk.mount()
        return self.disk.space()

    # -- on the loop

    def _from_thread(self, function: Callable[..., None], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed
            self._loop.call_soon_threadsafe(function, *arguments)

    def _written(self, size: int) -> None:
        self.queued -= size
        if self._since:
            self._since.popleft()

    def _failed(self, fault: OSError) -> None:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            self._become(State.FULL, "it is full and holds nothing that may be removed; remove or unlock recordings")
        elif fault.errno == errno.EROFS:
            self._become(State.READ_ONLY, "it can only be read")
        else:
            self._become(State.FAILED, words(fault))

    def _become(self, state: State, reason: str = "") -> None:
        if (state, reason) == (self.state, self.reason):
            return
        was, self.state, self.reason = self.state, state, reason
        if was is not state:
            log.log(logging.INFO if state in (State.OK, State.CONNECTING) else logging.WARNING, "%s: %s %s", self.id, state, reason)
            self._on_state(self)

    async def _mount(self) -> None:
        self._turn += 1
        try:
            self.space = await self.run(self._open_disk)
            self._listing = asyncio.create_task(self._reconcile(), name=f"list {self.id}")
            self._listing.add_done_callback(self._listed)
            await asyncio.wait((self._listing,), timeout=LISTING_S)
            if self._listing.done():
                self._listing.result()
        except PanocamError as fault:
            read_only = isinstance(fault.__cause__, OSError) and fault.__cause__.errno == errno.EROFS
            self._become(State.READ_ONLY if read_only else State.FAILED, str(fault))
        else:
            self._become(State.OK, "" if self._listing.done() else "what lies there is still being listed; recordings go on meanwhile")

    def _listed(self, listing: asyncio.Task[Found]) -> None:
        fault = None if listing.cancelled() else listing.exception()
        if listing is self._listing and self.state is State.OK:  # or somebody waits for it
            if fault is not None:
                log.warning("%s: not all that lies there is listed: %s", self.id, fault)
            self._become(State.OK)

    async def _watching(self) -> None:
        """Look after it again and again, and after its thread too: that may hang in the middle of anything."""
        looking: asyncio.Task[None] | None = None
        try:
            while True:
                if looking is not None or self.state is not State.CONNECTING:
                    await self._wait_for_a_hang()
                if looking is None or looking.done():
                    looking = asyncio.create_task(self._look_after(), name=f"look after {self.id}")
        finally:
            if looking is not None:
                looking.cancel()

    async def _wait_for_a_hang(self) -> None:
        for _ in range(TICKS):
            await asyncio.sleep(WATCH_S / TICKS)
            self._end_a_hang()

    async def _look_after(self) -> None:
        try:
            if self.state in (State.FAILED, State.READ_ONLY, State.CONNECTING):
                await self._mount()
            elif self.state in (State.OK, State.FULL):
                await self.check()
        except PanocamError as fault:
            log.warning("%s: %s", self.id, fault)

    def _end_a_hang(self) -> None:
        since = self._job_since
        if since is None or self._clock.monotonic_ns() - since < HANG_NS:
            return
        if self.state in (State.OK, State.FULL):
            self._become(State.FAILED, f"it has not answered for {HANG_NS // NS} s")
        self.disk.files.abort()

    def _become_roomy(self) -> None:
        if self.state is State.FULL and self.space.free > min(32 << 20, self.space.total // 20):
            self._become(State.OK)


def _succeed(done: asyncio.Future[R], result: R) -> None:
    if not done.done():
        done.set_result(result)


def _fail(done: asyncio.Future[R], fault: BaseException) -> None:
    if not done.done():
        done.set_exception(fault)
