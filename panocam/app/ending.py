"""How a run ends: by a signal for good, or to begin again as the same process."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from panocam.journal.life import End, Life

log = logging.getLogger(__name__)


@dataclass
class Ending:
    """``over`` is set when the run shall end; ``again`` says that another one follows."""

    over: asyncio.Event = field(default_factory=asyncio.Event)
    again: bool = False

    def stop(self) -> None:
        """End for good."""
        self.over.set()

    def begin_again(self) -> None:
        """End, and start anew."""
        self.again = True
        self.over.set()


def anew_when_worn_out(life: Life, ending: Ending) -> Callable[[], None]:
    """What to call when only another process can help."""

    def worn_out() -> None:
        life.end(End.WORN_OUT)
        ending.begin_again()

    return worn_out


def command_line(original: Sequence[str], executable: str) -> list[str]:
    """The words that start this program as it was started; the interpreter by its whole path, as the search path may have changed."""
    return [executable, *original[1:]]


def start_anew() -> None:
    """Become the program that was started, with the same words, environment, working directory and process id; never returns.

    Everything must be closed. Files and sockets of this run are closed by the system, as Python opens them all so.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, command_line(sys.orig_argv, sys.executable))  # noqa: S606 - no shell, and our own words
