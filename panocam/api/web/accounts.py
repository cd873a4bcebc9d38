"""The accounts, for administrators."""

from __future__ import annotations

from pydantic import Field, SecretStr

from panocam.access import Account
from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.settings import Role


class AccountReply(Reply):
    """One account; passwords are never shown."""

    username: str
    role: Role
    ptz: bool
    comment: str
    password_age_days: int


class AccountsReply(Reply):
    """All accounts by name."""

    accounts: list[AccountReply]


class NewAccount(Wish):
    """An account to make. Names have 1 to 14 letters and digits."""

    username: str = Field(max_length=64)
    password: SecretStr = Field(max_length=1024)
    role: Role
    ptz: bool = Field(False, description="may move view areas; operators and administrators always may")
    comment: str = Field("", max_length=128)


class AccountChange(Wish):
    """What to change; what is left out stays."""

    password: SecretStr | None = Field(None, max_length=1024)
    role: Role | None = None
    ptz: bool | None = None
    comment: str | None = Field(None, max_length=128)


async def list_accounts(call: Call[None]) -> AccountsReply:
    """All accounts."""
    return AccountsReply(accounts=[_shown(call, account) for account in call.services.accounts])


async def add(call: Call[NewAccount]) -> AccountReply:
    """Make an account."""
    wish = call.wish
    account = await call.services.accounts.add(wish.username, wish.password.get_secret_value(), wish.role, wish.ptz, wish.comment)
    return _shown(call, account)


async def change(call: Call[AccountChange]) -> AccountReply:
    """Change an account. A new password ends its sessions."""
    wish = call.wish
    password = None if wish.password is None else wish.password.get_secret_value()
    account = await call.services.accounts.update(call.path("name"), password=password, role=wish.role, ptz=wish.ptz, comment=wish.comment)
    return _shown(call, account)


async def remove(call: Call[None]) -> None:
    """Remove an account; its sessions and streams end."""
    await call.services.accounts.remove(call.path("name"))


def _shown(call: Call[None] | Call[NewAccount] | Call[AccountChange], account: Account) -> AccountReply:
    user = account.user
    age = account.password_age_days(call.services.clock)
    return AccountReply(username=account.name, role=account.role, ptz=user.ptz, comment=account.comment, password_age_days=age)


_ALL, _ONE = "/api/v1/accounts", "/api/v1/accounts/{name}"
_ADMIN = Role.ADMINISTRATOR

ENDPOINTS = (
    rest(_ALL, "All accounts", list_accounts, _ADMIN, reply=AccountsReply),
    rest(_ALL, "Add an account", add, _ADMIN, methods=("POST",), request=NewAccount, reply=AccountReply, secret=True),
    rest(_ONE, "Change an account", change, _ADMIN, methods=("PATCH",), request=AccountChange, reply=AccountReply, secret=True),
    rest(_ONE, "Remove an account", remove, _ADMIN, methods=("DELETE",), reply=Kind.NOTHING),
)
