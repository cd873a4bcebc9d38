"""Pictures laid over the picture: what may be uploaded, and how it is drawn at a size.

An uploaded file is what its content says, never what its name says. Size and kind are read from the header before anything is unpacked,
so a small file that claims to be a hundred megapixels costs nothing. What is kept is drawn anew (PNG with alpha) and carries nothing of
the upload but its pixels; only drawings (SVG) are kept as they are, because they are drawn at every size that is needed.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from panocam.errors import InvalidValue
from panocam.imaging import svg

Kind = Literal["png", "svg"]
Pixels = NDArray[np.uint8]

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_SIDE = 4096
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "BMP": "image/bmp", "SVG": "image/svg+xml"}
"""What may be uploaded."""

_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    MemoryError,
    OverflowError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises at broken files."""


@dataclass(frozen=True, eq=False)
class Artwork:
    """An accepted picture: a PNG or a drawing, its own size in pixels, and whether it grows and shrinks with the resolution."""

    kind: Kind
    data: bytes
    width: float
    height: float
    scalable: bool = True


def accept(data: bytes, name: str, *, scalable: bool = True, see_through: str = "") -> Artwork:
    """An uploaded file as it will be kept. ``see_through`` (RRGGBB) makes one colour transparent. Raises InvalidValue.

    A drawing is only checked here; the trial of ``imaging.svg`` is the caller's business.
    """
    if not data:
        raise InvalidValue("file", name, "is empty; choose a PNG, JPEG, BMP or SVG picture")
    if len(data) > LARGEST_FILE:
        raise InvalidValue("file", name, f"has {len(data)} bytes; up to {LARGEST_FILE} are accepted")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Artwork("svg", data, *svg.check(data, name), scalable)
    image = _unpacked(data, name)
    if see_through:
        image = _without(image, see_through)
    kept = BytesIO()
    image.save(kept, "PNG")
    return Artwork("png", kept.getvalue(), *image.size, scalable)


def _unpacked(data: bytes, name: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a size that Pillow thinks suspicious is refused below, with better words
            image: Image.Image = Image.open(BytesIO(data), formats=("PNG", "JPEG", "BMP"))
            width, height = image.size
            if max(width, height) > LARGEST_SIDE:
                raise InvalidValue("file", name, f"is {width}x{height}; up to {LARGEST_SIDE}x{LARGEST_SIDE} pixels are accepted")
            image.load()
            return ImageOps.exif_transpose(_eight_bits(image)).convert("RGBA")
    except UnidentifiedImageError:
        raise InvalidValue("file", name, "is not a PNG, JPEG, BMP or SVG picture, whatever its name says") from None
    except Image.DecompressionBombError:
        raise InvalidValue("file", name, f"claims to be enormous; up to {LARGEST_SIDE}x{LARGEST_SIDE} pixels are accepted") from None
    except _BROKEN as fault:
        raise InvalidValue("file", name, f"is not a whole picture ({type(fault).__name__}); save it anew and try again") from None


def _eight_bits(image: Image.Image) -> Image.Image:
    """Pillow cuts 16-bit grey off at 255 instead of scaling it."""
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image, np.float64) / 257).round().clip(0, 255).astype(np.uint8))
    return image


def _without(image: Image.Image, color: str) -> Image.Image:
    if re.fullmatch("#?[0-9a-fA-F]{6}", color) is None:
        raise InvalidValue("transparent_color", color, "give a colour as six hexadecimal digits, such as ff00ff")
    pixels = np.array(image)
    pixels[(pixels[..., :3] == tuple(bytes.fromhex(color.lstrip("#")))).all(axis=-1), 3] = 0
    return Image.fromarray(pixels)


def drawn(artwork: Artwork, width: int, height: int) -> Pixels:
    """The picture at ``width`` x ``height`` pixels as (h, w, RGBA) with straight alpha. Raises InvalidValue for a damaged one."""
    if artwork.kind == "svg":
        return _exactly(svg.draw(artwork.data, width, height), width, height)
    image = _opened(artwork)
    if image.size == (width, height):
        return np.asarray(image, np.uint8)
    return np.asarray(image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0), np.uint8)


@lru_cache(maxsize=8)
def _opened(artwork: Artwork) -> Image.Image:
    try:
        return Image.open(BytesIO(artwork.data), formats=("PNG",)).convert("RGBA")
    except _BROKEN as fault:
        raise InvalidValue("image", artwork.kind, f"is damaged ({type(fault).__name__}); upload it again") from None


def _exactly(pixels: Pixels, width: int, height: int) -> Pixels:
    """Drawings keep their shape and may come out a pixel short: cut or filled up."""
    if pixels.shape[:2] == (height, width):
        return pixels
    result = np.zeros((height, width, 4), np.uint8)
    part = pixels[:height, :width]
    result[: part.shape[0], : part.shape[1]] = part
    return result
