"""First access, login, logout, and who one is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr
from starlette.requests import HTTPConnection
from starlette.responses import Response

import panocam
from panocam.access import User
from panocam.access.accounts import REMIND_AFTER_DAYS, Account
from panocam.access.authenticator import NO_ACCOUNT
from panocam.access.sessions import cookie_name
from panocam.access.ways import demand_way
from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.faults import HttpFault
from panocam.api.guard import is_loopback
from panocam.api.services import Services
from panocam.errors import Denied, InvalidValue, Unauthenticated
from panocam.settings import Role

Secret = Field(max_length=1024)


class StateReply(Reply):
    """What a page must know before anybody has logged in."""

    setup_needed: bool
    preview_seconds: int = Field(description="seconds of preview mode left; 0 is over or not offered")
    ready: bool
    boot_id: str = Field(description="another one after each start")
    name: str
    model: str
    version: str
    serial: str
    https_port: int | None
    passwords_allowed: bool = Field(description="false where passwords are typed over HTTPS only and this is plain HTTP")


class Setup(Wish):
    """The first administrator. There is no rule for passwords but that there must be one."""

    username: str = Field(max_length=64)
    password: SecretStr = Secret
    password_again: SecretStr | None = Field(None, description="when given, it must be the same")
    licence_accepted: bool = Field(description="must be true; the time is kept")


class Login(Wish):
    """Name and password, as typed."""

    username: str = Field(max_length=256)
    password: SecretStr = Secret


class NewPassword(Wish):
    """A change of one's own password."""

    old: SecretStr = Secret
    new: SecretStr = Secret


class MeReply(Reply):
    """Who one is. ``csrf`` goes into the header X-CSRF-Token of every change that is made with the cookie."""

    username: str
    role: Role | Literal["none"]
    ptz: bool
    csrf: str | None
    password_age_days: int | None
    password_is_old: bool


async def state(call: Call[None]) -> StateReply:
    """The state of the camera."""
    services, device = call.services, call.services.settings.running.device
    return StateReply(
        setup_needed=services.needs_setup,
        preview_seconds=services.preview.remaining_s,
        ready=services.boot.ready.is_set(),
        boot_id=services.boot.id,
        name=services.settings.snapshot.device.name,
        model=device.model,
        version=panocam.__version__,
        serial=device.serial,
        https_port=services.https_port(),
        passwords_allowed=call.caller.secure or services.https_port() is None or is_loopback(call.connection),
    )


async def setup(call: Call[Setup]) -> Response:
    """Make the first administrator and log in."""
    wish = call.wish
    if not call.services.needs_setup:
        raise HttpFault(409, "an administrator exists already: log in instead")
    if not wish.licence_accepted:
        raise InvalidValue("licence_accepted", False, "accept the licence to use the camera")
    if wish.password_again is not None and wish.password_again != wish.password:
        raise InvalidValue("password_again", "********", "type the same password twice")
    demand_way(User(wish.username, Role.ADMINISTRATOR), call.caller.secure, call.services.settings.running.access)
    account = await call.services.accounts.add_first(wish.username, wish.password.get_secret_value(), licence_accepted=True)
    return logged_in(call.services, call.connection, account)


async def login(call: Call[Login]) -> Response:
    """Log in: sets the session cookie."""
    wish = call.wish
    if call.services.needs_setup:
        raise Unauthenticated(NO_ACCOUNT)
    user = await call.services.authenticator.login(wish.username, wish.password.get_secret_value(), call.caller.address)
    demand_way(user, call.caller.secure, call.services.settings.running.access)
    return logged_in(call.services, call.connection, call.services.accounts.get(user.name))


async def logout(call: Call[None]) -> Response:
    """End the session, if there is one."""
    name = cookie_name(call.services.settings.running.device.serial, call.caller.secure)
    call.services.sessions.end(call.connection.cookies.get(name))
    response = Response(status_code=204)
    response.delete_cookie(name, path="/", httponly=True, samesite="strict", secure=call.caller.secure)
    return response


async def me(call: Call[None]) -> MeReply:
    """Who is calling."""
    caller = call.caller
    account = call.services.accounts.find(caller.name)
    if caller.user is None:
        raise caller.challenges()
    return _me(call.services, account, caller.role, caller.may_move, caller.session.csrf if caller.session else None)


async def change_password(call: Call[NewPassword]) -> Response:
    """Change one's own password; every other session of the account ends."""
    services, name = call.services, call.caller.name
    if services.accounts.find(name) is None:
        raise Denied("this caller has no account")
    await services.authenticator.login(name, call.wish.old.get_secret_value(), call.caller.address)
    account = await services.accounts.update(name, password=call.wish.new.get_secret_value())
    return logged_in(services, call.connection, account)


def logged_in(services: Services, connection: HTTPConnection, account: Account) -> Response:
    """A reply that carries a fresh session's cookie."""
    token, session = services.sessions.start(account.name)
    reply = _me(services, account, account.user.role, account.user.ptz, session.csrf)
    response = Response(reply.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})
    secure = connection.url.scheme == "https"
    name = cookie_name(services.settings.running.device.serial, secure)
    response.set_cookie(name, token, path="/", httponly=True, samesite="strict", secure=secure)
    return response


def _me(services: Services, account: Account | None, role: Role, ptz: bool, csrf: str | None) -> MeReply:
    age = None if account is None else account.password_age_days(services.clock)
    return MeReply(
        username=account.name if account else "anonymous",
        role=role,
        ptz=ptz,
        csrf=csrf,
        password_age_days=age,
        password_is_old=age is not None and age >= REMIND_AFTER_DAYS,
    )


ENDPOINTS = (
    rest("/api/v1/state", "Whether set-up is needed, preview seconds left, model and version", state, None, reply=StateReply),
    rest("/api/v1/setup", "Create the first administrator", setup, None, methods=("POST",), request=Setup, reply=MeReply, secret=True),
    rest("/api/v1/login", "Log in and get the session cookie", login, None, methods=("POST",), request=Login, reply=MeReply, secret=True),
    rest("/api/v1/logout", "End the session", logout, None, methods=("POST",), reply=Kind.NOTHING),
    rest("/api/v1/me", "Who is logged in, in which role", me, Role.VIEWER, reply=MeReply),
    rest(
        "/api/v1/me/password",
        "Change one's own password",
        change_password,
        Role.VIEWER,
        methods=("POST",),
        request=NewPassword,
        reply=MeReply,
        secret=True,
    ),
)
