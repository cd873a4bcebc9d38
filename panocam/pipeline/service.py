"""What the delivery side (streaming, api) sees of the pipeline: three protocols, so each side is tested without the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Protocol

from panocam.media.codec import StreamDescription
from panocam.media.packet import Packet
from panocam.pipeline.request import ChannelSpec, StreamRequest


class DropPolicy(StrEnum):
    """What a full subscription does; the theory is on top of ``pipeline.hub``."""

    LATEST = "latest"
    UNTIL_KEY = "until-key"
    LOSSLESS = "lossless"


class Subscription(Protocol):
    """A bounded view on a hub. Async-iterate it for packets; leaving ``async with`` gives the demand back.

    Iteration ends when the camera stops. When the channel is closed because its view is no longer there (another mount or capture mode,
    switched off), it raises the NotFound or InvalidValue that says so.
    Whoever keeps packets for newcomers of his own must not begin with one whose sequence number is below ``fit_from``.
    """

    dropped: int

    @property
    def fit_from(self) -> int: ...

    def __aiter__(self) -> AsyncIterator[Packet]: ...
    async def __aenter__(self) -> Subscription: ...
    async def __aexit__(self, *exc: object) -> None: ...


class Camera(Protocol):
    """The pipeline as a service. All methods are called on the event loop."""

    def plan(self, request: StreamRequest) -> ChannelSpec:
        """Fill in the defaults and check everything. Raises InvalidValue (names the argument) or NotFound (no such view here)."""

    async def describe(self, spec: ChannelSpec) -> StreamDescription:
        """Start the channel if need be and wait for its first key packet. Raises Busy beyond the encoder budget."""

    def subscribe(self, spec: ChannelSpec, policy: DropPolicy, bound: int = 64) -> Subscription:
        """Demand the channel. The first packet delivered is a key packet: the running group of pictures if there is one."""

    def request_key(self, spec: ChannelSpec) -> None:
        """Ask for a key picture as soon as possible (rate-limited by the channel)."""
