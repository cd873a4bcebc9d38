"""The plugin that shows why a worker of a parallel test run died."""

import os
import re
import subprocess
import sys
from pathlib import Path

import lastwords

TESTS = """
import os
import time

def test_abort():
    os.abort()

def test_hang():
    time.sleep(60)
"""
SETTINGS = """
[pytest]
faulthandler_timeout = 1
faulthandler_exit_on_timeout = true
"""


def test_the_report_of_a_dead_worker_says_where_it_was(tmp_path: Path) -> None:
    tests, settings = tmp_path / "test_deadly.py", tmp_path / "pytest.ini"
    tests.write_text(TESTS)
    settings.write_text(SETTINGS)
    command = [sys.executable, "-m", "pytest", "-c", settings, "-p", "xdist", "-p", "lastwords", "-n", "1", "--dist", "load", tests]
    ours = {"PYTHONPATH": str(Path(lastwords.__file__).parent), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, env={**os.environ, **ours}, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    _, aborted, hung = re.split("crashed while running", done.stdout.partition("short test summary")[0])
    for report, name, reason in (
        (aborted, "test_abort", "Fatal Python error: Aborted"),
        (hung, "test_hang", "Timeout (0:00:01)!"),
    ):
        assert reason in report, done.stdout + done.stderr
        assert re.search(rf'test_deadly.py", line \d+ in {name}', report)
