"""The room: a small shop with an office table, 8 x 6 x 3 m, a bright window to the east and a dark corner in the south-west."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import cv2
import numpy as np

from panocam.optics.mount import Mount
from panocam.scene import textures as tx
from panocam.scene.arrays import Field, clamp, f32
from panocam.scene.light import Light, Source
from panocam.scene.solids import Face, Solid, box, decal, flat, rect
from panocam.scene.world import Between, Edge, Point, World

PLACES = {Mount.CEILING: (0.0, 0.0, 2.9), Mount.DESK: (1.3, 0.0, 0.82), Mount.WALL: (0.0, -2.94, 2.2)}
LO, HI = (-4.0, -3.0, 0.0), (4.0, 3.0, 3.0)
LAMPS = [(0.0, 1.5), (0.0, -1.5), (2.4, 1.5), (2.4, -1.5), (-2.4, 1.5)]
"""Centres of the ceiling panels; the sixth, at (-2.4, -1.5), has failed: that makes the dark corner."""

LAMP_SIZE = (1.2, 0.6)
WINDOW = ((4.0, -1.7, 0.95), (4.0, 1.3, 2.45))
WARM, COOL = (1.0, 0.91, 0.78), (0.86, 0.96, 1.12)
OAK, WALNUT, WHITE, STEEL = (186, 140, 94), (112, 76, 50), (236, 234, 228), (150, 152, 156)


def build(eye: Point, detail: float, between: Between) -> World:
    """The room as a camera at ``eye`` sees it, with textures as fine as a picture of ``detail`` * 2992 pixels needs.

    ``between`` is called between one part and the next."""
    rng = np.random.default_rng(7)
    furniture = [*_table(rng), *_counter(rng), *_shelves(rng, detail), *_gondola(rng, detail), *_sofa()]
    between()
    furniture += _plants(rng)
    between()
    shell = _shell(rng, eye, detail)
    between()
    solids = (shell, *_window(rng), *_lamps(), *_wall_things(rng, detail), *furniture, *targets(TARGETS))
    hides = np.array([s.shade for s in solids if s.casts], np.float32)
    sources = (*_lamp_sources(), *_window_sources())
    light = Light(sources, (0.17, 0.165, 0.16), (0.135, 0.115, 0.098), hides, mains_ambient=0.72)
    return World("room", solids, light, PLACES, markers(TARGETS), tuple(_lines()), mirror=_mirror, brightness=2.35)


def _fine(distance: float, detail: float) -> float:
    """Pixels per metre that a surface straight ahead at ``distance`` wants."""
    return float(np.clip(560 * detail / max(distance, 0.5), 40, 240))


def _shell(rng: np.random.Generator, eye: Point, detail: float) -> Solid:
    floor = tx.boards(rng, (8, 6), _fine(eye[2], detail))
    ceiling = tx.tiles(
        rng, (8, 6), min(150.0, _fine(3.0 - eye[2], detail)) if eye[2] < 2.5 else 40, 0.6, (228, 227, 222), (168, 166, 160), 0.024
    )
    wall = partial(tx.plaster, rng, ppm=60 * detail, skirting=(244, 243, 238))
    return Solid(
        (
            rect("up", LO, (4, 3, 0), floor, gloss=0.045),
            rect("down", (-4, -3, 3), HI, ceiling),
            rect("south", (-4, 3, 0), HI, wall((8, 3), (92, 138, 138))),
            rect("north", LO, (4, -3, 3), wall((8, 3), (226, 221, 210))),
            rect("west", (4, -3, 0), HI, wall((6, 3), (226, 221, 210))),
            rect("east", LO, (-4, 3, 3), wall((6, 3), (216, 196, 164))),
        ),
        layer=-1,
    )


def _window(rng: np.random.Generator) -> Iterator[Solid]:
    (x, y0, z0), (_, y1, z1) = WINDOW
    yield Solid((rect("west", (x, y0, z0), (x, y1, z1), outside(rng), glow=5.0),), layer=0)
    frame = flat((246, 246, 244))
    for y in np.linspace(y0, y1, 4):
        yield box((3.93, y - 0.03, z0), (3.999, y + 0.03, z1), frame)
    for z in (z0, z0 + 1.05, z1):
        yield box((3.93, y0 - 0.03, z - 0.03), (3.999, y1 + 0.03, z + 0.03), frame)
    yield box((3.78, y0 - 0.1, z0 - 0.07), (3.999, y1 + 0.1, z0 - 0.03), flat((240, 238, 232)))
    ribs = np.full((40, 160, 4), 255, np.uint8)
    ribs[..., :3] = (np.abs(np.linspace(-1, 1, 160) * 15 % 1 - 0.5) * 50 + 205)[None, :, None]
    yield box((3.88, y0 + 0.3, 0.16), (3.99, y1 - 0.3, 0.72), {"*": flat((232, 232, 230)), "west": ribs}, casts=True)


def outside(rng: np.random.Generator) -> tx.Texture:
    """What the window shows: sky, a far street front, trees."""
    h, w = 300, 600
    ramp = np.linspace(0, 1, h)[:, None, None]
    out = (np.array([196, 220, 250]) * (1 - ramp) + np.array([250, 250, 246]) * ramp).astype(np.float32)
    out = out + 9 * tx.noise(rng, h, w, (60, 140), 4)[..., None]
    out = np.clip(out, 0, 255).astype(np.uint8)
    for k in range(9):
        x, top = k * 72 - 20, int(h * rng.uniform(0.42, 0.62))
        tone = np.array([150, 140, 132]) * rng.uniform(0.7, 1.0)
        cv2.rectangle(out, (x, top), (x + 70, h), tone.tolist(), -1)
        for wy in range(top + 10, h - 8, 20):
            for wx in range(x + 9, x + 60, 18):
                cv2.rectangle(out, (wx, wy), (wx + 8, wy + 11), (tone * 0.55).tolist(), -1)
    for _ in range(500):
        at = (int(rng.integers(0, w)), int(h * rng.uniform(0.74, 1.0)))
        cv2.circle(out, at, int(rng.integers(3, 9)), (np.array([84, 104, 70]) * rng.uniform(0.5, 1.1)).tolist(), -1, cv2.LINE_AA)
    return tx.rgba(out * 0.8)


def _lamps() -> Iterator[Solid]:
    w, h = LAMP_SIZE[0] / 2, LAMP_SIZE[1] / 2
    panel = np.full((48, 96, 4), 255, np.uint8)
    panel[..., :3] = (255, 248, 232)
    cv2.rectangle(panel, (0, 0), (95, 47), (120, 120, 118, 255), 2)
    for x, y in [*LAMPS, (-2.4, -1.5)]:
        lit = (x, y) != (-2.4, -1.5)
        face = rect("down", (x - w, y - h, 2.99), (x + w, y + h, 2.99), panel, glow=3.4 if lit else 0.0, mains=1.0)
        yield Solid((face,), layer=1)


def _lamp_sources() -> Iterator[Source]:
    for x, y in LAMPS:
        for dx in (-0.3, 0.3):
            yield Source((x + dx, y, 2.97), (0, 0, -1), WARM, 0.52)


def _window_sources() -> Iterator[Source]:
    (x, y0, z0), (_, y1, z1) = WINDOW
    for k in (1 / 6, 0.5, 5 / 6):
        yield Source((x - 0.02, y0 + (y1 - y0) * k, (z0 + z1) / 2), (-1, 0, 0), COOL, 0.5, mains=False)


def _mirror(rays: Field) -> Field:
    """Lamps and window as the floor shows them: blurred."""
    p, d = rays[..., :3], rays[..., 3:]
    out: Field = np.zeros(p.shape, np.float32)
    up = np.maximum(d[..., 2], 1e-3)
    t = (3.0 - p[..., 2]) / up
    hit = p + d * t[..., None]
    soft = 0.05 + 0.03 * t
    for x, y in LAMPS:
        out += (_soft_box(hit[..., 0] - x, 0.6, soft) * _soft_box(hit[..., 1] - y, 0.3, soft))[..., None] * f32(WARM) * 3.4
    (x, y0, z0), (_, y1, z1) = WINDOW
    t = np.clip((x - p[..., 0]) / np.maximum(d[..., 0], 1e-3), 0, 30)
    hit = p + d * t[..., None]
    soft = 0.04 + 0.05 * t
    pane = _soft_box(hit[..., 1] - (y0 + y1) / 2, (y1 - y0) / 2, soft) * _soft_box(hit[..., 2] - (z0 + z1) / 2, (z1 - z0) / 2, soft)
    out += (pane * (d[..., 0] > 1e-3))[..., None] * f32(COOL) * 6.0
    return out


def _soft_box(x: Field, half: float, soft: Field) -> Field:
    return clamp((half - np.abs(x)) / (2 * soft) + 0.5, 0, 1)


def _wall_things(rng: np.random.Generator, detail: float) -> Iterator[Solid]:
    yield from _door()
    north = 2.985
    pictures = [
        ("south", (-0.85, 1.15), ("FJORD", "summer sale"), (92, 150, 196), (34, 84, 112)),
        ("south", (0.25, 1.15), ("COFFEE", "roasted here"), (214, 150, 96), (120, 70, 40)),
        ("south", (1.25, 1.15), ("OPEN", "9 to 18"), (226, 128, 110), (96, 52, 92)),
    ]
    for facing, (x, z), words, base, ink in pictures:
        yield decal(facing, (x - 0.36, north, z), (x + 0.36, north, z + 1.0), tx.poster(rng, words, base, ink))
    yield decal(
        "east", (-3.985, -0.55, 1.35), (-3.985, 0.15, 2.3), tx.poster(rng, ("TEA", "from the hills"), (150, 184, 120), (50, 96, 60))
    )
    yield decal("east", (-3.985, 0.75, 1.7), (-3.985, 2.35, 2.15), tx.sign("CORNER SHOP", (38, 62, 66), (240, 226, 180), (800, 225), 3.1))
    board = np.full((200, 400, 4), 255, np.uint8)
    board[..., :3] = 240
    for k in range(6):
        tone = [(40, 60, 140, 255), (150, 40, 40, 255), (40, 40, 44, 255)][k % 3]
        xs = np.arange(20, int(rng.integers(160, 370)), 8)
        line = np.stack([xs, 30 + 26 * k + rng.integers(-4, 5, len(xs))], 1).astype(np.int32)
        cv2.polylines(board, [line], False, tone, 2, cv2.LINE_AA)
    cv2.rectangle(board, (0, 0), (399, 199), (160, 162, 166, 255), 5)
    yield decal("north", (-2.2, -2.985, 1.0), (-0.6, -2.985, 1.8), board)
    yield decal("south", (3.3, north, 2.2), (3.62, north, 2.52), _clock())
    yield box((3.35, 2.86, 0.75), (3.5, 2.98, 1.25), {"*": flat((196, 30, 28))})
    yield box((-1.2, 1.2, 2.93), (-0.9, 1.5, 2.99), flat((244, 244, 240)))


def _clock() -> tx.Texture:
    face = np.zeros((160, 160, 4), np.uint8)
    cv2.circle(face, (80, 80), 78, (40, 40, 44, 255), -1, cv2.LINE_AA)
    cv2.circle(face, (80, 80), 70, (250, 250, 246, 255), -1, cv2.LINE_AA)
    for k in range(12):
        c, s = np.cos(k * np.pi / 6), np.sin(k * np.pi / 6)
        cv2.line(face, (int(80 + 58 * c), int(80 + 58 * s)), (int(80 + 66 * c), int(80 + 66 * s)), (20, 20, 20, 255), 4, cv2.LINE_AA)
    cv2.line(face, (80, 80), (80, 34), (20, 20, 20, 255), 4, cv2.LINE_AA)
    cv2.line(face, (80, 80), (112, 94), (20, 20, 20, 255), 6, cv2.LINE_AA)
    return face


def _door() -> Iterator[Solid]:
    leaf = np.full((210, 90, 4), 255, np.uint8)
    leaf[..., :3] = np.clip(
        np.array([168, 118, 74]) * (1 + 0.05 * tx.noise(np.random.default_rng(3), 210, 90, (80, 5), 3)[..., None]), 0, 255
    )
    for y0, y1 in ((18, 92), (112, 192)):
        cv2.rectangle(leaf, (14, y0), (76, y1), (128, 88, 54, 255), 2, cv2.LINE_AA)
        cv2.rectangle(leaf, (17, y0 + 3), (73, y1 - 3), (188, 138, 92, 255), 1, cv2.LINE_AA)
    cv2.circle(leaf, (82, 108), 4, (220, 220, 214, 255), -1, cv2.LINE_AA)
    yield decal("south", (2.2, 2.99, 0.0), (3.1, 2.99, 2.1), leaf)
    trim = flat((246, 244, 238))
    yield box((2.1, 2.94, 0), (2.2, 2.999, 2.1), trim)
    yield box((3.1, 2.94, 0), (3.2, 2.999, 2.1), trim)
    yield box((2.1, 2.94, 2.1), (3.2, 2.999, 2.2), trim)
    yield decal("south", (2.35, 2.97, 2.3), (2.95, 2.97, 2.5), tx.sign("EXIT", (24, 120, 72), (250, 250, 250), (240, 80), 1.9), glow=0.9)
    mat = tx.tinted(1 + 0.25 * tx.noise(np.random.default_rng(5), 90, 130, (3, 3), 2), (70, 66, 62))
    yield decal("up", (2.0, 2.1, 0.006), (3.3, 2.9, 0.006), mat)


def _table(rng: np.random.Generator) -> Iterator[Solid]:
    top = tx.boards(rng, (1.8, 1.1), 160, 0.14, (202, 160, 112))
    yield box((0.4, -0.55, 0.70), (2.2, 0.55, 0.74), {"*": flat(OAK), "up": top}, casts=True, gloss=0.03)
    for x in (0.46, 2.08):
        for y in (-0.49, 0.43):
            yield box((x, y, 0), (x + 0.06, y + 0.06, 0.70), flat((58, 58, 62)))
    for x, y, turn in ((0.85, -0.85, 8), (1.75, -0.92, -14), (0.85, 0.9, 176), (1.8, 0.85, 190)):
        yield from _chair(x, y, turn)
    keys = np.full((60, 90, 4), 255, np.uint8)
    keys[..., :3] = 176
    for ky in range(8, 38, 6):
        for kx in range(6, 84, 6):
            keys[ky : ky + 4, kx : kx + 4, :3] = 40
    yield box((0.6, -0.36, 0.741), (0.94, -0.12, 0.757), {"*": flat(STEEL), "up": keys})
    screen = tx.goods(rng, (0.33, 0.22), 2, 500)
    yield Solid(
        (
            rect("south", (0.6, -0.11, 0.757), (0.94, -0.11, 0.975), screen, glow=0.85),
            *box((0.6, -0.11, 0.757), (0.94, -0.1, 0.975), flat(STEEL)).faces[3:],
        )
    )
    paper = tx.sign("invoice", (246, 246, 240), (70, 70, 76), (210, 297), 0.8)
    yield decal("up", (1.65, -0.42, 0.745), (1.86, -0.12, 0.745), paper)
    yield decal("up", (1.84, 0.05, 0.745), (2.05, 0.35, 0.745), tx.sign("plan", (250, 240, 200), (60, 80, 120), (210, 297), 1.0))
    yield box((0.62, 0.2, 0.741), (0.7, 0.28, 0.84), {"*": flat((206, 74, 56)), "up": flat((60, 38, 26))})


def _chair(x: float, y: float, turn: float) -> Iterator[Solid]:
    """A chair whose sitter would look along +y turned by ``turn`` degrees."""
    cloth, legs = flat((58, 84, 110)), flat((168, 170, 174))
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))

    def part(dx: float, dy: float, z0: float, half: tuple[float, float, float], skin: tx.Texture, casts: bool = False) -> Solid:
        px, py = x + c * dx - s * dy, y + s * dx + c * dy
        return box((px - half[0], py - half[1], z0), (px + half[0], py + half[1], z0 + half[2]), skin, turn=turn, casts=casts)

    for dx in (-0.19, 0.19):
        yield part(dx, 0.19, 0, (0.015, 0.015, 0.43), legs)
        yield part(dx, -0.2, 0, (0.015, 0.015, 0.85), legs)
    yield part(0, 0, 0.43, (0.22, 0.22, 0.05), cloth, casts=True)
    yield part(0, -0.2, 0.55, (0.2, 0.02, 0.34), cloth)


def _counter(rng: np.random.Generator) -> Iterator[Solid]:
    front = tx.boards(rng, (2.4, 0.92), 130, 0.11, (150, 104, 66))
    yield box((-3.15, -1.2, 0), (-2.6, 1.2, 0.92), {"*": flat(WALNUT), "east": front}, casts=True)
    yield box((-3.22, -1.26, 0.92), (-2.53, 1.26, 0.96), flat((232, 228, 220)), casts=True, gloss=0.05)
    yield box((-3.0, -0.25, 0.96), (-2.72, 0.1, 1.06), flat((44, 46, 50)))
    till = tx.sign("12.50", (18, 30, 40), (120, 230, 190), (160, 90), 1.3)
    yield Solid(
        (
            rect("west", (-2.76, -0.25, 1.06), (-2.76, 0.1, 1.3), till, glow=0.8),
            *box((-2.76, -0.25, 1.06), (-2.74, 0.1, 1.3), flat((40, 42, 46))).faces[:5],
        )
    )
    yield box((-2.95, 0.55, 0.96), (-2.65, 0.95, 1.12), {"*": tx.goods(rng, (0.4, 0.16), 1, 200)}, casts=True)


def _shelves(rng: np.random.Generator, detail: float) -> Iterator[Solid]:
    for x in (-3.55, -2.5):
        front = tx.goods(rng, (1.0, 2.0), 5, 190 * detail)
        yield box((x, 2.6, 0), (x + 1.0, 2.99, 2.0), {"*": flat(WHITE), "south": front}, casts=True)
    front = tx.goods(rng, (1.3, 1.95), 5, 190 * detail, (170, 126, 84))
    yield box((-3.99, -2.75, 0), (-3.62, -1.45, 1.95), {"*": flat(OAK), "east": front}, casts=True)
    yield box((-3.3, -2.99, 0), (-2.5, -2.45, 1.5), {"*": flat((70, 74, 80)), "north": _cabinet()}, casts=True)


def _cabinet() -> tx.Texture:
    out = np.full((150, 80, 4), 255, np.uint8)
    out[..., :3] = (82, 88, 96)
    for y in (2, 52, 102):
        cv2.rectangle(out, (3, y), (76, y + 46), (60, 64, 70, 255), 1, cv2.LINE_AA)
        cv2.rectangle(out, (30, y + 8), (50, y + 12), (170, 172, 176, 255), -1)
    return out


def _gondola(rng: np.random.Generator, detail: float) -> Iterator[Solid]:
    skins = {"*": flat(WHITE), "up": tx.tinted(1 + 0.02 * tx.noise(rng, 120, 60, (20, 20)), (228, 226, 220))}
    for side in ("east", "west"):
        skins[side] = tx.goods(rng, (2.0, 1.3), 4, 190 * detail)
    yield box((-1.75, -1.6, 0), (-1.15, 0.4, 1.3), skins, casts=True)
    for k, y in enumerate((-1.4, -1.0, -0.62, -0.2, 0.12)):
        tone = tx.PALETTE[(2 * k + 1) % len(tx.PALETTE)]
        tall = 0.14 + 0.05 * (k % 3)
        yield box((-1.6, y, 1.3), (-1.3, y + 0.24, 1.3 + tall), flat(tone), turn=9 * (k - 2), casts=True)


def _sofa() -> Iterator[Solid]:
    cloth, dark = flat((178, 92, 62)), flat((150, 74, 50))
    yield box((1.3, -2.9, 0.08), (3.3, -2.05, 0.40), dark, casts=True)
    yield box((1.3, -2.95, 0.40), (3.3, -2.7, 0.85), cloth, casts=True)
    yield box((1.3, -2.7, 0.40), (1.5, -2.05, 0.6), cloth, casts=True)
    yield box((3.1, -2.7, 0.40), (3.3, -2.05, 0.6), cloth, casts=True)
    yield box((1.5, -2.7, 0.40), (2.29, -2.05, 0.48), cloth)
    yield box((2.31, -2.7, 0.40), (3.1, -2.05, 0.48), cloth)
    yield box((1.6, -2.68, 0.48), (1.95, -2.55, 0.8), flat((232, 206, 140)), turn=6)
    rug = tx.tinted(1 + 0.12 * tx.noise(np.random.default_rng(11), 260, 420, (3, 3), 2), (186, 178, 164))
    for k in range(6):
        cv2.rectangle(rug, (8 + 16 * k, 8 + 16 * k), (411 - 16 * k, 251 - 16 * k), ((110, 60, 52, 255), (58, 84, 96, 255))[k % 2], 3)
    yield decal("up", (1.2, -1.98, 0.005), (3.4, -1.12, 0.005), rug)


def _plants(rng: np.random.Generator) -> Iterator[Solid]:
    crown = [(0.5, 0.35, 0.24), (0.32, 0.5, 0.2), (0.68, 0.5, 0.2), (0.5, 0.62, 0.22), (0.42, 0.25, 0.16), (0.62, 0.28, 0.15)]
    leaf = tx.leaves(rng, 256, 900, (96, 150, 70), crown)
    for x, y, size in ((3.6, 2.55, 1.3), (3.65, -2.6, 1.1)):
        yield box((x - 0.17, y - 0.17, 0), (x + 0.17, y + 0.17, 0.38), {"*": flat((214, 210, 200)), "up": flat((62, 46, 36))}, casts=True)
        for k in range(3):
            a = np.radians(60 * k + 20)
            u = np.array([np.cos(a), np.sin(a), 0]) * size
            origin = np.array([x, y, 0.3 + size]) - u / 2
            yield Solid((Face(origin, u, np.array([0, 0, -size]), leaf),))
            yield Solid((Face(origin + u, -u, np.array([0, 0, -size]), leaf),))


TARGETS: dict[str, tuple[str, Point]] = {
    "floor-north": ("up", (0.0, 2.0, 0.0)),
    "floor-south": ("up", (-0.5, -2.3, 0.0)),
    "floor-east": ("up", (3.5, 1.6, 0.0)),
    "floor-west": ("up", (-2.1, 1.5, 0.0)),
    "north-wall": ("south", (1.85, 3.0, 1.9)),
    "east-wall": ("west", (4.0, 2.1, 1.5)),
    "west-wall": ("east", (-4.0, -1.0, 2.3)),
    "south-wall": ("north", (0.6, -3.0, 1.6)),
    "ceiling": ("down", (1.2, 0.0, 3.0)),
    "ceiling-west": ("down", (-1.2, -1.5, 3.0)),
}


_NORMAL = {"up": (0, 0, 1), "down": (0, 0, -1), "south": (0, -1, 0), "north": (0, 1, 0), "east": (1, 0, 0), "west": (-1, 0, 0)}
_LIFT = 0.006


def targets(table: Mapping[str, tuple[str, Point]], half: float = 0.12) -> Iterator[Solid]:
    """Calibration targets: name to (facing, middle); squares of twice ``half`` metres."""
    card = tx.chequer()
    for facing, at in table.values():
        normal = np.array(_NORMAL[facing])
        p = np.array(at) + normal * _LIFT
        reach = np.where(normal == 0, half, 0.0)
        yield decal(facing, tuple(p - reach), tuple(p + reach), card)


def markers(table: Mapping[str, tuple[str, Point]]) -> dict[str, Point]:
    """The middles of calibration targets."""
    return {name: tuple(float(v) for v in np.array(at) + np.array(_NORMAL[f]) * _LIFT) for name, (f, at) in table.items()}  # type: ignore[misc]


def _lines() -> Iterator[Edge]:
    for x, y, name in ((-4, -3, "sw"), (4, -3, "se"), (4, 3, "ne"), (-4, 3, "nw")):
        yield Edge(f"corner-{name}", (x, y, 0.2), (x, y, 3.0))
    yield Edge("ceiling-north", (-4, 3, 3), (4, 3, 3))
    yield Edge("ceiling-west", (-4, -3, 3), (-4, 3, 3))
    yield Edge("ceiling-east", (4, -3, 3), (4, 3, 3))
    yield Edge("ceiling-south", (-4, -3, 3), (4, -3, 3))
    yield Edge("door-left", (2.2, 2.94, 0), (2.2, 2.94, 2.1))
    yield Edge("door-right", (3.1, 2.94, 0), (3.1, 2.94, 2.1))
    yield Edge("table-south", (0.4, -0.55, 0.74), (2.2, -0.55, 0.74))
    yield Edge("table-north", (0.4, 0.55, 0.74), (2.2, 0.55, 0.74))
