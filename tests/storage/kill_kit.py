"""Programs of kits that are killed while they work."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO, cast

import copies


def killed_while(kit: str, root: Path, steps: int) -> bool:
    """Run the program of a kit in a process of its own and kill it as soon as it has told of so many steps; False when it was done before
    that."""
    told, tell = os.pipe()
    with os.fdopen(told) as steps_done, os.fdopen(tell, "w") as writing:
        process = copies.start([kit, str(root)], writing, cast(IO[str], sys.__stderr__))
        writing.close()
        for number, line in enumerate(steps_done):
            if line == "done\n":
                assert process.wait(30) == 0
                return False
            if number == steps:
                process.kill()
                process.wait()
                return True
        status = process.wait()
    raise AssertionError(f"it ended by itself with {status}")
