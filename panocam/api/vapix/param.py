"""param.cgi: the parameter tree over HTTP. Mistakes are lines that begin with ``# Error:``, with status 200, as clients expect.

A name with ``root.`` is answered with ``root.``, and so are groups; the exact name of a leaf without it is answered without it. An update
is one transaction: all of its parameters change, or none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.responses import Response

import panocam
from panocam.api.endpoint import Call, Discovery, Kind, vapix
from panocam.api.guard import demand_own_site
from panocam.api.vapix.params.definitions import definitions
from panocam.api.vapix.params.leaf import Changes, Leaf, within
from panocam.api.vapix.params.network import one_look
from panocam.api.vapix.params.rows import TREE
from panocam.api.vapix.params.tree import ROOT
from panocam.api.wayin import keep_the_way_in
from panocam.errors import Denied, InvalidValue, PanocamError, Unauthenticated
from panocam.settings.role import Role

PREFIX = ROOT + "."


class Mistake(Exception):
    """A wrong call; the text goes to the client behind ``# Error:``."""


async def param(call: Call[None]) -> Response:
    """One of the actions; ``list`` where none is named."""
    action = call.arguments.get("action", "list")
    answer = _ACTIONS.get(action)
    try:
        if answer is None:
            raise Mistake(f"action={action[:40]}: use one of {', '.join(_ACTIONS)}")
        return await answer(call)
    except Mistake as mistake:
        return _text(f"# Error: {mistake}\n")
    except (Denied, Unauthenticated):
        raise
    except PanocamError as problem:
        return _text(f"# Error: {problem}\n")


async def _list(call: Call[None]) -> Response:
    lines = []
    for asked in _asked(call):
        path, rooted = _unrooted(asked)
        found = _readable(call, TREE.find(call.services, path))
        if not found:
            lines.append(f"# Error: Error -1 getting param in group '{_one_line(asked)}'\n")
        prefix = "" if not rooted and len(found) == 1 and found[0].path == path else PREFIX
        with one_look(call.services):
            lines += [f"{prefix}{leaf.path}={leaf.read(call.services)}\n" for leaf in found]
    return _text("".join(lines))


async def _definitions(call: Call[None]) -> Response:
    if call.arguments.get("listformat", "xmlschema") != "xmlschema":
        raise Mistake("listformat: use xmlschema")
    charset = "utf-8" if call.arguments.get("responsecharset", "").lower().replace("-", "") == "utf8" else "iso-8859-1"
    leaves: dict[str, Leaf] = {}
    for asked in _asked(call):
        leaves |= {leaf.path: leaf for leaf in _readable(call, TREE.find(call.services, _unrooted(asked)[0]))}
    model = call.services.settings.snapshot.device.model.upper()
    with one_look(call.services):
        body = definitions(call.services, leaves.values(), model, panocam.__version__, charset)
    return Response(body, media_type=f"text/xml; charset={charset}")


async def _update(call: Call[None]) -> Response:
    _demand_change(call)
    named = {name: value for name, value in call.arguments.items() if "." in name}
    if not named:
        raise Mistake("name at least one parameter, as in Image.I0.Name=Hall")
    changes: Changes = {}
    source: dict[str, str] = {}
    for name, value in named.items():
        more = _changes(call, name, value, changes)
        changes |= more
        source |= dict.fromkeys(more, name)
    if not changes:
        return _text("OK\n")
    keep_the_way_in(call.services, call.caller, call.connection, changes)
    try:
        await call.services.settings.patch(changes, call.caller)
    except InvalidValue as problem:
        name = source.get(problem.name, next(iter(named)))
        why = problem.remedy if problem.name in source else str(problem)
        raise Mistake(f"{_failed(name, named[name])} {why[:1].upper()}{why[1:]}") from None
    return _text("OK\n")


