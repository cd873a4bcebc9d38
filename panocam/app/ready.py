"""The ready file: says to scripts where the camera answers, from when it is ready to its end."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from panocam.app.compose import Addresses
from panocam.app.listeners import Ports
from panocam.discovery.announcement import own_addresses
from panocam.errors import Unavailable

log = logging.getLogger(__name__)


def urls(addresses: Addresses) -> dict[str, str]:
    """The addresses that a person or a script opens, by scheme."""
    host = own_addresses(addresses.host)[0]
    host = f"[{host}]" if ":" in host else host
    made = {scheme: f"{scheme}://{host}:{port}" for scheme, port in asdict(addresses.ports).items() if port}
    return {scheme: url + ("/axis-media/media.amp" if scheme.startswith("rtsp") else "/") for scheme, url in made.items()}


class ReadyFile:
    """At ``path``, or nowhere if that is None. One that a killed camera left, which would be believed, goes at once. Raises Unavailable."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._told: Addresses | None = None
        self._remove()

    @contextmanager
    def telling(self, addresses: Addresses) -> Iterator[None]:
        """The file is there inside the block. Raises Unavailable."""
        self._write(addresses)
        self._told = addresses
        try:
            yield
        finally:
            self._told = None
            self._remove()

    def follow(self, ports: Ports) -> None:
        """Some were opened or closed. A disk that is full is no reason to refuse that."""
        if self._told is not None:
            try:
                self._write(replace(self._told, ports=ports))
            except Unavailable as fault:
                log.warning("%s; it still names the ports from before", fault)

    def _write(self, addresses: Addresses) -> None:
        """The file appears whole or not at all."""
        if self._path is None:
            return
        facts = {**urls(addresses), "pid": os.getpid(), "serial": addresses.serial}
        try:
            temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}")
            temporary.write_text(json.dumps(facts, indent=1) + "\n")
            temporary.replace(self._path)
        except OSError as error:
            raise _unwritable(self._path, error) from None

    def _remove(self) -> None:
        try:
            if self._path is not None:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(self._path, error) from None


def _unwritable(path: Path | None, error: OSError) -> Unavailable:
    return Unavailable(f"ready file {path}: {error.strerror}; choose a writable place with --ready-file")
