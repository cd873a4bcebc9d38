"""What a codec saves: bits of the same moving picture at the same likeness."""

import pytest
from codecs_kit import decode, encode, psnr

from panocam.codecs.encoder import open_encoder
from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import warp
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.planes import Planes
from panocam.optics.lens import default_lens
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount
from panocam.optics.view import build_view
from panocam.scene import open_scene

SENSOR, SIZE, GOP = (1440, 1440), (640, 480), 32


@pytest.fixture(scope="module")
def room() -> list[Planes]:
    """People in the simulated room, one group of pictures and the next one's first."""
    lens = default_lens(SENSOR)
    scene = open_scene("room", Mount.CEILING, SENSOR[0], lens)
    numbers = meshes(build_view(4, Mount.CEILING, SIZE), lens, Mount.CEILING)
    made = []
    for number in range(GOP + 1):
        planes = scene.render(number / 25)
        made.append(Planes.blank(*SIZE, planes.color))
        warp(numbers, Pyramid(planes), made[-1])
    return made


def coded(codec: Codec, compression: int, source: list[Planes]) -> tuple[int, float]:
    """Bytes, and the worst PSNR of a picture in dB."""
    encoder = open_encoder(EncoderProfile(codec, *SIZE, gop=GOP, compression=compression), 25, source[0].color)
    packets = encode(encoder, source)
    encoder.close()
    shown = decode(codec, packets)
    return sum(len(packet.data) for packet in packets), min(psnr(a.y, b.y) for a, b in zip(source, shown, strict=True))


def fewest(codec: Codec, likeness: float, source: list[Planes]) -> int:
    """Bytes at the strongest compression whose pictures are all as good as ``likeness``."""
    return next(size for size, found in (coded(codec, each, source) for each in range(60, -1, -4)) if found >= likeness)


@pytest.mark.feature("STR-17", "STR-19")
def test_what_is_predicted_is_small(room: list[Planes]) -> None:
    pictures, likeness = coded(Codec.JPEG, 30, room)
    sizes = {codec: fewest(codec, likeness, room) for codec in (Codec.H264, Codec.H265, Codec.AV1)}
    assert sizes[Codec.H264] < 0.2 * pictures
    assert sizes[Codec.H265] < 0.9 * sizes[Codec.H264]
    assert sizes[Codec.AV1] < sizes[Codec.H264]
