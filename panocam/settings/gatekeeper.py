"""Settings of the gatekeeper of a view area: where to look when something moves."""

from __future__ import annotations

from panocam.settings.declare import Section, setting

SHORTEST_S, LONGEST_S = 1, 3600


class Gatekeeper(Section):
    """One for each view area."""

    enabled: bool = setting(False, "Gatekeeper", "Look at a preset position while there is motion in an area, and go home afterwards.")
    motion_area: int | None = setting(None, "Motion area", "Number of the motion area that is watched.", ge=1, le=1_000_000)
    preset: int = setting(1, "Preset position", "Number of the position to go to; 1 is home.", ge=1, le=3600)
    home_after: int = setting(
        30, "Home after", "How long without motion until the view area goes home again.", ge=SHORTEST_S, le=LONGEST_S, unit="s"
    )
