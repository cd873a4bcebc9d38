"""RTP: what is packed can be put together again by the rules of each payload format, and the same bytes go to everybody."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streaming_clips import clip

from panocam.errors import RemoteProtocolError
from panocam.media import jpeg as jfif
from panocam.media import nal, obu
from panocam.media.codec import Codec
from panocam.media.packet import Packet
from panocam.streaming.rtp import h264, h265
from panocam.streaming.rtp.burst import Burst
from panocam.streaming.rtp.packer import Packer, rtp_time
from panocam.streaming.rtp.payload import DEFAULT_SIZE, SIZES, size_for

HEAD = struct.Struct("!BBHII")


def packet(codec, data, key=True, pts_ns=0):
    return Packet(codec, data, key, pts_ns, 1_700_000_000_000_000_000)


def fields(rtp):
    first, kind, sequence, timestamp, ssrc = HEAD.unpack_from(rtp)
    assert first == 0x80
    return kind >> 7, kind & 0x7F, sequence, timestamp, ssrc


def rebuild_nal(payloads, fragment_type, header_size, original):
    """NAL units from single-unit packets and fragments; RFC 6184 §5.8, RFC 7798 §4.4.3."""
    units, open_unit = [], None
    for payload in payloads:
        kind = payload[0] & 0x1F if header_size == 1 else payload[0] >> 1 & 0x3F
        if kind != fragment_type:
            assert open_unit is None
            units.append(payload)
            continue
        flags = payload[header_size]
        if flags & 0x80:
            assert open_unit is None
            open_unit = original(payload, flags & 0x3F if header_size == 2 else flags & 0x1F)
        open_unit += payload[header_size + 1 :]
        if flags & 0x40:
            units.append(open_unit)
            open_unit = None
    assert open_unit is None
    return units


def h264_header(payload, kind):
    return bytes((payload[0] & 0xE0 | kind,))


def h265_header(payload, kind):
    return bytes((payload[0] & 0x81 | kind << 1, payload[1]))


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 3000)), min_size=1, max_size=5), st.sampled_from(SIZES[:4]))
def test_nal_units_survive_any_size(shapes, limit):
    for module, fragment, header_size, original, spare in ((h264, 28, 1, h264_header, {9, 12}), (h265, 49, 2, h265_header, {35, 38})):
        units = []
        for number, size in shapes:
            kind = 1 + number % (23 if header_size == 1 else 47)
            head = bytes((0x60 | kind,)) if header_size == 1 else bytes((kind << 1, 1))
            units.append((kind, head + bytes(index % 251 for index in range(size + 1))))
        payloads = [bytes(prefix + body) for prefix, body in module.payloads([memoryview(unit) for _, unit in units], limit)]
        assert all(len(payload) <= limit for payload in payloads)
        assert rebuild_nal(payloads, fragment, header_size, original) == [unit for kind, unit in units if kind not in spare]


@pytest.mark.parametrize(("codec", "fragment", "header", "original"), [(Codec.H264, 28, 1, h264_header), (Codec.H265, 49, 2, h265_header)])
def test_a_real_key_picture_comes_back_with_its_parameter_sets(codec, fragment, header, original):
    data, key = clip(codec)[0]
    burst = Packer(codec, 512).pack(packet(codec, data, key))
    expected = [bytes(unit) for unit in nal.split(data)]
    assert rebuild_nal([rtp[12:] for rtp in burst.packets], fragment, header, original) == expected
    assert len(burst.packets) > len(expected)


def test_h264_uses_single_units_and_fragments_only():
    kinds = {
        rtp[12] & 0x1F for data, key in clip(Codec.H264) for rtp in Packer(Codec.H264, 512).pack(packet(Codec.H264, data, key)).packets
    }
    assert kinds <= {1, 5, 6, 7, 8, 28}


def test_av1_comes_back_without_delimiters_and_sizes():
    data, key = clip(Codec.AV1)[0]
    burst = Packer(Codec.AV1, 256).pack(packet(Codec.AV1, data, key))
    payloads = [rtp[12:] for rtp in burst.packets]
    assert [bool(payload[0] & 0x08) for payload in payloads] == [True] + [False] * (len(payloads) - 1)
    rebuilt, open_unit = [], b""
    for payload in payloads:
        assert payload[0] & 0x30 == 0x10
        assert bool(payload[0] & 0x80) == bool(open_unit)
        open_unit += payload[1:]
        if not payload[0] & 0x40:
            rebuilt.append(open_unit)
            open_unit = b""
    expected = [unit for unit in obu.split(data) if unit.kind != obu.ObuType.TEMPORAL_DELIMITER]
    assert [unit[0] & 0x02 for unit in rebuilt] == [0] * len(expected)
    assert [unit[len(part.header) :] for unit, part in zip(rebuilt, expected, strict=True)] == [bytes(part.payload) for part in expected]
    later, key = clip(Codec.AV1)[1]
    assert not Packer(Codec.AV1, 256).pack(packet(Codec.AV1, later, key)).packets[0][12] & 0x08


@pytest.mark.parametrize("limit", [256, DEFAULT_SIZE])
def test_jpeg_sends_its_scan_size_and_tables(limit):
    data, _ = clip(Codec.JPEG)[0]
    header = jfif.parse(data)
    payloads = [rtp[12:] for rtp in Packer(Codec.JPEG, limit).pack(packet(Codec.JPEG, data)).packets]
    assert all(len(payload) <= limit for payload in payloads)
    scan = b""
    for index, payload in enumerate(payloads):
        offset, kind, quality, width, height = struct.unpack_from("!IBBBB", payload)
        assert (offset, kind, quality, width * 8, height * 8) == (len(scan), 1, 255, 320, 240)
        body = payload[8:]
        if index == 0:
            assert body[:4] == b"\0\0\0\x80"
            assert body[4:132] == header.tables[0] + header.tables[1]
            body = body[132:]
        scan += body
    assert scan == bytes(jfif.scan(data, header))


def test_a_wide_jpeg_sends_zeros_for_its_size():
    data, _ = clip(Codec.JPEG, 2560, 1440)[0]
    assert Packer(Codec.JPEG, DEFAULT_SIZE).pack(packet(Codec.JPEG, data)).packets[0][12 + 6 : 12 + 8] == b"\0\0"


def test_a_jpeg_with_tables_of_its_own_cannot_travel():
    data, _ = clip(Codec.JPEG)[0]
    at = data.index(b"\xff\xc4") + 4 + 1 + 16
    broken = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
    with pytest.raises(RemoteProtocolError, match="standard Huffman"):
        Packer(Codec.JPEG, DEFAULT_SIZE).pack(packet(Codec.JPEG, broken))


@pytest.mark.parametrize("codec", list(Codec))
def test_headers_count_on_and_mark_the_end_of_each_picture(codec):
    packer = Packer(codec, 512, ssrc=0xABCD, sequence=65530, offset=100)
    sequence = 65530
    for index, (data, key) in enumerate(clip(codec)[:4]):
        burst = packer.pack(packet(codec, data, key, pts_ns=index * 40_000_000))
        assert burst.sequence == sequence
        for rtp in burst.packets:
            marker, kind, number, timestamp, ssrc = fields(rtp)
            assert (kind, number, timestamp, ssrc) == (26 if codec is Codec.JPEG else 96, sequence, 100 + 3600 * index, 0xABCD)
            assert marker == (rtp is burst.packets[-1])
            sequence = (sequence + 1) & 0xFFFF
    assert packer.packets == (sequence - 65530) % 65536


@given(st.integers(0, 10**19))
def test_rtp_time_is_exact(pts_ns):
    assert rtp_time(pts_ns) == pts_ns * 90_000 // 10**9


@given(st.lists(st.integers(1, 1500), min_size=1, max_size=200))
def test_runs_are_what_the_kernel_can_cut_again(sizes):
    packets = [bytes((index % 256,)) * size for index, size in enumerate(sizes)]
    runs = Burst(packets, 0, 0, 0, 0, True).runs()
    cut = [joined[at : at + size] for joined, size in runs for at in range(0, len(joined), size)]
    assert cut == packets
    assert all(len(joined) <= 65_000 and len(joined) <= 64 * size for joined, size in runs)


def test_a_framing_is_made_once_and_frames_every_packet():
    burst = Burst([b"a" * 20, b"b" * 300], 0, 0, 0, 0, True)
    assert burst.framed(2) == b"$\x02\x00\x14" + b"a" * 20 + b"$\x02\x01\x2c" + b"b" * 300
    assert burst.framed(2) is burst.framed(2)


def test_sizes_follow_a_clients_wish_down_to_the_next_step():
    assert size_for(None, datagrams=True) == size_for(None, datagrams=False) == DEFAULT_SIZE
    assert size_for(64000, datagrams=True) == DEFAULT_SIZE
    assert size_for(64000, datagrams=False) == 60000
    assert size_for(1300, datagrams=True) == 1024
    assert size_for(1, datagrams=True) == 256
