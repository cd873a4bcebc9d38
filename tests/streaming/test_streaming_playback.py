"""Recordings over RTSP: ranges, pauses, jumps, speeds, gaps and ends, as a client sees them."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streaming_archive import GOP, START, STEP, Tape
from streaming_client import DEADLINE_S, Client, until
from streaming_clips import FPS, clip, description

from panocam.clock import NS, SystemClock
from panocam.errors import PanocamError
from panocam.events.bus import Bus
from panocam.media.codec import Codec
from panocam.media.footage import Footage, Note
from panocam.settings import Role
from panocam.streaming import rtcp
from panocam.streaming.options import RtspOptions
from panocam.streaming.playback.head import Playhead
from panocam.streaming.playback.wish import Wish, parse_wish, shown
from panocam.streaming.server import RtspServer

QUERY = "?recordingid=%22tape%22"
TICKS = 90_000 // FPS
FAST = "Rate-Control: no"


@dataclass
class Seen:
    """What came of a playback up to its end: RTP and wall times of the pictures, sender reports as (UTC ns, RTP time)."""

    times: list[int]
    reports: list[tuple[int, int]]
    extensions: list[bytes]
    notes: list[bytes]
    numbers: list[int]

    def wall(self, index: int) -> int:
        """When a picture was taken, as the report before it says (whole pictures from it on)."""
        wall, base = next((w, t) for w, t in reversed(self.reports) if (self.times[index] - t) & 0xFFFFFFFF < 1 << 31)
        return wall + ((self.times[index] - base) & 0xFFFFFFFF) * 100_000 // 9


async def watch(client: Client, limit: int | None = None) -> Seen:
    """Take packets until the goodbye, or until so many pictures came."""
    seen = Seen([], [], [], [], [])
    note = b""
    while True:
        channel, data = await client.packet()
        if channel in (1, 3):
            if data[1] == rtcp.SR and channel == 1:
                ntp, time = struct.unpack_from("!QI", data, 8)
                seen.reports.append((((ntp >> 32) - 2_208_988_800) * NS + ((ntp & 0xFFFFFFFF) * NS >> 32), time))
            elif data[1] == rtcp.RR and channel == 1:
                return seen
            continue
        head = 12
        if data[0] & 0x10:
            seen.extensions.append(data[12:28])
            head = 28
        if channel == 2:
            note += data[head:]
            if data[1] & 0x80:
                seen.notes.append(note)
                note = b""
        elif data[1] & 0x80:
            seen.numbers.append(int.from_bytes(data[2:4], "big"))
            seen.times.append(int.from_bytes(data[4:8], "big"))
            if limit is not None and len(seen.times) == limit:
                return seen


@pytest.fixture
def tape() -> Tape:
    return Tape()


@pytest.fixture
async def server(camera, door, tape) -> AsyncIterator[RtspServer]:
    async with RtspServer(camera, door, SystemClock(), RtspOptions(), Bus(SystemClock()), tape) as server:
        server.port, server.clients = await server.listen("127.0.0.1", 0), []
        yield server
        for client in server.clients:
            client.close()


async def connect(server: RtspServer) -> Client:
    client = await Client.open(server.port)
    server.clients.append(client)
    return client


async def ready(server: RtspServer, query: str = QUERY, *headers: str) -> Client:
    client = await connect(server)
    assert (await client.ask("DESCRIBE", query=query)).status == 200
    assert (await client.setup("RTP/AVP/TCP;unicast;interleaved=0-1", *headers, query=query)).status == 200
    return client


@pytest.mark.feature("REC-04")
async def test_a_description_says_from_when_to_when(server, tape):
    client = await connect(server)
    body = (await client.ask("DESCRIBE", query=QUERY)).body
    assert f"a=range:npt=0.000-{59 * STEP / NS:.3f}" in body
    assert f"a=range:clock={shown(START)}-{shown(START + 59 * STEP)}" in body
    assert "a=x-onvif-track:VIDEO001" in body
    assert "broadcast" not in body
    tape.running = True
    assert "a=range:npt=0.000-\r" in (await client.ask("DESCRIBE", query=QUERY)).body


async def test_all_of_it_comes_in_time_with_the_moments_of_capture(server):
    client = await ready(server)
    answer = await client.ask("PLAY", "Range: npt=0.000-")
    assert answer.headers["range"] == "npt=0.000-"
    seen = await watch(client)
    assert len(seen.times) == 60
    assert {(b - a) & 0xFFFFFFFF for a, b in zip(seen.times, seen.times[1:], strict=False)} == {TICKS}
    assert int(answer.headers["rtp-info"].rpartition("rtptime=")[2]) == seen.times[0]
    assert [abs(seen.wall(n) - START - n * STEP) < 20_000 for n in range(60)] == [True] * 60


@pytest.mark.parametrize("codec", list(Codec))
async def test_the_client_may_set_the_pace(server, tape, codec):
    tape.packets = Tape(codec, gap=3600).packets  # at the camera's pace the gaps would not be sat out; here their times are shown
    client = await ready(server)
    answer = await client.ask("PLAY", "Range: npt=0-", FAST)
    assert answer.headers["rate-control"] == "no"
    seen = await watch(client)
    assert len(seen.times) == 60
    steps = [(b - a) & 0xFFFFFFFF for a, b in zip(seen.times, seen.times[1:], strict=False)]
    assert steps[19] == TICKS + 3600 * 90_000
    assert len(seen.reports) >= 3


async def test_a_gap_is_passed_over_and_time_stays_right(server, tape):
    tape.packets = Tape(gap=3600, loops=2).packets
    client = await ready(server)
    await client.ask("PLAY")
    seen = await watch(client)
    assert {(b - a) & 0xFFFFFFFF for a, b in zip(seen.times, seen.times[1:], strict=False)} == {TICKS}
    assert abs(seen.wall(25) - tape.packets[25].wall_ns) < 20_000
    assert abs(seen.wall(5) - tape.packets[5].wall_ns) < 20_000 or seen.reports[0][0] == START


async def test_a_range_begins_with_the_key_picture_before_and_ends_where_it_says(server):
    client = await ready(server)
    wanted = f"clock={shown(START + 25 * STEP)}-{shown(START + 33 * STEP)}"
    answer = await client.ask("PLAY", f"Range: {wanted}", FAST)
    assert answer.headers["range"] == f"clock={shown(START + 20 * STEP)}-{shown(START + 33 * STEP)}"
    assert len((await watch(client)).times) == 14


@pytest.mark.parametrize(("scale", "step"), [("2", TICKS // 2), ("8", GOP * TICKS // 8), ("100", GOP * TICKS // 8), ("0.5", 2 * TICKS)])
async def test_speeds(server, scale, step):
    client = await ready(server)
    answer = await client.ask("PLAY", "Range: npt=0-0.9" if scale == "0.5" else "Range: npt=0-", f"Scale: {scale}")
    assert answer.headers["scale"] == ("8" if scale == "100" else scale)
    seen = await watch(client)
    assert {(b - a) & 0xFFFFFFFF for a, b in zip(seen.times, seen.times[1:], strict=False)} == {step}
    assert len(seen.times) == {"2": 60, "0.5": 23}.get(scale, 6)


async def test_backward_by_key_pictures(server):
    client = await ready(server, QUERY, "Require: onvif-replay")
    answer = await client.ask("PLAY", f"Range: clock={shown(START + 45 * STEP)}-", "Scale: -8")
    assert answer.headers["range"].startswith(f"clock={shown(START + 40 * STEP)}-")
    seen = await watch(client)
    taken = [moment(extension) for extension in seen.extensions]
    assert taken == [START + n * STEP for n in (40, 30, 20, 10, 0)]
    assert all(extension[12] & 0xA0 == 0xA0 for extension in seen.extensions), "each is clean and a jump"
    assert {(b - a) & 0xFFFFFFFF for a, b in zip(seen.times, seen.times[1:], strict=False)} == {GOP * TICKS // 8}


def moment(extension: bytes) -> int:
    """UTC of an extension, to the microsecond as NTP's fraction allows."""
    ntp = int.from_bytes(extension[4:12], "big")
    return round((((ntp >> 32) - 2_208_988_800) * NS + ((ntp & 0xFFFFFFFF) * NS >> 32)) / 1000) * 1000


