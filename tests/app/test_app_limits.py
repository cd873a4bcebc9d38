"""What the program asks of the system."""

from __future__ import annotations

import resource
from pathlib import Path

import copies
import pytest

SAY = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, tuple(map(int, sys.argv[1:])))
from panocam.app.limits import allow_many_files
allow_many_files()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(("soft", "hard", "after"), [(256, 2000, 2000), (256, 18_000, 16_384), (17_000, 18_000, 17_000)])
def test_the_limit_of_open_files_is_raised_as_far_as_the_system_lets(tmp_path: Path, soft: int, hard: int, after: int) -> None:
    if 0 <= resource.getrlimit(resource.RLIMIT_NOFILE)[1] < hard:
        pytest.skip(f"this system lets nobody have {hard} files")
    script = tmp_path / "say.py"
    script.write_text(SAY)
    done = copies.run(script, str(soft), str(hard))
    assert (done.stdout.split(), done.stderr) == ([str(after), str(hard)], "")
