"""How the last run of the program ended, and so why this one began; and where a fatal error of native code leaves its trace.

A small file says that the camera runs; a clean end replaces it by the reason. Whoever starts and finds "running" knows that nobody said
good-bye: the computer went down (it has another boot id by then), or the program was killed or crashed.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import logging
import traceback
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from panocam.errors import PanocamError, Unavailable
from panocam.journal.discretion import clean, tidy
from panocam.settings import DataFolder, atomic

log = logging.getLogger(__name__)

FILE = "life.json"
CRASH, TRACE = "crash.txt", "crash.running.txt"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
LONGEST = 256 << 10
"""Bytes of a crash report."""


class End(StrEnum):
    """How a run ended."""

    RUNNING = "running"
    STOPPED = "stopped"
    RESTART = "restart"
    WORN_OUT = "started anew because too many encoders hung"
    SOFT_RESET = "factory default, soft"
    HARD_RESET = "factory default, hard"
    FAILED = "failed"


@dataclass(frozen=True)
class Beginning:
    """Why this run began, in a few words; ``orderly`` unless the last one ended without good-bye. ``about`` names who or what, which is
    not for everybody."""

    short: str
    orderly: bool = True
    about: str = ""

    @property
    def reason(self) -> str:
        """With who or what it was about."""
        return f"{self.short}{self.about}"


class Life:
    """Use as ``with Life(folder) as life``; call ``end`` before the block ends for a reason other than a plain stop."""

    def __init__(self, folder: DataFolder) -> None:
        self._path = folder.path(FILE)
        self._logs = folder.folder("logs")
        self._end: tuple[End, str] = (End.STOPPED, "")
        self._trace: IO[bytes] | None = None
        self.beginning = Beginning("first start")

    def __enter__(self) -> Self:
        crashed = self._keep_trace()
        self.beginning = self._understand(crashed)
        log.log(logging.INFO if self.beginning.orderly else logging.WARNING, "start: %s", self.beginning.reason)
        try:
            self._write(End.RUNNING, "")
        except Unavailable as fault:  # a full disk is no reason not to start
            log.warning("%s", fault)
        with contextlib.suppress(OSError, ValueError):
            self._trace = (self._logs / TRACE).open("wb")
            faulthandler.enable(self._trace)
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(fault, Exception) and not isinstance(fault, PanocamError):
            log.critical("the camera failed", exc_info=fault)
            self._end = End.FAILED, f"{type(fault).__name__}: {fault}"
            self._keep("".join(traceback.format_exception(fault)))
        if self._trace is not None:
            faulthandler.disable()
            self._trace.close()
            (self._logs / TRACE).unlink(missing_ok=True)
        with contextlib.suppress(Unavailable):
            self._write(*self._end)

    def end(self, how: End, by: str = "") -> None:
        """Say how this run is going to end."""
        self._end = how, by

    @property
    def crash_report(self) -> str | None:
        """What the last crash left, None when there was none."""
        try:
            return (self._logs / CRASH).read_text("utf-8", "replace")
        except OSError:
            return None

    def _understand(self, crashed: bool) -> Beginning:
        try:
            last = json.loads(self._path.read_bytes())
            how, by, boot = End(last["end"]), str(last["by"]), str(last["boot"])
        except FileNotFoundError:
            return Beginning("first start")
        except (OSError, ValueError, KeyError, TypeError):
            return Beginning("the record of the last run cannot be read", orderly=False)
        by = tidy(by, 200)
        match how:
            case End.RUNNING if crashed:
                return Beginning("the last run crashed; there is a crash report", orderly=False)
            case End.RUNNING if boot != _boot_id():
                return Beginning("the computer was restarted or lost its power", orderly=False)
            case End.RUNNING:
                return Beginning("the last run was killed", orderly=False)
            case End.FAILED:
                return Beginning("the last run failed; there is a crash report", orderly=False, about=f": {by}")
            case End.STOPPED:
                return Beginning("started after it had been stopped")
            case End.RESTART:
                return Beginning("restart asked for", about=f" by {by}")
            case _:
                return Beginning(f"{how}")

    def _keep_trace(self) -> bool:
        """What native code left when it died becomes the crash report."""
        path = self._logs / TRACE
        try:
            text = path.read_text("utf-8", "replace")
        except OSError:
            return False
        if not text.strip():
            return False
        self._keep(text)
        return True

    def _keep(self, text: str) -> None:
        lines = "\n".join(clean(line) for line in text.splitlines())
        with contextlib.suppress(Unavailable):
            atomic.write(self._logs / CRASH, lines.encode()[:LONGEST] + b"\n")

    def _write(self, how: End, by: str) -> None:
        kept = {"end": how, "by": clean(by), "boot": _boot_id()}
        atomic.write(self._path, json.dumps(kept).encode() + b"\n")


def _boot_id() -> str:
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""
