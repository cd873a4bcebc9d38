"""The order in which pieces of a line stand when right-to-left and left-to-right scripts meet.

The Unicode bidirectional algorithm (UAX #9) without its explicit embeddings: the first strong letter gives the line's direction (P2, P3);
letters, digits and neutrals get levels (W2, W4 in short, N1, N2, I1, I2); runs are turned around by level (L2). Letters *within* a
run stay in reading order, because shaping needs them so.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import groupby

_LEFT, _RIGHT, _DIGIT, _NEUTRAL = "L", "R", "N", "-"
_KINDS = {"L": _LEFT, "R": _RIGHT, "AL": _RIGHT, "EN": _DIGIT, "AN": _DIGIT}


@dataclass(frozen=True)
class Run:
    """Letters of one direction, in reading order; ``start`` is where in the line they begin."""

    text: str
    rightward: bool
    start: int = 0


def visual(line: str) -> list[Run]:
    """The runs of ``line`` from left to right."""
    if line.isascii():
        return [Run(line, True)] if line else []
    kinds = [_KINDS.get(unicodedata.bidirectional(letter), _NEUTRAL) for letter in line]
    if _RIGHT not in kinds:
        return [Run(line, True)]
    base = 1 if next(kind for kind in kinds if kind in (_LEFT, _RIGHT)) == _RIGHT else 0
    levels = _levels(_with_signs(line, kinds), base)
    runs: list[tuple[int, int, int]] = []
    for level, group in groupby(range(len(line)), key=levels.__getitem__):
        places = list(group)
        runs.append((level, places[0], places[-1] + 1))
    for level in range(max(levels), 0, -1):
        runs = _turned(runs, level)
    return [Run(line[start:end], level % 2 == 0, start) for level, start, end in runs]


def _with_signs(line: str, kinds: list[str]) -> list[str]:
    """Signs between two digits, as in 12:30, belong to the number."""
    inner = [
        kind == _NEUTRAL and letter in ",.:/-+" and kinds[at - 1 : at] == [_DIGIT] == kinds[at + 1 : at + 2]
        for at, (letter, kind) in enumerate(zip(line, kinds, strict=True))
    ]
    return [_DIGIT if sign else kind for kind, sign in zip(kinds, inner, strict=True)]


def _levels(kinds: list[str], base: int) -> list[int]:
    before, strong = [], _RIGHT if base else _LEFT
    for kind in kinds:
        strong = kind if kind in (_LEFT, _RIGHT) else strong
        before.append(strong)
    after, strong = [], _RIGHT if base else _LEFT
    for kind, last in zip(reversed(kinds), reversed(before), strict=True):
        strong = kind if kind in (_LEFT, _RIGHT) else (last if kind == _DIGIT and last == _LEFT else _RIGHT if kind == _DIGIT else strong)
        after.append(strong)
    after.reverse()
    outer = _RIGHT if base else _LEFT
    return [_level(kind, b, a if a == b else outer, base) for kind, b, a in zip(kinds, before, after, strict=True)]


def _level(kind: str, before: str, around: str, base: int) -> int:
    if kind == _DIGIT:
        return 2 if before == _RIGHT or base else 0
    direction = around if kind == _NEUTRAL else kind
    if direction == _RIGHT:
        return 1
    return 2 if base else 0


def _turned(runs: list[tuple[int, int, int]], level: int) -> list[tuple[int, int, int]]:
    """Every stretch of runs (level, start, end) at ``level`` or above the other way round."""
    result: list[tuple[int, int, int]] = []
    for high, group in groupby(runs, key=lambda run: run[0] >= level):
        stretch = list(group)
        result += reversed(stretch) if high else stretch
    return result
