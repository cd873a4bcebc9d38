"""One stage for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from ptz_kit import Stage

from panocam.clock import ManualClock


@pytest.fixture
async def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "data", ManualClock(monotonic_ns=10**12))
