"""The controls of a Video4Linux2 camera: our exposure law and the image settings drive the hardware.

UVC cameras count shutter time in units of 100 µs and gain in units of nobody knows what; gain is taken to be linear in decibels
over ``GAIN_SPAN_DB``, and the loop, which measures what comes of it, makes up for the error. A new value shows some pictures later
(``DELAY``), which the law must wait for. A device that exposes by itself alone is left to it.

A control that the device refuses, though it offers it, is said once in the log; a device that was unplugged is the reader's matter.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping
from typing import Final

from panocam.imaging.exposure import Exposure, Reach
from panocam.pipeline.slot import LatestSlot
from panocam.pipeline.sources import v4l2_abi as abi
from panocam.pipeline.sources.controls import Capability, How, Tuning
from panocam.pipeline.sources.v4l2_abi import Cid
from panocam.pipeline.sources.v4l2_device import Control, V4l2Device

log = logging.getLogger(__name__)

GAIN_SPAN_DB: Final = 36.0
DELAY: Final = 4
"""Pictures after which a change is certain to show: one in the sensor, one in the device, and those that wait in the driver."""

SLIDERS: Final[Mapping[str, Cid]] = {
    "brightness": Cid.BRIGHTNESS,
    "contrast": Cid.CONTRAST,
    "saturation": Cid.SATURATION,
    "sharpness": Cid.SHARPNESS,
}
"""Image settings from 0 to 100 that hardware does; 50 is the device's own default."""

KELVIN: Final[Mapping[str, int]] = {
    "fixed_indoors": 3200,
    "fixed_outdoors1": 5500,
    "fixed_outdoors2": 6500,
    "fixed_fluorescent1": 2900,
    "fixed_fluorescent2": 4200,
}
"""White balances that are a colour temperature."""

BY_ITSELF: Final = ("source", "auto", "auto_outdoors")
"""White balances that the device finds by itself."""

HARDWARE: Final = Capability(How.HARDWARE)
OWN_TONES: Final = "The device merges its exposures by itself and has no levels for it"
OWN_BALANCE: Final = "The device balances white by itself, over the whole of its picture"
OWN_EXPOSURE: Final = "The device exposes by itself and has no manual exposure"
NO_GAIN: Final = "The device has no gain control; the shutter alone is set"


