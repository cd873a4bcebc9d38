"""As much of the storage as playback needs. Everything here blocks and is called on threads."""

from __future__ import annotations

from typing import Protocol

from panocam.media.footage import Footage, Piece


class Reader(Protocol):
    """Reads one recording piece by piece; ``seek`` first. Raises NotFound, Unavailable, RemoteProtocolError."""

    def seek(self, wall_ns: int, backward: bool = False) -> None:
        """Go to the key picture at or before a moment; in a gap to the next there is, ``backward`` to the last."""

    def forward(self, keys_only: bool = False) -> Piece | None:
        """What comes next; nothing in it while the recording has not gone on yet, None at its end."""

    def backward(self) -> Piece | None:
        """The key picture before; None at the beginning."""

    def close(self) -> None: ...


class Archive(Protocol):
    """The recordings."""

    def footage(self, recording: str) -> Footage:
        """What a recording is. Raises InvalidValue, NotFound, Unavailable."""

    def reader(self, recording: str) -> Reader:
        """A reader of its own for each caller."""
