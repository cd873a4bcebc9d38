"""disks/networkshare/*.cgi: network shares as clients of this camera family set them up. Answers carry a success or a general error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from xml.etree.ElementTree import Element

from starlette.responses import Response

from panocam.api.endpoint import Call, Discovery, Endpoint, Handler, Kind, vapix
from panocam.api.services import shares_of, storage_of
from panocam.api.vapix.markup import document, node
from panocam.errors import Denied, InvalidValue, NotFound, PanocamError, Unauthenticated
from panocam.settings.role import Role
from panocam.storage.actions import End
from panocam.storage.disk import Told

CODES = {InvalidValue: 20, NotFound: 21}
FAILED = 10

Answer = Callable[[Call[None]], Awaitable[Element]]


def _answered(answer: Answer) -> Handler:
    async def handler(call: Call[None]) -> Response:
        try:
            child = await answer(call)
        except (Denied, Unauthenticated):
            raise
        except PanocamError as fault:
            code = CODES.get(type(fault), FAILED)
            child = node("GeneralError", [_text("ErrorCode", str(code)), _text("ErrorDescription", str(fault))])
        return document(node("NetworkShareResponse", [child], SchemaVersion="1.0"))

    return handler


async def add(call: Call[None]) -> Element:
    """Keep a share, untested; it becomes a disk with bind."""
    given = call.arguments
    fields = {
        "name": given.get("nicename", ""), "address": given.get("address", ""), "share": given.get("share", ""),
        "user": given.get("user", ""), "version": given.get("smbversion", "auto") or "auto",
    }  # fmt: skip
    if given.get("port"):
        fields["port"] = given["port"]
    row = await shares_of(call.services).add(fields, given.get("pass", ""), call.caller, use=False)
    return node("AddSuccess", [_text("ShareID", row.id)], ShareId=row.id)


async def listing(call: Call[None]) -> Element:
    """All shares, or the one that ``shareid`` names."""
    wanted = call.arguments.get("shareid", "")
    rows = [row for row in shares_of(call.services).rows if wanted in ("", "all", row.id)]
    shown = [node("NetworkShare", NiceName=row.name, ShareId=row.id, Address=row.address, Share=row.share, User=row.user) for row in rows]
    return node("ListSuccess", [node("NetworkShares", shown, NumberOfShares=len(rows))])


async def bind(call: Call[None]) -> Element:
    """Make a share a disk; it is mounted by itself."""
    row = await shares_of(call.services).bind(_needed(call), call.caller)
    return node("BindSuccess", [_text("DiskID", row.disk)], DiskId=row.disk)


async def unbind(call: Call[None]) -> Element:
    """It is no disk any more."""
    await shares_of(call.services).unbind(_needed(call), call.caller)
    return node("UnbindSuccess")


async def remove(call: Call[None]) -> Element:
    """Forget a share."""
    await shares_of(call.services).remove(_needed(call), call.caller)
    return node("RemoveSuccess")


async def test(call: Call[None]) -> Element:
    """Begin to try a share out; job.cgi tells how far that is."""
    desk, storage = shares_of(call.services), storage_of(call.services)
    row = desk.get(_needed(call))

    async def doing(told: Told) -> str:
        await desk.test(desk.address(row), lambda part, step: told(part))
        return "it works"

    action = await storage.actions.start("test", row.id, doing)
    return node("TestSuccess", [_text("JobID", str(action.id))], JobId=action.id)


async def job(call: Call[None]) -> Element:
    """How far a test is; a failed one says which step."""
    given = call.arguments.get("jobid", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidValue("jobid", given, "give the number that test answered")
    action = storage_of(call.services).actions.get(int(given))
    if action.end is End.FAILED:
        return node("GeneralError", [_text("ErrorCode", str(FAILED)), _text("ErrorDescription", action.words)])
    return node("JobSuccess", [_text("Progress", str(round(100 * action.progress)))])


def _needed(call: Call[None]) -> str:
    return call.arguments.get("shareid", "")


def _text(name: str, text: str) -> Element:
    made = node(name)
    made.text = text
    return made


SHARES = Discovery("network-share", "1.0", "Network shares")


def _row(name: str, title: str, answer: Answer) -> Endpoint:
    path = f"/axis-cgi/disks/networkshare/{name}.cgi"
    return vapix(path, title, _answered(answer), Role.ADMINISTRATOR, reply=Kind.XML, discovery=SHARES)


ENDPOINTS = (
    _row("add", "Set up a network share", add),
    _row("list", "The network shares", listing),
    _row("bind", "Make a network share a disk", bind),
    _row("unbind", "A network share is no disk any more", unbind),
    _row("remove", "Forget a network share", remove),
    _row("test", "Try a network share out", test),
    _row("job", "How far a test is", job),
)
