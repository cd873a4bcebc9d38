"""How the camera is installed, as every dialect offers it: capture modes with what each allows, and restarts of the picture with progress.

A restart has three steps that can be seen from outside: the settings are saved and the old source is let go, the new one is opened, its
first picture comes. ``progress`` counts these steps; it does not guess at seconds. There is at most one restart at a time: a later wish
takes the earlier one's place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from panocam.api.offers import offers
from panocam.api.services import Restart, Services
from panocam.clock import NS
from panocam.errors import InvalidValue
from panocam.optics.capture import MODES, CaptureMode, capture_mode
from panocam.optics.catalog import available
from panocam.optics.mount import Mount
from panocam.pipeline.sources import chooses_rate
from panocam.pipeline.supervisor import SourceState
from panocam.settings.role import Actor

RESTARTING = frozenset({"installation.capture_mode", "installation.mount", "installation.power_line"})
"""Settings that a restart is made for."""


class Step(StrEnum):
    """How far a restart has come."""

    NONE = "none"
    OPENING = "opening"
    FIRST_PICTURE = "first picture"
    WAITING = "waiting"
    DONE = "done"


PROGRESS: Mapping[Step, int] = {Step.NONE: 100, Step.OPENING: 33, Step.WAITING: 33, Step.FIRST_PICTURE: 66, Step.DONE: 100}
"""Percent of the way."""


@dataclass(frozen=True)
class Progress:
    """Where a restart stands. ``reason`` says why a source does not open; it is tried again and again meanwhile."""

    number: int
    step: Step
    percent: int
    reason: str
    seconds: float
    ended: tuple[str, ...]


@dataclass(frozen=True)
class Mode:
    """A capture mode as it is offered. ``fps``: pictures a second at most; ``fixed``: the source has that rate of its own in every mode."""

    row: CaptureMode
    selected: bool
    fps: float
    fixed: bool
    views: tuple[str, ...]


async def restart(services: Services, changes: Mapping[str, object], by: Actor) -> Progress:
    """Change what the picture must be restarted for. Returns when the settings are in force, while the source is being opened.

    ``changes`` are settings by path, those of ``RESTARTING``. Raises as the settings store does, and then nothing has changed.
    """
    if not changes:
        raise InvalidValue("body", "{}", f"name what to change: {', '.join(sorted(path.split('.')[1] for path in RESTARTING))}")
    before = {offer.name for offer in offers(services) if not offer.reason}
    started = services.clock.monotonic_ns()
    await services.settings.patch(changes, by)
    after = {offer.name for offer in offers(services) if not offer.reason}
    last = services.restart
    services.restart = Restart(last.number + 1, started, ended=tuple(sorted(before - after)))
    return progress(services)


def progress(services: Services) -> Progress:
    """Where the last restart stands."""
    now, last = services.clock.monotonic_ns(), services.restart
    source = services.camera.status().source
    if last.number == 0:
        step = Step.NONE
    elif source.frames > 0 and source.state is SourceState.LIVE:
        step = Step.DONE
        last.took_ns = last.took_ns or now - last.started_ns
    elif source.state is SourceState.LOST:
        step = Step.WAITING
    else:
        step = Step.FIRST_PICTURE if source.opened else Step.OPENING
    seconds = (last.took_ns or now - last.started_ns) / NS if last.number else 0.0
    return Progress(last.number, step, PROGRESS[step], source.reason if step is Step.WAITING else "", seconds, last.ended)


def modes(services: Services) -> list[Mode]:
    """All capture modes with what each allows here and now."""
    settings = services.settings.snapshot
    installation = settings.installation
    mount, hertz = Mount(installation.mount), installation.power_line
    chosen = capture_mode(installation.capture_mode)
    source = services.camera.status().source
    nominal = source.nominal_fps or source.fps
    free = chooses_rate(settings.source.uri)
    result = []
    for row in MODES:
        views = tuple(settings.views[view.index].name for view in available(mount) if row.has(view.index))
        fps = row.rates[hertz]
        if not free:
            fps = nominal
        elif source.held_fps:
            fps = min(fps, source.held_fps)
        result.append(Mode(row, row is chosen, round(fps, 2), not free, views))
    return result


def horizon_reason(services: Services) -> str:
    """Why the horizon cannot be straightened; empty when it can."""
    installation = services.settings.snapshot.installation
    if not capture_mode(installation.capture_mode).dewarped:
        return "needs a capture mode with dewarped views"
    if Mount(installation.mount) is not Mount.WALL:
        return "needs the mounting position wall"
    return "" if services.settings.snapshot.views[1].enabled else "needs the panorama, which is switched off in the settings"
