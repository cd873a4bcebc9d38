"""Where pictures come from: one file for each kind of source, one table from address to source."""

from __future__ import annotations

from pathlib import Path

from panocam.errors import InvalidValue
from panocam.pipeline.sources.address import STILLS, chooses_rate, is_still, scheme_of, shown
from panocam.pipeline.sources.base import Factory, FrameSource, SourceOptions
from panocam.pipeline.sources.file import open_file
from panocam.pipeline.sources.image import ImageSource
from panocam.pipeline.sources.rtsp import open_rtsp
from panocam.pipeline.sources.v4l2 import open_v4l2

__all__ = ["FrameSource", "SourceOptions", "check_address", "chooses_rate", "is_still", "open_source", "scheme_of", "shown"]


def _open_path(path: str, options: SourceOptions) -> FrameSource:
    return (ImageSource if Path(path).suffix.lower() in STILLS else open_file)(path, options)


def _open_simulated(uri: str, options: SourceOptions) -> FrameSource:
    from panocam.pipeline.sources.simulated import open_simulated  # large; most sources do without

    return open_simulated(uri, options)


FACTORIES: dict[str, Factory] = {
    "": _open_path,
    "file": lambda uri, options: _open_path(uri.removeprefix("file://").removeprefix("file:"), options),
    "rtsp": open_rtsp,
    "rtsps": open_rtsp,
    "sim": _open_simulated,
    "v4l2": open_v4l2,
}


def check_address(uri: str) -> Factory:
    """The factory for ``uri``; raises InvalidValue for an empty address or an unknown scheme."""
    if not uri:
        raise InvalidValue("source", uri, "give sim:room, sim:yard, a file, rtsp://… or v4l2:/dev/video0")
    factory = FACTORIES.get(scheme_of(uri))
    if factory is None and Path(uri).exists():  # a file name may hold a colon
        return _open_path
    if factory is None:
        raise InvalidValue("source", shown(uri), f"the scheme must be one of {', '.join(s + ':' for s in FACTORIES if s)} or a file path")
    return factory


def open_source(uri: str, options: SourceOptions) -> FrameSource:
    """Open ``uri``; blocks up to ``options.timeout`` seconds for a network source.

    Raises InvalidValue for an address or file that can never work, Unavailable for what may work later.
    """
    return check_address(uri)(uri, options)
