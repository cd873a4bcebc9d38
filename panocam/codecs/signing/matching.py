"""Which of the received pictures a document is about.

Theory. The reader has the entries it computed from what it received, the document has the entries (or only their group hash) of what
was signed. If the group hash fits somewhere, that is the place. Else the list is walked beside what was received, in order: an entry
that the list has further on means that those in between are missing; one that it has not is changed, added or moved. The part ends
where the next group begins, or, when the group went on after it, behind its last entry that was found.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from panocam.codecs.signing.document import Coverage, group_hash

WIDEST = 2000
"""Places at which a group hash without a list is tried."""


@dataclass(frozen=True, slots=True)
class Item:
    """A received unit: its entry, whether it opens a group, the picture it belongs to."""

    entry: bytes
    anchor: bool
    picture: int


@dataclass(frozen=True)
class Place:
    """``items[start:end]`` is the part; ``good`` says of each whether it fits; ``missing`` counts what was signed and
    is not there, beyond what stands changed in its place."""

    start: int
    end: int
    good: tuple[bool, ...]
    missing: int

    @property
    def perfect(self) -> bool:
        """Nothing missing, nothing else in it."""
        return all(self.good) and not self.missing


def place(coverage: Coverage, items: Sequence[Item], salt: bytes) -> Place | None:
    """Where the part is; None when nothing of it is there."""
    return _by_group_hash(coverage, items, salt) or (_by_list(coverage.hashes, coverage.early, items) if coverage.hashes else None)


def _by_group_hash(coverage: Coverage, items: Sequence[Item], salt: bytes) -> Place | None:
    size = coverage.count
    for start in _starts(coverage, items):
        if size and group_hash(salt, (item.entry for item in items[start : start + size])) == coverage.group_hash:
            return Place(start, start + size, (True,) * size, 0)
    return None


def _starts(coverage: Coverage, items: Sequence[Item]) -> list[int]:
    """Where the whole part could begin."""
    last = len(items) - coverage.count
    if coverage.hashes:
        return [i for i in range(min(last + 1, WIDEST)) if items[i].entry == coverage.hashes[0]]
    return list(range(min(last + 1, WIDEST)))


def _by_list(hashes: Sequence[bytes], early: bool, items: Sequence[Item]) -> Place | None:
    known = frozenset(hashes)
    start = next((i for i, item in enumerate(items) if item.entry in known), None)
    if start is None:
        return None
    while start and not items[start].anchor and items[start].picture == items[start - 1].picture:
        start -= 1  # a picture is one thing: its first slice may be the changed one
    following = next((i for i in range(start + 1, len(items)) if items[i].anchor), None)
    end = len(items) if early or following is None else following
    good, missing = _walk(hashes, [item.entry for item in items[start:end]])
    if early or following is None:
        end = start + max(i for i, fits in enumerate(good) if fits) + 1
    return Place(start, end, tuple(good[: end - start]), missing)


def _walk(hashes: Sequence[bytes], entries: Sequence[bytes]) -> tuple[list[bool], int]:
    places: dict[bytes, list[int]] = defaultdict(list)
    for number, value in enumerate(hashes):
        places[value].append(number)
    at = missing = foreign = 0  # foreign: entries since the last that fitted; each stands for one that was there before it was changed
    good = []
    for value in entries:
        where = places.get(value, [])
        found = bisect_left(where, at)
        fits = found < len(where)
        if fits:
            missing += max(0, where[found] - at - foreign)
            at, foreign = where[found] + 1, 0
        else:
            foreign += 1
        good.append(fits)
    return good, missing + max(0, len(hashes) - at - foreign)
