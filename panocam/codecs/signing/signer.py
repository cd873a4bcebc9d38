"""Access units in, the same access units with signatures out. Sans-I/O: the signing itself is a function that returns a future.

The signature of a group is made when the next group begins, and travels in front of a later picture, the next one if the key store is
quick. It never stands in front of the picture that opened the new group: a clip cut there must begin with a picture of its own.
A group that lasts longer than the interval, or has more entries than a list may hold, is signed in parts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from hashlib import sha256

from panocam.codecs.signing import envelope
from panocam.codecs.signing.document import ECDSA_FIELD, NO_LINK, Coverage, Format, Signatory, entry, group_hash, unit_hash
from panocam.codecs.signing.units import FIRST, HASHED, SPLIT, Bytes, Kind, join
from panocam.errors import Unavailable
from panocam.media.codec import Codec

Sign = Callable[[bytes], "Future[bytes]"]
"""From a SHA-256 digest to an ECDSA signature (P-256, ASN.1 DER)."""

PATIENCE_S = 1.0
"""How long the stream waits for a signature when the next one is already due."""

WRAP = 1 << 32


@dataclass(frozen=True)
class Limits:
    """When a group is signed in parts: after so many pictures, microseconds (0: never) or entries. ``named`` lists every entry."""

    pictures: int = 0
    interval_us: int = 0
    entries: int = 500
    named: bool = True


@dataclass(frozen=True)
class _Waiting:
    raw: bytes
    signature: Future[bytes]


class Signer:
    """Of one stream, from its first packet to its last; feed it in order, from one thread at a time."""

    def __init__(self, codec: Codec, format: Format, signatory: Signatory, sign: Sign, limits: Limits = Limits()) -> None:
        self._codec, self._format, self._signatory, self._sign, self._limits = codec, format, signatory, sign, limits
        self._split = SPLIT[codec]
        self._signature_size = len(format.write_signature(bytes(ECDSA_FIELD)))
        self._counter = 0
        self._anchor = NO_LINK
        self._entries: list[bytes] = []
        self._before = self._current = NO_LINK  # first entries of the part before, and of this one
        self._pictures = 0
        self._start_us = self._end_us = 0
        self._started = False
        self._queue: deque[_Waiting] = deque()

    def take(self, data: bytes, time_us: int) -> bytes:
        """The access unit as it is to be sent. ``time_us`` is when it was captured, in UTC; a step back is taken as no time at all.

        Raises Unavailable when the key store does not keep up, RemoteProtocolError for what is no access unit.
        """
        units: list[Bytes] = []
        changed = False
        for unit in self._split(data):
            if unit.kind in FIRST:
                ready = self._ready()
                changed |= bool(ready)
                units += ready
            if unit.kind in HASHED:
                self._hash(unit.kind, unit.data, time_us)
            units.append(unit.data)
        return join(self._codec, units) if changed else data

    def close_part(self, time_us: int) -> list[bytes]:
        """Sign what has not been signed, as the end of a stream; returns the messages that were still on their way, oldest first."""
        if self._started and self._entries:
            self._finish_part(early=True, time_us=time_us)
        messages = [self._message(waiting) for waiting in self._queue]
        self._queue.clear()
        return messages

    def _hash(self, kind: Kind, data: Bytes, time_us: int) -> None:
        new_group = kind is Kind.ANCHOR
        early = kind is Kind.PICTURE and self._started and self._is_long(time_us)
        if new_group or early:
            self._finish_part(early=early, time_us=time_us)
        digest = unit_hash(data)
        if new_group:
            self._anchor = digest
        if not self._started:
            return  # before the first key picture nothing can be proven
        mine = digest if new_group else entry(self._anchor, digest)
        if new_group or early:
            self._before, self._current = self._current, mine
        self._entries.append(mine)
        self._pictures += kind in FIRST

    def _is_long(self, time_us: int) -> bool:
        limits = self._limits
        return (
            0 < limits.pictures <= self._pictures
            or 0 < limits.interval_us <= time_us - self._end_us
            or 0 < limits.entries <= len(self._entries)
        )

    def _finish_part(self, *, early: bool, time_us: int) -> None:
        self._start_us, self._end_us = self._end_us, max(self._end_us, time_us)
        if self._started:
            self._queue.append(self._signed(early))
            self._counter = (self._counter + 1) % WRAP
        else:
            self._counter, self._started = 1, True
        self._entries, self._pictures = [], 0

    def _signed(self, early: bool) -> _Waiting:
        self._await_earlier()
        entries = self._entries
        coverage = Coverage(
            self._counter, len(entries), early, self._start_us, self._end_us, self._before,
            group_hash(self._format.salt, entries), tuple(entries) if self._limits.named else None,
        )  # fmt: skip
        format, codec = self._format, self._codec
        flags = format.flags & ~format.escaped if codec is Codec.AV1 else format.flags
        raw = envelope.head(codec, format.uuid, flags, format.write(self._signatory, coverage), self._signature_size)
        return _Waiting(raw, self._sign(sha256(envelope.covered(codec, raw, escaped=True)).digest()))

    def _await_earlier(self) -> None:
        for waiting in self._queue:
            try:
                waiting.signature.result(PATIENCE_S)
            except TimeoutError:
                raise Unavailable("the key store takes longer to sign than the pictures last; use longer groups of pictures") from None

    def _ready(self) -> list[bytes]:
        ready = []
        while self._queue and self._queue[0].signature.done():
            ready.append(self._message(self._queue.popleft()))
        return ready

    def _message(self, waiting: _Waiting) -> bytes:
        element = self._format.write_signature(waiting.signature.result(PATIENCE_S))
        return envelope.finish(self._codec, waiting.raw, element)
