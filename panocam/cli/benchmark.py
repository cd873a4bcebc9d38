"""``panocam benchmark``: what this machine can carry, measured in half a minute on the parts themselves."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from itertools import count, cycle
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from panocam.media.codec import Codec
    from panocam.media.planes import Planes

SIZE = (1920, 1440)
FPS = 25
ROUNDS = 12
PICTURES = 4
"""Different moments of the scene, encoded in turn: a picture that stands still would flatter the encoders."""


def command(
    rounds: Annotated[int, typer.Option(envvar="PANOCAM_ROUNDS", min=1, max=1000, help="Measurements of each part.")] = ROUNDS,
) -> None:
    """Measure warp and encoders on this machine and say how many views it carries."""
    from panocam.codecs.probe import encoders
    from panocam.imaging.kernel import kernel_name

    cores = os.cpu_count() or 1
    views, warp_ms = _drawn_views(rounds)
    rows = [("Part", "CPU ms a picture", f"{SIZE[0]}x{SIZE[1]} views at {FPS} fps on {cores} cores")]
    for codec in encoders():
        encode_ms = _encode_ms(codec, views, rounds)
        carried = int(cores * 1000 / FPS / (warp_ms + encode_ms))
        rows.append((f"warp ({kernel_name()}) + {codec}", f"{warp_ms:.1f} + {encode_ms:.1f}", str(carried)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    typer.echo("Decoding the source, and recording, come on top. Equal streams to any number of viewers are encoded once.")


def _drawn_views(rounds: int) -> tuple[list[Planes], float]:
    """A view area of the simulated room at several moments, and what it cost to warp one."""
    from panocam.imaging.pyramid import Pyramid
    from panocam.imaging.warp import warp
    from panocam.media.planes import Planes
    from panocam.optics.catalog import SENSOR, Model
    from panocam.optics.lens import default_lens
    from panocam.optics.meshing import meshes
    from panocam.optics.mount import Mount
    from panocam.optics.view import build_view
    from panocam.scene import open_scene

    sensor = SENSOR[Model.M4328]
    lens = default_lens(sensor)
    scene = open_scene("room", Mount.CEILING, sensor[0], lens)
    mesh = meshes(build_view(4, Mount.CEILING, SIZE), lens, Mount.CEILING)
    views = []
    for number in range(PICTURES):
        pyramid, out = Pyramid(scene.render(number / FPS)), Planes.blank(*SIZE)
        warp(mesh, pyramid, out)
        views.append(out)
    spare = Planes.blank(*SIZE)
    return views, _median_ms(lambda: warp(mesh, pyramid, spare), rounds)


def _encode_ms(codec: Codec, views: list[Planes], rounds: int) -> float:
    """CPU milliseconds to encode one picture, the copy into the encoder's own memory included."""
    from panocam.codecs.encoder import open_encoder
    from panocam.imaging.privacy import PrivacyMask
    from panocam.media.codec import EncoderProfile
    from panocam.media.frame import RawFrame

    encoder = open_encoder(EncoderProfile(codec, *SIZE), FPS, views[0].color)
    moments = zip((number * 1_000_000_000 // FPS for number in count()), cycle(views), strict=False)
    mask = PrivacyMask()

    def encode() -> None:
        now, view = next(moments)
        encoder.encode(mask.apply(RawFrame(view, now, now)))

    try:
        return _median_ms(encode, rounds)
    finally:
        encoder.close()


def _median_ms(work: Callable[[], object], rounds: int) -> float:
    """Median CPU milliseconds of this process for one call, after one call that does not count."""
    work()
    taken = []
    for _ in range(rounds):
        before = time.process_time()
        work()
        taken.append(time.process_time() - before)
    return median(taken) * 1000
