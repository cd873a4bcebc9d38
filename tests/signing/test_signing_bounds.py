"""Small files that ask for endless memory or time: ``panocam verify`` says in one line that it cannot read them, or gives a verdict."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import copies
import pytest
from signing_kit import clip

from panocam.media.codec import Codec

MANY = 1 << 27


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind: bytes, *parts: bytes) -> bytes:
    return box(kind, bytes(4), *parts)


def film(samples: int, per_chunk: int, times: bytes, sizes: bytes | None = None, chunks: bytes | None = None) -> bytes:
    """An MP4 of H.264 whose tables say what the arguments say."""
    avcc = box(b"avcC", bytes([1, 66, 0, 30, 0xFF, 0xE0, 0]))
    entry = box(b"avc1", bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HH", 64, 48) + bytes(50), avcc)
    table = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), entry),
        full(b"stts", times),
        full(b"stsc", struct.pack(">IIII", 1, 1, per_chunk, 1)),
        full(b"stsz", sizes or struct.pack(">II", 1, samples)),
        full(b"stco", chunks or struct.pack(">II", 1, 900)),
    )
    media = box(
        b"mdia",
        full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 25, 100, 0x55C4, 0)),
        full(b"hdlr", bytes(4) + b"vide" + bytes(13)),
        box(b"minf", full(b"vmhd", bytes(8)), table),
    )
    track = box(b"trak", full(b"tkhd", struct.pack(">IIIII", 0, 0, 1, 0, 100) + bytes(60)), media)
    movie = box(b"moov", full(b"mvhd", struct.pack(">IIII", 0, 0, 25, 100) + bytes(80)), track)
    return box(b"ftyp", b"isom", bytes(4)) + movie + box(b"mdat", bytes(2000))


def nested(kind: bytes, depth: int) -> bytes:
    data = b""
    for _ in range(depth):
        data = box(kind, data)
    return data


EBML = bytes.fromhex("1a45dfa3") + b"\x8b" + bytes.fromhex("4282") + b"\x88matroska"
SEGMENT = bytes.fromhex("18538067") + b"\x01" + b"\xff" * 7
PLAIN = struct.pack(">III", 1, MANY, 1)

FILES = {
    "a hundred million pictures of one byte.mp4": lambda: film(MANY, MANY, PLAIN),
    "times for a hundred million.mp4": lambda: film(10, 10, struct.pack(">I", 1 << 20) + struct.pack(">II", MANY, 0) * 2000),
    "a table of four billion sizes.mp4": lambda: film(10, 10, PLAIN, sizes=struct.pack(">II", 0, 0xFFFFFFFF)),
    "a table of four billion places.mp4": lambda: film(10, 10, PLAIN, chunks=struct.pack(">I", 0xFFFFFFFF)),
    "four gigabytes of nothing.mp4": lambda: box(b"ftyp", b"isom", bytes(4)) + struct.pack(">I4sQ", 1, b"mdat", 1 << 40),
    "boxes in boxes.mp4": lambda: box(b"ftyp", b"isom", bytes(4)) + nested(b"moov", 20_000),
    "boxes of no size.mp4": lambda: box(b"ftyp", b"isom", bytes(4)) + struct.pack(">I4s", 0, b"moov") * 20_000,
    "elements in elements.mkv": lambda: EBML + SEGMENT + (bytes.fromhex("1654ae6b") + b"\x01" + b"\0" * 4 + b"\xff" * 3) * 20_000,
    "voids without end.mkv": lambda: EBML + SEGMENT + b"\xec\x80" * 500_000,
    "private data of four gigabytes.mkv": lambda: EBML + SEGMENT + bytes.fromhex("1654ae6bae63a2") + b"\x08\xff\xff\xff\xff" + bytes(99),
    "packets of zeros.ts": lambda: (b"\x47" + bytes(187)) * 20_000,
    "units of nothing.h264": lambda: b"\0\0\1" * 300_000,
    "a signed stream and a bomb.h264": lambda: b"".join(clip(Codec.H264)) + b"\0\0\1\x06\x05" + b"\xff" * 500_000,
}


@pytest.mark.parametrize("name", FILES)
def test_bombs(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    done = copies.run("-m", "panocam", "verify", path)
    if sys.platform == "linux":
        assert 0 < done.most_kb < 2 << 20
    assert done.returncode in (0, 1, 2, 3), done.stderr
    if done.returncode == 3:
        assert done.stderr.startswith("panocam: ")
        assert len(done.stderr.splitlines()) == 1
    else:
        assert done.stdout
