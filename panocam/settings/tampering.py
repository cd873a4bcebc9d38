"""Settings of the camera tampering detector: when a picture that is no longer the scene is an event."""

from __future__ import annotations

from panocam.settings.declare import Section, setting

SHORTEST_S, LONGEST_S = 1, 300


class Tampering(Section):
    """Whether somebody covers, sprays, blurs or turns the camera."""

    enabled: bool = setting(False, "Camera tampering", "Compare the picture with the scene as it was learnt, and tell when it is another.")
    delay: int = setting(
        20, "Trigger delay", "How long the picture must be another before that is an event.", ge=SHORTEST_S, le=LONGEST_S, unit="s"
    )
    dark: bool = setting(
        False, "Trigger on dark images", "A picture that goes dark at once is tampering too: the lens covered, or the light switched off."
    )
