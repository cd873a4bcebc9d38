"""The log: one line an event on standard error, in one style, with credentials in addresses hidden.

Parts never log secrets by themselves (see ``pipeline.sources.address``); that the last step hides them too is for what other
libraries say. Until the camera is ready, what is below a warning is held back: a start that fails says one thing, what to mend.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from logging.handlers import MemoryHandler

LEVELS = ("debug", "info", "warning", "error")
STYLE = "%(asctime)s.%(msecs)03d %(levelname)-7s %(name)s: %(message)s"
DATES = "%Y-%m-%d %H:%M:%S"
TALKATIVE = ("uvicorn", "zeroconf", "httpx", "asyncio", "websockets")
"""Libraries of which only warnings are of interest."""

HELD = 1000
"""Lines that are held back at most."""

_CREDENTIALS = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/\s'\"]*@", re.IGNORECASE)


class Discreet(logging.Formatter):
    """Hides user and password of every address in a line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return _CREDENTIALS.sub(r"\1***@", super().format(record))


def set_up(level: str) -> Callable[[], None]:
    """Log to standard error from ``level`` (one of ``LEVELS``) on. Returns what to call when the camera is ready."""
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(Discreet(STYLE, DATES))
    held = MemoryHandler(HELD, logging.WARNING, out, flushOnClose=False)
    root = logging.getLogger()
    logging.basicConfig(level=level.upper(), handlers=[held], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)

    def release() -> None:
        held.flush()
        root.addHandler(out)
        root.removeHandler(held)

    return release
