"""Can another computer be reached from here? An ICMP echo, and a TCP connection, both without special rights and without a shell."""

from __future__ import annotations

import asyncio
import re
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from time import perf_counter

from panocam.errors import InvalidValue, Unavailable

WAIT_S = 4.0
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_ECHO = {socket.AF_INET: (socket.IPPROTO_ICMP, 8), socket.AF_INET6: (socket.IPPROTO_ICMPV6, 128)}
"""Protocol and type of an echo request (RFC 792, RFC 4443 §4.1)."""


@dataclass(frozen=True)
class Outcome:
    """``reason`` says why not; it is empty when ``address`` answered, after ``milliseconds``."""

    address: str
    milliseconds: float = 0.0
    reason: str = ""

    def __str__(self) -> str:
        return (
            f"No response from {self.address}: {self.reason}"
            if self.reason
            else f"Got response from {self.address} in {self.milliseconds:.1f} ms"
        )


def checked_host(name: str, given: str) -> str:
    """An address or a host name. Raises InvalidValue."""
    try:
        return str(ip_address(given))
    except ValueError:
        labels = given.removesuffix(".").split(".")
        if len(given) <= 253 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit():
            return given
    raise InvalidValue(name, given, "give an IP address or a host name")


async def ping(host: str) -> Outcome:
    """One echo. Raises Unavailable where the system does not let ordinary programs ping."""
    try:
        family, address = await _resolve(host)
    except OSError as fault:
        return Outcome(host, reason=fault.strerror or "unknown name")
    protocol, kind = _ECHO[family]
    try:
        sock = socket.socket(family, socket.SOCK_DGRAM, protocol)
    except PermissionError:
        raise Unavailable(
            "the system does not let this program ping: allow its group in net.ipv4.ping_group_range, or use tcptest.cgi"
        ) from None
    except OSError as fault:
        return Outcome(address, reason=fault.strerror or str(fault))
    began = perf_counter()
    with sock:
        sock.setblocking(False)
        try:
            async with asyncio.timeout(WAIT_S):
                await _echo(sock, address, bytes((kind, 0, 0, 0, 0, 0, 0, 1)) + b"panocam")
        except TimeoutError:
            return Outcome(address, reason=f"nothing within {WAIT_S:.0f} s")
        except OSError as fault:
            return Outcome(address, reason=fault.strerror or str(fault))
    return Outcome(address, (perf_counter() - began) * 1000)


async def connect(host: str, port: int) -> Outcome:
    """One TCP connection, closed at once."""
    began = perf_counter()
    try:
        async with asyncio.timeout(WAIT_S):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return Outcome(f"{host} port {port}", reason=f"nothing within {WAIT_S:.0f} s")
    except OSError as fault:
        return Outcome(f"{host} port {port}", reason=fault.strerror or str(fault))
    writer.close()
    return Outcome(f"{host} port {port}", (perf_counter() - began) * 1000)


async def _resolve(host: str) -> tuple[socket.AddressFamily, str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    family, _, _, _, address = next(each for each in found if each[0] in _ECHO)
    return family, str(address[0])


async def _echo(sock: socket.socket, address: str, request: bytes) -> None:
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sock.connect, (address, 0))  # no packet yet; the kernel gives replies to this socket alone
    await loop.sock_sendall(sock, request)
    await loop.sock_recv(sock, 256)
