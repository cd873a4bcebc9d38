from __future__ import annotations

import itertools
import random
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import SIZE, annex_b, clip, number_of

from panocam.clock import NS, ManualClock, SystemClock
from panocam.errors import InvalidValue, PanocamError, Unavailable
from panocam.media.frame import RawFrame
from panocam.pipeline.sources import FrameSource, SourceOptions, check_address, open_source, shown
from panocam.pipeline.sources import file as file_source

MS = NS // 1000
QUICK = SourceOptions(paced=False)


class Hasty(ManualClock):
    """Each look at it takes ten milliseconds, so that pacing needs next to no waiting."""

    def monotonic_ns(self) -> int:
        self.advance(0.01)
        return super().monotonic_ns()


def frames(source: FrameSource, count: int) -> list[RawFrame]:
    taken = list(itertools.islice(source.frames(), count))
    source.close()
    return taken


def numbers(taken: list[RawFrame]) -> list[int]:
    return [number_of(frame.planes.y) for frame in taken]


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_a_file_loops_without_a_jump_in_time(tmp_path: Path, codec: str) -> None:
    path = clip(tmp_path / "a.mp4", range(0, 200, 40), codec=codec)
    source = open_source(str(path), SourceOptions(clock=Hasty()))
    assert (source.size, source.fps) == (SIZE, 25)
    taken = frames(source, 13)
    assert numbers(taken) == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2]
    assert [frame.pts_ns for frame in taken] == [i * 40 * MS for i in range(13)]


