"""An event as the metadata stream of RTSP carries it: one ``MetadataStream`` document with one notification (ONVIF streaming §5.1.2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from panocam.events.names import NAMESPACES, Named

DIALECT = "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Simple"
SCHEMA = "http://www.onvif.org/ver10/schema"
NOTIFICATION = "http://docs.oasis-open.org/wsn/b-2"


def document(event: Named) -> bytes:
    """The document. Pulses carry no operation, for they are no properties."""
    prefixes = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    property_ = f' PropertyOperation="{event.operation}"' if event.operation else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<tt:MetadataStream xmlns:tt="{SCHEMA}"><tt:Event>'
        f'<wsnt:NotificationMessage{prefixes} xmlns:wsnt="{NOTIFICATION}">'
        f'<wsnt:Topic Dialect="{DIALECT}">{escape(event.topic)}</wsnt:Topic>'
        f'<wsnt:Message><tt:Message UtcTime="{event.utc}"{property_}>'
        f"<tt:Source>{_items(event.source)}</tt:Source><tt:Key></tt:Key><tt:Data>{_items(event.data)}</tt:Data>"
        "</tt:Message></wsnt:Message></wsnt:NotificationMessage></tt:Event></tt:MetadataStream>"
    ).encode()


def _items(values: Mapping[str, str]) -> str:
    return "".join(f"<tt:SimpleItem Name={quoteattr(name)} Value={quoteattr(clean(value))}/>" for name, value in values.items())


def clean(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold: names come from people and networks."""
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"))
