"""An event as the metadata stream of RTSP carries it: one ``MetadataStream`` document with one notification (ONVIF streaming §5.1.2.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr
from xml.sax.saxutils import unescape as unescape_markup

from panocam.clock import NS
from panocam.events.event import Operation
from panocam.events.names import NAMESPACES, Named

SIMPLE = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Simple"
SCHEMA = "http://www.onvif.org/ver10/schema"
NOTIFICATION = "http://docs.oasis-open.org/wsn/b-2"
PREFIXES = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())


def document(event: Named) -> bytes:
    """The document. Pulses carry no operation, for they are no properties."""
    prefixes = f'{PREFIXES} xmlns:wsnt="{NOTIFICATION}"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<tt:MetadataStream xmlns:tt="{SCHEMA}"><tt:Event>'
        f"{notification(event, SIMPLE, prefixes)}</tt:Event></tt:MetadataStream>"
    ).encode()


def notification(event: Named, dialect: str, prefixes: str = "") -> str:
    """The element alone, for what has declared its ``prefixes``, or will with these."""
    property_ = f' PropertyOperation="{event.operation}"' if event.operation else ""
    return (
        f"<wsnt:NotificationMessage{prefixes}>"
        f'<wsnt:Topic Dialect="{dialect}">{escape(event.topic)}</wsnt:Topic>'
        f'<wsnt:Message><tt:Message UtcTime="{event.utc}"{property_}>'
        f"<tt:Source>{_items(event.source)}</tt:Source><tt:Key></tt:Key><tt:Data>{_items(event.data)}</tt:Data>"
        "</tt:Message></wsnt:Message></wsnt:NotificationMessage>"
    )


def _items(values: Mapping[str, str]) -> str:
    return "".join(f"<tt:SimpleItem Name={quoteattr(name)} Value={quoteattr(clean(value))}/>" for name, value in values.items())


def unescape(text: str) -> str:
    """The inverse of what ``document`` writes."""
    return unescape_markup(text, {"&quot;": '"', "&#10;": "\n", "&#13;": "\r", "&#9;": "\t"})


def clean(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold: names come from people and networks."""
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"))


_TOPIC = re.compile(rb"<wsnt:Topic [^>]*>([^<]*)</wsnt:Topic>")
_TIME = re.compile(rb'<tt:Message UtcTime="([0-9T:.-]{19,26})Z?"')
_ITEM = re.compile(rb"<tt:SimpleItem Name=(?:\"([^\"]*)\"|'([^']*)') Value=(?:\"([^\"]*)\"|'([^']*)')/>")


@dataclass(frozen=True)
class Summary:
    """What a document says. ``initial``: how something is, not that it has changed."""

    topic: str = ""
    items: Mapping[str, str] = field(default_factory=dict)
    wall_ns: int = 0
    initial: bool = False


def summary(data: bytes) -> Summary:
    """The inverse of ``document``, as far as it goes; of any other bytes, nothing."""
    topic, time = _TOPIC.search(data), _TIME.search(data)
    if topic is None or time is None:
        return Summary()
    items = {_plain(name or name2): _plain(value or value2) for name, name2, value, value2 in _ITEM.findall(data)}
    try:
        at = datetime.fromisoformat(time[1].decode()).replace(tzinfo=UTC)
    except ValueError:
        return Summary()
    wall_ns = int(at.replace(microsecond=0).timestamp()) * NS + at.microsecond * 1000
    return Summary(_plain(topic[1]), items, wall_ns, f'PropertyOperation="{Operation.INITIALIZED}"'.encode() in data)


def _plain(text: bytes) -> str:
    return unescape(text.decode(errors="replace"))