def test_variable_frame_rate_is_kept(tmp_path: Path) -> None:
    times = [0, 40, 500, 520, 1700]
    taken = frames(open_source(str(clip(tmp_path / "v.mkv", times)), QUICK), 9)
    assert [frame.pts_ns // MS for frame in taken] == times


def test_pictures_are_never_early(tmp_path: Path) -> None:
    clock = SystemClock()
    source = open_source(f"file:{clip(tmp_path / 'a.mp4', range(0, 200, 20))}", SourceOptions())
    due = [(frame.pts_ns, clock.monotonic_ns()) for frame in itertools.islice(source.frames(), 15)]
    assert all(at - due[0][1] >= pts - 5 * MS for pts, at in due)


def test_where_decoding_is_too_slow_time_stretches(tmp_path: Path) -> None:
    class Slow(ManualClock):
        def monotonic_ns(self) -> int:
            self.advance(0.2)
            return super().monotonic_ns()

    clock = Slow()
    source = open_source(str(clip(tmp_path / "a.mp4", range(0, 800, 40))), SourceOptions(clock=clock))
    behind = [frame.stamps.times[0][1] - frame.pts_ns for frame in frames(source, 20)]
    assert max(behind) - min(behind) < 700 * MS  # media time keeps up with the clock, within what counts as late


def test_a_change_of_size_inside_a_file_is_survived(tmp_path: Path) -> None:
    path = annex_b(tmp_path / "sizes.h264", [SIZE, (256, 128), SIZE])
    taken = frames(open_source(str(path), QUICK), 99)
    assert [frame.planes.size for frame in taken] == [SIZE] * 5 + [(256, 128)] * 5 + [SIZE] * 5
    assert [i for i, frame in enumerate(taken) if frame.discontinuity] == [5, 10]


@pytest.mark.parametrize("seed", range(4))
def test_corrupt_packets_are_skipped_and_counted(tmp_path: Path, seed: int) -> None:
    path = clip(tmp_path / "a.ts", range(0, 2400, 40), gop=6)
    data, dice = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(60):
        data[dice.randrange(2000, len(data))] ^= 1 << dice.randrange(8)
    path.write_bytes(data)
    source = open_source(str(path), QUICK)
    taken = frames(source, 99)
    assert len(taken) > 20
    times = [frame.pts_ns for frame in taken]
    assert times == sorted(set(times))


def test_packets_of_garbage_are_counted(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.avi", range(0, 800, 40), codec="mjpeg")
    data = bytearray(path.read_bytes())
    starts = [i for i in range(len(data) - 2) if data[i : i + 3] == b"\xff\xd8\xff"]
    for at in starts[3:8]:
        data[at : at + 1100] = bytes(1100)
    path.write_bytes(data)
    source = open_source(str(path), QUICK)
    assert len(frames(source, 99)) == 15
    assert source.corrupt == 5


def test_what_cannot_be_played_is_one_clear_error(tmp_path: Path) -> None:
    whole = clip(tmp_path / "whole.mp4", range(0, 400, 40)).read_bytes()
    for name, data, words in [
        ("empty.mp4", b"", "the file is empty"),
        ("cut.mp4", whole[: len(whole) // 2], "damaged, cut short"),
        ("noise.mp4", random.Random(1).randbytes(5000), "damaged, cut short"),
        ("text.txt", b"hello " * 100, "not a video|no picture|holds no"),
        ("noise.jpg", b"\xff\xd8\xff" + bytes(100), "damaged"),
        ("empty.jpg", b"", "the file is empty"),
    ]:
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(PanocamError, match=words):
            frames(open_source(str(path), QUICK), 1)
    with pytest.raises(InvalidValue, match="no such file"):
        open_source(str(tmp_path / "missing.mp4"), QUICK)


def test_a_cut_stream_plays_up_to_its_end(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.ts", range(0, 1000, 40))
    path.write_bytes(path.read_bytes()[:-3000])
    assert 10 < len(frames(open_source(str(path), QUICK), 99)) < 25


@pytest.mark.parametrize("size", [(16, 16), (640, 480), (8192, 8192)])
def test_a_still_picture_is_decoded_once(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "a.jpg"
    cv2.imwrite(str(path), np.zeros((size[1], size[0], 3), np.uint8))
    clock = Hasty()
    taken = frames(open_source(str(path), SourceOptions(clock=clock, fps=25)), 3)
    assert taken[0].planes.size == size
    assert taken[0].planes is taken[1].planes is taken[2].planes
    assert [frame.pts_ns for frame in taken] == [0, 40 * MS, 80 * MS]


def test_close_ends_the_waiting(tmp_path: Path) -> None:
    source = open_source(str(clip(tmp_path / "a.mkv", [0, 3_600_000])), SourceOptions())
    threading.Timer(0.05, source.close).start()
    assert len(list(source.frames())) == 1


def test_addresses() -> None:
    with pytest.raises(InvalidValue, match=r"scheme must be one of .*rtsp:"):
        check_address("gopher://x")
    with pytest.raises(InvalidValue, match="sim:room"):
        check_address("")
    with pytest.raises(InvalidValue, match="v4l2:/dev/video0"):
        open_source("v4l2:", SourceOptions())
    with pytest.raises(Unavailable, match=r"no /dev/video77 \(video devices here"):
        open_source("v4l2:/dev/video77", SourceOptions())


@pytest.mark.parametrize(
    "uri",
    [
        "rtsp://root:geheim@cam.example/axis-media/media.amp",
        "rtsp://geheim:geheim@cam.example:554/axis-media/media.amp",
        "rtsps://root:p@geheim@cam.example/axis-media/media.amp?x=1",
        "rtsp://cam.example/axis-media/media.amp?user=geheim&password=geheim&x=1",
        "rtsp://cam.example/axis-media/media.amp?access_token=geheim",
    ],
)
def test_credentials_are_never_shown(uri: str) -> None:
    assert "geheim" not in shown(uri)
    assert "cam.example" in shown(uri)
    assert "/axis-media/media.amp" in shown(uri)
    with pytest.raises(Unavailable) as caught:
        open_source(uri.replace("cam.example:554", "127.0.0.1:9").replace("cam.example", "127.0.0.1:9"), SourceOptions(timeout=1))
    assert "geheim" not in str(caught.value)
    assert "refused" in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_damaged_header_fails_when_opened_not_later(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="source="):
        file_source.open_file(str(tmp_path), SourceOptions())


@pytest.mark.parametrize(("codec", "ours"), [("libx264", False), ("mpeg4", False), ("mjpeg", True)])
def test_what_the_decoder_predicts_from_stays_the_decoders(tmp_path: Path, codec: str, ours: bool) -> None:
    """Painting over a picture that is said to be ours changes nothing of those that follow."""
    path = clip(tmp_path / "a.mkv", range(0, 400, 40), codec=codec)
    plain = numbers(frames(open_source(str(path), QUICK), 10))
    seen = []
    for frame in itertools.islice(open_source(str(path), QUICK).frames(), 10):
        assert frame.ours is ours
        seen.append(number_of(frame.planes.y))
        if frame.ours:
            for plane in (frame.planes.y, frame.planes.u, frame.planes.v):
                plane[:] = 0
    assert seen == plain
