"""The way to another machine: its addresses, and a connection to the first that answers.

Names are looked up on threads of our own. A name server that hangs holds those, and nobody else's.
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from panocam.notify.fault import SendFault, nameless, unreached
from panocam.settings.hosts import bracketed, wire

CONNECT_S = 10.0
_NAMES = ThreadPoolExecutor(4, "notify-names")


async def addresses(host: str, port: int) -> list[str]:
    """Every address of a host once, in the machine's order of preference. Raises SendFault."""
    loop = asyncio.get_running_loop()
    try:
        look_up = loop.run_in_executor(_NAMES, lambda: socket.getaddrinfo(wire(host), port, type=socket.SOCK_STREAM))
        found = await asyncio.wait_for(look_up, CONNECT_S)
    except TimeoutError:
        raise nameless(host, socket.gaierror(socket.EAI_AGAIN, "")) from None
    except (OSError, UnicodeError) as fault:
        raise nameless(host, fault if isinstance(fault, OSError) else OSError()) from None
    return list(dict.fromkeys(str(each[4][0]) for each in found))


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
