"""Message content filters: what an event must say, in the ItemFilter dialect of ONVIF core §9.5.2.

    boolean(//tt:SimpleItem[@Name="port" and @Value="1"]) and not(boolean(//tt:SimpleItem[@Name="state" and @Value="0"]))

A small subset of XPath, read by hand: ``and``, ``or``, ``not()``, ``boolean()``, and paths that end in ``SimpleItem`` with conditions on
``@Name`` and ``@Value``. A path may lead through ``Source``, ``Key`` or ``Data``. Nothing in it can take long.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from panocam.errors import InvalidValue
from panocam.events.names import Named

LONGEST = 4096
DEEPEST = 32
TRUTH = {"true": "1", "false": "0"}

_TOKEN = re.compile(r"""\s*(//|/|\[|\]|\(|\)|!=|=|@\w+|"[^"]*"|'[^']*'|(?:[A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*)\s*""", re.ASCII)

Test = Callable[[Named], bool]
ItemTest = Callable[[str, str], bool]
T = TypeVar("T")
Check = TypeVar("Check", bound=Callable[..., bool])


def content_filter(text: str) -> Test:
    """The test that ``text`` describes; empty lets everything pass. Raises InvalidValue."""
    if not text.strip():
        return lambda event: True
    return _Reader(text).whole()


@dataclass(frozen=True)
class Equality:
    """An item called ``name`` has that ``value`` (truth is ``1`` or ``0``), or ``not``."""

    name: str
    value: str
    holds: bool = True


def equalities(text: str) -> tuple[Equality, ...]:
    """What ``text`` asks for, if that is nothing but items with a value each, joined by ``and``. Raises InvalidValue for all else."""
    return _PlainReader(text).all() if text.strip() else ()


class _Reader:
    """Reads one expression by recursive descent, no deeper than ``DEEPEST``."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0
        if len(text) > LONGEST:
            raise self._bad(f"give at most {LONGEST} characters")
        self._tokens = self._split()

    def whole(self) -> Test:
        test = self._joined(self._term)
        if self._next() is not None:
            raise self._bad(f"{self._next()!r} is one too much")
        return test

    def _joined(self, part: Callable[[], Check]) -> Check:
        """``part`` and what ``and`` and ``or`` join to it."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._bad(f"nest it at most {DEEPEST} deep")
        ways = [self._all(part)]
        while self._take("or"):
            ways.append(self._all(part))
        self._depth -= 1
        return ways[0] if len(ways) == 1 else _any(ways)

    def _all(self, part: Callable[[], Check]) -> Check:
        needs = [part()]
        while self._take("and"):
            needs.append(part())
        return needs[0] if len(needs) == 1 else _every(needs)

    def _term(self) -> Test:
        if self._take("("):
            return self._closed(self._joined(self._term))
        if self._take("not"):
            self._demand("(")
            return _no(self._closed(self._joined(self._term)))
        if self._take("boolean"):
            self._demand("(")
            return self._closed(self._joined(self._term))
        return self._path()

    def _path(self) -> Test:
        parts: tuple[str, ...] = ("source", "data")
        while self._take("//") or self._take("/"):
            name = self._name()
            if name == "SimpleItem":
                return _there(parts, self._conditions())
            if name not in PARTS:
                raise self._bad(f"{name!r} is not known: paths lead to SimpleItem through Source, Key or Data")
            parts = PARTS[name]
        raise self._bad('say boolean(//SimpleItem[@Name="…" and @Value="…"]), joined by and, or, not()')

    def _conditions(self) -> ItemTest:
        needs: list[ItemTest] = []
        while self._take("["):
            needs.append(self._joined(self._condition))
            self._demand("]")
        return _every(needs)

    def _condition(self) -> ItemTest:
        if self._take("("):
            return self._closed(self._joined(self._condition))
        if self._take("not"):
            self._demand("(")
            return _no(self._closed(self._joined(self._condition)))
        attribute = self._next()
        if attribute not in ("@Name", "@Value"):
            raise self._bad("conditions are on @Name and @Value")
        self._at += 1
        equal = self._take("=")
        if not equal:
            self._demand("!=")
        return _equals(attribute == "@Name", self._quoted(), equal)

    def _closed(self, test: T) -> T:
        self._demand(")")
        return test

    def _quoted(self) -> str:
        token = self._next()
        if token is None or token[0] not in "\"'":
            raise self._bad("put values in quotes")
        self._at += 1
        return token[1:-1]

    def _name(self) -> str:
        token = self._next()
        if token is None or not (token[0].isalpha() or token[0] == "_"):
            raise self._bad("a name is missing in a path")
        self._at += 1
        return token.rpartition(":")[2]

    def _next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, token: str) -> bool:
        found = self._next() == token
        self._at += found
        return found

    def _demand(self, token: str) -> None:
        if not self._take(token):
            raise self._bad(f"{token!r} is missing before {self._next() or 'the end'!r}")

    def _split(self) -> list[str]:
        tokens, at = list[str](), 0
        while at < len(self._text):
            found = _TOKEN.match(self._text, at)
            if found is None:
                raise self._bad(f"{self._text[at : at + 10]!r} is not understood")
            tokens.append(found[1])
            at = found.end()
        return tokens

    def _bad(self, remedy: str) -> InvalidValue:
        return InvalidValue("content filter", self._text, remedy)


