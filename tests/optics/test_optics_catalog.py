"""The catalogue: names, numbers, mounts, and resolution lists whose ends are the modelled cameras' own."""

from __future__ import annotations

from pathlib import Path

import pytest

from panocam.errors import InvalidValue, NotFound
from panocam.optics.catalog import SENSOR, VIEWS, Kind, Model, available, check_resolution, find, resolutions
from panocam.optics.mount import Mount
from panocam.optics.view import build_view

ENDS = {
    0: ((2160, 2160), (160, 160), (2992, 2992), (160, 160)),
    1: ((2560, 1440), (192, 72), (3840, 2160), (192, 72)),
    2: ((2560, 1920), (256, 192), (3584, 2688), (384, 288)),
    3: ((2560, 1920), (256, 192), (3584, 2688), (384, 288)),
    **dict.fromkeys((4, 5, 6, 7), ((1920, 1440), (256, 144), (2048, 1536), (256, 144))),
    **dict.fromkeys((8, 9), ((2368, 1184), (192, 72), (3200, 1600), (192, 72))),
    10: ((2016, 2016), (256, 192), (2880, 2880), (384, 288)),
    11: ((2560, 1920), (256, 144), (2560, 1920), (256, 144)),
}
ASPECTS = {
    Kind.OVERVIEW: {(1, 1)},
    Kind.PANORAMA: {(16, 9), (8, 3)},
    Kind.DOUBLE_PANORAMA: {(4, 3)},
    Kind.QUAD: {(4, 3)},
    Kind.AREA: {(4, 3), (16, 9)},
    Kind.CORNER_LEFT: {(2, 1), (8, 3)},
    Kind.CORNER_RIGHT: {(2, 1), (8, 3)},
    Kind.DOUBLE_CORNER: {(1, 1), (4, 3)},
    Kind.CORRIDOR: {(4, 3), (16, 9)},
}


@pytest.mark.feature(*(f"VIEW-{n:02}" for n in range(6, 15)))
@pytest.mark.parametrize("index", range(12))
def test_ends_of_the_lists(index: int) -> None:
    small, large = resolutions(Model.M4327, index), resolutions(Model.M4328, index)
    assert (small[0], small[-1], large[0], large[-1]) == ENDS[index]


@pytest.mark.feature("VIEW-15", "GAP-05")
@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize("row", VIEWS, ids=lambda r: r.name)
def test_every_size_can_be_drawn_and_has_a_shape_of_its_view(model: Model, row) -> None:
    sizes = resolutions(model, row.index)
    assert len(set(sizes)) == len(sizes)
    assert [w * h for w, h in sizes] == sorted((w * h for w, h in sizes), reverse=True)
    for width, height in sizes:
        assert any(width * b == height * a for a, b in ASPECTS[row.kind]), (width, height)
        for mount in row.mounts:
            build_view(row.index, mount, (width, height))


@pytest.mark.feature("GAP-05")
@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize("index", range(12))
def test_lists_are_cut_to_the_source_but_never_to_nothing(model: Model, index: int) -> None:
    whole = resolutions(model, index)
    assert resolutions(model, index, SENSOR[model]) == whole
    assert resolutions(model, index, (8000, 6000)) == whole
    cut = resolutions(model, index, (1920, 1080))
    assert cut
    assert set(cut) < set(whole)
    share = 1080 / SENSOR[model][0]
    assert all(w <= whole[0][0] * share and h <= whole[0][1] * share for w, h in cut)
    assert resolutions(model, index, (64, 48)) == whole[-1:]


@pytest.mark.feature("VIEW-15")
def test_other_sizes_are_refused_with_the_list() -> None:
    assert check_resolution(Model.M4327, 4, (1920, 1440)) == (1920, 1440)
    with pytest.raises(InvalidValue, match=r"resolution='2048x1536': View Area 1 offers 1920x1440, .*256x144"):
        check_resolution(Model.M4327, 4, (2048, 1536))
    with pytest.raises(InvalidValue, match="Overview offers"):
        check_resolution(Model.M4328, 0, (2160, 2160), (1080, 1080))


@pytest.mark.feature("GAP-03", "IMG-06")
def test_the_wall_has_only_some_views() -> None:
    assert [row.index for row in available(Mount.WALL)] == [0, 1, 4, 5, 6, 7]
    assert [row.index for row in available(Mount.CEILING)] == [row.index for row in available(Mount.DESK)] == list(range(12))
    with pytest.raises(NotFound, match="Quad View does not exist on the wall mount; it needs ceiling or desk"):
        find(3, Mount.WALL)
    with pytest.raises(NotFound, match="numbered 0 to 11"):
        build_view(12, Mount.DESK, (640, 480))
    with pytest.raises(NotFound):
        resolutions(Model.M4328, -1)


def test_names_and_numbers() -> None:
    assert [row.index for row in VIEWS] == list(range(12))
    assert [row.camera for row in VIEWS] == list(range(1, 13))
    assert [row.name for row in VIEWS if row.movable] == [f"View Area {n}" for n in (1, 2, 3, 4)]


def test_the_page_shows_the_same_lists() -> None:
    page = (Path(__file__).parents[2] / "docs" / "views.md").read_text(encoding="utf-8")
    for row in VIEWS:
        for model in Model:
            assert f"| {', '.join(f'{w}x{h}' for w, h in resolutions(model, row.index))} |" in page
        assert row.name.rstrip(" 1234") in page
