"""Another exposure or light: at once or a little at a time, it comes to the same picture; and lamps are not the day."""

from __future__ import annotations

import numpy as np
import pytest

from panocam.errors import InvalidValue
from panocam.scene import Lighting, Scene, SensorSettings, open_scene
from panocam.scene.hours import DAY_S, NIGHT_S, PROGRAMS, SWITCH_S

SIZE = 320


@pytest.fixture(scope="module")
def room() -> Scene:
    return open_scene("room", "ceiling", SIZE)


WISHES = SensorSettings(shutter_s=1 / 300, gain_db=12), SensorSettings(shutter_s=1 / 50, gain_db=3), SensorSettings(noise=0)


@pytest.mark.parametrize("settings", WISHES)
def test_a_little_at_a_time_is_the_same_as_at_once(room: Scene, settings: SensorSettings) -> None:
    light = Lighting(0.7, 1.4)
    room.settings, room.lighting = SensorSettings(), Lighting()
    before = room.render(3.0)
    room.begin(settings, light)
    steps = 0
    while room.advance(1):
        steps += 1
        assert room.settings == SensorSettings()
        if steps == 2:
            assert np.array_equal(room.render(3.0).y, before.y)  # nothing shows until all of it is done
    assert steps > 3
    assert (room.settings, room.lighting) == (settings, light)
    slowly = room.render(3.0)
    room.settings, room.lighting = SensorSettings(), Lighting()
    room.settings, room.lighting = settings, light
    at_once = room.render(3.0)
    assert all(np.array_equal(a, b) for a, b in zip((slowly.y, slowly.u, slowly.v), (at_once.y, at_once.u, at_once.v), strict=True))


def test_a_newer_wish_replaces_the_one_in_the_making(room: Scene) -> None:
    room.settings, room.lighting = SensorSettings(), Lighting()
    room.begin(SensorSettings(gain_db=6), Lighting())
    room.advance(2)
    room.begin(SensorSettings(gain_db=9), Lighting())
    while room.advance(4):
        pass
    assert room.settings.gain_db == 9


def test_lamps_light_the_room_and_the_day_the_window(room: Scene) -> None:
    def seen(light: Lighting) -> tuple[float, float]:
        room.settings = SensorSettings(noise=0, shutter_s=1 / 100)
        room.lighting = light
        luma = room.render_only(3.0, []).y.astype(float)
        window, _ = room.project([4.0, -0.1, 1.6])
        floor, _ = room.project([-2.0, 0.5, 0.0])
        return tuple(float(luma[round(y) - 4 : round(y) + 5, round(x) - 4 : round(x) + 5].mean()) for x, y in (window, floor))  # type: ignore[return-value]

    both, night, out = seen(Lighting()), seen(Lighting(day=1 / 64)), seen(Lighting(lamps=1 / 64))
    assert night[0] < 0.6 * both[0]
    assert out[1] < 0.7 * both[1]
    assert out[0] > 0.9 * both[0]


def test_programs_of_light_are_known_and_bounded() -> None:
    assert PROGRAMS["steady"](1234.5) == Lighting()
    assert PROGRAMS["switch"](SWITCH_S + 1).lamps < 0.02 < PROGRAMS["switch"](1).lamps
    assert [PROGRAMS["night"](t) for t in (1, NIGHT_S + 1, 2 * NIGHT_S + 1)] == [Lighting(), Lighting(1 / 64, 1 / 64), Lighting()]
    noon, night = PROGRAMS["day"](0).day, PROGRAMS["day"](DAY_S / 2).day
    assert (noon, night) == (1.0, 1 / 64)
    assert len({PROGRAMS["day"](t).day for t in np.arange(0, DAY_S, 0.2)}) < 60


@pytest.mark.parametrize("bad", [{"lamps": 0}, {"day": 5}])
def test_impossible_light_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(InvalidValue) as refusal:
        Lighting(**bad)
    assert refusal.value.name == next(iter(bad))
