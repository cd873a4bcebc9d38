"""Changing preset positions in ptz.cgi's and ptzconfig.cgi's words."""

from __future__ import annotations

from collections.abc import Sequence

from panocam.api.endpoint import Call
from panocam.api.vapix.ptzwords import Mistake, whole

COMMANDS = (
    "setserverpresetname",
    "setserverpresetno",
    "renameserverpresetno",
    "removeserverpresetname",
    "removeserverpresetno",
    "removeallserverpresets",
)


async def carry_out(call: Call[None], areas: Sequence[int]) -> bool:
    """Do what the arguments say for some view areas (1..4); False if they say nothing of presets.

    Raises Mistake; NotFound, InvalidValue; Denied for somebody who may not change presets.
    """
    command = next((name for name in COMMANDS if name in call.arguments), "home" if call.arguments.get("home") == "yes" else None)
    if command is None:
        return False
    if command == "removeallserverpresets":
        if call.arguments[command] != "yes":
            raise Mistake(f"Error:{command}: unknown value: {call.arguments[command][:40]}")
        await call.services.ptz.library.remove_all(areas, call.caller)
        return True
    if len(areas) != 1:
        raise Mistake("Error:camera: all is for removeallserverpresets only")
    await _one(call, command, areas[0])
    return True


async def _one(call: Call[None], command: str, area: int) -> None:
    library, by = call.services.ptz.library, call.caller
    given = call.arguments.get(command, "")
    pose = next(each.head.pose for each in call.services.ptz.areas.values() if each.number == area)
    match command:
        case "setserverpresetname":
            await library.keep(area, pose, by, given)
        case "setserverpresetno":
            await library.keep(area, pose, by, number=whole(command, given, 1, 3600))
        case "renameserverpresetno":
            await library.rename(area, whole(command, given, 1, 3600), call.arguments.get("newname", ""), by)
        case "removeserverpresetname":
            await library.remove(area, library.named(area, given).number, by)
        case "removeserverpresetno":
            await library.remove(area, whole(command, given, 1, 3600), by)
    if call.arguments.get("home") == "yes" and command in ("home", "setserverpresetname", "setserverpresetno"):
        await library.set_home(area, pose, by)
