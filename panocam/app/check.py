"""Is a source worth starting with? What lies on this machine must be there and give a picture; the network may come later."""

from __future__ import annotations

from panocam.errors import InvalidValue
from panocam.pipeline.config import CameraConfig
from panocam.pipeline.sources import SourceOptions, open_source, shown
from panocam.pipeline.sources.address import scheme_of, world_of

PICTURED = frozenset({"", "file"})
"""Schemes of files, of which the first picture is decoded."""

LATER = frozenset({"rtsp", "rtsps"})
"""Schemes of sources that may be out of reach now and come back."""


def check_source(config: CameraConfig) -> None:
    """Open a local source and look at its first picture. Blocks for as long as that takes.

    Raises InvalidValue for one that cannot be played, Unavailable for a device that is not there.
    """
    scheme = scheme_of(config.source)
    if scheme in LATER:
        return
    if scheme == "sim":
        _check_world(config.source)
        return
    source = open_source(config.source, SourceOptions(paced=False, mount=config.mount))
    try:
        if scheme in PICTURED and next(iter(source.frames()), None) is None:
            raise InvalidValue("source", shown(config.source), "it holds no picture that can be decoded")
    finally:
        source.close()


def _check_world(uri: str) -> None:
    """Its address is all that can be wrong with a simulated world; building one takes a while."""
    from panocam.scene.open import SCENES, SceneOptions  # large; most sources do without

    world = world_of(uri)
    if world.name not in SCENES:
        raise InvalidValue("source", f"sim:{world.name}", f"the simulated worlds are {', '.join(f'sim:{known}' for known in SCENES)}")
    assert SceneOptions(lean=world.lean, light=world.light)  # refuses what no camera hangs like, and light that nobody knows
