"""What Video4Linux2 looks like in memory: requests, structures and numbers of <linux/videodev2.h>, as far as a camera needs them.

The layout is that of all 64-bit and 32-bit little-endian Linux systems; a test compares it with the header where a compiler is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Final

_WRITE, _READ = 1, 2


@dataclass(frozen=True)
class Request:
    """One ioctl: its ``number`` and the structure that goes both ways."""

    number: int
    layout: Struct

    @classmethod
    def of(cls, direction: int, nr: int, layout: str) -> Request:
        """As the macros _IOR, _IOW and _IOWR make them (asm-generic/ioctl.h): direction, size, the letter V, and ``nr``."""
        packed = Struct("<" + layout)
        return cls(direction << 30 | packed.size << 16 | ord("V") << 8 | nr, packed)


QUERYCAP: Final = Request.of(_READ, 0, "16s32s32sIII12x")
"""driver, card, bus, version, capabilities, capabilities of this device node"""

ENUM_FMT: Final = Request.of(_READ | _WRITE, 2, "III32sI16x")
"""index, buffer type, flags, description, pixel format"""

G_CTRL: Final = Request.of(_READ | _WRITE, 27, "Ii")
S_CTRL: Final = Request.of(_READ | _WRITE, 28, "Ii")
"""control, value"""

QUERYCTRL: Final = Request.of(_READ | _WRITE, 36, "II32siiiiI8x")
"""control, type, name, minimum, maximum, step, default, flags"""

QUERYMENU: Final = Request.of(_READ | _WRITE, 37, "II32s4x")
"""control, index, name"""

ENUM_FRAMESIZES: Final = Request.of(_READ | _WRITE, 74, "III6I8x")
"""index, pixel format, kind; width and height, or least, most and step of width, then of height"""

ENUM_FRAMEINTERVALS: Final = Request.of(_READ | _WRITE, 75, "IIIII6I8x")
"""index, pixel format, width, height, kind; seconds as a fraction, or least, most and step"""

QUERY_EXT_CTRL: Final = Request.of(_READ | _WRITE, 103, "II32sqqQqIIII4I128x")
"""control, type, name, minimum, maximum, step, default, flags, element size, elements, dimensions…"""

VIDEO_CAPTURE_TYPE: Final = 1
CAP_VIDEO_CAPTURE: Final = 0x00000001
CAP_STREAMING: Final = 0x04000000
CAP_DEVICE_CAPS: Final = 0x80000000

DISCRETE: Final = 1
"""Kind of frame sizes and intervals that come one by one; others are a range."""

NEXT_CTRL: Final = 0x80000000
"""Added to a control's number: the one that follows it."""

DISABLED, READ_ONLY, INACTIVE, WRITE_ONLY = 0x0001, 0x0004, 0x0010, 0x0040
"""Flags of a control."""

MENU, INTEGER_MENU = 3, 9
"""Types of controls whose values are rows of a menu."""


class Cid(IntEnum):
    """Numbers of the controls that we know."""

    BRIGHTNESS = 0x00980900
    CONTRAST = 0x00980901
    SATURATION = 0x00980902
    AUTO_WHITE_BALANCE = 0x0098090C
    AUTOGAIN = 0x00980912
    GAIN = 0x00980913
    POWER_LINE_FREQUENCY = 0x00980918
    WHITE_BALANCE_TEMPERATURE = 0x0098091A
    SHARPNESS = 0x0098091B
    EXPOSURE_AUTO = 0x009A0901
    EXPOSURE_ABSOLUTE = 0x009A0902
    EXPOSURE_AUTO_PRIORITY = 0x009A0903
    IRIS_ABSOLUTE = 0x009A0911
    WIDE_DYNAMIC_RANGE = 0x009A0915


AUTO, MANUAL, SHUTTER_PRIORITY, APERTURE_PRIORITY = range(4)
"""Rows of EXPOSURE_AUTO. The second leaves shutter and iris to us."""

EXPOSURE_UNIT_S: Final = 1e-4
"""Of EXPOSURE_ABSOLUTE."""


def fourcc(text: str) -> int:
    """The number of a pixel format's four letters."""
    return int.from_bytes(text.encode("ascii"), "little")


def letters(number: int) -> str:
    """The four letters of a pixel format."""
    return number.to_bytes(4, "little").decode("ascii", "replace").rstrip()


def text(raw: bytes) -> str:
    """A name out of a structure."""
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
