"""Checking a disk: everything on it is read and compared with the index, in steps between which recordings are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from panocam.errors import PanocamError, RemoteProtocolError
from panocam.media import matroska
from panocam.storage.disk import STEP_NAMES, SUFFIX, Disk, Steps
from panocam.storage.index import Index
from panocam.storage.recover import Use, scaled, whole

STEP = 8
"""Pieces of half a second that are read in one go."""


@dataclass(frozen=True)
class Survey:
    """What a check found: ``unlisted`` files that could be taken in, ``missing`` ones that are listed, ``cut`` ones that end in the
    middle of something or are not as long as listed, ``foreign`` ones; ``damaged`` pieces inside of files, which players pass over."""

    files: int = 0
    unlisted: int = 0
    missing: int = 0
    cut: int = 0
    foreign: int = 0
    damaged: int = 0

    @property
    def well(self) -> bool:
        """True when a repair would change nothing."""
        return not (self.unlisted or self.missing or self.cut)


def survey(disk: Disk, index: Index, use: Use) -> Steps[Survey]:
    """Read all of ``disk`` and compare it with ``index``; changes nothing, holds nothing open between its steps. Raises OSError."""
    known = index.paths(disk.id)
    there = [path for path, _ in (yield from disk.listing()) if path.endswith(SUFFIX)]
    files = unlisted = cut = foreign = damaged = 0
    for number, path in enumerate(there):
        if path in use.writing():
            continue
        end = yield from scaled(whole(disk, path), number, len(there))
        size, row = disk.files.size(path), index.at_path(disk.id, path)
        if size is None:  # removed meanwhile, by whoever may
            continue
        files += 1
        if end is None:
            foreign += 1
        elif row is None:
            unlisted += 1
        elif end < size or size != row.bytes:
            cut += 1
        yield number / len(there)
        if end is not None:
            for bad, part in _damage(disk, path, size):
                damaged += bad
                yield (number + part) / len(there)
    missing = yield from _missing(disk, index, sorted(known.keys() - set(there)), use)
    return Survey(files, unlisted, missing, cut, foreign, damaged)


def _missing(disk: Disk, index: Index, paths: list[str], use: Use) -> Steps[int]:
    missing = 0
    for count, path in enumerate(paths):
        missing += path not in use.writing() and disk.files.size(path) is None and index.at_path(disk.id, path) is not None
        if count % STEP_NAMES == 0:
            yield 1.0
    return missing


def _damage(disk: Disk, path: str, size: int) -> Iterator[tuple[int, float]]:
    """Pieces of a file that cannot be read, step by step, and the part of it that has been read."""
    at = 0
    while at < size:
        bad, begin = 0, at
        try:
            with disk.files.open(path) as file:
                for place in islice(matroska.clusters(file, at or matroska.read_header(file).clusters), STEP):
                    at = place.end
                    try:
                        matroska.read_cluster(file, place)
                    except RemoteProtocolError:
                        bad += 1
        except (PanocamError, ValueError, FileNotFoundError):  # removed meanwhile, by whoever may
            return
        if at == begin:
            return
        yield bad, min(1.0, at / size)
