"""Colour descriptions in ITU-T H.273 code points, as bitstreams and FFmpeg carry them.

Only range and matrix say how a camera's numbers were made. Primaries and transfer are tagged BT.709 for either matrix: the
red of the lens does not change with the codec, and players that convert primaries would else show H.264 and JPEG of the same
picture with different saturation.
"""

from __future__ import annotations

from typing import Protocol

import av

from panocam.media.planes import Color, Matrix

BT709 = 1
UNSPECIFIED = 2
LIMITED, FULL = 1, 2
CODE = {Matrix.BT709: 1, Matrix.BT601: 6}
KNOWN = {1: Matrix.BT709, 9: Matrix.BT709, 10: Matrix.BT709, 5: Matrix.BT601, 6: Matrix.BT601, 4: Matrix.BT601, 7: Matrix.BT601}
"""Matrix code points to what we know; BT.2020 and SMPTE 240M go to their nearest."""
HD_WIDTH, HD_HEIGHT = 1280, 576


class Tagged(Protocol):
    """Where FFmpeg keeps a colour description: an encoder's context or a picture."""

    color_range: int
    colorspace: int
    color_primaries: int
    color_trc: int


def tag(target: Tagged, color: Color) -> None:
    """Write ``color`` on an encoder or a picture."""
    target.color_range = FULL if color.full else LIMITED
    target.colorspace = CODE[color.matrix]
    target.color_primaries = target.color_trc = BT709


def color_of(picture: av.VideoFrame) -> Color:
    """Read a decoded picture's colour. Untagged range is limited ("MPEG"), untagged matrix goes by size: HD is BT.709.

    That is how players guess, and cameras that tag nothing are looked at in players.
    """
    full = picture.color_range == FULL or picture.format.name.startswith("yuvj")
    matrix = KNOWN.get(int(picture.colorspace))
    if matrix is None:
        matrix = Matrix.BT709 if picture.width >= HD_WIDTH or picture.height > HD_HEIGHT else Matrix.BT601
    return Color(full, matrix)
