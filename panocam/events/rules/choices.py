"""What there is to choose from at the moment, by the name of the list; who knows the camera provides the lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from panocam.events.topics import Value


@dataclass(frozen=True)
class Choice:
    """``of``: the other items or parameters that it goes with."""

    value: Value
    title: str
    of: Mapping[str, Value] = field(default_factory=dict)

    def suits(self, others: Mapping[str, Value]) -> bool:
        """Whether it goes with what else is chosen."""
        return all(others.get(name, value) == value for name, value in self.of.items())


Lists = Mapping[str, Callable[[], Sequence[Choice]]]


def choices(lists: Lists, name: str) -> Sequence[Choice]:
    """Those of a list; none where nobody provides it."""
    return lists[name]() if name in lists else ()
