"""pwdgrp.cgi: accounts as VAPIX clients manage them. Mistakes are text that begins with ``Error:``, with status 200.

While no account exists, ``add`` is open to anybody, but only an administrator with the PTZ right comes of it; anything else is
answered 401, as is every other action.
"""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping

from starlette.responses import Response

from panocam.access import Account
from panocam.api.endpoint import Call, Discovery, Kind, vapix
from panocam.errors import InvalidValue, NotFound, PanocamError, Unavailable
from panocam.settings import Role

NAME = re.compile(r"[A-Za-z0-9]{1,14}")
STRICT_PASSWORD = re.compile(r"[\x20-\x7e]{1,64}")

GROUP_OF = {Role.VIEWER: "viewer", Role.OPERATOR: "operator", Role.ADMINISTRATOR: "admin"}
BY_GROUPS: Mapping[frozenset[str], Role] = {
    frozenset({"viewer"}): Role.VIEWER,
    frozenset({"operator", "viewer"}): Role.OPERATOR,
    frozenset({"admin", "operator", "viewer"}): Role.ADMINISTRATOR,
}
"""Each role's groups contain those of the lesser roles; ``ptz`` may stand beside any."""


class Mistake(Exception):
    """A wrong call; the text goes to the client as it is."""


def parse_groups(text: str) -> tuple[Role, bool]:
    """``admin:operator:viewer:ptz`` in any order: the role, and the PTZ right. Raises Mistake."""
    groups = set(filter(None, text.split(":")))
    ptz = "ptz" in groups
    role = BY_GROUPS.get(frozenset(groups - {"ptz"}))
    if role is None:
        raise Mistake("secondary groups: use viewer, operator:viewer or admin:operator:viewer, each with or without :ptz.")
    return role, ptz


async def pwdgrp(call: Call[None]) -> Response:
    """One of the actions."""
    action = call.arguments.get("action", "")
    answer = _ACTIONS.get(action)
    if call.services.needs_setup and action != "add":
        raise call.caller.challenges()
    if answer is None:
        return _html("Error: action operation type.")
    try:
        return await answer(call)
    except Mistake as mistake:
        return _html(f"Error: {mistake}")
    except NotFound:
        return _html(f"Error: malformed action operation, {action}.")
    except Unavailable:
        return _html("Error: consult the system log file.")
    except InvalidValue as problem:
        return _html("Error: account user name." if problem.name == "user name" else f"Error: {problem}.")
    except PanocamError as problem:
        return _html(f"Error: {problem}.")


async def _add(call: Call[None]) -> Response:
    arguments = call.arguments
    first = call.services.needs_setup
    try:
        name, password = _name(arguments), _password(arguments)
        role, ptz = parse_groups(arguments.get("sgrp", ""))
        if first and not (role is Role.ADMINISTRATOR and ptz):
            raise Mistake("not a valid initial admin user.")
        if arguments.get("grp", "users") not in ("users", "root"):
            raise Mistake("primary group: use grp=users.")
    except Mistake:
        if not first:
            raise
        return _html("Error: not a valid initial admin user.", 401)
    if first:
        await call.services.accounts.add_first(name, password, comment=arguments.get("comment", ""))
    else:
        await call.services.accounts.add(name, password, role, ptz, arguments.get("comment", ""))
    return _html(f"Created account {name}.")


async def _update(call: Call[None]) -> Response:
    arguments = call.arguments
    name = _name(arguments)
    password = _password(arguments) if "pwd" in arguments else None
    role, ptz = parse_groups(arguments["sgrp"]) if "sgrp" in arguments else (None, None)
    await call.services.accounts.update(name, password=password, role=role, ptz=ptz, comment=arguments.get("comment"))
    return _html(f"Modified account {name}.")


async def _remove(call: Call[None]) -> Response:
    name = _name(call.arguments)
    await call.services.accounts.remove(name)
    return _html(f"Removed account {name}.")


async def _get(call: Call[None]) -> Response:
    accounts = list(call.services.accounts)
    lines = [f'{group}="{_names(accounts, role)}"' for role, group in reversed(GROUP_OF.items())]
    movers = ",".join(account.name for account in accounts if account.user.ptz)
    everybody = ",".join(account.name for account in accounts)
    return Response("\n".join([*lines, f'ptz="{movers}"', f'digusers="{everybody}"']) + "\n", media_type="text/plain")


_ACTIONS: Mapping[str, Callable[[Call[None]], Awaitable[Response]]] = {"add": _add, "update": _update, "remove": _remove, "get": _get}


def _names(accounts: Iterable[Account], role: Role) -> str:
    return ",".join(account.name for account in accounts if account.role.covers(role))


def _name(arguments: Mapping[str, str]) -> str:
    name = arguments.get("user", "")
    if not NAME.fullmatch(name):
        raise Mistake("account user name.")
    return name


def _password(arguments: Mapping[str, str]) -> str:
    password = arguments.get("pwd", "")
    if not password:
        raise Mistake("account password: give pwd.")
    if arguments.get("strict_pwd") == "1" and not STRICT_PASSWORD.fullmatch(password):
        raise Mistake("account password: with strict_pwd=1 use 1 to 64 printable ASCII characters.")
    return password


def _html(text: str, status: int = 200) -> Response:
    return Response(html.escape(text, quote=False) + "\n", status, media_type="text/html")


async def usergroup(call: Call[None]) -> Response:
    """Name and groups of the caller, each on its line."""
    caller = call.caller
    groups = [group for role, group in reversed(GROUP_OF.items()) if caller.role.covers(role)]
    groups.insert(-1, "ptz") if caller.may_move else None
    return Response(f"{caller.name}\n{' '.join([caller.name, *groups])}\n", media_type="text/plain", headers={"Cache-Control": "no-store"})


ENDPOINTS = (
    vapix(
        "/axis-cgi/pwdgrp.cgi",
        "Add, change, remove and list accounts",
        pwdgrp,
        Role.ADMINISTRATOR,
        first_account=True,
        also=(Kind.HTML,),
        discovery=Discovery("user-management", "1.0", "User Management"),
    ),
    vapix("/axis-cgi/usergroup.cgi", "The caller's name and groups", usergroup, Role.VIEWER),
)
