"""Between a channel's encoder and its hub: signs what passes, for as many channels as want it, with one key.

A thread of its own owns the key store's session, because tokens and TPMs want that, and because some take their time: a signature
is asked for when a group of pictures ends and goes out with a later picture, so no picture waits for it. Hashing is done on
the channel's own worker; it is less work than copying the picture.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar

from panocam.codecs.signing.document import Signatory
from panocam.codecs.signing.formats import FORMATS
from panocam.codecs.signing.signer import Limits, Signer
from panocam.errors import PanocamError, Unavailable
from panocam.media.packet import Packet
from panocam.media.signing import Signing
from panocam.pipeline.coder import Output
from panocam.pipeline.request import ChannelSpec
from panocam.pipeline.workers import Job, Worker

OPENING_S = 3.0
"""How long a channel's first picture waits for the key store to open."""

FORWARD_NS = 1_000_000_000
"""A step of the wall clock that is followed."""

Deliver = Callable[[Output], None]
T = TypeVar("T")


class Identity(Protocol):
    """Who signs. Used on the signing thread only, but for ``signatory``."""

    @property
    def signatory(self) -> Signatory: ...
    def sign(self, digest: bytes) -> bytes:
        """ECDSA over a SHA-256 digest in DER. Raises Unavailable."""


class SigningFailed(Unavailable):
    """A channel can be signed no further. What comes after it is another signed stream, so nobody may go on as if it were the same."""


Who = TypeVar("Who", bound=Identity)


class SigningDesk(Generic[Who]):
    """``opener`` opens the key store and makes the key at first need; it runs on the signing thread. Raises what it raises."""

    def __init__(self, opener: Callable[[], Who]) -> None:
        self._opener = opener
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._identity: Future[Who] | None = None
        self._closed = False

    def identity(self) -> Future[Who]:
        """Opens the key store if need be; one that failed is tried again."""
        with self._lock:
            identity = self._identity
            if identity is None or (identity.done() and identity.exception() is not None):
                identity = self._identity = self._run(self._opener)
            return identity

    def before(self, spec: ChannelSpec, deliver: Deliver) -> Deliver:
        """What a coder of ``spec`` must call in place of ``deliver``."""
        return deliver if spec.signing is None else _Seal(self, spec, spec.signing, deliver)

    def sign(self, identity: Identity, digest: bytes) -> Future[bytes]:
        """On the signing thread."""
        return self._run(lambda: identity.sign(digest))

    def close(self) -> None:
        """End the thread after what was asked for."""
        with self._lock:
            self._closed = True
            if self._worker is not None:
                self._worker.stop()

    def _run(self, work: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(Unavailable("the camera stopped"))
            return future
        if self._worker is None:
            self._worker = Worker("signing")
        self._worker.submit(_job(work, future))
        return future


def _job(work: Callable[[], object], future: Future[Any]) -> Job:
    def job() -> None:
        try:
            future.set_result(work())
        except Exception as error:  # the supervisor of a foreign library; whoever waits gets it
            known = isinstance(error, PanocamError)
            future.set_exception(error if known else Unavailable(f"the key store failed: {type(error).__name__}"))

    return job


class _Seal:
    """One channel's signer, on that channel's worker."""

    def __init__(self, desk: SigningDesk[Any], spec: ChannelSpec, signing: Signing, deliver: Deliver) -> None:
        self._desk, self._spec, self._signing, self._deliver = desk, spec, signing, deliver
        self._signer: Signer | None = None
        self._clock = _Timestamps()

    def __call__(self, output: Output) -> None:
        packet = output.packet
        try:
            signer = self._signer = self._signer or self._open()
            data = signer.take(packet.data, self._clock.utc_us(packet))
        except PanocamError as error:
            self._signer = None
            raise SigningFailed(str(error)) from error
        self._deliver(output if data is packet.data else replace(output, packet=replace(packet, data=data)))

    def _open(self) -> Signer:
        try:
            identity = self._desk.identity().result(OPENING_S)
        except TimeoutError:
            raise Unavailable("the store of the signing key does not answer; look after it, or switch signed video off") from None
        signing, codec = self._signing, self._spec.profile.codec
        limits = Limits(interval_us=round(signing.interval_s * 1e6))
        return Signer(codec, FORMATS[signing.format], identity.signatory, lambda digest: self._desk.sign(identity, digest), limits)


class _Timestamps:
    """UTC of each picture: media time laid over the wall clock. The wall may be set right later; backwards it is not followed."""

    def __init__(self) -> None:
        self._offset_ns: int | None = None

    def utc_us(self, packet: Packet) -> int:
        offset = packet.wall_ns - packet.pts_ns
        if self._offset_ns is None or offset - self._offset_ns > FORWARD_NS:
            self._offset_ns = offset
        return (packet.pts_ns + self._offset_ns) // 1000
