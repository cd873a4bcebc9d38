"""Byte ranges of films that are made while they are read: any range of the cut is that range of the export."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storage_kit import START, PushedCamera, Store, coded, later, settle

from panocam.api.films import chosen
from panocam.clock import NS
from panocam.errors import NotFound
from panocam.pipeline.request import StreamRequest
from panocam.storage.cut import Cut
from panocam.storage.export import export_matroska
from panocam.storage.library import Library
from panocam.storage.recorder import Order


async def test_a_cut_is_the_export_with_places(tmp_path: Path) -> None:
    packets, description = coded(seconds=2)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        identity = await store.recorder.start(Order(StreamRequest(4), "SD_DISK"))
        await settle()
        await camera.push(packets)
        await camera.push(later(packets, 5, 60))  # behind a gap, so in another segment
        await store.recorder.stop(identity)
        library = Library(store.index, {"SD_DISK": store.disk})
        for span in ((None, None), (START + NS, START + 6 * NS)):
            whole = b"".join(export_matroska(library, identity, *span))
            cut = Cut(library, identity, *span)
            assert cut.size == len(whole)
            ends = sorted({0, 1, 50, 700, cut.size // 3, cut.size // 2, cut.size - 1, cut.size})
            for first in ends:
                for end in ends:
                    assert b"".join(cut.read(first, end)) == whole[first:end]
        with pytest.raises(NotFound):
            Cut(library, identity, None, START - 9 * NS)


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        (None, (200, 0, 100)), ("bytes=0-", (206, 0, 100)), ("bytes=10-19", (206, 10, 20)), ("bytes=90-200", (206, 90, 100)),
        ("bytes=-5", (206, 95, 100)), ("bytes=-500", (206, 0, 100)), ("bytes=100-", (416, 0, 0)), ("bytes=-0", (416, 0, 0)),
        ("bytes=0-1,5-6", (200, 0, 100)), ("bytes=9-3", (200, 0, 100)), ("lines=1-2", (200, 0, 100)), ("bytes=-", (200, 0, 100)),
    ],
)  # fmt: skip
def test_ranges(header: str | None, answer: tuple[int, int, int]) -> None:
    assert chosen(header, 100) == answer


@given(st.one_of(st.text(max_size=40), st.from_regex(r"bytes=\d{0,20}-\d{0,20}", fullmatch=True)), st.integers(1, 10**12))
def test_any_header_gives_a_range_that_is_there(header: str, size: int) -> None:
    status, begin, end = chosen(header, size)
    assert status == 416 or 0 <= begin < end <= size
