"""The yard: a car park between a brick house and trees, 44 x 28 m, in low afternoon sun."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from panocam.optics.mount import Mount
from panocam.scene import textures as tx
from panocam.scene.arrays import Field, f32
from panocam.scene.light import Light
from panocam.scene.room import markers, targets
from panocam.scene.solids import Face, Solid, box, decal, flat, rect
from panocam.scene.world import Between, Edge, Point, World

PLACES = {Mount.CEILING: (0.0, 4.3, 5.2), Mount.DESK: (-6.0, -3.6, 0.84), Mount.WALL: (5.2, -9.9, 3.3)}
SUN_AZIMUTH, SUN_HEIGHT = 236.0, 40.0
_A, _H = np.radians(SUN_AZIMUTH), np.radians(SUN_HEIGHT)
SUN = (float(np.cos(_H) * np.sin(_A)), float(np.cos(_H) * np.cos(_A)), float(np.sin(_H)))
SUN_COLOR, SKY, GROUND = (1.55, 1.38, 1.10), (0.42, 0.53, 0.72), (0.20, 0.19, 0.17)
SHUTTER_S = 1 / 1000
BRIGHTNESS = 0.0115
"""Exposure: what the sun asks for at 0 dB."""

TREES = (
    (-14.5, -3.5, 5.6),
    (13.0, -3.6, 6.4),
    (-9.0, 18.5, 7.5),
    (3.5, 19.0, 8.2),
    (14.0, 18.2, 7.0),
    (-18.5, 17.6, 6.6),
    (24.5, 5.0, 7.8),
    (24.0, -5.0, 6.5),
)
"""x, y and height of the trees."""

_TARGETS: dict[str, tuple[str, Point]] = {
    "pavement-west": ("up", (-3.0, -7.0, 0.0)),
    "pavement-east": ("up", (4.0, -7.6, 0.0)),
    "lane": ("up", (-4.0, 0.0, 0.0)),
    "house": ("north", (2.6, -10.0, 1.6)),
    "house-west": ("north", (-9.0, -10.0, 1.6)),
}


def build(eye: Point, detail: float, between: Between) -> World:
    """The yard as seen from ``eye`` (tree crowns are flat and face it). ``between`` is called between one part and the next."""
    rng = np.random.default_rng(21)
    solids: list[Solid] = []
    for part in (  # each makes its solids only when it is asked for them
        _ground(rng, detail),
        _house(rng, detail),
        _neighbour(rng),
        _fences(),
        _furniture(rng),
        _trees(rng, eye),
        _horizon(rng),
        targets(_TARGETS, 0.3),
    ):
        solids += part
        between()
    hides = np.array([s.shade for s in solids if s.casts], np.float32)
    crowns = np.array([[x, y, h * 0.68, h * 0.30, h * 0.30, h * 0.31] for x, y, h in TREES], np.float32)
    light = Light((), SKY, GROUND, hides, sun=(SUN, SUN_COLOR), reach=2.5, blobs=crowns)
    return World(
        "yard",
        tuple(solids),
        light,
        PLACES,
        markers(_TARGETS),
        tuple(_lines()),
        sky=_Sky(rng),
        texel=0.22,
        lo=(-22, -10),
        hi=(22, 18),
        pitch=1.0,
        brightness=BRIGHTNESS / SHUTTER_S,
        shutter_s=SHUTTER_S,
    )


def _ground(rng: np.random.Generator, detail: float) -> Iterator[Solid]:
    meadow = tx.tinted(1 + 0.2 * tx.noise(rng, 300, 300, (20, 20), 4), (104, 128, 66))
    yield Solid((rect("up", (-130, -130, -0.05), (130, 130, -0.05), meadow),), layer=-2)
    yield Solid((rect("up", (-22, -10, 0), (22, 16.5, 0), _asphalt(rng, detail)),), layer=-1)
    slabs = tx.tiles(rng, (32, 4), 60 * detail, 0.5, (186, 180, 168), (120, 114, 104), 0.014)
    yield decal("up", (-16, -10, 0.004), (16, -6, 0.004), slabs)
    path = tx.tiles(rng, (5, 4.8), 60 * detail, 0.5, (180, 172, 158), (118, 112, 102), 0.014)
    yield decal("up", (-2.5, -6, 0.004), (2.5, -1.2, 0.004), path)
    for x0, x1 in ((-21, -2.6), (2.6, 21)):
        yield decal("up", (x0, -5.9, 0.004), (x1, -1.3, 0.004), _grass(rng, (x1 - x0, 4.6), 44 * detail))
        for y in (-5.98, -1.3):
            yield box((x0, y, 0), (x1, y + 0.1, 0.1), flat((176, 174, 168)))


def _asphalt(rng: np.random.Generator, detail: float) -> tx.Texture:
    """44 x 26.5 m from (-22, 16.5) at the upper left, with its paint: bays, an island, a zebra crossing, arrows."""
    ppm = 52 * detail
    w, h = round(44 * ppm), round(26.5 * ppm)
    shade = 1 + 0.07 * tx.noise(rng, h, w, (h / 6, w / 9), 4)
    grain = rng.standard_normal((h // 2, w // 2), dtype=np.float32)
    shade += 0.035 * cv2.resize(grain, (w, h), interpolation=cv2.INTER_LINEAR)
    out = tx.tinted(shade, (104, 105, 109))
    white, yellow = (226, 226, 220, 255), (226, 186, 70, 255)

    def bar(x0: float, y0: float, x1: float, y1: float, ink: tuple[int, ...] = white) -> None:
        shift = 16.0
        p = [(round((x + 22) * ppm * shift), round((16.5 - y) * ppm * shift)) for x, y in ((x0, y0), (x1, y1))]
        cv2.rectangle(out, p[0], p[1], ink, -1, cv2.LINE_AA, 4)

    for k in range(13):
        bar(-15.05 + 2.5 * k, 9.6, -14.95 + 2.5 * k, 14.6)
    bar(-15.05, 14.5, 15.05, 14.6)
    for x in np.arange(-10.5, 10.6, 1.5):
        line = np.array([[x - 0.7, 3.4], [x - 0.45, 3.4], [x + 0.45, 5.2], [x + 0.2, 5.2]])
        cv2.fillConvexPoly(out, np.round((np.array([1, -1]) * line + [22, 16.5]) * ppm * 16).astype(np.int32), yellow, cv2.LINE_AA, 4)
    for y in (3.3, 5.2):
        bar(-11.5, y, 11.5, y + 0.1, yellow)
    for k in range(7):
        bar(12.3, -0.6 + 1.35 * k, 15.6, -0.6 + 1.35 * k + 0.6)
    for x, y, way in ((-6, 1.6, -1), (6, 7.0, 1), (-6, 7.0, 1), (6, 1.6, -1)):
        head = np.array(
            [
                [x + 0.9 * way, y],
                [x, y + 0.35],
                [x, y + 0.1],
                [x - 1.2 * way, y + 0.1],
                [x - 1.2 * way, y - 0.1],
                [x, y - 0.1],
                [x, y - 0.35],
            ]
        )
        cv2.fillPoly(out, [np.round((np.array([1, -1]) * head + [22, 16.5]) * ppm * 16).astype(np.int32)], white, cv2.LINE_AA, 4)
    return out


def _grass(rng: np.random.Generator, size: tuple[float, float], ppm: float) -> tx.Texture:
    w, h = round(size[0] * ppm), round(size[1] * ppm)
    blade = cv2.resize(rng.standard_normal((h // 3 + 1, w), dtype=np.float32), (w, h), interpolation=cv2.INTER_LINEAR)
    shade = 1 + 0.12 * tx.noise(rng, h, w, (ppm, ppm), 3) + 0.13 * blade
    return tx.tinted(shade, (96, 132, 58))


def _house(rng: np.random.Generator, detail: float) -> Iterator[Solid]:
    yield box((-16, -22, 0), (16, -10, 9), {"*": flat((150, 96, 74)), "north": _brick(rng, (32, 9), 56 * detail)}, casts=True)
    yield box((-1.8, -10, 2.75), (1.8, -8.7, 2.9), flat((70, 74, 80)), casts=True)
    yield box((-16.2, -10.25, 8.9), (16.2, -9.7, 9.15), flat((210, 206, 198)), casts=True)
    plate = tx.sign("HARBOUR WORKS", (40, 46, 54), (236, 232, 220), (900, 130), 2.6)
    yield decal("north", (-2.2, -9.99, 3.15), (2.2, -9.99, 3.75), plate)


def _brick(rng: np.random.Generator, size: tuple[float, float], ppm: float) -> tx.Texture:
    w, h = round(size[0] * ppm), round(size[1] * ppm)
    row = (np.arange(h) / ppm / 0.085).astype(int)
    col = ((np.arange(w)[None, :] / ppm + 0.125 * (row[:, None] % 2)) / 0.25).astype(int)
    tone = rng.uniform(0.82, 1.1, (row.max() + 1, col.max() + 1)).astype(np.float32)
    shade = tone[row[:, None], col]
    mortar = ((np.arange(h) / ppm / 0.085 % 1) < 0.13)[:, None] | (
        ((np.arange(w)[None, :] / ppm + 0.125 * (row[:, None] % 2)) / 0.25 % 1) < 0.05
    )
    out = tx.tinted(shade, (164, 96, 72))
    out[mortar, :3] = (172, 160, 146)
    for floor in range(3):
        for x in np.arange(1.2, 31, 3.3):
            if floor == 0 and 13.5 < x + 0.75 < 18.6:
                continue
            _pane(out, ppm, x, size[1] - 2.55 - 3.0 * floor, 1.5, 1.65)
    door = [round(v * ppm) for v in (14.7, size[1] - 2.6, 17.3, size[1])]
    cv2.rectangle(out, (door[0], door[1]), (door[2], door[3]), (56, 74, 84, 255), -1)
    for x in (14.85, 16.05):
        cv2.rectangle(
            out,
            (round(x * ppm), round((size[1] - 2.45) * ppm)),
            (round((x + 1.1) * ppm), round((size[1] - 0.1) * ppm)),
            (34, 44, 52, 255),
            -1,
        )
    out[-round(0.35 * ppm) :, : door[0], :3] = out[-round(0.35 * ppm) :, door[2] :, :3][:, ::-1][:, : door[0]] // 2 + 62
    return out


def _pane(out: tx.Texture, ppm: float, x: float, y: float, w: float, h: float) -> None:
    """A window with a light frame; the glass mirrors a bright sky above."""
    x0, y0, x1, y1 = (round(v * ppm) for v in (x, y, x + w, y + h))
    cv2.rectangle(out, (x0, y1), (x1, y1 + round(0.09 * ppm)), (206, 202, 192, 255), -1)
    cv2.rectangle(out, (x0, y0), (x1, y1), (236, 234, 228, 255), -1)
    f = max(1, round(0.06 * ppm))
    mid = (x0 + x1) // 2
    ramp = np.linspace(1, 0.35, max(1, y1 - y0 - 2 * f))[:, None, None]
    for a, b in ((x0 + f, mid - f // 2), (mid + f // 2, x1 - f)):
        out[y0 + f : y1 - f, a:b, :3] = ramp * np.array([112, 132, 150]) + (1 - ramp) * np.array([48, 54, 58])


def _neighbour(rng: np.random.Generator) -> Iterator[Solid]:
    wall = tx.plaster(rng, (26, 6), (206, 190, 160), 36)
    for k in range(6):
        _pane(wall, 36, 2.0 + 4.0 * k, 1.0, 1.7, 1.2)
        x0, x1 = round((1.9 + 4.0 * k) * 36), round((4.3 + 4.0 * k) * 36)
        cv2.rectangle(wall, (x0, 106), (x1, 215), (122, 140, 150, 255), -1)
        for y in range(112, 214, 12):
            cv2.line(wall, (x0, y), (x1, y), (98, 114, 124, 255), 1)
    yield box((-32, -10, 0), (-22, 16, 6), {"*": flat((196, 182, 154)), "east": wall}, casts=True)
    yield box((-32.2, -10.2, 6), (-21.75, 16.2, 6.2), flat((92, 74, 66)), casts=True)


def _fences() -> Iterator[Solid]:
    slats = np.zeros((60, 2112, 4), np.uint8)
    slats[..., :3] = (126, 96, 66)
    slats[:, np.arange(2112) % 8 < 5, 3] = 255
    slats[6:11] = slats[47:52] = (108, 82, 58, 255)
    for facing, lo, hi in (("south", (-22, 16.5, 0), (22, 16.5, 1.3)), ("west", (22, -10, 0), (22, 16.5, 1.3))):
        yield Solid((rect(facing, lo, hi, slats),))
    for x in np.arange(-22, 22.1, 2.75):
        yield box((x - 0.05, 16.52, 0), (x + 0.05, 16.62, 1.45), flat((96, 74, 54)))


def _furniture(rng: np.random.Generator) -> Iterator[Solid]:
    wood = flat((168, 124, 82))
    top = tx.boards(rng, (1.8, 0.8), 90, 0.13, (190, 146, 98))
    yield box((-6.9, -4.0, 0.71), (-5.1, -3.2, 0.76), {"*": wood, "up": top}, casts=True)
    for y in (-4.55, -2.95):
        yield box((-6.9, y, 0.42), (-5.1, y + 0.3, 0.46), {"*": wood, "up": top}, casts=True)
    for x in (-6.7, -5.4):
        yield box((x, -4.5, 0.34), (x + 0.08, -2.7, 0.42), wood)
        yield box((x, -3.75, 0), (x + 0.08, -3.45, 0.71), wood, casts=True)
    steel = flat((120, 124, 128))
    for x in (-12.3, 12.3):
        yield box((x - 0.06, 4.24, 0), (x + 0.06, 4.36, 6.0), steel, casts=True)
        yield box((x - 0.05, 3.3, 5.92), (x + 0.05, 5.3, 6.0), steel)
    for x in (-17.6, 17.6):
        yield box((x - 0.4, -8.9, 0), (x + 0.4, -8.2, 1.05), {"*": flat((52, 92, 74)), "up": flat((40, 70, 58))}, casts=True)
    for x in (-2.3, -1.15, 1.15, 2.3):
        yield box((x - 0.08, -5.95, 0), (x + 0.08, -5.79, 0.9), {"*": flat((60, 62, 66)), "up": flat((220, 220, 214))}, casts=True)


def _trees(rng: np.random.Generator, eye: Point) -> Iterator[Solid]:
    crowns = [_crown(rng, 384, tone) for tone in ((104, 142, 62), (86, 126, 60), (128, 146, 66))]
    for i, (x, y, h) in enumerate(TREES):
        wide = 0.035 * h / 2
        yield box((x - wide, y - wide, 0), (x + wide, y + wide, h * 0.55), flat((84, 66, 50)), casts=True)
        middle = np.array([x, y, h * 0.66])
        toward = np.array(eye) - middle
        toward /= np.linalg.norm(toward)
        right = np.cross([0, 0, 1.0], toward)
        right /= np.linalg.norm(right)
        down = -np.cross(toward, right)
        size = h * 0.74
        leaf = np.ascontiguousarray(crowns[i % 3][:, ::-1] if i % 2 else crowns[i % 3])
        yield Solid((Face(middle - right * size / 2 - down * size / 2, right * size, down * size, leaf, glow=1.0),))


def _crown(rng: np.random.Generator, n: int, color: tx.Color) -> tx.Texture:
    """A crown lit from the upper left: clumps of leaves, thinning at the rim. The light is painted in."""
    y, x = np.mgrid[0:n, 0:n].astype(np.float32) / n
    body = np.full((n, n), -1.0, np.float32)
    light = np.zeros((n, n), np.float32)
    clumps = [(0.5, 0.5, 0.34)] + [
        (0.5 + 0.27 * np.cos(a), 0.5 + 0.25 * np.sin(a), rng.uniform(0.13, 0.2)) for a in np.linspace(0, 2 * np.pi, 11)[:-1]
    ]
    clumps += [(rng.uniform(0.3, 0.7), rng.uniform(0.28, 0.7), rng.uniform(0.09, 0.14)) for _ in range(9)]
    for cx, cy, r in clumps:
        d = 1 - np.hypot(x - cx, y - cy) / r
        side = np.clip(0.55 - ((y - cy) * 0.75 + (x - cx) * 0.4) / r * 0.5, 0.1, 1)
        light = np.where(d > 0, np.maximum(light * 0.72, side * np.clip(d * 3 + 0.25, 0, 1)), light)
        body = np.maximum(body, d)
    leaf = tx.noise(rng, n, n, (7, 7), 2) * 1.5
    alpha = np.clip((body * 4.5 + leaf * 0.9 + 0.15) * 2.2, 0, 1)
    shade = np.clip(0.30 + 0.85 * light + 0.16 * leaf, 0.12, 1.35)
    return tx.rgba(cv2.merge([shade * c for c in color]), (alpha * 255).astype(np.uint8))


def _horizon(rng: np.random.Generator) -> Iterator[Solid]:
    """A far belt of trees and roofs on all four sides."""
    for facing, lo, hi in (
        ("south", (-120, 90, -1), (120, 90, 13)),
        ("north", (-120, -90, -1), (120, -90, 13)),
        ("west", (100, -120, -1), (100, 120, 13)),
        ("east", (-100, -120, -1), (-100, 120, 13)),
    ):
        h, w = 64, 1200
        ridge = 0.45 + 0.16 * tx.noise(rng, 2, w, (2, 60), 4)[0] + 0.06 * tx.noise(rng, 2, w, (2, 9), 2)[0]
        rows = 1 - np.arange(h, dtype=np.float32)[:, None] / h
        alpha = np.clip((ridge[None] - rows) * 40, 0, 1)
        shade = 0.8 + 0.25 * tx.noise(rng, h, w, (7, 9), 3) + 0.15 * rows
        haze = cv2.merge([shade * 92 + 34, shade * 112 + 36, shade * 84 + 52])
        yield Solid((rect(facing, lo, hi, tx.rgba(haze, (alpha * 255).astype(np.uint8)), glow=0.95),), layer=-1)


class _Sky:
    """A clear sky with fair-weather clouds, a bright rim about the sun, and the sun itself."""

    def __init__(self, rng: np.random.Generator) -> None:
        cloud = tx.noise(rng, 512, 512, (150, 150), 6) * 1.6
        self._clouds: Field = np.clip(cloud * 1.1 - 0.12, 0, 1).astype(np.float32)

    def __call__(self, d: Field) -> Field:
        up = np.clip(d[..., 2], 0, 1)
        k = (1 - up)[..., None] ** 2.2
        blue = f32([0.20, 0.37, 0.78]) * (1 - k) + f32([0.72, 0.82, 0.95]) * k
        over = np.maximum(d[..., 2], 0.03)
        u, v = ((d[..., i] / over * 42 + 256) % 511 for i in (0, 1))
        cover = cv2.remap(self._clouds, u.astype(np.float32), v.astype(np.float32), cv2.INTER_LINEAR) * np.clip(d[..., 2] * 5 - 0.2, 0, 1)
        cos = np.clip(d @ f32(SUN), -1, 1)
        white = f32([1.02, 1.0, 0.98]) * (0.95 + 0.25 * np.maximum(cos, 0)[..., None] ** 4)
        sky = blue * (1 - cover[..., None]) + white * cover[..., None]
        halo = 0.5 * np.maximum(cos, 0) ** 40 + 3.0 * np.maximum(cos, 0) ** 900
        disc = np.clip((cos - np.cos(np.radians(0.62))) / (np.cos(np.radians(0.3)) - np.cos(np.radians(0.62))), 0, 1)
        out: Field = (sky + (halo + 40 * disc)[..., None] * f32([1.0, 0.93, 0.8])).astype(np.float32)
        return out


def _lines() -> Iterator[Edge]:
    for k in (0, 4, 8, 12):
        yield Edge(f"bay-{k}", (-15.0 + 2.5 * k, 9.6, 0), (-15.0 + 2.5 * k, 14.6, 0))
    yield Edge("mast", (-12.24, 4.24, 0.0), (-12.24, 4.24, 5.9))
    yield Edge("neighbour-corner", (-22, 16, 0), (-22, 16, 6))
    yield Edge("house-foot", (-16, -10, 0.0), (16, -10, 0.0))
    yield Edge("island", (-11.5, 5.25, 0), (11.5, 5.25, 0))
