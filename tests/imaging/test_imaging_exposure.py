"""The exposure law on a model of sensor and scene: it settles, does not swing, and keeps the rules of every mode."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import log2

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from panocam.errors import InvalidValue
from panocam.imaging.exposure import START, TOLERATED, AutoExposure, Exposure, ExposureMode, ExposureRules, Reach, program
from panocam.scene.settings import response

REACH = Reach(1 / 32500, 0.5, 48)
MODES = [ExposureMode.AUTOMATIC, ExposureMode.FLICKER_FREE, ExposureMode.FLICKER_REDUCED]
RULES = st.builds(
    ExposureRules,
    mode=st.sampled_from(MODES),
    mains_hz=st.sampled_from([50, 60]),
    target=st.floats(0.05, 0.5),
    max_shutter_s=st.sampled_from([1 / 1000, 1 / 250, 1 / 100, 1 / 60, 1 / 30, 1 / 12, 1 / 2]),
    max_gain_db=st.floats(0, 48),
    trade_off=st.floats(0, 1),
    min_shutter_s=st.sampled_from([0, 1 / 32500, 1 / 4000, 1 / 1000]),
)
TOTALS = st.floats(-16, 10).map(lambda stops: float(2**stops))


def luminance(scene: np.ndarray, exposure: Exposure) -> float:
    """The plant: radiances through the simulated sensor's curve, measured as ``metering`` does."""
    return float(response((scene * exposure.total / 0.01).astype(np.float32)).mean()) ** 2.2


def follow(law: AutoExposure, scene: np.ndarray, rules: ExposureRules, steps: int = 80, dt: float = 0.08) -> list[float]:
    """Measured luminance picture by picture."""
    seen = []
    for _ in range(steps):
        seen.append(luminance(scene, law.asked))
        law.see(seen[-1], dt, rules, REACH)
    return seen


@given(TOTALS, RULES)
def test_the_program_keeps_its_limits_and_is_a_fixed_point(total: float, rules: ExposureRules) -> None:
    found = program(total, rules, REACH)
    free = rules.mode is ExposureMode.FLICKER_FREE
    assert (
        max(REACH.shortest_s, rules.min_shutter_s) * 0.999
        <= found.shutter_s
        <= max(rules.max_shutter_s, rules.pulse_s if free else 0, REACH.shortest_s) * 1.001
    )
    assert 0 <= found.gain_db <= rules.max_gain_db + 1e-9
    assert program(found.total, rules, REACH).near(found)


BETWEEN = ExposureRules(ExposureMode.FLICKER_REDUCED, mains_hz=60, max_shutter_s=1 / 100, max_gain_db=0)
"""With a least of 1/100 s no whole pulse of 1/120 s is left."""


@given(TOTALS, RULES, st.sampled_from([1 / 250, 1 / 100, 1 / 60, 1 / 30]), st.floats(0, 1))
@example(1 / 256, BETWEEN, 1 / 100, 0)
@example(1 / 256, replace(BETWEEN, max_shutter_s=1 / 30), 1 / 100, 0)
def test_the_program_keeps_its_least_too(total: float, rules: ExposureRules, shortest: float, part: float) -> None:
    rules = replace(rules, min_shutter_s=min(shortest, rules.max_shutter_s), min_gain_db=rules.max_gain_db * part)
    found = program(total, rules, REACH)
    assert rules.min_gain_db - 1e-6 <= found.gain_db <= rules.max_gain_db + 1e-6
    assert program(found.total, rules, REACH).near(found)
    if rules.mode is not ExposureMode.FLICKER_FREE:
        assert found.shutter_s >= rules.min_shutter_s * 0.999
    within = rules.min_shutter_s * 2 ** (rules.min_gain_db / 6.0206), rules.max_shutter_s * 2 ** (rules.max_gain_db / 6.0206)
    if rules.mode is ExposureMode.AUTOMATIC and within[0] <= total <= within[1]:
        assert found.total == pytest.approx(total, rel=0.01)


def test_a_least_gain_keeps_the_shutter_short_at_the_same_brightness() -> None:
    plain, noisy = (program(1 / 200, ExposureRules(min_gain_db=gain), REACH) for gain in (0, 12))
    assert noisy.gain_db == pytest.approx(12)
    assert noisy.shutter_s == pytest.approx(plain.shutter_s / 4, rel=0.01)
    assert noisy.total == pytest.approx(plain.total)


def test_a_least_shutter_is_kept_in_whole_pulses_and_in_the_steps_of_hardware() -> None:
    free = ExposureRules(mode=ExposureMode.FLICKER_FREE, min_shutter_s=1 / 60, max_shutter_s=1 / 30)
    assert program(1e-4, free, REACH).shutter_s == pytest.approx(0.02)
    assert program(1e-4, replace(free, max_shutter_s=1 / 60), REACH).shutter_s == pytest.approx(0.01)  # no whole pulse in between
    assert program(1e-5, ExposureRules(min_shutter_s=1 / 4000), Reach(1e-4, 0.5, 30, 1e-4)).shutter_s == pytest.approx(3e-4)


@given(TOTALS, st.floats(1.01, 4), RULES)
def test_more_is_never_darker(total: float, more: float, rules: ExposureRules) -> None:
    assert program(total * more, rules, REACH).total >= program(total, rules, REACH).total * 0.999


@pytest.mark.feature("IMG-20")
@given(TOTALS, RULES, st.sampled_from([50, 60]))
def test_flicker_free_uses_whole_pulses_alone(total: float, rules: ExposureRules, mains: int) -> None:
    found = program(total, replace(rules, mode=ExposureMode.FLICKER_FREE, mains_hz=mains), REACH)
    pulses = found.shutter_s * 2 * mains
    assert pulses == pytest.approx(round(pulses), rel=1e-6)
    assert round(pulses) >= 1


