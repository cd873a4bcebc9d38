"""A check reads everything, finds what is damaged inside of files, and lets recordings go on meanwhile."""

from __future__ import annotations

from pathlib import Path

from storage_kit import PushedCamera, Store, coded, later, settle

from panocam.media import matroska
from panocam.pipeline.request import StreamRequest
from panocam.storage.diskwork import work
from panocam.storage.recorder import Order
from panocam.storage.survey import STEP

ORDER = Order(StreamRequest(4), "SD_DISK")


async def recorded(store: Store, camera: PushedCamera, seconds: float) -> Path:
    """A recording of that length; its only file."""
    packets, _ = coded(seconds=seconds)
    identity = await store.recorder.start(ORDER)
    await settle()
    await camera.push(packets)
    await store.recorder.stop(identity)
    (segment,) = store.index.segments(identity)
    return store.files.path(segment.path)


async def test_damage_inside_of_a_file_is_found_and_said(tmp_path: Path) -> None:
    _, description = coded(seconds=1)
    async with Store(tmp_path, camera := PushedCamera(description)) as store:
        path = await recorded(store, camera, 12)
        assert await work(store.volume, "check")(lambda part: None) == "1 files are well"
        with path.open("r+b") as file:
            places = list(matroska.clusters(file, matroska.read_header(file).clusters))
            assert len(places) > 2 * STEP, "or the test shows nothing about steps"
            for number in (2, STEP - 1, STEP, 2 * STEP + 1):
                file.seek(places[number].body)
                file.write(b"\0" * 8)
        told: list[float] = []
        found = await store.volume.survey(told.append)
        assert (found.files, found.damaged, found.cut, found.well) == (1, 4, 0, True)
        assert told == sorted(told)
        assert len(told) >= 4
        assert told[-1] == 1
        words = await work(store.volume, "check")(lambda part: None)
        assert "4 pieces inside of them are damaged" in words


async def test_recordings_are_written_between_its_steps(tmp_path: Path) -> None:
    packets, description = coded(seconds=12)
    async with Store(tmp_path, camera := PushedCamera(description)) as store:
        await recorded(store, camera, 12)
        running = await store.recorder.start(ORDER)
        await settle()
        sizes: list[int] = []

        def told(part: float) -> None:
            for hub in camera.hubs.values():
                for packet in later(packets[25 * len(sizes) : 25 * len(sizes) + 25], 12, 300 + 25 * len(sizes)):
                    hub.publish(packet)
            sizes.append(sum(file.stat().st_size for file in (tmp_path / "card").rglob("*.mkv")))

        found = await store.volume.survey(told)
        assert found.files == 1, "what is being written is not looked at"
        assert sizes[-1] > sizes[0], "pictures reached the disk while it was checked"
        await store.recorder.stop(running)
