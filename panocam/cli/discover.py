"""``panocam discover``: the cameras on this network, as a table."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer


def command(
    seconds: Annotated[float, typer.Option(envvar="PANOCAM_SECONDS", min=0.1, max=60, help="How long to listen.")] = 3.0,
) -> None:
    """List the cameras that announce themselves on this network."""
    from panocam.discovery.mdns import find

    cameras = asyncio.run(find(seconds))
    if not cameras:
        typer.echo("No camera answered. Are this computer and the camera on the same network?")
        raise typer.Exit(1)
    rows = [("Name", "Model", "Serial number", "Address")]
    rows += [(camera.name, camera.model, camera.serial, _url(camera.address, camera.port)) for camera in cameras]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _url(address: str, port: int) -> str:
    return f"http://[{address}]:{port}/" if ":" in address else f"http://{address}:{port}/"
