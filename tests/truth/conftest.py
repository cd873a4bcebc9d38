"""The rooms that these tests share, 150 MB each, go when the last of them is done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import truth_kit


@pytest.fixture(scope="package", autouse=True)
def _rooms() -> Iterator[None]:
    yield
    truth_kit.empty.cache_clear()
    truth_kit.room.cache_clear()