async def test_the_header_extension_of_onvif(server, tape):
    tape.packets = Tape(gap=10, loops=2).packets
    client = await ready(server, QUERY, "Require: onvif-replay")
    await client.ask("PLAY", "Require: onvif-replay", FAST, "Range: npt=0-")
    seen = await watch(client)
    assert [moment(e) for e in seen.extensions] == [p.wall_ns for p in tape.packets]
    assert {struct.unpack_from("!HH", e) for e in seen.extensions} == {(0xABAC, 3)}
    flags = [e[12] for e in seen.extensions]
    assert [n for n, f in enumerate(flags) if f & 0x80] == [0, 10, 20, 30], "clean points"
    assert [n for n, f in enumerate(flags) if f & 0x40] == [19, 39], "ends of what hangs together"
    assert [n for n, f in enumerate(flags) if f & 0x20] == [0, 20], "jumps"
    assert [n for n, f in enumerate(flags) if f & 0x10] == [39], "the last one"
    assert {e[13] for e in seen.extensions} == {client.cseq}
    other = await ready(server)
    refused = await other.ask("DESCRIBE", "Require: onvif-replay, com.example.magic", query=QUERY)
    assert (refused.status, refused.headers["unsupported"]) == (551, "com.example.magic")


async def test_pause_goes_on_with_the_next_picture(server):
    client = await ready(server)
    await client.ask("PLAY", "Range: npt=0-")
    first = await watch(client, 13)
    assert (await client.ask("PAUSE")).status == 200
    more = [data for channel, data in client.packets if channel == 0 and data[1] & 0x80]
    client.packets.clear()
    sent = len(first.times) + len(more)
    answer = await client.ask("PLAY")
    assert answer.headers["range"] == f"npt={sent * STEP / NS:.3f}-"
    rest = await watch(client)
    assert sent + len(rest.times) == 60
    assert abs(rest.wall(0) - START - sent * STEP) < 20_000


