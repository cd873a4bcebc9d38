"""Recipients: made, tried out, changed, removed, brought back. Passwords go in and never come out."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.services import Services, recipients_of
from panocam.notify.desk import Row
from panocam.notify.fault import SendFault
from panocam.notify.sender import Passwords
from panocam.settings import Role
from panocam.settings.recipients import MOST_RECIPIENTS, Encryption

PASSWORDS = frozenset({"password", "proxy_password"})
LONGEST_PASSWORD = 512


class RecipientFields(Wish):
    """Of which some belong to each kind; what is left out is as usual, or stays. ``password``: left out it is kept, "" forgets it."""

    name: str | None = Field(None, max_length=64)
    to: list[str] | None = Field(None, description="email: mailboxes to send to")
    sender: str | None = Field(None, description="email: the mailbox to send from")
    server: str | None = Field(None, description="email: host name or address of the mail server")
    encryption: Encryption | None = None
    url: str | None = Field(None, description="http: where requests go")
    proxy: str | None = Field(None, description="http: host of a proxy, empty for none")
    proxy_port: int | None = None
    proxy_user: str | None = None
    proxy_password: str | None = Field(None, max_length=LONGEST_PASSWORD)
    host: str | None = Field(None, description="tcp: host name or address")
    port: int | None = Field(None, description="email and tcp")
    validate_certificate: bool | None = None
    user: str | None = None
    password: str | None = Field(None, max_length=LONGEST_PASSWORD)


class NewRecipient(RecipientFields):
    """One more."""

    kind: Literal["email", "http", "tcp"]


class Trial(RecipientFields):
    """``id``: what is left out, passwords too, is as that recipient has it."""

    kind: Literal["email", "http", "tcp"]
    id: int | None = None


class RecipientReply(Reply):
    """One, with those fields that its kind has. ``waiting``, ``sent``, ``dropped`` messages since the start; ``fault``: why the last try
    failed; ``place``: where it is, for people; ``rules`` are the names of those that send to it."""

    id: int
    name: str
    kind: Literal["email", "http", "tcp"]
    place: str
    to: list[str] | None = None
    sender: str | None = None
    server: str | None = None
    encryption: Encryption | None = None
    url: str | None = None
    proxy: str | None = None
    proxy_port: int | None = None
    proxy_user: str | None = None
    has_proxy_password: bool
    host: str | None = None
    port: int | None = None
    validate_certificate: bool | None = None
    user: str | None = None
    has_password: bool
    rules: list[str]
    waiting: int
    sent: int
    dropped: int
    last_ms: int | None
    fault: str | None


class RecipientsReply(Reply):
    """All of them, and how many there can be."""

    most: int
    recipients: list[RecipientReply]


class TestReply(Reply):
    """How a test went: whether something was sent, else the ``step`` that failed; ``words`` of the other side, or why."""

    works: bool
    step: str | None
    words: str


async def read(call: Call[None]) -> RecipientsReply:
    """All recipients."""
    desk = recipients_of(call.services)
    return RecipientsReply(most=MOST_RECIPIENTS, recipients=[_shown(call.services, row) for row in desk.rows])


async def add(call: Call[NewRecipient]) -> RecipientReply:
    """Make a recipient."""
    wish = call.wish
    passwords = Passwords(wish.password or "", wish.proxy_password or "")
    return _shown(call.services, await recipients_of(call.services).add(_fields(wish), passwords, call.caller))


async def change(call: Call[RecipientFields]) -> RecipientReply:
    """Change a recipient."""
    wish, desk = call.wish, recipients_of(call.services)
    return _shown(
        call.services, await desk.change(call.path_number("recipient"), _fields(wish), wish.password, wish.proxy_password, call.caller)
    )


async def remove(call: Call[None]) -> None:
    """Forget a recipient that no rule sends to."""
    await recipients_of(call.services).remove(call.path_number("recipient"), call.caller)


async def restore(call: Call[None]) -> RecipientReply:
    """Bring back a recipient that was removed just now, with its passwords."""
    return _shown(call.services, await recipients_of(call.services).restore(call.path_number("recipient"), call.caller))


async def test(call: Call[None]) -> TestReply:
    """Send something to a recipient now, and say how it went."""
    desk = recipients_of(call.services)
    row = desk.get(call.path_number("recipient"))
    return await _tested(call.services, row, desk.passwords(row))


async def trial(call: Call[Trial]) -> TestReply:
    """Send something to a recipient that is not kept, or not so, yet."""
    wish = call.wish
    return await _tested(call.services, *recipients_of(call.services).trial(_fields(wish), wish.password, wish.proxy_password, wish.id))


async def _tested(services: Services, row: Row, passwords: Passwords) -> TestReply:
    try:
        return TestReply(works=True, step=None, words=await recipients_of(services).test(row, passwords))
    except SendFault as fault:
        return TestReply(works=False, step=str(fault.step), words=fault.words)


def _fields(wish: RecipientFields) -> dict[str, Any]:
    return wish.model_dump(exclude_none=True, exclude={*PASSWORDS, "id"})


def _shown(services: Services, row: Row) -> RecipientReply:
    desk = recipients_of(services)
    kept, standing = desk.passwords(row), desk.outbox.standing(row.id)
    return RecipientReply(
        **row.model_dump(mode="json"),
        place=row.place,
        has_password=bool(kept.password),
        has_proxy_password=bool(kept.proxy_password),
        rules=desk.users(row.id),
        waiting=standing.waiting,
        sent=standing.sent,
        dropped=standing.dropped,
        last_ms=None if standing.last_ns is None else standing.last_ns // 1_000_000,
        fault=standing.fault,
    )


_ALL, _ONE, _ADMIN = "/api/v1/recipients", "/api/v1/recipients/{recipient}", Role.ADMINISTRATOR

ENDPOINTS = (
    rest(_ALL, "All recipients", read, _ADMIN, reply=RecipientsReply),
    rest(_ALL, "Make a recipient", add, _ADMIN, methods=("POST",), request=NewRecipient, reply=RecipientReply, secret=True),
    rest(
        _ALL + "/trial",
        "Try a recipient out before it is kept",
        trial,
        _ADMIN,
        methods=("POST",),
        request=Trial,
        reply=TestReply,
        secret=True,
    ),
    rest(_ONE, "Change a recipient", change, _ADMIN, methods=("PATCH",), request=RecipientFields, reply=RecipientReply, secret=True),
    rest(_ONE, "Remove a recipient", remove, _ADMIN, methods=("DELETE",), reply=Kind.NOTHING),
    rest(_ONE + "/restore", "Bring a removed recipient back", restore, _ADMIN, methods=("POST",), reply=RecipientReply),
    rest(_ONE + "/test", "Send a test to a recipient", test, _ADMIN, methods=("POST",), reply=TestReply),
)
