"""Signed video as a service: the camera's identity in it, and the verification of files that somebody brings.

A file that is brought comes from a stranger, and the program that takes it apart is large. So it is verified by a process of its own, with
bounded memory and time and the lowest priority: what kills it kills no camera, and live streams do not feel it. One at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

from panocam.access.video_identity import VideoIdentity
from panocam.api.faults import HttpFault
from panocam.errors import Busy, InvalidValue, Unavailable

LARGEST = 4 << 30
"""Bytes of a file that is taken."""

SPARE = 256 << 20
"""Bytes of the disk that are left free."""

LONGEST_S = 900
MEMORY = 2 << 30
SILENCE_S = 30.0
UNREADABLE = 3

_CHILD = """
import os, resource, sys
os.nice(19)
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
from panocam.cli import main
sys.exit(main(["verify", "--json", "--trust", sys.argv[2], sys.argv[3]]))
"""


class Known(Protocol):
    """Somebody who signs, as far as certificates go."""

    @property
    def video(self) -> VideoIdentity: ...


class Desk(Protocol):
    """Where the identity comes from; ``pipeline.signing.SigningDesk`` is one."""

    def identity(self) -> Future[Any]:
        """A future of a ``Known``; opens the key store if need be."""


class SignedVideo:
    """``folder`` is where files wait for their verification; what an earlier run left there is removed."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self._desk, self._folder = desk, folder
        self._busy = False
        for left in folder.iterdir():
            shutil.rmtree(left, ignore_errors=True)

    async def identity(self) -> VideoIdentity:
        """Key and certificates, made if need be. Raises Unavailable when the key store cannot be opened."""
        known: Known = await asyncio.wrap_future(self._desk.identity())
        return known.video

    async def verify(self, name: str, body: AsyncIterator[bytes]) -> dict[str, Any]:
        """The report over a file, as ``panocam verify --json`` gives it.

        Raises Busy while another file is looked at, HttpFault 413 for one too large, InvalidValue for one that cannot be read.
        """
        if self._busy:
            raise Busy("another file is being verified; try again when it is done", retry_after=5)
        self._busy = True
        try:
            with self._room() as room:
                path = room / f"video-{_plain(name)}"
                await _spool(path, body)
                trusted = room / "trusted.pem"
                trusted.write_bytes((await self.identity()).trusted_pem)
                return {**await _verified(path, trusted), "name": _plain(name)}
        finally:
            self._busy = False

    @contextlib.contextmanager
    def _room(self) -> Iterator[Path]:
        try:
            room = Path(tempfile.mkdtemp(dir=self._folder))
        except OSError as fault:
            raise Unavailable(f"{self._folder}: {fault.strerror}; make the data folder writable") from None
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)


async def _spool(path: Path, body: AsyncIterator[bytes]) -> None:
    size = 0
    try:
        with path.open("xb") as out:
            async for part in _awaited(body):
                size += len(part)
                if size > LARGEST or shutil.disk_usage(path.parent).free < SPARE + len(part):
                    raise _too_large(size)
                await asyncio.to_thread(out.write, part)
    except OSError as fault:
        raise Unavailable(f"the file cannot be kept for its verification: {fault.strerror}; free some space") from None
    if not size:
        raise InvalidValue("body", "0 bytes", "send the file as the body of the request")


async def _awaited(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The parts of ``body``, as long as they keep coming."""
    while True:
        try:
            async with asyncio.timeout(SILENCE_S):
                part = await anext(body)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise HttpFault(408, f"nothing of the file came for {SILENCE_S:.0f} s", {"Connection": "close"}) from None
        yield part


async def _verified(path: Path, trusted: Path) -> dict[str, Any]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, str(MEMORY), str(trusted), str(path),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(LONGEST_S):
            out, said = await child.communicate()
    except TimeoutError:
        raise InvalidValue(
            "file", path.name, f"its verification took longer than {LONGEST_S} s; use panocam verify on a computer"
        ) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode == UNREADABLE:
        reason = said.decode(errors="replace").strip().splitlines()[-1:]
        raise InvalidValue("file", path.name, (reason or ["it cannot be read"])[0].rpartition("': ")[2] or "it cannot be read")
    try:
        report: dict[str, Any] = json.loads(out)
    except ValueError:
        raise InvalidValue("file", path.name, "the program that reads it gave up; it is damaged or made to do harm") from None
    return report


def _plain(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in "-_." else "_" for c in name.rpartition("/")[2])[-80:].lstrip(".")
    return kept or "video"


def _too_large(size: int) -> HttpFault:
    limit = f"{LARGEST >> 30} GiB" if size > LARGEST else "space on the camera's disk"
    return HttpFault(413, f"the file is larger than the {limit}; use panocam verify on a computer", {"Connection": "close"})
