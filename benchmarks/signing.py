"""What signing costs a camera, and how fast videos are verified. No camera is needed."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import av
import numpy as np
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from panocam.codecs.decoder import packet_of
from panocam.codecs.encoder import open_encoder
from panocam.codecs.signing.document import Product, Signatory
from panocam.codecs.signing.formats import FORMATS
from panocam.codecs.signing.reader import verify_file
from panocam.codecs.signing.signer import Limits, Signer
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.frame import Frame
from panocam.media.planes import VIDEO_COLOR, Planes
from panocam.media.signing import SigningFormat

FPS, PICTURES, REPEATS = 25, 64, 15
SIZE = (1280, 960)


def _pictures() -> list[Planes]:
    """A moving pattern with the noise of a sensor."""
    width, height = SIZE
    y, x = np.mgrid[0:height, 0:width]
    random = np.random.default_rng(1)
    out = []
    for i in range(10):
        planes = Planes.blank(width, height, VIDEO_COLOR)
        planes.y[:] = 120 + 60 * np.sin((x + 5 * i) / 21) * np.cos((y - 3 * i) / 17) + random.normal(0, 2, (height, width))
        out.append(planes)
    return out


def _signer(codec: Codec, format: SigningFormat) -> Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(digest: bytes) -> Future[bytes]:
        done: Future[bytes] = Future()
        done.set_result(key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
        return done

    return Signer(codec, FORMATS[format], Signatory(Product("bench", "1", "0", "panocam"), public, ""), sign, Limits(interval_us=5_000_000))


def _cpu(work: Callable[[], object]) -> float:
    """Processor seconds of this process, its threads included."""
    before = time.process_time()
    work()
    return time.process_time() - before


def run() -> list[dict[str, object]]:
    """One row for each codec: what coding costs, what signing adds, and how fast a signed file is verified."""
    pictures = _pictures()
    return [_row(codec, pictures) for codec in (Codec.H264, Codec.H265, Codec.AV1)]


def _row(codec: Codec, pictures: list[Planes]) -> dict[str, object]:
    coded: list[bytes] = []
    coding = _cpu(lambda: coded.extend(_coded(codec, pictures)))
    signing = statistics.median(_cpu(lambda: _signed(codec, coded)) for _ in range(REPEATS))
    units = _signed(codec, coded * REPEATS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mkv"
        _write(path, codec, units)
        began = time.perf_counter()
        report = verify_file(path)
        took = time.perf_counter() - began
        megabytes = path.stat().st_size / 1e6
    return {
        "codec": codec.value,
        "kbit/s": round(sum(map(len, coded)) * 8 * FPS / PICTURES / 1000),
        "coding ms/picture": 1000 * coding / PICTURES,
        "signing ms/picture": 1000 * signing / PICTURES,
        "signing adds %": 100 * signing / coding,
        "verifying x real time": round(len(units) / FPS / took),
        "verifying MB/s": round(megabytes / took),
        "verdict": str(report.verdict),
    }


def _coded(codec: Codec, pictures: list[Planes]) -> list[bytes]:
    encoder = open_encoder(EncoderProfile(codec, *SIZE), FPS, VIDEO_COLOR)
    frames = (Frame(pictures[i % len(pictures)], i * 1_000_000_000 // FPS, 0) for i in range(PICTURES))
    coded = [packet.data for frame in frames for packet in encoder.encode(frame)]
    encoder.close()
    return coded


def _signed(codec: Codec, coded: list[bytes]) -> list[bytes]:
    signer = _signer(codec, SigningFormat.AXIS)
    return [signer.take(data, i * 1_000_000 // FPS) for i, data in enumerate(coded)]


def _write(path: Path, codec: Codec, units: list[bytes]) -> None:
    names = {Codec.H264: "libx264", Codec.H265: "libx265", Codec.AV1: "libsvtav1"}
    with av.open(str(path), "w") as out:
        track: Any = out.add_stream(names[codec], rate=FPS, options={"x265-params": "log-level=none"} if codec is Codec.H265 else {})
        track.width, track.height = SIZE
        out.start_encoding()
        for i, data in enumerate(units):
            packet = packet_of(data)
            packet.stream, packet.pts, packet.dts, packet.time_base = track, i * 40, i * 40, track.time_base
            out.mux(packet)
