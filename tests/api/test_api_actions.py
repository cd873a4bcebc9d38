"""Action rules by SOAP, as public clients ask for them: prepared, used, listed, removed; and they are the same rules as over REST."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest
from api_kit import Side
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panocam.markup import parse
from panocam.settings import Role

AA, WSNT, ENV = (
    "{http://www.axis.com/vapix/ws/action1}",
    "{http://docs.oasis-open.org/wsn/b-2}",
    "{http://www.w3.org/2003/05/soap-envelope}",
)
CONCRETE = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete"
ITEMS = "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter"
PREFIXES = 'xmlns:tns1="http://www.onvif.org/ver10/topics" xmlns:tnsaxis="http://www.axis.com/2009/event/topics"'
TOURS = [
    {"number": 3, "area": 2, "name": "Round", "steps": [{"preset": 1}]},
    {"number": 4, "area": 1, "name": "tape", "kind": "recorded"},
]


def envelope(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope">'
        f'<SOAP-ENV:Header/><SOAP-ENV:Body xmlns:act="http://www.axis.com/vapix/ws/action1" {PREFIXES}>{body}</SOAP-ENV:Body>'
        "</SOAP-ENV:Envelope>"
    )


async def ask(client: httpx.AsyncClient, body: str) -> tuple[int, Element]:
    reply = await client.post("/vapix/services", content=envelope(body), headers={"Content-Type": "application/soap+xml; charset=utf-8"})
    return reply.status_code, parse(reply.content) if reply.status_code != 403 else Element("refused")


def item(name: str, value: object) -> str:
    return f'boolean(//SimpleItem[@Name="{name}" and @Value="{value}"])'


def filtered(kind: str, topic: str, content: str, dialect: str = CONCRETE) -> str:
    said = f'<MessageContent xmlns="http://docs.oasis-open.org/wsn/b-2" Dialect="{ITEMS}">{content}</MessageContent>' if content else ""
    topic = f'<TopicExpression xmlns="http://docs.oasis-open.org/wsn/b-2" Dialect="{dialect}">{topic}</TopicExpression>'
    return f"<act:{kind}>{topic}{said}</act:{kind}>"


def virtual(port: int, active: int = 1, kind: str = "Condition") -> str:
    return filtered(kind, "tns1:Device/tnsaxis:IO/VirtualInput", f"{item('port', port)} and {item('active', active)}")


def configuration(token: str = "com.axis.action.unlimited.guardtour", name: str = "Start the round", **parameters: object) -> str:
    said = "".join(f'<act:Parameter Name="{key}" Value="{value}"/>' for key, value in parameters.items())
    return (
        f"<act:AddActionConfiguration><act:NewActionConfiguration><act:Name>{name}</act:Name><act:TemplateToken>{token}</act:TemplateToken>"
        f"<act:Parameters>{said}</act:Parameters></act:NewActionConfiguration></act:AddActionConfiguration>"
    )


ROUND = configuration(tour_id=3, goto_home=0, channel=5)


def rule(primary: object, conditions: str = "", start: str = "", more: str = "", name: str = "Alarm") -> str:
    held = f"<act:Conditions>{conditions}</act:Conditions>" if conditions else ""
    return (
        f"<act:AddActionRule><act:NewActionRule><act:Name>{name}</act:Name><act:Enabled>true</act:Enabled>{start}{held}{more}"
        f"<act:PrimaryAction>{primary}</act:PrimaryAction></act:NewActionRule></act:AddActionRule>"
    )


def remove(what: str, name: str, number: object) -> str:
    return f"<act:Remove{what}><act:{name}>{number}</act:{name}></act:Remove{what}>"


async def prepared(client: httpx.AsyncClient, body: str = ROUND) -> str:
    status, root = await ask(client, body)
    assert status == 200, "".join(root.itertext())
    return root.findtext(f".//{AA}ConfigurationID", "")


async def made(client: httpx.AsyncClient, body: str) -> str:
    status, root = await ask(client, body)
    assert status == 200, "".join(root.itertext())
    return root.findtext(f".//{AA}RuleID", "")


async def configurations(client: httpx.AsyncClient) -> dict[str, tuple[str, str, dict[str, str]]]:
    _, root = await ask(client, "<act:GetActionConfigurations/>")
    return {
        each.findtext(f"{AA}ConfigurationID", ""): (
            each.findtext(f"{AA}Name", ""),
            each.findtext(f"{AA}TemplateToken", ""),
            {one.get("Name", ""): one.get("Value", "") for one in each.iter(f"{AA}Parameter")},
        )
        for each in root.iter(f"{AA}ActionConfiguration")
    }


async def rules(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The rules as GetActionRules tells them."""
    _, root = await ask(client, "<act:GetActionRules/>")

    def spelt(element: Element) -> tuple[str, str]:
        return element.findtext(f"{WSNT}TopicExpression", ""), element.findtext(f"{WSNT}MessageContent", "")

    return [
        {
            **{each.tag.removeprefix(AA): each.text for each in found if each.text},
            "start": [spelt(each) for each in found.iter(f"{AA}StartEvent")],
            "conditions": [spelt(each) for each in found.iter(f"{AA}Condition")],
        }
        for found in root.iter(f"{AA}ActionRule")
    ]


