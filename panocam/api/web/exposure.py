"""The exposure as it is now, and which picture settings have an effect with this source."""

from __future__ import annotations

from panocam.api.endpoint import Call, Reply, rest
from panocam.api.exposing import shutter_text, warnings
from panocam.pipeline.sources.controls import How
from panocam.settings import DECLARED, Role

PICTURE = tuple(path for path, row in DECLARED.items() if row.section in ("image", "exposure") or path == "installation.power_line")
"""The settings that a source may or may not carry out."""


class ExposureReply(Reply):
    """``shutter_s`` in seconds, ``shutter`` as people write it, ``gain_db``: null where the source does not tell. ``luminance`` is
    measured in the exposure zones, ``target`` what the level asks for, both linear, 1 is white; ``clipped`` the part of the zones
    that is white.

    ``adapting``: on its way to another exposure. ``limited``: stops by which the limits keep the picture too dark (above 0) or too bright.
    ``hurried``: the shutter is kept short because things move.
    """

    mode: str
    shutter_s: float | None
    shutter: str
    gain_db: float | None
    luminance: float | None
    target: float
    clipped: float
    adapting: bool
    limited: float
    hurried: bool
    warnings: list[str]


class CapabilityReply(Reply):
    """One setting. ``how`` is hardware, simulated or digital; without effect it is null and ``reason`` says why."""

    path: str
    supported: bool
    how: How | None
    reason: str


class CapabilitiesReply(Reply):
    """All settings of image and exposure. Those without effect now can be set all the same: they act as soon as the source can."""

    capabilities: list[CapabilityReply]


async def exposure(call: Call[None]) -> ExposureReply:
    """How the newest picture was exposed."""
    services = call.services
    settings, state = services.settings.running, services.camera.exposure
    now = state.exposure
    return ExposureReply(
        mode=settings.exposure.mode,
        shutter_s=now.shutter_s if now else None,
        shutter=shutter_text(now.shutter_s) if now else "",
        gain_db=round(now.gain_db, 1) if now else None,
        luminance=None if state.luminance is None else round(state.luminance, 4),
        target=round(services.camera.exposure_plan.rules.target, 4),
        clipped=round(state.clipped, 4),
        adapting=state.moving,
        limited=round(state.limited, 2),
        hurried=state.hurried,
        warnings=list(warnings(settings, state)),
    )


async def capable(call: Call[None]) -> CapabilitiesReply:
    """What has an effect now."""
    found = call.services.camera.capabilities(PICTURE)
    return CapabilitiesReply(
        capabilities=[CapabilityReply(path=path, supported=one.supported, how=one.how, reason=one.reason) for path, one in found.items()]
    )


ENDPOINTS = (
    rest("/api/v1/image/exposure", "Shutter, gain and brightness of the newest picture", exposure, Role.VIEWER, reply=ExposureReply),
    rest(
        "/api/v1/image/capabilities",
        "Which picture settings have an effect with this source",
        capable,
        Role.VIEWER,
        reply=CapabilitiesReply,
    ),
)
