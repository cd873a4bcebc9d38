"""XML from strangers, read into elements without following anything it says.

expat is told to refuse document types and entities, so a document cannot grow or reach out while it is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers.expat import ExpatError, ParserCreate

from panocam.errors import RemoteProtocolError

DEPTH = 32
_PREFIX = re.compile(r"[A-Za-z_][\w.-]*:")


def parse(raw: bytes, qnames: Collection[str] = (), paths: Collection[str] = ()) -> Element:
    """Elements with names in Clark notation, ``{namespace}local``.

    ``qnames`` are elements whose text is a list of prefixed names; their text comes in Clark notation too, separated by spaces.
    ``paths`` are elements with prefixed names anywhere in their text: each ``prefix:`` that is known becomes ``{namespace}``.
    Raises RemoteProtocolError for what is not well-formed, has a document type, or is nested too deeply.
    """
    builder, depth = TreeBuilder(), 0
    parser = ParserCreate(namespace_separator="}")
    prefixes: dict[str, list[str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise RemoteProtocolError(f"the request is nested more than {DEPTH} deep")
        builder.start(_clark(name), {_clark(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        element = builder.end(_clark(name))
        if element.tag in qnames:
            element.text = " ".join(_resolved(word, prefixes) for word in (element.text or "").split())
        elif element.tag in paths:
            element.text = _PREFIX.sub(lambda found: _resolved(found[0], prefixes), element.text or "")

    def open_prefix(prefix: str | None, uri: str | None) -> None:
        prefixes.setdefault(prefix or "", []).append(uri or "")

    def close_prefix(prefix: str | None) -> None:
        prefixes[prefix or ""].pop()

    def refuse(*_declaration: object) -> None:
        raise RemoteProtocolError("document types and entities are not taken here")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    parser.StartNamespaceDeclHandler, parser.EndNamespaceDeclHandler = open_prefix, close_prefix
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(raw, True)
    except (ExpatError, ValueError, LookupError) as fault:
        raise RemoteProtocolError(f"the request is no XML: {fault}") from None
    return builder.close()


def _clark(name: str) -> str:
    return "{" + name if "}" in name else name


def _resolved(word: str, prefixes: dict[str, list[str]]) -> str:
    """A prefixed name by its namespace; an unknown prefix stays as it is and so matches nothing."""
    prefix, _, local = word.rpartition(":")
    declared = prefixes.get(prefix)
    if not declared or not declared[-1]:
        return word
    return f"{{{declared[-1]}}}{local}"
