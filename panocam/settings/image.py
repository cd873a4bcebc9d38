"""Settings of the picture's look. They act on the picture that all views and streams are made of, at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from panocam.settings.declare import Section, setting
from panocam.settings.window import Window

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
    white_balance_window: Window | None = setting(
        None,
        "White balance window",
        "The rectangle of the overview, without roll, from which automatic white balance tells the light: left, top, right, bottom from 0 "
        "to 1. None is the whole picture.",
    )
    noise_spatial: int = level(0, "Spatial noise reduction", "Smooths what differs from its neighbours no more than noise does. 0 is off.")
    noise_temporal: int = level(0, "Temporal noise reduction", "Averages over time where nothing moves. 0 is off.")
    defog: bool = setting(False, "Defog", "Finds fog and takes it away. On a clear day it makes the picture darker.")
    defog_effect: int = level(50, "Defog effect", "How much of the fog is taken away.")


@dataclass(frozen=True)
class Profile:
    """Image settings that suit a purpose, by path. Applying one is a change of those settings like any other; it is not kept by name."""

    title: str
    description: str
    values: Mapping[str, object]


def _profile(title: str, description: str, **values: object) -> Profile:
    look = {name: info.default for name, info in Image.model_fields.items() if name not in OWN}
    return Profile(title, description, {f"image.{name}": value for name, value in {**look, **values}.items()})


OWN = ("white_balance", "red_gain", "blue_gain", "white_balance_window")
"""Settings that belong to the place and not to a purpose; profiles leave them alone."""

PROFILES: Mapping[str, Profile] = {
    "neutral": _profile("Neutral", "The picture as the source delivers it."),
    "forensic": _profile(
        "Forensic",
        "Detail before beauty: shadows are opened, and nothing is smoothed that might matter.",
        saturation=45,
        sharpness=60,
        wdr=True,
        local_contrast=50,
        tone_mapping=35,
        noise_spatial=10,
        noise_temporal=20,
    ),
    "vivid": _profile(
        "Vivid",
        "Strong colours, contrast and clean surfaces.",
        saturation=64,
        contrast=58,
        sharpness=60,
        noise_spatial=35,
        noise_temporal=50,
    ),
    "traffic": _profile(
        "Traffic overview",
        "Things that move fast: no averaging over time, open shadows, crisp edges.",
        contrast=54,
        sharpness=66,
        wdr=True,
        local_contrast=60,
        tone_mapping=30,
        noise_spatial=25,
    ),
}
"""Scene profiles by name."""
