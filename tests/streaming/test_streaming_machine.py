"""The RTSP machine: the checks in their order, the state table, and that nothing but an answer ever comes out."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panocam.errors import LocalProtocolError
from panocam.streaming.rtsp.machine import Answer, Call, Machine
from panocam.streaming.rtsp.messages import Interleaved, Method, Reply
from panocam.streaming.rtsp.session import TRANSITIONS, SessionState, State

ALL = frozenset(Method)
URL = "rtsp://h/axis-media/media.amp"


def request(method, *headers, cseq="7", body=b""):
    lines = [f"{method} {URL} RTSP/1.0", *([f"CSeq: {cseq}"] if cseq is not None else []), *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode() + body


def machine(sessions=None, methods=ALL):
    return Machine(methods, (sessions or {}).get)


def ask(data, sessions=None, methods=ALL):
    """The only event of some bytes."""
    made = machine(sessions, methods)
    made.receive(data)
    return made.next_event()


def status(answer):
    return int(re.match(rb"RTSP/1\.0 (\d+) ", answer.data)[1])


def test_options_lists_what_has_a_handler_and_nothing_else():
    answer = ask(request("OPTIONS"), methods={Method.DESCRIBE, Method.PLAY})
    assert b"Public: DESCRIBE, OPTIONS, PLAY\r\n" in answer.data
    assert status(ask(request("PAUSE", "Session: A"), methods={Method.DESCRIBE})) == 501
    assert status(ask(request("RECORD"))) == 501


def test_options_for_the_whole_server_and_with_a_forgotten_session():
    assert status(ask(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")) == 200
    assert status(ask(request("OPTIONS", "Session: gone"))) == 200


def test_cseq_is_echoed_as_spelt():
    assert b"\r\nCSeq: 0042\r\n" in ask(request("OPTIONS", cseq="0042")).data


@pytest.mark.parametrize("cseq", [None, "", "x", "-1", "1" * 11, "1, 2"])
def test_without_a_number_in_cseq_it_is_400(cseq):
    assert status(ask(request("DESCRIBE", cseq=cseq))) == 400


def test_an_unknown_requirement_is_551_and_named():
    answer = ask(request("DESCRIBE", "Require: com.axis.parameters-in-header"))
    assert status(answer) == 551
    assert b"Unsupported: com.axis.parameters-in-header\r\n" in answer.data
    assert status(ask(request("DESCRIBE", "Require: \xe9\xad"))) == 551


@pytest.mark.parametrize("method", ["PLAY", "PAUSE", "TEARDOWN"])
def test_what_needs_a_session_is_454_without(method):
    assert status(ask(request(method))) == 454
    assert status(ask(request(method, "Session: unknown"))) == 454
    assert status(ask(request(method, "Session: ../../etc/passwd"))) == 454


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("method", [Method.SETUP, Method.PLAY, Method.PAUSE, Method.TEARDOWN])
def test_the_state_table_decides(state, method):
    session = SessionState("A", state)
    made = machine({"A": session})
    made.receive(request(method, "Session: A;timeout=60"))
    event = made.next_event()
    if (state, method) in TRANSITIONS:
        made.answer(event, Reply(200))
        assert session.state is TRANSITIONS[state, method]
    else:
        assert status(event) == 455
        assert session.state is state


def test_a_refused_request_changes_nothing():
    session = SessionState("A", State.READY)
    made = machine({"A": session})
    made.receive(request("PLAY", "Session: A"))
    made.answer(made.next_event(), Reply(453))
    assert session.state is State.READY


def test_pipelined_requests_see_the_state_the_ones_before_them_left():
    session = SessionState("A", State.READY)
    made = machine({"A": session})
    made.receive(
        request("PLAY", "Session: A", cseq="1") + request("PAUSE", "Session: A", cseq="2") + request("PAUSE", "Session: A", cseq="3")
    )
    replies = []
    while (event := made.next_event()) is not None:
        assert made.next_event() is None
        replies.append(made.answer(event, Reply(200)))
    assert [re.search(rb"CSeq: (\d)", reply)[1] for reply in replies] == [b"1", b"2", b"3"]
    assert session.state is State.READY


def test_a_call_is_answered_once():
    made = machine()
    made.receive(request("DESCRIBE"))
    call = made.next_event()
    made.answer(call, Reply(200))
    with pytest.raises(LocalProtocolError):
        made.answer(call, Reply(200))


def test_head_and_body_come_as_one_block():
    made = machine()
    made.receive(request("DESCRIBE"))
    data = made.answer(made.next_event(), Reply(200, (("Content-Type", "application/sdp"),), b"v=0\r\n"))
    assert data == b"RTSP/1.0 200 OK\r\nCSeq: 7\r\nServer: panocam\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n"


def test_a_header_cannot_break_out_of_its_line():
    with pytest.raises(LocalProtocolError):
        Reply(200, (("Session", "A\r\nEvil: 1"),)).encode()


def test_broken_bytes_are_answered_once_and_then_the_connection_is_over():
    made = machine()
    made.receive(b"nonsense\r\n\r\n" + request("OPTIONS"))
    answer = made.next_event()
    assert status(answer) == 400
    assert answer.close
    made.receive(request("OPTIONS"))
    assert made.next_event() is None


METHODS = st.sampled_from([*Method, "RECORD", "GET", "", "play"])
HEADERS = st.sampled_from(
    ["Session: A", "Session: B", "Session: A;timeout=1", "Session:", "Require: x", "Transport: RTP/AVP", "Range: npt=0-", "X: \xff", "Y:"]
)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(METHODS, st.lists(HEADERS, max_size=3), st.sampled_from([None, "1", "x"]), st.binary(max_size=6)), max_size=5),
    st.lists(st.binary(max_size=12), max_size=3),
    st.integers(1, 50),
)
def test_every_request_gets_exactly_one_answer_whatever_it_is(requests, noise, step):
    """The invariant: a call, a client's packet, or an answer; never an exception, and after a closing answer nothing."""
    data = b"".join(request(method, *headers, cseq=cseq, body=body) for method, headers, cseq, body in requests) + b"".join(noise)
    session = SessionState("A", State.READY)
    made, closed = machine({"A": session}), False
    for at in range(0, len(data), step):
        made.receive(data[at : at + step])
        while (event := made.next_event()) is not None:
            assert not closed
            if isinstance(event, Call):
                assert made.answer(event, Reply(200)).startswith(b"RTSP/1.0 200")
            elif isinstance(event, Answer):
                assert event.data.startswith(b"RTSP/1.0 ")
                closed = event.close
            else:
                assert isinstance(event, Interleaved)
