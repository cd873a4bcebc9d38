"""Mistakes on the command line: one line on standard error that says what and how to mend it, and status 2."""

from __future__ import annotations

import io
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from panocam import cli
from panocam.settings import DataFolder

FREE_PORTS = ("--http-port", "0", "--https-port", "0", "--rtsp-port", "0", "--rtsps-port", "0")
RUN = ("run", "--host", "127.0.0.1", *FREE_PORTS)

Complaint = Callable[..., str]


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def complaint(capfd: pytest.CaptureFixture[str]) -> Complaint:
    """The one line that a command ends with."""

    def run(*arguments: str | Path) -> str:
        status = cli.main([*map(str, arguments)])
        said = capfd.readouterr().err
        assert (status, len(said.splitlines())) == (2, 1), said
        assert said.startswith("panocam: ")
        return said

    return run


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "grey.png"
    cv2.imwrite(str(path), np.full((320, 320), 90, np.uint8))
    return path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "--colour", "red"), "--colour"),
        (("run", "--http-port", "many"), "--http-port"),
        (("run", "--http-port", "70000"), "--http-port=70000: "),
        (("run", "--fov", "300"), "--fov=300.0: should be less than or equal to 220"),
        (("run", "--mount", "roof"), "--mount='roof'"),
        (("run", "--model", "m1"), "--model='m1'"),
        (("run", "--lens", "pinhole"), "equidistant, equisolid"),
        (("run", "--circle", "1,2"), "--circle"),
        (("run", "--serial", "12"), "--serial='12'"),
        (("run", "--host", "home"), "--host='home'"),
        (("run", "--log-level", "loud"), "debug, info, warning, error"),
        (("run", "--source", "gopher://x"), "--source='gopher://x'"),
        (("run", "--source", "sim:moon"), "sim:room, sim:yard"),
        (("run", "--source", "/nowhere/film.mp4"), "there is no such file"),
        (("snapshot",), "Missing argument 'out'"),
        (("snapshot", "--view", "roof", "x.jpg"), "--view='roof'"),
        (("snapshot", "--view", "4", "--resolution", "big", "x.jpg"), "--resolution='big'"),
        (("snapshot", "--view", "panorama", "--pan", "3", "x.jpg"), "view area 1"),
        (("sing",), "sing"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, complaint: Complaint, arguments: tuple[str, ...], words: str) -> None:
    data = ("--data", str(tmp_path / "data")) if arguments[0] == "run" else ()
    assert words in complaint(*arguments, *data)


def test_a_wrong_environment_variable_is_named(tmp_path: Path, complaint: Complaint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANOCAM_FOV", "wide")
    assert "PANOCAM_FOV" in complaint(*RUN, "--data", tmp_path)


def _film(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 160, 160, "yuv420p"
        for number in range(10):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((240, 160), number, np.uint8), format="yuv420p")))
        container.mux(stream.encode(None))


def _broken(kind: str, folder: Path) -> Path:
    if kind == "zero-length":
        path = folder / "empty.mp4"
        path.touch()
    elif kind == "truncated film":
        path = folder / "cut.mp4"
        _film(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif kind == "truncated picture":
        _, data = cv2.imencode(".png", np.zeros((320, 320), np.uint8))
        path = folder / "cut.png"
        path.write_bytes(data.tobytes()[:60])
    elif kind == "folder":
        path = folder / "folder.mp4"
        path.mkdir()
    else:
        path = folder / "words.mp4"
        path.write_text("this is no film\n" * 50)
    return path


@pytest.mark.parametrize("kind", ["zero-length", "truncated film", "truncated picture", "folder", "no film"])
def test_a_broken_source_is_one_line(tmp_path: Path, complaint: Complaint, kind: str) -> None:
    path = _broken(kind, tmp_path)
    said = complaint(*RUN, "--data", tmp_path / "data", "--source", path)
    assert path.name in said
    assert path.name in complaint("snapshot", "--source", path, "--view", "overview", tmp_path / "x.jpg")


@pytest.mark.parametrize("name", ["http", "https", "rtsp", "rtsps"])
def test_an_occupied_port_is_one_line(tmp_path: Path, picture: Path, complaint: Complaint, name: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as holder:
        port = holder.getsockname()[1]
        others = list(FREE_PORTS)
        others[others.index(f"--{name}-port") + 1] = str(port)
        said = complaint("run", "--host", "127.0.0.1", *others, "--data", tmp_path, "--source", picture)
    assert f"{name.upper()} port {port} is in use" in said
    assert f"--{name}-port" in said


def test_a_data_folder_that_cannot_be_is_one_line(tmp_path: Path, picture: Path, complaint: Complaint) -> None:
    (tmp_path / "file").touch()
    assert "--data" in complaint(*RUN, "--data", tmp_path / "file" / "data", "--source", picture)
    assert "--ready-file" in complaint(*RUN, "--data", tmp_path / "d", "--source", picture, "--ready-file", tmp_path / "no" / "ready")


def test_a_second_camera_on_the_same_folder_is_one_line(tmp_path: Path, picture: Path, complaint: Complaint) -> None:
    folder = DataFolder(tmp_path)
    folder.lock()
    try:
        assert "in use by another panocam" in complaint(*RUN, "--data", tmp_path, "--source", picture)
        assert "in use by another panocam" in complaint("reset", "--yes", "--data", tmp_path)
    finally:
        folder.unlock()


def test_a_reset_of_nothing_and_by_nobody_is_one_line(tmp_path: Path, complaint: Complaint, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--data" in complaint("reset", "--yes", "--data", tmp_path / "none")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert "--yes" in complaint("reset", "--data", tmp_path)
