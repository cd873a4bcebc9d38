"""``panocam benchmark``: what this machine can carry, measured in half a minute on the parts themselves."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from statistics import median

import typer
from rich.console import Console
from rich.table import Table

SIZE = (1920, 1440)
FPS = 25
ROUNDS = 12


def _median_ms(work: Callable[[], object]) -> float:
    """Median CPU milliseconds of this process for one call, after one call that does not count."""
    work()
    times = []
    for _ in range(ROUNDS):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return median(times) * 1000


def command() -> None:
    """Measure warp and encoders on this machine and say how many views it carries."""
    from panocam.codecs.encoder import open_encoder
    from panocam.codecs.probe import encoders
    from panocam.imaging.kernel import kernel_name
    from panocam.imaging.privacy import PrivacyMask
    from panocam.imaging.pyramid import Pyramid
    from panocam.imaging.warp import warp
    from panocam.media.codec import EncoderProfile
    from panocam.media.frame import RawFrame
    from panocam.optics.catalog import SENSOR, Model
    from panocam.optics.lens import default_lens
    from panocam.optics.meshing import meshes
    from panocam.optics.mount import Mount
    from panocam.optics.view import build_view
    from panocam.scene import open_scene

    console = Console()
    sensor = SENSOR[Model.M4328]
    with console.status("drawing the simulated room…"):
        source = open_scene("room", Mount.CEILING, sensor, default_lens(sensor)).render(0.0)
    raw = RawFrame(source, 0, 0)
    frame = PrivacyMask().apply(raw, time.monotonic_ns())
    mesh = meshes(build_view(4, Mount.CEILING, SIZE), default_lens(sensor), Mount.CEILING)
    table = Table("Part", "CPU ms a picture", f"{SIZE[0]}x{SIZE[1]} views at {FPS} fps on {os.cpu_count()} cores", title="This machine")
    pyramid = Pyramid(source)

    for codec in encoders():
        encoder = open_encoder(EncoderProfile(codec, *SIZE), FPS, source.color)
        out = encoder.allocate()
        with console.status(f"measuring {codec}…"):
            warp_ms = _median_ms(lambda out=out: warp(mesh, pyramid, out))  # type: ignore[misc]
            number = iter(range(10_000))

            def encode(encoder=encoder, number=number, out=out) -> None:  # type: ignore[no-untyped-def]
                at = next(number) * 1_000_000_000 // FPS
                encoder.encode(type(frame)(out, at, at))

            encode_ms = _median_ms(encode)
        encoder.close()
        views = int((os.cpu_count() or 1) * 1000 / FPS / (warp_ms + encode_ms))
        table.add_row(f"warp ({kernel_name()}) + {codec}", f"{warp_ms:.1f} + {encode_ms:.1f}", str(views))
    console.print(table)
    typer.echo("Decoding the source, and recording, come on top. Equal streams to any number of viewers are encoded once.")
