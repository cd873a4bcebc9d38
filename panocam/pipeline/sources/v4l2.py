"""A camera on this computer through Video4Linux2 (``v4l2:/dev/video0``)."""

from __future__ import annotations

from pathlib import Path

from panocam.errors import InvalidValue, Unavailable
from panocam.pipeline.sources.base import SourceOptions
from panocam.pipeline.sources.decoding import open_container
from panocam.pipeline.sources.live import LiveSource


def open_v4l2(uri: str, options: SourceOptions) -> LiveSource:
    """Open the device with the size and format it is set to.

    Raises InvalidValue without a device name, Unavailable if the device is missing, in use or no camera.
    """
    device = uri.partition(":")[2]
    if not device.startswith("/dev/"):
        raise InvalidValue("source", uri, "write v4l2: and the device, as in v4l2:/dev/video0")
    if not Path(device).exists():
        here = sorted(str(path) for path in Path("/dev").glob("video*"))
        raise Unavailable(f"source {uri}: there is no {device} (video devices here: {', '.join(here) or 'none'})")
    settings = {"framerate": f"{options.fps:g}"} if options.fps else {}
    try:
        container = open_container(device, device, format="v4l2", options=settings, timeout=options.timeout)
    except InvalidValue:
        raise Unavailable(f"source {uri}: {device} is not a video capture device") from None
    return LiveSource(container, device, options.clock)
