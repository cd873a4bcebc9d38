"""The RTSP parser: the same answer however the bytes come, bounds before memory, one error and no other."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panocam.errors import RemoteProtocolError
from panocam.streaming.rtsp.messages import Interleaved, Request
from panocam.streaming.rtsp.parser import MAX_BODY, MAX_HEAD, MAX_HEADERS, MAX_LINE, Parser

DESCRIBE = b"DESCRIBE rtsp://h/axis-media/media.amp?camera=1 RTSP/1.0\r\nCSeq: 0\r\nUser-Agent: x\r\n\r\n"
SET_PARAMETER = b"SET_PARAMETER rtsp://h/ RTSP/1.0\r\nCSeq: 2\r\nContent-Length: 17\r\n\r\nRenew-Stream: yes"
REPORT = b"$\x01\x00\x04abcd"
CONVERSATION = b"\r\n" + DESCRIBE + REPORT + SET_PARAMETER + b"\r\n\r\n" + REPORT


def outcome(pieces):
    """The messages and the error that a parser gives for pieces of bytes."""
    parser, found = Parser(), []
    for piece in pieces:
        parser.feed(piece)
        try:
            while (message := parser.next()) is not None:
                found.append(message)
        except RemoteProtocolError as error:
            return found, (error.status, str(error))
    return found, None


def all_ways(data):
    """Whole, in halves, byte by byte: one outcome."""
    half = len(data) // 2
    ways = [outcome([data]), outcome([data[:half], data[half:]]), outcome([data[i : i + 1] for i in range(len(data))])]
    assert ways[0] == ways[1] == ways[2]
    return ways[0]


def test_a_conversation_reads_the_same_in_any_pieces():
    messages, error = all_ways(CONVERSATION)
    assert error is None
    assert [type(message) for message in messages] == [Request, Interleaved, Request, Interleaved]
    assert messages[0].method == "DESCRIBE"
    assert messages[0].uri == "rtsp://h/axis-media/media.amp?camera=1"
    assert messages[0].header("cseq") == messages[0].header("CSeq") == "0"
    assert messages[1] == Interleaved(1, b"abcd")
    assert messages[2].body == b"Renew-Stream: yes"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", 400),  # a TLS hello on the plain port
        (b"hello\r\n\r\n", 400),
        (b"DESCRIBE rtsp://h/\r\n\r\n", 400),
        (b"DESCRIBE rtsp://h/ RTSP/2.0\r\n\r\n", 505),
        (b"DESCRIBE rtsp://h/ HTTP/1.1\r\n\r\n", 400),
        (b"DESCRIBE rtsp://h/\x00 RTSP/1.0\r\n\r\n", 400),
        (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n", 400),
        (b"PLAY rtsp://h/ RTSP/1.0\r\nno colon\r\n\r\n", 400),
        (b"PLAY rtsp://h/ RTSP/1.0\r\n: empty\r\n\r\n", 400),
        (b"PLAY rtsp://h/ RTSP/1.0\r\nCSeq: 1\x00\r\n\r\n", 400),
        (b"PLAY rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n folded\r\n\r\n", 400),
        (b"PLAY rtsp://h/ RTSP/1.0\r\nContent-Length: -1\r\n\r\n", 400),
        (b"PLAY rtsp://h/ RTSP/1.0\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        (b"PLAY rtsp://h/ RTSP/1.0\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1), 413),
        (b"PLAY rtsp://h/ RTSP/1.0\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
        (b"PLAY rtsp://h/ RTSP/1.0\r\n" + b"A: b\r\n" * (MAX_HEADERS + 1) + b"\r\n", 431),
    ],
)
def test_what_breaks_the_protocol_is_one_error_with_its_status(data, status):
    messages, error = all_ways(data)
    assert (messages, error[0]) == ([], status)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"PLAY rtsp://h/" + b"x" * MAX_LINE + b" RTSP/1.0\r\n\r\n", 414),
        (b"PLAY rtsp://h/ RTSP/1.0\r\nA: " + b"x" * MAX_LINE + b"\r\n\r\n", 431),
        (b"PLAY rtsp://h/ RTSP/1.0\r\n" + b"A: " + b"x" * 4000 + b"\r\n" + (b"B: " + b"x" * 4000 + b"\r\n") * 4 + b"\r\n", 431),
    ],
)
def test_what_is_too_long_is_refused_in_any_pieces(data, status):
    for pieces in ([data], [data[i : i + 1] for i in range(len(data))]):
        messages, error = outcome(pieces)
        assert (messages, error[0]) == ([], status)


def test_an_endless_head_is_cut_before_it_costs_memory():
    parser = Parser()
    for _ in range(100):
        parser.feed(b"PLAY rtsp://h/ RTSP/1.0\r\n" + b"A: b\r\n" * 500)
        assert parser.pending <= 2 * MAX_HEAD
        with suppress(RemoteProtocolError):
            parser.next()
    assert parser.pending == 0


def test_after_its_error_a_parser_is_dead():
    parser = Parser()
    parser.feed(b"\x00")
    for _ in range(2):
        with pytest.raises(RemoteProtocolError):
            parser.next()
        parser.feed(DESCRIBE)
    assert parser.pending == 0


PIECES = st.sampled_from(
    [DESCRIBE, SET_PARAMETER, REPORT, b"\r\n", b"$", b"\x00", b" RTSP/1.0\r\n", b"CSeq: 1\r\n", b"\r\n\r\n", b"GET / HTTP/1.1"]
)


@settings(max_examples=300)
@given(st.lists(PIECES | st.binary(max_size=30), max_size=8).map(b"".join))
def test_any_bytes_give_messages_or_the_one_error(data):
    all_ways(data)


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_conversation_gives_messages_or_the_one_error(data):
    damaged = bytearray(CONVERSATION)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    all_ways(bytes(damaged))
