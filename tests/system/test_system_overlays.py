"""Overlays in streams that run: they come and go without a restart, and survive one."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import httpx
import numpy as np
import pytest
from system_camera import RunningCamera, until

QUERY = "camera=5&resolution=320x240&compression=10"


def white(picture: np.ndarray) -> bool:
    """Whether a white ground lies at the upper left."""
    return float(picture[8:14, 8:24].mean()) > 200


def corner(picture: np.ndarray) -> float:
    """How bright the picture is at the upper left."""
    return float(picture[8:14, 8:24].mean())


@pytest.mark.feature("OVL-12")
def test_an_overlay_comes_and_goes_in_a_running_stream(known: RunningCamera) -> None:
    with known.watching(QUERY) as frames, known.client() as client:
        assert not white(next(frames).to_ndarray(format="gray"))
        wish = {"kind": "text", "text": "HALL #D", "size": 150, "background": "white", "color": "white", "outline": "white"}
        added = client.post("/api/v1/overlays", json=wish)
        assert added.status_code == 200, added.text
        until(lambda: white(next(frames).to_ndarray(format="gray")))
        opened = [row["frames"] for row in known.get("/api/v1/status")["channels"] if row["running"]]
        assert client.delete(f"/api/v1/overlays/{added.json()['identity']}").status_code == 200
        until(lambda: not white(next(frames).to_ndarray(format="gray")))
        assert all(count > 0 for count in opened)


@pytest.mark.feature("OVL-13")
def test_a_request_leaves_overlays_out_and_equal_requests_share(known: RunningCamera) -> None:
    """In stills, and in a stream beside another that shows them; what means the same is one channel."""
    wish = {"kind": "text", "text": "HALL", "size": 150, "background": "white", "color": "white", "outline": "white"}
    with known.client() as client:
        added = client.post("/api/v1/overlays", json=wish).json()["identity"]
        try:
            until(lambda: white(known.image(5, resolution="320x240")[..., 0]))
            assert not white(known.image(5, resolution="320x240", overlays="off")[..., 0])
            assert not white(known.image(5, resolution="320x240", overlays="image")[..., 0])
            assert white(known.image(5, resolution="320x240", overlays="text")[..., 0])
            with known.watching(QUERY) as all_of_them, known.watching(f"{QUERY}&overlays=text,image") as same:
                assert white(next(all_of_them).to_ndarray(format="gray"))
                assert white(next(same).to_ndarray(format="gray"))
                with known.watching(f"{QUERY}&overlays=off") as none:
                    assert not white(next(none).to_ndarray(format="gray"))
                    running = [row for row in known.get("/api/v1/status")["channels"] if row["running"] and row["codec"] == "h264"]
                    assert len(running) == 2, running
        finally:
            client.delete(f"/api/v1/overlays/{added}")


def test_overlays_are_there_again_after_a_restart(fresh: RunningCamera) -> None:
    fresh.start()
    fresh.create_administrator()
    with fresh.client() as client:
        wish = {"kind": "text", "text": "HALL", "size": 150, "background": "white", "color": "white", "outline": "white"}
        assert client.post("/api/v1/overlays", json=wish).status_code == 200
    fresh.kill()
    fresh.start()
    until(lambda: white(fresh.image(5, resolution="320x240")[..., 0]))
    assert fresh.stop() == 0


def test_the_parameters_of_older_clients_change_the_picture(known: RunningCamera) -> None:
    def write(**values: str) -> None:
        reply = client.post("/axis-cgi/param.cgi", data={"action": "update", **{f"Image.I4.Text.{k}": v for k, v in values.items()}})
        assert reply.text == "OK\n", reply.text

    with known.watching(QUERY) as frames, known.client() as client:
        plain = corner(next(frames).to_ndarray(format="gray"))
        write(TextEnabled="yes", String="X" * 12, TextSize="large", Color="white", BGColor="white")
        try:
            until(lambda: white(next(frames).to_ndarray(format="gray")))
            write(BGColor="red", Color="red")
            until(lambda: 60 < corner(next(frames).to_ndarray(format="gray")) < 110)
            write(TextEnabled="no")
            until(lambda: abs(corner(next(frames).to_ndarray(format="gray")) - plain) < 5)
        finally:
            assert client.delete("/api/v1/overlays/9004").status_code == 200


SIZE, LINE = (640, 480), slice(0, 130)
"""Of the picture, and the rows that a line of the largest letters takes."""

DYNAMIC = "/axis-cgi/dynamicoverlay/dynamicoverlay.cgi"


def by_rest(client: httpx.Client, text: str) -> int:
    wish = {"kind": "text", "text": text, "size": 200, "views": [4], "color": "white", "background": "black", "outline": "transparent"}
    reply = client.post("/api/v1/overlays", json=wish)
    assert reply.status_code == 200, reply.text
    return int(reply.json()["identity"])


def by_vapix(client: httpx.Client, text: str) -> int:
    params = {"camera": 5, "text": text, "fontSize": 200, "textColor": "white", "textBGColor": "black", "textOLColor": "transparent"}
    reply = client.post(DYNAMIC, json={"apiVersion": "1.8", "method": "addText", "params": params}).json()
    assert "error" not in reply, reply
    return int(reply["data"]["identity"])


def shown(camera: RunningCamera, text: str, add: Callable[[httpx.Client, str], int] = by_rest) -> np.ndarray:
    """Where ink of the line ``text`` lies in a still picture, over columns from its left end on."""
    with camera.client() as client:
        identity = add(client, text)
        try:
            picture = camera.image(5, resolution=f"{SIZE[0]}x{SIZE[1]}", compression=0)[LINE, :, 0].astype(int)
        finally:
            assert client.delete(f"/api/v1/overlays/{identity}").status_code == 200
    ink = picture > 128
    ground = np.flatnonzero((picture < 40).mean(axis=0) > 0.25)  # the black ground behind the words
    return ink[:, ground[0] : ground[-1] + 1]


def alike(one: np.ndarray, other: np.ndarray) -> bool:
    """But for what a codec does to edges, and for the even pixel that a line begins at."""
    width = min(one.shape[1], other.shape[1]) - 4
    if abs(one.shape[1] - other.shape[1]) > 2:
        return False
    middle = one[:, 2 : 2 + width]
    return min(float((middle != other[:, shift : shift + width]).mean()) for shift in range(5)) < 0.02


ALEF, SHIN = "\u05d0", "\u05e9"


@pytest.mark.feature("OVL-06", "OVL-07")
@pytest.mark.parametrize("add", [by_rest, by_vapix])
def test_words_that_say_nothing_and_foreign_ones_are_seen_as_they_are_written(
    known: RunningCamera, add: Callable[[httpx.Client, str], int]
) -> None:
    unknown = shown(known, "%Q#q", add)
    assert alike(unknown, shown(known, "%%Q##q", add))  # literally
    assert not alike(unknown, shown(known, "Qq", add))
    forth, back = shown(known, ALEF + SHIN, add), shown(known, SHIN + ALEF, add)
    alone = shown(known, ALEF, add)
    width = alone.shape[1] * 2 // 3
    assert alike(forth[:, -width:], alone[:, -width:])  # what is written first stands at the right
    assert not alike(back[:, -width:], alone[:, -width:])
    smile, none = shown(known, "\U0001f642", add), shown(known, "\U0010fffd", add)
    assert 0.05 < smile.mean() < 0.9
    assert not alike(smile, none)  # a letter that no font has


@pytest.mark.feature("OVL-12")
def test_a_text_of_two_lines_is_twice_as_high(known: RunningCamera) -> None:
    with known.client() as client:
        heights = []
        for text in ("HALL", "HALL\nHALL"):
            identity = by_rest(client, text)
            picture = known.image(5, resolution=f"{SIZE[0]}x{SIZE[1]}", compression=0)[:, 20:60, 0].astype(int)
            heights.append(int(np.flatnonzero((picture < 40).mean(axis=1) > 0.2).max()))  # the ground of the words
            client.delete(f"/api/v1/overlays/{identity}")
    assert heights[1] > 1.7 * heights[0]


@pytest.mark.feature("OVL-12", "OVL-13")
def test_all_views_show_it_or_those_that_are_named(known: RunningCamera) -> None:
    def red(camera: int) -> bool:
        size = known.get("/api/v1/views")["views"][camera - 1]["resolutions"][-1]
        blue, green, strong = known.image(camera, resolution=size)[:60, :90].astype(int).transpose(2, 0, 1)
        return bool((strong - np.maximum(blue, green) > 90).sum() > 100)

    assert not any(map(red, range(1, 13)))
    with known.client() as client:
        wish = {"kind": "text", "text": "HALL", "size": 100, "background": "red", "color": "red", "position": "topLeft"}
        identity = client.post("/api/v1/overlays", json=wish).json()["identity"]
        assert all(map(red, range(1, 13)))
        client.patch(f"/api/v1/overlays/{identity}", json={"views": [3, 4]})
        assert [camera for camera in range(1, 13) if red(camera)] == [4, 5]
        client.delete(f"/api/v1/overlays/{identity}")


@pytest.mark.feature("OVL-14")
@pytest.mark.parametrize("codec", ["jpeg", "h264"])
def test_the_indicator_moves_in_every_picture_of_a_stream_whose_scene_stands_still(known: RunningCamera, codec: str) -> None:
    with known.client() as client:
        wish = {"kind": "indicator", "size": 200, "position": "topLeft", "views": [4], "background": "black"}
        identity = client.post("/api/v1/overlays", json=wish).json()["identity"]
        with known.watching(f"camera=5&resolution=640x480&videocodec={codec}&compression=10") as frames:
            pictures = [next(frames).to_ndarray(format="gray").astype(int) for _ in range(25)]
        client.delete(f"/api/v1/overlays/{identity}")
    for before, after in itertools.pairwise(pictures):
        changed = np.abs(after - before) > 60
        assert changed[:120, :120].sum() > 40
        assert changed[150:].sum() == 0
