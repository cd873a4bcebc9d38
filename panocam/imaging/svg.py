"""Drawings (SVG) for overlays: what may be in one, and how one becomes pixels of any size.

An uploaded drawing is a program for the renderer, so it is checked before it is drawn: no scripts, no event handlers, no foreign
content, no reference to anything outside of the file, no entities, and not more parts than a renderer gets through quickly. The renderer
(resvg) itself has no network and no scripts; the checks are there so that the person who uploads learns at once what will not work, and so
that nothing depends on the renderer's good behaviour alone.

What cannot be told without drawing (parts that multiply each other, filters that take minutes) shows in a trial:
``python -m panocam.imaging.svg`` reads a drawing from its standard input and draws it as large as it can ever be asked for, in a process of
its own with a limit on memory and on processor time.
"""

from __future__ import annotations

import re
import sys
from io import BytesIO
from xml.parsers import expat

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from panocam.errors import InvalidValue
from panocam.imaging.fonts import path

MOST_PARTS = 20_000
DEEPEST = 64
LARGEST = 3000
"""Pixels of the longer side that a drawing is ever drawn at."""

MEMORY, CPU_S = 3 << 30, 4
"""Bytes and seconds that the trial may take; reading the program in is part of it."""

_SPACE = "http://www.w3.org/2000/svg"
_FORBIDDEN = {
    "script": "scripts",
    "foreignObject": "foreign content",
    "iframe": "foreign content",
    "handler": "scripts",
    "audio": "sound",
    "video": "video",
}
_LINK = re.compile(r"^(#|data:image/(png|jpe?g|gif|webp);base64,)", re.IGNORECASE)
_LENGTH = re.compile(r"^\s*(\d{1,6}(?:\.\d{1,6})?)\s*(?:px)?\s*$")
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")
_URL = re.compile(r"url\(\s*['\"]?\s*(?!#)|@import", re.IGNORECASE)


class _Checker:
    """One pass over the file. ``root``: the attributes of the drawing as a whole."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: list[tuple[str, int]] = []
        self.parts = 0
        self.root: dict[str, str] = {}

    def refuse(self, what: str) -> InvalidValue:
        return InvalidValue("file", self._name, f"the drawing holds {what}; save it as plain SVG without")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        if not self._open:
            if name != "svg" or space != _SPACE:
                raise InvalidValue("file", self._name, "is not an SVG drawing: its root element is not svg")
            self.root = attributes
        self.parts += 1
        self._open.append((name, self.parts))
        if self.parts > MOST_PARTS or len(self._open) > DEEPEST:
            raise self.refuse(f"more than {MOST_PARTS} parts, or parts nested deeper than {DEEPEST}")
        if name in _FORBIDDEN:
            raise self.refuse(_FORBIDDEN[name])
        for key, value in attributes.items():
            self._attribute(name, key.rpartition(" ")[2], value)

    def _attribute(self, element: str, key: str, value: str) -> None:
        if key.lower().startswith("on"):
            raise self.refuse("event handlers")
        if key == "href" and element != "a" and not _LINK.match(value.strip()):
            raise self.refuse("references to other files")
        if _URL.search(value):
            raise self.refuse("references to other files")

    def text(self, data: str) -> None:
        if self._open and self._open[-1][0] == "style" and _URL.search(data):
            raise self.refuse("references to other files")

    def end(self, _tag: str) -> None:
        self._open.pop()


def check(data: bytes, name: str) -> tuple[float, float]:
    """The drawing's own size (width, height) in pixels, 100x100 where it says nothing.

    Raises InvalidValue for a drawing that is broken or holds what is not accepted; ``name`` is how the person knows it.
    """
    checker = _Checker(name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def entity(*_: object) -> int:
        raise checker.refuse("entities")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = checker.start, checker.end, checker.text
    parser.EntityDeclHandler = entity
    parser.ExternalEntityRefHandler = entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as fault:
        raise InvalidValue("file", name, f"is not a whole SVG drawing: {fault}") from None
    if not checker.parts:
        raise InvalidValue("file", name, "is an empty drawing")
    return _own_size(checker.root)


def _own_size(root: dict[str, str]) -> tuple[float, float]:
    sides = [_LENGTH.match(root.get(side, "")) for side in ("width", "height")]
    box = [float(number) for number in _NUMBER.findall(root.get("viewBox", ""))]
    has_box = len(box) == 4 and min(box[2:]) > 0
    if sides[0] and sides[1]:
        size = float(sides[0][1]), float(sides[1][1])
    elif has_box:
        size = box[2], box[3]
    else:
        size = 100.0, 100.0
    return (min(max(size[0], 1.0), 10_000.0), min(max(size[1], 1.0), 10_000.0))


def draw(data: bytes, width: int, height: int, name: str = "drawing") -> NDArray[np.uint8]:
    """The drawing as (h, w, RGBA) with straight alpha, as large as fits into ``width`` x ``height``. Raises InvalidValue."""
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=data.decode("utf-8-sig"),
            width=max(1, width),
            height=max(1, height),
            skip_system_fonts=True,
            font_files=[path(0)],
            font_family="Noto Sans",
            sans_serif_family="Noto Sans",
        )
    except ValueError as fault:  # also a text that is not UTF-8
        raise InvalidValue("file", name, f"cannot be drawn: {fault}") from None
    with Image.open(BytesIO(png)) as image:
        return np.asarray(image.convert("RGBA"), np.uint8)


def main() -> int:
    """Draw standard input as large as can be; exit status 0 and its own size (two numbers) if that went well, 1 and the reason if not."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    data = sys.stdin.buffer.read()
    try:
        check(data, "file")
        drawn = draw(data, LARGEST, LARGEST)
    except InvalidValue as fault:
        print(fault.remedy)
        return 1
    print(drawn.shape[1], drawn.shape[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