def fault(root: Element) -> tuple[str, str]:
    """Name of the detail, and the words."""
    detail = root.find(f".//{ENV}Detail")
    assert detail is not None
    return detail[0].tag.removeprefix(AA), root.findtext(f".//{ENV}Text", "")


@pytest.fixture
async def toured(side: Side) -> Side:
    await side.services.settings.patch({"ptz.tours": TOURS})
    return side


async def test_a_rule_from_beginning_to_end(toured: Side) -> None:
    async with toured.client(Role.ADMINISTRATOR) as client:
        number = await prepared(client)
        assert await configurations(client) == {
            "1": ("Start the round", "com.axis.action.unlimited.guardtour", {"tour_id": "3", "goto_home": "0", "channel": "5"})
        }
        one = await made(client, rule(number, virtual(3), more="<act:ActivationTimeout>PT1M</act:ActivationTimeout>"))
        (told,) = await rules(client)
        assert told == {
            "RuleID": one, "Name": "Alarm", "Enabled": "true", "ActivationTimeout": "PT60S", "PrimaryAction": "1", "start": [],
            "conditions": [("tns1:Device/tnsaxis:IO/VirtualInput", f"{item('port', 3)} and {item('active', 1)}")],
        }  # fmt: skip
        (rest,) = (await client.get("/api/v1/rules")).json()["rules"]
        assert rest["conditions"] == [{"topic": "Device/IO/VirtualInput", "where": {"port": 3}, "inverted": False}]
        assert (rest["name"], rest["wait"], rest["action"]) == (
            "Alarm",
            60,
            {"kind": "tour.active", "parameters": {"tour": 3, "home": False}},
        )
        status, root = await ask(client, remove("ActionConfiguration", "ConfigurationID", number))
        assert (status, fault(root)[0]) == (400, "ActionConfigurationIsInUseFault")
        assert "Alarm" in fault(root)[1]
        assert (await ask(client, remove("ActionRule", "RuleID", one)))[0] == 200
        assert list(await configurations(client)) == ["1"]  # it outlives the rule
        assert (await ask(client, remove("ActionConfiguration", "ConfigurationID", number)))[0] == 200
        assert (await rules(client), await configurations(client)) == ([], {})
        status, root = await ask(client, remove("ActionRule", "RuleID", one))
        assert (status, fault(root)[0]) == (400, "ActionRuleNotFoundFault")
        status, root = await ask(client, remove("ActionConfiguration", "ConfigurationID", number))
        assert (status, fault(root)[0]) == (400, "ActionConfigurationNotFoundFault")


async def test_a_start_event_and_conditions_are_a_trigger(toured: Side) -> None:
    async with toured.client(Role.ADMINISTRATOR) as client:
        start = filtered(
            "StartEvent",
            "tns1:UserAlarm/tnsaxis:Recurring/tnsaxis:Interval",
            f"{item('id', 'com.axis.schedules.weekdays')} and {item('active', 1)}",
        )
        await made(client, rule(await prepared(client), virtual(3) + virtual(4, 0), start))
        (rest,) = (await client.get("/api/v1/rules")).json()["rules"]
        assert rest["trigger"] is True
        assert [(each["where"], each["inverted"]) for each in rest["conditions"]] == [
            ({"schedule": "weekdays"}, False),
            ({"port": 3}, False),
            ({"port": 4}, True),
        ]
        (told,) = await rules(client)
        assert told["start"] == [
            ("tns1:UserAlarm/tnsaxis:Recurring/Interval", f"{item('id', 'com.axis.schedules.weekdays')} and {item('active', 1)}")
        ]
        assert len(told["conditions"]) == 2


