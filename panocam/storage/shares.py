"""The network shares that people have set up: rows of the settings, their passwords sealed in the key store.

A password is kept together with the address and the user that it was given for. When a row says another one, the password is
not used: nobody learns it by pointing a share at a server of his own.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from pydantic import ValidationError

from panocam.errors import InvalidValue, NotFound, PanocamError
from panocam.settings import Snapshot, Store
from panocam.settings.role import Actor
from panocam.settings.storage import MOST_SHARES, SHARE_DISK, NetworkShare
from panocam.storage.address import ShareAddress
from panocam.storage.sharetest import try_share

OWN = frozenset({"id", "disk"})
"""Fields that this module sets."""


class Secrets(Protocol):
    """Where passwords lie; ``access.keystore.KeyStore`` is one."""

    def put(self, name: str, secret: bytes) -> None: ...
    def get(self, name: str) -> bytes: ...
    def delete(self, name: str) -> None: ...


class Shares:
    """Reads and changes them. Everything that is changed here comes to the disks by way of the settings."""

    def __init__(self, store: Store, keystore: Secrets) -> None:
        self._store, self._secrets = store, keystore

    @property
    def rows(self) -> tuple[NetworkShare, ...]:
        return self._store.snapshot.storage.shares

    def get(self, identity: str) -> NetworkShare:
        """Raises NotFound."""
        return _row(self._store.snapshot, identity)

    def has_password(self, row: NetworkShare) -> bool:
        return bool(self.address(row).password)

    def address(self, row: NetworkShare, password: str | None = None) -> ShareAddress:
        """``row`` with its password: the one given, or the one that is kept for this address and user."""
        return ShareAddress(
            row.address, row.share, row.folder, row.port, row.user, self._kept(row) if password is None else password, str(row.version)
        )

    async def add(self, fields: Mapping[str, Any], password: str, by: Actor, use: bool = True) -> NetworkShare:
        """Keep a new share; with ``use`` it becomes a disk. Raises InvalidValue."""
        made = _checked({**fields, "id": str(secrets.randbelow(90_000) + 10_000), "disk": ""})

        def law(now: Snapshot) -> Mapping[str, object]:
            nonlocal made
            there = now.storage.shares
            if len(there) >= MOST_SHARES:
                raise InvalidValue("share", made.share, f"there are {MOST_SHARES} shares already; remove one first")
            if any(_place(row) == _place(made) for row in there):
                raise InvalidValue("share", made.share, "this folder of this share is set up already")
            while any(row.id == made.id for row in there):
                made = made.model_copy(update={"id": str(secrets.randbelow(90_000) + 10_000)})
            if use:
                made = made.model_copy(update={"disk": _free_disk(there)})
            self._keep(made, password)
            return {"storage.shares": (*there, made)}

        try:
            await self._store.revise(law, by)
        except PanocamError:
            self._secrets.delete(_name(made.id))
            raise
        return made

    async def change(self, identity: str, fields: Mapping[str, Any], password: str | None, by: Actor) -> NetworkShare:
        """Change a share; ``password`` None keeps the one there is, unless address or user are others now. Raises InvalidValue,
        NotFound."""
        before = self.get(identity)
        row = _checked({**before.model_dump(), **{name: value for name, value in fields.items() if name not in OWN}})
        if password is not None:
            self._keep(row, password)
        elif _asked(row) != _asked(before) and self._kept(before):
            raise InvalidValue("password", "", "give the password again: it was given for another server or user")
        await self._revise(identity, lambda now: row.model_copy(update={"disk": now.disk}), by)
        return self.get(identity)

    async def bind(self, identity: str, by: Actor) -> NetworkShare:
        """Make it a disk; one that is stays the one it is. Raises NotFound."""
        await self._revise(identity, lambda row: row.model_copy(update={"disk": row.disk or _free_disk(self.rows)}), by)
        return self.get(identity)

    async def unbind(self, identity: str, by: Actor) -> None:
        """It is no disk any more; its recordings stay on it. Raises NotFound; InvalidValue while something is to be recorded on it."""
        row = self.get(identity)
        using = [str(c.profile) for c in self._store.snapshot.storage.continuous if row.disk and c.disk == row.disk]
        if using:
            remedy = f"continuous recording {', '.join(using)} goes there; change or remove it first"
            raise InvalidValue("share", row.name or row.share, remedy)
        await self._revise(identity, lambda now: now.model_copy(update={"disk": ""}), by)

    async def remove(self, identity: str, by: Actor) -> None:
        """Forget it and its password; what lies on it stays there. Raises as ``unbind``."""
        await self.unbind(identity, by)

        def law(now: Snapshot) -> Mapping[str, object]:
            return {"storage.shares": tuple(row for row in now.storage.shares if row.id != identity)}

        await self._store.revise(law, by)
        self._secrets.delete(_name(identity))

    async def test(self, address: ShareAddress, told: Callable[[float, str], None] = lambda part, what: None) -> dict[str, str]:
        """Raises Unavailable with the failing step."""
        return await try_share(address, told)

    def trial(self, fields: Mapping[str, Any], password: str) -> ShareAddress:
        """What ``add`` would use. Raises InvalidValue."""
        return self.address(_checked({**fields, "id": "1", "disk": ""}), password)

    async def _revise(self, identity: str, change: Callable[[NetworkShare], NetworkShare], by: Actor) -> None:
        def law(now: Snapshot) -> Mapping[str, object]:
            row = change(_row(now, identity))
            return {"storage.shares": tuple(row if there.id == identity else there for there in now.storage.shares)}

        await self._store.revise(law, by)

    def _keep(self, row: NetworkShare, password: str) -> None:
        self._secrets.put(_name(row.id), json.dumps({"for": _asked(row), "password": password}).encode())

    def _kept(self, row: NetworkShare) -> str:
        try:
            kept = json.loads(self._secrets.get(_name(row.id)))
        except (PanocamError, ValueError):
            return ""
        return str(kept["password"]) if kept.get("for") == _asked(row) else ""


def _name(identity: str) -> str:
    return f"share-{identity}"


def _asked(row: NetworkShare) -> list[str]:
    """Who would see the password."""
    return [row.address.lower(), str(row.port), row.user]


def _place(row: NetworkShare) -> tuple[object, ...]:
    return row.address.lower(), row.port, row.share.lower(), row.folder.lower()


def _row(snapshot: Snapshot, identity: str) -> NetworkShare:
    for row in snapshot.storage.shares:
        if row.id == identity:
            return row
    raise NotFound(f"there is no network share {identity}")


def _free_disk(rows: tuple[NetworkShare, ...]) -> str:
    used = {row.disk for row in rows}
    return next(name for name in (SHARE_DISK, *(f"{SHARE_DISK}N{number}" for number in range(MOST_SHARES))) if name not in used)


def _checked(fields: Mapping[str, Any]) -> NetworkShare:
    try:
        return NetworkShare.model_validate(dict(fields))
    except ValidationError as fault:
        first = fault.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "share"
        remedies = {
            "address": "give a host name or an IPv4 address",
            "share": "give the name of the share, without slashes",
            "folder": "give a folder below the share, its parts separated by slashes",
            "version": "use auto, 2.0.2, 2.1, 3.0, 3.0.2 or 3.1.1",
        }
        raise InvalidValue(name, first.get("input", ""), remedies.get(name, str(first["msg"]))) from None
