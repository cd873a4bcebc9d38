from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streams import draw, packets

from panocam.errors import Busy, InvalidValue, LocalProtocolError
from panocam.media.codec import Codec
from panocam.media.packet import Packet
from panocam.pipeline.hub import Hub, HubSubscription
from panocam.pipeline.service import DropPolicy

LIVE, LATEST, LOSSLESS = DropPolicy.UNTIL_KEY, DropPolicy.LATEST, DropPolicy.LOSSLESS


async def take(subscription: HubSubscription, count: int) -> list[Packet]:
    return [await asyncio.wait_for(anext(subscription), 1) for _ in range(count)]


async def drain(subscription: HubSubscription) -> list[Packet]:
    """All that is left after the end."""
    return [packet async for packet in subscription]


async def play(policy: DropPolicy, bound: int, stream: str, read_first: int, codec: Codec = Codec.H264) -> tuple[str, int]:
    """Publish ``stream``; the reader takes ``read_first`` packets as they come, stalls, and reads the rest after the end."""
    hub = Hub()
    received: list[Packet] = []
    units = packets(stream, codec)
    async with hub.subscribe(policy, bound) as reader:
        for packet in units[:read_first]:
            hub.publish(packet)
            received += await take(reader, 1)
        for packet in units[read_first:]:
            hub.publish(packet)
        hub.close()
        received += await drain(reader)
        assert hub.counters.dropped == reader.dropped
        return draw(received, len(stream)), reader.dropped


@pytest.mark.parametrize(
    ("policy", "bound", "stream", "read", "expected"),
    [
        (LIVE, 64, "IPPPIPPP", 3, "IPPPIPPP"),
        (LIVE, 4, "IPPPIPPP", 3, "IPP.IPPP"),  # what is queued in front of the newest key goes
        (LIVE, 3, "IPPPIPPP", 3, "IPP....."),  # one packet more than the group fits: nothing of it may be shown
        (LIVE, 3, "IPPPIPPPIP", 3, "IPP.....IP"),
        (LIVE, 1, "IPPIPII", 1, "I.....I"),
        (LIVE, 2, "IPPPPPPI", 1, "I......I"),
        (LIVE, 5, "IIIIIIII", 0, ".....III"),
        (LOSSLESS, 64, "IPPPIPPP", 0, "IPPPIPPP"),
    ],
)
async def test_slow_reader_loses_whole_groups(policy: DropPolicy, bound: int, stream: str, read: int, expected: str) -> None:
    assert await play(policy, bound, stream, read) == (expected, expected.count("."))


async def test_latest_keeps_the_newest_picture() -> None:
    assert await play(LATEST, 1, "IIIIII", 2, Codec.JPEG) == ("II...I", 3)


async def test_latest_of_a_predicting_codec_starts_at_a_key() -> None:
    drawing, _ = await play(LATEST, 1, "IPPPIPPPI", 1)
    assert drawing == "I.......I"


async def test_lossless_overflow_is_an_error_and_never_silence() -> None:
    hub = Hub()
    async with hub.subscribe(LOSSLESS, 3) as reader:
        for packet in packets("IPPPP"):
            hub.publish(packet)
        assert draw(await take(reader, 3), 5) == "IPP.."
        with pytest.raises(Busy, match="3 packets behind"):
            await anext(reader)


@pytest.mark.parametrize(("policy", "expected"), [(LIVE, "..IPPP"), (LOSSLESS, "..IPPP"), (LATEST, "..I...")])
async def test_newcomer_starts_with_the_running_group(policy: DropPolicy, expected: str) -> None:
    hub = Hub()
    for packet in packets("IPIPPP"):
        hub.publish(packet)
    async with hub.subscribe(policy, 1) as reader:  # the replay does not count against the bound
        hub.close()
        assert draw(await drain(reader), 6) == expected
        assert reader.dropped == 0


async def test_a_group_beyond_the_bound_is_given_up_until_the_next_key() -> None:
    for hub in (Hub(gop_packets=3), Hub(gop_bytes=35)):
        units = packets("IPPPPIP")
        for packet in units[:5]:
            hub.publish(packet)
        assert hub.gop == ()
        async with hub.subscribe(LIVE) as reader:
            for packet in units[5:]:
                hub.publish(packet)
            assert draw(await take(reader, 2), 7) == ".....IP"


async def test_a_group_that_was_given_up_is_no_beginning_for_anybody() -> None:
    hub = Hub()
    async with hub.subscribe(LIVE) as watching:
        for packet in packets("IPP"):
            hub.publish(packet)
        assert watching.fit_from == 0
        hub.forget()
        assert watching.fit_from == 3
        assert len(await take(watching, 3)) == 3  # who was there before loses nothing
        async with hub.subscribe(LIVE) as late:
            assert len(late) == 0


async def test_demand_is_told_and_given_back() -> None:
    demand: list[int] = []
    hub = Hub(demand.append)
    async with hub.subscribe(LIVE), hub.subscribe(LATEST):
        assert hub.subscribers == 2
    assert demand == [1, 2, 1, 0]


async def test_waiting_reader_wakes_and_ends() -> None:
    hub = Hub()
    async with hub.subscribe(LIVE) as reader:
        waiting = asyncio.create_task(drain(reader))
        await asyncio.sleep(0)
        hub.publish(packets("I")[0])
        await asyncio.sleep(0)
        hub.close()
        assert len(await waiting) == 1
    async with hub.subscribe(LIVE) as late:
        assert await drain(late) == []


async def test_misuse_is_refused() -> None:
    hub = Hub()
    with pytest.raises(InvalidValue, match="bound=0"):
        hub.subscribe(LIVE, 0)
    reader = hub.subscribe(LIVE)
    with pytest.raises(LocalProtocolError, match="async with"):
        await anext(reader)


@given(stream=st.text("IP", max_size=60), bound=st.integers(1, 8), reads=st.lists(st.integers(0, 3), max_size=60))
def test_live_readers_never_see_a_gap_inside_a_group(stream: str, bound: int, reads: list[int]) -> None:
    async def run() -> None:
        hub = Hub()
        received: list[Packet] = []
        async with hub.subscribe(LIVE, bound) as reader:
            for packet, count in zip(packets(stream), [*reads, *[0] * len(stream)], strict=False):
                hub.publish(packet)
                received += await take(reader, min(count, len(reader)))
                assert len(reader) <= bound
            hub.close()
            received += await drain(reader)
            for before, packet in zip([None, *received], received, strict=False):
                assert packet.key or (before is not None and packet.sequence == before.sequence + 1)
            started = stream.find("I")
            assert len(received) + reader.dropped == (len(stream) - started if started >= 0 else 0)

    asyncio.run(run())
