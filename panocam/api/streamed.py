"""Replies that are made while they are sent, from iterators that block: read on threads, a quarter of a megabyte at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from panocam.errors import NotFound

AT_ONCE = 256 << 10


def first_of(pieces: Iterator[bytes]) -> bytes:
    """The first piece, so that what is wrong is said with a status, not in the middle of the data. Raises NotFound without one."""
    for piece in pieces:
        return piece
    raise NotFound("there are no pictures in that time")


async def rest_of(first: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """``first`` and everything behind it."""
    yield first
    while batch := await asyncio.to_thread(_some, pieces):
        yield batch


def _some(pieces: Iterator[bytes]) -> bytes:
    parts: list[bytes] = []
    size = 0
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if size > AT_ONCE:
            break
    return b"".join(parts)
