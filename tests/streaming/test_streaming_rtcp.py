"""RTCP: reports as RFC 3550 lays them out, and a reader that survives anything."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.errors import RemoteProtocolError
from panocam.streaming import rtcp


def test_a_sender_report_ties_the_clocks_together():
    wall_ns = 1_700_000_000_500_000_000
    data = rtcp.sender_report(0xABCD, wall_ns, 90_000, 12, 3456, "cam")
    first, kind, words, ssrc, seconds, fraction, rtp_time, packets, octets = struct.unpack_from("!BBHIIIIII", data)
    assert (first, kind, words, ssrc, rtp_time, packets, octets) == (0x80, 200, 6, 0xABCD, 90_000, 12, 3456)
    assert seconds - 2_208_988_800 == 1_700_000_000
    assert fraction == 1 << 31
    name = data[28:]
    assert name[:2] == b"\x81\xca"
    assert len(name) == 4 + 4 * int.from_bytes(name[2:4], "big")
    assert name[8:13] == b"\x01\x03cam"
    assert rtcp.parse(data).reports == 1


@given(st.text(max_size=40))
def test_a_name_of_any_length_is_closed_and_padded(name):
    data = rtcp.source_description(1, name)
    assert len(data) % 4 == 0
    assert data[-1] == 0


def test_goodbye_is_a_compound_that_says_so():
    assert rtcp.parse(rtcp.goodbye(1)) == rtcp.Feedback(reports=1, bye=True)


@pytest.mark.parametrize("kind", [1, 4])
def test_a_lost_picture_is_heard(kind):
    receiver = struct.pack("!BBHI", 0x80, 201, 1, 7)
    assert rtcp.parse(receiver + struct.pack("!BBHII", 0x80 | kind, 206, 2, 7, 8)).wants_key
    assert not rtcp.parse(receiver).wants_key


@given(st.binary(max_size=80) | st.binary(max_size=60).map(lambda rest: b"\x80\xc9\x00\x01" + rest))
def test_any_bytes_give_feedback_or_the_one_error(data):
    with suppress(RemoteProtocolError):
        assert isinstance(rtcp.parse(data), rtcp.Feedback)
