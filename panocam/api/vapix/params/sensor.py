"""What the sensor does and how its picture is developed: the group ImageSource.I0.Sensor, over the settings of exposure and image."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import Changes, Codec, Leaf, Shape, bound, choice, number, whole, within
from panocam.api.vapix.params.members import Attribute, Member, Members
from panocam.api.vapix.params.tree import Living
from panocam.settings.exposure import ExposureMode, MaxShutter, MinShutter, Shutter
from panocam.settings.window import Window

GROUP = "ImageSource.I0.Sensor"
PERCENT = whole(0, 100)
ON_OFF = choice({"on": True, "off": False})
MOST_GAIN_DB = 48.0
MICRO = 1_000_000
FAR = 9999
"""Coordinates of windows run from 0 to this."""

FAR_SHAPE = Shape("int", 0, FAR)

LEVELS = {
    "Brightness": "image.brightness",
    "ColorLevel": "image.saturation",
    "Contrast": "image.contrast",
    "DefogEffect": "image.defog_effect",
    "ExposurePriority": "exposure.blur_noise",
    "ExposurePriorityNormal": "exposure.blur_noise",
    "ExposureValue": "exposure.level",
    "LocalContrast": "image.local_contrast",
    "Sharpness": "image.sharpness",
    "ToneMapping": "image.tone_mapping",
}
EXPOSURES = {
    "auto": ExposureMode.AUTOMATIC,
    "flickerfree50": ExposureMode.FLICKER_FREE_50,
    "flickerfree60": ExposureMode.FLICKER_FREE_60,
    "flickerreduced50": ExposureMode.FLICKER_REDUCED_50,
    "flickerreduced60": ExposureMode.FLICKER_REDUCED_60,
    "hold": ExposureMode.HOLD,
}
WHITE_BALANCES = {
    "auto": "auto",
    "auto_outdoor": "auto_outdoors",
    "fixed_indoor": "fixed_indoors",
    "fixed_outdoor1": "fixed_outdoors1",
    "fixed_outdoor2": "fixed_outdoors2",
    "fixed_fluor1": "fixed_fluorescent1",
    "fixed_fluor2": "fixed_fluorescent2",
    "hold": "hold",
    "manual": "manual",
    "source": "source",
}


CUSTOM = "custom"
SIDES = ("left", "top", "right", "bottom")
WHITE = "image.white_balance_window"
WHITE_SIDES = {"Xstart": "left", "Ystart": "top", "Xstop": "right", "Ystop": "bottom"}
WINDOWS: Mapping[str, tuple[tuple[float, float, float, float], ...]] = {
    "auto": (),
    "center": ((0.25, 0.25, 0.75, 0.75),),
    "spot": ((0.45, 0.45, 0.55, 0.55),),
    "upper": ((0.0, 0.0, 1.0, 0.5),),
    "lower": ((0.0, 0.5, 1.0, 1.0),),
    "left": ((0.0, 0.0, 0.5, 1.0),),
    "right": ((0.5, 0.0, 1.0, 1.0),),
    CUSTOM: ((0.3, 0.3, 0.7, 0.7),),
}
"""Exposure windows that have a name, as exposure zones by their sides; the custom one is where it begins."""


Time = TypeVar("Time", bound=Shutter)


def _longest(times: Iterable[Time]) -> Callable[[str], Time]:
    """The longest shutter on offer that is no longer than so many microseconds."""
    offered = tuple(times)

    def read(text: str) -> Time:
        wanted = number(text) / MICRO * 1.001  # 33333 is meant to be a thirtieth
        fitting = [each for each in offered if each.seconds <= wanted]
        if not fitting:
            raise ValueError(f"use {round(min(each.seconds for each in offered) * MICRO)} microseconds or more")
        return max(fitting, key=lambda each: each.seconds)

    return read


def _time(times: type[Time]) -> Codec:
    micros = [round(each.seconds * MICRO) for each in times]
    return Codec(lambda value: str(round(value.seconds * MICRO)), _longest(times), Shape("int", min(micros), max(micros)))


def _decibels(text: str) -> float:
    return round(number(text) * MOST_GAIN_DB / 100, 2)


GAIN = Codec(lambda value: str(round(value * 100 / MOST_GAIN_DB)), _decibels, Shape("int", 0, 100))
"""Clients give the highest gain in parts of all that there is."""


def rows() -> Iterator[Leaf]:
    """Every leaf that is always there."""
    for name, setting in LEVELS.items():
        yield from bound(f"{GROUP}.{name}", setting, PERCENT)
    yield from bound(f"{GROUP}.WDR", "image.wdr", ON_OFF)
    yield from bound(f"{GROUP}.WhiteBalance", "image.white_balance", choice(WHITE_BALANCES))
    yield from bound(f"{GROUP}.Exposure", "exposure.mode", choice(EXPOSURES))
    yield from bound(f"{GROUP}.MaxExposureTime", "exposure.max_shutter", _time(MaxShutter))
    yield from bound(f"{GROUP}.MinExposureTime", "exposure.min_shutter", _time(MinShutter))
    yield from bound(f"{GROUP}.MaxGain", "exposure.max_gain", GAIN)
    yield from bound(f"{GROUP}.MinGain", "exposure.min_gain", GAIN)
    yield from bound(f"{GROUP}.Defog", "image.defog", ON_OFF)
    words = Shape("enum", choices=tuple(WINDOWS))
    yield Leaf(f"{GROUP}.ExposureWindow", _window, words, _choose_window, title="Exposure zones")
    yield Leaf(f"{GROUP}.WhiteBalanceWindow", _white_window, words, _choose_white_window, title="White balance window")
    for name, side in WHITE_SIDES.items():
        yield _white_side(f"{GROUP}.WhiteBalance{name}", side)


def _window(services: Services) -> str:
    """The name of the zones that there are."""
    return _named(services.settings.snapshot.exposure.zones)


def _white_window(services: Services) -> str:
    window = services.settings.snapshot.image.white_balance_window
    return _named(() if window is None else (window,))


def _named(zones: Iterable[Window]) -> str:
    there = tuple(tuple(getattr(zone, side) for side in SIDES) for zone in zones)
    return next((word for word, sides in WINDOWS.items() if sides == there), CUSTOM)


def _choose_window(services: Services, word: str, so_far: Changes) -> Changes:
    """Zones of a name. ``custom`` leaves those alone that have none; the leaves below move them."""
    return {} if word == CUSTOM == _window(services) else {ZONES.setting: _zones(word)}


def _choose_white_window(services: Services, word: str, so_far: Changes) -> Changes:
    return {} if word == CUSTOM == _white_window(services) else {WHITE: next(iter(_zones(word)), None)}


def _zones(word: str) -> list[Member]:
    if word not in WINDOWS:
        raise ValueError(f"use one of {', '.join(WINDOWS)}")
    return [dict(zip(SIDES, sides, strict=True)) for sides in WINDOWS[word]]


def _white_side(path: str, side: str) -> Leaf:
    """One side of the white balance window; the whole picture where there is none."""

    def sides(services: Services, so_far: Mapping[str, object] | None = None) -> Member:
        window = services.settings.snapshot.image.white_balance_window
        made = (so_far or {}).get(WHITE, window.model_dump() if window else None)
        return dict(zip(SIDES, (0.0, 0.0, 1.0, 1.0), strict=True)) if made is None else dict(made)  # type: ignore[call-overload]

    def write(services: Services, text: str, so_far: Changes) -> Changes:
        within(FAR_SHAPE, text)
        return {WHITE: {**sides(services, so_far), side: number(text) / FAR}}

    return Leaf(path, lambda services: str(round(sides(services)[side] * FAR)), FAR_SHAPE, write, title="White balance window")


def _edge(name: str, key: str) -> Attribute:
    def change(zone: Member, text: str) -> None:
        zone[key] = number(text) / FAR

    return Attribute(name, lambda zone: str(round(zone[key] * FAR)), change, FAR_SHAPE)


ZONES = Members(
    "exposure.zones",
    f"{GROUP}.CustomExposureWindow",
    "C",
    (
        _edge("Left", "left"),
        _edge("Right", "right"),
        _edge("Top", "top"),
        _edge("Bottom", "bottom"),
        Attribute("WindowType", lambda zone: "exposure"),
    ),
)
LIVING = Living(ZONES.prefix, ZONES.leaves)
