"""Restart and factory default over our own REST."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from starlette.responses import Response

from panocam.access.reset import PLACES, Mode
from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.maintenance import maintenance_of
from panocam.api.packing import respond
from panocam.errors import InvalidValue
from panocam.settings import Role


class Begun(Reply):
    """The camera ends this run when the reply is out. When ``/api/v1/state`` tells another ``boot_id``, the next one is ready."""

    boot_id: str


class Reset(Wish):
    """Factory default. ``confirm`` is the camera's serial number, so that no other camera is reset by mistake."""

    mode: Mode
    confirm: str = Field(max_length=32)


class Which(Wish):
    """How the report is packed."""

    mode: Literal["text", "zip", "zip_with_image", "tar_all"] = "zip_with_image"


class Lost(Reply):
    """Something that a reset removes, or not."""

    what: str
    soft: bool
    hard: bool


class MaintenanceReply(Reply):
    """How this run began, and what a reset would remove."""

    boot_id: str
    started_because: str
    orderly: bool = Field(description="false when the last run ended without good-bye")
    crash_report: bool
    reset_removes: list[Lost]


ALWAYS = (
    "all settings: picture, privacy masks, preset positions, guard tours, stream profiles, overlays",
    "all accounts and passwords",
    "all keys and secrets",
)
"""What every reset removes and no folder is named after."""


async def facts(call: Call[None]) -> MaintenanceReply:
    """What the maintenance page shows."""
    life = maintenance_of(call.services).life
    always = [Lost(what=what, soft=True, hard=True) for what in ALWAYS]
    rows = [Lost(what=place.what, soft=Mode.SOFT in place.goes, hard=Mode.HARD in place.goes) for place in PLACES if place.goes]
    return MaintenanceReply(
        boot_id=call.services.boot.id,
        started_because=life.beginning.reason,
        orderly=life.beginning.orderly,
        crash_report=life.crash_report is not None,
        reset_removes=[*always, *rows],
    )


async def report(call: Call[Which]) -> Response:
    """The server report."""
    return await respond(call, call.wish.mode)


async def restart(call: Call[None]) -> Begun:
    """Restart the program; settings and recordings stay, streams and logins end."""
    maintenance_of(call.services).restart(call)
    return _begun(call)


async def factory_default(call: Call[Reset]) -> Begun:
    """Back to factory default."""
    serial = call.services.settings.running.device.serial
    if call.wish.confirm.upper() != serial:
        raise InvalidValue("confirm", call.wish.confirm, "everything would be lost; confirm with the camera's serial number")
    maintenance_of(call.services).reset(call, call.wish.mode)
    return _begun(call)


def _begun(call: Call[None] | Call[Reset]) -> Begun:
    return Begun(boot_id=call.services.boot.id)


_PATH = "/api/v1/maintenance"
_ADMIN = Role.ADMINISTRATOR

ENDPOINTS = (
    rest(_PATH, "Why the camera was started last, and what a reset removes", facts, _ADMIN, reply=MaintenanceReply),
    rest(f"{_PATH}/report", "Server report", report, _ADMIN, request=Which, reply=Kind.ZIP, also=(Kind.TEXT, Kind.GZIP)),
    rest(f"{_PATH}/restart", "Restart the camera", restart, _ADMIN, methods=("POST",), reply=Begun),
    rest(
        f"{_PATH}/factory-default",
        "Put the camera back to factory default",
        factory_default,
        _ADMIN,
        methods=("POST",),
        request=Reset,
        reply=Begun,
    ),
)
