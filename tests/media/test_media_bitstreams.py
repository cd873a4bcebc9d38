"""Bitstream headers: known values, and "read it or raise RemoteProtocolError" for everything else."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.errors import RemoteProtocolError
from panocam.media import h264, h265, jpeg, nal, obu
from panocam.media.bits import BitReader

X264_SPS = bytes.fromhex("6764001eacb40501ed3701010640000003004000000ca3c58ba8")
"""libx264, High, 640x480, 25 fps, full range, BT.709 primaries and transfer, BT.601 matrix."""
X265_SPS = bytes.fromhex("420101016000000300900000030000030078a003c08010e596566924caf0168080000003008000000c8400")  # 1920x1080 Main level 4
AV1_UNIT = bytes.fromhex("12000a0e00000024c4ffdf12be4404041a10" + "320432f31f10")
"""libsvtav1, 640x480, full range, temporal delimiter + sequence header + an invented frame unit of four bytes."""


def test_annex_b_is_split_and_joined() -> None:
    data = b"\0\0\0\1\x67abc\0\0\1\x68de\0\0\0\1\x65xyz\0\0\0"
    units = nal.split(data)
    assert [bytes(u) for u in units] == [b"\x67abc", b"\x68de", b"\x65xyz"]
    assert nal.join(units) == b"\0\0\0\1\x67abc\0\0\0\1\x68de\0\0\0\1\x65xyz"


def test_split_copies_nothing() -> None:
    data = b"\0\0\1" + b"\x41" * 1000
    assert nal.split(data)[0].obj is data


@given(st.lists(st.binary(min_size=1, max_size=40).map(lambda b: b"\x41" + b.replace(b"\0", b"\7") + b"\x80"), min_size=1))
def test_join_then_split_is_identity(units: list[bytes]) -> None:
    assert [bytes(u) for u in nal.split(nal.join(units))] == units


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=5), st.sampled_from((2, 4)))
def test_length_prefixed_units_become_annex_b(units: list[bytes], size: int) -> None:
    data = b"".join(len(u).to_bytes(size, "big") + u for u in units)
    assert nal.from_lengths(data, size) == nal.join(units)


@pytest.mark.parametrize("data", [b"\0\0\0\5ab", b"\0\0", b"\xff\xff\xff\xff"])
def test_a_length_outside_the_data_is_refused(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        nal.from_lengths(data)


def test_hostile_zeros_are_split_quickly() -> None:
    assert nal.split(b"\0\0\1\x41" + bytes(4_000_000)) == [b"\x41"]


def test_h264_sequence_parameter_set() -> None:
    sps = h264.parse_sps(X264_SPS)
    assert (sps.width, sps.height, sps.fps, sps.full_range) == (640, 480, 25.0, True)
    assert (sps.primaries, sps.transfer, sps.matrix) == (1, 1, 6)
    assert sps.codec_string == "avc1.64001e"


def test_h265_sequence_parameter_set() -> None:
    sps = h265.parse_sps(X265_SPS)
    assert (sps.width, sps.height, sps.bit_depth, sps.level_idc) == (1920, 1080, 8, 120)
    assert sps.codec_string == "hvc1.1.6.L120.90"


def test_av1_units_and_sequence_header() -> None:
    units = list(obu.split(AV1_UNIT))
    assert [u.kind for u in units] == [obu.ObuType.TEMPORAL_DELIMITER, obu.ObuType.SEQUENCE_HEADER, obu.ObuType.FRAME]
    assert b"".join(u.whole for u in units) == AV1_UNIT
    header = obu.parse_sequence_header(units[1].payload)
    assert (header.width, header.height, header.bit_depth, header.full_range, header.matrix) == (640, 480, 8, True, 6)
    assert header.codec_string == "av01.0.04M.08"


@given(st.integers(0, 2**56 - 1), st.binary(max_size=3))
def test_leb128_round_trip(value: int, tail: bytes) -> None:
    coded = obu.leb128(value)
    assert obu.read_leb128(coded + tail, 0) == (value, len(coded))


@given(st.integers(0, 2**31))
def test_exp_golomb(value: int) -> None:
    bits = f"{value + 1:b}"
    bits = "0" * (len(bits) - 1) + bits
    data = int(bits.ljust(-(-len(bits) // 8) * 8, "1"), 2).to_bytes(-(-len(bits) // 8), "big")
    assert BitReader(data, "test").ue() == value
    assert BitReader(data, "test").se() == ((value + 1) // 2 if value % 2 else -(value // 2))


def _jpeg_walk(data: bytes) -> None:
    assert 1 <= jpeg.orientation(data) <= 8
    jpeg.size(data)
    header = jpeg.parse(data)
    assert header.subsampling
    jpeg.scan(data, header)


def _obu_walk(data: bytes) -> None:
    for unit in obu.split(data):
        obu.parse_sequence_header(unit.payload).codec_string  # noqa: B018


JPEG_SEED = bytes.fromhex(
    "ffd8ffdb004300" + "01" * 64 + "ffc00011080010001003012200021101031101ffdd00040005ffda000c03010002110311003f00aabbffd9"
)
READERS: list[tuple[str, Callable[[bytes], object], bytes]] = [
    ("annexb", nal.split, b"\0\0\1\x67\0\0\1\x68"),
    ("avcc", nal.from_lengths, b"\0\0\0\2ab"),
    ("h264", lambda d: h264.parse_sps(d).codec_string, X264_SPS),
    ("h265", lambda d: h265.parse_sps(d).codec_string, X265_SPS),
    ("obu", _obu_walk, AV1_UNIT),
    ("jpeg", _jpeg_walk, JPEG_SEED),
]


@pytest.mark.parametrize(("read", "seed"), [pytest.param(r, s, id=n) for n, r, s in READERS])
@given(data=st.data())
def test_anything_is_read_or_refused(read: Callable[[bytes], object], seed: bytes, data: st.DataObject) -> None:
    """Random bytes, and good input with bytes changed, cut or repeated."""
    damaged = bytearray(seed)
    for _ in range(data.draw(st.integers(0, 6))):
        damaged[data.draw(st.integers(0, len(seed) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(seed)))
    noise = data.draw(st.binary(max_size=200))
    for case in (bytes(damaged), bytes(damaged[:cut]), noise, seed[: cut // 2] + noise):
        with suppress(RemoteProtocolError):
            read(case)


def test_jpeg_header() -> None:
    header = jpeg.parse(JPEG_SEED)
    assert (header.width, header.height, header.baseline, header.subsampling, header.restart_interval) == (16, 16, True, "420", 5)
    assert header.tables == {0: b"\1" * 64}
    assert jpeg.size(JPEG_SEED) == (16, 16)
    assert bytes(jpeg.scan(JPEG_SEED, header)) == b"\xaa\xbb"


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"GIF89a", JPEG_SEED[:30]])
def test_what_is_no_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        jpeg.parse(data)
