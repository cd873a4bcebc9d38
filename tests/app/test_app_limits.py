"""What the program asks of the system."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

SAY = "from panocam.app.limits import allow_many_files as go; import resource; go(); print(*resource.getrlimit(resource.RLIMIT_NOFILE))"


@pytest.mark.parametrize(("soft", "hard", "after"), [(256, 2000, 2000), (256, 18_000, 16_384), (17_000, 18_000, 17_000)])
def test_the_limit_of_open_files_is_raised_as_far_as_the_system_lets(soft: int, hard: int, after: int) -> None:
    if 0 <= resource.getrlimit(resource.RLIMIT_NOFILE)[1] < hard:
        pytest.skip(f"this system lets nobody have {hard} files")
    command = ["sh", "-c", f"ulimit -Sn {soft} && ulimit -Hn {hard} && exec '{sys.executable}' -c '{SAY}'"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == [str(after), str(hard)]