async def test_jumps_while_it_plays_and_again_after_the_end(server):
    client = await ready(server)
    await client.ask("PLAY", "Range: npt=0-")
    await watch(client, 3)
    answer = await client.ask("PLAY", "Range: npt=2-", "Immediate: yes")
    assert answer.headers["range"] == "npt=2.000-"
    client.packets = [(c, d) for c, d in client.packets if c == 0 and int.from_bytes(d[4:8], "big") == 0]
    seen = await watch(client)
    assert len(seen.times) == 10
    assert (await client.ask("PLAY", "Range: npt=1.6-", FAST)).headers["range"] == "npt=1.600-"
    assert len((await watch(client)).times) == 20
    assert (await client.ask("PLAY")).headers["range"] == "npt=0.000-"


async def test_one_that_is_being_written_is_followed(server, tape):
    tape.running, later = True, list(tape.packets)
    del tape.packets[20:]
    client = await ready(server)
    await client.ask("PLAY", FAST, "Range: npt=0-")
    assert len((await watch(client, 19)).times) == 19
    tape.packets[20:] = later[20:]
    tape.running = False
    assert len((await watch(client)).times) == 41


async def test_only_key_pictures_if_that_is_wished(server):
    client = await ready(server)
    await client.ask("PLAY", FAST, "Frames: intra", "Range: npt=0-")
    assert len((await watch(client)).times) == 6
    await client.ask("PLAY", FAST, "Frames: intra/600", "Range: npt=0-")
    assert len((await watch(client)).times) == 3


async def test_a_slow_reader_loses_nothing(server, tape):
    tape.packets = Tape(loops=40).packets
    client = await ready(server)
    client.reader._transport.pause_reading()  # type: ignore[attr-defined]
    client.send("PLAY", FAST, "Range: npt=0-")
    await until(lambda: server.sessions()[0].pictures > 10)
    client.reader._transport.resume_reading()  # type: ignore[attr-defined]
    assert (await client.answer()).status == 200
    seen = await watch(client)
    assert len(seen.times) == len(tape.packets)
    assert server.sessions()[0].dropped_pictures == 0


async def test_notes_come_between_the_pictures(server, tape):
    tape.notes = tuple(Note(START + n * STEP, topic, b"<x/>" * 600) for n, topic in ((3, "tns1:A"), (12, "tns1:B"), (40, "tns1:A")))
    query = f"{QUERY}&event=on&eventtopic=onvif:A"
    client = await ready(server, query)
    answer = await client.ask("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=2-3", url=f"{client.url}/stream=1{query}")
    assert answer.status == 200
    await client.ask("PLAY", FAST)
    assert (await watch(client)).notes == [b"<x/>" * 600] * 2


