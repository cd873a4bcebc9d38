"""Events beside the pictures: in the files, found again, left out where they tell of people at the camera."""

from __future__ import annotations

import asyncio
import json
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from storage_kit import START, PushedCamera, Store, coded, finished, settle

from panocam.clock import NS
from panocam.events.bus import Bus
from panocam.events.event import Event, Operation
from panocam.events.metadata import Summary, document, summary
from panocam.events.names import Named
from panocam.events.topics import AUTHENTICATION_FAILED, PTZ_MOVING, SOURCE_LOST
from panocam.pipeline.request import StreamRequest
from panocam.storage.export import export_matroska
from panocam.storage.index import Filter, Index
from panocam.storage.jobs import Box, Exports, Stage
from panocam.storage.library import Library
from panocam.storage.notes import Notes
from panocam.storage.recorder import Order
from panocam.storage.recover import Use, reconcile

ORDER = Order(StreamRequest(4), "SD_DISK")


def library(store: Store) -> Library:
    return Library(store.index, {"SD_DISK": store.disk})


def lost(at: int, state: bool) -> Event:
    return Event(SOURCE_LOST, {"lost": state, **{item.name: item.kind() for item in SOURCE_LOST.data[1:]}}, START + at, {"channel": 1})


async def archived(store: Store, identity: str, folder: Path, until_ns: int | None) -> list[dict[str, str]]:
    """The events that an archive of a part names, beside a film without them."""
    made = folder / "exports"
    made.mkdir(exist_ok=True)
    exports = Exports(library(store), made, store.clock, {})
    job = exports.start(identity, Box.ZIP, None, until_ns)
    await asyncio.gather(*exports._tasks)
    assert job.stage is Stage.DONE, job.reason
    with zipfile.ZipFile(job.path) as archive:
        return list(json.loads(archive.read("events.json")))


async def test_what_happens_is_kept_beside_the_pictures(tmp_path: Path) -> None:
    packets, description = coded(seconds=4)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        bus = Bus(store.clock)
        store.recorder.notes = Notes(bus)
        bus.publish(lost(-30 * NS, False))
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets[:30])
        bus.publish(lost(NS, True))
        bus.publish(Event(AUTHENTICATION_FAILED, {"peer": "192.0.2.9", "account": "root", "protocol": "http"}, START + NS))
        bus.publish(Event(PTZ_MOVING, {"moving": True}, START + 2 * NS, {"area": 2}))
        await camera.push(packets[30:])
        await store.recorder.stop(identity)

        reader = library(store).reader(identity)
        reader.seek(START)
        pieces = []
        while (piece := reader.forward()) is not None:
            pieces.append(piece)
        reader.close()
        assert [p.data for piece in pieces for p in piece.pictures] == [p.data for p in packets]
        notes = [note for piece in pieces for note in piece.notes]
        assert [(n.topic, n.wall_ns - START, n.known) for n in notes] == [
            ("tns1:VideoSource/SignalLoss", 0, True),
            ("tns1:VideoSource/SignalLoss", NS, False),
            ("tns1:PTZController/tnsaxis:Move/Channel_6", 2 * NS, False),
        ]
        assert all(b"MetadataStream" in note.document for note in notes)
        assert b"192.0.2.9" not in b"".join(export_matroska(library(store), identity))
        assert b"SignalLoss" in b"".join(export_matroska(library(store), identity)), "exports keep the track"

        marks = store.index.marks(START, START + 10 * NS)
        assert [(m.at_ns - START, m.topic.rpartition("/")[2]) for m in marks] == [(NS, "SignalLoss"), (2 * NS, "Channel_6")]
        assert "is_moving 1" in marks[1].text
        other = Index(tmp_path / "other.sqlite")
        finished(reconcile(store.disk, other, Use()))
        assert other.marks(START, START + 10 * NS) == marks, "an index made from the files alone says the same"
        assert [row.id for row in other.find(Filter())[0]] == [identity]
        other.close()
        assert [e["topic"] for e in await archived(store, identity, tmp_path, None)] == [m.topic for m in marks]
        (early,) = await archived(store, identity, tmp_path, START + NS + NS // 2)
        assert (early["at"], "State 1" in early["text"]) == ("2023-11-14T22:13:21+00:00", True)
        library(store).remove(identity)
        assert store.index.marks(START, START + 10 * NS) == []


async def test_a_pre_buffer_brings_its_events(tmp_path: Path) -> None:
    packets, description = coded(seconds=6)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        bus = Bus(store.clock)
        store.recorder.notes = Notes(bus)
        store.recorder.buffer(ORDER.request, 4.0)
        await settle()
        bus.publish(lost(NS, True))
        await camera.push(packets[:75], store.clock)
        bus.publish(lost(2 * NS, False))
        identity = await store.recorder.start(Order(StreamRequest(4), "SD_DISK", pre=1.5))
        await camera.push(packets[75:], store.clock)
        await store.recorder.stop(identity)
        assert [m.at_ns - START for m in store.index.marks(START, START + 10 * NS)] == [2 * NS]


WORD = st.text(max_size=20).filter(lambda text: all(c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff" for c in text))


@given(WORD, st.dictionaries(st.from_regex(r"[A-Za-z_]{1,10}", fullmatch=True), WORD, max_size=4))
def test_a_document_tells_its_topic_and_items(topic: str, items: dict[str, str]) -> None:
    told = summary(document(Named(topic, {}, items, Operation.INITIALIZED, START)))
    assert told == Summary(topic, items, START, initial=True)


@given(st.binary(max_size=200))
def test_any_bytes_have_a_summary(data: bytes) -> None:
    summary(data)
