"""Overlays in the pixels of a channel: where they are, what colour, how sharp, and that nothing else changes."""

from __future__ import annotations

import itertools
from datetime import UTC

import numpy as np
import pytest
from PIL import Image as Picture

from panocam.clock import NS
from panocam.imaging.artwork import accept
from panocam.imaging.layer import lay, yuv
from panocam.imaging.lettering import Block, Setting
from panocam.imaging.privacy import PrivacyMask
from panocam.media.frame import Frame, RawFrame
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Color, Matrix, Planes
from panocam.optics.pose import Pose
from panocam.pipeline.overlays.board import OverlayBoard
from panocam.pipeline.overlays.painter import Painter
from panocam.pipeline.request import ALL_OVERLAYS, Overlay
from panocam.settings.overlays import Anchor, Image, Indicator, Item, Text

SIZES = [(1920, 1440), (1280, 960), (640, 480), (320, 240), (2992, 2992)]
WALL = 1_795_356_140 * NS


def noise(size: tuple[int, int], color: Color = VIDEO_COLOR) -> Planes:
    rng = np.random.default_rng(3)
    planes = Planes.blank(*size, color)
    for plane in (planes.y, planes.u, planes.v):
        plane[:] = rng.integers(16, 236, plane.shape, np.uint8)
    return planes


def grey(size: tuple[int, int], color: Color = VIDEO_COLOR, level: int = 120) -> Planes:
    planes = Planes.blank(*size, color)
    planes.y[:] = level
    return planes


def frame(wall_ns: int = WALL, pts_ns: int = 0) -> Frame:
    return PrivacyMask().apply(RawFrame(Planes.blank(16, 16), pts_ns, wall_ns))


def painter(*items: Item, size: tuple[int, int] = (640, 480), view: int = 4, **artworks: bytes) -> Painter:
    board = OverlayBoard(UTC)
    board.show(items, {name + ".ovl": accept(data, name) for name, data in artworks.items()})
    return Painter(board, view, size)


def draw(one: Painter, shown: Frame, out: Planes, pose: Pose | None = None) -> None:
    found = one.layers(shown.wall_ns, shown.pts_ns, out.color, pose)
    lay([layer for _, each in found for layer in each.layers], out)


def drawn(*items: Item, size: tuple[int, int] = (640, 480), color: Color = VIDEO_COLOR, **artworks: bytes) -> Planes:
    out = grey(size, color)
    draw(painter(*items, size=size, **artworks), frame(), out)
    return out


