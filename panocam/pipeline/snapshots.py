"""Still pictures on demand: one encoder for one picture, shared by everybody who asks for the same one at the same moment.

Whoever asks while the source is still being opened wants to see what it shows, and not that it is being opened: the words are kept back
for ``PATIENCE_S`` seconds, and given only if no picture comes. That a source is lost is said at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from panocam.errors import Busy, PanocamError, Unavailable
from panocam.media.packet import Packet
from panocam.media.stamps import Stage
from panocam.pipeline.coder import Coder, Output
from panocam.pipeline.request import ChannelSpec

MOST = 8
TIMEOUT_S = 10.0
PATIENCE_S = 6.0

Engage = Callable[[ChannelSpec, Callable[[Output], None], Callable[[PanocamError], None]], Coder]


@dataclass
class _Exposure:
    picture: asyncio.Future[Packet]
    coder: Coder | None = None
    words: Packet | None = None


class Snapshots:
    """``engage(spec, deliver, fail)`` makes a coder that gets shots; ``release(coder)`` ends it. Used on the event loop."""

    def __init__(self, engage: Engage, release: Callable[[Coder], None]) -> None:
        self._engage, self._release = engage, release
        self._loop = asyncio.get_running_loop()
        self._open: dict[ChannelSpec, _Exposure] = {}
        self._shown_from_ns = 0

    @property
    def coders(self) -> tuple[Coder, ...]:
        return tuple(exposure.coder for exposure in self._open.values() if exposure.coder is not None)

    async def take(self, spec: ChannelSpec) -> Packet:
        """The next picture of ``spec``. Raises Busy beyond ``MOST`` different ones at once, Unavailable if none comes."""
        exposure = self._open.get(spec) or self._begin(spec)
        try:
            return await asyncio.wait_for(asyncio.shield(exposure.picture), TIMEOUT_S)
        except TimeoutError:
            self._finish(spec, exposure, Unavailable(f"view {spec.view} gave no picture within {TIMEOUT_S:g} s"))
            return exposure.picture.result()

    def forget_before(self, monotonic_ns: int) -> None:
        """Show no picture that was masked before then; whoever waits gets the next one."""
        self._shown_from_ns = monotonic_ns

    def close(self) -> None:
        for spec, exposure in list(self._open.items()):
            self._finish(spec, exposure, Unavailable("the camera stopped"))

    def _begin(self, spec: ChannelSpec) -> _Exposure:
        if len(self._open) >= MOST:
            raise Busy(f"{MOST} different still pictures are being taken; ask again in a moment", retry_after=1)
        exposure = _Exposure(self._loop.create_future())
        self._open[spec] = exposure
        exposure.coder = self._engage(
            spec,
            lambda output: self._from_worker(self._wait if output.passing else self._finish, spec, exposure, output.packet),
            lambda error: self._from_worker(self._finish, spec, exposure, error),
        )
        return exposure

    def _from_worker(self, do: Callable[..., None], *what: object) -> None:
        try:
            self._loop.call_soon_threadsafe(do, *what)
        except RuntimeError:  # the loop has closed
            return

    def _wait(self, spec: ChannelSpec, exposure: _Exposure, words: Packet) -> None:
        """Hold words back for a while: a picture may come."""
        if exposure.words is None:
            self._loop.call_later(PATIENCE_S, self._give_words, spec, exposure)
        exposure.words = words

    def _give_words(self, spec: ChannelSpec, exposure: _Exposure) -> None:
        if exposure.words is not None:
            self._finish(spec, exposure, exposure.words)

    def _finish(self, spec: ChannelSpec, exposure: _Exposure, result: Packet | PanocamError) -> None:
        if self._open.get(spec) is not exposure:
            return
        if isinstance(result, Packet) and result.stamps.of(Stage.MASK) < self._shown_from_ns:
            return
        del self._open[spec]
        if exposure.coder is not None:
            self._release(exposure.coder)
        if isinstance(result, Packet):
            exposure.picture.set_result(result)
        else:
            exposure.picture.set_exception(result)
            exposure.picture.exception()  # seen, or the loop complains when all who asked have gone
