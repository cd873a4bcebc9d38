"""recordedtour/*.cgi: tours that are taught by moving. Answers are XML; a mistake is a ``GeneralError`` with a number, status 200."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from xml.etree.ElementTree import Element

from starlette.responses import Response

from panocam.api.endpoint import Call, Discovery, Kind, vapix
from panocam.api.vapix.markup import INSTANCE, document, node, word
from panocam.errors import Busy, Denied, InvalidValue, NotFound, PanocamError, Unavailable
from panocam.settings.ptz import Tour
from panocam.settings.role import Role

NAMESPACE = "http://www.axis.com/vapix/http_cgi/recordedtour1"
"""What clients look for; it names the format."""

BAD_NUMBER, NOT_UNIQUE, TOO_MANY, NO_SPACE, BAD_ARGUMENT, BAD_STATE, BAD_VERSION, OTHER = 10, 20, 30, 40, 50, 60, 70, 100


class Refused(Exception):
    """An error with its number."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


Action = Callable[[Call[None]], Awaitable[Element]]


def handler(action: Action) -> Callable[[Call[None]], Awaitable[Response]]:
    """A CGI around an action that returns what stands inside ``Success``."""

    async def answer(call: Call[None]) -> Response:
        try:
            if call.arguments.get("schemaversion") != "1":
                raise Refused(BAD_VERSION, "give schemaversion=1")
            return _document(node("Success", [await action(call)]))
        except Refused as refused:
            return _fault(refused.code, str(refused))
        except PanocamError as problem:
            return _fault(_code(problem), str(problem))

    return answer


def _code(problem: PanocamError) -> int:
    match problem:
        case NotFound():
            return BAD_NUMBER
        case Busy():
            return BAD_STATE
        case Unavailable():
            return NO_SPACE
        case InvalidValue(name="tour"):
            return TOO_MANY if "tours already" in str(problem) else NOT_UNIQUE
        case InvalidValue():
            return BAD_ARGUMENT
        case Denied():
            raise problem
    return OTHER


async def _list(call: Call[None]) -> Element:
    tours = [tour for tour in _tours(call) if "recordedtourid" not in call.arguments or tour.number == _number(call)]
    rows = [(t.number, t.name, _status(call, t), t.area, t.pause) for t in tours]
    rows += [(r.number, r.name, "recording", r.area, 60) for r in call.services.ptz.recordings]
    camera = _camera(call) if "camera" in call.arguments else None
    first = min(call.services.ptz.areas)
    return node("ListSuccess", [_row(*row, first + row[3]) for row in rows if camera in (None, first + row[3])])


def _row(number: int, name: str, status: str, _area: int, pause: int, camera: int) -> Element:
    said = {"RecordingId": number, "NiceName": name, "Status": status, "Camera": camera, "DefaultLoopDelay": pause}
    return node("RecordingInformation", [word(key, value) for key, value in said.items()])


def _status(call: Call[None], tour: Tour) -> str:
    return "stopped" if call.services.ptz.state(tour) in ("stopped", "paused") else "playing"


async def _record(call: Call[None]) -> Element:
    number = _number(call) if "recordedtourid" in call.arguments else None
    begun = await call.services.ptz.record(_camera(call) - 1, call.caller, call.arguments.get("nicename"), number)
    return node("RecordSuccess", [word("RecordingId", begun)])


async def _stop_recording(call: Call[None]) -> Element:
    service = call.services.ptz
    open_ones = [each.number for each in service.recordings]
    for number in [_number(call)] if "recordedtourid" in call.arguments else open_ones:
        await service.keep_recording(number, call.caller)
    return node("GeneralSuccess")


async def _play(call: Call[None]) -> Element:
    arguments, tour = call.arguments, _tour(call)
    if arguments.get("loop", "0") not in ("0", "1"):
        raise Refused(BAD_ARGUMENT, "loop is 0 or 1")
    if "loopdelay" in arguments and tour.pause != (pause := _whole(call, "loopdelay")):
        await call.services.ptz.library.keep_tour(tour.model_copy(update={"pause": pause}), call.caller)
    await call.services.ptz.start(tour.number, call.caller, once=arguments.get("loop", "0") == "0")
    return node("GeneralSuccess")


async def _stop(call: Call[None]) -> Element:
    for tour in _chosen(call):
        await call.services.ptz.stop(tour.number, call.caller)
    return node("GeneralSuccess")


