"""Writing SOAP replies and faults."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring
from xml.sax.saxutils import escape

from starlette.responses import Response

from panocam.api.soap.request import ADDRESSING, ENVELOPE
from panocam.events.metadata import NOTIFICATION, PREFIXES, SCHEMA, clean

EVENTS = "http://www.onvif.org/ver10/events/wsdl"
ERRORS = "http://www.onvif.org/ver10/error"
RESOURCE = "http://docs.oasis-open.org/wsrf/rw-2"
ACTION = "http://www.axis.com/vapix/ws/action1"
TYPE = "application/soap+xml; charset=utf-8"
FAULT_ACTION = f"{ADDRESSING}/soap/fault"

_OPEN = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="{ENVELOPE}" xmlns:wsa="{ADDRESSING}"'
    f' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:tt="{SCHEMA}" xmlns:wsnt="{NOTIFICATION}" xmlns:tev="{EVENTS}"'
    f' xmlns:ter="{ERRORS}" xmlns:wsrf-rw="{RESOURCE}" xmlns:aa="{ACTION}"{PREFIXES}>'
)


class SoapFault(Exception):
    """A refusal. ``who`` is to blame: ``Sender`` or ``Receiver``; ``subcodes`` from general to special, with their prefix.

    ``detail`` names an element by a prefix of the envelope, as WS-Notification names its faults; ``inner`` is what it holds, as XML, if not
    the words.
    """

    def __init__(self, who: str, words: str, *subcodes: str, detail: str = "", inner: str = "") -> None:
        super().__init__(words)
        self.who, self.subcodes, self.detail, self.inner = who, subcodes, detail, inner

    @property
    def status(self) -> int:
        """Of the HTTP reply."""
        return 400 if self.who == "Sender" else 500


def envelope(body: str | Element, *, action: str = "", answers: str = "", status: int = 200) -> Response:
    """``body`` is XML with the prefixes of the envelope. ``answers`` is the id of the request's message."""
    content = body if isinstance(body, str) else tostring(body, encoding="unicode")
    header = ""
    if action:
        related = f"<wsa:RelatesTo>{_text(answers)}</wsa:RelatesTo>" if answers else ""
        header = f"<SOAP-ENV:Header><wsa:Action>{_text(action)}</wsa:Action>{related}</SOAP-ENV:Header>"
    text = f"{_OPEN}{header}<SOAP-ENV:Body>{content}</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    return Response(text.encode(), status, media_type=TYPE)


def refusal(fault: SoapFault, answers: str = "") -> Response:
    """The envelope of a fault."""
    code = ""
    for name in reversed(fault.subcodes):
        code = f"<SOAP-ENV:Subcode><SOAP-ENV:Value>{name}</SOAP-ENV:Value>{code}</SOAP-ENV:Subcode>"
    detail = f"<SOAP-ENV:Detail>{_detail(fault)}</SOAP-ENV:Detail>" if fault.detail else ""
    body = (
        f"<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:{fault.who}</SOAP-ENV:Value>{code}</SOAP-ENV:Code>"
        f'<SOAP-ENV:Reason><SOAP-ENV:Text xml:lang="en">{_text(str(fault))}</SOAP-ENV:Text></SOAP-ENV:Reason>{detail}</SOAP-ENV:Fault>'
    )
    return envelope(body, action=FAULT_ACTION if fault.detail else "", answers=answers if fault.detail else "", status=fault.status)


def _detail(fault: SoapFault) -> str:
    inner = fault.inner or f"<wsnt:Description>{_text(str(fault))}</wsnt:Description>"
    return f"<{fault.detail}>{inner}</{fault.detail}>"


def _text(text: str) -> str:
    return escape(clean(text))
