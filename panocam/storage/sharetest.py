"""Trying a share out: every step that a recording would need, with the one that fails named."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from panocam.errors import Unavailable
from panocam.pipeline.workers import spawn
from panocam.storage.address import ShareAddress, ShareFault, Step
from panocam.storage.disk import words

if TYPE_CHECKING:  # loaded on the thread that uses it
    from panocam.storage.smb import SmbFiles

LONGEST_S = 40.0
STEPS = tuple(Step)


async def try_share(address: ShareAddress, told: Callable[[float, str], None] = lambda part, what: None) -> dict[str, str]:
    """Connect, write a file, read it back, remove it; returns what is known of the share. ``told(part, step)`` is called on the loop.

    Raises Unavailable that names the step which failed and the remedy.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[dict[str, str]] = loop.create_future()

    def step(now: Step) -> None:
        post(told, STEPS.index(now) / len(STEPS), str(now))

    def post(function: Callable[..., object], *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed
            loop.call_soon_threadsafe(function, *arguments)

    tried: list[SmbFiles] = []

    def body() -> None:
        from panocam.storage.smb import SmbFiles

        files = SmbFiles(address, step)
        tried.append(files)
        try:
            facts = _write_and_read(files, step)
        except OSError as fault:
            post(_fail, done, fault)
        else:
            post(_succeed, done, facts)
        finally:
            files.disconnect()

    spawn("share-test", body)
    try:
        return await asyncio.wait_for(done, LONGEST_S)
    except TimeoutError:
        for files in tried:
            files.abort()
        raise Unavailable(f"{address.shown}: it did not answer within {LONGEST_S:g} s; is the server overloaded?") from None
    except ShareFault as fault:
        raise Unavailable(f"{address.shown}: {fault.strerror}") from None
    except OSError as fault:
        raise Unavailable(f"{address.shown}: {Step.WRITE}: {words(fault)}; give {address.user or 'guests'} the right to write") from None


def _write_and_read(files: SmbFiles, step: Callable[[Step], None]) -> dict[str, str]:
    files.connect()
    step(Step.WRITE)
    name, data = f".panocam-test.{secrets.token_hex(4)}", secrets.token_bytes(4096)
    out = files.create(name)
    try:
        out.append(data)
        out.flush()
    finally:
        out.close()
    with files.open(name) as file:
        same = file.read() == data
    files.remove(name)
    if not same:
        raise ShareFault(Step.WRITE, "what was read is not what was written; check the server's disk")
    space = files.space()
    return {**files.facts(), "total": str(space.total), "free": str(space.free)}


def _succeed(done: asyncio.Future[dict[str, str]], facts: dict[str, str]) -> None:
    if not done.done():
        done.set_result(facts)


def _fail(done: asyncio.Future[dict[str, str]], fault: BaseException) -> None:
    if not done.done():
        done.set_exception(fault)
