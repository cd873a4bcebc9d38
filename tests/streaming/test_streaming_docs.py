"""The page about RTSP says what the code does."""

import re
from pathlib import Path

import pytest

from panocam.streaming.options import RtspOptions
from panocam.streaming.rtp.payload import DEFAULT_SIZE, SIZES
from panocam.streaming.rtsp.parser import MAX_BODY, MAX_HEAD, MAX_HEADERS, MAX_LINE
from panocam.streaming.rtsp.target import PATHS
from panocam.streaming.url import ARGUMENTS, parse_query

PAGE = (Path(__file__).parents[2] / "docs" / "rtsp.md").read_text()


def test_the_table_of_arguments_is_the_table_of_the_code():
    section = PAGE.partition("## Arguments")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", section, re.M)
    assert rows == [(row.name, row.values, row.meaning) for row in ARGUMENTS]
    assert all(f"`{alias}`" in section for row in ARGUMENTS for alias in row.aliases)


def test_every_url_of_the_page_is_accepted():
    queries = re.findall(r"media\.amp\?([^\s\"`]+)", PAGE)
    assert queries
    for query in queries:
        parse_query(query)
    assert all(path in PAGE for path in PATHS)


@pytest.mark.parametrize(
    "words",
    [
        f"{RtspOptions().max_connections} each",
        f"closed after {RtspOptions().silent_timeout:g} s; after {RtspOptions().idle_timeout:g} s",
        f"ended after {RtspOptions().session_timeout:g} s",
        f"when {RtspOptions().write_bound >> 20} MiB waits",
        f"{MAX_LINE >> 10} KiB a line, {MAX_HEAD >> 10} KiB of headers, {MAX_HEADERS} lines, {MAX_BODY >> 10} KiB of body",
        f"{RtspOptions().multicast.first} upwards with ports from {RtspOptions().multicast.port}",
        f"live {RtspOptions().multicast.ttl} hops",
        f"up to {SIZES[-1]} bytes over TCP, at most {DEFAULT_SIZE} over UDP",
    ],
)
def test_numbers_are_the_ones_in_force(words):
    assert words in re.sub(r"\s+", " ", PAGE)
