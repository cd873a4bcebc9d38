"""The machine's fans in overlays, from the files that Linux tells of them in."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

from panocam.app.fans import Fans
from panocam.app.overlays import tell_of_fans
from panocam.clock import ManualClock
from panocam.events.modifiers import Moment, Template
from panocam.pipeline.overlays.board import OverlayBoard
from panocam.pipeline.overlays.painter import Painter


def test_an_overlay_says_whether_fans_turn(tmp_path: Path) -> None:
    clock, folder = ManualClock(), tmp_path / "hwmon/hwmon0"
    folder.mkdir(parents=True)
    for number, text in ((1, "1200\n"), (2, "0\n"), (10, "fast\n")):
        (folder / f"fan{number}_input").write_text(text)
    board = OverlayBoard(UTC)
    tell_of_fans(board, Fans(clock, tmp_path))
    painter, text = Painter(board, 0, (640, 480)), Template("#U|#U0|#U1|#U2|#U9")
    assert painter.say(text, Moment(0, UTC)) == "running|running|stopped|-|-"
    (folder / "fan1_input").write_text("0\n")
    clock.advance(6)
    assert painter.say(text, Moment(0, UTC)) == "stopped|stopped|stopped|-|-"
    (folder / "fan1_input").unlink()
    clock.advance(6)
    assert painter.say(text, Moment(0, UTC)).startswith("-|-|")


def test_where_there_are_none_nothing_is_known(tmp_path: Path) -> None:
    assert Fans(ManualClock(), tmp_path).state(None) is None