async def test_refusals(server, door, tape):
    client = await connect(server)
    assert (await client.ask("DESCRIBE", query="?recordingid=other")).status == 404
    client = await ready(server)
    for header, status, word in (
        ("Range: npt=99-", 457, "not within"),
        ("Range: npt=2-1", 457, "not within"),
        ("Range: smpte=0:00:01-", 400, "clock="),
        ("Range: clock=20269999T000000Z-", 400, "20260131T"),
        ("Scale: 0", 400, "0.25"),
        ("Scale: fast", 400, "0.25"),
        ("Rate-Control: perhaps", 400, "yes or no"),
        ("Frames: some", 400, "intra"),
    ):
        answer = await client.ask("PLAY", header)
        assert (answer.status, word in answer.headers["x-reason"]) == (status, True), answer
    assert (await client.ask("PLAY")).status == 200, "what was refused changed nothing"
    multicast = await connect(server)
    assert (await multicast.setup("RTP/AVP;multicast", query=QUERY)).status == 461


async def test_viewers_may_not_see_recordings(server, door, monkeypatch):
    class Vera:
        name, role = "vera", Role.VIEWER

    async def check(*args, **more):
        return Vera

    monkeypatch.setattr(door, "check", check)
    client = await connect(server)
    for method, url in (("DESCRIBE", client.url), ("SETUP", f"{client.url}/stream=0")):
        answer = await client.ask(method, "Transport: RTP/AVP/TCP;unicast", url=url + QUERY)
        assert (answer.status, "operator" in answer.headers["x-reason"]) == (403, True)
    assert (await client.ask("DESCRIBE")).status == 200, "live they may"


async def test_a_camera_without_storage_says_so(camera, door):
    async with RtspServer(camera, door, SystemClock()) as server:
        client = await Client.open(await server.listen("127.0.0.1", 0))
        answer = await client.ask("DESCRIBE", query=QUERY)
        assert (answer.status, "storage" in answer.headers["x-reason"]) == (503, True)
        client.close()


async def test_files_are_let_go(server, tape, monkeypatch):
    reels = []
    monkeypatch.setattr(tape, "reader", lambda _: reels.append(Tape.reader(tape, "tape")) or reels[-1])
    client = await ready(server)
    await client.ask("PLAY", "Range: npt=0-")
    await client.ask("PLAY", "Range: npt=1-")
    await client.ask("PAUSE")
    await client.ask("TEARDOWN")
    await until(lambda: [reel.closed for reel in reels] == [True, True], DEADLINE_S)


FOOTAGE = Footage("tape", START, START + 60 * NS, False, description(Codec.H264, 320, 240))
WORDS = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"(npt|clock)=[0-9.:TZ]{0,20}-[0-9.:TZ]{0,20}", fullmatch=True),
    st.from_regex(r"-?[0-9]{0,5}(\.[0-9]{0,7})?", fullmatch=True),
)


@given(st.dictionaries(st.sampled_from(["Range", "Scale", "Rate-Control", "Frames"]), WORDS))
def test_any_headers_are_a_wish_or_one_refusal(headers):
    try:
        wish = parse_wish(headers.get, FOOTAGE)
    except PanocamError:
        return
    assert 0.25 <= abs(wish.scale) <= 8


@given(st.lists(st.tuples(st.integers(-5, 50), st.booleans()), min_size=1, max_size=50), st.sampled_from([0.25, 1.0, 2.0, 8.0]))
def test_media_time_never_runs_back_or_far_ahead(steps, scale):
    head, wall, now, last = Playhead(STEP), START, 0, -1
    head.set_off(Wish(scale=scale))
    for hundredths, jump in steps:
        wall += hundredths * NS // 100
        at, due = head.move(wall, jump, now)
        assert at >= last
        assert due <= now + 2 * NS
        last, now = at, max(now, due)


def test_clips_have_the_groups_that_are_assumed_here():
    assert [key for _, key in clip(Codec.H264)] == ([True] + [False] * (GOP - 1)) * 2
