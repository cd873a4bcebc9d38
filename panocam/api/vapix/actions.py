"""Action rules by SOAP, as the VAPIX action service has them: an action is prepared first, then a rule is made that uses it.

They are the rules of ``api.rules``, and the recipients of ``notify.desk``, whoever made them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement, tostring

from panocam.api.endpoint import Call
from panocam.api.services import recipients_of, rules_of
from panocam.api.soap.pullpoints import CONCRETE, CONTENTS, TOPICS, Answer, Operation
from panocam.api.soap.reply import ACTION, SoapFault
from panocam.api.soap.request import TOPIC, Request
from panocam.api.soap.times import seconds
from panocam.api.vapix import actionstore, actiontemplates, sendtemplates
from panocam.api.vapix.template import Template
from panocam.errors import InvalidValue, NotFound
from panocam.events import spelling
from panocam.events.metadata import NOTIFICATION
from panocam.events.rules.actions import ACTIONS, check_choices
from panocam.events.rules.catalogue import offer
from panocam.events.rules.choices import Lists, choices
from panocam.events.topics import TOPICS as DECLARED
from panocam.events.topics import Value
from panocam.settings import Role
from panocam.settings.rules import LONGEST_WAIT_S, Action, Condition, Rule

CONTENT = f"{{{NOTIFICATION}}}MessageContent"
ITEM_FILTER = CONTENTS[1]


def _tag(name: str) -> str:
    return f"{{{ACTION}}}{name}"


def _fault(name: str, words: object) -> SoapFault:
    return SoapFault("Sender", str(words), "ter:InvalidArgVal", detail=f"aa:{name}Fault")


def _text(element: Element, name: str) -> str:
    return element.findtext(_tag(name), "").strip()


def _number(element: Element, name: str, fault: str) -> int:
    text = _text(element, name)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _fault(fault, f"{name} {text[:40]!r}: give the number that the list shows")
    return int(text)


# --- templates and configurations


async def _templates(_call: Call[None], _request: Request) -> Element:
    answer = Element(_tag("GetActionTemplatesResponse"))
    parent = SubElement(answer, _tag("ActionTemplates"))
    for each in actiontemplates.templates():
        made = SubElement(parent, _tag("ActionTemplate"))
        SubElement(made, _tag("TemplateToken")).text = each.token
        if each.recipient:
            SubElement(made, _tag("RecipientTemplate")).text = each.recipient
        _list(made, each.parameters, "Type")
    return answer


def _list(parent: Element, parameters: Mapping[str, str], what: str) -> None:
    told = SubElement(parent, _tag("Parameters"))
    for name, value in parameters.items():
        SubElement(told, _tag("Parameter"), {"Name": name, what: value})


def _given(new: Element) -> dict[str, str]:
    return {each.get("Name", ""): each.get("Value", "") for each in new.iterfind(f"{_tag('Parameters')}/{_tag('Parameter')}")}


async def _add_configuration(call: Call[None], request: Request) -> Element:
    new = request.element.find(_tag("NewActionConfiguration"))
    if new is None:
        raise _fault("InvalidActionConfiguration", "NewActionConfiguration is missing")
    template = actiontemplates.find(_text(new, "TemplateToken"))
    if template is None:
        raise _fault("ActionTemplateNotFound", f"there is no template {_text(new, 'TemplateToken')[:80]!r}; GetActionTemplates lists all")
    try:
        given = template.whole(_given(new))
    except InvalidValue as problem:
        raise _fault("ParametersMissmatch", problem) from None
    row = ACTIONS[template.kind]
    try:
        values = row.values(await _values(call, template, _text(new, "Name"), given))
        check_choices(row, values, rules_of(call.services).lists)
    except InvalidValue as problem:
        raise _fault("InvalidActionConfiguration", problem) from None
    number = await actionstore.add(call.services, _text(new, "Name"), Action(kind=row.kind, parameters=values), call.caller)
    return _with_number("AddActionConfigurationResponse", "ConfigurationID", number)


async def _values(call: Call[None], template: Template, name: str, given: Mapping[str, str]) -> dict[str, Value]:
    """Our parameters of theirs; whom it sends to is found in the list, or made once all else is right. Raises InvalidValue."""
    if not template.recipient:
        return template.read(call.services, given)
    row = ACTIONS[template.kind]
    tried = row.values(template.read(call.services, {**given, "recipient": "0"}))
    check_choices(replace(row, parameters=row.parameters[1:]), tried, rules_of(call.services).lists)
    recipient = await sendtemplates.the_recipient(call, template.recipient, name, given)
    return template.read(call.services, {**given, "recipient": str(recipient)})


async def _configurations(call: Call[None], _request: Request) -> Element:
    answer = Element(_tag("GetActionConfigurationsResponse"))
    parent = SubElement(answer, _tag("ActionConfigurations"))
    for each in actionstore.prepared(call.services):
        made = SubElement(parent, _tag("ActionConfiguration"))
        token, parameters = actiontemplates.tell(call.services, each.action)
        for name, text in (("ConfigurationID", str(each.id)), ("Name", each.name), ("TemplateToken", token)):
            SubElement(made, _tag(name)).text = text
        _list(made, parameters, "Value")
    return answer


async def _remove_configuration(call: Call[None], request: Request) -> Element:
    try:
        await actionstore.remove(call.services, _number(request.element, "ConfigurationID", "ActionConfigurationNotFound"), call.caller)
    except NotFound as problem:
        raise _fault("ActionConfigurationNotFound", problem) from None
    except actionstore.InUse as problem:
        raise _fault("ActionConfigurationIsInUse", problem) from None
    return Element(_tag("RemoveActionConfigurationResponse"))


# --- rules


async def _add_rule(call: Call[None], request: Request) -> Element:
    new = request.element.find(_tag("NewActionRule"))
    if new is None:
        raise _fault("InsufficientActivationRule", "NewActionRule is missing")
    if _text(new, "FailoverAction"):
        raise _fault("InvalidActionConfiguration", "this camera has no failover actions; leave FailoverAction out")
    try:
        used = actionstore.find(call.services, _number(new, "PrimaryAction", "ActionConfigurationNotFound"))
    except NotFound as problem:
        raise _fault("ActionConfigurationNotFound", problem) from None
    start = [_condition(call, each, "InvalidFilter") for each in new.iterfind(_tag("StartEvent"))]
    others = [_condition(call, each, "InvalidConditionFilter") for each in new.iterfind(f"{_tag('Conditions')}/{_tag('Condition')}")]
    _check(start, others, used.action)
    wish = {
        "name": _text(new, "Name"),
        "enabled": _enabled(_text(new, "Enabled")),
        "conditions": [each.model_dump() for each in (*start, *others)],
        "trigger": bool(start and others),
        "wait": _wait(call, _text(new, "ActivationTimeout")),
        "action": used.action.model_dump(),
    }
    rule = await rules_of(call.services).add(wish, call.caller)
    await actionstore.belong(call.services, used.id, rule, call.caller)
    return _with_number("AddActionRuleResponse", "RuleID", rule.id)


def _condition(call: Call[None], element: Element, fault: str) -> Condition:
    topic, content = element.find(TOPIC), element.find(CONTENT)
    if topic is None:
        raise _fault(fault, "a TopicExpression is missing")
    if topic.get("Dialect", "") not in TOPICS:
        raise _fault("TopicExpressionDialectUnknown", f"the topic dialect {topic.get('Dialect', '')[:80]!r} is not known; use {CONCRETE}")
    if content is not None and content.get("Dialect", "") not in CONTENTS:
        raise _fault("InvalidMessageContentExpression", f"this dialect is not known; use {ITEM_FILTER}")
    try:
        found = spelling.read(topic.text or "", "" if content is None else content.text or "")
        _check_there(found, rules_of(call.services).lists)
    except InvalidValue as problem:
        raise _fault("InvalidMessageContentExpression" if problem.name == "content filter" else fault, problem) from None
    return found


def _check_there(condition: Condition, lists: Lists) -> None:
    """Raises InvalidValue for an instance that is not there, so that no event can ever match."""
    offered = offer(condition.topic)
    for name, value in condition.where.items():
        there = choices(lists, offered.list_of(name) if offered else "")
        if there and value not in [choice.value for choice in there]:
            raise InvalidValue(name, value, f"matches no event; there are {', '.join(str(choice.value) for choice in there[:12])}")


def _check(start: list[Condition], others: list[Condition], action: Action) -> None:
    if len(start) > 1 or not (start or others):
        raise _fault("InsufficientActivationRule", "give one StartEvent, or Conditions, or both")
    passing = next((each for each in others if not DECLARED[each.topic].stateful), None)
    if passing is not None:
        raise _fault("InvalidConditionFilter", f"{passing.topic} is a moment: it can be the StartEvent, not a condition")
    if not others and ACTIONS[action.kind].form == "while active":
        raise _fault("InsufficientActivationRule", "an unlimited action lasts while conditions hold: give at least one of them")


def _enabled(text: str) -> bool:
    if text.lower() not in ("", "true", "false", "1", "0"):
        raise SoapFault("Sender", f"Enabled {text[:20]!r}: use true or false", "ter:InvalidArgVal")
    return text.lower() in ("", "true", "1")


def _wait(call: Call[None], text: str) -> int:
    """Seconds between two starts; a duration, or a number."""
    try:
        found = int(text) if text.isascii() and text.isdigit() else round(seconds("ActivationTimeout", text, call.services.clock.wall_ns()))
    except InvalidValue as problem:
        if not text:
            return 0
        raise _fault("InvalidActivationTimeout", problem) from None
    if not 0 <= found <= LONGEST_WAIT_S:
        raise _fault("InvalidActivationTimeout", f"ActivationTimeout {text[:20]!r}: use at most PT{LONGEST_WAIT_S}S")
    return found


async def _rules(call: Call[None], _request: Request) -> Element:
    answer = Element(_tag("GetActionRulesResponse"))
    parent = SubElement(answer, _tag("ActionRules"))
    for rule in rules_of(call.services).rules:
        made = SubElement(parent, _tag("ActionRule"))
        for name, text in (("RuleID", str(rule.id)), ("Name", rule.name), ("Enabled", str(rule.enabled).lower())):
            SubElement(made, _tag(name)).text = text
        start, others = _start(rule)
        if start is not None:
            _spell(SubElement(made, _tag("StartEvent")), start)
        if others:
            conditions = SubElement(made, _tag("Conditions"))
            for each in others:
                _spell(SubElement(conditions, _tag("Condition")), each)
        if rule.wait:
            SubElement(made, _tag("ActivationTimeout")).text = f"PT{rule.wait}S"
        SubElement(made, _tag("PrimaryAction")).text = str(actionstore.of_rule(call.services, rule))
    return answer


def _start(rule: Rule) -> tuple[Condition | None, list[Condition]]:
    """What starts a rule only, or is a moment; and what must hold."""
    found = rule.conditions[0] if rule.trigger else None
    for each in rule.conditions:
        if found is None and each.topic in DECLARED and not DECLARED[each.topic].stateful:
            found = each
    return found, [each for each in rule.conditions if each is not found]


def _spell(parent: Element, condition: Condition) -> None:
    told = spelling.spell(condition)
    SubElement(parent, TOPIC, {"Dialect": CONCRETE}).text = told.topic
    if told.content:
        SubElement(parent, CONTENT, {"Dialect": ITEM_FILTER}).text = told.content


async def _remove_rule(call: Call[None], request: Request) -> Element:
    try:
        await actionstore.remove_rule(call.services, _number(request.element, "RuleID", "ActionRuleNotFound"), call.caller)
    except NotFound as problem:
        raise _fault("ActionRuleNotFound", problem) from None
    return Element(_tag("RemoveActionRuleResponse"))


# --- recipients


async def _recipient_templates(_call: Call[None], _request: Request) -> Element:
    answer = Element(_tag("GetRecipientTemplatesResponse"))
    parent = SubElement(answer, _tag("RecipientTemplates"))
    for token in sendtemplates.TEMPLATES:
        made = SubElement(parent, _tag("RecipientTemplate"))
        SubElement(made, _tag("TemplateToken")).text = token
        if (template := sendtemplates.template_of(token)) is not None:
            _list(made, template.parameters, "Type")
    return answer


async def _add_recipient(call: Call[None], request: Request) -> Element:
    new = request.element.find(_tag("NewRecipientConfiguration"))
    if new is None:
        raise _fault("InvalidRecipientConfiguration", "NewRecipientConfiguration is missing")
    token = _text(new, "TemplateToken")
    template = sendtemplates.template_of(token)
    if template is None:
        raise _fault("RecipientTemplateNotFound", f"there is no template {token[:80]!r}; GetRecipientTemplates lists all")
    try:
        given = template.whole(_given(new))
    except InvalidValue as problem:
        raise _fault("ParametersMissmatch", problem) from None
    try:
        number = await sendtemplates.add_recipient(call, token, _text(new, "Name"), given)
    except InvalidValue as problem:
        raise _fault("InvalidRecipientConfiguration", problem) from None
    return _with_number("AddRecipientConfigurationResponse", "ConfigurationID", number)


async def _recipients(call: Call[None], _request: Request) -> Element:
    answer = Element(_tag("GetRecipientConfigurationsResponse"))
    parent = SubElement(answer, _tag("RecipientConfigurations"))
    for row in recipients_of(call.services).rows:
        made = SubElement(parent, _tag("RecipientConfiguration"))
        token, parameters = sendtemplates.tell_recipient(row)
        for name, text in (("ConfigurationID", str(row.id)), ("Name", row.name), ("TemplateToken", token)):
            SubElement(made, _tag(name)).text = text
        _list(made, parameters, "Value")
    return answer


async def _remove_recipient(call: Call[None], request: Request) -> Element:
    missing = "RecipientConfigurationNotFound"
    try:
        await recipients_of(call.services).remove(_number(request.element, "ConfigurationID", missing), call.caller)
    except NotFound as problem:
        raise _fault(missing, problem) from None
    except InvalidValue as problem:
        raise _fault("RecipientConfigurationIsInUse", problem) from None
    return Element(_tag("RemoveRecipientConfigurationResponse"))


Ask = Callable[[Call[None], Request], Awaitable[Element]]


def _with_number(response: str, name: str, number: int) -> Element:
    answer = Element(_tag(response))
    SubElement(answer, _tag(name)).text = str(number)
    return answer


ASKS: Mapping[str, Ask] = {
    "GetActionTemplates": _templates,
    "AddActionConfiguration": _add_configuration,
    "GetActionConfigurations": _configurations,
    "RemoveActionConfiguration": _remove_configuration,
    "AddActionRule": _add_rule,
    "GetActionRules": _rules,
    "RemoveActionRule": _remove_rule,
    "GetRecipientTemplates": _recipient_templates,
    "AddRecipientConfiguration": _add_recipient,
    "GetRecipientConfigurations": _recipients,
    "RemoveRecipientConfiguration": _remove_recipient,
}


def _operation(ask: Ask) -> Operation:
    """For administrators, answered as text."""

    async def operation(call: Call[None], request: Request) -> Answer:
        call.caller.demand(Role.ADMINISTRATOR)
        return Answer(tostring(await ask(call, request), encoding="unicode"), "")

    return operation


def _operations() -> Iterator[tuple[str, Operation]]:
    for name, ask in ASKS.items():
        yield _tag(name), _operation(ask)


OPERATIONS: Mapping[str, Operation] = dict(_operations())
