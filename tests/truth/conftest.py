"""The rooms that these tests share, 150 MB each, go when the last of them is done."""

from __future__ import annotations

import pytest
import truth_kit


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    if nextitem is None or nextitem.path.parent != item.path.parent:
        truth_kit.empty.cache_clear()
        truth_kit.room.cache_clear()
