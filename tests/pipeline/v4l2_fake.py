"""A camera behind the ioctl layer: answers the requests that <linux/videodev2.h> defines, byte by byte, as a driver would."""

from __future__ import annotations

import errno
import struct
from dataclasses import dataclass, field

from panocam.pipeline.sources import v4l2_abi as abi
from panocam.pipeline.sources.v4l2_abi import Cid


@dataclass
class FakeControl:
    """``kind`` 1 integer, 2 boolean, 3 menu."""

    name: str
    minimum: int
    maximum: int
    step: int
    default: int
    kind: int = 1
    flags: int = 0
    menu: tuple[int, ...] = ()
    value: int = field(init=False)

    def __post_init__(self) -> None:
        self.value = self.default


def webcam() -> dict[int, FakeControl]:
    """The controls of an ordinary UVC camera."""
    return {
        Cid.BRIGHTNESS: FakeControl("Brightness", -64, 64, 1, 0),
        Cid.CONTRAST: FakeControl("Contrast", 0, 95, 1, 32),
        Cid.SATURATION: FakeControl("Saturation", 0, 128, 1, 64),
        Cid.AUTO_WHITE_BALANCE: FakeControl("White Balance, Automatic", 0, 1, 1, 1, kind=2),
        Cid.GAIN: FakeControl("Gain", 0, 100, 1, 10),
        Cid.POWER_LINE_FREQUENCY: FakeControl("Power Line Frequency", 0, 2, 1, 1, kind=3, menu=(0, 1, 2)),
        Cid.WHITE_BALANCE_TEMPERATURE: FakeControl("White Balance Temperature", 2800, 6500, 10, 4600, flags=abi.INACTIVE),
        Cid.SHARPNESS: FakeControl("Sharpness", 0, 7, 1, 3),
        Cid.EXPOSURE_AUTO: FakeControl("Auto Exposure", 0, 3, 1, 3, kind=3, menu=(1, 3)),
        Cid.EXPOSURE_ABSOLUTE: FakeControl("Exposure Time, Absolute", 1, 5000, 1, 157, flags=abi.INACTIVE),
        Cid.EXPOSURE_AUTO_PRIORITY: FakeControl("Exposure, Dynamic Framerate", 0, 1, 1, 1, kind=2),
    }


@dataclass
class FakeCamera:
    """Use its ``ioctl`` as the device's. ``formats``: (fourcc, width, height) to rates. ``broken``: control to the error it gives."""

    controls: dict[int, FakeControl] = field(default_factory=webcam)
    formats: dict[tuple[str, int, int], tuple[float, ...]] = field(default_factory=lambda: {("YUYV", 640, 480): (30.0, 15.0)})
    capabilities: int = abi.CAP_VIDEO_CAPTURE | abi.CAP_STREAMING | abi.CAP_DEVICE_CAPS
    here: int = abi.CAP_VIDEO_CAPTURE | abi.CAP_STREAMING
    extended: bool = True
    gone: bool = False
    broken: dict[int, int] = field(default_factory=dict)
    written: list[tuple[int, int]] = field(default_factory=list)

    def ioctl(self, _fd: int, request: int, buffer: bytearray) -> int:
        if self.gone:
            raise OSError(errno.ENODEV, "No such device")
        answers = {
            abi.QUERYCAP.number: self._capability,
            abi.ENUM_FMT.number: self._format,
            abi.ENUM_FRAMESIZES.number: self._size,
            abi.ENUM_FRAMEINTERVALS.number: self._interval,
            abi.QUERY_EXT_CTRL.number: self._query_wide,
            abi.QUERYCTRL.number: self._query_narrow,
            abi.QUERYMENU.number: self._menu,
            abi.G_CTRL.number: self._get,
            abi.S_CTRL.number: self._set,
        }
        if request not in answers or (request == abi.QUERY_EXT_CTRL.number and not self.extended):
            raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")
        answer = answers[request](bytes(buffer))
        assert len(answer) <= len(buffer) == (request >> 16) & 0x3FFF
        buffer[: len(answer)] = answer
        return 0

    def _capability(self, _asked: bytes) -> bytes:
        return struct.pack("<16s32s32sIII", b"uvcvideo", b"Fisheye 4K", b"usb-0000:00:14.0-1", 0x61200, self.capabilities, self.here)

    def _format(self, asked: bytes) -> bytes:
        index, kind = struct.unpack_from("<II", asked)
        assert kind == 1
        known = list(dict.fromkeys(fourcc for fourcc, _, _ in self.formats))
        return struct.pack("<III32sI", index, 1, 0, b"a format", abi.fourcc(_entry(known, index)))

    def _size(self, asked: bytes) -> bytes:
        index, number = struct.unpack_from("<II", asked)
        known = [(w, h) for fourcc, w, h in self.formats if abi.fourcc(fourcc) == number]
        return struct.pack("<III2I", index, number, 1, *_entry(known, index))

    def _interval(self, asked: bytes) -> bytes:
        index, number, width, height = struct.unpack_from("<IIII", asked)
        known = next(rates for (fourcc, w, h), rates in self.formats.items() if (abi.fourcc(fourcc), w, h) == (number, width, height))
        return struct.pack("<IIIII2I", index, number, width, height, 1, 1000, round(_entry(known, index) * 1000))

    def _next(self, asked: bytes) -> tuple[int, FakeControl]:
        (number,) = struct.unpack_from("<I", asked)
        assert number & abi.NEXT_CTRL
        following = sorted(cid for cid in self.controls if cid > number & ~abi.NEXT_CTRL)
        cid = int(_entry(following, 0))
        return cid, self.controls[cid]

    def _query_wide(self, asked: bytes) -> bytes:
        cid, c = self._next(asked)
        return struct.pack("<II32sqqQqI", cid, c.kind, c.name.encode(), c.minimum, c.maximum, c.step, c.default, c.flags)

    def _query_narrow(self, asked: bytes) -> bytes:
        cid, c = self._next(asked)
        return struct.pack("<II32siiiiI", cid, c.kind, c.name.encode(), c.minimum, c.maximum, c.step, c.default, c.flags)

    def _menu(self, asked: bytes) -> bytes:
        cid, index = struct.unpack_from("<II", asked)
        if index not in self.controls[cid].menu:
            raise OSError(errno.EINVAL, "Invalid argument")
        return struct.pack("<II32s", cid, index, b"a row")

    def _get(self, asked: bytes) -> bytes:
        cid, _ = struct.unpack_from("<Ii", asked)
        return struct.pack("<Ii", cid, self._known(cid).value)

    def _set(self, asked: bytes) -> bytes:
        cid, value = struct.unpack_from("<Ii", asked)
        control = self._known(cid)
        if cid in self.broken:
            raise OSError(self.broken[cid], "refused")
        if not control.minimum <= value <= control.maximum or (control.menu and value not in control.menu):
            raise OSError(errno.ERANGE, "Numerical result out of range")
        control.value = value
        self.written.append((cid, value))
        return struct.pack("<Ii", cid, value)

    def _known(self, cid: int) -> FakeControl:
        if cid not in self.controls:
            raise OSError(errno.EINVAL, "Invalid argument")
        return self.controls[cid]


def _entry(entries: object, index: int):  # type: ignore[no-untyped-def]
    found = list(entries)  # type: ignore[call-overload]
    if index >= len(found):
        raise OSError(errno.EINVAL, "Invalid argument")
    return found[index]