class V4l2Controls:
    """See ``SourceControls``. ``work`` belongs to the thread that reads the device, once a picture."""

    def __init__(self, device: V4l2Device) -> None:
        self._device = device
        self._has: Mapping[int, Control] = device.controls
        self._wishes, self._tunings = LatestSlot[Exposure](), LatestSlot[Tuning]()
        self._tuning = Tuning()
        self._refused: set[int] = set()
        self.reach: Reach | None = self._reach()
        if self.reach is not None:
            self._take_over()
        self.exposure = self._read()
        self._since = DELAY

    @property
    def settled(self) -> bool:
        return self._since >= DELAY

    @property
    def taken(self) -> frozenset[str]:
        """The image settings that the hardware does as wished now; the others are left to us."""
        names = {name for name, cid in SLIDERS.items() if self._writable(cid)}
        wished = str(self._tuning.image.get("white_balance", "source"))
        if self._balances(wished):
            names.add("white_balance")
        names -= {name for name, cid in SLIDERS.items() if cid in self._refused}
        return frozenset(names | {"wdr"} if self._merges() else names)

    def capabilities(self) -> Mapping[str, Capability]:
        found = {f"image.{name}": HARDWARE for name in self.taken}
        if self._merges():
            found |= dict.fromkeys(("image.local_contrast", "image.tone_mapping"), Capability(None, OWN_TONES))
        if self._writable(Cid.AUTO_WHITE_BALANCE):
            found["image.white_balance_window"] = Capability(None, OWN_BALANCE)
        if self._writable(Cid.POWER_LINE_FREQUENCY) or self.reach is not None:
            found["installation.power_line"] = HARDWARE
        if self._writable(Cid.IRIS_ABSOLUTE):
            found["exposure.aperture"] = HARDWARE
        for name in ("mode", "level", "max_shutter", "min_shutter", "zones"):
            found[f"exposure.{name}"] = HARDWARE if self.reach else Capability(None, OWN_EXPOSURE)
        for name in ("max_gain", "min_gain", "blur_noise", "motion_adaptive"):
            able = self.reach is not None and self.reach.most_gain_db > 0
            found[f"exposure.{name}"] = HARDWARE if able else Capability(None, NO_GAIN if self.reach else OWN_EXPOSURE)
        return found

    def expose(self, wanted: Exposure) -> None:
        self._wishes.put(wanted)

    def tune(self, wanted: Tuning) -> None:
        self._tunings.put(wanted)

    def work(self) -> None:
        """Between two pictures."""
        self._since += 1
        tuning = self._tunings.take()
        if tuning is not None:
            self._tune(tuning)
        wish = self._wishes.take()
        if wish is not None and self.reach is not None:
            self._set(Cid.EXPOSURE_ABSOLUTE, wish.shutter_s / abi.EXPOSURE_UNIT_S)
            gain = self._has.get(Cid.GAIN)
            if gain is not None:
                self._set(Cid.GAIN, gain.minimum + (gain.maximum - gain.minimum) * wish.gain_db / GAIN_SPAN_DB)
            self.exposure = self._read()
            self._since = 0

    # --- the device

    def _reach(self) -> Reach | None:
        shutter, mode = self._has.get(Cid.EXPOSURE_ABSOLUTE), self._has.get(Cid.EXPOSURE_AUTO)
        if shutter is None or not shutter.writable or (mode is not None and abi.MANUAL not in mode.menu):
            return None
        unit = abi.EXPOSURE_UNIT_S
        gain_db = GAIN_SPAN_DB if self._writable(Cid.GAIN) else 0.0
        return Reach(max(1, shutter.minimum) * unit, shutter.maximum * unit, gain_db, max(1, shutter.step) * unit)

    def _take_over(self) -> None:
        """From the device's own automatic, at the rate that was asked for."""
        self._set(Cid.EXPOSURE_AUTO, abi.MANUAL)
        self._set(Cid.AUTOGAIN, 0)
        self._set(Cid.EXPOSURE_AUTO_PRIORITY, 0)

    def _read(self) -> Exposure:
        """What the device says that it does."""
        shutter = self._get(Cid.EXPOSURE_ABSOLUTE, 100) * abi.EXPOSURE_UNIT_S
        gain = self._has.get(Cid.GAIN)
        gain_db = 0.0
        if gain is not None and gain.maximum > gain.minimum:
            gain_db = (self._get(Cid.GAIN, gain.minimum) - gain.minimum) / (gain.maximum - gain.minimum) * GAIN_SPAN_DB
        return Exposure(max(shutter, abi.EXPOSURE_UNIT_S), gain_db)

    def _tune(self, new: Tuning) -> None:
        old, self._tuning = self._tuning, new
        self._set(Cid.POWER_LINE_FREQUENCY, 1 if new.power_line_hz == 50 else 2)
        self._slide(Cid.IRIS_ABSOLUTE, new.aperture / 100, None)
        for name, cid in SLIDERS.items():
            value = new.image.get(name)
            if isinstance(value, int) and value != old.image.get(name):  # the first time all: the device may hold an old value
                self._slide(cid, value / 100, 0.5)
        wdr = self._has.get(Cid.WIDE_DYNAMIC_RANGE)
        if wdr is not None and new.image.get("wdr") != old.image.get("wdr"):
            self._set(Cid.WIDE_DYNAMIC_RANGE, wdr.maximum if new.image.get("wdr") else wdr.minimum)
        wished = new.image.get("white_balance")
        if isinstance(wished, str) and wished != old.image.get("white_balance"):
            self._balance(wished)

    def _slide(self, cid: Cid, part: float, middle: float | None) -> None:
        """0..1 over the control's range, with its default at ``middle`` where there is one."""
        control = self._has.get(cid)
        if control is None:
            return
        low, high = control.minimum, control.maximum
        if middle is None:
            value = low + (high - low) * part
        elif part <= middle:
            value = low + (control.default - low) * part / middle
        else:
            value = control.default + (high - control.default) * (part - middle) / (1 - middle)
        self._set(cid, value)

    def _merges(self) -> bool:
        """Whether the hardware has wide dynamic range that we can switch."""
        return self._writable(Cid.WIDE_DYNAMIC_RANGE) and Cid.WIDE_DYNAMIC_RANGE not in self._refused

    def _balances(self, wished: str) -> bool:
        """Whether the hardware does this white balance."""
        if not self._writable(Cid.AUTO_WHITE_BALANCE):
            return False
        return wished in (*BY_ITSELF, "hold") or (wished in KELVIN and self._writable(Cid.WHITE_BALANCE_TEMPERATURE))

    def _balance(self, wished: str) -> None:
        self._set(Cid.AUTO_WHITE_BALANCE, int(wished in BY_ITSELF or not self._balances(wished)))
        if wished in KELVIN:
            self._set(Cid.WHITE_BALANCE_TEMPERATURE, KELVIN[wished])

    def _writable(self, cid: Cid) -> bool:
        control = self._has.get(cid)
        return control is not None and control.writable

    def _set(self, cid: Cid, value: float) -> None:
        """What the device does not have is left out."""
        control = self._has.get(cid)
        if control is None or not control.writable:
            return
        wanted = control.nearest(value)
        if control.menu and wanted not in control.menu:
            return
        try:
            self._device.set(cid, wanted)
        except OSError as error:
            if cid not in self._refused and error.errno not in (errno.ENODEV, errno.ENXIO):
                log.warning("%s refuses %s = %d: %s", self._device.path, control.name, wanted, error.strerror)
            self._refused.add(cid)

    def _get(self, cid: Cid, otherwise: int) -> int:
        if cid not in self._has:
            return otherwise
        try:
            return self._device.get(cid)
        except OSError:
            return otherwise
