"""A card from a stranger: files that lie about their sizes, never end, or were damaged. What is true of them is listed, nothing breaks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_kit import START, coded, finished

from panocam.errors import PanocamError
from panocam.media import ebml, matroska
from panocam.media.config import stored
from panocam.media.ebml import element, ident
from panocam.storage.cut import Cut
from panocam.storage.disk import Disk
from panocam.storage.export import export_matroska
from panocam.storage.files import LocalFiles
from panocam.storage.index import Filter, Index
from panocam.storage.library import Library
from panocam.storage.recording import Began, Kind, Label
from panocam.storage.recover import Use, reconcile

IDENTITY = "20231114_221320_ABCD_0242AC110002"
PLACE = f"20231114/22/{IDENTITY}/20231114_221320_000000.mkv"
VOID = b"\xec\x80"
HUGE = ebml.size((1 << 32) + 5, 8)


def real(view: int = 4) -> bytes:
    """A segment as the recorder writes it."""
    packets, description = coded(seconds=2)
    label = Label(IDENTITY, "0242AC110002", view, "View", Kind.MANUAL)
    out = matroska.header(description, matroska.Facts(START, "View", label.tags(0, Began.START)), notes=True)
    for first in range(0, 50, 25):
        batch = packets[first : first + 25]
        blocks = [matroska.block(p.pts_ns // 1_000_000 - first * 40, stored(p.codec, p.data), p.key) for p in batch]
        blocks.append(matroska.block(500, b"<document/>", True, matroska.NOTE_TRACK))
        out += matroska.cluster(first * 40, blocks)
    return out


REAL = real()
FRONT = REAL[: REAL.index(ident(matroska.CLUSTER))]


class Card:
    """A disk with one file on it, and what recovery makes of it."""

    def __init__(self, folder: Path, data: bytes) -> None:
        root = folder / "card"
        file = root / PLACE
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        self.disk = Disk("SD_DISK", LocalFiles(root))
        self.disk.mount()
        (folder / "index.sqlite").unlink(missing_ok=True)
        self.index = Index(folder / "index.sqlite")
        self.found = finished(reconcile(self.disk, self.index, Use()))
        self.listed = [row.id for row in self.index.find(Filter())[0]]
        self.library = Library(self.index, {"SD_DISK": self.disk})

    def read(self) -> int:
        """Everything that reads recordings, up to a refusal; returns how many pictures came of the first."""
        count = 0
        for identity in self.listed:
            for way in self._ways(identity):
                try:
                    pictures = sum(1 for _ in way)
                except PanocamError:
                    continue
                count = count or pictures
        self.index.close()
        return count

    def _ways(self, identity: str) -> Iterator[Iterator[object]]:
        library = self.library
        yield library.packets(identity)
        yield export_matroska(library, identity)
        yield iter(library.key_times(identity) if self.listed else ())
        reader = library.reader(identity)
        try:
            reader.seek(START)
            yield iter(reader.forward, None)
            yield iter(reader.backward, None)
        finally:
            reader.close()
        cut = Cut(library, identity)
        yield cut.read(0, cut.size)


HOSTILE = {
    "voids without end": FRONT + VOID * 100_000,
    "a cluster of voids": FRONT + element(matroska.CLUSTER, element(matroska.TIMESTAMP, 0) + VOID * 100_000),
    "a cluster of four gigabytes": FRONT + ident(matroska.CLUSTER) + HUGE + element(matroska.TIMESTAMP, 0) + bytes(1000),
    "a block of four gigabytes": FRONT + element(matroska.CLUSTER, element(matroska.TIMESTAMP, 0) + b"\xa3" + HUGE + bytes(99)),
    "a header of four gigabytes": FRONT[:40] + ident(matroska.TRACKS) + HUGE + FRONT[40:],
    "clusters in clusters": FRONT + b"".join(ident(matroska.CLUSTER) + ebml.size(1 << 20, 8) for _ in range(5000)),
    "clusters without end": FRONT + element(matroska.CLUSTER, element(matroska.TIMESTAMP, 0)) * 45_000,
    "a time of nine bytes": FRONT + element(matroska.CLUSTER, element(matroska.TIMESTAMP, bytes(9)) + matroska.block(0, b"x", True)),
    "a time beyond all": FRONT + element(matroska.CLUSTER, element(matroska.TIMESTAMP, (1 << 64) - 1) + matroska.block(0, b"x", True)),
    "sizes of all ones": FRONT + ident(matroska.CLUSTER) + b"\xff" * 5000,
    "segments in segments": (ident(matroska.SEGMENT) + b"\x01" + b"\xff" * 7) * 20_000 + FRONT,
    "a view of thirty digits": real(10**30),
    "a beginning in the year 300000": FRONT.replace((START - matroska.EPOCH_NS).to_bytes(8, "big"), b"\x7f" + b"\xff" * 7)
    + REAL[len(FRONT) :],
    "nothing": b"",
    "no Matroska": b"\x00\x00\x00\x18ftypisom" + bytes(4000),
    "another recording's": FRONT.replace(b"ABCD", b"ABCE") + REAL[len(FRONT) :],
    "a number that is none": FRONT.replace(b"PANOCAM_VIEW", b"PANOCAM_VIWE") + REAL[len(FRONT) :],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_files_made_to_do_harm(tmp_path: Path, name: str) -> None:
    card = Card(tmp_path, HOSTILE[name])
    assert card.read() <= 50
    assert (tmp_path / "card" / PLACE).exists() or not card.listed


def test_the_real_one_is_taken_in(tmp_path: Path) -> None:
    card = Card(tmp_path, REAL)
    assert (card.listed, card.read()) == ([IDENTITY], 50)


def test_mutated_files(tmp_path: Path) -> None:
    taken = 0
    for seed in range(60):
        card = Card(tmp_path, mutate(REAL, random.Random(seed)))
        taken += bool(card.listed)
        card.read()
    assert taken > 5


def mutate(data: bytes, dice: random.Random) -> bytes:
    """Bits in the structure more often than in the pictures; lying sizes; pieces missing, doubled, cut."""
    out = bytearray(data)
    marks = [ident(kind) for kind in (matroska.CLUSTER, matroska.TRACKS, matroska.TAGS, matroska.INFO, matroska.SEGMENT)]
    places = [at for mark in marks for at in range(len(data)) if data.startswith(mark, at)] + [0, 32]
    for _ in range(dice.randrange(1, 3)):
        at = max(0, min(len(out) - 9, dice.choice(places) + dice.randrange(24)))
        match dice.randrange(5):
            case 0:
                out[at] = dice.randrange(256)
            case 1:
                out[at : at + 8] = dice.choice([b"\xff" * 8, bytes(8), HUGE])
            case 2:
                del out[at : at + dice.randrange(1, 200)]
            case 3:
                out[at:at] = out[at : at + dice.randrange(1, 2000)]
            case _:
                out[dice.randrange(len(out))] ^= 1 << dice.randrange(8)
    return bytes(out[: dice.randrange(len(out))] if dice.random() < 0.2 else out)


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_behind_a_true_front(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    assert Card(tmp_path_factory.mktemp("any"), FRONT + data).read() <= 50
