"""Conditions as clients spell them, both ways, and whatever else they write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from panocam.errors import InvalidValue
from panocam.events.contentfilter import content_filter, equalities
from panocam.events.event import Event
from panocam.events.names import named
from panocam.events.rules.catalogue import offer, offers
from panocam.events.spelling import read, spell
from panocam.events.topics import TOPICS
from panocam.settings.rules import Condition


def items(**wanted: str) -> str:
    return " and ".join(f'boolean(//SimpleItem[@Name="{name}" and @Value="{value}"])' for name, value in wanted.items())


@pytest.mark.parametrize(
    ("topic", "content", "path", "where", "inverted"),
    [
        ("tns1:Device/tnsaxis:IO/VirtualInput", items(port="3", active="1"), "Device/IO/VirtualInput", {"port": 3}, False),
        ("tns1:Device/tnsaxis:IO/VirtualInput", items(port="3", active="0"), "Device/IO/VirtualInput", {"port": 3}, True),
        ("onvif:Device/axis:IO/Port", items(port="0", state="true"), "Device/IO/Input", {"port": 0}, False),
        ("tns1:Device/Trigger/Relay", items(RelayToken="1", LogicalState="active"), "Device/IO/Output", {"port": 1}, False),
        ("tns1:Device/tnsaxis:Status/SystemReady", items(ready="1"), "Device/Status/SystemReady", {}, False),
        ("tns1:UserAlarm/tnsaxis:Recurring/tnsaxis:Interval", items(id="com.axis.schedules.weekdays", active="1"),
         "Schedule/Active", {"schedule": "weekdays"}, False),
        ("tns1:UserAlarm/tnsaxis:Recurring/Pulse", items(id="my.pulse"), "Schedule/Pulse", {"schedule": "my.pulse"}, False),
        ("tns1:PTZController/tnsaxis:Move/Channel_6", items(is_moving="1"), "PTZController/Moving", {"area": 2}, False),
        ("tns1:PTZController/tnsaxis:Move//.", items(is_moving="1"), "PTZController/Moving", {}, False),
        ("tns1:PTZController/tnsaxis:PTZPresets/Channel_5", items(PresetToken="2", on_preset="1"),
         "PTZController/PresetReached", {"area": 1, "number": 2}, False),
        ("tns1:PTZController/tnsaxis:PTZPresets/Channel_5", items(PresetToken="-1", on_preset="1"),
         "PTZController/PresetReached", {"area": 1}, False),
        ("tns1:PTZController/tnsaxis:PTZReady", items(channel="8", ready="1"), "PTZController/Ready", {"area": 4}, False),
        ("tns1:RuleEngine/MotionRegionDetector/Motion", items(VideoSource="0", RuleName="Door", State="1"),
         "VideoSource/Motion/Area", {"channel": 0, "name": "Door"}, False),
        ("tns1:VideoSource/MotionAlarm", items(State="0"), "VideoSource/Motion/Any", {}, True),
        ("tnspanocam:VideoSource/Motion/Area", items(motion_area="2", active="1"), "VideoSource/Motion/Area", {"motion_area": 2}, False),
        ("tnspanocam:PTZController/Tour", items(area="1", running="1"), "PTZController/Tour", {"area": 1}, False),
        ("tns1:Device/tnspanocam:Access/AuthenticationFailed", items(peer="192.0.2.1"),
         "Device/Access/AuthenticationFailed", {"peer": "192.0.2.1"}, False),
        ("tns1:Device/tnsaxis:IO/VirtualInput",
         '//SimpleItem[@Name="port"][@Value="3"] and not(//tt:SimpleItem[@Name="active" and @Value="0"])',
         "Device/IO/VirtualInput", {"port": 3}, False),
    ],
)  # fmt: skip
def test_what_clients_write_is_a_condition(topic: str, content: str, path: str, where: dict[str, Any], inverted: bool) -> None:
    assert read(topic, content) == Condition(topic=path, where=where, inverted=inverted)


@pytest.mark.parametrize(
    ("topic", "content", "says"),
    [
        ("tns1:Device/tnsaxis:Nothing", "", "no such event"),
        ("tns1:Device//.", items(state="1"), "several events|has "),
        ("//.", items(active="1"), "several events"),
        ("tns1:Device/tnsaxis:IO/Port", "", "say the state too"),
        ("tns1:Device/tnsaxis:IO/Port", items(port="0"), "say the state too"),
        ("tns1:Device/tnsaxis:IO/Port", items(door="0", state="1"), "has port, state"),
        ("tns1:Device/tnsaxis:IO/Port", items(port="front", state="1"), "is no value of port"),
        ("tns1:Device/tnsaxis:IO/Port", items(port="0", state="yes"), "is no value of active"),
        ("tns1:Device/tnsaxis:IO/Port", items(port="0") + " or " + items(state="1"), "joined by and"),
        ("tns1:Device/tnsaxis:IO/Port", f"not({items(port='0', state='1')})", "joined by and"),
        ("tns1:Device/tnsaxis:IO/Port", f"not({items(port='0')}) and {items(state='1')}", "true or false"),
        ("tns1:Device/tnsaxis:IO/Port", '//SimpleItem[@Name="state"]', "joined by and"),
        ("tns1:Device/tnsaxis:IO/Port", '//SimpleItem[@Name="state" and @Value!="1"]', "is missing"),
        ("tns1:PTZController/tnsaxis:PTZReady", items(channel="9", ready="1"), "is no value of view area"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(topic: str, content: str, says: str) -> None:
    with pytest.raises(InvalidValue, match=says):
        read(topic, content)


VALUES: dict[type, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(1, 4),
    float: st.integers(-9, 9).map(float),
    str: st.text(st.characters(codec="utf-8", exclude_characters='"\x00', exclude_categories=["Cs", "Cc"]), max_size=8),
}


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """Any that may be a rule's."""
    found = draw(st.sampled_from(list(offers())))
    names = draw(st.sets(st.sampled_from([item.name for item in found.items]))) if found.items else set()
    where = {item.name: draw(VALUES[item.kind]) for item in found.items if item.name in names}
    return Condition(topic=found.topic.path, where=where, inverted=found.topic.stateful and draw(st.booleans()))


