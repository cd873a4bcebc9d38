"""A video file, played at its own pace for ever, with no jump in time where it starts again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import av.error

from panocam.clock import NS
from panocam.errors import InvalidValue, PanocamError, Unavailable
from panocam.media.frame import RawFrame
from panocam.optics.lens import Circle
from panocam.pipeline.pacing import Pacer
from panocam.pipeline.sources.ahead import Ahead
from panocam.pipeline.sources.base import SourceOptions
from panocam.pipeline.sources.controls import SourceControls
from panocam.pipeline.sources.decoding import DEFAULT_FPS, Decoded, Decoder, open_container, rate_of, raw_frame, video_of

DECODE_THREADS = 2
"""A large H.265 file needs more than one core may give; the picture or two it comes later do not matter for a file."""

AHEAD = 3
"""Pictures decoded before they are due, so that a large key picture, or opening the file again at its end, makes none of them late."""

OPTIONS = {
    # A playlist or a text file is no video, and must not make us open what it names.
    "protocol_whitelist": "file",
    "format_whitelist": "mov,matroska,webm,avi,mpegts,mpeg,mpegvideo,h264,hevc,obu,ivf,flv,asf,ogg,mjpeg,mxf,nut,yuv4mpegpipe,gif,apng",
}


def check_file(path: str) -> Path:
    """``path`` as a readable file that is not empty; raises InvalidValue naming it."""
    file = Path(path).expanduser()
    if not file.is_file():
        raise InvalidValue("source", path, "there is no such file")
    try:
        with file.open("rb") as handle:
            empty = not handle.read(1)
    except OSError as error:
        raise InvalidValue("source", path, f"it cannot be read: {error.strerror}") from None
    if empty:
        raise InvalidValue("source", path, "the file is empty")
    return file


class FileSource:
    """Decodes, waits until a picture is due, yields it; at the end begins again.

    The pictures' own spacing is kept (variable frame rate); a picture without time, or one that does not come after its
    predecessor, is set one nominal interval later; where decoding is too slow, times stretch with it. The last picture of a pass
    is shown as long as the nominal interval.
    """

    def __init__(self, path: str, options: SourceOptions) -> None:
        self._path, self._clock, self._paced = str(check_file(path)), options.clock, options.paced
        self._pacer = Pacer(options.clock)
        self.corrupt = 0
        self.circle: Circle | None = None
        self.controls: SourceControls | None = None
        container = open_container(self._path, self._path, options=OPTIONS)
        try:
            stream = video_of(container, self._path)
            self.size = (stream.codec_context.width, stream.codec_context.height)
            self.fps = rate_of(stream)
        finally:
            container.close()

    def close(self) -> None:
        self._pacer.close()

    def rest(self, resting: bool) -> None:
        self._pacer.rest(resting)

    def frames(self) -> Iterator[RawFrame]:
        """Raises Unavailable if a whole pass gives not one picture."""
        if not self._paced:
            yield from filter(None, (self._release(*taken) for taken in self._endless()))
            return
        with contextlib.closing(Ahead(self._endless(), AHEAD)) as coming:
            for taken in coming:
                frame = self._release(*taken)
                if frame is None:
                    return
                yield frame

    def _endless(self) -> Iterator[tuple[Decoded, int]]:
        """The pictures of pass after pass with their times (just one pass if not paced)."""
        interval = round(NS / (self.fps or DEFAULT_FPS))
        last = -interval
        while not self._pacer.closed:
            start = last + interval
            first: int | None = None
            for decoded in self._pass():
                pts = decoded.pts_ns
                if pts is not None:
                    first = pts if first is None else first
                    pts += start - first
                last = pts if pts is not None and pts > last else last + interval
                yield decoded, last
            if last < start:
                raise Unavailable(f"source {self._path}: it holds no picture that can be decoded")
            if not self._paced:
                return

    def _release(self, decoded: Decoded, pts_ns: int) -> RawFrame | None:
        """The picture when it is due; None if closed meanwhile."""
        if self._paced and self._pacer.wait(pts_ns) is None:
            return None
        picture = decoded.frame
        changed = pts_ns > 0 and (picture.width, picture.height) != self.size
        self.size = (picture.width, picture.height)
        return raw_frame(decoded, pts_ns + self._pacer.slipped_ns, self._clock, self._clock.monotonic_ns(), changed)

    def _pass(self) -> Iterator[Decoded]:
        """The pictures of the file once through; damage ends the pass early and is counted."""
        container = open_container(self._path, self._path, options=OPTIONS)
        try:
            stream = video_of(container, self._path)
            decoder = Decoder(stream, low_delay=False, threads=DECODE_THREADS)
            before = self.corrupt
            try:
                for packet in container.demux(stream):
                    yield from decoder.decode(packet)
                    self.corrupt = before + decoder.corrupt
            except av.error.FFmpegError:
                self.corrupt += 1
        finally:
            container.close()


def open_file(path: str, options: SourceOptions) -> FileSource:
    """Raises InvalidValue for what is not a playable video file, with the reason."""
    try:
        return FileSource(path, options)
    except InvalidValue:
        raise
    except PanocamError as error:
        raise InvalidValue("source", path, f"it cannot be played: {error}") from None
