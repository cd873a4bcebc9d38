from __future__ import annotations

from panocam.pipeline.sources.held import LEAST, LOOKS, MOST, SHARE, HeldRate


def feed(rate: HeldRate, seconds: float, count: int = LOOKS) -> list[bool]:
    return [rate.took(seconds) for _ in range(count)]


def test_the_first_pictures_decide_what_it_begins_with() -> None:
    assert HeldRate(25, [0.02, 0.021, 0.5]).fps == 25
    slow = HeldRate(25, [0.1, 0.1, 0.1])
    assert (slow.fps, slow.held) == (SHARE * 10, SHARE * 10)
    assert HeldRate(25, [2.0]).fps == LEAST
    assert HeldRate(120, [0.0]).fps == MOST


def test_it_goes_down_when_pictures_take_longer_and_up_again_when_there_is_room() -> None:
    rate = HeldRate(25, [0.02])
    assert feed(rate, 0.06) == [False] * (LOOKS - 1) + [True]
    assert rate.fps == 15
    assert feed(rate, 0.057)[-1] is False  # 15.8: hardly more
    assert rate.fps == 15
    assert feed(rate, 0.04)[-1] is True
    assert rate.fps == 22
    assert feed(rate, 0.01)[-1] is True
    assert rate.fps == 25
    assert feed(rate, 0.01)[-1] is False


def test_a_few_slow_pictures_change_nothing() -> None:
    rate = HeldRate(25, [0.02])
    feed(rate, 0.3, LOOKS // 3)
    assert True not in feed(rate, 0.02, LOOKS)
    assert rate.fps == 25


def test_a_rate_that_swings_is_told_once() -> None:
    rate = HeldRate(25, [0.02])
    assert not rate.is_news()
    told = []
    for seconds in (0.045, 0.01, 0.045, 0.05, 0.01, 0.09, 0.045, 0.09):
        feed(rate, seconds)
        told.append((rate.fps, rate.is_news()))
    assert told == [(20, True), (25, False), (20, False), (18, False), (25, False), (10, True), (20, False), (10, False)]
