"""The recipients that people have set up: rows of the settings, their passwords sealed in the key store.

A password is kept together with whom it was given for: when a row says another server, user or a weaker encryption, it is not used,
so nobody learns it by pointing a recipient at a server of his own.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import ValidationError

from panocam.clock import NS, Clock
from panocam.errors import InvalidValue, NotFound, PanocamError, Unavailable
from panocam.notify.message import Line, Mail, Message, WebCall
from panocam.notify.outbox import Outbox, Told
from panocam.notify.sender import Passwords, Sender
from panocam.settings import Snapshot, Store
from panocam.settings.recipients import KINDS, MOST_RECIPIENTS, Email, Http, Tcp
from panocam.settings.role import Actor

PATH = "recipients.items"
Row = Email | Http | Tcp
UNDO_S = 300
"""For how long a removed recipient can be brought back with its passwords."""


class Vault(Protocol):
    """Where passwords lie; ``access.keystore.KeyStore`` is one."""

    def put(self, name: str, secret: bytes) -> None: ...
    def get(self, name: str) -> bytes: ...
    def delete(self, name: str) -> None: ...


@dataclass(frozen=True)
class _Kept:
    """Passwords, and whom they were given for."""

    asked: tuple[str, ...]
    passwords: Passwords


class RecipientDesk:
    """Reads and changes them, tries them out, and sends to them by way of the queues. ``on_secrets`` is told all passwords there are."""

    def __init__(self, store: Store, vault: Vault, sender: Sender, clock: Clock) -> None:
        self._store, self._vault, self._sender, self._clock = store, vault, sender, clock
        self._known: dict[int, _Kept] = {}
        self._gone: dict[int, tuple[int, Row, Passwords]] = {}
        self.outbox = Outbox(clock, self._deliver)
        self.on_secrets: Callable[[list[str]], None] = lambda secrets: None

    @property
    def rows(self) -> tuple[Row, ...]:
        """All by number."""
        return self._store.snapshot.recipients.items

    def get(self, id: int) -> Row:
        """Raises NotFound."""
        return _row(self._store.snapshot, id)

    def users(self, id: int) -> list[str]:
        """Names of the rules that send to it."""
        return users(self._store.snapshot, id)

    def passwords(self, row: Row) -> Passwords:
        """Those that are kept for this server and user."""
        kept = self._kept(row.id)
        return kept.passwords if kept.asked == row.asked else Passwords()

    def send(self, id: int, message: Message, told: Told = lambda fault: None) -> None:
        """Put a message in the queue of a recipient. Raises NotFound, and InvalidValue for one of another kind."""
        row = self.get(id)
        takes = {Email: Mail, Http: WebCall, Tcp: Line}[type(row)]
        if not isinstance(message, takes):
            raise InvalidValue("recipient", id, f"{row.name} is of the kind {row.kind}; choose another")
        self.outbox.put(id, message, told)

    async def test(self, row: Row, passwords: Passwords) -> str:
        """Send something now; returns the other side's words. Raises SendFault with the step that failed."""
        words = f"This is a test of the recipient {row.name}. If you can read it, it works."
        message: Message
        if isinstance(row, Email):
            message = Mail(f"Test of the recipient {row.name}", words, self._clock.wall_ns())
        elif isinstance(row, Http):
            message = WebCall("POST", (), (("Content-Type", "text/plain; charset=utf-8"),), words.encode())
        else:
            message = Line(f"{words}\n".encode())
        said = await self._sender.send(row, passwords, message)
        if self._store.snapshot.recipients.find(row.id) == row:
            self.outbox.try_again(row.id)
        return said

    def trial(self, fields: Mapping[str, Any], password: str | None, proxy_password: str | None, id: int | None) -> tuple[Row, Passwords]:
        """What ``add``, or ``change`` of the recipient ``id``, would keep. Raises InvalidValue, NotFound."""
        before = None if id is None else self.get(id)
        base = before.model_dump() if before is not None and before.kind == fields.get("kind", before.kind) else {}
        row = _checked({**base, **fields, "id": id or 1, "name": fields.get("name") or base.get("name") or "trial"})
        kept = Passwords() if before is None else self.passwords(before)
        return row, self._chosen(before, row, kept, password, proxy_password)

    async def add(self, fields: Mapping[str, Any], passwords: Passwords, by: Actor) -> Row:
        """Keep a new one, under the next number. Raises InvalidValue; as the store does."""
        made: list[Row] = []

        def law(now: Snapshot) -> Mapping[str, object]:
            there = now.recipients.items
            if len(there) >= MOST_RECIPIENTS:
                raise InvalidValue("recipients", len(there) + 1, f"there are {MOST_RECIPIENTS} recipients already; remove one")
            id = max((row.id for row in there), default=0) + 1
            made.append(_checked({**fields, "id": id, "name": fields.get("name") or f"Recipient {id}"}))
            return _setting((*there, made[-1]))

        await self._revise(law, lambda: made[-1], passwords, by)
        return made[-1]

    async def change(self, id: int, fields: Mapping[str, Any], password: str | None, proxy_password: str | None, by: Actor) -> Row:
        """Other values for some fields; a password that is None stays, unless it was given for another server or user.

        Raises NotFound, InvalidValue; as the store does."""
        before = self.get(id)
        if fields.get("kind", before.kind) != before.kind:
            raise InvalidValue("kind", fields["kind"], f"{before.name} is of the kind {before.kind}; make another recipient")
        row, passwords = self.trial(fields, password, proxy_password, id)

        def law(now: Snapshot) -> Mapping[str, object]:
            _row(now, id)
            return _setting(row if each.id == id else each for each in now.recipients.items)

        await self._revise(law, lambda: row, passwords, by)
        return row

    async def remove(self, id: int, by: Actor) -> None:
        """Forget it. Raises NotFound, InvalidValue while rules send to it; as the store does."""
        row = self.get(id)
        passwords = self.passwords(row)

        def law(now: Snapshot) -> Mapping[str, object]:
            if found := users(now, id):
                raise InvalidValue("recipient", row.name, f"is used by the rules {', '.join(found)}; change or remove them first")
            return _setting(each for each in now.recipients.items if each.id != id)

        await self._store.revise(law, by)
        self._gone[id] = self._clock.monotonic_ns(), row, passwords

    async def restore(self, id: int, by: Actor) -> Row:
        """Bring back one that was removed just now, passwords and all. Raises NotFound; as ``add``."""
        since, row, passwords = self._gone.get(id, (0, None, Passwords()))
        if row is None or self._clock.monotonic_ns() - since > UNDO_S * NS:
            self._gone.pop(id, None)
            raise NotFound(f"there is no recipient {id} that was removed within the last {UNDO_S // 60} minutes; make it anew")

        def law(now: Snapshot) -> Mapping[str, object]:
            if now.recipients.find(id) is not None or len(now.recipients.items) >= MOST_RECIPIENTS:
                raise InvalidValue("recipient", id, "its place is taken; make it anew")
            return _setting((*now.recipients.items, row))

        await self._revise(law, lambda: row, passwords, by)
        del self._gone[id]
        return row

    def heed(self, old: Snapshot, new: Snapshot) -> None:
        """The settings have changed, by whichever way."""
        for row in old.recipients.items:
            now = new.recipients.find(row.id)
            if now is None:
                self.outbox.forget(row.id)
                self._known.pop(row.id, None)
                self._vault.delete(_name(row.id))
            else:
                self.outbox.try_again(row.id)
        self.tell_secrets()

    def tell_secrets(self) -> None:
        """Say which passwords there are, to whoever must not repeat them."""
        found = [self.passwords(row) for row in self.rows]
        self.on_secrets([secret for each in found for secret in (each.password, each.proxy_password) if secret])

    # --- inside

    async def _deliver(self, id: int, message: Message) -> None:
        row = self.get(id)
        await self._sender.send(row, self.passwords(row), message)

    def _chosen(self, before: Row | None, row: Row, kept: Passwords, password: str | None, proxy_password: str | None) -> Passwords:
        same = before is not None and row.asked == before.asked
        for name, given, there in (("password", password, kept.password), ("proxy_password", proxy_password, kept.proxy_password)):
            if given is None and there and not same:
                raise InvalidValue(name, "", "give the password again: it was given for another server, user or encryption")
        return Passwords(kept.password if password is None else password, kept.proxy_password if proxy_password is None else proxy_password)

    async def _revise(
        self, law: Callable[[Snapshot], Mapping[str, object]], row: Callable[[], Row], passwords: Passwords, by: Actor
    ) -> None:
        """Keep a row, then its passwords. A power cut between the two leaves one without them, which its list says."""
        await self._store.revise(law, by)
        kept = _Kept(row().asked, passwords)
        self._known[row().id] = kept
        body = {"for": kept.asked, "password": passwords.password, "proxy": passwords.proxy_password}
        try:
            await asyncio.to_thread(self._vault.put, _name(row().id), json.dumps(body).encode())
        except PanocamError as fault:
            raise Unavailable(f"{row().name} is kept, but its password only until the camera ends: {fault}") from None
        finally:
            self.tell_secrets()

    def _kept(self, id: int) -> _Kept:
        """What is in the vault, which is looked into once."""
        if id not in self._known:
            try:
                kept = json.loads(self._vault.get(_name(id)))
                self._known[id] = _Kept(tuple(kept["for"]), Passwords(str(kept["password"]), str(kept["proxy"])))
            except (PanocamError, ValueError, KeyError, TypeError):
                self._known[id] = _Kept((), Passwords())
        return self._known[id]


