"""Small volumes that a test may fill, make read-only and pull out."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from share_kit import Mounted


@pytest.fixture
def mounted() -> Iterator[Mounted]:
    """``mounted(path, size)`` mounts a memory disk there; skips where that is not allowed."""
    points: list[Path] = []

    def mount(path: Path, size: str) -> Path:
        path.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "tmpfs", path], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"nothing may be mounted here: {done.stderr.strip() or os.strerror(done.returncode)}")
        points.append(path)
        return path

    yield mount
    for point in points:
        subprocess.run(["umount", "-l", point], capture_output=True)