async def test_rules_of_the_page_are_seen_and_removed_as_clients_do(toured: Side) -> None:
    """Their configurations too, with a number of their own, which stays behind when the rule goes."""
    wish = {
        "name": "Night round",
        "conditions": [{"topic": "Schedule/Active", "where": {"schedule": "after_hours"}, "inverted": True}],
        "action": {"kind": "tour.active", "parameters": {"tour": 3}},
    }
    async with toured.client(Role.ADMINISTRATOR) as client:
        assert (await client.post("/api/v1/rules", json=wish)).status_code == 200
        (told,) = await rules(client)
        assert told["conditions"][0][1] == f"{item('id', 'com.axis.schedules.after_hours')} and {item('active', 0)}"
        number = told["PrimaryAction"]
        assert (await configurations(client))[number][0] == "Night round"
        assert (await ask(client, remove("ActionRule", "RuleID", told["RuleID"])))[0] == 200
        assert (await client.get("/api/v1/rules")).json()["rules"] == []
        assert (await ask(client, remove("ActionConfiguration", "ConfigurationID", number)))[0] == 200
        assert await configurations(client) == {}


async def test_a_rule_that_the_page_gave_other_work_has_another_configuration(toured: Side) -> None:
    async with toured.client(Role.ADMINISTRATOR) as client:
        number = await prepared(client)
        one, two = [await made(client, rule(number, virtual(port))) for port in (1, 2)]
        assert [each["PrimaryAction"] for each in await rules(client)] == [number, number]
        changed = {"action": {"kind": "tour.active", "parameters": {"tour": 4}}}
        assert (await client.patch(f"/api/v1/rules/{one}", json=changed)).json()["turned_off"] is True
        told = await rules(client)
        assert [(each["RuleID"], each["Enabled"]) for each in told] == [(one, "false"), (two, "true")]
        assert told[1]["PrimaryAction"] == number
        other = (await configurations(client))[told[0]["PrimaryAction"]]
        assert other == ("Alarm", "com.axis.action.unlimited.recordedtour", {"tour_id": "4", "goto_home": "0"})


async def test_kinds_that_have_no_name_outside_are_spelt_in_our_own(toured: Side) -> None:
    async with toured.client(Role.ADMINISTRATOR) as client:
        tick = {"name": "Tick", "kind": "pulse", "rule": {"every_s": 60}}
        assert (await client.post("/api/v1/schedules", json=tick)).json()["id"] == "schedule1"
        number = await prepared(client, configuration("panocam.action.tour.fixed", tour=3, seconds=20, once=0))
        start = filtered("StartEvent", "tns1:UserAlarm/tnsaxis:Recurring/Pulse", item("id", "schedule1"))
        await made(client, rule(number, "", start))
        assert (await configurations(client))[number][1:] == ("panocam.action.tour.fixed", {"tour": "3", "seconds": "20", "once": "0"})
        (told,) = await rules(client)
        assert (told["start"], told["conditions"]) == ([("tns1:UserAlarm/tnsaxis:Recurring/Pulse", item("id", "schedule1"))], [])


async def test_every_template_is_listed_with_what_it_takes(toured: Side) -> None:
    async with toured.client(Role.ADMINISTRATOR) as client:
        status, root = await ask(client, "<act:GetActionTemplates/>")
        found = {
            each.findtext(f"{AA}TemplateToken", ""): {one.get("Name"): one.get("Type") for one in each.iter(f"{AA}Parameter")}
            for each in root.iter(f"{AA}ActionTemplate")
        }
        assert status == 200
        assert found["com.axis.action.unlimited.guardtour"] == dict.fromkeys(("tour_id", "goto_home", "channel"), "xsd:unsignedInt")
        assert found["panocam.action.tour.fixed"] == {"tour": "xsd:int", "seconds": "xsd:int", "once": "xsd:boolean"}


