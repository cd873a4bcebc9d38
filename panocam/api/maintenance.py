"""Restart and factory default, as every dialect offers them: the wish is noted, the caller gets its reply, then the run ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from panocam.access import reset
from panocam.access.reset import Mode
from panocam.api.endpoint import Call
from panocam.api.services import Services
from panocam.errors import Unavailable
from panocam.journal import Level
from panocam.journal.life import End, Life
from panocam.settings import DataFolder

RESET_ENDS = {Mode.SOFT: End.SOFT_RESET, Mode.HARD: End.HARD_RESET}


class Maintenance:
    """``stop`` ends the run of the camera and begins the next one."""

    def __init__(self, folder: DataFolder, life: Life, stop: Callable[[], None]) -> None:
        self._folder, self._stop = folder, stop
        self.life = life

    def restart(self, call: Call[Any]) -> None:
        """Restart once the reply to ``call`` is out."""
        who = f"{call.caller.name} at {call.caller.address}"
        self._note(call, "restart asked for")
        self.life.end(End.RESTART, who)
        call.afterwards(self._stop)

    def reset(self, call: Call[Any], mode: Mode) -> None:
        """Factory default, once the reply to ``call`` is out; nothing can prevent it any more. Raises Unavailable."""
        reset.ask(self._folder, mode)
        self._note(call, f"factory default ({mode}) asked for")
        self.life.end(RESET_ENDS[mode])  # not by whom: what belongs to the former owner goes
        call.afterwards(self._stop)

    @staticmethod
    def _note(call: Call[Any], what: str) -> None:
        if call.services.audit is not None:
            call.services.audit.note(what, "maintenance", level=Level.WARNING)


def maintenance_of(services: Services) -> Maintenance:
    """Raises Unavailable where the program cannot start itself again."""
    if services.maintenance is None:
        raise Unavailable("this camera cannot restart itself; start it with panocam run")
    return services.maintenance
