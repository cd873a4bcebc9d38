"""What the parts report, as events on the bus."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from panocam.access import Failure
from panocam.access.throttle import EVERYBODY
from panocam.events.bus import Bus
from panocam.events.topics import AUTHENTICATION_FAILED, LIVE_STREAM_ACCESSED, PASSWORD_GUESSING, SOURCE_LOST

log = logging.getLogger(__name__)

THE_SOURCE = {"channel": 0}


def begin(bus: Bus) -> Bus:
    """The bus, told how things are before anything has happened, for those who ask early."""
    bus.emit(SOURCE_LOST, THE_SOURCE, lost=False, reason="")
    bus.emit(LIVE_STREAM_ACCESSED, accessed=False)
    return bus


def failed_login(bus: Bus) -> Callable[[Failure], None]:
    """What to call with each wrong try."""

    def hear(failure: Failure) -> None:
        log.warning("wrong user name or password for %s from %s over %s", failure.account, failure.peer, failure.protocol)
        bus.emit(AUTHENTICATION_FAILED, peer=failure.peer, account=failure.account, protocol=failure.protocol)

    return hear


def guessing(bus: Bus) -> Callable[[Failure], None]:
    """What to call when somebody who guesses passwords has to wait from now on."""

    def hear(failure: Failure) -> None:
        whom = "all accounts" if failure.account == EVERYBODY else failure.account
        log.warning("too many wrong passwords for %s from %s: who tries has to wait from now on", whom, failure.peer)
        bus.emit(PASSWORD_GUESSING, peer=failure.peer, account=failure.account, protocol=failure.protocol)

    return hear


def pipeline_fact(bus: Bus, worn_out: Callable[[], None]) -> Callable[[str, Mapping[str, object]], None]:
    """What to call with each fact of the pipeline. It has logged them already; those without a topic end there."""

    def hear(name: str, data: Mapping[str, object]) -> None:
        match name:
            case "source-lost":
                bus.emit(SOURCE_LOST, THE_SOURCE, lost=True, reason=str(data["reason"]))
            case "source-back":
                bus.emit(SOURCE_LOST, THE_SOURCE, lost=False, reason="")
            case "watched":
                bus.emit(LIVE_STREAM_ACCESSED, accessed=bool(data["watched"]))
            case "worn-out":
                worn_out()

    return hear
