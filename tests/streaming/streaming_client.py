"""A small RTSP client for tests: one connection, requests and replies, interleaved packets, all with a deadline."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field

DEADLINE_S = 10
PATH = "/axis-media/media.amp"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str
    raw: str = ""


@dataclass
class Client:
    """``packets`` are the (channel, payload) pairs that came so far and nobody took."""

    port: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    packets: list[tuple[int, bytes]] = field(default_factory=list)
    cseq: int = 0
    session: str = ""

    @classmethod
    async def open(cls, port: int, tls=None) -> Client:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname="cam" if tls else None)
        return cls(port, reader, writer)

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}{PATH}"

    async def ask(self, method: str, *headers: str, url: str | None = None, query: str = "", body: str = "") -> Answer:
        """Send a request and wait for its reply; packets in between are kept."""
        self.send(method, *headers, url=url, query=query, body=body)
        return await self.answer()

    def send(self, method: str, *headers: str, url: str | None = None, query: str = "", body: str = "") -> None:
        self.cseq += 1
        lines = [f"{method} {url or self.url + query} RTSP/1.0", f"CSeq: {self.cseq}", *headers]
        if self.session:
            lines.append(f"Session: {self.session}")
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.writer.write(("\r\n".join((*lines, "", "")) + body).encode())

    async def answer(self) -> Answer:
        async with asyncio.timeout(DEADLINE_S):
            while (first := await self.reader.readexactly(1)) == b"$":
                await self._packet()
            head = (first + await self.reader.readuntil(b"\r\n\r\n")).decode()
            headers = {name.lower(): value for name, value in re.findall(r"^([\w-]+): (.*)\r$", head, re.M)}
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(head.split()[1]), headers, body.decode(), head)

    async def _packet(self) -> None:
        channel, length = (await self.reader.readexactly(1))[0], int.from_bytes(await self.reader.readexactly(2), "big")
        self.packets.append((channel, await self.reader.readexactly(length)))

    async def packet(self) -> tuple[int, bytes]:
        """The next interleaved packet."""
        async with asyncio.timeout(DEADLINE_S):
            while not self.packets:
                assert await self.reader.readexactly(1) == b"$"
                await self._packet()
        return self.packets.pop(0)

    async def setup(self, transport: str = "RTP/AVP/TCP;unicast;interleaved=0-1", *headers: str, query: str = "") -> Answer:
        """SETUP of the only stream; keeps the session."""
        found = await self.ask("SETUP", f"Transport: {transport}", *headers, url=f"{self.url}/stream=0{query}")
        if found.status == 200:
            self.session = found.headers["session"].partition(";")[0]
        return found

    async def closed(self) -> bool:
        """Wait for the server to close the connection."""
        with suppress(ConnectionError):
            async with asyncio.timeout(DEADLINE_S):
                while await self.reader.read(65536):
                    pass
        return True

    def close(self) -> None:
        self.writer.close()


async def until(condition, deadline_s: float = DEADLINE_S) -> None:
    """Wait for a condition that other tasks will make true."""
    async with asyncio.timeout(deadline_s):
        while not condition():  # noqa: ASYNC110  # sockets give no event to wait for
            await asyncio.sleep(0.005)
