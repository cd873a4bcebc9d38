"""How long pictures wait for others before they go to the disk."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from storage_kit import PushedCamera, coded, settle

from panocam.clock import NS
from panocam.media.packet import Packet
from panocam.media.stamps import Stage, Stamps
from panocam.pipeline.request import StreamRequest
from panocam.storage.feed import LEAST_S, Feed, patience_s


async def test_the_last_pictures_of_a_stream_that_stands_still_are_not_held_back() -> None:
    packets, description = coded(seconds=0.4)
    camera = PushedCamera(description)
    feed, taken = Feed(camera, camera.plan(StreamRequest(4))), asyncio.Queue[list[Packet]]()
    feed.join(taken.put_nowait)
    await settle()
    await camera.push(packets[:1])
    async with asyncio.timeout(10):
        assert [packet.data for packet in await taken.get()] == [packets[0].data]
    await camera.push(packets[1:4])  # together, not one by one
    async with asyncio.timeout(10):
        assert [packet.data for packet in await taken.get()] == [packet.data for packet in packets[1:4]]
    await camera.push(packets[4:5])
    await feed.close()
    assert taken.empty()


@pytest.mark.parametrize(("took", "waits"), [(0.0, 0.5), (0.1, 0.4), (0.29, 0.21), (0.4, LEAST_S), (7.0, LEAST_S)])
def test_what_came_late_waits_less_so_that_no_more_than_a_second_is_missing(took: float, waits: float) -> None:
    (packet, *_), _ = coded(seconds=0.1)
    stamps = Stamps().at(Stage.CAPTURE, 5 * NS).at(Stage.PUBLISH, round((5 + took) * NS))
    assert patience_s(replace(packet, stamps=stamps)) == pytest.approx(waits)


def test_a_picture_that_nobody_stamped_waits_half_a_second() -> None:
    (packet, *_), _ = coded(seconds=0.1)
    assert patience_s(replace(packet, stamps=Stamps())) == 0.5
