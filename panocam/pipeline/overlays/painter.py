"""Says what lies over each picture of one channel: the overlays of its view. Lives on that channel's worker.

Theory. A picture's words are those of its own moment: dates come from the time of capture and directions from the pose it was drawn
with, so that a recording says when and whereto, not when it was encoded. What is prepared for one picture is used for the next; a
change of the board, of the picture's colour or of nothing at all decides what is made anew.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime

from panocam.clock import NS
from panocam.events.modifiers import Moment, Template
from panocam.media.planes import Color
from panocam.optics.pose import Pose
from panocam.pipeline.overlays.board import OverlayBoard, Shown
from panocam.pipeline.overlays.sprites import Canvas, Drawn, Sprite, sprite
from panocam.pipeline.request import ALL_OVERLAYS, Overlay
from panocam.settings.overlays import Item

WINDOW_NS = 2 * NS
"""Over which rates are measured."""


class Flow:
    """Rates of what was encoded, by media time."""

    def __init__(self) -> None:
        self._units: deque[tuple[int, int]] = deque(maxlen=512)
        self._bytes = 0

    def add(self, pts_ns: int, size: int) -> None:
        if len(self._units) == self._units.maxlen:
            self._bytes -= self._units[0][1]
        self._units.append((pts_ns, size))
        self._bytes += size
        while pts_ns - self._units[0][0] > WINDOW_NS:
            self._bytes -= self._units.popleft()[1]

    @property
    def fps(self) -> float:
        """0 while there are fewer than two pictures."""
        seconds = self._seconds
        return (len(self._units) - 1) / seconds if seconds else 0.0

    @property
    def kbps(self) -> float:
        """Kilobits a second; 0 while there are fewer than two pictures."""
        seconds = self._seconds
        return (self._bytes - self._units[0][1]) * 8 / 1000 / seconds if seconds else 0.0

    @property
    def _seconds(self) -> float:
        return (self._units[-1][0] - self._units[0][0]) / NS if self._units else 0.0


class Painter:
    """Of view ``view`` at ``size`` (width, height); ``kinds`` of overlays are shown, the others left out."""

    def __init__(self, board: OverlayBoard, view: int, size: tuple[int, int], kinds: frozenset[Overlay] = ALL_OVERLAYS) -> None:
        self._board, self._view, self._size, self._kinds = board, view, size, kinds
        self._made: tuple[Shown, Color] | None = None
        self._sprites: list[tuple[Item, Sprite]] = []
        self._still: list[Drawn | None] = []
        self._moment = Moment(0, board.zone, self._fact)
        self._second: tuple[int, datetime] | None = None
        self._pose: Pose | None = None
        self._number = -1
        self.flow = Flow()

    def layers(self, wall_ns: int, pts_ns: int, color: Color, pose: Pose | None = None) -> list[tuple[Item, Drawn]]:
        """What lies over the next picture, from the bottom up; the picture is of that moment, along ``pose`` (None for views that cannot be
        moved). Layers may change with the picture after.
        """
        self._number += 1
        self._pose = pose
        shown = self._board.shown
        if self._made is None or self._made[0] is not shown or self._made[1] != color:
            self._prepare(shown, color)
        self._moment.wall_ns, self._moment.zone = wall_ns, self._board.zone
        found = []
        for (item, each), here in zip(self._sprites, self._still, strict=True):
            if not each.still:
                here = each.at(self._say, self._number, pts_ns)
            if here is not None:
                found.append((item, here))
        return found

    def say(self, template: Template, moment: Moment, pose: Pose | None = None) -> str:
        """The words of a text at a moment; the moment's own facts do not count."""
        self._pose = pose
        return template.at(replace(moment, facts=self._fact))

    def _prepare(self, shown: Shown, color: Color) -> None:
        """Sprites of overlays that stay as they were are kept."""
        old = dict(self._sprites) if self._made is not None and self._made[1] == color else {}
        before = self._made[0].artworks if self._made is not None else {}
        canvas = Canvas(self._size, color)
        sprites: list[tuple[Item, Sprite]] = []
        for item in shown.items:
            kind = Overlay.IMAGE if item.kind == "image" else Overlay.TEXT
            if kind not in self._kinds or (item.views is not None and self._view not in item.views):
                continue
            art = shown.artworks.get(item.image) if item.kind == "image" else None
            same = item.kind != "image" or before.get(item.image) is art
            made = old.get(item) if same and item in old else sprite(item, canvas, art)
            if made is not None:
                sprites.append((item, made))
        self._still = [each.at(_literal, 0, 0) if each.still else None for _, each in sprites]
        self._sprites, self._made = sprites, (shown, color)

    def _say(self, template: Template) -> str:
        moment = self._moment
        second = moment.wall_ns // NS
        if self._second is None or self._second[0] != second:
            self._second = second, moment.local
        return template.at(moment, self._second[1])

    def _fact(self, name: str, number: int | None) -> str | None:
        said = self._of_picture(name)
        return self._board.fact(name, self._view, number) if said is None else said

    def _of_picture(self, name: str) -> str | None:
        """What this channel knows by itself."""
        match name:
            case "#b":
                return f"{self.flow.kbps:.0f}"
            case "#B":
                return f"{self.flow.kbps / 1000:.2f}"
            case "#r":
                return f"{self.flow.fps:.2f}"
            case "#R":
                return f"{self.flow.fps:.0f}"
            case "#s":
                return f"{max(0, self._number) % 100_000:05}"
            case "#L":
                return None if self._pose is None else self._board.place_of(self._view, self._pose)
        return None if self._pose is None else _of_pose(name, self._pose)


def _of_pose(name: str, pose: Pose) -> str | None:
    match name:
        case "#x":
            return f"{round(pose.pan, 1) + 0.0:.1f}"
        case "#y":
            return f"{round(pose.tilt, 1) + 0.0:.1f}"
        case "#z":
            return f"{1 + round(pose.zoom * 9998)}"  # as ptz.cgi counts
        case "#Z":
            return f"{pose.magnification:.1f}x"
    return None


def _literal(template: Template) -> str:
    """The words of a text without modifiers."""
    return template.at(Moment(0, UTC))
