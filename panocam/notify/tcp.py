"""Text over a TCP connection of its own, which is closed behind it."""

from __future__ import annotations

import asyncio
import contextlib

from panocam.notify.fault import SendFault, Step, unreached
from panocam.notify.message import Line
from panocam.notify.reach import connect
from panocam.settings.recipients import Tcp

TAKE_S = 20.0
CLOSE_S = 2.0


async def send_text(row: Tcp, line: Line) -> str:
    """Raises SendFault. What the other side says is not waited for; that it breaks the connection off at once is noticed."""
    where = row.place
    made = await connect(row.host, row.port)
    reader, writer = await asyncio.open_connection(sock=made)
    try:
        async with asyncio.timeout(TAKE_S):
            writer.write(line.data)
            await writer.drain()
            writer.write_eof()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_S):  # a reset comes here, the end of a friendly server too
                    await reader.read(1024)
    except TimeoutError:
        raise SendFault(Step.MESSAGE, f"{where}: it took nothing for {TAKE_S:g} s") from None
    except OSError as fault:
        raise unreached(where, fault) from None
    finally:
        writer.transport.abort()
    return f"{len(line.data)} bytes"
