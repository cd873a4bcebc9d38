"""What a change of the settings was, for people: from what to what, leaf by leaf, with secrets hidden."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from panocam.settings.snapshot import Snapshot, show

NAMES = ("id", "identity", "number", "profile", "name", "key")
"""Members that tell one element of a collection from another, the first that there is."""

ABSENT = "nothing"
HIDDEN = "********"
LONGEST = 200


@dataclass(frozen=True)
class Difference:
    """One value that is another now; elements of collections are named in brackets, as ``privacy.masks[Door].enabled``."""

    path: str
    old: str
    new: str


def differences(old: Snapshot, new: Snapshot, paths: Iterable[str]) -> Iterator[Difference]:
    """What of ``paths`` differs."""
    was, is_ = old.flat_json(), new.flat_json()
    for path in paths:
        found = list(_between(path, was[path], is_[path]))
        yield from found or [Difference(path, HIDDEN, HIDDEN)]  # a secret became another one


def _between(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            yield from _between(f"{path}.{name}", old.get(name), new.get(name))
        return
    before, after = _named(old), _named(new)
    if before is None or after is None:
        yield Difference(path, _text(path, old), _text(path, new))
        return
    for key in {**before, **after}:
        at = f"{path}[{_label(key, after.get(key) or before[key])}]"
        if key not in before or key not in after:
            yield Difference(at, _text(path, before.get(key)), _text(path, after.get(key)))
        else:
            yield from _between(at, before[key], after[key])


def _named(value: Any) -> dict[str, Any] | None:
    """The elements of a collection by what tells them apart; None for anything else."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return None
    for name in NAMES:
        found = {str(each[name]): each for each in value if name in each}
        if len(found) == len(value):
            return found
    return None


def _label(key: str, element: Any) -> str:
    name = str(element.get("name") or key)
    return key if name == key else f"{key} {name}"


def _text(path: str, value: Any) -> str:
    if value is None or value == "":
        return ABSENT
    text = str(show(path, value)) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