async def _pause(call: Call[None]) -> Element:
    for tour in _chosen(call):
        call.services.ptz.pause(tour.number)
    return node("GeneralSuccess")


async def _resume(call: Call[None]) -> Element:
    for tour in _chosen(call):
        call.services.ptz.resume(tour.number)
    return node("GeneralSuccess")


async def _modify(call: Call[None]) -> Element:
    tour = _idle(call)
    changes: dict[str, object] = {}
    if "nicename" in call.arguments:
        changes["name"] = call.arguments["nicename"]
    if "defaultloopdelay" in call.arguments:
        changes["pause"] = _whole(call, "defaultloopdelay")
    await call.services.ptz.library.keep_tour(tour.model_copy(update=changes), call.caller)
    return node("GeneralSuccess")


async def _remove(call: Call[None]) -> Element:
    await call.services.ptz.remove_tour(_idle(call).number, call.caller)
    return node("GeneralSuccess")


async def _versions(_call: Call[None]) -> Response:
    version = node("SchemaVersion", [word("VersionNumber", "1.0"), word("Deprecated", "false")])
    return _document(node("Success", [node("GetSchemaVersionsSuccess", [version])]))


def _tours(call: Call[None]) -> Sequence[Tour]:
    return [tour for tour in call.services.ptz.library.tours() if tour.kind == "recorded"]


def _tour(call: Call[None]) -> Tour:
    number = _number(call)
    found = next((tour for tour in _tours(call) if tour.number == number), None)
    if found is None:
        raise Refused(BAD_NUMBER, f"there is no recorded tour {number}")
    return found


def _chosen(call: Call[None]) -> Sequence[Tour]:
    """The tour that is named, or all that have been started."""
    return [_tour(call)] if "recordedtourid" in call.arguments else [tour for tour in _tours(call) if tour.running]


def _idle(call: Call[None]) -> Tour:
    tour = _tour(call)
    if tour.running:
        raise Refused(BAD_STATE, f"the recorded tour {tour.number} is playing; stop it first")
    return tour


def _number(call: Call[None]) -> int:
    return _whole(call, "recordedtourid")


def _camera(call: Call[None]) -> int:
    return _whole(call, "camera")


def _whole(call: Call[None], name: str) -> int:
    given = call.arguments.get(name, "")
    if not given.isascii() or not given.isdigit() or len(given) > 4:
        raise Refused(BAD_ARGUMENT, f"{name}: give a whole number from 0 to 9999")
    return int(given)


def _fault(code: int, text: str) -> Response:
    return _document(node("GeneralError", [word("ErrorCode", code), word("ErrorDescription", text)]))


def _document(body: Element) -> Response:
    root = node("RecordedTourResponse", [body], SchemaVersion="1.0")
    for name, value in (("xmlns", NAMESPACE), ("xmlns:xsi", INSTANCE), ("xsi:SchemaLocation", f"{NAMESPACE} {NAMESPACE}.xsd")):
        root.set(name, value)
    return document(root)


_CGI = "/axis-cgi/recordedtour/"
_FOUND = Discovery("recorded-guard-tour", "1.0", "Recorded guard tour")
_cgi = partial(vapix, reply=Kind.XML)

ENDPOINTS = (
    _cgi(_CGI + "getschemaversions.cgi", "Versions of the recorded tours' format", _versions, Role.VIEWER),
    _cgi(_CGI + "list.cgi", "Recorded tours", handler(_list), Role.VIEWER, discovery=_FOUND),
    _cgi(_CGI + "record.cgi", "Begin to record a view area's movement", handler(_record), Role.OPERATOR),
    _cgi(_CGI + "stoprecording.cgi", "End a recording and keep it", handler(_stop_recording), Role.OPERATOR),
    _cgi(_CGI + "play.cgi", "Play a recorded tour, once or again and again", handler(_play), Role.VIEWER, ptz=True),
    _cgi(_CGI + "stopplayback.cgi", "End a recorded tour", handler(_stop), Role.VIEWER, ptz=True),
    _cgi(_CGI + "pause.cgi", "Hold a recorded tour", handler(_pause), Role.VIEWER, ptz=True),
    _cgi(_CGI + "resume.cgi", "Let a held recorded tour go on", handler(_resume), Role.VIEWER, ptz=True),
    _cgi(_CGI + "modify.cgi", "Another name or pause for a recorded tour", handler(_modify), Role.OPERATOR),
    _cgi(_CGI + "remove.cgi", "Forget a recorded tour", handler(_remove), Role.OPERATOR),
)
