"""What steering tells: in our words, and in those that clients of this camera family know."""

from __future__ import annotations

import pytest
from ptz_kit import ANNA, OTTO, Stage

from panocam.errors import Busy
from panocam.events.event import Event
from panocam.events.names import declared, named
from panocam.events.topics import PTZ_ON_PRESET

QUEUE, READY, PRESETS = "ControlQueue", "PTZReady", "PTZPresets/Channel_5"


def told(events: list[Event], what: str) -> list[tuple[str, str]]:
    """(source, state) of each event of a topic, as clients hear of it."""
    heard = [each for event in events for each in named(event) if each.topic == f"tns1:PTZController/tnsaxis:{what}"]
    return [(*each.source.values(), *each.data.values()) for each in heard]  # type: ignore[misc]


async def test_who_has_control_is_told_by_name_and_so_is_that_nobody_has(stage: Stage) -> None:
    await stage.store.patch({"ptz.queue": True})
    with stage.events() as events:
        stage.service.take(4, OTTO)
        stage.tick()
        with pytest.raises(Busy):
            stage.service.take(4, OTTO.__class__("vera", "viewer", "v"))
        stage.service.take(4, ANNA)  # from one hand to the next: nobody let go in between
        stage.tick()
        stage.service.release(4, ANNA)
        stage.tick()
    assert told(events, QUEUE) == [("5", "otto"), ("5", "anna"), ("5", "vera")]
    with stage.events() as events:
        stage.poses(61)
    assert told(events, QUEUE) == [("5", "")]


async def test_an_area_whose_ptz_is_off_is_not_ready(stage: Stage) -> None:
    with stage.events() as events:
        await stage.store.patch({"areas.0.ptz": False})
        stage.tick()
        await stage.store.patch({"areas.0.ptz": True})
        stage.tick()
    assert told(events, READY) == [("5", "0"), ("5", "1")]


async def test_a_position_is_left_before_the_next_is_reached_even_by_moves_at_once(stage: Stage) -> None:
    await stage.preset(2, 20)
    await stage.preset(3, 60)
    with stage.events("PTZController/PresetReached") as events:
        for number in (2, 3):
            stage.service.go_to_preset(4, ANNA, stage.service.library.preset(1, number), speed=0)
            stage.tick()
    assert told(events, PRESETS) == [("2", "1"), ("-1", "1"), ("2", "0"), ("-1", "0"), ("3", "1"), ("-1", "1")]


def test_a_topic_with_two_rows_is_declared_once() -> None:
    paths = [each.path for each in declared()]
    assert len(paths) == len(set(paths))
    assert f"tns1:PTZController/tnsaxis:{PRESETS}" in paths
    assert PTZ_ON_PRESET.stateful
