"""One view area under control: whose hands are on it, which tour plays, which preset it is on its way to, whether it moves.

Everything here happens in ``tick``, which is told the time, does what is due, and says when it wants to be called again. A person's move
pauses the tour at once; it goes on by itself after the time that the settings say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from panocam.clock import NS
from panocam.errors import Busy
from panocam.events.bus import Bus
from panocam.events.topics import PTZ_CONTROL, PTZ_MOVING, PTZ_ON_PRESET, PTZ_READY, PTZ_TOUR
from panocam.optics.motion import STILL, Speeds
from panocam.optics.pose import Pose
from panocam.pipeline.heads import PtzHead, Reached
from panocam.ptz.mover import Mover
from panocam.ptz.players import Over, Player, TourState
from panocam.ptz.queue import ControlQueue
from panocam.settings.ptz import HOME, Ptz, Tour

SETTLED_NS = NS // 2
"""How long a move that landed at once counts as moving, so that a dragged picture is one move and not a hundred."""

RETRY_NS = NS
"""A tour that has to wait for control asks again after so long."""


@dataclass
class Playing:
    """A tour that has been started. ``resume_ns``: when a paused one goes on; None for by hand."""

    tour: Tour
    player: Player
    mover: Mover
    resume_ns: int | None = None
    paused: bool = False

    @property
    def state(self) -> TourState:
        return TourState.PAUSED if self.paused else self.player.state


class AreaControl:
    """``number`` 1..4. ``rules()`` gives the settings of the moment, ``over(tour, reason)`` is told of tours that end by themselves.

    ``driving`` is the continuous move that was asked for last; ``speed`` what a client has set for moves that say none.
    """

    def __init__(
        self,
        number: int,
        head: PtzHead,
        rules: Callable[[], Ptz],
        bus: Bus,
        now_ns: int,
        over: Callable[[Tour, str], None],
    ) -> None:
        self.number, self.head = number, head
        self.queue = ControlQueue(rules)
        self.playing: Playing | None = None
        self.driving: Speeds = STILL
        self.speed: int | None = None
        self.moved_by: Mover | None = None
        """Who has moved the area last, tours aside, and when."""
        self.moved_ns = now_ns
        self.held = False
        """Somebody keeps it where it is: it does not go home by itself."""
        self._rules, self._bus, self._over = rules, bus, over
        self._heading: Reached | None = None
        self._goal: Pose | None = None
        self._standing: Reached | None = None
        self._left = Reached(HOME, "Home")
        self._stood = False
        self._active_ns = self._changed_ns = now_ns
        self._changed_ns -= SETTLED_NS
        self._moves = head.moves

    def moving(self, now_ns: int) -> bool:
        """Whether the picture turns, or has been turned just now."""
        return self.head.moving or now_ns < self._changed_ns + SETTLED_NS

    def take(self, who: Mover, now_ns: int) -> PtzHead:
        """The head, for a move by a person (or a rule). Pauses the tour. Raises Busy while somebody else has control."""
        rules = self._rules()
        if rules.queue:
            self.queue.act(who, now_ns)
        self._active_ns = self.moved_ns = now_ns
        self.moved_by = who
        self._heading = self._standing = None
        self.driving = STILL
        if self.playing is not None:
            self.pause(now_ns, rules.resume_after * NS if rules.resume_after else None)
        return self.head

    def head_for(self, preset: int, name: str) -> None:
        """The move that has just begun leads to a preset."""
        self._heading, self._goal = Reached(preset, name), self.head.movement.goal

    # --- tours

    def play(self, tour: Tour, player: Player, mover: Mover, now_ns: int) -> None:
        """Start a tour instead of the one that plays."""
        self.playing = Playing(tour, player, mover)
        self._heading = self._standing = None
        self._step(self.playing, now_ns, player.begin)

    def pause(self, now_ns: int, for_ns: int | None = None) -> None:
        """Hold the tour; for a time, or until it is resumed."""
        playing = self.playing
        if playing is None:
            return
        if not playing.paused:
            playing.player.pause(now_ns)
        playing.paused, playing.resume_ns = True, None if for_ns is None else now_ns + for_ns

    def resume(self, now_ns: int) -> None:
        """Let a paused tour go on."""
        playing = self.playing
        if playing is not None and playing.paused:
            playing.paused, playing.resume_ns = False, None
            self._step(playing, now_ns, playing.player.resume)

    def hand_over(self, mover: Mover) -> None:
        """The tour goes on in another's name."""
        if self.playing is not None and self.playing.mover != mover:
            self.queue.release(self.playing.mover)
            self.playing.mover = mover

    def stop(self) -> None:
        """End the tour; the area stays where it is."""
        if self.playing is not None:
            self.queue.release(self.playing.mover)
            self.playing = None
            if self.head.moving:
                self.head.drive((0.0, 0.0, 0.0))

    def arrived(self, preset: int, name: str) -> None:
        """A tour has come to a preset."""
        self.head.reached = self._standing = Reached(preset, name)

    # --- time

    def tick(self, now_ns: int, *, usable: bool) -> int | None:
        """Do what is due; returns when to come again. ``usable``: PTZ of this area is on."""
        rules = self._rules()
        self.head.thaw()
        if self.head.moves != self._moves:
            self._moves, self._changed_ns = self.head.moves, now_ns
        if self._heading is not None and not self.head.moving:
            if self.head.movement.goal == self._goal:  # else new limits stopped it on its way
                self.head.reached = self._standing = self._heading
            self._heading = None
        if not rules.queue:
            self.queue.clear()
        if usable:
            self._tour(now_ns)
            self._go_home(rules, now_ns)
        self._tell(now_ns)
        self._bus.emit(PTZ_READY, {"area": self.number}, ready=usable)
        return min(self._dues(rules, now_ns, usable), default=None)

    def _tour(self, now_ns: int) -> None:
        playing = self.playing
        if playing is None:
            return
        if playing.paused:
            if playing.resume_ns is not None and now_ns >= playing.resume_ns:
                self.resume(now_ns)
        elif now_ns >= playing.player.until_ns:
            self._step(playing, now_ns, playing.player.advance)

    def _step(self, playing: Playing, now_ns: int, step: Callable[[int], None]) -> None:
        if self._rules().queue:
            try:
                self.queue.act(playing.mover, now_ns)
            except Busy:
                self.pause(now_ns, RETRY_NS)
                return
        try:
            self._standing = None if playing.state is TourState.STAYING else self._standing
            step(now_ns)
        except Over as over:
            self.stop()
            self._over(playing.tour, str(over))
        self._active_ns = now_ns
        self._moves, self._changed_ns = self.head.moves, now_ns - SETTLED_NS

    def _go_home(self, rules: Ptz, now_ns: int) -> None:
        if self._leaves_ns(rules) is None or now_ns < (self._leaves_ns(rules) or 0):
            return
        if rules.preset_speed:
            self.head.visit(self.head.home, rules.preset_speed)
        else:
            self.head.go_home()
        self.head_for(HOME, "Home")
        self._active_ns = now_ns

    def _leaves_ns(self, rules: Ptz) -> int | None:
        """When an idle area goes home; None when it does not."""
        if not rules.home_after or self.held or self.playing is not None or self.head.movement.goal == self.head.home:
            return None
        return self._active_ns + rules.home_after * NS

    def _dues(self, rules: Ptz, now_ns: int, usable: bool) -> list[int]:
        dues = [self.queue.due_ns() if rules.queue else None, self.head.movement.end_ns if self.head.moving else None]
        dues.append(self.head.thaws_ns)
        dues.append(self._changed_ns + SETTLED_NS)
        if usable:
            dues.append(self._leaves_ns(rules))
            if self.playing is not None:
                dues.append(self.playing.resume_ns if self.playing.paused else self.playing.player.until_ns)
        return [due for due in dues if due is not None and due > now_ns]

    def _tell(self, now_ns: int) -> None:
        """The state of things, as events; what is known already is not said again."""
        source = {"area": self.number}
        on, playing, holder = self._standing, self.playing, self.queue.holder(now_ns) if self._rules().queue else None
        self._bus.emit(PTZ_MOVING, source, moving=self.moving(now_ns))
        place = on or self._left
        if self._stood and place != self._left:  # clients keep a state for each position: the one before is left, even by a move at once
            self._bus.emit(PTZ_ON_PRESET, source, on_preset=False, number=self._left.number, name=self._left.name)
        self._left, self._stood = place, on is not None
        self._bus.emit(PTZ_ON_PRESET, source, on_preset=self._stood, number=place.number, name=place.name)
        shown = (playing.tour.number, playing.tour.name) if playing else (-1, "")
        running = playing is not None and not playing.paused
        state = "stopped" if playing is None else "paused" if playing.paused else "running"
        self._bus.emit(PTZ_TOUR, source, running=running, tour=shown[0], name=shown[1], state=state)
        self._bus.emit(PTZ_CONTROL, source, controlled=holder is not None, by=holder.name if holder else "")
