"""systemlog.cgi, accesslog.cgi, auditlog.cgi and serverreport.cgi: the logs as text, and the report for who is to help."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response, StreamingResponse

from panocam.api.endpoint import Call, Endpoint, Kind, vapix
from panocam.api.logs import Filter, as_text
from panocam.api.packing import respond
from panocam.api.services import journal_of
from panocam.api.streamed import first_of, rest_of
from panocam.errors import InvalidValue
from panocam.journal import LOGS, Which
from panocam.settings import Role

MOST = 50_000


async def show(which: Which, call: Call[None]) -> Response:
    """All of a log, or the last ``tail`` lines; of the system log only what ``appname`` says, where one is named."""
    journal_of(call.services)
    part = call.arguments.get("appname", "") if which is Which.SYSTEM else ""
    pieces = as_text(call.services, which, Filter(part=part), _tail(call))
    return StreamingResponse(rest_of(first_of(pieces), pieces), media_type="text/plain; charset=utf-8")


async def report(call: Call[None]) -> Response:
    """The server report in one of the forms that ``mode`` names; text without one."""
    return await respond(call, call.arguments.get("mode") or "text")


def _tail(call: Call[None]) -> int:
    text = call.arguments.get("tail", "")
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST):
        raise InvalidValue("tail", text, f"give a number of lines from 1 to {MOST}")
    return int(text)


def _row(path: str, which: Which) -> Endpoint:
    return vapix(path, f"{LOGS[which].title} as text", partial(show, which), Role.ADMINISTRATOR, reply=Kind.TEXT)


ENDPOINTS = (
    _row("/axis-cgi/systemlog.cgi", Which.SYSTEM),
    _row("/axis-cgi/admin/systemlog.cgi", Which.SYSTEM),
    _row("/axis-cgi/accesslog.cgi", Which.ACCESS),
    _row("/axis-cgi/auditlog.cgi", Which.AUDIT),
    vapix("/axis-cgi/serverreport.cgi", "Server report", report, Role.ADMINISTRATOR, also=(Kind.ZIP, Kind.GZIP)),
)
