"""disks/networkshare/*.cgi: network shares as clients of this camera family set them up. Answers carry a success or a general error."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from panocam.api.endpoint import Call, Discovery, Endpoint, Kind, vapix
from panocam.api.services import shares_of, storage_of
from panocam.api.vapix.answers import Answer, answering
from panocam.api.vapix.markup import general_error, node, schema_versions, word
from panocam.errors import InvalidValue, NotFound, PanocamError
from panocam.settings.role import Role
from panocam.storage.actions import End
from panocam.storage.disk import Told

INVALID, FAILED = 20, 10
FIELDS = {"nicename": "name", "address": "address", "share": "share", "user": "user", "smbversion": "version", "port": "port"}
"""Arguments and what they are called in a row."""

_answered = answering("NetworkShareResponse", "networkshare1", ((InvalidValue, INVALID), (NotFound, INVALID), (PanocamError, FAILED)))


async def add(call: Call[None]) -> Element:
    """Keep a share, untested; it becomes a disk with bind."""
    row = await shares_of(call.services).add(_fields(call), call.arguments.get("pass", ""), call.caller, use=False)
    return node("AddSuccess", ShareId=row.id)


async def modify(call: Call[None]) -> Element:
    """Change what is given of a share; all but its name only while it is no disk."""
    desk, fields = shares_of(call.services), _fields(call)
    row, password = desk.get(_needed(call)), call.arguments.get("pass")
    if row.disk and (password is not None or fields.keys() - {"name"}):
        raise InvalidValue("shareid", row.id, f"it is the disk {row.disk}; unbind it first, or change only its nicename")
    await desk.change(row.id, fields, password, call.caller)
    return node("GeneralSuccess")


async def listing(call: Call[None]) -> Element:
    """All shares, or the one that ``shareid`` names."""
    wanted = call.arguments.get("shareid", "")
    rows = [row for row in shares_of(call.services).rows if wanted in ("", "all", row.id)]
    shown = [
        node(
            "NetworkShare", NiceName=row.name, ShareId=row.id, Address=row.address, Share=row.share, User=row.user, DiskId=row.disk or None
        )
        for row in rows
    ]
    return node("ListSuccess", [node("NetworkShares", shown, NumberOfShares=len(rows))])


async def bind(call: Call[None]) -> Element:
    """Make a share a disk; it is mounted by itself."""
    row = await shares_of(call.services).bind(_needed(call), call.caller)
    return node("BindSuccess", DiskID=row.disk)


async def unbind(call: Call[None]) -> Element:
    """It is no disk any more."""
    await shares_of(call.services).unbind(_needed(call), call.caller)
    return node("GeneralSuccess")


async def remove(call: Call[None]) -> Element:
    """Forget a share."""
    await shares_of(call.services).remove(_needed(call), call.caller)
    return node("GeneralSuccess")


async def test(call: Call[None]) -> Element:
    """Begin to try a share out, the one described, which is not kept, or the one that ``shareid`` names; job.cgi tells how far that is."""
    desk, storage = shares_of(call.services), storage_of(call.services)
    given = call.arguments
    address = desk.address(desk.get(_needed(call))) if _needed(call) else desk.trial(_fields(call), given.get("pass", ""))

    async def doing(told: Told) -> str:
        await desk.test(address, lambda part, step: told(part))
        return "it works"

    action = await storage.actions.start("test", _needed(call) or address.host, doing)
    return node("TestSuccess", JobId=action.id)


async def job(call: Call[None]) -> Element:
    """How far a test is; a failed one says which step."""
    given = call.arguments.get("jobid", "")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise InvalidValue("jobid", given, "give the number that test answered")
    action = storage_of(call.services).actions.get(int(given))
    match action.end:
        case End.FAILED:
            told = general_error(FAILED, action.words)
        case End.DONE:
            told = node("GeneralSuccess")
        case _:
            told = word("Progress", min(99, round(100 * action.progress)))
    return node("JobSuccess", [told])


async def schemas(call: Call[None]) -> Element:
    """Which schemas these CGIs know."""
    return schema_versions()


def _fields(call: Call[None]) -> dict[str, str]:
    """What is given of a share, as its row calls it."""
    return {name: call.arguments[argument] for argument, name in FIELDS.items() if call.arguments.get(argument)}


def _needed(call: Call[None]) -> str:
    return call.arguments.get("shareid", "")


SHARES = Discovery("network-share", "1.0", "Network shares")


def _row(name: str, title: str, answer: Answer) -> Endpoint:
    path = f"/axis-cgi/disks/networkshare/{name}.cgi"
    return vapix(path, title, _answered(answer), Role.ADMINISTRATOR, reply=Kind.XML, discovery=SHARES)


ENDPOINTS = (
    _row("add", "Set up a network share", add),
    _row("list", "The network shares", listing),
    _row("modify", "Change a network share", modify),
    _row("bind", "Make a network share a disk", bind),
    _row("unbind", "A network share is no disk any more", unbind),
    _row("remove", "Forget a network share", remove),
    _row("test", "Try a network share out", test),
    _row("job", "How far a test is", job),
    _row("schemaversions", "Schemas of network shares", schemas),
)
