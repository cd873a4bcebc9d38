"""The exposure loop: measures the pictures behind the mask and tells the source's controls what comes next.

``see`` runs on the thread that hands out, once a picture, some 0.2 ms. Pictures that were not yet exposed as asked are not looked at, which
is what the law (``imaging.exposure``) relies on. Everything that other threads read or set here is one immutable value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from panocam.clock import NS
from panocam.imaging.exposure import AutoExposure, Exposure, ExposureMode, ExposureRules, Reach, program
from panocam.imaging.metering import Hides, Measured, Meter, Zone
from panocam.media.planes import Planes
from panocam.optics.lens import Circle
from panocam.pipeline.sources.controls import Capability, SourceControls, Tuning

SLOWEST_S = 0.5
"""A longer gap between two looks counts as this much."""

AS_EVER = "as ever"
"""The exposure of a source that says nothing of it."""

HURRIED_DB = 30.0
"""The most gain that a short shutter for things that move may cost: beyond, noise would hide that they move."""

STILL_NS = 4 * NS
"""So long nothing has to move before a shutter that was kept short for it opens again."""


@dataclass(frozen=True)
class ExposurePlan:
    """What the camera is to do: the rules, where to measure, and what else the source is told.

    ``motion_adaptive``: while things move, the gain rises first, whatever the trade-off of the rules.
    """

    rules: ExposureRules = field(default_factory=ExposureRules)
    zones: tuple[Zone, ...] = ()
    tuning: Tuning = field(default_factory=Tuning)
    motion_adaptive: bool = False


@dataclass(frozen=True)
class ExposureState:
    """How things are. ``exposure`` is None where the source's is not known, ``luminance`` (linear, 0..1) where nothing was measured.

    ``moving``: on its way to another exposure. ``limited``: stops by which the picture stays too dark (positive) or too bright.
    ``hurried``: the shutter is kept short because things move.
    """

    exposure: Exposure | None = None
    luminance: float | None = None
    clipped: float = 0.0
    moving: bool = False
    limited: float = 0.0
    hurried: bool = False


class ExposureLoop:
    """One for a camera; sources come and go (``attach``)."""

    def __init__(self, plan: ExposurePlan | None = None) -> None:
        self._plan = plan or ExposurePlan()
        self._controls: SourceControls | None = None
        self._law: AutoExposure | None = None
        self._meter: tuple[object, Meter] | None = None
        self._moved_ns: int | None = None
        self._looked_ns: int | None = None
        self._found = False
        self._state = ExposureState()

    @property
    def plan(self) -> ExposurePlan:
        """What is wished; assigning acts from the next picture on. Any thread."""
        return self._plan

    @plan.setter
    def plan(self, new: ExposurePlan) -> None:
        tell = new.tuning != self._plan.tuning
        self._plan = new
        if tell and self._controls is not None:
            self._controls.tune(new.tuning)

    @property
    def state(self) -> ExposureState:
        """How things were at the newest picture."""
        return self._state

    @property
    def taken(self) -> frozenset[str]:
        """The image settings that the source's own hardware carries out now."""
        controls = self._controls
        return frozenset() if controls is None else controls.taken

    def capabilities(self) -> Mapping[str, Capability]:
        """What the source says of itself; nothing for one without controls."""
        controls = self._controls
        return {} if controls is None else controls.capabilities()

    def attach(self, controls: SourceControls | None) -> None:
        """Another source was opened, or the same one again."""
        self._controls, self._law, self._looked_ns, self._found = controls, None, None, False
        self._moved_ns = None
        self._state = ExposureState()
        if controls is not None:
            controls.tune(self._plan.tuning)

    @property
    def like(self) -> object:
        """How the newest picture is exposed, to tell which pictures can be compared; None while that is changing."""
        controls = self._controls
        if controls is None:
            return AS_EVER
        return (controls.exposure, self._plan.tuning) if controls.settled else None

    @property
    def minds_motion(self) -> bool:
        """Whether ``see`` has to be told if anything moves."""
        return self._plan.motion_adaptive and self._controls is not None and self._plan.rules.mode is not ExposureMode.HOLD

    def see(self, shown: Planes, hides: Hides, circle: Circle, pts_ns: int, *, moves: bool = False) -> None:
        """A picture as it may be shown, where masks cover it, and whether anything moves."""
        controls, plan = self._controls, self._plan
        if controls is None:
            return
        present, settled = controls.exposure, controls.settled
        if not settled:
            self._state = replace(self._state, exposure=present, moving=True)
            return
        measured = self._measure(shown, hides, circle, plan.zones)
        if measured is None or controls.reach is None:
            self._state = ExposureState(present if controls.reach else None, *_numbers(measured))
            return
        law = self._law = self._law or AutoExposure(present)
        dt = SLOWEST_S if self._looked_ns is None else min(max(pts_ns - self._looked_ns, 0) / NS, SLOWEST_S)
        self._looked_ns = pts_ns
        before = law.asked
        rules = self._worth_holding(plan.rules)
        hurried = self.minds_motion and rules.mode is not ExposureMode.HOLD and self._moved(moves, pts_ns)
        wanted = law.see(measured.luminance, dt, _hurried(rules, law.asked, controls.reach) if hurried else rules, controls.reach)
        self._found = self._found or not law.moving
        self._state = ExposureState(present, *_numbers(measured), law.moving or wanted != before, law.limited, hurried)
        if wanted != before:
            controls.expose(wanted)

    def _worth_holding(self, rules: ExposureRules) -> ExposureRules:
        """A source that begins in hold first looks for an exposure that is worth it."""
        self._found = self._found or rules.mode is not ExposureMode.HOLD
        return rules if self._found else replace(rules, mode=ExposureMode.AUTOMATIC)

    def _moved(self, moves: bool, pts_ns: int) -> bool:
        """Whether something moves, or did so a moment ago."""
        if moves:
            self._moved_ns = pts_ns
        return self._moved_ns is not None and 0 <= pts_ns - self._moved_ns < STILL_NS

    def _measure(self, shown: Planes, hides: Hides, circle: Circle, zones: tuple[Zone, ...]) -> Measured | None:
        key = (shown.size, circle, zones)
        if self._meter is None or self._meter[0] != key:
            self._meter = (key, Meter(shown.size, circle, zones))
        return self._meter[1].measure(shown, hides)


def _hurried(rules: ExposureRules, asked: Exposure, reach: Reach) -> ExposureRules:
    """The rules while things move: gain first, as far as it is worth it, and never less than is needed anyhow."""
    needed_db = program(asked.total, rules, reach).gain_db
    return replace(rules, trade_off=0.0, max_gain_db=min(rules.max_gain_db, max(HURRIED_DB, needed_db, rules.min_gain_db)))


def _numbers(measured: Measured | None) -> tuple[float | None, float]:
    return (None, 0.0) if measured is None else (measured.luminance, measured.clipped)
