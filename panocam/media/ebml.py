"""EBML (RFC 8794): elements are an ID, a size and a body. Just what Matroska needs to be written and read back.

A size of all ones means "unknown": the element lasts until something comes that cannot be in it, or until the data ends.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from panocam.errors import RemoteProtocolError

UNKNOWN = 0x01FFFFFFFFFFFFFF
"""An eight-byte size field that says "unknown"."""

Value = int | float | str | bytes

_WORD = struct.Struct(">I")


def size(value: int, width: int = 0) -> bytes:
    """A size as a variable-length number (RFC 8794 clause 4), as short as can be or ``width`` bytes."""
    width = width or next(w for w in range(1, 9) if value < (1 << 7 * w) - 1)
    return (value | 1 << 7 * width).to_bytes(width, "big")


def element(identity: int, body: Value) -> bytes:
    """One element. ``int`` is written unsigned, ``float`` with eight bytes, ``str`` in UTF-8."""
    if isinstance(body, int):
        body = body.to_bytes(max(1, (body.bit_length() + 7) // 8), "big")
    elif isinstance(body, float):
        body = struct.pack(">d", body)
    elif isinstance(body, str):
        body = body.encode()
    return ident(identity) + size(len(body)) + body


def ident(identity: int) -> bytes:
    """An element's ID; the length marker is part of it (clause 5)."""
    return identity.to_bytes((identity.bit_length() + 7) // 8, "big")


def void(total: int) -> bytes:
    """A Void element of ``total`` bytes (>= 9), room for something that is known only later."""
    return b"\xec" + size(total - 9, 8) + bytes(total - 9)


@dataclass(frozen=True)
class Head:
    """Where an element's ``body`` begins in the data, and where it ends (None: unknown)."""

    id: int
    start: int
    body: int
    end: int | None


def read_head(data: bytes | memoryview, at: int, base: int = 0) -> Head | None:
    """The element that begins at ``data[at]``, its places counted from ``base``; None when the data ends in its head.

    Raises RemoteProtocolError for bytes that are no element.
    """
    first = data[at] if at < len(data) else 0
    if at >= len(data):
        return None
    width = 9 - first.bit_length()
    if width > 4:
        raise RemoteProtocolError(f"no EBML element at byte {base + at}")
    if at + width >= len(data):
        return None
    length = 9 - data[at + width].bit_length()
    if length > 8:
        raise RemoteProtocolError(f"an EBML size longer than eight bytes at byte {base + at + width}")
    body = at + width + length
    if body > len(data):
        return None
    count = int.from_bytes(data[at + width : body], "big") & (1 << 7 * length) - 1
    end = None if count == (1 << 7 * length) - 1 else base + body + count
    return Head(int.from_bytes(data[at : at + width], "big"), base + at, base + body, end)


def children(data: bytes | memoryview) -> Iterator[tuple[int, memoryview]]:
    """(ID, body) of the elements in a body of known size. Raises RemoteProtocolError when one leads out of it."""
    view, at, last = memoryview(data), 0, len(data)
    while at < last:
        if (short := read_short(view, at)) is not None and short[0] + short[1] <= last:
            body, count = short
            yield view[at], view[body : body + count]
            at = body + count
            continue
        head = read_head(view, at)
        if head is None or head.end is None or head.end > last:
            raise RemoteProtocolError(f"an EBML element at byte {at} does not fit into its parent of {last} bytes")
        yield head.id, view[head.body : head.end]
        at = head.end


def read_short(data: bytes | memoryview, at: int) -> tuple[int, int] | None:
    """(where its body begins, how many bytes that is) of an element with an ID of one byte and a size of at most four, which is what
    pictures come in: a quarter of the time that ``read_head`` takes. None for all others; the body need not be there."""
    if at + 5 > len(data) or data[at] < 0x80:
        return None
    word = _WORD.unpack_from(data, at + 1)[0]
    width = 33 - word.bit_length()
    if width > 4:
        return None
    unknown = (1 << 7 * width) - 1
    count = word >> 32 - 8 * width & unknown
    return None if count == unknown else (at + 1 + width, count)


def number(body: bytes | memoryview) -> int:
    """An unsigned integer of at most eight bytes. Raises RemoteProtocolError."""
    if len(body) > 8:
        raise RemoteProtocolError(f"an EBML number of {len(body)} bytes")
    return int.from_bytes(body, "big")


def text(body: bytes | memoryview) -> str:
    """A string, zeros at its end cut; what is not UTF-8 is shown as such."""
    return bytes(body).rstrip(b"\0").decode(errors="replace")
