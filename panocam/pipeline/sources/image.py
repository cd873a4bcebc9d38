"""A still picture, shown again and again at a set rate; it is decoded once."""

from __future__ import annotations

from collections.abc import Iterator

from panocam.clock import NS
from panocam.codecs.decoder import still
from panocam.media.frame import RawFrame
from panocam.media.stamps import Stage, Stamps
from panocam.optics.lens import Circle
from panocam.pipeline.pacing import Pacer
from panocam.pipeline.sources.base import SourceOptions
from panocam.pipeline.sources.controls import SourceControls
from panocam.pipeline.sources.file import check_file

DEFAULT_FPS = 10.0


class ImageSource:
    """Every frame carries the same ``Planes`` object, by which later stages know that nothing changed."""

    def __init__(self, path: str, options: SourceOptions) -> None:
        self._planes = still(check_file(path))
        self._clock, self._paced = options.clock, options.paced
        self._pacer = Pacer(options.clock)
        self.size = self._planes.size
        self.fps = options.fps or DEFAULT_FPS
        self.corrupt = 0
        self.circle: Circle | None = None
        self.controls: SourceControls | None = None

    def close(self) -> None:
        self._pacer.close()

    def frames(self) -> Iterator[RawFrame]:
        count = 0
        while not self._pacer.closed:
            pts = round(count * NS / self.fps)
            if self._paced and self._pacer.wait(pts) is None:
                return
            yield RawFrame(self._planes, pts, self._clock.wall_ns(), Stamps().at(Stage.CAPTURE, self._clock.monotonic_ns()))
            count += 1
