"""The machine's temperature in overlays, from the files that Linux tells it in."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from panocam.app.overlays import tell_of_warmth
from panocam.app.thermometer import Thermometer
from panocam.clock import ManualClock
from panocam.events.modifiers import Moment, Template
from panocam.pipeline.overlays.board import OverlayBoard
from panocam.pipeline.overlays.painter import Painter


def sensor(root: Path, name: str, text: str) -> Path:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


@pytest.mark.feature("OVL-07")
def test_an_overlay_says_how_warm_the_machine_is(tmp_path: Path) -> None:
    clock = ManualClock()
    first = sensor(tmp_path, "thermal/thermal_zone0/temp", "41500\n")
    sensor(tmp_path, "thermal/thermal_zone10/temp", "-2000\n")
    sensor(tmp_path, "thermal/thermal_zone2/temp", "99999 bottles\n")
    sensor(tmp_path, "hwmon/hwmon0/temp1_input", "12000\n")
    board = OverlayBoard(UTC)
    tell_of_warmth(board, Thermometer(clock, tmp_path))
    painter, text = Painter(board, 0, (640, 480)), Template("#TC|#TC0|#TF|#TC1|#TC2|#TC9")

    def said() -> str:
        return painter.say(text, Moment(0, UTC))

    assert said() == "42|42|107|-|-2|-"
    first.write_text("50000\n")
    assert said().startswith("42|")
    clock.advance(6)
    assert said().startswith("50|50|122|")
    first.unlink()
    clock.advance(6)
    assert said().startswith("-|-|-|")


def test_where_only_chips_tell_they_are_asked_and_where_nobody_does_there_is_none(tmp_path: Path) -> None:
    assert Thermometer(ManualClock(), tmp_path).celsius(None) is None
    sensor(tmp_path, "hwmon/hwmon0/temp1_input", "12000\n")
    assert Thermometer(ManualClock(), tmp_path).celsius(None) == 12
