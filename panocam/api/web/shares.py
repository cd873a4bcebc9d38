"""Network shares: set up, tried out, made a disk, changed, removed. Passwords go in and never come out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.services import Services, shares_of, storage_of
from panocam.api.web.storage import ActionReply, shown_action
from panocam.settings import Role
from panocam.settings.storage import NetworkShare, SmbVersion
from panocam.storage.actions import Doing
from panocam.storage.address import ShareAddress
from panocam.storage.disk import Told


class ShareReply(Reply):
    """One share. ``disk`` is the disk that it is, "" while it is not used; ``has_password``: one is kept for this server and user."""

    id: str
    name: str
    address: str
    port: int
    share: str
    folder: str
    user: str
    version: str
    disk: str
    retention_days: float
    most_mb: int
    remove_oldest: bool
    protected: bool
    has_password: bool


class SharesReply(Reply):
    """All shares that are set up."""

    shares: list[ShareReply]


class ShareFields(Wish):
    """Where a share is, who asks, and what is kept there; limits as in the settings."""

    name: str = Field("", max_length=64)
    address: str = Field(max_length=253)
    port: int = Field(445, ge=1, le=65535)
    share: str = Field(max_length=80)
    folder: str = Field("", max_length=200)
    user: str = Field("", max_length=128)
    password: str = Field("", max_length=256)
    version: SmbVersion = SmbVersion.AUTO


class NewShare(ShareFields):
    """``test`` tries it first and keeps nothing when that fails; ``use`` makes it a disk at once."""

    test: bool = True
    use: bool = True


class ChangedShare(Wish):
    """What is left out stays."""

    name: str | None = Field(None, max_length=64)
    address: str | None = Field(None, max_length=253)
    port: int | None = Field(None, ge=1, le=65535)
    share: str | None = Field(None, max_length=80)
    folder: str | None = Field(None, max_length=200)
    user: str | None = Field(None, max_length=128)
    password: str | None = Field(None, max_length=256)
    version: SmbVersion | None = None
    retention_days: float | None = Field(None, ge=0, le=7000)
    most_mb: int | None = Field(None, ge=0, le=2**31 - 1)
    remove_oldest: bool | None = None
    protected: bool | None = None


class ShareAction(Wish):
    """``bind`` makes it a disk, ``unbind`` no longer, ``test`` tries it out."""

    action: Literal["bind", "unbind", "test"]


async def shares(call: Call[None]) -> SharesReply:
    """All shares."""
    return SharesReply(shares=[_shown(call.services, row) for row in shares_of(call.services).rows])


async def add(call: Call[NewShare]) -> ShareReply:
    """Set up a share."""
    wish, desk = call.wish, shares_of(call.services)
    fields = wish.model_dump(exclude={"password", "test", "use"})
    if wish.test:
        await desk.test(desk.trial(fields, wish.password))
    return _shown(call.services, await desk.add(fields, wish.password, call.caller, wish.use))


async def trial(call: Call[ShareFields]) -> ActionReply:
    """Try a share out that is not set up yet; the answer is an action to be followed."""
    desk = shares_of(call.services)
    address = desk.trial(call.wish.model_dump(exclude={"password"}), call.wish.password)
    return shown_action(await storage_of(call.services).actions.start("test", address.shown, trying(call.services, address)))


async def change(call: Call[ChangedShare]) -> ShareReply:
    """Change a share."""
    fields = call.wish.model_dump(exclude_none=True, exclude={"password"})
    return _shown(call.services, await shares_of(call.services).change(call.path("share"), fields, call.wish.password, call.caller))


async def act(call: Call[ShareAction]) -> ActionReply:
    """Bind, unbind or test a share."""
    desk, identity = shares_of(call.services), call.path("share")
    row = desk.get(identity)

    async def bind(told: Told) -> str:
        return (await desk.bind(identity, call.caller)).disk

    async def unbind(told: Told) -> str:
        await desk.unbind(identity, call.caller)
        return "it is no disk any more; its recordings stay on it"

    doing: Doing = {"bind": bind, "unbind": unbind, "test": trying(call.services, desk.address(row))}[call.wish.action]
    wait = 0.0 if call.wish.action == "test" else 5.0
    return shown_action(await storage_of(call.services).actions.start(call.wish.action, identity, doing, wait))


async def remove(call: Call[None]) -> None:
    """Forget a share; what lies on it stays there."""
    await shares_of(call.services).remove(call.path("share"), call.caller)


def trying(services: Services, address: ShareAddress) -> Doing:
    """A test as an action; its words say what was found, or which step failed."""

    async def doing(told: Told) -> str:
        facts = await shares_of(services).test(address, lambda part, step: told(part))
        encrypted = "encrypted" if facts["encrypted"] == "yes" else "signed, not encrypted"
        return f"it works: SMB {facts['version']}, {encrypted}, {int(facts['free']) >> 20} MB free"

    return doing


def _shown(services: Services, row: NetworkShare) -> ShareReply:
    return ShareReply(**row.model_dump(mode="json"), has_password=shares_of(services).has_password(row))


_ALL, _ONE = "/api/v1/storage/shares", "/api/v1/storage/shares/{share}"
_TRIAL = "/api/v1/storage/trials"
_ROLE = Role.ADMINISTRATOR

ENDPOINTS = (
    rest(_ALL, "All network shares", shares, _ROLE, reply=SharesReply),
    rest(_ALL, "Set up a network share", add, _ROLE, methods=("POST",), request=NewShare, reply=ShareReply),
    rest(
        "/api/v1/storage/trials",
        "Try a network share out before it is set up",
        trial,
        _ROLE,
        methods=("POST",),
        request=ShareFields,
        reply=ActionReply,
    ),
    rest(_ONE, "Change a network share", change, _ROLE, methods=("PATCH",), request=ChangedShare, reply=ShareReply),
    rest(_ONE, "Bind, unbind or test a network share", act, _ROLE, methods=("POST",), request=ShareAction, reply=ActionReply),
    rest(_ONE, "Forget a network share", remove, _ROLE, methods=("DELETE",), reply=Kind.NOTHING),
)
