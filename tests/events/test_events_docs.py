"""docs/events.md names topics as clients hear of them, with their kind and our name, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from panocam.events.names import ROWS

PAGE = Path(__file__).parents[2] / "docs" / "events.md"


def test_the_page_and_the_topics_agree() -> None:
    rows = re.findall(r"^\| `(tns[^`]+)`[^|]*\|[^|]*\|[^|]*\| ([CP]) \| `([^`]+)` \|", PAGE.read_text(), re.M)
    there = {(row.path.replace("{area}", "5"), "C" if row.topic.stateful else "P", row.topic.path) for row in ROWS}
    assert len(rows) > 15
    assert set(rows) <= there
