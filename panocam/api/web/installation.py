"""Installation over REST: capture modes, restarts of the picture with their progress, and the level grid."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from panocam.api import installation
from panocam.api.endpoint import Call, Reply, Wish, rest
from panocam.api.sight import Sight
from panocam.optics.capture import Capture
from panocam.optics.levelgrid import level_grid
from panocam.settings.role import Role


class ModeReply(Reply):
    """A capture mode. ``fps`` is the most; with ``source_rate`` it is the source's own, which no mode changes."""

    name: Capture
    number: int
    title: str
    selected: bool
    fps: float
    source_rate: bool
    views: list[str]
    wdr: bool
    horizon_straightening: bool


class RestartReply(Reply):
    """Where the last restart of the picture stands; ``number`` counts restarts, 0 is none yet. ``ended_views``: streams of these were
    closed, because the views are no longer there. ``reason``: why the source does not open; it is tried again meanwhile."""

    number: int
    step: installation.Step
    progress: int = Field(ge=0, le=100, description="percent")
    reason: str
    seconds: float
    ended_views: list[str]


class HorizonReply(Reply):
    """Whether horizon straightening can act, and why not."""

    available: bool
    reason: str


class InstallationReply(Reply):
    """How the camera is installed, and what else it could be."""

    capture_mode: Capture
    capture_modes: list[ModeReply]
    mount: str
    power_line: int
    horizon: HorizonReply
    restart: RestartReply


class RestartWish(Wish):
    """What to change; what is not named stays."""

    capture_mode: Capture | None = None
    mount: Literal["ceiling", "desk", "wall"] | None = None
    power_line: Literal[50, 60] | None = None


class GridWish(Wish):
    """Which view, at which size (default: the one that a stream would have), and how many degrees from line to line."""

    view: int = Field(0, ge=0, le=11)
    width: int | None = Field(None, ge=16, le=8192)
    height: int | None = Field(None, ge=16, le=8192)
    step: float = Field(15.0, ge=2, le=45)


class LineReply(Reply):
    """A level line at a tilt, or an upright one at a pan, in pixels of the view (x, y)."""

    upright: bool
    degrees: float
    points: list[tuple[float, float]]


class GridReply(Reply):
    """Lines of the true world as the view shows them."""

    view: int
    width: int
    height: int
    lines: list[LineReply]


async def read(call: Call[None]) -> InstallationReply:
    """Everything about the installation."""
    services = call.services
    now = services.settings.snapshot.installation
    reason = installation.horizon_reason(services)
    return InstallationReply(
        capture_mode=Capture(now.capture_mode),
        capture_modes=[_mode(mode) for mode in installation.modes(services)],
        mount=now.mount,
        power_line=now.power_line,
        horizon=HorizonReply(available=not reason, reason=reason),
        restart=_restart(installation.progress(services)),
    )


async def restart(call: Call[RestartWish]) -> RestartReply:
    """Change the mode, the mount or the mains frequency, and restart the picture; returns at once."""
    changes = {f"installation.{name}": value for name, value in call.wish.model_dump(exclude_none=True).items()}
    return _restart(await installation.restart(call.services, changes, call.caller))


async def progress(call: Call[None]) -> RestartReply:
    """How far the restart has come."""
    return _restart(installation.progress(call.services))


async def grid(call: Call[GridWish]) -> GridReply:
    """The level grid of a view."""
    wish = call.wish
    seen = Sight.of(call.services, wish.view, None if wish.width is None or wish.height is None else (wish.width, wish.height))
    lines = level_grid(seen.view, seen.lens, seen.arrangement.mount, seen.arrangement.horizon.lean, wish.step)
    return GridReply(
        view=wish.view,
        width=seen.width,
        height=seen.height,
        lines=[LineReply(upright=line.upright, degrees=line.degrees, points=list(line.points)) for line in lines],
    )


def _mode(mode: installation.Mode) -> ModeReply:
    row = mode.row
    return ModeReply(
        name=row.name,
        number=row.number,
        title=row.title,
        selected=mode.selected,
        fps=mode.fps,
        source_rate=mode.fixed,
        views=list(mode.views),
        wdr=row.wdr,
        horizon_straightening=row.dewarped,
    )


def _restart(now: installation.Progress) -> RestartReply:
    return RestartReply(
        number=now.number,
        step=now.step,
        progress=now.percent,
        reason=now.reason,
        seconds=round(now.seconds, 2),
        ended_views=list(now.ended),
    )


_PATH = "/api/v1/installation"

ENDPOINTS = (
    rest(_PATH, "Capture modes, mount, horizon and the last restart", read, Role.VIEWER, reply=InstallationReply),
    rest(_PATH + "/restart", "How far the restart of the picture has come", progress, Role.VIEWER, reply=RestartReply),
    rest(
        _PATH + "/restart",
        "Change what needs a restart of the picture, and restart it",
        restart,
        Role.ADMINISTRATOR,
        methods=("POST",),
        request=RestartWish,
        reply=RestartReply,
    ),
    rest("/api/v1/level-grid", "Level and upright lines of the world in a view", grid, Role.VIEWER, request=GridWish, reply=GridReply),
)
