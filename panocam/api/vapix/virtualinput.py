"""virtualinput/*.cgi: the virtual inputs; io/virtualinput.cgi: the manual trigger, and input ports as if something were wired to them."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.responses import Response

from panocam.api.endpoint import Call, Kind, vapix
from panocam.api.guard import demand_own_site
from panocam.api.services import Services
from panocam.api.vapix.ioaction import action
from panocam.api.vapix.markup import INSTANCE
from panocam.errors import Denied, InvalidValue, PanocamError, Unauthenticated
from panocam.ports import INPUTS, LONGEST_S, Step
from panocam.settings.ports import Direction
from panocam.settings.role import Role

NAMESPACE = "http://www.axis.com/vapix/http_cgi/virtualinput1"
SCHEMA = ("1", "1")
MISSING, UNKNOWN, VERSION, DURATION = 10, 20, 30, 50
FIRST_TRIGGER = 6


def trigger_number(services: Services) -> int:
    """What io/virtualinput.cgi calls the manual trigger: behind the ports, and 6 as on most cameras if it can."""
    return max(FIRST_TRIGGER, len(services.board.ports) + 1)


class Mistake(Exception):
    """A wrong call, with its code."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


async def activate(call: Call[None]) -> Response:
    """Make an input active, for ``duration`` seconds if that is said."""
    return _switched(call, "ActivateSuccess", on=True)


async def deactivate(call: Call[None]) -> Response:
    """Make an input inactive."""
    return _switched(call, "DeactivateSuccess", on=False)


async def schema_versions(_call: Call[None]) -> Response:
    """The versions of the answers."""
    found = Element("GetSchemaVersionsSuccess")
    version = SubElement(found, "SchemaVersion")
    for name, text in (("MajorVersion", SCHEMA[0]), ("MinorVersion", SCHEMA[1]), ("Deprecated", "false")):
        SubElement(version, name).text = text
    return _reply("Success", found)


def _switched(call: Call[None], word: str, *, on: bool) -> Response:
    demand_own_site(call)
    try:
        changed = call.services.board.run_input(_input(call), _steps(call) if on else (Step(False),))
    except Mistake as mistake:
        return _error(mistake.code, str(mistake))
    done = Element(word)
    SubElement(done, "StateChanged").text = str(changed).lower()
    return _reply("Success", done)


def _input(call: Call[None]) -> int:
    if "schemaversion" not in call.arguments:
        raise Mistake(MISSING, "schemaversion is missing: give schemaversion=1")
    if call.arguments["schemaversion"] != SCHEMA[0]:
        raise Mistake(VERSION, "only schemaversion=1 is supported")
    if "port" not in call.arguments:
        raise Mistake(MISSING, f"port is missing: give port=1 to port={INPUTS}")
    text = call.arguments["port"]
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= INPUTS):
        raise Mistake(UNKNOWN, f"there is no such virtual input: they have the numbers 1 to {INPUTS}")
    return int(text)


def _steps(call: Call[None]) -> tuple[Step, ...]:
    text = call.arguments.get("duration")
    if text is None:
        return (Step(True),)
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= LONGEST_S):
        raise Mistake(DURATION, f"duration: give whole seconds from 0 to {LONGEST_S:.0f}")
    return Step(True, int(text)), Step(False)


async def simulate(call: Call[None]) -> Response:
    """Action words for the manual trigger or an input port."""
    demand_own_site(call)
    try:
        _simulate(call)
    except (Denied, Unauthenticated):
        raise
    except PanocamError as problem:
        return Response(f"Error: {problem}\r\n", media_type="text/plain")
    return Response("", media_type="text/plain")


def _simulate(call: Call[None]) -> None:
    board, button = call.services.board, trigger_number(call.services)
    wish = action(call.arguments.get("action", ""))
    if wish.number == button:
        board.run_trigger(wish.steps)
        return
    inputs = [state.number + 1 for state in board.ports if state.port.direction is Direction.INPUT]
    if wish.number not in inputs:
        there = ", ".join(map(str, inputs)) or "none"
        raise InvalidValue("action", wish.number, f"is neither the manual trigger ({button}) nor an input port ({there})")
    board.run_port(wish.number - 1, wish.steps)


def _error(code: int, words: str) -> Response:
    error = Element("GeneralError")
    SubElement(error, "ErrorCode").text = str(code)
    SubElement(error, "ErrorDescription").text = words
    return _reply("Error", error)


def _reply(kind: str, content: Element) -> Response:
    attributes = {
        "xmlns": NAMESPACE,
        "xmlns:xsi": INSTANCE,
        "SchemaVersion": ".".join(SCHEMA),
        "xsi:schemaLocation": f"{NAMESPACE} {NAMESPACE}_0.xsd",
    }
    root = Element("VirtualInputResponse", attributes)
    SubElement(root, kind).append(content)
    return Response(tostring(root, encoding="utf-8", xml_declaration=True), media_type="text/xml; charset=utf-8")


_FOLDER = "/axis-cgi/virtualinput"

ENDPOINTS = (
    vapix(f"{_FOLDER}/activate.cgi", "Make a virtual input active", activate, Role.OPERATOR, reply=Kind.XML),
    vapix(f"{_FOLDER}/deactivate.cgi", "Make a virtual input inactive", deactivate, Role.OPERATOR, reply=Kind.XML),
    vapix(f"{_FOLDER}/getschemaversions.cgi", "Versions of these answers", schema_versions, Role.OPERATOR, reply=Kind.XML),
    vapix("/axis-cgi/io/virtualinput.cgi", "Drive the manual trigger or an input port", simulate, Role.OPERATOR),
)
