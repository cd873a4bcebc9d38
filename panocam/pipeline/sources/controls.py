"""What a source may let us set: one contract for a simulated sensor and for real hardware, and how it says what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from panocam.imaging.exposure import Exposure, Reach


class How(StrEnum):
    """Where a setting acts."""

    HARDWARE = "hardware"
    SIMULATED = "simulated"
    DIGITAL = "digital"


@dataclass(frozen=True)
class Capability:
    """``how`` is None where a setting has no effect now, and ``reason`` says why in plain words. It is also there for what works, but with
    a limit that people should know."""

    how: How | None
    reason: str = ""

    @property
    def supported(self) -> bool:
        return self.how is not None


@dataclass(frozen=True)
class Tuning:
    """What the source is told beside the exposure. ``aperture``: 0 (closed) to 100. ``image``: brightness, contrast… by the names of the
    image settings, each in its own unit; only what differs from neutral or was set before matters to hardware."""

    power_line_hz: int = 50
    aperture: int = 100
    image: Mapping[str, object] = field(default_factory=dict)


class SourceControls(Protocol):
    """The controls of one opened source. ``expose`` and ``tune`` may be called from any thread; they act before the next picture, and a
    newer wish replaces one that has not been taken yet. The properties tell of the picture handed out last."""

    @property
    def reach(self) -> Reach | None:
        """What shutter and gain can do; None if they cannot be set."""

    @property
    def exposure(self) -> Exposure:
        """How the newest picture was exposed."""

    @property
    def settled(self) -> bool:
        """Whether the newest picture was exposed as last wished."""

    @property
    def taken(self) -> frozenset[str]:
        """The image settings (without "image.") that the source carries out itself as they are set now; the others are done digitally."""

    def capabilities(self) -> Mapping[str, Capability]:
        """By the path of the setting; what is missing is done digitally or not at all."""

    def expose(self, wanted: Exposure) -> None: ...

    def tune(self, wanted: Tuning) -> None: ...