class _PlainReader(_Reader):
    """Reads what has no ``or``, and no ``not`` around more than one item."""

    def all(self) -> tuple[Equality, ...]:
        """The whole text."""
        found = self._both()
        if self._next() is not None:
            raise self._unfit()
        return found

    def _both(self) -> tuple[Equality, ...]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._bad(f"nest it at most {DEEPEST} deep")
        found = self._one()
        while self._take("and"):
            found += self._one()
        self._depth -= 1
        return found

    def _one(self) -> tuple[Equality, ...]:
        if self._take("(") or (self._take("boolean") and self._take("(")):
            return self._closed(self._both())
        if self._take("not"):
            self._demand("(")
            inner = self._closed(self._both())
            if len(inner) != 1:
                raise self._unfit()
            return (Equality(inner[0].name, inner[0].value, not inner[0].holds),)
        return (self._item(),)

    def _item(self) -> Equality:
        while self._take("//") or self._take("/"):
            if self._name() == "SimpleItem":
                break
        else:
            raise self._unfit()
        said: dict[str, str] = {}
        while self._take("["):
            self._attribute(said)
            while self._take("and"):
                self._attribute(said)
            self._demand("]")
        if len(said) != 2:
            raise self._unfit()
        return Equality(said["@Name"], said["@Value"])

    def _attribute(self, said: dict[str, str]) -> None:
        attribute = self._next()
        if attribute not in ("@Name", "@Value") or attribute in said:
            raise self._unfit()
        self._at += 1
        self._demand("=")
        said[attribute] = self._quoted()

    def _unfit(self) -> InvalidValue:
        return self._bad('say boolean(//SimpleItem[@Name="…" and @Value="…"]) for each item, joined by and')


PARTS = {"Message": ("source", "data"), "Source": ("source",), "Key": (), "Data": ("data",)}


def _there(parts: tuple[str, ...], test: ItemTest) -> Test:
    return lambda event: any(test(name, value) for part in parts for name, value in getattr(event, part).items())


def _equals(by_name: bool, wanted: str, equal: bool) -> ItemTest:
    if by_name:
        return lambda name, value: (name == wanted) is equal
    wanted = TRUTH.get(wanted, wanted)
    return lambda name, value: (TRUTH.get(value, value) == wanted) is equal


def _no(test: Check) -> Check:
    return lambda *given: not test(*given)  # type: ignore[return-value]


def _every(tests: list[Check]) -> Check:
    return lambda *given: all(test(*given) for test in tests)  # type: ignore[return-value]


def _any(tests: list[Check]) -> Check:
    return lambda *given: any(test(*given) for test in tests)  # type: ignore[return-value]
