"""When only another process can help, the camera becomes one, and that says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from panocam.app.ending import Ending, anew_when_worn_out
from panocam.app.facts import begin, pipeline_fact
from panocam.clock import ManualClock
from panocam.events.bus import Bus
from panocam.journal.life import Life
from panocam.settings import DataFolder


@pytest.mark.parametrize(("fact", "anew"), [("worn-out", True), ("channel-failed", False)])
async def test_too_many_hanging_encoders_end_the_run_and_begin_the_next(tmp_path: Path, fact: str, anew: bool) -> None:
    folder, ending = DataFolder(tmp_path), Ending()
    with Life(folder) as life:
        pipeline_fact(begin(Bus(ManualClock())), anew_when_worn_out(life, ending))(fact, {"hanging": 8})
        assert (ending.over.is_set(), ending.again) == (anew, anew)
    with Life(folder) as life:
        reason = "started anew because too many encoders hung" if anew else "started after it had been stopped"
        assert life.beginning.reason == reason