@given(conditions())
@example(Condition(topic="Device/Network/AddressConflict", where={"address": "false"}))
def test_a_condition_is_spelt_and_read_as_the_same(condition: Condition) -> None:
    told = spell(condition)
    assert told.stateful is TOPICS[condition.topic].stateful
    assert read(told.topic, told.content) == condition


@given(conditions(), st.booleans())
def test_what_is_spelt_lets_the_event_pass_that_it_means(condition: Condition, state: bool) -> None:
    """Where the topic has a name that clients hear, the filter that we tell says the same of the event as the condition does."""
    found = offer(condition.topic)
    assert found is not None
    topic = found.topic
    values = {item.name: condition.where.get(item.name, item.kind() if item.kind is not int else 1) for item in (*topic.key, *topic.data)}
    if topic.stateful:
        values[topic.data[0].name] = state
    event = Event(topic, {item.name: values[item.name] for item in topic.data}, 0, {item.name: values[item.name] for item in topic.key})
    told = spell(condition)
    asked = {each.name for each in equalities(told.content)}
    heard = [each for each in named(event) if each.topic == told.topic and asked <= {*each.source, *each.data}]
    if heard:
        assert any(content_filter(told.content)(each) for each in heard) is (not topic.stateful or state is not condition.inverted)


pieces = st.sampled_from(
    [
        "boolean",
        "(",
        ")",
        "not",
        "and",
        "or",
        "//",
        "/",
        "SimpleItem",
        "[",
        "]",
        "@Name",
        "@Value",
        "=",
        "!=",
        '"port"',
        "'1'",
        " ",
        "tt:",
        "|",
    ]
)


@given(
    st.lists(pieces, max_size=30).map("".join) | st.text(max_size=40), st.sampled_from(["tns1:Device/tnsaxis:IO/Port", "//.", "a:b", ""])
)
def test_any_text_is_read_or_refused(content: str, topic: str) -> None:
    try:
        read(topic, content)
    except InvalidValue:
        return


@given(st.lists(pieces, max_size=20).map("".join))
def test_what_is_plain_is_a_filter_too(content: str) -> None:
    try:
        equalities(content)
    except InvalidValue:
        return
    content_filter(content)


@given(st.text(max_size=60))
def test_any_topic_is_read_or_refused(topic: str) -> None:
    try:
        read(topic, items(active="1"))
    except InvalidValue:
        return
