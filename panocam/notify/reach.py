"""The way to another machine: its addresses, and a connection to the first that answers.

Each name is looked up on a thread of its own, which a name server that hangs may hold as long as it likes: nobody waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from ipaddress import ip_address

from panocam.notify.fault import SendFault, nameless, unreached
from panocam.pipeline.workers import spawn
from panocam.settings.hosts import bracketed, wire

CONNECT_S = 10.0


async def addresses(host: str, port: int) -> list[str]:
    """Every address of a host once, in the machine's order of preference. Raises SendFault."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        pass
    try:
        found = await asyncio.wait_for(_look_up(host, port), CONNECT_S)
    except TimeoutError:
        raise nameless(host, socket.gaierror(socket.EAI_AGAIN, "")) from None
    except (OSError, UnicodeError) as fault:
        raise nameless(host, fault if isinstance(fault, OSError) else OSError()) from None
    return list(dict.fromkeys(found))


async def _look_up(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[list[str]] = loop.create_future()

    def tell(found: list[str], fault: Exception | None) -> None:
        if not done.done():
            done.set_result(found) if fault is None else done.set_exception(fault)

    def body() -> None:
        found: list[str] = []
        fault: Exception | None = None
        try:
            found = [str(each[4][0]) for each in socket.getaddrinfo(wire(host), port, type=socket.SOCK_STREAM)]
        except (OSError, ValueError) as problem:
            fault = problem
        with contextlib.suppress(RuntimeError):  # the loop has closed
            loop.call_soon_threadsafe(tell, found, fault)

    spawn("notify-name", body)
    return await done


async def connect(host: str, port: int) -> socket.socket:
    """A connected socket that does not block. Raises SendFault."""
    loop, where = asyncio.get_running_loop(), f"{bracketed(host)}:{port}"
    fault: SendFault | None = None
    for address in await addresses(host, port):
        made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        made.setblocking(False)
        try:
            await asyncio.wait_for(loop.sock_connect(made, (address, port)), CONNECT_S)
        except (TimeoutError, OSError) as problem:
            made.close()
            fault = unreached(where, problem)
        except BaseException:
            made.close()
            raise
        else:
            return made
    raise fault or nameless(host, OSError())
