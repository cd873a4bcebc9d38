"""Reading SOAP requests. Names of topics are text with the client's prefixes; they get ours here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from panocam.errors import RemoteProtocolError
from panocam.events.metadata import NOTIFICATION
from panocam.events.names import NAMESPACES
from panocam.markup import parse

ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
OLD_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ADDRESSING = "http://www.w3.org/2005/08/addressing"
TOPIC = f"{{{NOTIFICATION}}}TopicExpression"
OURS: Mapping[str, str] = {uri: prefix for prefix, uri in NAMESPACES.items()}


@dataclass(frozen=True)
class Request:
    """What is asked: the first element of the body, by whose qualified name it is answered. ``id`` is the message's, if it has one."""

    element: Element
    id: str = ""

    @property
    def operation(self) -> str:
        """``{namespace}name``."""
        return self.element.tag


def read(raw: bytes) -> Request:
    """The request in an envelope. Raises RemoteProtocolError."""
    root = parse(raw, paths=(TOPIC,))
    if root.tag not in (f"{{{ENVELOPE}}}Envelope", f"{{{OLD_ENVELOPE}}}Envelope"):
        raise RemoteProtocolError("the request is no SOAP envelope")
    space = root.tag.removesuffix("Envelope")
    body = root.find(f"{space}Body")
    if body is None or not len(body):
        raise RemoteProtocolError("the SOAP body is empty")
    for topic in body.iter(TOPIC):
        topic.text = re.sub(r"\{([^}]*)\}", lambda found: f"{OURS[found[1]]}:" if found[1] in OURS else found[0], topic.text or "")
    id = root.findtext(f"{space}Header/{{{ADDRESSING}}}MessageID", "")
    return Request(body[0], id.strip()[:256])
