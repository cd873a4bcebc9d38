"""The live WebSocket: coded pictures to the browser's decoder, and view moves back, on one connection.

The client is told about each stream by a JSON ``hello`` and then gets binary messages (``frames``). It may switch streams,
ask for a key picture and move view areas at any time; a refused wish is answered with a JSON ``error`` and changes nothing.

Slowness shows in two places. TCP pushes back through uvicorn's write buffer; and a client that acknowledges pictures
(``ack``) is never sent more than ``ACK_WINDOW`` beyond its last acknowledgement, so that deep network buffers cannot
turn into delay. Either way the subscription fills and loses whole groups of pictures, which are counted.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from panocam.api.clients import Client, Transport
from panocam.api.endpoint import WEBSOCKET, Call, Kind, Wish, rest
from panocam.api.faults import fault_of, invalid
from panocam.api.offers import plan
from panocam.api.steering import mover_of
from panocam.api.web.frames import pack
from panocam.api.web.moves import Center, Drive, Frame, Home, Move, Pose, ToPreset, carry_out
from panocam.errors import InvalidValue, PanocamError
from panocam.media.codec import Codec
from panocam.pipeline.request import ChannelSpec, StreamRequest
from panocam.pipeline.service import DropPolicy
from panocam.settings import Role

log = logging.getLogger(__name__)

ACK_WINDOW = 16
QUEUE = 64
"""Pictures that wait for a slow client before whole groups are dropped."""

NO_LONGER_ALLOWED = 4401
"""Close code: the session ended, the account is gone, or preview mode is over."""


class Watch(Wish):
    """Which stream to send. ``view`` is the index 0–11; what is not said follows the stream settings."""

    type: Literal["watch"] = "watch"
    view: int = Field(0, ge=0, le=11)
    codec: Literal["h264", "av1", "jpeg", "h265"] | None = Field(None, description="h264 (default), av1 or jpeg; h265 is refused")
    resolution: str | None = Field(None, pattern=r"^\d{1,5}x\d{1,5}$", description="WIDTHxHEIGHT from the view's list")
    fps: float | None = Field(None, ge=0, le=120)
    compression: int | None = Field(None, ge=0, le=100)

    def request(self, default: Codec) -> StreamRequest:
        """The wish in typed values. Raises InvalidValue for H.265, which browsers do not decode."""
        codec = Codec(self.codec) if self.codec else default
        if codec is Codec.H265:
            if self.codec:
                raise InvalidValue("codec", "h265", "browsers cannot decode it: choose h264, av1 or jpeg here, or watch H.265 over RTSP")
            codec = Codec.H264
        size = None
        if self.resolution:
            width, _, height = self.resolution.partition("x")
            size = int(width), int(height)
        return StreamRequest(view=self.view, codec=codec, resolution=size, fps=self.fps, compression=self.compression)


class Key(Wish):
    """Send a key picture soon."""

    type: Literal["key"]


class Ack(Wish):
    """The client has taken the picture with this sequence number; the first ``ack`` switches the window on."""

    type: Literal["ack"]
    sequence: int = Field(ge=0, le=0xFFFF_FFFF)


class Stop(Wish):
    """Send no more pictures until the next ``watch``."""

    type: Literal["stop"]


Message = Annotated[Watch | Key | Ack | Stop | Pose | Move | Center | Frame | Home | Drive | ToPreset, Field(discriminator="type")]
_MESSAGE: TypeAdapter[Any] = TypeAdapter(Message, config=ConfigDict(defer_build=True))


@dataclass
class _Window:
    """Pictures sent and not yet acknowledged, once the client has begun to acknowledge."""

    unacked: dict[int, None] = field(default_factory=dict)
    active: bool = False
    room: asyncio.Event = field(default_factory=asyncio.Event)

    def sent(self, sequence: int) -> None:
        self.unacked[sequence & 0xFFFF_FFFF] = None
        while len(self.unacked) > 4 * ACK_WINDOW:  # a client that never acknowledges costs no memory
            del self.unacked[next(iter(self.unacked))]

    def acknowledge(self, sequence: int) -> None:
        """Everything up to ``sequence`` has arrived; an unknown number is ignored."""
        if sequence in self.unacked:
            for each in list(self.unacked):
                del self.unacked[each]
                if each == sequence:
                    break
        self.active = True
        self.room.set()

    async def wait(self) -> None:
        while self.active and len(self.unacked) >= ACK_WINDOW:
            self.room.clear()
            await self.room.wait()


class LiveSession:
    """One connected browser."""

    def __init__(self, call: Call[Watch], client: Client) -> None:
        assert isinstance(call.connection, WebSocket)
        self._socket = call.connection
        self._call, self._services, self._client = call, call.services, client
        self._stream = 0
        self._sending: asyncio.Task[None] | None = None
        self._spec: ChannelSpec | None = None
        self._window = _Window()
        self._lost = 0
        self._driven: set[int] = set()

    async def run(self) -> None:
        """Serve until the client goes away."""
        try:
            await self._try(self._call.wish)
            while True:
                message = await self._socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                await self._on_text(message.get("text"))
        except WebSocketDisconnect:
            return
        finally:
            self._let_go()
            await self._stop()

    def _let_go(self) -> None:
        """Whoever held a joystick has gone: nothing may turn for ever."""
        for view in self._driven:
            try:
                carry_out(self._services, mover_of(self._call.caller), view, Drive.model_validate({}))
            except PanocamError as problem:
                log.debug("view %d is not stopped: %s", view, problem)

    async def _on_text(self, text: str | None) -> None:
        try:
            if text is None:
                raise InvalidValue("message", "binary", "send JSON text")
            await self._try(_MESSAGE.validate_json(text))
        except ValidationError as problem:
            await self._tell_error(invalid(problem, tagged=True))
        except InvalidValue as problem:
            await self._tell_error(problem)

    async def _try(self, message: Wish) -> None:
        try:
            await self._do(message)
        except PanocamError as problem:
            await self._tell_error(problem)

    async def _do(self, message: Wish) -> None:
        match message:
            case Watch():
                await self._watch(message)
            case Key() if self._spec is not None:
                self._services.camera.request_key(self._spec)
            case Ack():
                self._window.acknowledge(message.sequence)
            case Stop():
                await self._stop()
            case Pose() | Move() | Center() | Frame() | Home() | Drive() | ToPreset():
                self._call.caller.demand_ptz()
                watched = self._call.wish.view if self._spec is None else self._spec.view
                view = watched if message.view is None else message.view
                reply = carry_out(self._services, mover_of(self._call.caller), view, message)
                self._driven.add(view) if isinstance(message, Drive) else self._driven.discard(view)
                await self._tell({"type": "pose", **reply.model_dump()})

    async def _watch(self, wish: Watch) -> None:
        spec = plan(self._services, wish.request(self._services.settings.snapshot.stream.codec), as_camera=False)
        await self._stop()
        self._spec = self._client.spec = spec
        self._stream += 1
        self._window = _Window(active=self._window.active)
        self._sending = asyncio.create_task(self._send(spec, self._stream), name="live pictures")

    async def _stop(self) -> None:
        task, self._sending, self._spec = self._sending, None, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _send(self, spec: ChannelSpec, stream: int) -> None:
        """Send one stream until it is cancelled; problems are told to the client, which may then wish for something else."""
        try:
            reason = await self._send_pictures(spec, stream)
            await self._tell({"type": "ended", "stream": stream, "message": reason})
        except PanocamError as problem:
            await self._tell_error(problem)
        except WebSocketDisconnect:
            log.debug("live client %s went away", self._client.address)

    async def _send_pictures(self, spec: ChannelSpec, stream: int) -> str:
        """Returns why there are no more."""
        camera, client = self._services.camera, self._client
        async with camera.subscribe(spec, DropPolicy.UNTIL_KEY, QUEUE) as subscription:
            description = await camera.describe(spec)
            await self._tell(
                {
                    "type": "hello",
                    "stream": stream,
                    "view": spec.view,
                    "codec": str(description.codec),
                    "codec_string": description.codec_string,
                    "width": description.width,
                    "height": description.height,
                    "fps": description.fps,
                    "ack_window": ACK_WINDOW,
                }
            )
            lost_before = self._lost
            try:
                async for packet in subscription:
                    if packet.key and not self._call.caller.still_welcome():
                        await self._socket.close(NO_LONGER_ALLOWED, "log in again")
                        return "log in again"
                    await self._window.wait()
                    self._lost = client.dropped = lost_before + subscription.dropped
                    message = pack(packet, stream, self._lost, self._services.clock.monotonic_ns())
                    await self._socket.send_bytes(message)
                    self._window.sent(packet.sequence)
                    client.delivered += 1
                    client.bytes += len(message)
            except PanocamError as reason:  # the view is no longer there
                return str(reason)
            finally:
                self._lost = client.dropped = lost_before + subscription.dropped
            return "the channel was closed"

    async def _tell(self, message: Mapping[str, Any]) -> None:
        await self._socket.send_text(json.dumps(message))

    async def _tell_error(self, problem: PanocamError) -> None:
        fault = fault_of(problem)
        await self._tell({"type": "error", "status": fault.status, "message": fault.message, "name": fault.name})


async def live(call: Call[Watch]) -> None:
    """Handler of the live WebSocket's row."""
    assert isinstance(call.connection, WebSocket)
    await call.connection.accept()
    caller = call.caller
    with call.services.clients.watching(Transport.WEBSOCKET, caller.address, caller.name) as client:
        await LiveSession(call, client).run()


ENDPOINTS = (
    rest(
        "/api/v1/live",
        "Live pictures in binary messages, moves and stream changes in JSON",
        live,
        Role.VIEWER,
        methods=(WEBSOCKET,),
        request=Watch,
        reply=Kind.FRAMES,
        preview=True,
    ),
)
