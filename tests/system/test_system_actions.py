"""Rules that a client makes by SOAP in a running camera: an input starts a guard tour, a schedule ends it, a restart changes nothing."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from system_camera import RunningCamera, until
from test_system_ptz import pan, send

from panocam.markup import parse

ACTION, EVENT = "http://www.axis.com/vapix/ws/action1", "http://www.axis.com/vapix/ws/event1"
WSNT = "http://docs.oasis-open.org/wsn/b-2"
CONCRETE = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete"
ITEMS = "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter"


def soap(camera: RunningCamera, body: str) -> Element:
    envelope = (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:tns1="http://www.onvif.org/ver10/topics" xmlns:tnsaxis="http://www.axis.com/2009/event/topics">'
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    )
    with camera.client() as client:
        reply = client.post("/vapix/services", content=envelope, headers={"Content-Type": "application/soap+xml; charset=utf-8"})
    assert reply.status_code == 200, reply.text
    return parse(reply.content)


def condition(topic: str, **items: str) -> str:
    content = " and ".join(f'boolean(//SimpleItem[@Name="{name}" and @Value="{value}"])' for name, value in items.items())
    return (
        f'<Condition><TopicExpression xmlns="{WSNT}" Dialect="{CONCRETE}">{topic}</TopicExpression>'
        f'<MessageContent xmlns="{WSNT}" Dialect="{ITEMS}">{content}</MessageContent></Condition>'
    )


def prepare(camera: RunningCamera, token: str, **parameters: object) -> str:
    said = "".join(f'<Parameter Name="{name}" Value="{value}"/>' for name, value in parameters.items())
    answer = soap(
        camera,
        f'<AddActionConfiguration xmlns="{ACTION}"><NewActionConfiguration><Name>Round</Name><TemplateToken>{token}</TemplateToken>'
        f"<Parameters>{said}</Parameters></NewActionConfiguration></AddActionConfiguration>",
    )
    return answer.findtext(f".//{{{ACTION}}}ConfigurationID", "")


def add(camera: RunningCamera, primary: str, *conditions: str) -> str:
    answer = soap(
        camera,
        f'<AddActionRule xmlns="{ACTION}"><NewActionRule><Name>Alarm round</Name><Enabled>true</Enabled>'
        f"<Conditions>{''.join(conditions)}</Conditions><PrimaryAction>{primary}</PrimaryAction></NewActionRule></AddActionRule>",
    )
    return answer.findtext(f".//{{{ACTION}}}RuleID", "")


def drive(camera: RunningCamera, active: bool, port: int = 3) -> None:
    """A virtual input, as this camera family has it."""
    with camera.client() as client:
        word = "activate" if active else "deactivate"
        assert client.get(f"/axis-cgi/virtualinput/{word}.cgi?schemaversion=1&port={port}").status_code == 200


def runs(camera: RunningCamera) -> bool:
    return bool(send(camera, "GET", "ptz/tours")["tours"][0]["running"])


@pytest.mark.feature("PTZ-12", "EVT-01", "EVT-07")
def test_a_rule_made_by_soap_runs_a_tour_while_an_input_is_active_in_its_hours(fresh: RunningCamera) -> None:
    camera = fresh
    camera.start()
    camera.create_administrator()
    send(camera, "POST", "ptz/4/presets", name="Door", number=2, pan=40, tilt=-40, hfov=60)
    tour = send(camera, "POST", "ptz/tours", name="Round", steps=[{"preset": 2, "seconds": 1}])["number"]
    home = pan(camera)
    hours = "DTSTART:20260615T080000 DTEND:20260615T170000 RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    made = soap(
        camera,
        f'<AddScheduledEvent xmlns="{EVENT}"><NewScheduledEvent><Name>Work</Name><Schedule>'
        f'<ICalendar Dialect="http://www.axis.com/vapix/ws/ical1">{hours}</ICalendar></Schedule></NewScheduledEvent></AddScheduledEvent>',
    )
    schedule = made.findtext(f".//{{{EVENT}}}EventID", "")
    send(camera, "PUT", "time", time="2026-06-15T12:00:00")  # a Monday
    primary = prepare(camera, "com.axis.action.unlimited.guardtour", tour_id=tour, goto_home=1, channel=4)
    number = add(
        camera,
        primary,
        condition("tns1:Device/tnsaxis:IO/VirtualInput", port="3", active="1"),
        condition("tns1:UserAlarm/tnsaxis:Recurring/tnsaxis:Interval", id=schedule, active="1"),
    )
    assert not runs(camera)
    drive(camera, True)
    until(lambda: runs(camera))
    until(lambda: abs(pan(camera) - 40) < 1)
    drive(camera, False)
    until(lambda: not runs(camera))
    until(lambda: abs(pan(camera) - home) < 1)
    drive(camera, True)
    until(lambda: runs(camera))
    send(camera, "PUT", "time", time="2026-06-15T18:00:00")  # work is over
    until(lambda: not runs(camera))
    camera.stop()
    camera.start()
    (rule,) = list(soap(camera, f'<GetActionRules xmlns="{ACTION}"/>').iter(f"{{{ACTION}}}ActionRule"))
    assert (rule.findtext(f"{{{ACTION}}}RuleID"), rule.findtext(f"{{{ACTION}}}PrimaryAction")) == (number, primary)
    send(camera, "PUT", "time", time="2026-06-16T08:30:00")
    assert not runs(camera)  # the input is not active after a start
    drive(camera, True)
    until(lambda: runs(camera))
    soap(camera, f'<RemoveActionRule xmlns="{ACTION}"><RuleID>{number}</RuleID></RemoveActionRule>')
    until(lambda: not runs(camera))
    soap(camera, f'<RemoveActionConfiguration xmlns="{ACTION}"><ConfigurationID>{primary}</ConfigurationID></RemoveActionConfiguration>')
    assert list(soap(camera, f'<GetActionConfigurations xmlns="{ACTION}"/>').iter(f"{{{ACTION}}}ActionConfiguration")) == []


def open_or_closed(camera: RunningCamera) -> str:
    """The circuit of output port 1, as a client of ports sees it."""
    with camera.client() as client:
        reply = client.post("/axis-cgi/io/portmanagement.cgi", json={"apiVersion": "1.0", "method": "getPorts"})
    return str(reply.json()["data"]["items"][1]["state"])


@pytest.mark.feature("EVT-01", "EVT-08")
def test_an_output_made_active_by_soap_follows_its_input(fresh: RunningCamera) -> None:
    """A fixed action lasts its time; an unlimited one is over with its condition, also for an inverted one."""
    camera = fresh
    camera.start()
    camera.create_administrator()
    primary = prepare(camera, "com.axis.action.unlimited.io.toggle", port=1, state="high")
    rule = add(camera, primary, condition("tns1:Device/tnsaxis:IO/VirtualInput", port="5", active="1"))
    assert open_or_closed(camera) == "open"
    drive(camera, True, 5)
    until(lambda: open_or_closed(camera) == "closed")
    drive(camera, False, 5)
    until(lambda: open_or_closed(camera) == "open")
    soap(camera, f'<RemoveActionRule xmlns="{ACTION}"><RuleID>{rule}</RuleID></RemoveActionRule>')
    fixed = prepare(camera, "com.axis.action.fixed.io.toggle", port=1, state="high", duration=1)
    add(camera, fixed, condition("tns1:Device/tnsaxis:IO/VirtualInput", port="6", active="0"))  # it is so already: the rule starts
    until(lambda: open_or_closed(camera) == "closed")
    until(lambda: open_or_closed(camera) == "open")
