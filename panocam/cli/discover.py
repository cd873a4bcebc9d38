"""``panocam discover``: the cameras on this network, as a table."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table


def command(seconds: Annotated[float, typer.Option(min=0.1, max=60, help="How long to listen.")] = 3.0) -> None:
    """List the cameras that announce themselves on this network."""
    from panocam.discovery.mdns import find

    console = Console()
    with console.status("listening…"):
        cameras = asyncio.run(find(seconds))
    if not cameras:
        console.print("No camera answered. Are this computer and the camera on the same network?")
        raise typer.Exit(1)
    table = Table("Name", "Serial number", "Address")
    for camera in cameras:
        table.add_row(camera.name, camera.serial, f"http://{camera.address}:{camera.port}/")
    console.print(table)
