"""How a setting is declared: one row with type, bounds, default, who may read and write it, live or restart.

A *section* is a frozen pydantic model that forbids unknown keys. Its fields are either *settings* (leaves, made with
``setting``), nested sections, or ``rows``: a fixed number of equal sections. The path of a leaf is its field names and row numbers
joined by dots: ``installation.mount``, ``areas.0.pan``. Forms, documentation, access checks and storage read the same rows.

A collection whose length varies is one leaf that holds a tuple of frozen models and is replaced as a whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic.fields import FieldInfo

from panocam.settings.role import Role

Flat = dict[str, Any]
"""Path to value, for every leaf."""


class Section(BaseModel):
    """A group of settings that belong together and are applied together."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False, hide_input_in_errors=True, str_strip_whitespace=True
    )


def setting(
    default: object,
    title: str,
    description: str,
    *,
    read: Role = Role.VIEWER,
    write: Role | None = Role.OPERATOR,
    restart: bool = False,
    **bounds: Any,
) -> Any:
    """One declared parameter. ``write=None`` means that only the command line or the environment sets it.

    ``restart`` settings take effect at the next start, all others at once. ``bounds`` are pydantic's (``ge``, ``le``, ``pattern``,
    ``max_length``…), and ``unit``, which is shown in forms.
    """
    extra = {"read": str(read), "write": str(write) if write else None, "restart": restart, "unit": bounds.pop("unit", "")}
    return Field(default, title=title, description=description, json_schema_extra=extra, **bounds)


def rows(defaults: Sequence[Section], title: str) -> Any:
    """A fixed number of equal sections, addressed by number from 0."""
    return Field(
        tuple(defaults), title=title, min_length=len(defaults), max_length=len(defaults), json_schema_extra={"rows": len(defaults)}
    )


KINDS: Mapping[type, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


@dataclass(frozen=True)
class Declared:
    """What is known of one leaf without looking at its value. ``expects``: in words what a number, a switch or a text takes, else empty."""

    path: str
    title: str
    description: str
    read: Role
    write: Role | None
    restart: bool
    secret: bool
    unit: str
    expects: str = ""

    @property
    def section(self) -> str:
        return self.path.split(".", 1)[0]


def declared(model: type[BaseModel], prefix: str = "") -> Iterator[Declared]:
    """Every leaf below ``model``, in the order of declaration."""
    for name, info in model.model_fields.items():
        path = f"{prefix}{name}"
        count = _extra(info).get("rows")
        if count is not None:
            row = get_args(info.annotation)[0]
            for index in range(count):
                yield from declared(row, f"{path}.{index}.")
        elif isinstance(info.annotation, type) and issubclass(info.annotation, Section):
            yield from declared(info.annotation, f"{path}.")
        else:
            yield _leaf(path, info)


def flatten(tree: Mapping[str, Any], paths: Sequence[str]) -> Flat:
    """The leaves of a nested dump of a model."""
    return {path: _walk(tree, path.split(".")) for path in paths}


def unflatten(flat: Mapping[str, object]) -> dict[str, Any]:
    """The nested form of ``flat``, as pydantic validates it; rows become lists in the order of their numbers."""
    tree: dict[str, Any] = {}
    for path, value in flat.items():
        *parents, leaf = path.split(".")
        node = tree
        for part in parents:
            node = node.setdefault(part, {})
        node[leaf] = value
    return {name: _rows_to_lists(node) for name, node in tree.items()}


def _extra(info: FieldInfo) -> dict[str, Any]:
    extra = info.json_schema_extra
    return extra if isinstance(extra, dict) else {}


def _leaf(path: str, info: FieldInfo) -> Declared:
    extra = _extra(info)
    if "read" not in extra or not info.title or not info.description:
        raise TypeError(f"{path} is not declared with setting(), or lacks a title or description")
    return Declared(
        path=path,
        title=info.title,
        description=info.description,
        read=Role(extra["read"]),
        write=Role(extra["write"]) if extra["write"] else None,
        restart=extra["restart"],
        secret=info.annotation is SecretStr,
        unit=extra["unit"],
        expects=_expects(info),
    )


def _expects(info: FieldInfo) -> str:
    kinds = {info.annotation, *get_args(info.annotation)}
    word = next((word for kind, word in KINDS.items() if kind in kinds), "")
    low, high = (next((getattr(each, side) for each in info.metadata if hasattr(each, side)), None) for side in ("ge", "le"))
    return word if not word or low is None or high is None else f"{word} from {low:g} to {high:g}"


def _walk(node: Any, parts: Sequence[str]) -> Any:
    for part in parts:
        node = node[int(part)] if isinstance(node, list | tuple) else node[part]
    return node


def _rows_to_lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(key.isdecimal() for key in node):
        return [_rows_to_lists(node[key]) for key in sorted(node, key=int)]
    return {key: _rows_to_lists(child) for key, child in node.items()}


def once(what: str, keys: Iterable[Hashable]) -> None:
    """For validators of lists: raises ValueError for the first of ``keys`` that is there more than once."""
    double = [key for key, count in Counter(keys).items() if count > 1]
    if double:
        raise ValueError(f"{what} {double[0]} is there twice")
