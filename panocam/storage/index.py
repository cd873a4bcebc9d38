"""Which recordings there are, in SQLite: quick to ask, never the truth. The truth is the files; the index can be made from them.

One connection a thread that uses it; SQLite's write-ahead log lets readers go on while a recording writes. A row is written with every
second of a recording, so after a crash the index is at most that far behind the files, and mounting the disk puts it right.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from panocam.errors import NotFound, Unavailable
from panocam.media.footage import Note
from panocam.storage.recording import Began, Kind, Recording, Segment

VERSION = 3
SCHEMA = """
CREATE TABLE IF NOT EXISTS recording (
  id TEXT PRIMARY KEY, disk TEXT NOT NULL, view INTEGER NOT NULL, codec TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
  fps REAL NOT NULL, kind TEXT NOT NULL, trigger TEXT NOT NULL, start_ns INTEGER NOT NULL, stop_ns INTEGER NOT NULL,
  locked INTEGER NOT NULL, complete INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS recording_time ON recording (start_ns, stop_ns);
CREATE TABLE IF NOT EXISTS segment (
  recording TEXT NOT NULL, number INTEGER NOT NULL, disk TEXT NOT NULL, path TEXT NOT NULL,
  start_ns INTEGER NOT NULL, stop_ns INTEGER NOT NULL,
  bytes INTEGER NOT NULL, pictures INTEGER NOT NULL, began TEXT NOT NULL, complete INTEGER NOT NULL,
  PRIMARY KEY (recording, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS segment_time ON segment (start_ns);
CREATE INDEX IF NOT EXISTS segment_place ON segment (disk, path);
CREATE TABLE IF NOT EXISTS mark (
  at_ns INTEGER NOT NULL, topic TEXT NOT NULL, text TEXT NOT NULL, recording TEXT NOT NULL,
  PRIMARY KEY (at_ns, topic, text, recording)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mark_recording ON mark (recording, at_ns);
"""
LONGEST_NS = 25 * 3600 * 10**9
"""No recording is longer (the recorder begins another one each day), so a question for a day reads two days of the index of times."""


@dataclass(frozen=True)
class Mark:
    """Something that happened while a recording was made."""

    at_ns: int
    topic: str
    text: str


@dataclass(frozen=True)
class Filter:
    """Which recordings are meant; None is all. Times are UTC nanoseconds: everything that overlaps them counts."""

    since_ns: int | None = None
    until_ns: int | None = None
    disk: str | None = None
    view: int | None = None
    kind: Kind | None = None
    trigger: str | None = None
    newest_first: bool = True
    limit: int = 500
    offset: int = 0


class Index:
    """The table of recordings in the file ``path``; a file that is damaged is put aside and an empty one takes its place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        try:
            self._prepare()
        except sqlite3.DatabaseError:
            self._drop()
            path.replace(path.with_name(path.name + ".damaged"))
            for rest in ("-wal", "-shm"):
                path.with_name(path.name + rest).unlink(missing_ok=True)
            self._prepare()

    def _prepare(self) -> None:
        with self._db() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] not in (0, VERSION):
                db.executescript("DROP TABLE IF EXISTS recording; DROP TABLE IF EXISTS segment; DROP TABLE IF EXISTS mark;")
            db.executescript(SCHEMA)
            db.execute(f"PRAGMA user_version={VERSION}")
            db.execute("SELECT count(*) FROM recording WHERE id = ''").fetchone()

    @contextmanager
    def _db(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection; leaving commits, an exception rolls back. Raises Unavailable when SQLite cannot read or write."""
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = sqlite3.connect(self._path, timeout=10, check_same_thread=False)
            with self._lock:
                self._all.append(db)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            self._local.db = db
        try:
            with db:
                yield db
        except sqlite3.OperationalError as fault:  # a full or read-only data folder; supervisors know how to go on
            raise Unavailable(f"the index of recordings ({self._path}): {fault}") from None

    def _drop(self) -> None:
        with self._lock:
            for db in self._all:
                db.close()
            self._all.clear()
        self._local = threading.local()

    def close(self) -> None:
        """Close every thread's connection."""
        self._drop()

    # -- writing

    def put(self, recording: Recording, segments: Iterable[Segment] = ()) -> None:
        """Take in a recording and segments of it, or what has changed of them."""
        with self._db() as db:
            db.execute("INSERT OR REPLACE INTO recording VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", astuple(recording))
            db.executemany("INSERT OR REPLACE INTO segment VALUES (?,?,?,?,?,?,?,?,?,?)", (astuple(segment) for segment in segments))

    def put_found(self, recording: Recording, segment: Segment, notes: Iterable[Note]) -> None:
        """Take in a segment that was found on a disk, all of it or nothing. What others have told meanwhile goes first: where the segment
        lies, unless this is where it belongs; that its recording is locked or complete."""
        with self._db() as db:
            db.execute(
                "INSERT INTO recording VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET"
                " locked=max(locked, excluded.locked), complete=max(complete, excluded.complete)",
                astuple(recording),
            )
            db.execute(
                "INSERT INTO segment VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (recording, number) DO UPDATE SET disk=excluded.disk,"
                " path=excluded.path, start_ns=excluded.start_ns, stop_ns=excluded.stop_ns, bytes=excluded.bytes,"
                " pictures=excluded.pictures, began=excluded.began, complete=excluded.complete WHERE disk=excluded.disk OR excluded.disk=?",
                (*astuple(segment), recording.disk),
            )
            db.execute(
                "UPDATE recording SET (start_ns, stop_ns)=(SELECT min(start_ns), max(stop_ns) FROM segment WHERE recording=?1) WHERE id=?1",
                (recording.id,),
            )
            db.executemany("INSERT OR REPLACE INTO mark VALUES (?,?,?,?)", _marks(recording.id, notes))

    def put_segment(self, segment: Segment) -> None:
        """Take in a segment of a recording that goes on elsewhere."""
        with self._db() as db:
            db.execute("INSERT OR REPLACE INTO segment VALUES (?,?,?,?,?,?,?,?,?,?)", astuple(segment))

    def put_marks(self, recording: str, notes: Iterable[Note]) -> None:
        """Take in what happened beside the pictures."""
        if rows := _marks(recording, notes):
            with self._db() as db:
                db.executemany("INSERT OR REPLACE INTO mark VALUES (?,?,?,?)", rows)

    def marks(self, since_ns: int, until_ns: int, recording: str | None = None, limit: int = 2000) -> list[Mark]:
        """What happened between two moments, each once, in its order; while one recording was made, or any."""
        term, values = (" AND recording=?", (recording,)) if recording is not None else ("", ())
        with self._db() as db:
            rows = db.execute(
                f"SELECT DISTINCT at_ns, topic, text FROM mark WHERE at_ns BETWEEN ? AND ?{term} ORDER BY at_ns LIMIT ?",  # noqa: S608
                (since_ns, until_ns, *values, limit),
            )
            return [Mark(*row) for row in rows]

    def lock(self, recording: str, locked: bool) -> None:
        """Keep a recording from being removed by age or for space, or no longer."""
        with self._db() as db:
            db.execute("UPDATE recording SET locked=? WHERE id=?", (locked, recording))

    def remove_segment(self, segment: Segment) -> None:
        """A segment's file is gone; a recording without segments is gone with its last one."""
        with self._db() as db:
            there = (segment.recording, segment.number, segment.disk)
            db.execute("DELETE FROM segment WHERE recording=? AND number=? AND disk=?", there)  # it may lie elsewhere by now
            first = db.execute("SELECT min(start_ns) FROM segment WHERE recording=?", (segment.recording,)).fetchone()[0]
            if first is None:
                db.execute("DELETE FROM recording WHERE id=?", (segment.recording,))
                db.execute("DELETE FROM mark WHERE recording=?", (segment.recording,))
            else:
                db.execute("UPDATE recording SET start_ns=max(start_ns,?) WHERE id=?", (first, segment.recording))
                db.execute("DELETE FROM mark WHERE recording=? AND at_ns<?", (segment.recording, first))

    def remove(self, recording: str) -> None:
        """Forget a recording."""
        with self._db() as db:
            db.execute("DELETE FROM segment WHERE recording=?", (recording,))
            db.execute("DELETE FROM recording WHERE id=?", (recording,))
            db.execute("DELETE FROM mark WHERE recording=?", (recording,))

    # -- asking

    def find(self, wanted: Filter) -> tuple[list[Recording], int]:
        """The recordings meant, and how many there are beyond ``limit`` too."""
        terms, values = _where(wanted)
        order = "DESC" if wanted.newest_first else "ASC"
        with self._db() as db:
            total = db.execute(f"SELECT count(*) FROM recording{terms}", values).fetchone()[0]  # noqa: S608 - terms are ours
            rows = db.execute(
                f"SELECT * FROM recording{terms} ORDER BY start_ns {order} LIMIT ? OFFSET ?",  # noqa: S608
                (*values, wanted.limit, wanted.offset),
            ).fetchall()
        return [_recording(row) for row in rows], total

    def get(self, recording: str) -> Recording:
        """One recording. Raises NotFound."""
        with self._db() as db:
            row = db.execute("SELECT * FROM recording WHERE id=?", (recording,)).fetchone()
        if row is None:
            raise NotFound(f"there is no recording {recording}")
        return _recording(row)

    def segments(self, recording: str) -> list[Segment]:
        """Its segments in their order."""
        with self._db() as db:
            rows = db.execute("SELECT * FROM segment WHERE recording=? ORDER BY number", (recording,)).fetchall()
        return [_segment(row) for row in rows]

    def segment(self, recording: str, number: int) -> Segment | None:
        """One segment."""
        with self._db() as db:
            row = db.execute("SELECT * FROM segment WHERE recording=? AND number=?", (recording, number)).fetchone()
        return None if row is None else _segment(row)

    def paths(self, disk: str) -> dict[str, tuple[int, bool]]:
        """Path to (bytes, complete) of every segment on a disk."""
        with self._db() as db:
            rows = db.execute("SELECT path, bytes, complete FROM segment WHERE disk=?", (disk,))
            return {path: (size, bool(complete)) for path, size, complete in rows}

    def at_path(self, disk: str, path: str) -> Segment | None:
        """The segment that lies there."""
        with self._db() as db:
            row = db.execute("SELECT * FROM segment WHERE disk=? AND path=?", (disk, path)).fetchone()
        return None if row is None else _segment(row)

    def oldest(self, disk: str, count: int = 1) -> list[Segment]:
        """The oldest finished segments of recordings that are not locked."""
        with self._db() as db:
            rows = db.execute(
                "SELECT segment.* FROM segment JOIN recording ON recording.id=segment.recording"
                " WHERE segment.disk=? AND NOT locked AND segment.complete ORDER BY segment.start_ns LIMIT ?",
                (disk, count),
            ).fetchall()
        return [_segment(row) for row in rows]

    def strayed(self, home: str, limit: int = 64) -> list[Segment]:
        """Finished segments of recordings that belong on ``home`` and lie elsewhere, the oldest first."""
        with self._db() as db:
            rows = db.execute(
                "SELECT segment.* FROM segment JOIN recording ON recording.id=segment.recording"
                " WHERE recording.disk=? AND segment.disk<>recording.disk AND segment.complete ORDER BY segment.start_ns LIMIT ?",
                (home, limit),
            ).fetchall()
        return [_segment(row) for row in rows]

    def straying(self, home: str) -> tuple[int, int]:
        """How many segments, finished or not, belong on ``home`` and lie elsewhere, and their bytes."""
        with self._db() as db:
            row = db.execute(
                "SELECT count(*), coalesce(sum(bytes), 0) FROM segment JOIN recording ON recording.id=segment.recording"
                " WHERE recording.disk=? AND segment.disk<>recording.disk",
                (home,),
            ).fetchone()
        return int(row[0]), int(row[1])

    def settle(self, segment: Segment, disk: str) -> None:
        """The segment lies on another disk now, at the same path."""
        with self._db() as db:
            db.execute("UPDATE segment SET disk=?, complete=1 WHERE recording=? AND number=?", (disk, segment.recording, segment.number))

    def running(self, disk: str) -> list[Recording]:
        """The recordings on a disk that are not marked complete."""
        with self._db() as db:
            return [_recording(row) for row in db.execute("SELECT * FROM recording WHERE disk=? AND NOT complete", (disk,)).fetchall()]


def _marks(recording: str, notes: Iterable[Note]) -> list[tuple[int, str, str, str]]:
    return [(note.wall_ns, note.topic, note.text, recording) for note in notes if not note.known and note.topic]


def _where(wanted: Filter) -> tuple[str, list[object]]:
    terms: list[str] = []
    values: list[object] = []
    for term, value in (
        ("start_ns <= ?", wanted.until_ns),
        ("stop_ns >= ?", wanted.since_ns),
        ("start_ns >= ?", None if wanted.since_ns is None else wanted.since_ns - LONGEST_NS),
        ("disk = ?", wanted.disk),
        ("view = ?", wanted.view),
        ("kind = ?", wanted.kind),
        ("trigger = ?", wanted.trigger),
    ):
        if value is not None:
            terms.append(term)
            values.append(value)
    return (" WHERE " + " AND ".join(terms) if terms else ""), values


def _recording(row: tuple[Any, ...]) -> Recording:
    named = dict(zip(_RECORDING, row, strict=True))
    checked = {"kind": Kind(named["kind"]), "locked": bool(named["locked"]), "complete": bool(named["complete"])}
    return Recording(**{**named, **checked})


def _segment(row: tuple[Any, ...]) -> Segment:
    named = dict(zip(_SEGMENT, row, strict=True))
    return Segment(**{**named, "began": Began(named["began"]), "complete": bool(named["complete"])})


_RECORDING = tuple(field.name for field in fields(Recording))
_SEGMENT = tuple(field.name for field in fields(Segment))
