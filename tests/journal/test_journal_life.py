"""Why a run began: told apart by how the last one ended."""

from __future__ import annotations

import faulthandler
import json
import logging
from pathlib import Path

import pytest

from panocam.errors import Unavailable
from panocam.journal import life as lives
from panocam.journal.life import CRASH, TRACE, End, Life
from panocam.settings import DataFolder


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def beginning(folder: DataFolder) -> tuple[str, bool]:
    with Life(folder) as life:
        return life.beginning.reason, life.beginning.orderly


def killed(folder: DataFolder) -> None:
    """A run that never said good-bye; what the system would close is closed."""
    life = Life(folder).__enter__()
    faulthandler.disable()
    assert life._trace is not None
    life._trace.close()


@pytest.mark.parametrize(
    ("how", "by", "reason"),
    [
        (End.STOPPED, "", "started after it had been stopped"),
        (End.RESTART, "anna at 192.0.2.9", "restart asked for by anna at 192.0.2.9"),
        (End.WORN_OUT, "", "started anew because too many encoders hung"),
        (End.SOFT_RESET, "", "factory default, soft"),
        (End.HARD_RESET, "", "factory default, hard"),
    ],
)
def test_an_orderly_end_is_remembered(folder: DataFolder, how: End, by: str, reason: str) -> None:
    assert beginning(folder) == ("first start", True)
    with Life(folder) as life:
        life.end(how, by)
    with Life(folder) as life:
        assert (life.beginning.reason, life.beginning.orderly) == (reason, True)
        assert "anna" not in life.beginning.short
        assert life.crash_report is None


def test_who_was_killed_and_who_lost_power(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    killed(folder)
    assert beginning(folder) == ("the last run was killed", False)
    killed(folder)
    monkeypatch.setattr(lives, "_boot_id", lambda: "another")
    assert beginning(folder) == ("the computer was restarted or lost its power", False)


def test_a_trace_of_native_code_becomes_the_crash_report(folder: DataFolder) -> None:
    killed(folder)
    logs = folder.folder("logs")
    (logs / TRACE).write_text("Fatal Python error: Segmentation fault\n\x1b[2Jrtsp://a:geheim@h/\n")
    with Life(folder) as life:
        assert (life.beginning.reason, life.beginning.orderly) == ("the last run crashed; there is a crash report", False)
        assert life.crash_report == "Fatal Python error: Segmentation fault\n\\x1b[2Jrtsp://***@h/\n"
    assert not (logs / TRACE).exists()
    assert beginning(folder) == ("started after it had been stopped", True)


def test_an_error_that_nobody_caught_is_the_reason(folder: DataFolder, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL), pytest.raises(ZeroDivisionError), Life(folder):
        raise ZeroDivisionError("password=geheim")
    assert "the camera failed" in caplog.text
    assert beginning(folder)[0] == "the last run failed; there is a crash report: ZeroDivisionError: password=***"
    assert "geheim" not in (folder.folder("logs") / CRASH).read_text()


def test_a_full_disk_is_no_reason_not_to_start(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*words: object) -> None:
        raise Unavailable("life.json cannot be saved: No space left on device")

    monkeypatch.setattr(lives.atomic, "write", full)
    with Life(folder) as life:
        assert life.beginning.reason == "first start"
    assert "No space left" in caplog.text


def test_a_start_that_fails_for_a_reason_is_no_crash(folder: DataFolder) -> None:
    with pytest.raises(Unavailable), Life(folder):
        raise Unavailable("HTTP port 80 is in use")
    assert beginning(folder) == ("started after it had been stopped", True)


@pytest.mark.parametrize("kept", [b"", b"{", b"[]", b'{"end": "eaten", "by": "", "boot": ""}', b'{"end": 1}'])
def test_a_damaged_record_is_said_to_be_one(folder: DataFolder, kept: bytes) -> None:
    (folder.root / lives.FILE).write_bytes(kept)
    assert beginning(folder) == ("the record of the last run cannot be read", False)
    assert json.loads((folder.root / lives.FILE).read_bytes())["end"] == End.STOPPED
