"""One stream of one session on its way to its client: where it comes from, how it goes, what of it arrived."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from panocam.streaming.feed import Feeds
from panocam.streaming.multicast import Group, Groups
from panocam.streaming.origin import Origin
from panocam.streaming.rtsp.transport import Lower
from panocam.streaming.tap import Counters, Sink, Tap


class Delivery(Protocol):
    """``answer`` is the Transport header that the client was given, ``channels`` the interleaved ones in use. All calls may be repeated."""

    feed: Origin
    lower: Lower
    answer: str
    channels: tuple[int, ...]

    @property
    def count(self) -> Counters: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...


class Unicast:
    """A tap of its own at the feed."""

    def __init__(
        self, release: Callable[[], None], feed: Origin, sink: Sink, lower: Lower, answer: str, channels: tuple[int, ...] = ()
    ) -> None:
        self.feed, self.lower, self.answer, self.channels = feed, lower, answer, channels
        self._release, self._sink = release, sink
        self._tap = Tap(sink)
        self._playing = self._closed = False

    @property
    def count(self) -> Counters:
        """What the client got and missed."""
        return self._tap.count

    def start(self) -> None:
        """Begin, or begin again, with a key picture."""
        if not self._playing:
            self._playing = True
            self.feed.join(self._tap)

    def stop(self) -> None:
        """Fall silent."""
        self._playing = False
        self.feed.leave(self._tap)

    def close(self) -> None:
        """Give everything back."""
        self.stop()
        if not self._closed:
            self._closed = True
            self._sink.close()
            self._release()


class Multicast:
    """A share in the channel's multicast group."""

    lower = Lower.MULTICAST
    channels: tuple[int, ...] = ()

    def __init__(self, feeds: Feeds, groups: Groups, group: Group, answer: str) -> None:
        self.feed: Origin = group.feed
        self.answer = answer
        self._feeds, self._groups, self._group = feeds, groups, group
        self._playing = self._closed = False

    @property
    def count(self) -> Counters:
        """What went to the whole group: nobody knows how many took it."""
        return self._group.tap.count

    def start(self) -> None:
        """Wish the group to be sent to."""
        if not self._playing:
            self._playing = True
            self._group.enter()

    def stop(self) -> None:
        """Take the wish back."""
        if self._playing:
            self._playing = False
            self._group.leave()

    def close(self) -> None:
        """Give everything back."""
        self.stop()
        if not self._closed:
            self._closed = True
            self._groups.release(self._group)
            self._feeds.release(self._group.feed)
