"""Matroska and MP4 as we write them: read back, read by ffprobe, and torn to pieces."""

from __future__ import annotations

import contextlib
import io
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.errors import RemoteProtocolError
from panocam.media import config, ebml, fmp4, matroska
from panocam.media.codec import Codec, StreamDescription

SPS = bytes.fromhex("67640020acd940fc0436c044000003000400000300c83c60c658")
PPS = bytes.fromhex("68ebe3cb22c0")
H264 = StreamDescription(Codec.H264, 640, 480, 25.0, (SPS, PPS))
JPEG = StreamDescription(Codec.JPEG, 64, 48, 10.0)
FACTS = matroska.Facts(1_700_000_000_123_456_789, "Hall", {"PANOCAM_VIEW": "4", "NAME": "Tür"})


def film(count: int = 12, description: StreamDescription = H264) -> bytes:
    clusters = [matroska.cluster(n * 400, [matroska.block(i * 40, bytes([n, i]) * 50, i == 0) for i in range(10)]) for n in range(count)]
    return matroska.header(description, FACTS) + b"".join(clusters)


@pytest.mark.parametrize("description", [H264, JPEG])
def test_what_is_written_is_read_back(description: StreamDescription) -> None:
    file = io.BytesIO(film(3, description))
    opened = matroska.read_header(file)
    assert opened.facts == FACTS
    back = opened.description
    assert (back.codec, back.width, back.height, back.parameter_sets) == (
        description.codec,
        description.width,
        description.height,
        description.parameter_sets,
    )
    assert back.fps == pytest.approx(description.fps)
    places = list(matroska.clusters(file, opened.clusters))
    assert [place.ticks for place in places] == [0, 400, 800]
    blocks = [block for place in places for block in matroska.read_cluster(file, place)]
    assert [(block.ticks, block.key) for block in blocks] == [(40 * n, n % 10 == 0) for n in range(30)]
    assert bytes(blocks[12].data) == bytes([1, 2]) * 50
    assert all(matroska.begins_with_key(file, place) for place in places)


def test_sound_has_a_track_that_readers_of_pictures_and_events_pass_over() -> None:
    picture, sound = matroska.block(0, b"picture", True), matroska.block(20, b"sound", True, matroska.SOUND_TRACK)
    note = matroska.block(30, b"note", True, matroska.NOTE_TRACK)
    file = io.BytesIO(matroska.header(H264, FACTS, notes=True) + matroska.cluster(0, [picture, sound, note]))
    opened = matroska.read_header(file)
    (place,) = matroska.clusters(file, opened.clusters)
    for track, data in ((matroska.VIDEO_TRACK, b"picture"), (matroska.NOTE_TRACK, b"note"), (matroska.SOUND_TRACK, b"sound")):
        assert [bytes(block.data) for block in matroska.read_cluster(file, place, track)] == [data]


def test_a_moved_cluster_is_the_same_but_for_its_time() -> None:
    cluster = matroska.cluster(400, [matroska.block(0, b"abc", True)])
    (place,) = matroska.clusters(io.BytesIO(cluster), 0)
    assert matroska.moved(place, 100_000) + cluster[place.body :] == matroska.cluster(100_000, [matroska.block(0, b"abc", True)])


@given(st.integers(0, len(film(3))))
def test_a_file_cut_anywhere_gives_its_whole_clusters(cut: int) -> None:
    data = film(3)
    file = io.BytesIO(data[:cut])
    try:
        opened = matroska.read_header(file)
    except RemoteProtocolError:
        assert cut < len(film(0)) + 1
        return
    whole = list(matroska.clusters(file, opened.clusters))
    assert whole == [place for place in matroska.clusters(io.BytesIO(data), opened.clusters) if place.end <= cut]
    for place in whole:
        assert len(matroska.read_cluster(file, place)) == 10


def test_damaged_files_give_one_kind_of_error() -> None:
    data = bytearray(film(3))
    chance = random.Random(7)
    for _ in range(3000):
        hurt = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            hurt[chance.randrange(len(hurt))] = chance.randrange(256)
        file = io.BytesIO(bytes(hurt))
        try:
            opened = matroska.read_header(file)
            for place in matroska.clusters(file, opened.clusters):
                matroska.begins_with_key(file, place)
                assert found_by_spots(bytes(hurt), place) == read_whole(file, place)
        except RemoteProtocolError:
            pass


Pictures = list[tuple[int, bool, bytes]] | None


def read_whole(file: io.BytesIO, place: matroska.Place) -> Pictures:
    try:
        return [(block.ticks, block.key, bytes(block.data)) for block in matroska.read_cluster(file, place)]
    except RemoteProtocolError:
        return None


def found_by_spots(data: bytes, place: matroska.Place) -> Pictures:
    try:
        found = matroska.spots(memoryview(data)[place.start : place.end], place)
    except RemoteProtocolError:
        return None
    return [(spot.ticks, spot.key, data[spot.at : spot.at + spot.size]) for spot in found]


def test_pictures_of_every_size_are_found_where_they_lie() -> None:
    sizes = (1, 120, 130, 16_370, 16_390, 2_097_140, 2_097_160)
    front = matroska.header(H264, FACTS)
    blocks = [matroska.block(number, bytes([number]) * size, number == 0) for number, size in enumerate(sizes)]
    data = front + matroska.cluster(70_000, [*blocks, matroska.block(3, b"<events/>", True, matroska.NOTE_TRACK)])
    (place,) = matroska.clusters(io.BytesIO(data), len(front))
    assert found_by_spots(data, place) == [(70_000 + n, n == 0, bytes([n]) * size) for n, size in enumerate(sizes)]
    with pytest.raises(RemoteProtocolError, match="cut"):
        matroska.spots(memoryview(data)[place.start : place.end - 1], place)


@given(st.sampled_from(list(Codec)), st.binary(max_size=80))
def test_foreign_configuration_records_give_one_kind_of_error(codec: Codec, record: bytes) -> None:
    with contextlib.suppress(RemoteProtocolError):
        config.parameter_sets(codec, record)


@given(st.integers(0, (1 << 56) - 2))
def test_sizes_are_as_short_as_can_be(value: int) -> None:
    written = ebml.size(value)
    head = ebml.read_head(b"\xec" + written + b"\0", 0)
    assert head is not None
    assert head.end == head.body + value


def test_the_record_keeps_the_parameter_sets() -> None:
    assert config.parameter_sets(Codec.H264, config.configuration(H264)) == (SPS, PPS)
    with pytest.raises(RemoteProtocolError, match="parameter set"):
        config.configuration(StreamDescription(Codec.H264, 64, 48, 25.0))


@pytest.mark.peer("ffprobe")
def test_ffprobe_knows_the_front_of_both(tmp_path: Path) -> None:
    if not shutil.which("ffprobe"):
        pytest.skip("ffprobe is not installed")
    sample = fmp4.Sample(0, 3600, True, b"\0\0\0\2\x65\x88")
    (tmp_path / "a.mp4").write_bytes(fmp4.initialisation(H264) + fmp4.fragment(1, (sample,)))
    (tmp_path / "a.mkv").write_bytes(film(1))
    for name in ("a.mp4", "a.mkv"):
        command = ["ffprobe", "-v", "fatal", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", tmp_path / name]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "h264,640,480"
