"""A feed: one packing for all, a good beginning for each, and an end that is told."""

import asyncio
import struct

import pytest
from streaming_client import until

from panocam.clock import NS
from panocam.errors import Busy
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.packet import Packet
from panocam.pipeline.hub import Hub
from panocam.pipeline.request import ChannelSpec
from panocam.streaming import feed as feeding
from panocam.streaming.feed import Feed, Feeds
from panocam.streaming.rtcp import ntp_timestamp
from panocam.streaming.tap import Tap

SPEC = ChannelSpec(0, EncoderProfile(Codec.H264, 320, 240))
FRAME = NS // 25


class Camera:
    """A hub that a test publishes to by hand."""

    def __init__(self):
        self.hub, self.keys, self.count = Hub(), 0, 0
        self.refuse = None

    def subscribe(self, spec, policy, bound=64):
        if self.refuse:
            raise self.refuse
        return self.hub.subscribe(policy, bound)

    def request_key(self, spec):
        self.keys += 1

    def publish(self, script, **changes):
        for letter in script:
            unit = b"\0\0\0\1" + {"I": b"\x65", "P": b"\x41", "?": b""}[letter] + b"picture"
            data = unit if letter != "?" else b"no start code"
            self.hub.publish(Packet(Codec.H264, data, letter == "I", self.count * FRAME, 0, self.count, **changes))
            self.count += 1


class Sink:
    def __init__(self):
        self.got, self.rtcp = "", []

    def send(self, burst):
        self.got += "I" if burst.key else "P"
        return True

    def drained(self):
        return True

    def control(self, rtcp):
        self.rtcp.append(rtcp)


@pytest.fixture
async def camera():
    return Camera()


@pytest.fixture
async def feed(camera):
    ended = []
    feed = Feed(camera, SPEC, 1440, ended.append)
    feed.ended_with = ended
    yield feed
    feed.stop()


async def reader(camera, feed, script):
    """A reader that begins while a script is published; returns its sink."""
    ready = asyncio.create_task(feed.ready())
    await until(lambda: camera.hub.subscribers == 1)
    camera.publish(script)
    await ready
    sink = Sink()
    feed.join(Tap(sink))
    return sink


async def test_the_first_reader_begins_with_the_running_group(camera, feed):
    sink = await reader(camera, feed, "IPP")
    assert sink.got == "IPP"
    assert camera.keys == 0  # a channel that has just begun needs no second key picture
    camera.publish("PI")
    await until(lambda: sink.got == "IPPPI")


async def test_of_an_old_group_nobody_begins(camera, feed):
    await reader(camera, feed, "IPP")
    camera.publish("P" * 20)
    late = asyncio.create_task(feed.ready())
    await until(lambda: camera.keys > 0)
    assert feed.beginning is None
    camera.publish("PPI")
    await late
    sink = Sink()
    feed.join(Tap(sink))
    assert sink.got == "I"
    assert feed.beginning.key


async def test_of_a_group_that_the_channel_gave_up_nobody_begins(camera, feed):
    await reader(camera, feed, "IPP")
    camera.hub.forget()  # something that a newcomer must not see any more was in it
    late = asyncio.create_task(feed.ready())
    await until(lambda: camera.keys > 0)
    assert feed.beginning is None
    camera.publish("PI")
    await late
    sink = Sink()
    feed.join(Tap(sink))
    assert sink.got == "I"


async def test_patience_ends_and_the_reader_waits_silently_for_its_key_picture(camera, feed, monkeypatch):
    await reader(camera, feed, "I" + "P" * 20)
    monkeypatch.setattr(feeding, "PATIENCE_S", 0.01)
    await feed.ready()
    sink = Sink()
    feed.join(Tap(sink))
    camera.publish("PPIP")
    await until(lambda: sink.got == "IP")


async def test_reports_come_with_the_first_picture_and_every_five_seconds(camera, feed):
    sink = await reader(camera, feed, "I")
    assert [rtcp[1] for rtcp in sink.rtcp] == [200]
    for _ in range(11 * 25 // 50):  # slower than the subscription's bound
        camera.publish("I" * 50)
        await until(lambda: len(sink.got) == camera.count)
    assert len(sink.rtcp) == 3


async def test_a_broken_picture_is_counted_and_the_stream_goes_on(camera, feed):
    sink = await reader(camera, feed, "I")
    camera.publish("?P")
    await until(lambda: sink.got == "IP")
    assert feed.broken == 1


async def test_a_group_without_end_is_not_kept(camera, feed, monkeypatch):
    monkeypatch.setattr(feeding, "MAX_GROUP_BYTES", 100)
    sink = await reader(camera, feed, "I")
    camera.publish("PPPPP")
    await until(lambda: sink.got == "IPPPPP")
    assert feed.beginning is None


async def test_after_its_last_reader_the_channel_is_given_back(camera, feed):
    await feed_ready(camera, feed)
    taps = [Tap(Sink()) for _ in range(2)]
    for tap in taps:
        feed.join(tap)
    feed.leave(taps[0])
    assert feed.readers == 1
    feed.leave(taps[1])
    feed.leave(taps[1])
    await until(lambda: camera.hub.subscribers == 0)


async def feed_ready(camera, feed):
    ready = asyncio.create_task(feed.ready())
    await until(lambda: camera.hub.subscribers == 1)
    camera.publish("I")
    await ready


async def test_the_end_of_the_channel_is_told_to_readers_and_to_those_who_wait(camera, feed):
    sink = await reader(camera, feed, "I" + "P" * 20)
    waiting = asyncio.create_task(feed.ready())
    await until(lambda: camera.keys > 0)
    camera.hub.close()
    async with asyncio.timeout(1):
        await waiting
    assert sink.rtcp[-1][9] == 203
    assert feed.ended_with == [feed]


async def test_a_channel_that_cannot_be_had_ends_the_feed(camera, feed, caplog):
    camera.refuse = Busy("the budget is used up")
    await feed.ready()
    assert feed.ended_with == [feed]
    assert "the budget is used up" in caplog.text


def test_a_stamped_feed_tells_when_each_picture_was_taken():
    """ONVIF's extension on the first packet of a picture; behind it is the same picture as without."""
    picture = Packet(Codec.H264, b"\0\0\0\1\x65picture", True, 0, 1_700_000_000_500_000_000)
    got = {True: [], False: []}
    for stamped, bursts in got.items():
        feed, sink = Feed(Camera(), SPEC, 1440, lambda feed: None, stamped=stamped), Sink()
        sink.send = bursts.append
        feed.join(Tap(sink))
        feed.publish(picture)
    (plain,), (stamped,) = got[False], got[True]
    number, words, ntp, flags = struct.unpack_from("!HHQB", stamped.packets[0], 12)
    assert (plain.packets[0][0], stamped.packets[0][0]) == (0x80, 0x90)
    assert (number, words, flags) == (0xABAC, 3, 0x80)
    assert ntp == ntp_timestamp(picture.wall_ns)
    assert stamped.packets[0][28:] == plain.packets[0][12:]


async def test_equal_wishes_share_a_feed_while_somebody_holds_it(camera):
    feeds = Feeds(camera, lambda feed: None)
    first, second, other = feeds.hold(SPEC, 1440), feeds.hold(SPEC, 1440), feeds.hold(SPEC, 512)
    assert first is second
    assert first is not other
    stamped = feeds.hold(SPEC, 1440, stamped=True)
    assert stamped is not first
    feeds.release(stamped)
    feeds.release(first)
    assert len(feeds) == 2
    feeds.release(second)
    feeds.release(other)
    assert len(feeds) == 0
    assert feeds.hold(SPEC, 1440) is not first
