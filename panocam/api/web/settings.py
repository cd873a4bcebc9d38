"""All settings over REST: read, change in one transaction, and the schema that forms are made from."""

from __future__ import annotations

from typing import Any

from pydantic import RootModel

from panocam.api.endpoint import Call, Kind, Reply, rest
from panocam.api.wayin import keep_the_way_in
from panocam.settings import Role, Snapshot


class Changes(RootModel[dict[str, Any]]):
    """Path to new value, such as ``{"installation.mount": "wall"}``. All of them happen, or none."""


class SettingsReply(Reply):
    """What the caller may read: path to value, secrets as asterisks; and the paths that wait for a restart."""

    values: dict[str, Any]
    restart_needed: list[str]


async def read(call: Call[None]) -> SettingsReply:
    """All values that the caller's role may read."""
    return _reply(call)


async def change(call: Call[Changes]) -> SettingsReply:
    """One transaction; each setting's own write role is checked by the store."""
    keep_the_way_in(call.services, call.caller, call.connection, call.wish.root)
    await call.services.settings.patch(call.wish.root, call.caller)
    return _reply(call)


async def schema(_call: Call[None]) -> dict[str, Any]:
    """JSON schema; every setting carries ``read``, ``write``, ``restart`` and ``unit`` beside its bounds."""
    return Snapshot.model_json_schema()


def _reply(call: Call[Any]) -> SettingsReply:
    settings = call.services.settings
    values = settings.export(call.caller.role)
    return SettingsReply(values=values, restart_needed=[path for path in settings.restart_needed if path in values])


_PATH = "/api/v1/settings"

ENDPOINTS = (
    rest(_PATH, "All settings that the caller may read", read, Role.VIEWER, reply=SettingsReply),
    rest(
        _PATH, "Change settings, all or none", change, Role.OPERATOR, methods=("PATCH",), request=Changes, reply=SettingsReply, secret=True
    ),
    rest(_PATH + "/schema", "JSON schema of the settings, with roles", schema, Role.VIEWER, reply=Kind.JSON),
)