FIXED, UNLIMITED = "com.axis.action.fixed.", "com.axis.action.unlimited."
PRESET = {"channel": "5", "preset_name": "Door"}
TEXT = {"text": "Alarm %H:%M", "channels": "", "index": "3"}
FILM = {"pre_duration": "5000", "post_duration": "60000", "storage_id": "NetworkShare", "stream_options": "camera=5&streamprofile=Fine"}
PORT = {"port": "1", "state": "high"}


@pytest.mark.parametrize(
    ("token", "given", "kind", "parameters"),
    [
        (UNLIMITED + "guardtour", {"tour_id": "3", "goto_home": "1", "channel": "5"}, "tour.active", {"tour": 3, "home": True}),
        (FIXED + "guardtour", {"tour_id": "3", "goto_home": "0", "channel": "5"}, "tour.fixed", {"tour": 3, "seconds": 0, "once": True}),
        (FIXED + "goto.preset", {**PRESET, "home_timeout": "-1"}, "preset.fixed", {"view": 4, "preset": 2}),
        (UNLIMITED + "goto.preset", {**PRESET, "home_timeout": "0"}, "preset.active", {"view": 4, "preset": 2, "after": "home"}),
        (UNLIMITED + "goto.preset", {**PRESET, "home_timeout": "-1"}, "preset.active", {"view": 4, "preset": 2, "after": "stay"}),
        (FIXED + "set_overlay", {**TEXT, "duration": "10"}, "overlay_text.fixed",
         {"text": "Alarm %H:%M", "slot": 3, "view": -1, "seconds": 10}),
        (UNLIMITED + "set_overlay", {**TEXT, "channels": "5", "index": ""}, "overlay_text.active",
         {"text": "Alarm %H:%M", "slot": 0, "view": 4}),
        (FIXED + "recording.storage", FILM, "record.fixed",
         {"disk": "NetworkShare", "view": 4, "profile": "Fine", "pre": 5, "seconds": 60}),
        (UNLIMITED + "recording.storage", {**FILM, "stream_options": "camera=1"}, "record.active",
         {"disk": "NetworkShare", "view": 0, "profile": "", "pre": 5, "post": 60}),
        (FIXED + "io.toggle", {**PORT, "duration": "7"}, "output.fixed", {"port": 1, "active": True, "seconds": 7}),
        (UNLIMITED + "io.toggle", {**PORT, "state": "low"}, "output.active", {"port": 1, "active": False}),
        ("panocam.action.wdr.active", {"on": "0"}, "wdr.active", {"on": False}),
        ("panocam.action.preset.active", {"view": "4", "preset": "2", "after": "back"}, "preset.active",
         {"view": 4, "preset": 2, "after": "back"}),
    ],
)  # fmt: skip
async def test_each_kind_of_action_is_prepared_and_told_alike(
    toured: Side, token: str, given: dict[str, str], kind: str, parameters: dict[str, Any]
) -> None:
    await furnish(toured)
    async with toured.client(Role.ADMINISTRATOR) as client:
        said = {name: text.replace("&", "&amp;") for name, text in given.items()}
        number = await prepared(client, configuration(token, **said))
        assert (await configurations(client))[number][1:] == (token, given)
    (kept,) = toured.services.settings.snapshot.actions.items
    assert (kept.action.kind, kept.action.parameters) == (kind, parameters)


async def furnish(side: Side) -> None:
    """A preset position, a stream profile, and a network share."""
    preset = {"area": 1, "number": 2, "name": "Door", "pan": 10, "tilt": -30, "hfov": 60}
    profile = {"name": "Fine", "parameters": "compression=10"}
    share = {"id": "1", "address": "nas", "share": "films", "disk": "NetworkShare"}
    await side.services.settings.patch({"ptz.presets": [preset], "profiles.items": [profile], "storage.shares": [share]})


