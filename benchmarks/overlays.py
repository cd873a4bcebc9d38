"""What overlays cost: none, one and ten texts over a 1920x1440 view that is warped and encoded, in one run.

The clock shows hundredths of a second, so it differs in every picture. The sets take turns, so that a busy machine disturbs all alike and
each finds the caches as others have left them; times are processor time, medians of the rounds after the first second, in which a clock
draws its digits. The frame's cost is what one 1920x1440 H.264 stream of a 2992x2992 H.264 source costs without overlays: decode, warp,
encode, as for masks. Beside it stands the share of warp and encode alone: where several streams show one source, it is decoded once.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.chain import decoding, film
from panocam.clock import NS
from panocam.codecs.encoder import open_encoder
from panocam.imaging.privacy import PrivacyMask
from panocam.imaging.pyramid import Pyramid
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.frame import RawFrame
from panocam.media.planes import Color
from panocam.optics.catalog import SENSOR, Model
from panocam.optics.lens import default_lens
from panocam.optics.mount import Mount
from panocam.optics.pose import Pose
from panocam.optics.view import Arrangement
from panocam.pipeline.overlays.board import OverlayBoard
from panocam.pipeline.overlays.painter import Painter
from panocam.pipeline.overlays.sprites import Drawn
from panocam.pipeline.renderer import Renderer, Scenery
from panocam.pipeline.shot import Shot
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
    "the same in two rows, with other letters": (CLOCK.model_copy(update={"text": "Straßenausgang Süd\n%F %T.%f"}),),
    "a streaming indicator": (Indicator(identity=2),),
    "ten texts, one a clock": (
        CLOCK,
        *(NAME.model_copy(update={"identity": n, "position": (0.1 * n - 0.5, 0.18 * n - 0.9)}) for n in range(1, 10)),
    ),
}


class Timed(Painter):
    """Knows what its last words have cost."""

    spent = 0.0

    def layers(self, wall_ns: int, pts_ns: int, color: Color, pose: Pose | None = None) -> list[tuple[Item, Drawn]]:
        before = time.process_time()
        found = super().layers(wall_ns, pts_ns, color, pose)
        self.spent = _ms_since(before)
        return found


def run() -> list[dict[str, object]]:
    """One row for each set of overlays. Every set has a channel of its own, which does what a channel of the camera does."""
    sensor = SENSOR[Model.M4328]
    lens = default_lens(sensor)
    scene = open_scene("room", Mount.CEILING, sensor[0], lens)
    pictures, mask = [scene.render(number / FPS) for number in range(SCENES)], PrivacyMask()
    color, scenery = pictures[0].color, Scenery(Arrangement(Mount.CEILING))
    pyramids = [Pyramid(planes) for planes in pictures]
    painters = {name: _painter(items) for name, items in SETS.items()}
    renderers = {name: Renderer(4, SIZE, lambda t_ns: scenery, painter) for name, painter in painters.items()}
    encoders = {name: open_encoder(EncoderProfile(Codec.H264, *SIZE), FPS, color) for name in SETS}
    frames: list[float] = []
    costs: dict[str, list[float]] = {name: [] for name in SETS}
    for number in range(ROUNDS):
        now, which = number * NS // FPS, number % SCENES
        shot = Shot(mask.apply(RawFrame(pictures[which], now, 1_795_356_140 * NS + now)), pyramids[which], lens)
        for name, renderer in renderers.items():
            began = time.process_time()
            out = encoders[name].allocate()
            renderer.draw(shot, out)
            before = time.process_time()
            renderer.overlay(out)
            cost = _ms_since(before) + painters[name].spent
            encoders[name].encode(shot.frame.derive(out, shot.frame.stamps))
            costs[name].append(cost)
            frames.append(_ms_since(began) - cost)
    for encoder in encoders.values():
        encoder.close()
    with tempfile.TemporaryDirectory() as name:
        decode = decoding(film(Path(name)))
    made = statistics.median(frames)

    def row(name: str, ms: float) -> dict[str, object]:
        return {
            "overlays": name, "ms a frame": ms,
            "share of the frame": f"{100 * ms / (decode + made):.2f} %", "of warp and encode": f"{100 * ms / made:.2f} %",
        }  # fmt: skip

    found = [row(name, statistics.median(spent_by[FPS:])) for name, spent_by in costs.items()]
    return [row("none: warp and encode", made), row("none: decode", decode), *found]


def _painter(items: tuple[Item, ...]) -> Timed:
    board = OverlayBoard()
    board.show(items, {})
    return Timed(board, 4, SIZE)


def _ms_since(before: float) -> float:
    return (time.process_time() - before) * 1000
