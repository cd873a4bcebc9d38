"""The parameter tree as clients ask it: a leaf, a group, a pattern with a wildcard for each level, everything.

A single leaf is one look into a dictionary: only what was asked for is ever computed. Groups whose number of members changes (stream
profiles, presets, tours) are not in the dictionary; they list their leaves when somebody asks for them or for what stands above them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from panocam.api.endpoint import Call
from panocam.api.services import Services
from panocam.api.vapix.params.leaf import Leaf

ROOT = "root"


@dataclass(frozen=True)
class Living:
    """A group whose members come and go. ``leaves`` lists them all, with whole paths below ``prefix``."""

    prefix: str
    leaves: Callable[[Services], Iterable[Leaf]]

    def concerns(self, path: str) -> bool:
        """Whether ``path`` stands above, in or at the group."""
        return not path or below(path, self.prefix) or below(self.prefix, path)


@dataclass(frozen=True)
class Template:
    """How members are added to a living group and removed from it.

    ``group`` is the path of the living group, ``#`` standing for a number. ``add`` gets that path with its numbers, and the leaves of the
    new member (name below it to text); it returns the member's own part, such as ``S4``. ``remove`` gets the path and that part. Both
    raise as the settings store does, ValueError for a text, NotFound for a member that is not there.
    """

    name: str
    group: str
    letter: str
    add: Callable[[Call[None], str, Mapping[str, str]], Awaitable[str]]
    remove: Callable[[Call[None], str, str], Awaitable[None]]

    def fits(self, path: str) -> bool:
        """Whether the group at ``path`` takes such members."""
        return re.fullmatch(re.escape(self.group).replace(r"\#", r"\d{1,5}"), path) is not None


class Tree:
    """See above. Raises ValueError when two rows claim one path, or one path is both a leaf and a group."""

    def __init__(self, rows: Iterable[Leaf], living: Iterable[Living] = (), templates: Iterable[Template] = ()) -> None:
        self._leaves: dict[str, Leaf] = {}
        groups: dict[str, list[Leaf]] = defaultdict(list)
        for leaf in rows:
            if leaf.path in self._leaves:
                raise ValueError(f"two rows for {leaf.path}")
            self._leaves[leaf.path] = leaf
            parts = leaf.path.split(".")
            for length in range(len(parts)):
                groups[".".join(parts[:length])].append(leaf)
        both = groups.keys() & self._leaves.keys()
        if both:
            raise ValueError(f"both leaf and group: {', '.join(sorted(both))}")
        self._groups: Mapping[str, tuple[Leaf, ...]] = {name: tuple(leaves) for name, leaves in groups.items()}
        self._living = tuple(living)
        self.templates = {template.name: template for template in templates}

    def leaf(self, services: Services, path: str) -> Leaf | None:
        """The leaf at a path (without ``root.``), if there is one."""
        found = self._leaves.get(path)
        if found is not None:
            return found
        return next((leaf for group in self._living if group.concerns(path) for leaf in group.leaves(services) if leaf.path == path), None)

    def find(self, services: Services, asked: str) -> list[Leaf]:
        """What a name without ``root.`` stands for: a leaf, a group, or by a ``*`` for any part several of them; empty if nothing."""
        path = asked.rstrip(".")
        if "*" in path:
            return self._matching(services, path)
        found = self._leaves.get(path)
        if found is not None:
            return [found]
        leaves = list(self._groups.get(path, ()))
        for group in self._living:
            if group.concerns(path):
                leaves += [leaf for leaf in group.leaves(services) if below(path, leaf.path)]
        return leaves

    def _matching(self, services: Services, pattern: str) -> list[Leaf]:
        wanted = pattern.split(".")
        start = ".".join(wanted[: wanted.index("*")]) if "*" in wanted else ""
        return [leaf for leaf in self.find(services, start) if _fits(wanted, leaf.path.split("."))]

    def paths(self) -> Iterable[str]:
        """All leaves that are always there."""
        return self._leaves.keys()


def below(group: str, path: str) -> bool:
    """Whether ``path`` is ``group`` or stands in it; the empty group holds everything."""
    return not group or path == group or path.startswith(group + ".")


def _fits(wanted: list[str], parts: list[str]) -> bool:
    """Whether a leaf's parts begin with the pattern's."""
    return len(parts) >= len(wanted) and all(want in ("*", part) for want, part in zip(wanted, parts, strict=False))
