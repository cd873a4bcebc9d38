"""What happens beside the pictures, kept with them: the camera's events as documents on a track of their own in the same files.

``Notes`` listens on the event loop and remembers a minute, as long as a pre-buffer may be; each recording has a ``Notebook``, filled on the
loop and read by the thread of its disk. A file begins with the conditions as they were, so it can be understood alone. What says
who did what to the camera (logins, changed settings, viewers) is not for those who get a recording, and is left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO, Protocol

from panocam.clock import NS
from panocam.events.event import Event, Operation
from panocam.events.metadata import document, summary
from panocam.events.names import Named, named
from panocam.media import matroska
from panocam.media.footage import Note

LEFT_OUT = (
    "tns1:Device/tnspanocam:",
    "tns1:VideoSource/tnsaxis:LiveStreamAccessed",
    "tnsaxis:Storage/Recording",
    "tnspanocam:Storage/Recording",
)
MS = 1_000_000
REMEMBER_NS = 60 * NS
MOST = 1000


class Events(Protocol):
    """As much of the bus as is needed here."""

    def subscribe(self, handler: Callable[[Event], None], prefix: str = "") -> Callable[[], None]: ...


class Notebook:
    """The notes of one recording that are not written yet, and what ``known()`` says is the case at this moment."""

    def __init__(self, known: Callable[[], tuple[Note, ...]]) -> None:
        self._known, self._at_first = known, known()  # the disk may come to it later than the camera
        self._waiting: deque[Note] = deque(maxlen=MOST)

    def add(self, note: Note) -> None:
        """Something happened."""
        self._waiting.append(note)

    def begin(self, wall_ns: int) -> None:
        """A file begins then: what was known by then comes first in it; what has changed since waits already."""
        known, self._at_first = self._at_first or self._known(), ()
        for note in reversed(known):
            if note.wall_ns <= wall_ns:
                self._waiting.appendleft(replace(note, wall_ns=wall_ns, known=True))

    def take(self, until_ns: int) -> list[Note]:
        """Those up to a moment, in their order."""
        taken = []
        while self._waiting and self._waiting[0].wall_ns <= until_ns:
            taken.append(self._waiting.popleft())
        return taken


class Notes:
    """Made on the event loop of the bus; ``close`` ends listening."""

    def __init__(self, events: Events) -> None:
        self._states: dict[object, Note] = {}
        self._known: tuple[Note, ...] = ()
        self._recent: deque[Note] = deque(maxlen=MOST)
        self._books: dict[Notebook, None] = {}
        self.close = events.subscribe(self._hear)

    def open(self, since_ns: int) -> Notebook:
        """A book for a recording whose pictures begin then."""
        book = Notebook(lambda: self._known)
        for note in self._recent:
            if note.wall_ns >= since_ns:
                book.add(note)
        self._books[book] = None
        return book

    def leave(self, book: Notebook | None) -> None:
        """Nothing more for this one."""
        if book is not None:
            self._books.pop(book, None)

    def _hear(self, event: Event) -> None:
        for told in named(event):
            if told.topic.startswith(LEFT_OUT):
                continue
            note = note_of(document(told), told.wall_ns)
            while self._recent and self._recent[0].wall_ns < note.wall_ns - REMEMBER_NS:
                self._recent.popleft()
            self._recent.append(note)
            self._remember(told, event.identity)
            for book in self._books:
                book.add(note)

    def _remember(self, told: Named, identity: tuple[object, ...]) -> None:
        if told.operation is None:
            return
        key = (told.topic, identity)
        self._states.pop(key, None)
        if told.operation is not Operation.DELETED:
            self._states[key] = note_of(document(replace(told, operation=Operation.INITIALIZED)), told.wall_ns)
        self._known = tuple(self._states.values())


def note_of(data: bytes, wall_ns: int) -> Note:
    """The note that a document at a place of a file makes; it was ``known`` when the document speaks of an earlier time."""
    told = summary(data)
    text = ", ".join(f"{name} {value}" for name, value in told.items.items())
    return Note(wall_ns, told.topic, data, text[:200], told.initial and told.wall_ns < wall_ns - NS // 100)


def notes_at(file: BinaryIO, opened: matroska.Opened, place: matroska.Place) -> list[Note]:
    """The notes in a cluster of a file. Raises RemoteProtocolError."""
    blocks = matroska.read_cluster(file, place, matroska.NOTE_TRACK) if opened.notes else []
    return [note_of(bytes(block.data), opened.facts.start_wall_ns + block.ticks * MS) for block in blocks]
