"""Run one camera in the foreground: event loop, signals, log, the table of addresses and the ready file."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import uvloop
from rich.console import Console
from rich.logging import RichHandler
from rich.table import Table

from panocam.app.compose import Addresses, camera
from panocam.discovery.mdns import own_addresses
from panocam.errors import InvalidValue, Unavailable

LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True)
class RunOptions:
    """What the command line says. ``overrides`` are settings by path, for this run only."""

    data: Path
    overrides: Mapping[str, object] = field(default_factory=dict)
    ready_file: Path | None = None
    log_level: str = "info"

    def __post_init__(self) -> None:
        if self.log_level not in LEVELS:
            raise InvalidValue("--log-level", self.log_level, f"use one of {', '.join(LEVELS)}")


def run(options: RunOptions) -> None:
    """Run until SIGINT or SIGTERM. Raises PanocamError when the camera cannot start."""
    logging.basicConfig(
        level=options.log_level.upper(),
        format="%(message)s",
        datefmt="%X",
        handlers=[RichHandler(console=Console(stderr=True), show_path=False)],
    )
    for noisy in ("uvicorn", "zeroconf", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    uvloop.run(_serve(options))


async def _serve(options: RunOptions) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with camera(options.data, options.overrides) as addresses:
        if options.ready_file is not None:
            write_ready(options.ready_file, addresses)
        show(addresses)
        try:
            await stop.wait()
        finally:
            if options.ready_file is not None:
                options.ready_file.unlink(missing_ok=True)


def urls(addresses: Addresses) -> dict[str, str]:
    """The addresses that a person or a script opens, by name."""
    host = own_addresses(addresses.host)[0]
    found = {"http": addresses.http, "https": addresses.https, "rtsp": addresses.rtsp, "rtsps": addresses.rtsps}
    made = {scheme: f"{scheme}://{host}:{port}" for scheme, port in found.items() if port}
    return {name: url + ("/axis-media/media.amp" if name.startswith("rtsp") else "/") for name, url in made.items()}


def write_ready(path: Path, addresses: Addresses) -> None:
    """Say by a file that the camera is ready; the file appears whole or not at all. Raises Unavailable."""
    facts = {**urls(addresses), "pid": os.getpid(), "serial": addresses.serial}
    try:
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_text(json.dumps(facts, indent=1) + "\n")
        temporary.replace(path)
    except OSError as error:
        raise Unavailable(f"ready file {path}: {error.strerror}; choose a writable place with --ready-file") from None


def show(addresses: Addresses) -> None:
    """The short table that a person clicks in."""
    table = Table(title=f"{addresses.name} · {addresses.model} · {addresses.serial}", title_justify="left", show_header=False)
    titles = {"http": "Web page", "https": "Web page, encrypted", "rtsp": "Video", "rtsps": "Video, encrypted"}
    for name, url in urls(addresses).items():
        table.add_row(titles[name], url)
    console = Console()
    console.print(table)
    if addresses.setup_needed:
        console.print("No account exists yet: open the web page and create the administrator.")
