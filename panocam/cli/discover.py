"""``panocam discover``: the cameras on this network, as a table."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from panocam.discovery.found import Found

SETUP = {True: "needed", False: "done", None: "?"}


def command(
    seconds: Annotated[float, typer.Option(envvar="PANOCAM_SECONDS", min=0.1, max=60, help="How long to listen.")] = 3.0,
    as_json: Annotated[bool, typer.Option("--json", envvar="PANOCAM_JSON", help="A JSON list instead of a table.")] = False,
) -> None:
    """List the cameras on this network, by mDNS, SSDP and WS-Discovery."""
    from panocam.discovery.finder import find

    cameras = asyncio.run(find(seconds))
    if as_json:
        typer.echo(json.dumps([facts(camera) for camera in cameras], indent=1, ensure_ascii=False))
    elif not cameras:
        typer.echo("No camera answered. Are this computer and the camera on the same network?")
    else:
        _table(cameras)
    if not cameras:
        raise typer.Exit(1)


def facts(camera: Found) -> dict[str, object]:
    return {
        "model": camera.model,
        "serial": camera.serial,
        "address": camera.url,
        "name": camera.title,
        "setup_needed": camera.needs_setup,
        "found_by": list(camera.ways),
    }


def _table(cameras: list[Found]) -> None:
    rows: list[tuple[str, ...]] = [("Model", "Serial number", "Address", "Name", "Set-up", "Found by")]
    rows += [
        tuple(_plain(cell) for cell in (each.model, each.serial, each.url, each.title, SETUP[each.needs_setup], ", ".join(each.ways)))
        for each in cameras
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _plain(text: str) -> str:
    """What a device says of itself, without what would steer the terminal."""
    return "".join(character for character in text if character.isprintable())
