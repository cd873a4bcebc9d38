"""listdefinitions: the tree as XML, each leaf with its value, what values it takes and who may touch it.

``securityLevel`` has four digits: who may create, delete, read and write; 1 is a viewer, 4 an operator, 6 an administrator, 7 nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from panocam.api.services import Services
from panocam.api.vapix.markup import INSTANCE, encoded, node, word
from panocam.api.vapix.params.leaf import Leaf, Shape
from panocam.settings.role import Role

LEVELS = {Role.VIEWER: "1", Role.OPERATOR: "4", Role.ADMINISTRATOR: "6"}
NAMESPACE = "http://www.axis.com/ParameterDefinitionsSchema"

Nested = dict[str, "Leaf | Nested"]


def definitions(services: Services, leaves: Iterable[Leaf], model: str, version: str, charset: str) -> bytes:
    """The document for some leaves, in ``charset``; what it cannot spell becomes a character reference."""
    tree: Nested = {}
    for leaf in leaves:
        at = tree
        *groups, name = leaf.path.split(".")
        for group in groups:
            below = at.setdefault(group, {})
            assert isinstance(below, dict)
            at = below
        at[name] = leaf
    root = node(
        "parameterDefinitions", [word("model", model), word("firmwareVersion", version), _group(services, "root", tree)], version="1.0"
    )
    for name, value in (("xmlns", NAMESPACE), ("xmlns:xsi", INSTANCE), ("xsi:schemaLocation", f"{NAMESPACE} {NAMESPACE}.xsd")):
        root.set(name, value)
    return encoded(root, charset)


def _group(services: Services, name: str, members: Nested) -> Element:
    inside = (_group(services, key, each) if isinstance(each, dict) else _leaf(services, key, each) for key, each in members.items())
    return node("group", inside, name=name)


def _leaf(services: Services, name: str, leaf: Leaf) -> Element:
    level = f"77{LEVELS[leaf.read_role]}{LEVELS[leaf.write_role] if leaf.write else '7'}"
    kind = node("type", [_shape(leaf.shape)], readonly=None if leaf.write else "true")
    return node("parameter", [kind], name=name, value=leaf.read(services), securityLevel=level, niceName=leaf.title or name)


def _shape(shape: Shape) -> Element:
    if shape.kind == "int":
        return node("int", min=shape.low, max=shape.high)
    if shape.kind == "bool":
        return node("bool", true=shape.choices[0], false=shape.choices[1])
    if shape.kind == "enum":
        return node("enum", [node("entry", value=choice, niceValue=choice) for choice in shape.choices])
    return node("string", maxlen=shape.length)
