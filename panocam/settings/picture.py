"""Settings of the picture: where it comes from, how the camera hangs, which views it offers and how they are streamed."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from pydantic import BeforeValidator, Field, PlainSerializer, SecretStr, field_validator, model_validator

from panocam.media.codec import BitrateMode, BitratePriority, Codec, H264Profile, Zipstream
from panocam.settings.declare import Section, rows, setting
from panocam.settings.role import Role

ADMIN = Role.ADMINISTRATOR
_NUMBER = r"-?\d+(\.\d+)?([eE]-?\d+)?"
LENS_PATTERN = rf"^(equidistant|equisolid|stereographic|orthographic|kb:{_NUMBER}(,{_NUMBER}){{3}})$"


def _parse_circle(value: object) -> object:
    """Accept the command line's ``CX,CY,R``; an empty text means "find it"."""
    if isinstance(value, str):
        return tuple(value.split(",")) if value else None
    return value


def _parse_resolution(value: object) -> object:
    """Accept ``1920x1440``; ``auto`` or an empty text means "the largest sensible"."""
    if isinstance(value, str):
        if value in ("", "auto"):
            return None
        width, x, height = value.partition("x")
        if not (x and width.isdecimal() and height.isdecimal() and len(value) < 16):
            raise ValueError("should be a size such as 1920x1440, or auto")
        return int(width), int(height)
    return value


def _show_resolution(value: tuple[int, int] | None) -> str:
    return "auto" if value is None else f"{value[0]}x{value[1]}"


Pixels = Annotated[float, Field(ge=0, le=65_536)]
Circle = Annotated[tuple[Pixels, Pixels, Annotated[float, Field(ge=1, le=65_536)]], BeforeValidator(_parse_circle)]
Side = Annotated[int, Field(ge=16, le=8192, multiple_of=2)]
Resolution = Annotated[
    tuple[Side, Side] | None, BeforeValidator(_parse_resolution), PlainSerializer(_show_resolution, return_type=str, when_used="json")
]


class Source(Section):
    """The fisheye picture and the lens that made it."""

    uri: str = setting(
        "sim:room",
        "Source",
        "Where the fisheye picture comes from: sim:room, sim:yard, a video or image file, rtsp://…, or v4l2:/dev/video0.",
        write=ADMIN,
        min_length=1,
        max_length=1024,
    )
    username: str = setting("", "User name", "Account at the source, if it asks for one.", read=ADMIN, write=ADMIN, max_length=256)
    password: SecretStr = setting(
        SecretStr(""), "Password", "Password at the source; never shown again.", read=ADMIN, write=ADMIN, max_length=256
    )
    lens: str = setting(
        "equidistant",
        "Lens model",
        "equidistant, equisolid, stereographic, orthographic, or kb:k1,k2,k3,k4 (Kannala-Brandt).",
        write=ADMIN,
        pattern=LENS_PATTERN,
    )
    fov: float = setting(182.0, "Field of view", "The full angle seen across the image circle.", write=ADMIN, ge=60, le=220, unit="°")
    circle: Circle | None = setting(
        None,
        "Image circle",
        "Centre and radius in source pixels as CX,CY,R; empty finds it automatically.",
        write=ADMIN,
        unit="px",
    )

    @model_validator(mode="before")
    @classmethod
    def _take_credentials_out_of_the_address(cls, data: Any) -> Any:
        """``rtsp://user:pass@host`` is split at once, so that the address can be shown and logged."""
        if not isinstance(data, dict) or not isinstance(data.get("uri"), str) or "@" not in data["uri"] or "://" not in data["uri"]:
            return data
        try:
            parts = urlsplit(data["uri"])
        except ValueError:
            return data
        account, at, host = parts.netloc.rpartition("@")
        if not at:
            return data
        user, _, password = account.partition(":")
        return {**data, "uri": urlunsplit(parts._replace(netloc=host)), "username": unquote(user), "password": unquote(password)}

    def address(self) -> str:
        """The address with the account in it, for the component that connects. Never log it."""
        if not self.username or "://" not in self.uri:
            return self.uri
        parts = urlsplit(self.uri)
        account = f"{quote(self.username, safe='')}:{quote(self.password.get_secret_value(), safe='')}"
        return urlunsplit(parts._replace(netloc=f"{account}@{parts.netloc}"))


