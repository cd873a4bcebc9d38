"""Tampering as a pulse: after the delay, once, in the dark only if that is wished, and over when the scene is back."""

from __future__ import annotations

import pytest

from panocam.clock import NS, ManualClock
from panocam.events.bus import Bus
from panocam.events.event import Event
from panocam.events.names import named
from panocam.events.tampering import ACCEPT_NS, SILENT_NS, TamperAlarm
from panocam.media.look import Look, Sight
from panocam.settings.tampering import Tampering


class Heard:
    """A bus, the alarm on it, what was told, and how often the scene was learnt anew. A look comes once a second."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.bus = Bus(self.clock)
        self.learnt = 0
        self.alarm = TamperAlarm(self.bus, self.clock, self._learn)
        self.events: list[Event] = []
        self.bus.subscribe(self.events.append, "VideoSource/Tampering")
        self.rules()

    def _learn(self) -> None:
        self.learnt += 1

    def rules(self, delay: int = 5, dark: bool = False, enabled: bool = True) -> None:
        self.alarm.set_rules(Tampering(enabled=enabled, delay=delay, dark=dark))

    def look(self, sight: Sight, seconds: int = 1) -> list[str]:
        """The reasons that were told meanwhile."""
        self.events.clear()
        for _ in range(seconds):
            self.clock.advance(1)
            self.alarm.seen(Look(sight, None if sight is Sight.DARK else 0.1))
        return [str(event.data["reason"]) for event in self.events]


@pytest.fixture
async def heard() -> Heard:
    return Heard()


@pytest.mark.feature("EVT-26")
@pytest.mark.parametrize("delay", [1, 5, 60])
async def test_it_is_told_once_after_the_delay(heard: Heard, delay: int) -> None:
    heard.rules(delay)
    assert heard.look(Sight.BLURRED, delay) == []
    assert heard.alarm.state == "blurred"
    assert heard.look(Sight.BLURRED) == ["blurred"]
    assert heard.alarm.state == "alarm"
    assert heard.look(Sight.MOVED, 300) == []
    assert heard.alarm.last is not None
    assert heard.alarm.last.reason is Sight.BLURRED


async def test_what_lasts_less_than_the_delay_is_not_told(heard: Heard) -> None:
    for _ in range(10):
        assert heard.look(Sight.BLURRED, 5) == []
        assert heard.look(Sight.CLEAR) == []
    assert heard.alarm.last is None


async def test_it_is_over_when_the_scene_is_back_and_told_again_the_next_time(heard: Heard) -> None:
    assert heard.look(Sight.MOVED, 8) == ["moved"]
    heard.look(Sight.LEARNING, 3)
    assert heard.alarm.state == "alarm"
    heard.look(Sight.CLEAR)
    assert heard.alarm.state == "clear"
    assert heard.look(Sight.BLURRED, 8) == ["blurred"]


@pytest.mark.feature("EVT-27")
async def test_darkness_counts_only_if_that_is_wished(heard: Heard) -> None:
    assert heard.look(Sight.DARK, 30) == []
    assert heard.alarm.state == "dim"
    heard.rules(dark=True)
    assert heard.look(Sight.DIM, 30) == []  # night fell
    assert heard.look(Sight.DARK, 6) == ["dark"]


@pytest.mark.parametrize("sight", [Sight.LEARNING, Sight.POOR, Sight.DIM, Sight.CLEAR])
async def test_what_is_no_tampering_is_never_told(heard: Heard, sight: Sight) -> None:
    heard.rules(delay=1, dark=True)
    assert heard.look(sight, 300) == []
    assert heard.alarm.state == str(sight)


async def test_clients_hear_of_it_in_their_words(heard: Heard) -> None:
    heard.look(Sight.MOVED, 8)
    (said,) = named(heard.events[0])
    assert (said.topic, dict(said.source), dict(said.data)) == (
        "tns1:VideoSource/tnsaxis:Tampering",
        {"channel": "0"},
        {"tampering": "1", "reason": "moved"},
    )


async def test_without_pictures_it_says_so_and_switched_off_it_is_off(heard: Heard) -> None:
    assert heard.alarm.state == "waiting"
    heard.look(Sight.CLEAR)
    assert heard.alarm.state == "clear"
    heard.clock.advance(SILENT_NS / NS + 1)
    assert heard.alarm.state == "waiting"
    heard.look(Sight.BLURRED, 8)
    heard.rules(enabled=False)
    assert heard.alarm.state == "off"
    assert heard.look(Sight.BLURRED, 30) == []
    heard.rules()
    assert heard.alarm.state == "waiting"


async def test_a_turned_camera_learns_its_scene_by_itself_and_a_covered_one_when_told(heard: Heard) -> None:
    heard.look(Sight.MOVED, 6)
    heard.look(Sight.MOVED, ACCEPT_NS // NS - 1)
    assert heard.learnt == 0
    heard.look(Sight.MOVED)
    assert heard.learnt == 1
    heard.look(Sight.LEARNING, 10)
    assert heard.alarm.state == "alarm"
    heard.look(Sight.CLEAR)
    assert heard.alarm.state == "clear"
    heard.look(Sight.BLURRED, 2 * ACCEPT_NS // NS)
    assert heard.learnt == 1
    heard.alarm.learn_anew()
    assert (heard.learnt, heard.alarm.state) == (2, "waiting")
