"""Run one camera in the foreground: event loop, signals, log, the table of addresses and the ready file."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from panocam.app import log
from panocam.app.compose import Addresses, camera
from panocam.app.ending import Ending, start_anew
from panocam.app.limits import allow_many_files
from panocam.app.ready import ReadyFile, urls
from panocam.clock import CameraClock
from panocam.errors import InvalidValue, PanocamError

TITLES = {"http": "Web page", "https": "Web page, encrypted", "rtsp": "Video", "rtsps": "Video, encrypted"}


@dataclass(frozen=True)
class RunOptions:
    """What the command line says. ``overrides`` are settings by path, for this run only."""

    data: Path
    overrides: Mapping[str, object] = field(default_factory=dict)
    ready_file: Path | None = None
    log_level: str = "info"

    def __post_init__(self) -> None:
        if self.log_level not in log.LEVELS:
            raise InvalidValue("--log-level", self.log_level, f"use one of {', '.join(log.LEVELS)}")


def run(options: RunOptions) -> None:
    """Run until SIGINT or SIGTERM; a camera that is to restart becomes a new one. Raises PanocamError when the camera cannot start."""
    allow_many_files()
    clock = CameraClock()
    release = log.set_up(options.log_level, clock)
    try:
        uvloop.run(_serve(options, clock, release))
    except PanocamError:
        log.forget_held()
        raise


async def _serve(options: RunOptions, clock: CameraClock, started: Callable[[], None]) -> None:
    ending = Ending()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ending.stop)
    ready = ReadyFile(options.ready_file)
    async with camera(options.data, options.overrides, clock, ending, ready.follow) as addresses:
        with ready.telling(addresses):
            started()
            gc.collect()
            gc.freeze()  # hundreds of thousands of objects that stay: looking through them again and again would stop all threads each time
            show(addresses)
            await ending.over.wait()
    if ending.again:
        start_anew()  # from here: threads of a source that hangs would hold up the end of the loop, but not this


def show(addresses: Addresses) -> None:
    """The short table that a person clicks in."""
    found = urls(addresses)
    width = max(len(TITLES[scheme]) for scheme in found)
    print(f"{addresses.name} · {addresses.model} · {addresses.serial}")
    for scheme, url in found.items():
        print(f"  {TITLES[scheme]:{width}}  {url}")
    if addresses.setup_needed:
        print("No account exists yet: open the web page and create the administrator.")
    print("Stop with Ctrl+C.", flush=True)
