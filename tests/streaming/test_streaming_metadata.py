"""The metadata track: described, set up, told what is known, told what happens, read as XML."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from panocam.clock import ManualClock
from panocam.errors import InvalidValue
from panocam.events.bus import Bus
from panocam.events.metadata import document
from panocam.events.names import declared, matches, named
from panocam.events.topics import AUTHENTICATION_FAILED, LIVE_STREAM_ACCESSED, PTZ_MOVING, SYSTEM_READY, TOPICS
from panocam.streaming.metadata import MetadataFeed
from panocam.streaming.presentation import Track, plan_presentation
from panocam.streaming.rtp.burst import Burst
from panocam.streaming.tap import Tap

TT = "{http://www.onvif.org/ver10/schema}"
READY = "tns1:Device/tnsaxis:Status/SystemReady"


class Collected:
    """A sink that takes everything."""

    def __init__(self) -> None:
        self.documents: list[ElementTree.Element] = []
        self.bursts: list[Burst] = []
        self.reports = 0

    def send(self, burst: Burst) -> bool:
        self.bursts.append(burst)
        assert [packet[1] >> 7 for packet in burst.packets] == [0] * (len(burst.packets) - 1) + [1]
        self.documents.append(ElementTree.fromstring(b"".join(packet[12:] for packet in burst.packets)))
        return True

    def drained(self) -> bool:
        return True

    def control(self, rtcp: bytes) -> None:
        self.reports += 1

    def close(self) -> None:
        pass

    def told(self) -> list[tuple[str, str | None, dict[str, str]]]:
        found = []
        for root in self.documents:
            topic = next(e for e in root.iter() if e.tag.endswith("}Topic")).text or ""
            message = next(root.iter(f"{TT}Message"))
            items = {e.get("Name", ""): e.get("Value", "") for e in message.iter(f"{TT}SimpleItem")}
            found.append((topic, message.get("PropertyOperation"), items))
        return found


async def test_known_conditions_first_then_what_happens() -> None:
    clock = ManualClock()
    bus = Bus(clock)
    bus.emit(SYSTEM_READY, ready=True)
    bus.emit(PTZ_MOVING, {"area": 2}, moving=False)
    feed, sink = MetadataFeed(bus, "", clock, 200), Collected()
    tap = Tap(sink)
    feed.join(tap)
    bus.emit(PTZ_MOVING, {"area": 2}, moving=True)
    bus.emit(AUTHENTICATION_FAILED, peer="192.0.2.1", account='<b>"&\x00', protocol="rtsp")
    assert sink.told() == [
        (READY, "Initialized", {"ready": "1"}),
        ("tns1:PTZController/tnsaxis:Move/Channel_6", "Initialized", {"PTZConfigurationToken": "6", "is_moving": "0"}),
        ("tns1:PTZController/tnsaxis:Move/Channel_6", "Changed", {"PTZConfigurationToken": "6", "is_moving": "1"}),
        (
            "tns1:Device/tnspanocam:Access/AuthenticationFailed",
            None,
            {"peer": "192.0.2.1", "account": '<b>"&', "protocol": "rtsp"},
        ),
    ]
    numbers = [int.from_bytes(packet[2:4], "big") for burst in sink.bursts for packet in burst.packets]
    assert numbers == [(numbers[0] + n) & 0xFFFF for n in range(len(numbers))]
    assert sink.reports == 1
    feed.leave(tap)
    bus.emit(LIVE_STREAM_ACCESSED, accessed=True)
    assert len(sink.documents) == 4


async def test_a_filter_lets_pass_what_it_names() -> None:
    bus = Bus(ManualClock())
    bus.emit(SYSTEM_READY, ready=True)
    bus.emit(LIVE_STREAM_ACCESSED, accessed=False)
    sink = Collected()
    MetadataFeed(bus, "onvif:Device//.", ManualClock(), 1440).join(Tap(sink))
    assert [topic for topic, _, _ in sink.told()] == [READY]


@pytest.mark.parametrize(
    ("filter", "passes"),
    [
        ("", True),
        ("//.", True),
        (READY, True),
        ("onvif:Device/axis:Status/SystemReady", True),
        ("Device/Status/SystemReady", True),
        ("tns1:Device//.", True),
        ("tns1:Device", False),
        ("tns1:Device/tnsaxis:Status", False),
        ("tns1:Device/tns1:Status/SystemReady", False),
        ("tns1:VideoSource//.|tns1:Device//.", True),
        ("tns1:VideoSource//.", False),
        ("tns1:Device/*/SystemReady", True),
        ("SystemReady/Status/Device/x//.", False),
    ],
)
def test_filters(filter: str, passes: bool) -> None:
    assert matches(READY, filter) is passes


class Planner:
    def plan(self, request: object) -> object:
        return request


def test_an_address_names_its_tracks() -> None:
    def tracks(query: str, events: bool = True) -> tuple[Track, ...]:
        return plan_presentation(Planner(), query, events).tracks  # type: ignore[arg-type]

    assert tracks("") == (Track.VIDEO,)
    assert tracks("event=on") == (Track.VIDEO, Track.METADATA)
    assert tracks("video=0&audio=0&event=on") == (Track.METADATA,)
    assert tracks("event=on", events=False) == (Track.VIDEO,)
    for query in ("video=0", "video=0&event=off", "event=perhaps"):
        with pytest.raises(InvalidValue):
            tracks(query)


def test_every_declared_topic_can_be_told() -> None:
    clock = ManualClock()
    paths = {topic.path for topic in declared()}
    samples = {bool: True, int: 1, float: 1.0, str: "x"}
    from panocam.events.event import Event

    for topic in TOPICS.values():
        event = Event(topic, {i.name: samples[i.kind] for i in topic.data}, clock.wall_ns(), {i.name: samples[i.kind] for i in topic.key})
        for told in named(event):
            assert told.topic in paths
            ElementTree.fromstring(document(told))
