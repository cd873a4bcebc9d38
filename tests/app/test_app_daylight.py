"""Day and night: hysteresis, patience, exposures that change nothing, and sources that measure nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.app.daylight import DaylightWatch
from panocam.clock import ManualClock
from panocam.events import Bus, Event
from panocam.imaging.daylight import DAY_ABOVE, LASTS_NS, NIGHT_BELOW, Daylight, light
from panocam.imaging.exposure import Exposure
from panocam.pipeline.exposure import ExposureState

S = 1_000_000_000
LAMPS, DARK, DUSK = 4.4, -2.0, (NIGHT_BELOW + DAY_ABOVE) / 2


def days(law: Daylight, *looks: tuple[float, float]) -> list[bool]:
    return [law.see(stops, round(at * S)) for at, stops in looks]


def test_a_change_must_last() -> None:
    law = Daylight()
    assert days(law, (0, LAMPS), (1, DARK), (4, DARK), (5, LAMPS), (6, DARK), (10, DARK)) == [True] * 6
    assert days(law, (11, DARK), (12, LAMPS), (16, LAMPS), (17, LAMPS)) == [False, False, False, True]


def test_between_the_borders_it_stays_what_it_is() -> None:
    law = Daylight()
    law.see(LAMPS, 0)
    assert days(law, *((at, DUSK) for at in range(1, 60))) == [True] * 59
    law = Daylight()
    law.see(DARK, 0)
    assert days(law, *((at, DUSK) for at in range(1, 60))) == [False] * 59


@given(st.lists(st.tuples(st.integers(0, LASTS_NS - 1), st.floats(-10, 10)), min_size=2, max_size=40))
def test_it_never_changes_within_its_patience(steps: list[tuple[int, float]]) -> None:
    law, now, changed = Daylight(), 0, None
    for step, stops in steps:
        before = law.day
        now += step
        if law.see(stops, now) is not before and before is not None:
            assert changed is None or now - changed >= LASTS_NS
            changed = now


@pytest.mark.parametrize("exposure", [Exposure(0.01), Exposure(0.02), Exposure(0.01, 6.0206), Exposure(0.005, 12.0412)])
def test_the_exposure_changes_nothing(exposure: Exposure) -> None:
    """A picture twice as bright for twice the light that was let in is the same scene."""
    assert light(0.2 * exposure.total / 0.01, exposure) == pytest.approx(light(0.2, Exposure(0.01)), abs=0.01)


async def test_what_is_told() -> None:
    clock = ManualClock()
    bus = Bus(clock)
    heard: list[tuple[str, bool]] = []

    def hear(event: Event) -> None:
        heard.append((str(event.operation), event.state))

    bus.subscribe(hear, "VideoSource/DayNight")
    watch = DaylightWatch(clock, bus)
    watch.look(ExposureState())  # a film
    assert heard == []
    for _ in range(7):
        watch.look(ExposureState(Exposure(0.01), 0.22))
        clock.advance(1)
    for _ in range(7):
        watch.look(ExposureState(Exposure(0.04, 36.0), 0.05))
        clock.advance(1)
    watch.look(ExposureState(Exposure(0.04, 36.0), None, moving=True))  # another picture is on its way
    watch.look(ExposureState())
    watch.look(ExposureState())
    assert heard == [("Initialized", True), ("Changed", False), ("Deleted", False)]
