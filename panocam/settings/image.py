"""Settings of the picture's look. They act on the picture that all views and streams are made of, at once."""

from __future__ import annotations

from typing import Any, Literal

from panocam.settings.declare import Section, setting

WhiteBalanceMode = Literal[
    "source",
    "auto",
    "auto_outdoors",
    "fixed_indoors",
    "fixed_outdoors1",
    "fixed_outdoors2",
    "fixed_fluorescent1",
    "fixed_fluorescent2",
    "hold",
    "manual",
]


def level(default: int, title: str, description: str) -> Any:
    """A setting from 0 to 100."""
    return setting(default, title, description, ge=0, le=100)


class Image(Section):
    """Brightness, colour, wide dynamic range, noise and fog."""

    brightness: int = level(50, "Brightness", "50 leaves it as it is. Black and white stay where they are.")
    contrast: int = level(50, "Contrast", "50 leaves it as it is. Black and white stay where they are.")
    saturation: int = level(50, "Saturation", "0 is grey, 50 leaves colours as they are, 100 doubles them.")
    sharpness: int = level(
        50, "Sharpness", "50 leaves it as it is, less is softer, more is crisper. A softer picture also shows less noise."
    )
    wdr: bool = setting(
        False,
        "Wide dynamic range",
        "Shows dark and bright parts of the scene at once. It can cause artefacts: noise in shadows, pale colours.",
    )
    local_contrast: int = level(
        50, "Local contrast", "How much wide dynamic range brings dark and bright places nearer and lifts their detail."
    )
    tone_mapping: int = level(35, "Tone mapping", "How much wide dynamic range lifts shadows over the whole picture.")
    white_balance: WhiteBalanceMode = setting(
        "source",
        "White balance",
        "Which light shall look white. source: colours as they come; auto: follows the light within seconds; hold: keeps the present "
        "correction; manual: the gains below.",
    )
    red_gain: float = setting(1.0, "Red gain", "Of the manual white balance, on linear light.", ge=0.25, le=4)
    blue_gain: float = setting(1.0, "Blue gain", "Of the manual white balance, on linear light.", ge=0.25, le=4)
    noise_spatial: int = level(0, "Spatial noise reduction", "Smooths what differs from its neighbours no more than noise does. 0 is off.")
    noise_temporal: int = level(0, "Temporal noise reduction", "Averages over time where nothing moves. 0 is off.")
    defog: bool = setting(False, "Defog", "Finds fog and takes it away. On a clear day it makes the picture darker.")
    defog_effect: int = level(50, "Defog effect", "How much of the fog is taken away.")