@pytest.mark.feature("IMG-21")
@given(TOTALS, RULES)
def test_flicker_reduced_is_shorter_than_a_pulse_in_bright_scenes_only(total: float, rules: ExposureRules) -> None:
    rules = replace(rules, mode=ExposureMode.FLICKER_REDUCED, max_shutter_s=max(rules.max_shutter_s, rules.pulse_s))
    found = program(total, rules, REACH)
    if total > rules.pulse_s * 2**-TOLERATED:
        assert found.shutter_s * 2 * rules.mains_hz == pytest.approx(round(found.shutter_s * 2 * rules.mains_hz), rel=1e-6)
    else:
        assert found.shutter_s == pytest.approx(max(total, REACH.shortest_s, rules.min_shutter_s))
        assert found.gain_db == pytest.approx(0, abs=1e-3)


@pytest.mark.feature("IMG-23")
def test_the_trade_off_turns_gain_into_shutter() -> None:
    found = [program(0.08, ExposureRules(trade_off=part / 10, max_shutter_s=0.5, max_gain_db=36), REACH) for part in range(11)]
    assert all(b.shutter_s > a.shutter_s and b.gain_db < a.gain_db for a, b in pairwise(found))
    assert found[0].shutter_s == pytest.approx(0.01)
    assert found[-1].gain_db == pytest.approx(0, abs=1e-6)


@pytest.mark.feature("IMG-25", "IMG-31")
def test_a_shorter_limit_of_the_shutter_is_made_up_for_by_gain() -> None:
    rules = ExposureRules(max_shutter_s=0.5, trade_off=1)
    long, short = program(0.08, rules, REACH), program(0.08, replace(rules, max_shutter_s=1 / 250), REACH)
    assert long.shutter_s > 10 * short.shutter_s
    assert short.gain_db > 20
    assert short.total == pytest.approx(long.total)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-5, 3.5), min_size=3, max_size=12), RULES, TOTALS)
def test_it_settles_without_swinging(stops: list[float], rules: ExposureRules, start: float) -> None:
    """Whatever the scene and wherever it begins: the error shrinks, never turns its sign by more than a breath, and then rests."""
    scene = 2.0 ** np.array(stops)
    law = AutoExposure(program(start, rules, REACH))
    errors = [log2(rules.target / max(seen, 1e-6)) for seen in follow(law, scene, rules)]
    assert not law.moving
    assert law.see(luminance(scene, law.asked), 0.08, rules, REACH) == law.asked
    for before, after in pairwise(errors):
        shorter = abs(after) <= abs(before) + 0.02
        # Whole pulses make steps where no gain may fill in, and pulses may be preferred to the exact brightness.
        stepwise = rules.mode is not ExposureMode.AUTOMATIC
        assert shorter or stepwise
    reached = abs(errors[-1]) <= START or law.limited != 0
    assert reached


def test_what_walks_by_does_not_move_it() -> None:
    rules = ExposureRules(target=0.2)
    law = AutoExposure(Exposure(0.01))
    for measured in (0.2, 0.22, 0.185, 0.21, 0.23):
        assert law.see(measured, 0.04, rules, REACH) == Exposure(0.01)


def test_black_and_white_are_left_within_a_few_pictures() -> None:
    rules = ExposureRules(target=0.2)
    for scene, start in ((np.full(9, 8.0), 30.0), (np.full(9, 0.01), 1e-4)):
        law = AutoExposure(program(start, rules, REACH))
        seen = follow(law, scene, rules, 40)
        assert seen[-1] == pytest.approx(0.2, rel=0.2)


@pytest.mark.feature("IMG-22")
def test_hold_freezes() -> None:
    law = AutoExposure(Exposure(0.004, 3))
    for measured in (0.0, 1.0, 0.2):
        assert law.see(measured, 0.04, ExposureRules(mode=ExposureMode.HOLD), REACH) == Exposure(0.004, 3)


@pytest.mark.feature("IMG-27", "IMG-28")
def test_a_limit_of_the_gain_darkens_and_says_so() -> None:
    dark = np.full(9, 2.0**-7)
    seen = {}
    for limit in (0.0, 36.0):
        rules = ExposureRules(target=0.2, max_gain_db=limit)
        law = AutoExposure(Exposure(0.01))
        seen[limit] = follow(law, dark, rules)[-1], law.limited
    assert seen[36.0] == (pytest.approx(0.2, rel=0.2), 0.0)
    assert seen[0.0][0] < 0.1
    assert seen[0.0][1] > 2


def test_shutter_times_of_hardware_come_in_steps() -> None:
    steps = Reach(1e-4, 0.5, 30, 1e-4)
    found = program(1 / 120, ExposureRules(mode=ExposureMode.FLICKER_FREE, mains_hz=60), steps)
    assert found.shutter_s == pytest.approx(0.0083)
    assert found.total == pytest.approx(1 / 120)


@pytest.mark.parametrize(
    "bad",
    [
        {"mains_hz": 55},
        {"target": 0},
        {"trade_off": 2},
        {"max_shutter_s": 0},
        {"max_gain_db": -1},
        {"min_shutter_s": 1},
        {"min_gain_db": 40},
    ],
)
def test_impossible_rules_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(InvalidValue) as refusal:
        ExposureRules(**bad)  # type: ignore[arg-type]
    assert refusal.value.name == next(iter(bad))
