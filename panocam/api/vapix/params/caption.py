"""The line of text of a view as older clients set it: the groups Image.I#.Text.

A view's line is an overlay like others, under a number of its own, so it is seen and can be changed wherever overlays are. Its text is the
date, the clock and the words, of those that are switched on, with a blank between them; while words are on but empty, the blank before
them stays. Words that are switched off wait in an overlay that is not shown: the line itself where nothing of it is on, else one beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import YES_NO, Changes, Codec, Leaf, Shape, choice, said, text
from panocam.optics.catalog import VIEWS
from panocam.settings.overlays import LONGEST_TEXT, MOST, Anchor, Paint, Text
from panocam.settings.snapshot import DECLARED

SETTING = "overlays.items"
LINES, WAITING = 9000, 9100
"""Numbers of the overlays of view 0."""

STAMPS = {"date": "%F", "clock": "%T"}
SIZES = {"small": 24.0, "medium": 40.0, "large": 64.0}
LONGEST = LONGEST_TEXT - sum(len(mark) + 1 for mark in STAMPS.values())

Items = tuple[Any, ...]


@dataclass(frozen=True)
class Caption:
    """What one view's line is."""

    shown: bool = False
    words: str = ""
    date: bool = False
    clock: bool = False
    top: bool = True
    color: Paint = Paint.WHITE
    background: Paint = Paint.BLACK
    size: str = "medium"


def _read(items: Items, view: int) -> Caption:
    """The line as it is now, whoever has changed its overlay."""
    by_number = {item.identity: item for item in items if item.kind == "text"}
    line, waiting = by_number.get(LINES + view), by_number.get(WAITING + view)
    if line is None:
        return Caption()
    top = str(line.position).startswith("top") if isinstance(line.position, str) else line.position[1] < 0
    size = min(SIZES, key=lambda name: abs(SIZES[name] - (line.size or SIZES["medium"])))
    look = Caption(top=top, color=line.color, background=line.background, size=size)
    if not line.visible:
        return replace(look, words=line.text.strip())
    parts = line.text
    on: dict[str, Any] = {}
    for name, mark in STAMPS.items():
        on[name] = parts == mark or parts.startswith(mark + " ")
        parts = parts[len(mark) :] if on[name] else parts
        parts = parts[1:] if on[name] and parts.startswith(tuple(f" {other}" for other in STAMPS.values())) else parts
    shown = bool(parts)
    words = parts.removeprefix(" ") if shown else waiting.text if waiting is not None else ""
    return replace(look, shown=shown, words=words, **on)


def _written(items: Items, view: int, caption: Caption) -> Items:
    """The overlays with another line for the view."""
    marks = [mark for name, mark in STAMPS.items() if getattr(caption, name)]
    content = " ".join([*marks, caption.words] if caption.shown else marks)
    old = next((item for item in items if item.identity == LINES + view and item.kind == "text"), None)
    position = Anchor.TOP_LEFT if caption.top else Anchor.BOTTOM_LEFT
    if old is None:
        old = _new(LINES + view, view, " ")
    elif _read(items, view).top == caption.top:
        position = old.position
    size = old.size if _read(items, view).size == caption.size and old.size else SIZES[caption.size]
    line = Text.model_validate({
        **old.model_dump(), "text": content or caption.words or " ", "visible": bool(content) or caption.shown, "position": position,
        "size": size, "color": caption.color, "background": caption.background,
    })  # fmt: skip
    others = [item for item in items if item.identity not in (LINES + view, WAITING + view)]
    if marks and caption.words and not caption.shown:
        others.append(_new(WAITING + view, view, caption.words))
    return (*others, line)


def _new(identity: int, view: int, words: str) -> Text:
    """Not shown."""
    fields = {"identity": identity, "views": (view,), "text": words, "visible": False, "outline": Paint.TRANSPARENT}
    return Text.model_validate(fields)


def rows() -> Iterator[Leaf]:
    """Every leaf of these groups."""
    paints = choice({paint.value.lower(): paint for paint in Paint})
    for view in range(len(VIEWS)):
        yield _leaf(view, "TextEnabled", "shown", YES_NO)
        yield _leaf(view, "String", "words", text(LONGEST))
        yield _leaf(view, "DateEnabled", "date", YES_NO)
        yield _leaf(view, "ClockEnabled", "clock", YES_NO)
        yield _leaf(
            view, "Position", "top", Codec(lambda top: "top" if top else "bottom", _is_top, Shape("enum", choices=("top", "bottom")))
        )
        yield _leaf(view, "Color", "color", paints)
        yield _leaf(view, "BGColor", "background", paints)
        yield _leaf(view, "TextSize", "size", choice({name: name for name in SIZES}))


def _is_top(word: str) -> bool:
    if word not in ("top", "bottom"):
        raise ValueError("use one of top, bottom")
    return word == "top"


def _leaf(view: int, name: str, field: str, codec: Codec) -> Leaf:
    declared = DECLARED[SETTING]

    def read(services: Services) -> str:
        return said(codec.show(getattr(_read(services.settings.snapshot.overlays.items, view), field)))

    return Leaf(
        f"Image.I{view}.Text.{name}", read, codec.shape, _writer(view, field, codec), declared.read, declared.write or declared.read
    )


def _writer(view: int, field: str, codec: Codec) -> Callable[[Services, str, Changes], Changes]:
    def write(services: Services, value: str, so_far: Changes) -> Changes:
        made = so_far.get(SETTING)
        items: Items = made if isinstance(made, tuple) else services.settings.snapshot.overlays.items
        caption = _read(items, view)
        if len(value) > LONGEST:
            raise ValueError(f"has {len(value)} characters; up to {LONGEST} are accepted")
        change: dict[str, Any] = {field: codec.read(value)}
        wanted = replace(caption, **change)
        if wanted == caption:
            return {}
        changed = _written(items, view, wanted)
        if len(changed) > MOST:
            raise ValueError(f"there are {MOST} overlays already: remove one that is not needed")
        return {SETTING: changed}

    return write
