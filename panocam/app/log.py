"""The log: one line an event on standard error and in the system log, in one style, without secrets.

Parts never log secrets by themselves (see ``pipeline.sources.address``); that the last step hides them too is for what other
libraries say. Times are those of the camera's clock. Until the camera is ready, what is below a warning is held back on standard error: a
start that fails says one thing, what to mend.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import MemoryHandler

from panocam.clock import NS, CameraClock
from panocam.journal import Journal, Level, Which
from panocam.journal.discretion import clean

LEVELS = ("debug", "info", "warning", "error")
STYLE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
TALKATIVE = ("uvicorn", "zeroconf", "httpx", "asyncio", "websockets")
"""Libraries of which only warnings are of interest."""

HELD = 1000
"""Lines that are held back at most."""


class Discreet(logging.Formatter):
    """Times of the camera's clock in its zone; hides secrets, tracebacks included, and keeps an event to its line: what it quotes cannot
    look like another one."""

    def __init__(self, clock: CameraClock | None = None) -> None:
        super().__init__(STYLE)
        self._clock = clock or CameraClock()

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        wall_ns = round(record.created * NS) + self._clock.correction_ns
        at = datetime.fromtimestamp(wall_ns // NS, UTC).astimezone(self._clock.zone)
        return f"{at:%Y-%m-%d %H:%M:%S}.{wall_ns % NS // 1_000_000:03}"

    def format(self, record: logging.LogRecord) -> str:
        record.message = clean(record.getMessage())
        record.asctime = self.formatTime(record, self.datefmt)
        return "\n".join((self.formatMessage(record), *(f"    {line}" for line in self._trace(record))))

    def said(self, record: logging.LogRecord) -> str:
        """The text without time, level and part."""
        return "\n".join((clean(record.getMessage()), *self._trace(record)))

    def _trace(self, record: logging.LogRecord) -> Iterator[str]:
        parts = (self.formatException(record.exc_info) if record.exc_info else "", record.stack_info or "")
        for line in "\n".join(part for part in parts if part).splitlines():
            yield clean(line)


class ToJournal(logging.Handler):
    """Puts every record into the system log."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal, self._words = journal, Discreet()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level = next(level for level in reversed(Level) if record.levelno >= getattr(logging, level.upper()) or level is Level.DEBUG)
            self._journal.write(Which.SYSTEM, level, record.name.removeprefix("panocam."), self._words.said(record))
        except Exception:  # a broken record must not break who logs it; logging's own rule
            self.handleError(record)


def set_up(level: str, clock: CameraClock) -> Callable[[], None]:
    """Log to standard error from ``level`` (one of ``LEVELS``) on. Returns what to call when the camera is ready."""
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(Discreet(clock))
    held = MemoryHandler(HELD, logging.WARNING, out, flushOnClose=False)
    root = logging.getLogger()
    logging.basicConfig(level=level.upper(), handlers=[held], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    threading.excepthook = _thread_failed

    def release() -> None:
        held.flush()
        root.addHandler(out)
        root.removeHandler(held)

    return release


def forget_held() -> None:
    """What was held back is of no interest: the start has failed, and its reason is told elsewhere."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, MemoryHandler):
            handler.buffer.clear()


@contextmanager
def kept_in(journal: Journal) -> Iterator[None]:
    """Also write everything into the system log."""
    handler, root = ToJournal(journal), logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    name, fault = failure.thread.name if failure.thread else "?", failure.exc_value
    trace = (failure.exc_type, fault, failure.exc_traceback) if fault else None
    logging.getLogger("panocam").critical("thread %s failed", name, exc_info=trace)
