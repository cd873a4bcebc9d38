"""A known scene: a fisheye picture with bright discs at known directions, and clips that move."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from panocam.optics.aim import direction, ray_to_view
from panocam.optics.lens import Lens, default_lens
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.view import Arrangement

SIDE = 1440
MARKERS = tuple((i * 137.508 % 360 - 180, float(np.degrees(np.arcsin((2 * i + 1) / 140 - 1)))) for i in range(140))
"""Pan and tilt in degrees, spread over the whole sphere in a spiral, which looks like itself in no other direction and no mirror."""

RADIUS = 1.0
"""Of a disc, in degrees."""


def lens() -> Lens:
    return default_lens((SIDE, SIDE))


def draw(path: Path, mount: Mount = Mount.CEILING) -> Path:
    """The known scene as PNG. Pixels are lit by their angle to a marker, so a disc is round in the world, not in the picture."""
    luma = np.full((SIDE, SIDE), 16, np.uint8)
    cv2.circle(luma, (SIDE // 2, SIDE // 2), SIDE // 2 - 2, 60, -1)
    pixel = 182 / SIDE  # degrees: the discs' edges are one pixel soft
    reach = round(3 * RADIUS / pixel)
    turn = camera_from_world(mount)
    for pan, tilt in MARKERS:
        ray = turn @ direction(pan, tilt)
        if not _drawn(ray):
            continue
        x, y = np.round(lens().project(ray)).astype(int)
        around = np.stack(np.meshgrid(np.arange(x - reach, x + reach), np.arange(y - reach, y + reach)), -1)
        degrees = np.degrees(np.arccos(np.clip(lens().unproject(around) @ ray, -1, 1)))
        lit = (60 + 190 * np.clip((RADIUS - degrees) / pixel + 0.5, 0, 1)).astype(np.uint8)
        spot = luma[y - reach : y + reach, x - reach : x + reach]
        np.maximum(spot, lit, out=spot, where=degrees < 2 * RADIUS)
    cv2.imwrite(str(path), luma)
    return path


def _drawn(ray: np.ndarray) -> bool:
    """Whether a disc at this camera direction is whole."""
    return bool(lens().theta(ray) < np.radians(88))


def expected(view: int, size: tuple[int, int], mount: Mount = Mount.CEILING, margin: int = 12) -> list[tuple[float, float]]:
    """Where the markers must be in a view, those too near to an edge of the picture left out."""
    drawn = Arrangement(mount).view(view, size)
    rays = [direction(pan, tilt) for pan, tilt in MARKERS]
    spots = [spot for ray in rays if _drawn(camera_from_world(mount) @ ray) for spot in ray_to_view(drawn, ray, lens(), mount)]
    return [(x, y) for x, y in spots if margin < x < size[0] - margin and margin < y < size[1] - margin]


def discs(luma: np.ndarray) -> list[tuple[float, float]]:
    """Centres of the bright spots, weighted by brightness."""
    weight = np.clip(luma.astype(np.float64) - 110, 0, None)
    count, labels = cv2.connectedComponents((luma > 140).astype(np.uint8))
    found = []
    for label in range(1, count):
        near = cv2.dilate((labels == label).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
        ys, xs = np.nonzero(near)
        w = weight[ys, xs]
        found.append((float((xs * w).sum() / w.sum()), float((ys * w).sum() / w.sum())))
    return found


def restless(path: Path, fps: int = 25, seconds: int = 2, side: int = 640, codec: str = "libx264", moving: bool = True) -> Path:
    """A clip with noise and (if ``moving``) movement inside an image circle, so that bits, frames and changes show."""
    random = np.random.default_rng(7)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width = stream.height = side
        stream.pix_fmt, stream.gop_size = "yuv420p", fps
        stream.codec_context.options = {"preset": "ultrafast", "crf": "18"}
        mask = np.zeros((side, side), np.uint8)
        cv2.circle(mask, (side // 2, side // 2), side // 2 - 2, 255, -1)
        coarse = cv2.resize(random.integers(40, 220, (side // 8, side * 3 // 8), np.uint8), (side * 3, side))
        for number in range(fps * seconds):
            at = number * side // (fps * seconds) if moving else 0
            luma = np.minimum(coarse[:, at : at + side], mask)
            luma = cv2.add(luma, random.integers(0, 24, (side, side), np.uint8))
            frame = av.VideoFrame.from_ndarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2RGB), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
