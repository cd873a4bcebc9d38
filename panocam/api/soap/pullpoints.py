"""Pull points by SOAP (ONVIF events service, WS-BaseNotification), for any dialect that gives them an address.

Clients write ``Renew`` and ``Unsubscribe`` in one namespace and the rest in another; what a request is about comes from the address it was
sent to, which each pull point has of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from panocam.api.endpoint import Call
from panocam.api.soap.reply import EVENTS, SoapFault
from panocam.api.soap.request import Request
from panocam.api.soap.times import moment, seconds
from panocam.clock import NS
from panocam.errors import Busy, InvalidValue, NotFound
from panocam.events.metadata import NOTIFICATION, notification
from panocam.events.names import Named, declared, matches
from panocam.events.pullpoints import LONGEST_PULL_S, LONGEST_S, MOST_MESSAGES, USUAL_S, Filter, PullPoint

WSDL = f"{EVENTS}/PullPointSubscription"
MANAGER = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager"
CONCRETE = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete"
CONCRETE_SET = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
TOPICS = ("", CONCRETE, CONCRETE_SET, "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Simple")
CONTENTS = (
    "",
    "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter",
    "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter/",
)


@dataclass(frozen=True)
class Answer:
    """The body of the reply, and its action."""

    body: str
    action: str


Operation = Callable[[Call[None], Request], Awaitable[Answer]]


@dataclass(frozen=True)
class PullPointService:
    """``address(call, id)`` is where a pull point is reached, ``which(call)`` the id in an address; ``truth``: words for 1 and 0."""

    address: Callable[[Call[None], str], str]
    which: Callable[[Call[None]], str]
    truth: Mapping[str, str]

    @property
    def operations(self) -> Mapping[str, Operation]:
        """By qualified name."""
        return {
            f"{{{EVENTS}}}CreatePullPointSubscription": self.create,
            f"{{{EVENTS}}}PullMessages": self.pull,
            f"{{{EVENTS}}}SetSynchronizationPoint": self.synchronise,
            f"{{{NOTIFICATION}}}Renew": self.renew,
            f"{{{NOTIFICATION}}}Unsubscribe": self.unsubscribe,
        }

    async def create(self, call: Call[None], request: Request) -> Answer:
        """A new pull point."""
        lifetime = _lifetime(call, request, "InitialTerminationTime", "wsnt:UnacceptableInitialTerminationTimeFault")
        wanted = _filter(request)
        try:
            point = call.services.pull_points.open(wanted, call.caller.name, lifetime)
        except Busy as problem:
            raise SoapFault("Receiver", str(problem), detail="wsnt:SubscribeCreationFailedFault") from None
        except InvalidValue as problem:
            raise SoapFault("Receiver", str(problem), detail="wsnt:UnacceptableInitialTerminationTimeFault") from None
        body = (
            f"<tev:SubscriptionReference><wsa:Address>{self.address(call, point.id)}</wsa:Address></tev:SubscriptionReference>"
            f"{_now(call, 'wsnt')}{_end(call, point, 'wsnt')}"
        )
        return _answer("tev:CreatePullPointSubscription", body, f"{EVENTS}/EventPortType/CreatePullPointSubscriptionResponse")

    async def pull(self, call: Call[None], request: Request) -> Answer:
        """What has happened, or what comes first."""
        point = self._point(call)
        wait = _seconds(call, request, "Timeout", USUAL_S)
        if not 0 <= wait <= LONGEST_PULL_S:
            words = f"Timeout is {wait:.0f} s: wait for at most {LONGEST_PULL_S:.0f}"
            limits = f"<tev:MaxTimeout>PT{LONGEST_PULL_S:.0f}S</tev:MaxTimeout><tev:MaxMessageLimit>{MOST_MESSAGES}</tev:MaxMessageLimit>"
            raise SoapFault("Receiver", words, "ter:InvalidArgVal", detail="tev:PullMessagesFaultResponse", inner=limits)
        limit = request.element.findtext(f"{{{EVENTS}}}MessageLimit", str(MOST_MESSAGES)).strip()
        if not (limit.isascii() and limit.isdigit() and int(limit[:9])):
            raise SoapFault("Sender", f"MessageLimit {limit[:20]!r}: give a whole number from 1", "ter:InvalidArgVal")
        try:
            told = await point.pull(wait, min(int(limit[:9]), MOST_MESSAGES))
        except Busy as problem:
            raise SoapFault("Receiver", str(problem), detail="wsnt:UnableToGetMessagesFault") from None
        messages = "".join(notification(self._spelled(each), CONCRETE) for each in told)
        return _answer("tev:PullMessages", _now(call, "tev") + _end(call, point, "tev") + messages, f"{WSDL}/PullMessagesResponse")

    async def synchronise(self, call: Call[None], _request: Request) -> Answer:
        """Every condition again."""
        self._point(call).synchronise()
        return _answer("tev:SetSynchronizationPoint", "", f"{WSDL}/SetSynchronizationPointResponse")

    async def renew(self, call: Call[None], request: Request) -> Answer:
        """More time."""
        point = self._point(call)
        fault = "wsnt:UnacceptableTerminationTimeFault"
        try:
            point.renew(_lifetime(call, request, "TerminationTime", fault))
        except InvalidValue as problem:
            raise SoapFault("Receiver", str(problem), detail=fault) from None
        return _answer("wsnt:Renew", _end(call, point, "wsnt") + _now(call, "wsnt"), f"{MANAGER}/RenewResponse")

    async def unsubscribe(self, call: Call[None], _request: Request) -> Answer:
        """The end."""
        call.services.pull_points.end(self._point(call))
        return _answer("wsnt:Unsubscribe", "", f"{MANAGER}/UnsubscribeResponse")

    def _point(self, call: Call[None]) -> PullPoint:
        try:
            return call.services.pull_points.find(self.which(call), call.caller.name)
        except NotFound as problem:
            raise SoapFault("Receiver", str(problem), detail="wsrf-rw:ResourceUnknownFault") from None

    def _spelled(self, told: Named) -> Named:
        """With this dialect's words for truth. Only what is a truth is changed."""
        if not self.truth:
            return told
        data = {name: self.truth.get(value, value) if name in told.truths else value for name, value in told.data.items()}
        return replace(told, data=data)


