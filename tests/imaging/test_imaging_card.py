"""The notice card: coloured in every format, and its words are really there, whole and inside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panocam.imaging import card
from panocam.imaging.card import draw_card
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Color, Matrix, Planes

REASON = "cannot open the source: connection refused; check the address, the port and that the camera is switched on"
LINES = ("rtsp://192.168.1.20:554/stream1", REASON, "Trying again in 8 s")


def drawn(title: str, lines: tuple[str, ...], size: tuple[int, int], color: Color = JPEG_COLOR) -> Planes:
    out = Planes.blank(*size, color)
    draw_card(title, lines, out)
    return out


def ink_rows(planes: Planes) -> list[tuple[int, int]]:
    """Runs of picture rows between the strips that hold anything but ground."""
    strip = max(2, round(planes.height * 0.045)) // 2 * 2
    inked = np.ptp(planes.y[strip:-strip].astype(int), axis=1) > 40
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


@pytest.mark.parametrize("size", [(16, 16), (64, 48), (160, 120), (640, 480), (1920, 1440), (1920, 480), (16, 2000), (4000, 16)])
@pytest.mark.parametrize("color", [JPEG_COLOR, VIDEO_COLOR, Color(True, Matrix.BT709)])
def test_bars_are_coloured_at_every_size(size: tuple[int, int], color: Color) -> None:
    out = drawn("No picture", LINES, size, color)
    for row in (0, -1):
        hues = {(int(u), int(v)) for u, v in zip(out.u[row], out.v[row], strict=True)}
        assert len(hues) == 7
        assert max(abs(u - 128) + abs(v - 128) for u, v in hues) > 40
    assert out.y.min() >= color.black[0]
    assert out.y.max() <= (255 if color.full else 235)


@pytest.mark.parametrize("size", [(160, 120), (320, 240), (640, 480), (1920, 1440), (1920, 480), (480, 1920)])
def test_all_words_have_room(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    fitted = card._fitted

    def spied(title: str, lines: tuple[str, ...], room: tuple[float, float], smallest: int) -> list[card._Row]:
        rows = fitted(title, lines, room, smallest)
        kept.extend(row.text for row in rows)
        return rows

    monkeypatch.setattr(card, "_fitted", spied)
    card._card.cache_clear()
    out = drawn("No picture", LINES, size)
    assert "".join(kept).replace(" ", "") == "".join(("No picture", *LINES)).replace(" ", "")
    assert len(ink_rows(out)) >= 4, "title, address, reason and countdown stand apart"
    side = out.y[size[1] // 10 : -size[1] // 10, : size[0] // 25].astype(int)
    assert np.ptp(side) == 0, "nothing is cut off at the sides"


def test_too_many_words_end_in_an_ellipsis() -> None:
    rows = card._fitted("No picture", (REASON * 20,), (300.0, 200.0), 9)
    assert rows[-1].text.endswith("…")
    assert card._height(rows) <= 200
    assert all(card._font(row.letters).getlength(row.text) <= 300 for row in rows)


def test_a_word_breaks_only_where_it_must() -> None:
    font = card._font(20)
    width = font.getlength("rtsp://camera.example/")
    assert list(card._wrapped("rtsp://camera.example/stream/one is silent", font, width)) == [
        "rtsp://camera.example/",
        "stream/one is silent",
    ]


def test_other_words_give_another_card_and_the_same_the_same() -> None:
    a, b = (drawn("No picture", (f"Trying again in {n} s",), (320, 240)) for n in (8, 7))
    assert not np.array_equal(a.y, b.y)
    assert np.array_equal(a.y, drawn("No picture", ("Trying again in 8 s",), (320, 240)).y)


def test_rows_may_be_padded() -> None:
    y, u, v = np.full((48, 80), 9, np.uint8), np.full((24, 40), 9, np.uint8), np.full((24, 40), 9, np.uint8)
    draw_card("No picture", (), Planes(y[:, :64], u[:, :32], v[:, :32]))
    assert (y[:, 64:] == 9).all()
    assert np.array_equal(y[:, :64], drawn("No picture", (), (64, 48)).y)


def test_letters_that_the_font_lacks_are_spelled_otherwise() -> None:
    assert card._spelled("Tür über — 20° “x”… 日") == "Tur uber - 20° “x”… ?"


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=120), max_size=4), st.integers(8, 120), st.integers(8, 120))
def test_any_text_at_any_size(title: str, lines: list[str], half_width: int, half_height: int) -> None:
    out = drawn(title, tuple(lines), (2 * half_width, 2 * half_height))
    assert out.y[0, 0] > 150, "the first bar is light"
