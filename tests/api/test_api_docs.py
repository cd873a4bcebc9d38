"""The pages say what is there: every path, every metric, every message."""

from __future__ import annotations

import re
from pathlib import Path

from api_kit import Side

from panocam.api.build import endpoints
from panocam.api.endpoint import Dialect
from panocam.api.web.frames import HEADER_SIZE
from panocam.settings import Role

DOCS = Path(__file__).parents[2] / "docs"


def test_every_path_is_documented_and_none_is_invented() -> None:
    text = (DOCS / "http.md").read_text() + (DOCS / "rest.md").read_text()
    there = {row.path for row in endpoints() if row.dialect is not Dialect.PAGE and "{path:path}" not in row.path}
    said = set(re.findall(r"`(/(?:axis-cgi|vapix|api|jpg|mjpg|metrics|rtsp-over|rootdesc)[^`?\s]*)`", text))
    assert there == said


async def test_every_metric_is_documented_and_none_is_invented(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        served = set(re.findall(r"^# TYPE (\w+)", (await client.get("/metrics")).text, re.M))
    said = set(re.findall(r"`((?:panocam|process)_\w+)`", (DOCS / "metrics.md").read_text()))
    assert {name for name in said if not name.startswith("panocam_rtsp")} == served


def test_the_header_is_as_long_as_the_page_says() -> None:
    assert f"| {HEADER_SIZE} | | H.264" in (DOCS / "rest.md").read_text()
