"""The codec: what is believed of an answer, in bytes; and the choice among several."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ntp_kit import Fields, ahead, ntp_server, silent

from panocam.clock import NS, SystemClock
from panocam.errors import RemoteProtocolError, Unavailable
from panocam.timekeeping.asking import ask
from panocam.timekeeping.choice import agreeing
from panocam.timekeeping.ntp import KissOfDeath, Refused, Sample, measure, parse, request, timestamp

COOKIE = 0x1122334455667788
NOW = 1_790_000_000 * NS
GOOD = Fields(origin=COOKIE, received_ns=NOW, sent_ns=NOW + 1_000_000)


def test_a_request_tells_nothing_but_the_cookie() -> None:
    data = request(COOKIE)
    assert (len(data), data[0]) == (48, 0x23)  # no leap, version 4, client
    assert data[1:40] == bytes(39)
    assert data[40:] == COOKIE.to_bytes(8, "big")


def test_a_good_answer_is_read() -> None:
    answer = parse(GOOD.pack(), COOKIE)
    assert (answer.stratum, answer.reference) == (2, b"\x7f\0\0\1")
    assert abs(answer.received_ns - NOW) <= 1
    assert abs(answer.sent_ns - answer.received_ns - 1_000_000) <= 2
    assert abs(answer.root_delay_ns - 1_000_000) < 16_000


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (replace(GOOD, origin=COOKIE ^ 1), "not to our question"),
        (replace(GOOD, origin=0), "not to our question"),
        (replace(GOOD, leap=3), "not synchronised itself"),
        (replace(GOOD, stratum=16), "not synchronised itself"),
        (replace(GOOD, mode=3), "no server's"),
        (replace(GOOD, mode=6), "no server's"),
        (replace(GOOD, version=0), "no server's"),
        (replace(GOOD, version=7), "no server's"),
        (replace(GOOD, sent_ns=0), "make no sense"),
        (replace(GOOD, received_ns=0), "make no sense"),
        (replace(GOOD, sent_ns=NOW - NS), "make no sense"),
        (replace(GOOD, root_dispersion=16.0), "wrong by more than 3 s"),
        (replace(GOOD, root_delay=60.0), "wrong by more than 3 s"),
    ],
)
def test_bad_answers_are_refused_with_the_reason(bad: Fields, why: str) -> None:
    with pytest.raises(Refused, match=why):
        parse(bad.pack(), COOKIE)


@pytest.mark.parametrize("size", range(48))
def test_every_truncation_is_refused(size: int) -> None:
    with pytest.raises(Refused, match=f"{size} bytes"):
        parse(GOOD.pack()[:size], COOKIE)


@pytest.mark.parametrize(("code", "final"), [(b"DENY", True), (b"RSTR", True), (b"RATE", False), (b"INIT", False), (b"\xff\0\0\0", False)])
def test_a_kiss_of_death_says_which(code: bytes, final: bool) -> None:
    with pytest.raises(KissOfDeath) as kiss:
        parse(replace(GOOD, stratum=0, reference=code).pack(), COOKIE)
    assert kiss.value.final is final


@given(st.binary(max_size=120))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        parse(data, COOKIE)
    except RemoteProtocolError:
        return


@given(st.binary(min_size=48, max_size=48), st.integers(0, 2**40))
def test_any_answer_to_our_question_is_measured_or_refused(data: bytes, trip: int) -> None:
    data = bytes([0x24, 1]) + data[2:24] + COOKIE.to_bytes(8, "big") + data[32:]
    try:
        sample = measure(parse(data, COOKIE), NOW, 0, trip)
    except RemoteProtocolError:
        return
    assert 0 <= sample.distance_ns <= 3 * NS
    assert sample.delay_ns >= 0


@given(st.integers(-61_505_152, 4_233_462_143).map(lambda seconds: seconds * NS))
def test_times_of_a_century_and_more_survive_the_32_bits(wall: int) -> None:
    answer = parse(replace(GOOD, received_ns=wall or 1, sent_ns=wall or 1).pack(), COOKIE)
    assert abs(answer.received_ns - (wall or 1)) <= 1


def test_the_count_of_seconds_begins_anew_in_2036() -> None:
    last, first = 2_085_978_495 * NS, 2_085_978_496 * NS
    assert timestamp(last) >> 32 == 0xFFFFFFFF
    assert timestamp(first) >> 32 == 0
    assert parse(replace(GOOD, received_ns=last, sent_ns=first + 1).pack(), COOKIE).sent_ns - last >= NS


def test_offset_and_delay_follow_from_four_times() -> None:
    """Asked at 0 of our clock, which is 7 s behind; 30 ms there, 10 ms to think, 50 ms back."""
    answer = parse(replace(GOOD, received_ns=NOW + 7 * NS + 30_000_000, sent_ns=NOW + 7 * NS + 40_000_000).pack(), COOKIE)
    sample = measure(answer, NOW, 1000, 1000 + 90_000_000)
    assert abs(sample.offset_ns - (7 * NS - 10_000_000)) < 10
    assert abs(sample.delay_ns - 80_000_000) < 10
    assert sample.distance_ns >= abs(sample.offset_ns - 7 * NS)  # as wrong as it may be, not more


def test_an_answer_before_the_question_and_one_that_took_minutes_are_refused() -> None:
    stayed = parse(replace(GOOD, received_ns=NOW, sent_ns=NOW + NS).pack(), COOKIE)
    with pytest.raises(Refused, match="make no sense"):
        measure(stayed, NOW, 0, 1000)
    with pytest.raises(Refused, match="too long"):
        measure(parse(GOOD.pack(), COOKIE), NOW, 0, 60 * NS)


def sample(offset: float, distance: float = 0.01) -> Sample:
    return Sample(round(offset * NS), round(distance * NS), round(distance * NS), 2, 0)


def test_the_majority_is_believed() -> None:
    assert agreeing({}) == []
    assert agreeing({"a": sample(5)}) == ["a"]
    assert agreeing({"a": sample(0), "liar": sample(100), "c": sample(0.005, 0.002)}) == ["c", "a"]
    assert agreeing({"a": sample(0), "b": sample(100)}) == []
    assert agreeing({"a": sample(0), "b": sample(1), "c": sample(2)}) == []
    assert agreeing({"a": sample(0), "b": sample(0), "c": sample(9), "d": sample(9)}) == []
    assert agreeing({"a": sample(0, 3), "b": sample(2, 3)}) == ["a", "b"]


@given(st.lists(st.floats(-0.004, 0.004), min_size=1, max_size=6), st.lists(st.floats(10, 1000), max_size=5))
def test_a_minority_of_liars_is_never_believed(true: list[float], false: list[float]) -> None:
    names = {f"t{n}": sample(value) for n, value in enumerate(true)} | {f"f{n}": sample(value) for n, value in enumerate(false)}
    found = agreeing(names)
    if len(true) > len(false):
        assert found
        assert all(name.startswith("t") for name in found)
    assert len(found) * 2 > len(names) or not found


async def test_a_real_exchange_over_udp() -> None:
    async with ntp_server(ahead(-3600)) as server:
        found = await ask("127.0.0.1", server.port, SystemClock())
    assert abs(found.offset_ns + 3600 * NS) <= found.distance_ns
    assert struct.unpack("!B", server.asked[0][:1])[0] == 0x23


async def test_silence_a_closed_port_and_a_name_that_is_none() -> None:
    async with ntp_server(silent) as server:
        with pytest.raises(Unavailable, match="no answer within"):
            await ask("127.0.0.1", server.port, SystemClock(), patience=0.05)
    with pytest.raises(Unavailable, match=r"cannot be reached|no answer"):
        await ask("127.0.0.1", server.port, SystemClock(), patience=1)
    with pytest.raises(Unavailable, match="cannot be resolved"):
        await ask("no-such-host.invalid", 123, SystemClock())


async def test_a_forged_answer_is_left_aside_and_the_true_one_awaited() -> None:
    async with ntp_server() as server:
        server.forged = replace(GOOD, received_ns=1, sent_ns=1)
        found = await ask("127.0.0.1", server.port, SystemClock())
    assert abs(found.offset_ns) <= found.distance_ns
    assert len(server.asked) == 1