class Installation(Section):
    """How the camera is mounted and what surrounds it."""

    mount: Literal["ceiling", "desk", "wall"] = setting(
        "ceiling", "Mounting position", "Which way the lens looks; decides which views exist and which way is up.", write=ADMIN
    )
    capture_mode: Literal["dewarped", "overview"] = setting(
        "dewarped",
        "Capture mode",
        "dewarped: the overview and all flat views, WDR possible; overview: the overview alone, at twice the rate, no WDR.",
        write=ADMIN,
    )
    roll: float = setting(0.0, "Digital roll", "Turns the picture about the optical axis, clockwise.", ge=-180, le=180, unit="°")
    power_line: Literal[50, 60] = setting(
        50, "Power line frequency", "Mains frequency where the camera looks, against flicker.", write=ADMIN, unit="Hz"
    )
    quad_order: tuple[int, int, int, int] = setting(
        (1, 2, 3, 4), "Quad order", "Which view area (1–4) stands top left, top right, bottom left, bottom right in the quad view."
    )
    quad_eye: bool = setting(False, "Quad eye", "Show the overview in the middle of the quad view.")
    horizon_straightening: bool = setting(
        False, "Horizon straightening", "Straighten the panorama of a camera on a wall that does not point level."
    )
    horizon_line: float = setting(
        0.0, "Horizon line", "Where the straightened picture shows the horizon: degrees above its middle.", ge=-45, le=45, unit="°"
    )
    horizon_tilt: float = setting(
        0.0,
        "Tilt",
        "How far the camera points above the horizon (negative: below). When it is right, uprights stand upright.",
        ge=-45,
        le=45,
        unit="°",
    )

    @field_validator("power_line", mode="before")
    @classmethod
    def _text_is_a_number(cls, value: object) -> object:
        return int(value) if isinstance(value, str) and value.isdecimal() else value

    @field_validator("quad_order", mode="before")
    @classmethod
    def _each_area_once(cls, value: object) -> object:
        if not isinstance(value, list | tuple) or sorted(map(str, value)) != ["1", "2", "3", "4"]:
            raise ValueError("should name each of 1, 2, 3 and 4 once")
        return value


class Stream(Section):
    """What a stream is like when the client does not say; a request's own arguments come before these."""

    codec: Codec = setting(Codec.H264, "Codec", "Video codec of a stream whose request names none.")
    resolution: Resolution = setting(None, "Resolution", "Size such as 1920x1440, or auto: the largest sensible of each view.", unit="px")
    fps: float = setting(0.0, "Frame rate", "Limit of frames a second; 0 is as many as the source gives.", ge=0, le=120, unit="fps")
    compression: int = setting(30, "Compression", "0 is the best picture, 100 the smallest stream.", ge=0, le=100)
    gop: int = setting(32, "Key frame distance", "Frames from one key frame to the next (P-frames plus one).", ge=1, le=1023, unit="frames")
    bitrate_mode: BitrateMode = setting(BitrateMode.VBR, "Bitrate control", "vbr: constant quality; mbr: constant quality under a maximum.")
    max_bitrate_kbps: int = setting(8000, "Maximum bitrate", "The maximum that mbr keeps.", ge=50, le=200_000, unit="kbit/s")
    bitrate_priority: BitratePriority = setting(
        BitratePriority.FRAMERATE,
        "Priority",
        "What mbr keeps when a scene is too busy: framerate loses quality, quality loses frames, none loses some of both.",
    )
    h264_profile: H264Profile = setting(
        H264Profile.HIGH, "H.264 profile", "Higher profiles make smaller streams, lower ones play on older clients."
    )
    zipstream: Zipstream = setting(
        Zipstream.OFF,
        "Zipstream",
        "Saves bits: what stands still is shown as it was. Stronger settings take more for noise. Not for MJPEG.",
    )


VIEW_NAMES = (
    "Overview",
    "Panorama",
    "Double Panorama",
    "Quad View",
    "View Area 1",
    "View Area 2",
    "View Area 3",
    "View Area 4",
    "Corner Left",
    "Corner Right",
    "Double Corner",
    "Corridor",
)
"""Names by view index; ``camera=`` in addresses is the index plus one."""


class View(Section):
    """One of the twelve views."""

    name: str = setting("", "Name", "What menus and clients call this view.", min_length=1, max_length=64)
    enabled: bool = setting(True, "Enabled", "A view that is off cannot be requested.", write=ADMIN)


class Area(Section):
    """The home pose of one view area. An empty number takes the mounting position's own default."""

    pan: float | None = setting(None, "Home pan", "Clockwise seen from above.", ge=-180, le=180, unit="°")
    tilt: float | None = setting(None, "Home tilt", "Positive upwards.", ge=-90, le=90, unit="°")
    hfov: float | None = setting(None, "Home field of view", "Horizontal angle of the view.", ge=1, le=160, unit="°")
    ptz: bool = setting(True, "Pan, tilt and zoom", "Whether clients may move this view area.", write=ADMIN)


def view_rows() -> Any:
    """The twelve views, as the ``views`` rows of the snapshot."""
    return rows([View(name=name) for name in VIEW_NAMES], "Views")


def area_rows() -> Any:
    """The four view areas (views 4–7), as the ``areas`` rows of the snapshot."""
    return rows([Area() for _ in range(4)], "View areas")
