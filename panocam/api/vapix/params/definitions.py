"""listdefinitions: the tree as XML, each leaf with its value, what values it takes and who may touch it.

``securityLevel`` has four digits: who may create, delete, read and write; 1 is a viewer, 4 an operator, 6 an administrator, 7 nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import Leaf, Shape
from panocam.settings.role import Role

LEVELS = {Role.VIEWER: "1", Role.OPERATOR: "4", Role.ADMINISTRATOR: "6"}
NAMESPACE = "http://www.axis.com/ParameterDefinitionsSchema"

Nested = dict[str, "Leaf | Nested"]


def definitions(services: Services, leaves: Iterable[Leaf], model: str, version: str, charset: str) -> bytes:
    """The document for some leaves, in ``charset``; what it cannot spell becomes a character reference."""
    tree: Nested = {}
    for leaf in leaves:
        node = tree
        *groups, name = leaf.path.split(".")
        for group in groups:
            below = node.setdefault(group, {})
            assert isinstance(below, dict)
            node = below
        node[name] = leaf
    head = (
        f'<?xml version="1.0" encoding="{charset}"?>\n'
        f'<parameterDefinitions xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{NAMESPACE} {NAMESPACE}.xsd" version="1.0">\n'
        f"<model>{model}</model>\n<firmwareVersion>{version}</firmwareVersion>\n"
    )
    body = _group(services, "root", tree)
    return f"{head}{body}</parameterDefinitions>\n".encode(charset, "xmlcharrefreplace")


def _group(services: Services, name: str, members: Nested) -> str:
    inside = (_group(services, key, each) if isinstance(each, dict) else _leaf(services, key, each) for key, each in members.items())
    return f"<group name={quoteattr(name)}>\n{''.join(inside)}</group>\n"


def _leaf(services: Services, name: str, leaf: Leaf) -> str:
    level = f"77{LEVELS[leaf.read_role]}{LEVELS[leaf.write_role] if leaf.write else '7'}"
    value, nice = quoteattr(_printable(leaf.read(services))), quoteattr(leaf.title or name)
    kind = f"<type>{_shape(leaf.shape)}</type>" if leaf.write else f'<type readonly="true">{_shape(leaf.shape)}</type>'
    return f'<parameter name={quoteattr(name)} value={value} securityLevel="{level}" niceName={nice}>{kind}</parameter>\n'


def _shape(shape: Shape) -> str:
    if shape.kind == "int":
        bounds = "".join(f' {name}="{value}"' for name, value in (("min", shape.low), ("max", shape.high)) if value is not None)
        return f"<int{bounds}/>"
    if shape.kind == "bool":
        return f'<bool true="{shape.choices[0]}" false="{shape.choices[1]}"/>'
    if shape.kind == "enum":
        return "<enum>" + "".join(f"<entry value={quoteattr(word)} niceValue={quoteattr(word)}/>" for word in shape.choices) + "</enum>"
    return f'<string maxlen="{shape.length}"/>'


def _printable(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return "".join(each for each in text if each in "\t" or ord(each) >= 32)
