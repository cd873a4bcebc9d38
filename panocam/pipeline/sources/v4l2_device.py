"""A Video4Linux2 device node: what it is, which pictures it gives, and its controls. Blocking, quick, from one thread at a time."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from panocam.errors import Unavailable
from panocam.pipeline.sources import v4l2_abi as abi
from panocam.pipeline.sources.v4l2_abi import Request

Ioctl = Callable[[int, int, bytearray], int]
"""As ``fcntl.ioctl`` with a buffer that is changed in place; raises OSError."""

MOST = 1024
"""Entries of one list that are read at most: a driver that never ends a list does not hang us."""

REASONS: Mapping[int | None, str] = {
    errno.EBUSY: "is in use by another program",
    errno.EACCES: "may not be opened by this user; add the user to the group that owns it (mostly video)",
    errno.EPERM: "may not be opened by this user; add the user to the group that owns it (mostly video)",
    errno.ENOENT: "is not there",
    errno.ENODEV: "was unplugged",
    errno.ENXIO: "was unplugged",
}


@dataclass(frozen=True)
class Format:
    """Pictures of one pixel format (``fourcc``), size and rate; 0 where the device names no rate."""

    fourcc: str
    width: int
    height: int
    fps: float


@dataclass(frozen=True)
class Control:
    """One control. ``menu``: the rows that there are, for controls that are one. ``writable``: may ever be written."""

    id: int
    name: str
    minimum: int
    maximum: int
    step: int
    default: int
    writable: bool
    menu: tuple[int, ...] = ()

    def nearest(self, value: float) -> int:
        """The value that can be set nearest to ``value``."""
        step = max(1, self.step)
        bounded = min(max(value, self.minimum), self.maximum)
        snapped = self.minimum + round((bounded - self.minimum) / step) * step
        return snapped if snapped <= self.maximum else snapped - step


class V4l2Device:
    """An open node. ``ioctl`` is the operating system's edge; tests put their own there."""

    def __init__(self, path: str, fd: int, ioctl: Ioctl | None = None) -> None:
        self.path = path
        self._fd = fd
        self._ioctl = ioctl or _system_ioctl
        self._controls: dict[int, Control] | None = None

    @classmethod
    def open(cls, path: str) -> Self:
        """Raises Unavailable with the reason."""
        try:
            return cls(path, os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))
        except OSError as error:
            raise Unavailable(f"source {path}: {path} {reason_of(error)}") from None

    def close(self) -> None:
        """Idempotent."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def call(self, request: Request, *values: object) -> tuple[int | bytes, ...]:
        """One ioctl; ``values`` fill the structure's first members, zeros the rest. Raises OSError."""
        members = list(request.layout.unpack(bytes(request.layout.size)))
        members[: len(values)] = values
        buffer = bytearray(request.layout.pack(*members))
        self._ioctl(self._fd, request.number, buffer)
        return request.layout.unpack(buffer)

    def check(self) -> str:
        """The device's own name. Raises Unavailable if it gives no pictures (a metadata or output node, or no video device at all)."""
        try:
            _, card, _, _, everything, here = self.call(abi.QUERYCAP)
        except OSError as error:
            words = "is not a video device" if error.errno in (errno.ENOTTY, errno.EINVAL) else reason_of(error)
            raise Unavailable(f"source {self.path}: {self.path} {words}") from None
        assert isinstance(everything, int)
        assert isinstance(here, int)
        able = here if everything & abi.CAP_DEVICE_CAPS else everything
        if not (able & abi.CAP_VIDEO_CAPTURE and able & abi.CAP_STREAMING):
            raise Unavailable(
                f"source {self.path}: {self.path} is not a video capture device; a camera often has several nodes, try the next"
            )
        return abi.text(bytes(card))

    def formats(self) -> list[Format]:
        """All that it offers, one entry for each format, size and rate."""
        return [
            Format(abi.letters(number), width, height, fps)
            for number in self._pixel_formats()
            for width, height in self._sizes(number)
            for fps in self._rates(number, width, height) or [0.0]
        ]

    def _list(self, request: Request, at: int, *values: object) -> Iterator[tuple[int | bytes, ...]]:
        """Entries 0, 1, 2… until the driver has no more; ``at`` is the place of the index among ``values``."""
        for index in range(MOST):
            try:
                yield self.call(request, *values[:at], index, *values[at:])
            except OSError as error:
                if error.errno in (errno.EINVAL, errno.ENOTTY):
                    return
                raise Unavailable(f"source {self.path}: {self.path} {reason_of(error)}") from None

    def _pixel_formats(self) -> list[int]:
        return [int(row[4]) for row in self._list(abi.ENUM_FMT, 0, abi.VIDEO_CAPTURE_TYPE)]

    def _sizes(self, number: int) -> list[tuple[int, int]]:
        sizes: list[tuple[int, int]] = []
        for _, _, kind, *rest in self._list(abi.ENUM_FRAMESIZES, 0, number):
            least_w, most_w, step_w, least_h, most_h, step_h = map(int, rest)
            if kind == abi.DISCRETE:
                sizes.append((least_w, most_w))  # the union begins with width and height
                continue
            side = min(most_w, most_h)
            square = _on_grid(side, least_w, step_w), _on_grid(side, least_h, step_h)
            return [(most_w, most_h), square]
        return sizes

    def _rates(self, number: int, width: int, height: int) -> list[float]:
        rates: list[float] = []
        for row in self._list(abi.ENUM_FRAMEINTERVALS, 0, number, width, height):
            numerator, denominator = int(row[5]), int(row[6])  # discrete: the interval; otherwise the shortest
            if numerator and denominator:
                rates.append(denominator / numerator)
            if row[4] != abi.DISCRETE:
                break
        return rates

    # --- controls

    @property
    def controls(self) -> Mapping[int, Control]:
        """By number; asked for once."""
        if self._controls is None:
            self._controls = {control.id: control for control in self._ask_controls()}
        return self._controls

    def _ask_controls(self) -> Iterator[Control]:
        number = 0
        for _ in range(MOST):
            try:
                number, kind, name, least, most, step, default, flags = self._next_control(number)
            except OSError as error:
                if error.errno in (errno.EINVAL, errno.ENOTTY):
                    return
                raise Unavailable(f"source {self.path}: {self.path} {reason_of(error)}") from None
            if flags & abi.DISABLED or flags & abi.WRITE_ONLY:
                continue
            menu = self._menu(number, least, most) if kind in (abi.MENU, abi.INTEGER_MENU) else ()
            yield Control(number, name, least, most, step, default, not flags & abi.READ_ONLY, menu)

    def _next_control(self, number: int) -> tuple[int, int, str, int, int, int, int, int]:
        """id, type, name, minimum, maximum, step, default, flags; old kernels know the narrow form alone."""
        try:
            row = self.call(abi.QUERY_EXT_CTRL, number | abi.NEXT_CTRL)
        except OSError as error:
            if error.errno != errno.ENOTTY:
                raise
            row = self.call(abi.QUERYCTRL, number | abi.NEXT_CTRL)
        found, kind, name, least, most, step, default, flags = row[:8]
        return int(found), int(kind), abi.text(bytes(name)), int(least), int(most), int(step), int(default), int(flags)

    def _menu(self, number: int, least: int, most: int) -> tuple[int, ...]:
        """Menus have gaps; the driver refuses the rows that are not there."""
        rows = []
        for index in range(max(0, least), min(most, MOST) + 1):
            try:
                self.call(abi.QUERYMENU, number, index)
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
                continue
            rows.append(index)
        return tuple(rows)

    def get(self, number: int) -> int:
        """A control's value. Raises OSError."""
        return int(self.call(abi.G_CTRL, number)[1])

    def set(self, number: int, value: int) -> int:
        """Set a control; returns what the driver made of it. Raises OSError."""
        return int(self.call(abi.S_CTRL, number, value)[1])


def reason_of(error: OSError) -> str:
    """What went wrong with a device, to follow its name."""
    return REASONS.get(error.errno, f"cannot be used: {(error.strerror or 'unknown error').lower()}")


def _on_grid(side: int, least: int, step: int) -> int:
    return least + (side - least) // max(1, step) * max(1, step)


def _system_ioctl(fd: int, request: int, buffer: bytearray) -> int:
    return int(fcntl.ioctl(fd, request, buffer, True))
