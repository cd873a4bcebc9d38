"""Pictures on their way: RawFrame is as the sensor saw it, Frame may be shown to somebody.

Privacy by type: encoders, analytics and snapshots accept ``Frame`` only, and ``imaging.privacy`` is the one module that
makes a ``Frame`` out of a ``RawFrame``. Later stages derive frames from frames with ``Frame.derive``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from panocam.media.planes import Planes
from panocam.media.stamps import Stamps


@dataclass(frozen=True, eq=False)
class RawFrame:
    """An unmasked sensor picture. Never leaves the capture thread but through the privacy mask.

    ``pts_ns`` is media time: strictly increasing over the life of a source, also across loops and reconnects.
    ``wall_ns`` is UTC of capture. ``discontinuity`` marks the first picture after a gap, restart or format change.
    ``ours``: nobody else needs the planes as they are (a decoder does, that predicts from them), so the mask is painted into them.
    """

    planes: Planes
    pts_ns: int
    wall_ns: int
    stamps: Stamps = Stamps()
    discontinuity: bool = False
    ours: bool = False


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture that has been through the privacy mask (or was derived from one that has)."""

    planes: Planes
    pts_ns: int
    wall_ns: int
    stamps: Stamps = Stamps()
    discontinuity: bool = False

    def derive(self, planes: Planes, stamps: Stamps) -> Frame:
        """The same moment seen in other planes."""
        return replace(self, planes=planes, stamps=stamps)
