"""What a kind of action is: a row with typed parameters, which says what may be given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from panocam.errors import InvalidValue
from panocam.events.topics import Value

Form = Literal["fixed", "while active"]
Kind = Literal["integer", "number", "boolean", "text", "choice"]
Values = Mapping[str, Value]
KINDS: Mapping[type, Kind] = {int: "integer", float: "number", bool: "boolean", str: "text"}
LONGEST_S = 86_400


@dataclass(frozen=True)
class Parameter:
    """One value that an action takes, of the type of ``default``. ``among`` names the list of what it may be; ``required``: there is no
    default that could be meant. ``form`` raises ValueError for a text that cannot be read as what it is."""

    name: str
    title: str
    default: Value
    help: str = ""
    least: float | None = None
    most: float | None = None
    unit: str = ""
    among: str = ""
    required: bool = False
    form: Callable[[str], object] | None = None

    @property
    def kind(self) -> Kind:
        return "choice" if self.among else KINDS[type(self.default)]

    def read(self, given: Value) -> Value:
        """``given``, if it is of the type and in the bounds. Raises InvalidValue."""
        number = float(given) if isinstance(self.default, float) and type(given) is int else given
        if type(number) is not type(self.default):
            raise InvalidValue(self.name, given, f"should be {_A[type(self.default)]}")
        size = len(number) if isinstance(number, str) else number
        if (self.least is not None and size < self.least) or (self.most is not None and size > self.most):
            length = " characters" if isinstance(number, str) else f" {self.unit}".rstrip()
            raise InvalidValue(self.name, given, f"use {self.least or 0:g} to {self.most:g}{length}")
        if self.form is not None:
            try:
                self.form(str(given))
            except ValueError as fault:
                raise InvalidValue(self.name, given, str(fault)) from None
        return number


_A: Mapping[type, str] = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


@dataclass(frozen=True)
class ActionKind:
    """One row. ``lasts``: the parameter that says for how many seconds it lasts (or goes on afterwards)."""

    kind: str
    title: str
    group: str
    help: str
    parameters: tuple[Parameter, ...] = ()
    lasts: str = ""

    @property
    def form(self) -> Form:
        return "fixed" if self.kind.endswith(".fixed") else "while active"

    def values(self, given: Values) -> dict[str, Value]:
        """What is given, and the defaults of the rest. Raises InvalidValue for what is not known, missing or out of bounds."""
        names = [each.name for each in self.parameters]
        for name in given:
            if name not in names:
                raise InvalidValue(name, given[name], f"{self.kind} takes {', '.join(names) or 'nothing'}")
        for each in self.parameters:
            if each.required and given.get(each.name, "") == "":
                raise InvalidValue(each.name, "", f"say it: {self.kind} needs it")
        return {each.name: each.read(given.get(each.name, each.default)) for each in self.parameters}
