"""What one PLAY sends, in its order: pictures and notes, each with what is known of its neighbours. Read on threads, a piece at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from panocam.clock import NS
from panocam.media.footage import Note, Piece
from panocam.media.packet import Packet
from panocam.streaming.playback.archive import Reader
from panocam.streaming.playback.wish import Wish

LOOK_AGAIN_S = 0.1
"""How long to wait for a recording that is being written to go on."""


@dataclass(frozen=True)
class Step:
    """One thing to send. ``jump``: it does not follow what was sent before; ``cut``: nor will the next follow it; ``last``: none will."""

    item: Packet | Note
    jump: bool
    cut: bool = False
    last: bool = False


class Run:
    """Begins at ``since_ns``. ``after_ns``: what had been sent up to there is not sent again, and the first picture follows it."""

    def __init__(self, reader: Reader, wish: Wish, since_ns: int, after_ns: int | None = None) -> None:
        self._reader, self._wish, self._since_ns, self._after_ns = reader, wish, since_ns, after_ns
        self._waiting: deque[Packet | Note] = deque()
        self._resumes = after_ns is not None
        self._begun = self._ended = False
        self._sent_ns: int | None = None
        self._reading: asyncio.Future[Piece | None] | None = None

    async def first(self) -> Packet | Note | None:
        """What it begins with; None when there is nothing."""
        await self._fill(1)
        return self._waiting[0] if self._waiting else None

    async def steps(self) -> AsyncIterator[Step]:
        """Everything, one look ahead of what is given out."""
        first = True
        while True:
            await self._fill(2)
            if not self._waiting:
                return
            item = self._waiting.popleft()
            after = self._waiting[0] if self._waiting else None
            jump = isinstance(item, Packet) and ((first and not self._resumes) or item.discontinuity or self._wish.backward)
            first = first and not isinstance(item, Packet)
            yield Step(item, jump, cut=after is None or (isinstance(after, Packet) and after.discontinuity), last=after is None)

    async def close(self) -> None:
        """Let the recording go; waits for a read that is under way."""
        self._ended = True
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)
        await asyncio.to_thread(self._reader.close)

    async def _fill(self, count: int) -> None:
        while len(self._waiting) < count and not self._ended:
            self._reading = asyncio.ensure_future(asyncio.to_thread(self._read))
            piece = await asyncio.shield(self._reading)  # whoever is cancelled leaves the thread to ``close``
            if piece is None:
                self._ended = True
            elif piece.pictures or piece.notes:
                self._take(piece)
            else:
                await asyncio.sleep(LOOK_AGAIN_S)

    def _read(self) -> Piece | None:
        if not self._begun:
            self._begun = True
            self._reader.seek(self._since_ns, self._wish.backward)
        return self._reader.backward() if self._wish.backward else self._reader.forward(self._wish.keys_only)

    def _take(self, piece: Piece) -> None:
        items: list[Packet | Note] = [*piece.pictures, *piece.notes]
        for item in sorted(items, key=lambda item: item.wall_ns):
            if self._wish.beyond(item.wall_ns):
                self._ended = True
                return
            if self._passed(item) or self._too_close(item):
                continue
            self._waiting.append(item)

    def _passed(self, item: Packet | Note) -> bool:
        """Whether it was sent before the pause."""
        if self._after_ns is None:
            return False
        if item.wall_ns >= self._after_ns if self._wish.backward else item.wall_ns <= self._after_ns:
            return True
        if isinstance(item, Packet):
            self._after_ns = None  # only once: the clock may have been set back later in the recording
        return False

    def _too_close(self, item: Packet | Note) -> bool:
        if not isinstance(item, Packet) or not self._wish.every_ns:
            return False
        if self._sent_ns is not None and abs(item.wall_ns - self._sent_ns) < min(self._wish.every_ns, 3600 * NS):
            return True
        self._sent_ns = item.wall_ns
        return False