@pytest.mark.parametrize(
    ("token", "given", "says"),
    [
        (UNLIMITED + "guardtour", {"tour_id": "3", "goto_home": "2", "channel": "5"}, "1 to go home"),
        (FIXED + "guardtour", {"tour_id": "3", "goto_home": "1", "channel": "5"}, "stays"),
        (FIXED + "goto.preset", {**PRESET, "home_timeout": "30"}, "-1 is what this camera does"),
        (UNLIMITED + "goto.preset", {**PRESET, "home_timeout": "30"}, "0 returns home"),
        (FIXED + "goto.preset", {**PRESET, "channel": "1", "home_timeout": "-1"}, "a view area"),
        (FIXED + "goto.preset", {**PRESET, "channel": "0", "home_timeout": "-1"}, "count from 1"),
        (FIXED + "goto.preset", {**PRESET, "preset_name": "Gate", "home_timeout": "-1"}, "no such preset position"),
        (UNLIMITED + "set_overlay", {**TEXT, "channels": "1,2", "index": ""}, "one channel, or none"),
        (UNLIMITED + "set_overlay", {**TEXT, "index": "17"}, "slot"),
        (FIXED + "recording.storage", {**FILM, "stream_options": "camera=1&amp;fps=5"}, "stream profile holds all other"),
        (FIXED + "recording.storage", {**FILM, "stream_options": "camera=5&amp;streamprofile=Coarse"}, "profile"),
        (FIXED + "recording.storage", {**FILM, "storage_id": "Tape", "stream_options": ""}, "disk"),
        (FIXED + "recording.storage", {**FILM, "pre_duration": "soon", "stream_options": ""}, "whole number"),
        (FIXED + "io.toggle", {**PORT, "state": "on", "duration": "1"}, "high"),
        (FIXED + "io.toggle", {**PORT, "duration": "0"}, "seconds"),
        (UNLIMITED + "io.toggle", {**PORT, "port": "0"}, "port"),
    ],
)
async def test_what_an_action_cannot_do_is_refused(toured: Side, token: str, given: dict[str, str], says: str) -> None:
    await furnish(toured)
    async with toured.client(Role.ADMINISTRATOR) as client:
        status, root = await ask(client, configuration(token, **given))
        assert (status, fault(root)[0]) == (400, "InvalidActionConfigurationFault")
        assert says in fault(root)[1]


async def test_older_clients_leave_out_what_is_new_and_others_say_nothing_in_more_words(toured: Side) -> None:
    await furnish(toured)
    async with toured.client(Role.ADMINISTRATOR) as client:
        number = await prepared(client, configuration(UNLIMITED + "set_overlay", text="Alarm", channels="5", duration=""))
        assert (await configurations(client))[number][2] == {"text": "Alarm", "channels": "5", "index": ""}


MOVED = filtered("Condition", "tns1:PTZController/tnsaxis:Move/Channel_5", item("is_moving", 1))


