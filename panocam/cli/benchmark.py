"""``panocam benchmark``: what this machine can carry, measured in half a minute on the parts themselves."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from itertools import count
from statistics import median
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from panocam.media.codec import Codec
    from panocam.media.planes import Planes

SIZE = (1920, 1440)
FPS = 25
ROUNDS = 12


def command() -> None:
    """Measure warp and encoders on this machine and say how many views it carries."""
    from panocam.codecs.probe import encoders
    from panocam.imaging.kernel import kernel_name

    console = Console()
    cores = os.cpu_count() or 1
    table = Table("Part", "CPU ms a picture", f"{SIZE[0]}x{SIZE[1]} views at {FPS} fps on {cores} cores", title="This machine")
    with console.status("drawing the simulated room…"):
        view, warp_ms = _drawn_view()
    for codec in encoders():
        with console.status(f"measuring {codec}…"):
            encode_ms = _encode_ms(codec, view)
        views = int(cores * 1000 / FPS / (warp_ms + encode_ms))
        table.add_row(f"warp ({kernel_name()}) + {codec}", f"{warp_ms:.1f} + {encode_ms:.1f}", str(views))
    console.print(table)
    typer.echo("Decoding the source, and recording, come on top. Equal streams to any number of viewers are encoded once.")


def _drawn_view() -> tuple[Planes, float]:
    """A view area of the simulated room, and what it cost to warp."""
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
    pyramid = Pyramid(open_scene("room", Mount.CEILING, sensor[0], lens).render(0.0))
    mesh = meshes(build_view(4, Mount.CEILING, SIZE), lens, Mount.CEILING)
    out = Planes.blank(*SIZE)
    return out, _median_ms(lambda: warp(mesh, pyramid, out))


def _encode_ms(codec: Codec, view: Planes) -> float:
    """CPU milliseconds to encode one picture, adding it to the encoder's own memory included."""
    from panocam.codecs.encoder import open_encoder
    from panocam.imaging.privacy import PrivacyMask
    from panocam.media.codec import EncoderProfile
    from panocam.media.frame import RawFrame

    encoder = open_encoder(EncoderProfile(codec, *SIZE), FPS, view.color)
    times = (number * 1_000_000_000 // FPS for number in count())
    mask = PrivacyMask()

    def encode() -> None:
        now = next(times)
        encoder.encode(mask.apply(RawFrame(view, now, now)))

    try:
        return _median_ms(encode)
    finally:
        encoder.close()


def _median_ms(work: Callable[[], object]) -> float:
    """Median CPU milliseconds of this process for one call, after one call that does not count."""
    work()
    taken = []
    for _ in range(ROUNDS):
        before = time.process_time()
        work()
        taken.append(time.process_time() - before)
    return median(taken) * 1000
