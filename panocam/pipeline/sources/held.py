"""The rate that a renderer can hold, learned from how long pictures take: an even lower rate looks better than an uneven higher one.

The median of the last ``LOOKS`` pictures says what is possible; a part of the time (1 - ``SHARE``) is left for what comes between. Lower
is gone to at once when they have been looked at, higher only when there is clearly room, so that the rate does not swing.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable

SHARE = 0.9
LOOKS = 75
ROOM = 1.1
NEWS = 0.75
LEAST, MOST = 4.0, 60.0


class HeldRate:
    """``fps`` is the rate to render at, at most ``wanted``; ``held`` what would be possible. ``seconds``: what the first pictures took."""

    def __init__(self, wanted: float, seconds: Iterable[float]) -> None:
        self._wanted = wanted
        self._taken: list[float] = []
        self.held = _possible(seconds)
        self.fps = min(wanted, self.held)
        self._told = wanted

    def took(self, seconds: float) -> bool:
        """Another picture took so long. True when that changed ``fps``."""
        self._taken.append(seconds)
        if len(self._taken) < LOOKS:
            return False
        self.held, self._taken = _possible(self._taken), []
        if self.fps <= self.held < self.fps * ROOM:
            return False
        before, self.fps = self.fps, min(self._wanted, self.held)
        return self.fps != before

    def is_news(self) -> bool:
        """Whether ``fps`` is worth a word: lower than wanted for the first time, or by a quarter lower than at any word before. A
        machine with other things to do lets it swing all day long."""
        news = self.fps < self._wanted and (self._told == self._wanted or self.fps <= self._told * NEWS)
        if news:
            self._told = self.fps
        return news


def _possible(seconds: Iterable[float]) -> float:
    """A whole number of pictures a second."""
    return min(max(math.floor(SHARE / max(statistics.median(seconds), 1e-6)), LEAST), MOST)
