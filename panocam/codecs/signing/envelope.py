"""The message that carries a signature: an SEI message "user data unregistered" (H.264, H.265) or a metadata OBU (AV1).

Theory. In H.264 and H.265 a decoder would take ``00 00 01`` inside a unit for the start of the next one, so an *emulation prevention*
byte 03 goes in front of every byte <= 3 that follows two zeros (ITU-T H.264 clause 7.4.1). The signature covers the message as it is
sent, so its first part is brought into this form before it is hashed; a byte inserted right in front of the signature belongs to the
signature's part. A reader learns by arithmetic whether such bytes are there (units written without them exist): the payload's own
size counts none of them, nor the closing byte 80. AV1 has no such thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from panocam.media import obu
from panocam.media.codec import Codec
from panocam.media.nal import rbsp

USER_DATA_UNREGISTERED = 5
UNREGISTERED_METADATA = 25
AXIS_UUID = b"Signed Video...0"
ONVIF_UUID = bytes.fromhex("005BC93F2D715E95ADA4796F90877A6F")
UUIDS = frozenset({AXIS_UUID, ONVIF_UUID})

SEI_HEADER = {Codec.H264: b"\x06", Codec.H265: b"\x4e\x01"}
_OBU_HEADER = b"\x2a"  # type 5 with a size field
_FILLER, _STOP = b"\x80", b"\x80"
_IN_FRONT = 17  # UUID and flags
_AFTER_TWO_ZEROS = re.compile(rb"\0\0(?=[\0-\3])")


def escape(raw: bytes) -> bytes:
    """``raw`` with emulation prevention."""
    return _AFTER_TWO_ZEROS.sub(b"\0\0\3", raw)


@dataclass(frozen=True)
class Message:
    """A message taken apart: ``raw`` is the whole unit without emulation prevention, whose elements are at ``[start:end]``."""

    uuid: bytes
    flags: int
    raw: bytes
    start: int
    end: int

    @property
    def elements(self) -> bytes:
        """The tag-length-value elements."""
        return self.raw[self.start : self.end]


def head(codec: Codec, uuid: bytes, flags: int, elements: bytes, signature_size: int) -> bytes:
    """The unit from its first byte to where its signature (``signature_size`` bytes with tag and length) will stand."""
    body = uuid + bytes([flags]) + elements
    size = len(body) + signature_size
    if codec is Codec.AV1:
        return _OBU_HEADER + obu.leb128(size + 3) + bytes([UNREGISTERED_METADATA]) + _FILLER + body
    return SEI_HEADER[codec] + bytes([USER_DATA_UNREGISTERED]) + b"\xff" * (size // 255) + bytes([size % 255]) + body


def covered(codec: Codec, raw: bytes, *, escaped: bool) -> bytes:
    """The bytes that are hashed and signed, of the unit's part in front of its signature."""
    return raw if codec is Codec.AV1 or not escaped else escape(raw)


def finish(codec: Codec, raw: bytes, signature: bytes) -> bytes:
    """The whole unit as it is sent."""
    whole = raw + signature + _STOP
    return whole if codec is Codec.AV1 else escape(whole)


def is_ours(codec: Codec, unit: bytes | memoryview) -> bool:
    """Whether an SEI unit or metadata OBU carries one of the two formats; looks at its first bytes only."""
    found = _locate(codec, bytes(unit[:4096]))
    return found is not None and bytes(unit[found[0] : found[0] + 16]) in UUIDS


def open_message(codec: Codec, unit: bytes | memoryview) -> Message | None:
    """The message in a unit, None if it is none of the two formats. What it claims of sizes is cut to what is there."""
    data = bytes(unit)
    found = _locate(codec, data)
    if found is None or data[found[0] : found[0] + 16] not in UUIDS:
        return None
    at, size = found
    body = data[at:]
    if codec is not Codec.AV1 and len(body) - size - 1 > 0:
        body = rbsp(body)
    if len(body) < _IN_FRONT:
        return None
    end = min(size, len(body))
    return Message(body[:16], body[16], data[:at] + body, at + _IN_FRONT, at + end)


def _locate(codec: Codec, data: bytes) -> tuple[int, int] | None:
    """Where the UUID stands, and the size of what begins there; None for any other kind of unit."""
    return _in_obu(data) if codec is Codec.AV1 else _in_sei(data, len(SEI_HEADER[codec]))


def _in_sei(data: bytes, at: int) -> tuple[int, int] | None:
    if data[at : at + 1] != bytes([USER_DATA_UNREGISTERED]):
        return None
    at += 1
    size = 0
    while data[at : at + 1] == b"\xff":
        size, at = size + 255, at + 1
    return (at + 1, size + data[at]) if at < len(data) else None


def _in_obu(data: bytes) -> tuple[int, int] | None:
    if data[:1] != _OBU_HEADER:
        return None
    at, size, shift = 1, 0, 0
    while at < len(data) and at <= 8:
        byte = data[at]
        size, shift, at = size | (byte & 0x7F) << shift, shift + 7, at + 1
        if not byte & 0x80:
            break
    if data[at : at + 2] != bytes([UNREGISTERED_METADATA]) + _FILLER:
        return None
    return at + 2, size - 3