@pytest.mark.parametrize(
    ("body", "name", "says"),
    [
        (configuration("com.axis.action.fixed.send_videoclip.http"), "ActionTemplateNotFoundFault", "GetActionTemplates"),
        (configuration(tour_id=3), "ParametersMissmatchFault", "goto_home"),
        (configuration(tour_id=3, goto_home=0, channel=5, more=1), "ParametersMissmatchFault", "all of"),
        (configuration(tour_id=9, goto_home=0, channel=5), "InvalidActionConfigurationFault", "no such preset tour"),
        (configuration(tour_id=4, goto_home=0, channel=""), "InvalidActionConfigurationFault", "no such preset tour"),
        (configuration(tour_id=3, goto_home=0, channel=6), "InvalidActionConfigurationFault", "of channel 5"),
        (configuration("panocam.action.tour.fixed", tour=3, seconds="soon", once=0), "InvalidActionConfigurationFault", "give a number"),
        (configuration("panocam.action.tour.fixed", tour=3, seconds=-1, once=0), "InvalidActionConfigurationFault", "seconds"),
        ("<act:AddActionConfiguration/>", "InvalidActionConfigurationFault", "missing"),
        ("<act:AddActionRule/>", "InsufficientActivationRuleFault", "missing"),
        (rule(1), "InsufficientActivationRuleFault", "StartEvent, or Conditions"),
        (rule(7, virtual(1)), "ActionConfigurationNotFoundFault", "no action configuration 7"),
        (rule("first", virtual(1)), "ActionConfigurationNotFoundFault", "give the number"),
        (rule(1, "", virtual(1, kind="StartEvent")), "InsufficientActivationRuleFault", "at least one"),
        (rule(1, filtered("Condition", "tns1:UserAlarm/tnsaxis:Recurring/Pulse", "")), "InvalidConditionFilterFault", "is a moment"),
        (
            rule(1, filtered("Condition", "tns1:VideoAnalytics/tnsaxis:MotionDetection", item("motion", 1))),
            "InvalidConditionFilterFault",
            "no such event",
        ),
        (rule(1, MOVED, filtered("StartEvent", "tns1:Nothing", "")), "InvalidFilterFault", "no such event"),
        (rule(1, filtered("Condition", "tns1:Device/tnsaxis:IO/Port", item("port", 0))), "InvalidConditionFilterFault", "say the state"),
        (
            rule(1, filtered("Condition", "tns1:Device/tnsaxis:IO/Port", "count(//SimpleItem)")),
            "InvalidMessageContentExpressionFault",
            "joined by and",
        ),
        (rule(1, filtered("Condition", "tns1:Device/tnsaxis:IO/Port", "", "urn:other")), "TopicExpressionDialectUnknownFault", "not known"),
        (rule(1, virtual(65)), "InvalidConditionFilterFault", "matches no event"),
        (
            rule(1, filtered("Condition", "tns1:UserAlarm/tnsaxis:Recurring/Interval", f"{item('id', 'gone')} and {item('active', 1)}")),
            "InvalidConditionFilterFault",
            "weekdays",
        ),
        (rule(1, virtual(1), more="<act:ActivationTimeout>P2D</act:ActivationTimeout>"), "InvalidActivationTimeoutFault", "at most"),
        (rule(1, virtual(1), more="<act:ActivationTimeout>soon</act:ActivationTimeout>"), "InvalidActivationTimeoutFault", "PT60S"),
        (rule(1, virtual(1), more="<act:FailoverAction>1</act:FailoverAction>"), "InvalidActionConfigurationFault", "no failover"),
        ("<act:AddRecipientConfiguration/>", "InvalidRecipientConfigurationFault", "NewRecipientConfiguration is missing"),
        ("<act:RemoveRecipientConfiguration/>", "RecipientConfigurationNotFoundFault", "give the number that the list shows"),
    ],
)
async def test_what_cannot_be_is_one_clear_fault(toured: Side, body: str, name: str, says: str) -> None:
    async with toured.client(Role.ADMINISTRATOR) as client:
        await prepared(client)
        status, root = await ask(client, body)
        assert (status, fault(root)[0]) == (400, name)
        assert says in fault(root)[1]
        assert (await rules(client), list(await configurations(client))) == ([], ["1"])


async def test_action_rules_are_the_administrators(toured: Side) -> None:
    bodies = ["<act:GetActionTemplates/>", "<act:GetActionRules/>", "<act:GetActionConfigurations/>", ROUND, rule(1, virtual(1)),
              remove("ActionRule", "RuleID", 1), remove("ActionConfiguration", "ConfigurationID", 1),
              "<act:GetRecipientTemplates/>"]  # fmt: skip
    async with toured.client(Role.OPERATOR) as client:
        for body in bodies:
            assert (await ask(client, body))[0] == 403
    assert toured.services.settings.snapshot.actions.items == ()


NAMES = ("act:AddActionRule", "act:NewActionRule", "act:Conditions", "act:Condition", "act:StartEvent", "act:PrimaryAction", "act:Enabled",
         "act:AddActionConfiguration", "act:NewActionConfiguration", "act:Parameters", "act:TemplateToken",
         "act:RemoveActionRule")  # fmt: skip
elements = st.recursive(
    st.sampled_from(["", "1", "true", "com.axis.action.unlimited.guardtour", virtual(1), '<act:Parameter Name="tour_id"/>', "&amp;"]),
    lambda inner: st.tuples(st.sampled_from(NAMES), st.lists(inner, max_size=3)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
    ),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([name for name in NAMES if "Action" in name]), st.lists(elements, max_size=3))
async def test_any_request_is_answered_or_refused(toured: Side, name: str, parts: list[str]) -> None:
    async with toured.client(Role.ADMINISTRATOR) as client:
        status, _ = await ask(client, f"<{name}>{''.join(parts)}</{name}>")
    assert status in (200, 400)
