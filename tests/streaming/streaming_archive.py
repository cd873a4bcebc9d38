"""Recordings in memory: the archive's contract, kept with real pictures and chosen gaps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from streaming_clips import FPS, clip, description

from panocam.clock import NS
from panocam.errors import NotFound
from panocam.media.codec import Codec
from panocam.media.footage import Footage, Note, Piece
from panocam.media.packet import Packet

START = 1_700_000_000 * NS
STEP = NS // FPS
GOP = 10


@dataclass
class Tape:
    """Twenty pictures, a key picture every ten, as often as ``loops``; ``gap`` seconds are missing in front of each repetition."""

    codec: Codec = Codec.H264
    loops: int = 3
    gap: float = 0.0
    running: bool = False
    notes: tuple[Note, ...] = ()
    packets: list[Packet] = field(default_factory=list)

    def __post_init__(self) -> None:
        units = clip(self.codec)
        for loop in range(self.loops):
            base = START + loop * (len(units) * STEP + round(self.gap * NS))
            for number, (data, key) in enumerate(units):
                at = base + number * STEP
                broken = number == 0 and (loop == 0 or self.gap > 0)
                self.packets.append(Packet(self.codec, data, key, at, at, discontinuity=broken))

    # -- archive

    def footage(self, recording: str) -> Footage:
        if recording != "tape":
            raise NotFound(f"there is no recording {recording}")
        seen = replace(description(self.codec, 320, 240), fps=FPS)
        return Footage("tape", self.packets[0].wall_ns, self.packets[-1].wall_ns, self.running, seen, bool(self.notes))

    def reader(self, recording: str) -> Reel:
        return Reel(self)


class Reel:
    """Reads half a group at a time."""

    def __init__(self, tape: Tape) -> None:
        self._tape, self._at = tape, 0
        self.closed = False

    def seek(self, wall_ns: int, backward: bool = False) -> None:
        before = [n for n, p in enumerate(self._tape.packets) if p.key and p.wall_ns <= wall_ns]
        self._at = (before[-1] if before else 0) + backward

    def forward(self, keys_only: bool = False) -> Piece | None:
        packets = self._tape.packets
        if self._at >= len(packets):
            return Piece() if self._tape.running else None
        here = packets[self._at : self._at + GOP // 2]
        self._at += len(here)
        first, last = here[0].wall_ns, here[-1].wall_ns
        notes = tuple(note for note in self._tape.notes if first <= note.wall_ns <= last) if not keys_only else ()
        return Piece(tuple(p for p in here if p.key or not keys_only), notes)

    def backward(self) -> Piece | None:
        keys = [n for n, p in enumerate(self._tape.packets[: self._at]) if p.key]
        if not keys:
            return None
        self._at = keys[-1]
        return Piece((self._tape.packets[self._at],))

    def close(self) -> None:
        self.closed = True
