"""Overlays in streams that run: they come and go without a restart, and survive one."""

from __future__ import annotations

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
