"""The accounts: who exists, in which role, with which password. There is no default account.

While there is no account the camera is in its factory-default state; the first account must be an administrator who may pan, tilt
and zoom, and the last administrator cannot be removed or demoted. When the file and its last good copy are both unreadable the camera
refuses to start rather than fall back to a state in which anybody could make the first account: only a reset leads there.

The realm of digest authentication is part of every digest secret, so it is fixed when the first account is made and kept with the accounts.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from panocam.access.keystore import KeyStore
from panocam.access.passwords import Credentials
from panocam.clock import NS, Clock
from panocam.errors import Denied, InvalidValue, NotFound, Unavailable
from panocam.settings import DataFolder, Role
from panocam.settings.keptfile import Damaged, KeptFile

log = logging.getLogger(__name__)

SCHEMA = 1
MAX_ACCOUNTS = 100
REMIND_AFTER_DAYS = 365
_NAME = re.compile(r"[A-Za-z0-9]{1,14}")
_RESERVED = frozenset({"anonymous"})


@dataclass(frozen=True)
class User:
    """Somebody who is let in. ``ptz`` is the extra right to move view areas, which administrators and operators always have."""

    name: str
    role: Role
    ptz: bool = True
    anonymous: bool = False


@dataclass(frozen=True)
class Account:
    """One account. ``stamp`` changes with the password, so that what was granted for an old one ends."""

    name: str
    role: Role
    ptz: bool
    comment: str
    created_ns: int
    password_changed_ns: int
    stamp: str = field(repr=False)
    credentials: Credentials = field(repr=False)

    @property
    def user(self) -> User:
        return User(self.name, self.role, self.ptz or self.role.covers(Role.OPERATOR))

    def password_age_days(self, clock: Clock) -> int:
        """Whole days since the password was set; a person should be reminded after ``REMIND_AFTER_DAYS``."""
        return max(0, (clock.wall_ns() - self.password_changed_ns) // (86_400 * NS))


class Accounts:
    """All accounts, on disk and in memory. Methods are called on the event loop."""

    def __init__(self, file: KeptFile, keystore: KeyStore, clock: Clock, realm: str) -> None:
        self._file, self._keystore, self._clock = file, keystore, clock
        self.realm = realm
        self.licence_accepted_ns = 0
        self._accounts: dict[str, Account] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._lock = asyncio.Lock()

    @classmethod
    def open(cls, folder: DataFolder, keystore: KeyStore, clock: Clock, serial: str) -> Accounts:
        """Load the accounts. Raises Unavailable when they cannot be read: never an open camera by accident."""
        self = cls(KeptFile(folder.root, "accounts", SCHEMA, clock), keystore, clock, f"AXIS_{serial}")
        try:
            loaded = self._file.load()
        except Damaged as fault:
            raise Unavailable(f"the accounts cannot be read ({fault}); restore the file, or reset the camera") from None
        if loaded is not None:
            for line in loaded.report:
                log.warning("%s", line)
            self._take(loaded.body)
        return self

    @property
    def empty(self) -> bool:
        """True in the factory-default state."""
        return not self._accounts

    def __iter__(self) -> Iterator[Account]:
        return iter(sorted(self._accounts.values(), key=lambda account: account.name))

    def find(self, name: str) -> Account | None:
        """The account of that name (capitals count), or None."""
        return self._accounts.get(name)

    def get(self, name: str) -> Account:
        """Like ``find``, but raises NotFound."""
        account = self._accounts.get(name)
        if account is None:
            raise NotFound(f"no account {name!r}"[:80])
        return account

    def listen(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Be told the name of every account that was added, changed or removed. Returns the function that stops it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def add_first(self, name: str, password: str, licence_accepted: bool = False, comment: str = "") -> Account:
        """Make the first administrator. Raises Denied if there is any account already, even when two callers race."""
        async with self._lock:
            if not self.empty:
                raise Denied("there is an administrator already; log in to add accounts")
            if licence_accepted:
                self.licence_accepted_ns = self._clock.wall_ns()
            return await self._create(name, password, Role.ADMINISTRATOR, True, comment)

    async def add(self, name: str, password: str, role: Role, ptz: bool = False, comment: str = "") -> Account:
        """Make an account. Raises InvalidValue (name, password, taken, first account no administrator), Unavailable (cannot be saved)."""
        async with self._lock:
            if self.empty and not (role is Role.ADMINISTRATOR and ptz):
                raise InvalidValue("role", str(role), "the first account must be an administrator with the right to pan, tilt and zoom")
            return await self._create(name, password, role, ptz, comment)

    async def update(
        self, name: str, *, password: str | None = None, role: Role | None = None, ptz: bool | None = None, comment: str | None = None
    ) -> Account:
        """Change what is not None. Raises NotFound, InvalidValue, Unavailable, and Denied for the last administrator's role."""
        async with self._lock:
            old = new = self.get(name)
            if role is not None and role is not old.role:
                self._keep_an_administrator(old)
                new = replace(new, role=role)
            if ptz is not None:
                new = replace(new, ptz=ptz)
            if comment is not None:
                new = replace(new, comment=_checked_comment(comment))
            if password is not None:
                credentials = await asyncio.to_thread(Credentials.derive, name, self.realm, password)
                new = replace(new, credentials=credentials, stamp=secrets.token_hex(8), password_changed_ns=self._clock.wall_ns())
            await self._save({**self._accounts, name: new}, name)
            return new

    async def remove(self, name: str) -> None:
        """Raises NotFound, Unavailable, and Denied for the last administrator."""
        async with self._lock:
            self._keep_an_administrator(self.get(name))
            await self._save({key: account for key, account in self._accounts.items() if key != name}, name)

    async def _create(self, name: str, password: str, role: Role, ptz: bool, comment: str) -> Account:
        if not _NAME.fullmatch(name) or name.lower() in _RESERVED:
            raise InvalidValue("user name", name, "must be 1 to 14 letters and digits (A–Z, a–z, 0–9), and not 'anonymous'")
        if name in self._accounts:
            raise InvalidValue("user name", name, "is taken; choose another")
        if len(self._accounts) >= MAX_ACCOUNTS:
            raise InvalidValue("user name", name, f"there are {MAX_ACCOUNTS} accounts already; remove one first")
        comment = _checked_comment(comment)
        credentials = await asyncio.to_thread(Credentials.derive, name, self.realm, password)
        now = self._clock.wall_ns()
        account = Account(name, role, ptz, comment, now, now, secrets.token_hex(8), credentials)
        await self._save({**self._accounts, name: account}, name)
        return account

    def _keep_an_administrator(self, account: Account) -> None:
        others = (a for a in self._accounts.values() if a is not account)
        if account.role is Role.ADMINISTRATOR and not any(a.role is Role.ADMINISTRATOR for a in others):
            raise Denied("the last administrator must stay one; make another administrator first")

    async def _save(self, accounts: dict[str, Account], name: str) -> None:
        body = {
            "realm": self.realm,
            "licence_accepted_ns": self.licence_accepted_ns,
            "accounts": [self._to_json(account) for account in accounts.values()],
        }
        staged = await asyncio.to_thread(self._file.stage, body)
        try:
            await asyncio.to_thread(staged.commit)
        finally:
            staged.discard()
        self._accounts = accounts
        for listener in tuple(self._listeners):
            listener(name)

    def _to_json(self, account: Account) -> dict[str, Any]:
        return {
            "name": account.name,
            "role": str(account.role),
            "ptz": account.ptz,
            "comment": account.comment,
            "created_ns": account.created_ns,
            "password_changed_ns": account.password_changed_ns,
            "stamp": account.stamp,
            "sealed": self._keystore.seal(json.dumps(asdict(account.credentials)).encode(), f"account:{account.name}"),
        }

    def _take(self, body: dict[str, Any]) -> None:
        try:
            rows = list(body["accounts"])
            for row in rows:
                credentials = Credentials(**json.loads(self._keystore.unseal(row["sealed"], f"account:{row['name']}")))
                plain = {key: value for key, value in row.items() if key not in ("sealed", "role")}
                self._accounts[row["name"]] = Account(role=Role(row["role"]), credentials=credentials, **plain)
            if rows:
                self.realm = str(body["realm"])
            self.licence_accepted_ns = int(body["licence_accepted_ns"])
        except (KeyError, TypeError, ValueError, Unavailable) as fault:
            raise Unavailable(f"the accounts cannot be read ({fault}); restore the key store and the file, or reset the camera") from None


def _checked_comment(comment: str) -> str:
    if len(comment) > 128 or not comment.isprintable():
        raise InvalidValue("comment", comment, "must be at most 128 printable characters")
    return comment