def box(planes: Planes, level: int = 120) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what differs from the ground."""
    rows, columns = np.nonzero(planes.y != level)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def png(width: int, height: int, rgba: tuple[int, ...]) -> bytes:
    from io import BytesIO

    out = BytesIO()
    Picture.new("RGBA", (width, height), rgba).save(out, "PNG")
    return out.getvalue()


SIGN = Text(identity=0, text="HALL", background="white", outline="transparent", color="black", size=60)


@pytest.mark.feature("OVL-08", "OVL-04")
@pytest.mark.parametrize("anchor", list(Anchor))
def test_an_anchor_is_the_same_place_at_every_resolution(anchor: Anchor) -> None:
    places = []
    for size in SIZES:
        left, top, right, bottom = box(drawn(SIGN.model_copy(update={"position": anchor}), size=size))
        height = size[1]
        across = (left + right - size[0]) / height if anchor in (Anchor.TOP, Anchor.BOTTOM) else min(left, size[0] - right) / height
        places.append((across, min(top, height - bottom) / height, (right - left) / height, (bottom - top) / height))
        assert (top < height / 2) == anchor.startswith("top")
        assert (left < size[0] / 2 - (right - left)) == anchor.endswith("Left")
    for place, size in zip(places, SIZES, strict=True):
        assert np.abs(np.subtract(place, places[0])).max() < 5 / size[1] + 0.01


@pytest.mark.feature("OVL-05", "OVL-09")
@pytest.mark.parametrize("size", SIZES[:4])
def test_a_free_position_runs_from_edge_to_edge(size: tuple[int, int]) -> None:
    for x, y in [(-1, -1), (1, 1), (0, 0), (-0.5, 0.25)]:
        left, top, right, bottom = box(drawn(SIGN.model_copy(update={"position": (float(x), float(y))}), size=size))
        assert left / (size[0] - (right - left)) == pytest.approx((x + 1) / 2, abs=2 / 200)
        assert top / (size[1] - (bottom - top)) == pytest.approx((y + 1) / 2, abs=2 / 200)


@pytest.mark.feature("OVL-10")
@pytest.mark.parametrize("color", [JPEG_COLOR, VIDEO_COLOR, Color(False, Matrix.BT601), Color(True, Matrix.BT709)], ids=str)
@pytest.mark.parametrize(
    ("paint", "rgb"), [("white", (255, 255, 255)), ("black", (0, 0, 0)), ("red", (255, 0, 0)), ("grey", (128, 128, 128))]
)
def test_colours_are_exact_in_every_range_and_matrix(color: Color, paint: str, rgb: tuple[int, int, int]) -> None:
    out = drawn(Text(identity=0, text="m", background=paint, outline="transparent", color="transparent", size=200), color=color)
    left, top, right, bottom = box(out)
    expected = [round(value) for value in yuv(rgb, color)]
    assert set(out.y[top:bottom, left:right].ravel()) == {expected[0]}
    for plane, value in zip((out.u, out.v), expected[1:], strict=True):
        assert set(plane[top // 2 : bottom // 2, left // 2 : right // 2].ravel()) == {value}


def test_half_transparent_black_halves_the_light() -> None:
    out = drawn(Text(identity=0, text="m", background="semiTransparent", outline="transparent", color="transparent"))
    assert set(out.y.ravel()) <= {120, 68}  # (120 + 16) / 2


@pytest.mark.feature("OVL-12")
def test_not_one_pixel_outside_of_the_rectangle_changes() -> None:
    before, after = noise((640, 480)), noise((640, 480))
    text = SIGN.model_copy(update={"position": (0.3, -0.2)})
    one = painter(text)
    draw(one, frame(), after)
    (_, found), *_ = one.layers(WALL, 0, VIDEO_COLOR)
    x, y, width, height = found.frame
    for a, b, half in ((before.y, after.y, 1), (before.u, after.u, 2), (before.v, after.v, 2)):
        outside = np.ones(a.shape, bool)
        outside[y // half : (y + height) // half, x // half : (x + width) // half] = False
        assert (a[outside] == b[outside]).all()
        assert (a != b).any()


def test_a_transparent_layer_changes_nothing_at_all() -> None:
    before, after = noise((640, 480)), noise((640, 480))
    draw(painter(Image(identity=0, image="a.ovl"), a=png(100, 80, (255, 0, 0, 0))), frame(), after)
    assert (before.y == after.y).all()
    assert (before.u == after.u).all()


@pytest.mark.feature("OVL-07")
def test_the_time_that_is_shown_is_the_pictures_own() -> None:
    """Compared with the same text set at once, without anything of the frame before."""
    clock = Text(identity=0, text="Hall %F %T.%f", size=80)
    one = painter(clock)
    for hundredths in (0, 1, 99, 100, 3599_50, 86400_00):
        wall = WALL + hundredths * NS // 100
        from datetime import datetime

        shown = datetime.fromtimestamp(wall // NS, UTC).strftime("%Y-%m-%d %H:%M:%S")
        running, fresh = grey((640, 480)), grey((640, 480))
        draw(one, frame(wall), running)
        draw(painter(clock.model_copy(update={"text": f"Hall {shown}.{hundredths % 100:02}"})), frame(), fresh)
        for a, b in ((running.y, fresh.y), (running.u, fresh.u), (running.v, fresh.v)):
            assert (a == b).all()


CLOCKS = [
    "%T.%f #D",
    "Straße %T.%f #D",
    "入口 %f\n%T%f #D",
    "مرحبا %T.%f #D",
    "%f%%%f #D %T שלום 12",
    "many words before it, %T.%f #D " * 3,
]


@pytest.mark.parametrize("background", ["transparent", "semiTransparent"])
@pytest.mark.parametrize(("text", "size"), [*((text, 70) for text in CLOCKS), (CLOCKS[0], 12), (CLOCKS[2], 9)])
def test_a_running_clock_is_put_together_as_if_it_were_drawn_anew(text: str, size: int, background: str) -> None:
    """Digits that were seen before, among other words and back: no trace of what was there may stay."""
    item = Text(identity=0, text=text, size=size, background=background)
    board = OverlayBoard(UTC)
    board.show((item,), {})
    one = Painter(board, 4, (640, 480))
    times = [at for step in range(60) for at in (step * 4, step * 4)] + [5999, 6000, 36_000_00, 7, 8]
    for number, hundredths in enumerate(times):
        if number in (20, 50, 90):
            board.set_dynamic(("", "Open 7", "Open 12")[number % 3])
        running, fresh = grey((640, 480)), grey((640, 480))
        draw(one, frame(WALL + hundredths * NS // 100), running)
        draw(Painter(board, 4, (640, 480)), frame(WALL + hundredths * NS // 100), fresh)
        for a, b in ((running.y, fresh.y), (running.u, fresh.u), (running.v, fresh.v)):
            assert (a == b).all(), hundredths


@pytest.mark.parametrize("text", CLOCKS)
def test_of_a_running_clock_only_numbers_are_drawn(text: str) -> None:
    """In any script and in every row: the ground under them is the same layer in all pictures, and a number seen before is too."""
    one = painter(Text(identity=0, text=text, size=30))
    grounds, numbers = [], []
    for hundredths in (0, 4, 8, 4, 8):
        ((_, found),) = one.layers(WALL + hundredths * NS // 100, 0, VIDEO_COLOR)
        grounds.append(found.layers[0])
        numbers.append(found.layers[1:])
    assert all(ground is grounds[1] for ground in grounds[2:])
    assert len(numbers[1]) == text.count("%f")
    for now, before in zip(numbers[3:], numbers[1:3], strict=True):
        assert all(a is b for a, b in zip(now, before, strict=True))


@pytest.mark.parametrize("size", SIZES[:4])
def test_letters_are_sharp_at_every_resolution(size: tuple[int, int]) -> None:
    """From ink to ground in two pixels, whatever the resolution: nothing was drawn elsewhere and blown up."""
    out = drawn(Text(identity=0, text="I", background="white", color="black", outline="transparent", size=200), size=size)
    left, top, right, bottom = box(out)
    row = out.y[(top + bottom) // 2, left:right].astype(int)
    between = (row > 30) & (row < 220)
    assert (row < 30).any()
    assert between.sum() <= 3


@pytest.mark.feature("OVL-13")
def test_an_image_keeps_its_colours_its_alpha_and_its_edges() -> None:
    out = drawn(Image(identity=0, image="a.ovl", position=(0.0, 0.0), size=540), a=png(60, 60, (255, 0, 0, 128)), size=(640, 480))
    left, top, right, bottom = box(out)
    assert (right - left, bottom - top) == (240, 240)
    red = yuv((255, 0, 0), VIDEO_COLOR)
    inner = out.y[top:bottom, left:right], out.u[top // 2 : bottom // 2, left // 2 : right // 2]
    assert np.abs(inner[0] - (120 + (red[0] - 120) * 128 / 255)).max() <= 1
    assert np.abs(inner[1] - (128 + (red[1] - 128) * 128 / 255)).max() <= 1


def test_an_image_grows_with_the_resolution_or_keeps_its_pixels() -> None:
    for size in SIZES[:4]:
        for scalable in (True, False):
            board = OverlayBoard()
            board.show((Image(identity=0, image="a.ovl"),), {"a.ovl": accept(png(90, 54, (0, 0, 0, 255)), "a", scalable=scalable)})
            out = grey(size)
            draw(Painter(board, 4, size), frame(), out)
            left, top, right, bottom = box(out)
            expected = size[1] * 54 / 1080 if scalable else 54
            assert bottom - top == pytest.approx(expected, abs=1)
            assert right - left == pytest.approx(expected * 90 / 54, abs=2)


def test_a_drawing_is_drawn_at_the_size_that_is_needed() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="20" height="20" fill="#f00"/></svg>'
    for size in SIZES[:4]:
        out = drawn(Image(identity=0, image="a.ovl", size=400), size=size, a=svg)
        left, top, _, bottom = box(out)
        row = out.y[(top + bottom) // 2, left - 2 :].astype(int)
        assert ((row != 120) & (row != round(yuv((255, 0, 0), VIDEO_COLOR)[0]))).sum() <= 2
        assert bottom - top == pytest.approx(size[1] * 400 / 1080, abs=2)


@pytest.mark.feature("OVL-14")
@pytest.mark.parametrize("style", ["circle", "bar"])
def test_the_indicator_moves_with_every_picture(style: str) -> None:
    one = painter(Indicator(identity=0, style=style))
    pictures = []
    for _ in range(48):
        out = grey((640, 480))
        draw(one, frame(), out)
        pictures.append(out.y)
    assert all((a != b).any() for a, b in itertools.pairwise(pictures))
    assert (pictures[0] == pictures[24]).all()


def test_only_the_views_that_are_named_show_it() -> None:
    for view, shown in ((0, False), (4, True), (5, True), (6, False)):
        out = grey((640, 480))
        draw(painter(SIGN.model_copy(update={"views": (4, 5)}), view=view), frame(), out)
        assert (out.y != 120).any() == shown


@pytest.mark.feature("OVL-13")
def test_a_stream_may_leave_kinds_out() -> None:
    board = OverlayBoard(UTC)
    items = (SIGN, Image(identity=1, image="a.ovl", position=Anchor.BOTTOM_RIGHT), Indicator(identity=2, position=Anchor.BOTTOM_LEFT))
    board.show(items, {"a.ovl": accept(png(40, 40, (255, 0, 0, 255)), "a")})
    moment = frame()
    for kinds, shown in ((ALL_OVERLAYS, [0, 1, 2]), ({Overlay.TEXT}, [0, 2]), ({Overlay.IMAGE}, [1]), ((), [])):
        layers = Painter(board, 4, (640, 480), frozenset(kinds)).layers(moment.wall_ns, 0, VIDEO_COLOR)
        assert [item.identity for item, _ in layers] == shown


def test_the_higher_one_lies_on_top() -> None:
    white, black = SIGN.model_copy(update={"color": "white", "z": 1}), SIGN.model_copy(update={"background": "black", "identity": 1})
    out = drawn(white, black)
    left, top, right, bottom = box(out)
    assert out.y[top:bottom, left:right].min() == 235


def test_a_hidden_one_is_not_there_and_an_empty_text_needs_no_room() -> None:
    for item in (
        SIGN.model_copy(update={"visible": False}),
        SIGN.model_copy(update={"text": "#D"}),
        SIGN.model_copy(update={"text": " \n "}),
    ):
        assert (drawn(item).y == 120).all()


@pytest.mark.feature("OVL-11", "EVT-20")
def test_dynamic_text_appears_from_the_next_picture_on_and_goes() -> None:
    board = OverlayBoard()
    board.show((SIGN.model_copy(update={"text": "#D#D16"}),), {})
    one = Painter(board, 4, (640, 480))

    def width() -> int:
        out = grey((640, 480))
        draw(one, frame(), out)
        return int((out.y != 120).any(axis=0).sum())

    assert width() == 0
    board.set_dynamic("OPEN")
    narrow = width()
    board.set_dynamic("DOOR ", 16)
    assert 0 < narrow < width()
    board.set_dynamic("", 16)
    board.set_dynamic("elsewhere", views=[5])
    assert width() == narrow
    board.set_dynamic("")
    assert width() == 0


def test_ptz_modifiers_say_where_the_picture_was_taken() -> None:
    one = painter(SIGN.model_copy(update={"text": "#x|#y|#z|#Z"}), size=(1280, 960))
    for pose, words in [(Pose(10.04, -20, 120), "10.0|-20.0|1|1.0x"), (Pose(-90, 0, 10), "-90.0|0.0|9999|19.8x"), (None, "-|-|-|-")]:
        moved, fixed = grey((1280, 960)), grey((1280, 960))
        draw(one, frame(), moved, pose)
        draw(painter(SIGN.model_copy(update={"text": words}), size=(1280, 960)), frame(), fixed)
        assert (moved.y == fixed.y).all(), words


def test_rates_are_those_of_the_channel() -> None:
    one = painter(SIGN.model_copy(update={"text": "#b #B #r #R #s"}), size=(1280, 960))
    for number in range(60):
        draw(one, frame(pts_ns=number * 40_000_000), grey((1280, 960)))
        one.flow.add(number * 40_000_000, 5000)
    out, expected = grey((1280, 960)), grey((1280, 960))
    draw(one, frame(), out)
    draw(painter(SIGN.model_copy(update={"text": "1000 1.00 25.00 25 00060"}), size=(1280, 960)), frame(), expected)
    assert (out.y == expected.y).all()


def test_scrolling_text_crosses_the_picture_and_comes_back() -> None:
    one = painter(SIGN.model_copy(update={"scroll": 20.0}))
    lefts = []
    for number in range(130):
        out = grey((640, 480))
        draw(one, frame(pts_ns=number * 40_000_000), out)
        lefts.append(box(out)[0] if (out.y != 120).any() else -1)
    moves = np.diff([left for left in lefts if left > 0])
    assert np.median(moves) == pytest.approx(-640 / 100, abs=1)
    assert (moves > 300).sum() >= 1


def test_turned_text_lies_as_it_is_told() -> None:
    upright, turned = box(drawn(SIGN)), box(drawn(SIGN.model_copy(update={"rotation": 90.0})))
    assert (turned[2] - turned[0], turned[3] - turned[1]) == (upright[3] - upright[1], upright[2] - upright[0])
    left, top, right, bottom = box(drawn(SIGN.model_copy(update={"rotation": 30.0, "position": (0.0, 0.0)})))
    width, height = upright[2] - upright[0], upright[3] - upright[1]
    assert right - left == pytest.approx(width * 0.866 + height * 0.5, abs=3)
    assert bottom - top == pytest.approx(width * 0.5 + height * 0.866, abs=3)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 512,
        "long words " * 46,
        "\n" * 500,
        "\0\x1b[31m\u202e\ud7ff",
        "👨‍👩‍👧‍👦" * 60,
        "\u0301" * 300,
        "مرحبا بالعالم 12:30 " * 25,
        "漢字かな交じり文" * 60,
        "%",
        "#",
    ],
)
@pytest.mark.parametrize("size", [0, 1, 200])
def test_any_text_is_drawn_inside_the_picture(text: str, size: float) -> None:
    """Also what the settings refuse: what modifiers stand for can bring it."""
    overlay = Text(identity=0, text="x", size=size, background="semiTransparent").model_copy(update={"text": text[:512]})
    for view in ((192, 72), (640, 480)):
        out = noise(view)
        draw(painter(overlay, size=view), frame(), out)


def test_long_lines_are_broken_at_blanks_and_nothing_is_lost() -> None:
    one = Block("one two three four five six", Setting(20, 0, "left", (120, 400)))
    wide = Block("one two three four five six", Setting(20, 0, "left", (2000, 400)))
    assert one.size[0] <= 120
    assert one.size[1] > wide.size[1]
    assert abs(int(one.fill.sum()) - int(wide.fill.sum())) < 0.05 * int(wide.fill.sum())


def test_right_to_left_text_begins_at_the_right() -> None:
    """The first letter of a Hebrew word is its rightmost one; a number in it is read from left to right."""
    setting = Setting(40, 0, "left", (2000, 400))
    aleph, word = Block("א", setting), Block("אי", setting)
    narrow = aleph.fill[:, aleph.fill.any(axis=0)]
    assert (word.fill[:, word.fill.any(axis=0)][:, -narrow.shape[1] :] == narrow).all()
    number = Block("12", setting)
    ink = number.fill[:, number.fill.any(axis=0)]
    mixed = Block("12 א", setting)
    assert (mixed.fill[:, mixed.fill.any(axis=0)][:, -ink.shape[1] :] == ink).all()


@pytest.mark.feature("OVL-07")
@pytest.mark.parametrize("words", ["入口", "東京タワー", "서울", "繁體"])
def test_chinese_japanese_and_korean_letters_are_drawn(words: str) -> None:
    """No two letters are alike, as boxes would be, and their strokes are as strong as those of Latin letters."""
    setting = Setting(80, 0, "left", (2000, 400))
    drawn_letters = [Block(letter, setting).fill for letter in words]
    box = Block("\U000e0041", setting).fill
    for number, one in enumerate(drawn_letters):
        assert all(not np.array_equal(one, other) for other in (box, *drawn_letters[:number]))
    strong = max(float((one > 128).mean()) for one in drawn_letters)
    assert strong > 0.9 * float((Block("E", setting).fill > 128).mean())


def test_shared_characters_are_drawn_as_the_words_around_them_ask_for() -> None:
    setting = Setting(80, 0, "left", (2000, 400))
    chinese = Block("直", setting)
    for words in ("直の", "直서"):
        other = Block(words, setting)
        width = 80 + setting.margin
        assert not np.array_equal(other.fill[:, :width], chinese.fill[:, :width])


def test_a_letter_that_no_font_has_is_a_box() -> None:
    setting = Setting(40, 0, "left", (2000, 400))
    unknown, other = Block("\U000e0041a", setting), Block("\u4e00", setting)
    assert other.fill.any()
    assert unknown.fill.any()
