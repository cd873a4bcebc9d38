"""One leaf of the parameter tree, and the few ways to declare it.

A leaf is a row: where it stands (``Image.I0.Name``, without ``root.``), what its values look like, how it is read, and, unless it only
states a fact, which settings a written value changes. ``bound`` ties a leaf to a setting of the same meaning, through a codec between the
parameter's spelling and the setting's value; roles come from the setting's declaration. A ``#`` in both paths stands for a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from panocam.api.services import Services
from panocam.settings.role import Role
from panocam.settings.snapshot import DECLARED, Snapshot

Changes = dict[str, object]
"""Settings by path."""


@dataclass(frozen=True)
class Shape:
    """What the values of a leaf look like: ``string``, ``int``, ``bool`` (``choices`` are true and false) or ``enum``."""

    kind: str = "string"
    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()
    length: int = 1024


@dataclass(frozen=True)
class Leaf:
    """One row.

    ``write`` takes the text and the changes that other parameters of the same update have made so far; it returns what it changes, and
    raises ValueError or InvalidValue. None is a leaf that states a fact.
    """

    path: str
    read: Callable[[Services], str]
    shape: Shape = Shape()
    write: Callable[[Services, str, Changes], Changes] | None = None
    read_role: Role = Role.VIEWER
    write_role: Role = Role.OPERATOR
    title: str = ""


@dataclass(frozen=True)
class Codec:
    """Between a setting's value and a parameter's text. ``read`` raises ValueError for a text that it does not know."""

    show: Callable[[Any], str]
    read: Callable[[str], object]
    shape: Shape


def number(text: str) -> int:
    """A whole number. Raises ValueError for anything else, and for more than nine digits."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise ValueError(text)
    return int(text)


def within(shape: Shape, text: str) -> None:
    """Raises ValueError for a number that is beyond the bounds of its leaf."""
    if shape.kind == "int" and not (shape.low or 0) <= number(text) <= (shape.high or 0):
        raise ValueError(f"use {shape.low} to {shape.high}")


def whole(low: int, high: int) -> Codec:
    """A whole number; a setting with a fraction is shown rounded."""
    return Codec(lambda value: str(round(value)), number, Shape("int", low, high))


def choice(words: Mapping[str, object]) -> Codec:
    """One of some words, each with its value."""
    back = {value: word for word, value in words.items()}

    def read(text: str) -> object:
        if text not in words:
            raise ValueError(f"use one of {', '.join(words)}")
        return words[text]

    kind = "bool" if set(back) == {True, False} else "enum"
    return Codec(lambda value: back[value], read, Shape(kind, choices=tuple(words)))


def text(length: int = 1024) -> Codec:
    """Any text, the same on both sides."""
    return Codec(str, str, Shape(length=length))


YES_NO = choice({"yes": True, "no": False})
TRUE_FALSE = choice({"true": True, "false": False})


def bound(path: str, setting: str, codec: Codec, count: int = 1) -> Iterator[Leaf]:
    """A leaf that is a setting, or ``count`` of them with ``#`` from 0."""
    for number in range(count):
        yield _bound(path.replace("#", str(number)), setting.replace("#", str(number)), codec)


def _bound(path: str, setting: str, codec: Codec) -> Leaf:
    row, get = DECLARED[setting], getter(setting)
    return Leaf(
        path,
        lambda services: codec.show(get(services.settings.snapshot)),
        codec.shape,
        None if row.write is None else lambda services, value, so_far: {setting: codec.read(value)},
        row.read,
        row.write or Role.ADMINISTRATOR,
        row.title,
    )


def fact(path: str, read: Callable[[Services], object] | str, shape: Shape = Shape(), role: Role = Role.VIEWER) -> Leaf:
    """A leaf that can only be read: a constant, or computed. True and False are shown as yes and no."""
    if isinstance(read, str):
        constant = read
        return Leaf(path, lambda services: constant, shape, read_role=role)
    compute = read
    return Leaf(path, lambda services: said(compute(services)), shape, read_role=role)


def facts(prefix: str, values: Mapping[str, Callable[[Services], object] | str]) -> Iterator[Leaf]:
    """Several facts below one group."""
    for name, read in values.items():
        yield fact(f"{prefix}.{name}", read)


def numbered(prefix: str, numbers: Iterable[int], read: Callable[[Services, int], object]) -> Iterator[Leaf]:
    """The same fact for several numbers; ``#`` in ``prefix`` is the number."""

    def one(number: int) -> Leaf:
        return fact(prefix.replace("#", str(number)), lambda services: read(services, number))

    return (one(number) for number in numbers)


def said(value: object) -> str:
    """A computed value as text on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).splitlines())


def getter(path: str) -> Callable[[Snapshot], Any]:
    """A function that finds a setting in a snapshot."""
    parts = path.split(".")

    def get(snapshot: Snapshot) -> Any:
        node: Any = snapshot
        for part in parts:
            node = node[int(part)] if part.isdigit() else getattr(node, part)
        return node

    return get