def _changes(call: Call[None], name: str, value: str, so_far: Changes) -> Changes:
    """What one written parameter changes. Raises Mistake."""
    path = _unrooted(name)[0]
    leaf = TREE.leaf(call.services, path)
    failed = _failed(name, value)
    if leaf is None or not call.caller.role.covers(leaf.read_role):
        raise Mistake(f"{failed} There is no such parameter")
    if leaf.write is None:
        if value == leaf.read(call.services):  # clients send whole groups
            return {}
        raise Mistake(f"{failed} It can only be read")
    call.caller.demand(leaf.write_role)
    try:
        changes = leaf.write(call.services, value, so_far)
        within(leaf.shape, value)
    except InvalidValue as problem:
        raise Mistake(f"{failed} {problem}") from None
    except ValueError as problem:
        hint = str(problem) if str(problem) != value else "use a whole number"
        raise Mistake(f"{failed} {hint[:1].upper()}{hint[1:]}") from None
    return changes


async def _add(call: Call[None]) -> Response:
    """A new member of a living group; the letter in ``group.letter.leaf=value`` stands for its number."""
    _demand_change(call)
    template = TREE.templates.get(call.arguments.get("template", ""))
    if template is None:
        raise Mistake(f"template={_one_line(call.arguments.get('template', ''))}: use one of {', '.join(TREE.templates)}")
    group = _unrooted(call.arguments.get("group", template.group))[0]
    if not template.fits(group):
        raise Mistake(f"group={_one_line(group)}: {template.name} goes into {template.group}")
    start = f"{group}.{template.letter}."
    values = {_unrooted(name)[0]: value for name, value in call.arguments.items()}
    member = {name.removeprefix(start): value for name, value in values.items() if name.startswith(start)}
    try:
        return _text(f"{await template.add(call, group, member)} OK\n")
    except ValueError as problem:
        raise Mistake(f"Error adding to '{_one_line(group)}'! {problem}") from None
    except InvalidValue as problem:
        why = problem.remedy if "." in problem.name else str(problem)  # a setting that holds all members tells of all of them
        raise Mistake(f"Error adding to '{_one_line(group)}'! {why[:1].upper()}{why[1:]}") from None


async def _remove(call: Call[None]) -> Response:
    _demand_change(call)
    groups = [_unrooted(asked)[0] for asked in call.arguments.get("group", "").split(",") if asked]
    if not groups:
        raise Mistake("name a group, as in group=StreamProfile.S0")
    for path in groups:
        parent, _, member = path.rpartition(".")
        template = next((each for each in TREE.templates.values() if each.fits(parent) and member.startswith(each.letter)), None)
        if template is None or not TREE.find(call.services, path):
            raise Mistake(f"Error removing '{_one_line(path)}'! There is no such group, or it cannot be removed")
        await template.remove(call, parent, member)
    return _text("OK\n")


def _demand_change(call: Call[None]) -> None:
    demand_own_site(call)
    call.caller.demand(Role.OPERATOR)


def _asked(call: Call[None]) -> list[str]:
    return [name for name in call.arguments.get("group", ROOT).split(",") if name] or [ROOT]


def _unrooted(name: str) -> tuple[str, bool]:
    """A name without ``root.``, and whether it had it."""
    if name in (ROOT, "*", ""):
        return "", True
    return (name.removeprefix(PREFIX), True) if name.startswith(PREFIX) else (name, False)


def _readable(call: Call[None], leaves: list[Leaf]) -> list[Leaf]:
    role = call.caller.role
    return [leaf for leaf in leaves if role.covers(leaf.read_role)]


def _failed(name: str, value: str) -> str:
    return f"Error setting '{PREFIX}{_one_line(_unrooted(name)[0])}' to '{_one_line(value)}'!"


def _one_line(text: str) -> str:
    return " ".join(text[:80].splitlines())


def _text(text: str) -> Response:
    return Response(text, media_type="text/plain")


_ACTIONS: Mapping[str, Callable[[Call[None]], Awaitable[Response]]] = {
    "list": _list,
    "update": _update,
    "listdefinitions": _definitions,
    "add": _add,
    "remove": _remove,
}

ENDPOINTS = (
    vapix(
        "/axis-cgi/param.cgi",
        "List, change, define, add and remove parameters",
        param,
        Role.VIEWER,
        also=(Kind.XML,),
        discovery=Discovery("param-cgi", "1.0", "Parameter Management"),
    ),
    vapix("/axis-cgi/admin/param.cgi", "The same under an older path", param, Role.VIEWER, also=(Kind.XML,)),
)
