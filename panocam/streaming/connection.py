"""Drives one RTSP connection: bytes from a carrier into the machine, its calls to the methods, their replies to the outlet.

Requests are served one after another, so replies keep their order. While one is being served the bytes behind it wait in the
machine, up to a bound.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from panocam.errors import PanocamError
from panocam.journal.access import Asked
from panocam.streaming.client import Client
from panocam.streaming.methods import Handler, Outcome, refuse, table
from panocam.streaming.outlet import Outlet
from panocam.streaming.rtsp.machine import Answer, Call, Machine
from panocam.streaming.rtsp.messages import Interleaved, Method, Reply
from panocam.streaming.service import Named, Service
from panocam.streaming.setup import setup

log = logging.getLogger(__name__)

MAX_WAITING = 256 * 1024
"""Bytes that may wait behind a request that is being served; a client that sends more is cut off."""

HANDLERS: Mapping[Method, Handler] = table(setup)


class Connection:
    """One client's byte stream. ``user`` is set when the carrier has already proved who it is."""

    def __init__(self, service: Service, outlet: Outlet, ended: Callable[[Connection], None], user: Named | None = None) -> None:
        self.outlet = outlet
        self._ended = ended
        self.user = user
        self._trusted = user is not None
        self._service = service
        self._machine = Machine(HANDLERS, service.find)
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self.requests = 0
        self.active_ns = service.clock.monotonic_ns()

    def feed(self, data: bytes) -> None:
        """Take bytes from the client."""
        if self._closed:
            return
        self._machine.receive(data)
        self._advance()
        if self._machine.pending > MAX_WAITING or self.outlet.pending() > 4 * self._service.options.write_bound:
            log.warning("%s sends faster than it is served or reads; cut off", self.outlet.peer[0])
            self._close()

    def lost(self) -> None:
        """The carrier is gone. Sessions inside it end with it; those over UDP wait for their client until they time out."""
        self._closed = True
        self._ended(self)
        if self._task is not None:
            self._task.cancel()
        for session in self._service.owned(self.outlet):
            if session.interleaved:
                self._service.end(session)

    def _close(self) -> None:
        self._closed = True
        self.outlet.close()

    def _advance(self) -> None:
        while self._task is None and not self._closed and (event := self._machine.next_event()) is not None:
            if isinstance(event, Interleaved):
                self._from_client(event)
                continue
            self.requests += 1
            self.active_ns = self._service.clock.monotonic_ns()
            if isinstance(event, Call):
                self._task = asyncio.create_task(self._serve(event), name=f"RTSP {event.method}")
                return
            self._settle(event)

    def _settle(self, answer: Answer) -> None:
        self.outlet.write(answer.data)
        if answer.close:
            self._close()

    def _from_client(self, block: Interleaved) -> None:
        for session in self._service.owned(self.outlet):
            if any(block.channel in delivery.channels for delivery in session.deliveries.values()):
                self._service.feedback(session, block.payload)
                return

    async def _serve(self, call: Call) -> None:
        try:
            outcome = await self._outcome(call)
        except PanocamError as error:
            outcome = Outcome(refuse(error))
        except Exception:  # a supervisor: one broken request must not take the server's other clients with it
            log.exception("%s %s failed", call.method, call.request.uri)
            outcome = Outcome(Reply(500))
        self._service.heard(self._asked(call, outcome.reply.status))
        self.outlet.write(self._machine.answer(call, outcome.reply, outcome.opened))
        if outcome.then is not None:
            outcome.then()
        self._task = None
        self._advance()

    def _asked(self, call: Call, status: int) -> Asked:
        inside = "" if self.outlet.carrier in ("tcp", "tls") else f"/{self.outlet.carrier}"
        protocol = f"{'rtsps' if self.outlet.secure else 'rtsp'}{inside}"
        return Asked(self.outlet.peer[0], self.user.name if self.user else "", protocol, call.method, call.request.uri, status)

    async def _outcome(self, call: Call) -> Outcome:
        user = await self._authenticate(call)
        return await HANDLERS[call.method](self._service, call, Client(self.outlet, user))

    async def _authenticate(self, call: Call) -> Named:
        # Keep-alives and TEARDOWN often come without credentials or with a nonce grown old: when the connection has proved
        # itself and names a session of its own, that is enough.
        if self.user is None or not (self._trusted or self._owns(call)):
            self.user = await self._service.authenticator.check(
                call.request.method,
                call.request.uri,
                call.request.header("Authorization"),
                self.outlet.peer[0],
                protocol="rtsp-in-http" if self.outlet.carrier == "http" else "rtsp",
                secure=self.outlet.secure,
            )
        return self.user

    def _owns(self, call: Call) -> bool:
        session = self._service.sessions.get(call.session.id) if call.session else None
        return session is not None and session.outlet is self.outlet