def _filter(request: Request) -> Filter:
    """Raises SoapFault for what can never pass, or is not understood."""
    found = request.element.find(f"{{{EVENTS}}}Filter")
    topics, contents = [], []
    for part in () if found is None else found:
        name, dialect, text = part.tag.rpartition("}")[2], part.get("Dialect", ""), (part.text or "").strip()
        if name == "TopicExpression":
            if dialect not in TOPICS:
                raise SoapFault(
                    "Receiver", f"topic dialect {dialect[:80]!r} is not known", detail="wsnt:TopicExpressionDialectUnknownFault"
                )
            topics.append(text)
        elif name == "MessageContent" and dialect in CONTENTS:
            contents.append(text)
        else:
            raise SoapFault("Receiver", f"filter {name[:40]!r} of this dialect is not known", detail="wsnt:InvalidFilterFault")
    for topic in topics:
        if not any(matches(each.path, topic) for each in declared()):
            raise SoapFault("Receiver", f"there is no topic like {topic[:120]!r}", detail="wsnt:TopicNotSupportedFault")
    try:
        return Filter("|".join(topics), tuple(contents))
    except InvalidValue as problem:
        raise SoapFault("Receiver", str(problem), detail="wsnt:InvalidMessageContentExpressionFault") from None


def _lifetime(call: Call[None], request: Request, name: str, fault: str) -> float:
    try:
        wished = _seconds(call, request, name, USUAL_S)
    except SoapFault as problem:
        raise SoapFault("Receiver", str(problem), detail=fault) from None
    return min(wished, LONGEST_S)


def _seconds(call: Call[None], request: Request, name: str, default: float) -> float:
    space = request.operation.partition("}")[0] + "}"
    text = request.element.findtext(space + name, "").strip()
    try:
        return seconds(name, text, call.services.clock.wall_ns()) if text else default
    except InvalidValue as problem:
        raise SoapFault("Sender", str(problem), "ter:InvalidArgVal") from None


def _answer(name: str, content: str, action: str) -> Answer:
    return Answer(f"<{name}Response>{content}</{name}Response>", action)


def _now(call: Call[None], prefix: str) -> str:
    return f"<{prefix}:CurrentTime>{moment(call.services.clock.wall_ns())}</{prefix}:CurrentTime>"


def _end(call: Call[None], point: PullPoint, prefix: str) -> str:
    at = call.services.clock.wall_ns() + round(point.remaining_s * NS)
    return f"<{prefix}:TerminationTime>{moment(at)}</{prefix}:TerminationTime>"