def users(snapshot: Snapshot, id: int) -> list[str]:
    """Names of the rules that send to a recipient."""
    return [rule.name for rule in snapshot.rules.items if rule.action.recipient == id]


def unused(old: Snapshot, new: Snapshot) -> None:
    """Whether every recipient that rules send to stays what it is. Raises InvalidValue; for whoever changes settings as a whole."""
    for row in old.recipients.items:
        now = new.recipients.find(row.id)
        found = users(new, row.id) if now is None or now.kind != row.kind else []
        if found:
            raise InvalidValue("recipient", row.name, f"is used by the rules {', '.join(found)}; change or remove them first")


def _name(id: int) -> str:
    return f"recipient-{id}"


def _row(snapshot: Snapshot, id: int) -> Row:
    found = snapshot.recipients.find(id)
    if found is None:
        there = ", ".join(str(row.id) for row in snapshot.recipients.items)
        raise NotFound(f"there is no recipient {id}; recipients: {there or 'none'}")
    return found


def _setting(rows: Iterator[Row] | tuple[Row, ...]) -> Mapping[str, object]:
    return {PATH: [row.model_dump(mode="json") for row in rows]}


def _checked(fields: Mapping[str, Any]) -> Row:
    model = KINDS.get(str(fields.get("kind", "")))
    if model is None:
        raise InvalidValue("kind", fields.get("kind", ""), f"use one of {', '.join(KINDS)}")
    try:
        return model.model_validate(dict(fields))
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_context=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "recipient"
        value = re.sub(r"//[^/@]*@", "//********@", str(first.get("input", ""))) if first["type"] != "missing" else ""
        remedy = str(first["msg"]).removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            remedy = f"recipients of the kind {model.__name__.lower()} have {', '.join(model.model_fields)}"
        raise InvalidValue(name, value, f"{remedy[:1].lower()}{remedy[1:]}") from None
