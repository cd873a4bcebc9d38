"""Exports that take a while: made on a thread into a folder of their own, with progress and cancel; kept for an hour."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import secrets
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from panocam.clock import NS, Clock
from panocam.errors import Busy, NotFound, PanocamError
from panocam.storage.disk import words
from panocam.storage.export import Progress, write_matroska, write_mp4
from panocam.storage.library import Library
from panocam.storage.player import PAGE
from panocam.storage.recording import Recording

log = logging.getLogger(__name__)

MOST, MOST_EVENTS = 4, 10_000
PIECE = 1 << 20
KEPT_NS = 3600 * NS


class Box(StrEnum):
    """What an export comes in."""

    MKV = "mkv"
    MP4 = "mp4"
    ZIP = "zip"  # MP4, checksum, facts of the camera, what happened meanwhile, and a page that plays it


class Stage(StrEnum):
    """How far an export is."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass
class Job:
    """One export. ``progress`` 0..1; ``reason`` says why it failed."""

    id: str
    recording: Recording
    box: Box
    path: Path
    began_ns: int
    stage: Stage = Stage.RUNNING
    progress: float = 0.0
    reason: str = ""
    size: int = 0

    @property
    def name(self) -> str:
        return f"{self.recording.id}.{self.box}"


class Exports:
    """``folder`` is emptied first: nobody waits for the exports of an earlier run. ``facts`` go into the zip."""

    def __init__(self, library: Library, folder: Path, clock: Clock, facts: Mapping[str, str]) -> None:
        self._library, self._folder, self._clock, self._facts = library, folder, clock, facts
        self._jobs: dict[str, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        for left in folder.iterdir():
            with contextlib.suppress(OSError):
                left.unlink()

    def start(self, recording: str, box: Box, since_ns: int | None, until_ns: int | None) -> Job:
        """Begin. Raises NotFound without such a recording, Busy with too many at once."""
        self._forget_old()
        if sum(job.stage is Stage.RUNNING for job in self._jobs.values()) >= MOST:
            raise Busy(f"{MOST} exports are running; wait for one or cancel it", retry_after=5)
        row = self._library.index.get(recording)
        identity = secrets.token_hex(8)
        job = Job(identity, row, box, self._folder / f"{identity}.{box}", self._clock.monotonic_ns())
        self._jobs[identity] = job
        self._library.noted("exported", recording)
        task = asyncio.create_task(self._run(job, (since_ns, until_ns)), name=f"export {identity}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def get(self, identity: str) -> Job:
        """Raises NotFound."""
        self._forget_old()
        if identity not in self._jobs:
            raise NotFound(f"there is no export {identity}; they are kept for an hour")
        return self._jobs[identity]

    def cancel(self, identity: str) -> None:
        """Stop it if it runs, and remove what it made."""
        job = self.get(identity)
        job.stage = Stage.CANCELLED
        job.path.unlink(missing_ok=True)

    async def close(self) -> None:
        for job in self._jobs.values():
            job.stage = Stage.CANCELLED if job.stage is Stage.RUNNING else job.stage
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    async def _run(self, job: Job, span: tuple[int | None, int | None]) -> None:
        def told(part: float) -> bool:
            job.progress = part
            return job.stage is Stage.RUNNING

        try:
            done = await asyncio.to_thread(self._make, job, span, told)
        except (PanocamError, OSError) as fault:
            full = f"the camera cannot keep the export: {words(fault)}; free room in its data folder"
            job.stage, job.reason = Stage.FAILED, full if isinstance(fault, OSError) else str(fault)
            job.path.unlink(missing_ok=True)
            log.warning("export of %s: %s", job.recording.id, fault)
            return
        if job.stage is Stage.CANCELLED or not done:
            job.stage = Stage.CANCELLED
            job.path.unlink(missing_ok=True)
            return
        job.stage, job.progress, job.size = Stage.DONE, 1.0, job.path.stat().st_size

    def _make(self, job: Job, span: tuple[int | None, int | None], progress: Progress) -> bool:
        if job.box is Box.MKV:
            return write_matroska(self._library, job.recording, job.path, span, progress)
        if job.box is Box.MP4:
            return write_mp4(self._library, job.recording, job.path, span, progress)
        film = job.path.with_suffix(".mp4")
        try:
            return write_mp4(self._library, job.recording, film, span, lambda part: progress(part * 0.8)) and self._pack(job, film, span)
        finally:
            film.unlink(missing_ok=True)

    def _pack(self, job: Job, film: Path, span: tuple[int | None, int | None]) -> bool:
        name = f"{job.recording.id}.mp4"
        with film.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        row = job.recording
        shown = {"recording": row.id, "view": row.view, "codec": row.codec, "size": f"{row.width}x{row.height}"}
        facts = {**self._facts, **shown, "sha256": digest}
        with zipfile.ZipFile(job.path, "w", zipfile.ZIP_STORED) as archive:
            with film.open("rb") as file, archive.open(zipfile.ZipInfo.from_file(film, name), "w") as packed:
                shutil.copyfileobj(file, packed, PIECE)  # ``write`` would copy in pieces of 8 KB, at twice the processor time
            archive.writestr(f"{name}.sha256", f"{digest}  {name}\n")
            archive.writestr("camera.json", json.dumps(facts, indent=1) + "\n")
            archive.writestr("events.json", json.dumps(self._events(row, span), indent=1) + "\n")
            archive.writestr("player.html", PAGE.replace("@FILE@", name).replace("@TITLE@", row.id))
        return True

    def _events(self, row: Recording, span: tuple[int | None, int | None]) -> list[dict[str, str]]:
        """What happened in that time, which an MP4 file has no track for."""
        since, until = span
        marks = self._library.index.marks(since or row.start_ns, until or row.stop_ns, row.id, MOST_EVENTS)
        return [{"at": datetime.fromtimestamp(mark.at_ns / NS, UTC).isoformat(), "topic": mark.topic, "text": mark.text} for mark in marks]

    def _forget_old(self) -> None:
        now = self._clock.monotonic_ns()
        for identity, job in list(self._jobs.items()):
            if job.stage is not Stage.RUNNING and now - job.began_ns > KEPT_NS:
                job.path.unlink(missing_ok=True)
                del self._jobs[identity]
