"""Which picture settings have an effect with the source of the moment, where they act, and why not.

A setting is stored whatever the source is, and acts as soon as one can carry it out: so a change of source loses nothing. Forms grey out
what has no effect now, with the reason from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from panocam.pipeline.sources import is_still, scheme_of
from panocam.pipeline.sources.controls import Capability, How

RECORDED: Final = "A recorded picture was exposed when it was taken; brightness and contrast change it afterwards"
ELSEWHERE: Final = "The network camera exposes by itself; set it there. Brightness and contrast act on its picture"
NO_CONTROL: Final = "The device has no control for it"
NOT_OPEN: Final = "Not known before the source has given its first picture"
NO_WDR: Final = "The capture mode leaves no time for it; choose one with WDR under Installation"
NOTHING_MOVES: Final = "A picture that stands still has no noise that could be averaged over time"
NO_IRIS: Final = "The source reports no iris"

REASONS: Final[Mapping[str, str]] = {"": RECORDED, "file": RECORDED, "rtsp": ELSEWHERE, "rtsps": ELSEWHERE, "v4l2": NO_CONTROL}
MERGING: Final = ("image.wdr", "image.local_contrast", "image.tone_mapping")
EXPOSING: Final = ("exposure.", "installation.power_line")


def capabilities(paths: Iterable[str], source: str, told: Mapping[str, Capability], wdr: bool = True) -> dict[str, Capability]:
    """``paths``: settings of the picture. ``source``: its address. ``told``: what its controls say, empty while it is not
    open. ``wdr``: whether the capture mode has it."""
    scheme = scheme_of(source)
    with_controls = scheme in ("sim", "v4l2")

    def of(path: str) -> Capability:
        if not wdr and path in MERGING:
            return Capability(None, NO_WDR)
        if with_controls and path in told:
            return told[path]
        if path == "image.noise_temporal" and is_still(source):
            return Capability(None, NOTHING_MOVES)
        if not path.startswith(EXPOSING):
            return Capability(How.DIGITAL)
        if path == "exposure.aperture" and (told or not with_controls):
            return Capability(None, NO_IRIS)
        if with_controls and not told:
            return Capability(None, NOT_OPEN)
        return Capability(None, REASONS.get(scheme, RECORDED))

    return {path: of(path) for path in paths}
