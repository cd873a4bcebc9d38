"""XML replies of the older CGIs: an element is a name, attributes and children; ``None`` attributes are left out."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

from starlette.responses import Response

from panocam.events.metadata import clean

SCHEMAS = "http://www.axis.com/vapix/http_cgi/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def node(name: str, children: Iterable[Element] = (), /, **attributes: object) -> Element:
    """One element; attribute names that are Python words end with an underscore."""
    made = Element(name, {key.rstrip("_"): clean(str(value)) for key, value in attributes.items() if value is not None})
    made.extend(children)
    return made


def word(name: str, text: object) -> Element:
    """One element around a text."""
    made = Element(name)
    made.text = clean(str(text))
    return made


def encoded(root: Element, charset: str = "utf-8") -> bytes:
    """The document's bytes; what the character set cannot spell becomes a character reference."""
    return f'<?xml version="1.0" encoding="{charset}"?>\n'.encode() + bytes(tostring(root, encoding=charset, xml_declaration=False))


def document(root: Element) -> Response:
    """``root`` as a reply. Characters that XML cannot hold are left out, because names come from people."""
    return Response(encoded(root), media_type="text/xml; charset=utf-8")


def rooted(schema: str, *children: Element) -> Response:
    """The children in a ``root`` that names its schema, as clients of this family expect."""
    return document(_of_schema(node("root", children), schema))


def response(name: str, schema: str, child: Element, version: str = "1.0") -> Response:
    """``child`` in the element ``name`` that says its schema and version, as the younger CGIs answer."""
    return document(_of_schema(node(name, [child], SchemaVersion=version), schema))


def general_error(code: int, text: object) -> Element:
    """What went wrong, in the younger CGIs' words."""
    return node("GeneralError", [word("ErrorCode", code), word("ErrorDescription", text)])


def schema_versions(version: str = "1.0") -> Element:
    """Which schemas a CGI knows: one."""
    return node("SchemaVersionsSuccess", [node("SchemaVersion", [word("VersionNumber", version), word("Deprecated", "false")])])


def _of_schema(root: Element, schema: str) -> Element:
    root.set("xmlns:xsi", INSTANCE)
    root.set("xsi:noNamespaceSchemaLocation", f"{SCHEMAS}{schema}.xsd")
    return root
