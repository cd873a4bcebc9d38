"""Run one camera in the foreground: event loop, signals, log, the table of addresses and the ready file."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import uvloop

from panocam.app import log
from panocam.app.compose import Addresses, camera
from panocam.app.ending import Ending, start_anew
from panocam.app.limits import allow_many_files
from panocam.clock import CameraClock
from panocam.discovery.announcement import own_addresses
from panocam.errors import InvalidValue, PanocamError, Unavailable

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
    ready = options.ready_file
    if ready is not None:
        remove(ready)  # one of a camera that was killed would be believed
    async with camera(options.data, options.overrides, clock, ending) as addresses:
        if ready is not None:
            write_ready(ready, addresses)
        started()
        gc.collect()
        gc.freeze()  # hundreds of thousands of objects that stay: looking through them again and again would stop all threads each time
        try:
            show(addresses)
            await ending.over.wait()
        finally:
            if ready is not None:
                remove(ready)
    if ending.again:
        start_anew()  # from here: threads of a source that hangs would hold up the end of the loop, but not this


def urls(addresses: Addresses) -> dict[str, str]:
    """The addresses that a person or a script opens, by scheme."""
    host = own_addresses(addresses.host)[0]
    host = f"[{host}]" if ":" in host else host
    made = {scheme: f"{scheme}://{host}:{port}" for scheme, port in asdict(addresses.ports).items() if port}
    return {scheme: url + ("/axis-media/media.amp" if scheme.startswith("rtsp") else "/") for scheme, url in made.items()}


def write_ready(path: Path, addresses: Addresses) -> None:
    """Say by a file that the camera is ready; the file appears whole or not at all. Raises Unavailable."""
    facts = {**urls(addresses), "pid": os.getpid(), "serial": addresses.serial}
    try:
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_text(json.dumps(facts, indent=1) + "\n")
        temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None


def remove(path: Path) -> None:
    """Take the ready file away. Raises Unavailable."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from None


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


def _unwritable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(f"ready file {path}: {error.strerror}; choose a writable place with --ready-file")
