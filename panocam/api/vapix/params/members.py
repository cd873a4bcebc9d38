"""Groups whose members come and go, over settings that hold a collection in one leaf.

A member is a mapping as the setting shows it in JSON; an attribute is one leaf of it. A write makes the whole collection anew, starting
from what earlier parameters of the same update have made of it, so that ``Name`` and ``Running`` of one tour can be written together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import Changes, Codec, Leaf, Shape, getter, within
from panocam.errors import NotFound
from panocam.settings.snapshot import DECLARED

Member = dict[str, Any]


@dataclass(frozen=True)
class Attribute:
    """One leaf of every member. ``change`` alters a copy of the member in place; None is a leaf that states a fact."""

    name: str
    show: Callable[[Member], str]
    change: Callable[[Member, str], None] | None = None
    shape: Shape = Shape()  # noqa: RUF009 - frozen

    def take(self, member: Member, text: str) -> None:
        """Change the member by a text that a client sent. Raises ValueError that names the leaf and the text."""
        assert self.change is not None
        try:
            within(self.shape, text)
            self.change(member, text)
        except ValueError as problem:
            hint = str(problem) if str(problem) != text else "use a whole number"
            raise ValueError(f"{self.name}={text[:40]}: {hint}") from None


def attribute(name: str, key: str, codec: Codec) -> Attribute:
    """A leaf that is one value of the member."""

    def change(member: Member, text: str) -> None:
        member[key] = codec.read(text)

    return Attribute(name, lambda member: codec.show(member[key]), change, codec.shape)


@dataclass(frozen=True)
class Members:
    """The collection in ``setting`` as groups ``{prefix}.{letter}#``; ``number`` tells the number from the position and the member."""

    setting: str
    prefix: str
    letter: str
    attributes: tuple[Attribute, ...]
    number: Callable[[int, Member], int] = lambda position, member: position

    def all(self, services: Services, so_far: Mapping[str, object] | None = None) -> list[Member]:
        """Copies of all members, as an update has made them so far."""
        made = (so_far or {}).get(self.setting)
        if made is not None:
            return [dict(each) for each in made]  # type: ignore[attr-defined]  # only this class writes the setting
        return [each.model_dump(mode="json") for each in getter(self.setting)(services.settings.snapshot)]

    def leaves(self, services: Services) -> Iterator[Leaf]:
        """Every leaf of every member."""
        for position, member in enumerate(self.all(services)):
            number = self.number(position, member)
            for row in self.attributes:
                yield self._leaf(f"{self.prefix}.{self.letter}{number}.{row.name}", number, row, member)

    def find(self, members: Iterable[Member], number: int) -> Member:
        """The member of a number. Raises NotFound."""
        for position, member in enumerate(members):
            if self.number(position, member) == number:
                return member
        raise NotFound(f"{self.prefix}.{self.letter}{number} is not there")

    def filled(self, member: Member, values: Mapping[str, str]) -> Member:
        """``member`` with the leaves in ``values``. Raises ValueError that names a leaf that is not known or takes no such text."""
        rows = {row.name: row for row in self.attributes}
        for name, text in values.items():
            row = rows.get(name)
            if row is None:
                continue  # groups below have templates of their own; what is not known is ignored, as unknown arguments are
            if row.change is None:
                if text != row.show(member):
                    raise ValueError(f"{name} can only be {row.show(member)}")
                continue
            row.take(member, text)
        return member

    def _leaf(self, path: str, number: int, row: Attribute, member: Member) -> Leaf:
        declared, change = DECLARED[self.setting], row.change
        shown = row.show(member)
        if change is None:
            return Leaf(path, lambda services: shown, row.shape, read_role=declared.read)

        def write(services: Services, text: str, so_far: Changes) -> Changes:
            members = self.all(services, so_far)
            change(self.find(members, number), text)
            return {self.setting: members}

        return Leaf(path, lambda services: shown, row.shape, write, declared.read, declared.write or declared.read)
