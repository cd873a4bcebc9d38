"""The fonts that words over the picture are set in, and which of them has a letter.

Noto Sans, with its relatives for the scripts that it lacks, for emoji, and for Chinese, Japanese and Korean; the first that has a letter
sets it. What none has, the first one sets as the box that fonts keep for that. Which letters a font has stands in its ``cmap`` table
(ISO/IEC 14496-22, subtables of format 4 and 12), read here because FreeType's binding does not tell.

Characters that Chinese, Japanese and Korean share are drawn differently in each. The words around them tell (``home``): kana are Japanese,
hangul is Korean, and what has neither is set as in mainland China.
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from mmap import ACCESS_READ, mmap
from pathlib import Path

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

PACKAGE = "manimgx_fonts"
FILES = (
    "", "Hebrew", "Arabic", "Armenian", "Georgian", "Thai", "Devanagari", "Bengali", "Gujarati", "Gurmukhi", "Kannada", "Malayalam",
    "Oriya", "Tamil", "Telugu", "Sinhala", "Khmer", "Lao", "Myanmar", "Ethiopic", "Symbols",
)  # fmt: skip
EMOJI = "NotoEmoji[wght].ttf"
CJK_PACKAGE, CJK = "manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc"
JAPANESE, KOREAN, CHINESE = (len(FILES) + 1 + face for face in range(3))
"""All three are faces of one file, in this order."""

COUNT = CHINESE + 1
REGULAR = 400
"""Weight of letters; the file's own default is hair-thin."""

_KANA, _HANGUL = (
    re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]"),
    re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]"),
)

_INHERITED = frozenset("\u200c\u200d\ufe0e\ufe0f\u20e3")
"""Joiners and variation selectors go with the letter before them."""


def path(number: int) -> str:
    """The file of font ``number``."""
    if number >= JAPANESE:
        return str(files(CJK_PACKAGE) / CJK)
    return str(files(PACKAGE) / (EMOJI if number == len(FILES) else f"NotoSans{FILES[number]}[wght].ttf"))


@lru_cache(maxsize=COUNT)
def _data(number: int) -> bytes | mmap:
    if number >= JAPANESE:  # 33 MB, of which little is ever needed
        with Path(path(number)).open("rb") as file:
            return mmap(file.fileno(), 0, access=ACCESS_READ)
    return Path(path(number)).read_bytes()


@lru_cache(maxsize=128)
def font(number: int, size: int) -> FreeTypeFont:
    """Font ``number`` of the list with letters of ``size`` pixels."""
    if number < JAPANESE:
        return ImageFont.truetype(BytesIO(_data(number)), size)
    face = ImageFont.truetype(path(number), size, index=number - JAPANESE)
    face.set_variation_by_axes([REGULAR])
    return face


@lru_cache(maxsize=4096)
def font_of(letter: str) -> int:
    """The number of the font that has ``letter``; 0 also for what none has."""
    code = ord(letter)
    if code < 0x250:
        return 0
    return next((number for number in (*range(JAPANESE), CHINESE) if code in _letters(number)), 0)


def home(text: str) -> int:
    """Which of the fonts with Chinese characters sets those of ``text``."""
    return JAPANESE if _KANA.search(text) else KOREAN if _HANGUL.search(text) else CHINESE


def same_font(letter: str, number: int) -> bool:
    """Whether ``letter`` may stay in font ``number`` though another comes first: a sign or a mark within the words of a script."""
    if letter in _INHERITED:
        return True
    return number < len(FILES) and not letter.isalnum() and ord(letter) in _letters(number)


@lru_cache(maxsize=COUNT)
def _letters(number: int) -> frozenset[int]:
    data = _data(number)
    begin = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0  # of a collection, whose faces all have the same letters
    rows = range(begin + 12, begin + 12 + 16 * struct.unpack_from(">H", data, begin + 4)[0], 16)
    tables = {data[at : at + 4]: struct.unpack_from(">II", data, at + 8) for at in rows}
    start, _length = tables[b"cmap"]
    count = struct.unpack_from(">H", data, start + 2)[0]
    found: set[int] = set()
    for entry in range(count):
        at = start + struct.unpack_from(">I", data, start + 4 + 8 * entry + 4)[0]
        kind = struct.unpack_from(">H", data, at)[0]
        if kind == 4:
            found |= _segments(data, at)
        elif kind == 12:
            for first, last, _glyph in struct.iter_unpack(
                ">III", data[at + 16 : at + 16 + 12 * struct.unpack_from(">I", data, at + 12)[0]]
            ):
                found.update(range(first, last + 1))
    return frozenset(found)


def _segments(data: bytes | mmap, at: int) -> set[int]:
    """Code points of a subtable of format 4. Segments that name glyph 0 are rare holes, and are told by their offset."""
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + 2 * count)
    return {code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1) if code != 0xFFFF}
