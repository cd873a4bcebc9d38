"""Motion JPEG over plain HTTP: a stream of parts that always shows a slow client the newest picture."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from panocam.api.clients import Client
from panocam.clock import NS, Clock
from panocam.pipeline.request import ChannelSpec
from panocam.pipeline.service import Camera, DropPolicy

BOUNDARY = "myboundary"
MULTIPART = f"multipart/x-mixed-replace; boundary={BOUNDARY}"


@dataclass(frozen=True)
class Extent:
    """When a multipart stream ends by itself: after so many pictures or seconds; 0 is never."""

    pictures: int = 0
    seconds: float = 0.0


async def multipart(camera: Camera, spec: ChannelSpec, client: Client, clock: Clock, extent: Extent = Extent()) -> AsyncIterator[bytes]:
    """Parts of ``multipart/x-mixed-replace`` (RFC 2046 §5.1), each one chunk: boundary, headers, JPEG, CRLF.

    The subscription holds one picture and forgets it for a newer one, so whoever reads slowly sees fewer pictures, never old ones.
    """
    client.spec = spec
    started = clock.monotonic_ns()
    async with camera.subscribe(spec, DropPolicy.LATEST, 1) as subscription:
        async for packet in subscription:
            yield (
                b"--%b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (BOUNDARY.encode(), len(packet.data))
                + packet.data
                + b"\r\n"
            )
            client.delivered += 1
            client.bytes += len(packet.data)
            client.dropped = subscription.dropped
            if extent.pictures and client.delivered >= extent.pictures:
                break
            if extent.seconds and clock.monotonic_ns() - started >= extent.seconds * NS:
                break
    yield b"--%b--\r\n" % BOUNDARY.encode()
