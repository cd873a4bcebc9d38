"""What overlays cost: none, one and ten texts over a 1920x1440 view that is warped and encoded, in one run.

The clock shows hundredths of a second, so it differs in every picture. Frames with and without overlays take turns, so that a busy machine
disturbs all alike; times are processor time, medians of the rounds after the first second, in which a clock draws its digits. The share is
of the whole frame: warp and H.264.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from panocam.clock import NS
from panocam.codecs.encoder import open_encoder
from panocam.imaging.privacy import PrivacyMask
from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import warp
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.frame import RawFrame
from panocam.media.planes import Planes
from panocam.optics.catalog import SENSOR, Model
from panocam.optics.lens import default_lens
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount
from panocam.optics.view import build_view
from panocam.pipeline.overlays.board import OverlayBoard
from panocam.pipeline.overlays.painter import Painter
from panocam.scene import open_scene
from panocam.settings.overlays import Anchor, Indicator, Item, Text

SIZE = (1920, 1440)
FPS = 25
ROUNDS = 100
SCENES = 4

CLOCK = Text(identity=0, text="Main entrance %F %T.%f")
NAME = Text(identity=1, text="Main entrance of the building", position=Anchor.TOP_RIGHT)
SETS: dict[str, tuple[Item, ...]] = {
    "one text that stays": (NAME,),
    "one clock with hundredths": (CLOCK,),
    "the same on a half-transparent ground": (CLOCK.model_copy(update={"background": "semiTransparent"}),),
    "a streaming indicator": (Indicator(identity=2),),
    "ten texts, one a clock": (
        CLOCK,
        *(NAME.model_copy(update={"identity": n, "position": (0.1 * n - 0.5, 0.18 * n - 0.9)}) for n in range(1, 10)),
    ),
}


def run() -> list[dict[str, object]]:
    """One row for each set of overlays."""
    sensor = SENSOR[Model.M4328]
    lens = default_lens(sensor)
    scene = open_scene("room", Mount.CEILING, sensor[0], lens)
    sources = [Pyramid(scene.render(number / FPS)) for number in range(SCENES)]
    mesh = meshes(build_view(4, Mount.CEILING, SIZE), lens, Mount.CEILING)
    encoder = open_encoder(EncoderProfile(Codec.H264, *SIZE), FPS, sources[0].planes.color)
    painters = {name: _painter(items) for name, items in SETS.items()}
    base: list[float] = []
    costs: dict[str, list[float]] = {name: [] for name in SETS}
    mask = PrivacyMask()
    for number in range(ROUNDS):
        now = number * NS // FPS
        out = encoder.allocate()
        frame = mask.apply(RawFrame(out, now, 1_795_356_140 * NS + now))
        spent = _ms(lambda out=out, number=number: warp(mesh, sources[number % SCENES], out))
        for name, painter in painters.items():
            scratch = Planes(out.y.copy(), out.u.copy(), out.v.copy(), out.color)
            costs[name].append(_ms(lambda painter=painter, scratch=scratch, frame=frame: painter.draw(frame, scratch)))
        base.append(spent + _ms(lambda frame=frame: encoder.encode(frame)))
    encoder.close()
    whole = statistics.median(base)
    rows: list[dict[str, object]] = [{"overlays": "none: warp and H.264", "ms a frame": whole, "share of the frame": "100 %"}]
    for name, spent_by in costs.items():
        cost = statistics.median(spent_by[FPS:])
        rows.append({"overlays": name, "ms a frame": cost, "share of the frame": f"{100 * cost / whole:.2f} %"})
    return rows


def _painter(items: tuple[Item, ...]) -> Painter:
    board = OverlayBoard()
    board.show(items, {})
    return Painter(board, 4, SIZE)


def _ms(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000
