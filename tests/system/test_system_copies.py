"""A copy of a program behaves as the program that is started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import copies
import pytest

SAY = """
import json, os, sys, threading, time
print(json.dumps({
    "argv": sys.argv, "original": sys.orig_argv, "folder": os.getcwd(), "environment": dict(os.environ), "path": sys.path[0],
    "files": sorted(os.listdir("/proc/self/fd")), "threads": threading.active_count(), "zone": time.tzname,
    "handlers": [str(signal) for signal in map(__import__("signal").getsignal, (1, 2, 15, 17))],
}), flush=True)
print("to standard error", file=sys.stderr, flush=True)
if sys.argv[1] == "wait":
    time.sleep(60)
sys.exit(int(sys.argv[1]))
"""


class Program:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "say.py"
        self.path.write_text(SAY)

    def start(self, word: str, copied: bool = True) -> copies.Running:
        with (self.folder / "out").open("wb") as out, (self.folder / "err").open("wb") as err:
            return copies.start([str(self.path), word], out, err, copied=copied)

    def said(self) -> dict[str, Any]:
        assert (self.folder / "err").read_text() == "to standard error\n"
        found: dict[str, Any] = json.loads((self.folder / "out").read_text())
        return found


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def test_it_finds_what_a_started_program_finds(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert program.start("0").wait(30) == 0  # the process that makes copies runs from here, in another place and environment
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    monkeypatch.setenv("PANOCAM_SOURCE", "a picture.png")
    monkeypatch.delenv("HOME", raising=False)
    copy = program.start("0")
    assert isinstance(copy, copies.Copy)
    assert copy.wait(30) == 0
    one = program.said()
    assert program.start("0", copied=False).wait(30) == 0
    other = program.said()
    mine, its = one.pop("environment"), other.pop("environment")
    assert mine["SVT_LOG"] == "0"  # set by what was imported, as in the started program soon
    for name in ("SVT_LOG", "COLUMNS", "LINES"):  # the last two may have been set behind Python's back in this process, by readline
        mine.pop(name, None)
        its.pop(name, None)
    assert mine == its
    assert one == other


@pytest.mark.parametrize("status", [0, 2, 130])
def test_its_exit_status_is_told(program: Program, status: int) -> None:
    copy = program.start(str(status))
    assert copy.wait(30) == status
    assert (copy.poll(), copy.returncode) == (status, status)
    copy.kill()  # nobody
    with pytest.raises(ProcessLookupError):
        os.kill(copy.pid, 0)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_signal_that_ended_it_is_told(program: Program, number: signal.Signals) -> None:
    first, second = program.start("wait"), program.start("wait")
    with pytest.raises(subprocess.TimeoutExpired):
        first.wait(0.01)
    assert first.poll() is None
    first.send_signal(number)
    assert first.wait(30) == -number
    assert second.poll() is None
    second.kill()
    assert second.wait(30) == -signal.SIGKILL


def test_where_the_interpreter_would_start_otherwise_it_is_started(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    process = program.start("3")
    assert isinstance(process, subprocess.Popen)
    assert process.wait(30) == 3


def test_a_mistake_is_told_by_a_copy_as_by_the_command(tmp_path: Path) -> None:
    words = ["-m", "panocam", "run", "--data", str(tmp_path), "--source", str(tmp_path / "nothing.mp4")]
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        status = copies.start(words, out, err).wait(30)
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=60)
    assert (status, (tmp_path / "out").read_text(), (tmp_path / "err").read_text()) == (2, "", done.stderr)


def test_what_it_said_and_the_most_memory_it_had_are_told(tmp_path: Path) -> None:
    script = tmp_path / "large.py"
    script.write_text("import sys; much = b'1' * (int(sys.argv[1]) << 20); print(len(much)); exit(3)")
    small, large = (copies.run(script, str(size)) for size in (1, 400))
    assert (large.returncode, large.stdout, large.stderr) == (3, f"{400 << 20}\n", "")
    if sys.platform == "linux":
        assert 300 << 10 < large.most_kb - small.most_kb < 500 << 10
