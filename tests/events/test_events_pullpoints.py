"""Pull points and content filters without any dialect: queues, lifetimes, bounds; expressions, understood or refused."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from panocam.clock import ManualClock
from panocam.errors import Busy, InvalidValue, NotFound
from panocam.events import Bus, Operation
from panocam.events.contentfilter import content_filter
from panocam.events.names import Named
from panocam.events.pullpoints import BOUND, MOST_EACH, Filter, PullPoints
from panocam.events.topics import AUTHENTICATION_FAILED, IO_INPUT, IO_OUTPUT, SYSTEM_READY

PORT = "tns1:Device/tnsaxis:IO/Port"


class Bench:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.bus = Bus(self.clock)
        self.points = PullPoints(self.bus, self.clock)

    def port(self, number: int, active: bool) -> None:
        self.bus.emit(IO_INPUT, {"port": number}, active=active)


def told(events: list[Named]) -> list[tuple[str, str, str]]:
    return [(event.source["port"], event.data["state"], str(event.operation)) for event in events]


async def test_conditions_first_then_changes_and_again_when_asked() -> None:
    bench = Bench()
    bench.port(0, True)
    point = bench.points.open(Filter(PORT), "anna")
    bench.port(1, True)
    bench.port(0, False)
    assert told(await point.pull(0, 2)) == [("0", "1", "Initialized"), ("1", "1", "Initialized")]
    assert told(await point.pull(0, 9)) == [("0", "0", "Changed")]
    assert await point.pull(0, 9) == []
    point.synchronise()
    bench.bus.retire(IO_INPUT, {"port": 1})
    found = [("1", "1", "Initialized"), ("0", "0", "Initialized"), ("1", "1", "Deleted")]
    assert told(await point.pull(0, 9)) == found
    assert bench.bus.states(IO_INPUT.path)[0].operation is Operation.INITIALIZED


async def test_a_pull_waits_for_the_first_event_and_only_one_waits() -> None:
    bench = Bench()
    point = bench.points.open(Filter(PORT), "anna")
    waiting = asyncio.create_task(point.pull(60, 9))
    await asyncio.sleep(0)
    with pytest.raises(Busy, match="already"):
        await point.pull(0, 1)
    bench.bus.emit(SYSTEM_READY, ready=True)  # the filter keeps it out
    bench.port(3, True)
    assert told(await waiting) == [("3", "1", "Initialized")]


async def test_the_queue_is_bounded_and_counts_its_losses() -> None:
    bench = Bench()
    point = bench.points.open(Filter(), "anna", 3600)
    for number in range(BOUND + 5):
        bench.bus.emit(AUTHENTICATION_FAILED, peer=str(number), account="x", protocol="http")
    found = await point.pull(0, BOUND * 2)
    assert (len(found), found[0].data["peer"], point.lost) == (BOUND, "5", 5)


async def test_lifetimes() -> None:
    bench = Bench()
    point = bench.points.open(Filter(), "anna", 10)
    assert bench.points.find(point.id, "anna") is point
    for id, owner in ((point.id, "otto"), ("0" * 16, "anna")):
        with pytest.raises(NotFound):
            bench.points.find(id, owner)
    bench.clock.advance(9)
    point.renew(10)
    bench.clock.advance(9)
    await point.pull(0, 1)  # gives it its minute
    bench.clock.advance(59)
    assert bench.points.find(point.id, "anna") is point
    bench.clock.advance(2)
    before = len(bench.bus._handlers)
    bench.port(0, True)  # nobody asks for it any more, and still it lets go
    assert len(bench.bus._handlers) == before - 1
    with pytest.raises(NotFound, match="subscribe again"):
        bench.points.find(point.id, "anna")
    for seconds in (0, -5, 1e9, float("nan")):
        with pytest.raises(InvalidValue):
            bench.points.open(Filter(), "anna", seconds)
    assert len(bench.points) == 0


async def test_there_are_so_many_and_no_more() -> None:
    bench = Bench()
    mine = [bench.points.open(Filter(), "anna") for _ in range(MOST_EACH)]
    with pytest.raises(Busy, match="unsubscribe"):
        bench.points.open(Filter(), "anna")
    others = [bench.points.open(Filter(), "otto") for _ in range(MOST_EACH)]
    with pytest.raises(Busy):
        bench.points.open(Filter(), "vera")
    bench.points.end(mine[0])
    bench.points.open(Filter(), "vera")
    waiting = asyncio.create_task(others[0].pull(60, 1))
    await asyncio.sleep(0)
    bench.points.close()
    assert await waiting == []
    assert len(bench.points) == 0


EVENT = Named(PORT, {"port": "1"}, {"state": "1", "words": "a b", "spoken": "true"}, None, 0)


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("", True),
        ('boolean(//tt:SimpleItem[@Name="port" and @Value="1"])', True),
        ("boolean(//SimpleItem[@Name='port' and @Value='2'])", False),
        ('boolean(//SimpleItem[@Name="port" and @Value="1"]) and boolean(//SimpleItem[@Name="state" and @Value="true"])', True),
        ('boolean(//SimpleItem[@Name="port" and @Value="1"]) and boolean(//SimpleItem[@Name="state" and @Value="0"])', False),
        ('boolean(//SimpleItem[@Name="x"]) or boolean(//SimpleItem[@Value="a b"])', True),
        ('//SimpleItem[@Name="spoken" and @Value="true"] and //SimpleItem[@Name="spoken" and @Value="1"]', True),
        ('not(boolean(//SimpleItem[@Name="x"]))', True),
        ('//tt:Source/tt:SimpleItem[@Name="port"]', True),
        ('//tt:Data/tt:SimpleItem[@Name="port"]', False),
        ('//SimpleItem[@Name="port"][@Value!="1"]', False),
        ('//SimpleItem[(@Name="port" or @Name="state") and not(@Value="0")]', True),
        ('(//SimpleItem[@Name="x"] or //SimpleItem) and //SimpleItem', True),
    ],
)
def test_content_filters(text: str, passes: bool) -> None:
    assert content_filter(text)(EVENT) is passes


@pytest.mark.parametrize(
    "text",
    [
        "x", "boolean(", "boolean()", "//", "//SimpleItem[", "//SimpleItem[@Name]", "//SimpleItem[@Name=port]", '//SimpleItem[@Type="x"]',
        "//ElementItem", "//SimpleItem)", "//SimpleItem //SimpleItem", "count(//SimpleItem)", "(" * 5000, "not(" * 40, "//SimpleItem and",
        '//SimpleItem[@Name="' + "x" * 5000 + '"]', "document('file:///etc/passwd')", "\x00", "//SimpleItem[@Name='x]",
    ],
)  # fmt: skip
def test_what_is_no_content_filter_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        content_filter(text)


WORDS = st.sampled_from(
    [
        "boolean",
        "not",
        "(",
        ")",
        "[",
        "]",
        "//",
        "/",
        "SimpleItem",
        "tt:Source",
        "@Name",
        "@Value",
        "=",
        "!=",
        '"port"',
        "'1'",
        "and",
        "or",
        " ",
    ]
)


@given(st.lists(WORDS, max_size=30).map(" ".join) | st.text(max_size=40))
@example("(" * 40 + "//SimpleItem" + ")" * 40)
def test_any_words_give_a_test_or_an_explanation(text: str) -> None:
    try:
        found = content_filter(text)
    except InvalidValue:
        return
    assert found(EVENT) in (True, False)


async def test_two_names_of_one_event_both_come() -> None:
    bench = Bench()
    point = bench.points.open(Filter("tns1:Device//."), "anna")
    bench.port(0, True)
    bench.bus.emit(IO_OUTPUT, {"port": 1}, active=True)
    found = [(event.topic, dict(event.data)) for event in await point.pull(0, 9)]
    assert found == [
        (PORT, {"state": "1"}),
        ("tns1:Device/Trigger/DigitalInput", {"LogicalState": "1"}),
        ("tns1:Device/Trigger/Relay", {"LogicalState": "active"}),
    ]
