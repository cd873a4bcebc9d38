"""A camera on this computer through Video4Linux2 (``v4l2:/dev/video0``): FFmpeg reads the pictures that we choose."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

from av.container import InputContainer

from panocam.clock import Clock
from panocam.errors import InvalidValue, Unavailable
from panocam.media.frame import RawFrame
from panocam.pipeline.sources.base import SourceOptions
from panocam.pipeline.sources.controls import SourceControls
from panocam.pipeline.sources.decoding import DEFAULT_FPS, open_container
from panocam.pipeline.sources.live import LiveSource
from panocam.pipeline.sources.v4l2_choice import INPUT_FORMATS, choose
from panocam.pipeline.sources.v4l2_controls import V4l2Controls
from panocam.pipeline.sources.v4l2_device import Format, V4l2Device

log = logging.getLogger(__name__)


class DeviceSource(LiveSource):
    """A live source with a device node beside it, for the controls."""

    def __init__(self, container: InputContainer, device: V4l2Device, clock: Clock) -> None:
        super().__init__(container, device.path, clock)
        self._device = device
        self._hardware = V4l2Controls(device)
        self.controls: SourceControls | None = self._hardware
        self._reading = False

    def close(self) -> None:
        super().close()
        if not self._reading:
            self._device.close()

    def frames(self) -> Iterator[RawFrame]:
        self._reading = True
        try:
            for raw in super().frames():
                yield raw
                self._hardware.work()
        finally:
            self._device.close()


def open_v4l2(uri: str, options: SourceOptions) -> DeviceSource:
    """Open the device with the size and format that suit best.

    Raises InvalidValue without a device name, Unavailable if the device is missing, in use or no camera.
    """
    path = uri.partition(":")[2]
    if not path.startswith("/dev/"):
        raise InvalidValue("source", uri, "write v4l2: and the device, as in v4l2:/dev/video0")
    if not Path(path).exists():
        here = sorted(str(other) for other in Path("/dev").glob("video*"))
        raise Unavailable(f"source {uri}: there is no {path} (video devices here: {', '.join(here) or 'none'})")
    device = V4l2Device.open(path)
    with contextlib.ExitStack() as on_failure:
        on_failure.callback(device.close)
        name = device.check()
        chosen = choose(device.formats(), options.fps or DEFAULT_FPS)
        if chosen is None:
            known = ", ".join(INPUT_FORMATS)
            raise Unavailable(f"source {uri}: {name} gives no pictures in a format that is read here ({known})")
        log.info("%s (%s): %s, %dx%d at %g a second", path, name, chosen.fourcc, chosen.width, chosen.height, chosen.fps)
        source = DeviceSource(_read(path, chosen, options), device, options.clock)
        on_failure.pop_all()
        return source


def _read(path: str, chosen: Format, options: SourceOptions) -> InputContainer:
    settings = {"input_format": INPUT_FORMATS[chosen.fourcc], "video_size": f"{chosen.width}x{chosen.height}"}
    if chosen.fps:
        settings["framerate"] = f"{chosen.fps:g}"
    try:
        return open_container(path, path, format="v4l2", options=settings, timeout=options.timeout)
    except InvalidValue:
        raise Unavailable(f"source {path}: it does not give the pictures that it offers ({chosen})") from None
    except Unavailable as error:
        if "busy" in str(error):
            raise Unavailable(f"source {path}: {path} is in use by another program") from None
        raise
