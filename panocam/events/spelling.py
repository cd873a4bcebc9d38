"""Conditions of rules as clients write them: a topic, and what its message must contain (ONVIF core §9.5).

    tns1:Device/tnsaxis:IO/VirtualInput        boolean(//SimpleItem[@Name="port" and @Value="3"]) and
                                               boolean(//SimpleItem[@Name="active" and @Value="1"])

A topic of ours that has no name outside is spelt ``tnspanocam:`` and our path, here only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from panocam.errors import InvalidValue
from panocam.events.contentfilter import TRUTH, Equality, equalities
from panocam.events.names import AREAS, ROWS, Out, Row, any_preset, area_path, canonical, matches, text_of
from panocam.events.topics import TOPICS, Item, Topic, Value
from panocam.settings.rules import Condition

OURS = "tnspanocam:"


@dataclass(frozen=True)
class Spelt:
    """A condition outside. ``stateful``: whether it lasts."""

    topic: str
    content: str
    stateful: bool


def read(topic: str, content: str) -> Condition:
    """The condition that a topic expression and a content filter mean. Raises InvalidValue with what is not understood."""
    wanted = equalities(content)
    fault: InvalidValue | None = None
    found: list[Condition] = []
    for row, area in sorted(_called(canonical(topic)), key=lambda each: -sum(out.back is not None for out in each[0].source)):
        try:
            condition = _condition(row, wanted)
        except InvalidValue as problem:
            fault = fault or problem
            continue
        if area and condition.where.get("area", area) == area:
            condition = condition.model_copy(update={"where": {**condition.where, "area": area}})
        found.append(condition)
    if not found:
        raise fault or InvalidValue("topic", topic, "there is no such event; GetEventInstances lists all")
    return _one(topic, found)


def _one(topic: str, found: list[Condition]) -> Condition:
    """Of several the one that they have in common: all view areas, all names of a thing."""
    if len({condition.topic for condition in found}) > 1:
        raise InvalidValue("topic", topic, "names several events; say which")
    areas = {condition.where.get("area") for condition in found}
    if len(areas) > 1:
        where = {name: value for name, value in found[0].where.items() if name != "area"}
        return found[0].model_copy(update={"where": where})
    return found[0]


def spell(condition: Condition) -> Spelt:
    """The inverse; of several names of a topic the first that can say it all."""
    topic = TOPICS.get(condition.topic)
    if topic is None:  # it was one when the rule was saved
        return Spelt(OURS + condition.topic, "", True)
    row = next((row for row in ROWS if row.topic is topic and _says(row, condition)), _own_row(topic))
    path = area_path(row.path, condition.where.get("area"))
    items = [(out.name, out.law(condition.where[out.item])) for out in (*row.source, *row.data) if out.item in condition.where]
    items += [(out.name, out.law(not condition.inverted)) for out in _state(row)]
    content = " and ".join(f"boolean(//SimpleItem[@Name={_quoted(name)} and @Value={_quoted(text_of(value))}])" for name, value in items)
    return Spelt(path, content, topic.stateful)


def _called(topic: str) -> Iterator[tuple[Row, int]]:
    """Rows that ``topic`` may mean, and the view area that a path names, 0 for none."""
    for row in ROWS:
        for area in AREAS if "{area}" in row.path else (0,):
            if matches(area_path(row.path, area or None), topic):
                yield row, area
    if topic.startswith(OURS) and (own := TOPICS.get(topic.removeprefix(OURS))) is not None:
        yield _own_row(own), 0


def _own_row(topic: Topic) -> Row:
    source, data = ((*(Out(item.name, item.name) for item in items),) for items in (topic.key, topic.data))
    return Row(topic, OURS + topic.path, source, data)


def _state(row: Row) -> tuple[Out, ...]:
    """The item that says the state; none where a row says something else, or of a moment."""
    topic = row.topic
    return tuple(out for out in row.data if topic.stateful and out.item == topic.data[0].name)


def _says(row: Row, condition: Condition) -> bool:
    """Whether each item of the condition, and the state, have a name in this row."""
    said = {out.item for out in (*row.source, *row.data)}
    needed = {name for name in condition.where if f"{{{name}}}" not in row.path}
    return needed <= said and len(_state(row)) == row.topic.stateful and not any(out.back is any_preset for out in row.source)


def _condition(row: Row, wanted: tuple[Equality, ...]) -> Condition:
    topic, outs = row.topic, {out.name: out for out in (*row.source, *row.data)}
    state = next((out.name for out in _state(row)), "")
    where: dict[str, Value] = {}
    holds: bool | None = None
    for each in wanted:
        out = outs.get(each.name)
        if out is None:
            raise InvalidValue("item", each.name, f"{row.path} has {', '.join(outs) or 'no items'}")
        value = _value(topic, out, each)
        if each.name == state:
            holds = bool(value)
        elif value is not None:
            where[out.item] = value
    if state and holds is None:
        raise InvalidValue("content", "", f'say the state too: boolean(//SimpleItem[@Name="{state}" and @Value="1"])')
    return Condition(topic=topic.path, where=where, inverted=holds is False)


def _value(topic: Topic, out: Out, wanted: Equality) -> Value | None:
    item = next(item for item in (*topic.key, *topic.data) if item.name == out.item)
    try:
        value = _read(item, wanted.value) if out.back is None else out.back(wanted.value)
    except ValueError:
        raise InvalidValue(out.name, wanted.value, f"is no value of {item.title.lower()}") from None
    if wanted.holds:
        return value
    if item.kind is not bool:
        raise InvalidValue(out.name, wanted.value, "only what is true or false can be turned round by not()")
    return not value


def _read(item: Item, text: str) -> Value:
    if item.kind is bool:
        truth = TRUTH.get(text, text)
        if truth not in ("0", "1"):
            raise ValueError(text)
        return truth == "1"
    return item.kind(text)


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'
