"""The arguments of a stream URL, declared once, and their way into a ``StreamRequest``. RTSP and HTTP read them alike.

Rules: an unknown argument is ignored, never an error, because clients add their own. A known argument with a bad value is refused
with its name and what it takes. Of a repeated argument the last one counts. An option of a bitrate mode counts only beside
``videobitratemode`` in the same URL; alone it is refused, because a client that forgets the mode would not get the limit it believes in.

``streamprofile`` names a set of arguments that the camera keeps. They stand in front of the URL's own, so what the URL says itself wins,
and what neither says follows the stream settings. A name that the camera does not know changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from panocam.errors import InvalidValue
from panocam.media.codec import BitrateMode, BitratePriority, Codec, H264Profile, Zipstream
from panocam.pipeline.request import ALL_OVERLAYS, Overlay, StreamRequest

MAX_QUERY = 4096
"""Characters of a query string that are read."""

MAX_ARGUMENTS = 100
"""Arguments in one URL."""

QUAD_VIEW = 3
"""The view that ``camera=quad`` names."""


@dataclass(frozen=True)
class Argument:
    """One row: ``field`` of StreamRequest that it fills (None: checked, then not needed further), spelling of its values, reader.

    ``read`` raises ValueError for a value it does not take.
    """

    name: str
    field: str | None
    values: str
    meaning: str
    read: Callable[[str], object]
    aliases: tuple[str, ...] = ()


ZSTRENGTHS = dict(zip(("off", "10", "20", "30", "40", "50"), Zipstream, strict=True))
"""Strengths as clients write them."""


def _strength(text: str) -> Zipstream:
    strength = ZSTRENGTHS.get(text.lower())
    if strength is None:
        raise ValueError(text)
    return strength


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or len(text) > 9 or not low <= int(text) <= high:
            raise ValueError(text)
        return int(text)

    return read


def _view(text: str) -> int:
    return QUAD_VIEW if text == "quad" else _whole(1, 999)(text) - 1


def _switch(text: str) -> str:
    if text.lower() not in ("on", "off", "1", "0", "yes", "no"):
        raise ValueError(text)
    return text


def _rate(text: str) -> float:
    whole, dot, part = text.partition(".")
    if not (whole + part).isascii() or not (whole + part).isdigit() or (dot and not part) or len(text) > 9 or not float(text) <= 1000:
        raise ValueError(text)
    return float(text)


def _resolution(text: str) -> tuple[int, int]:
    width, x, height = text.lower().partition("x")
    if not x:
        raise ValueError(text)
    return _whole(16, 16384)(width), _whole(16, 16384)(height)


def _overlays(text: str) -> frozenset[Overlay]:
    """Which kinds are shown. There are none of applications here, so asking for those alone is asking for none."""
    words = {word.strip() for word in text.lower().split(",")}
    if not words <= {"all", "off", "application", *Overlay} or ("off" in words and len(words) > 1):
        raise ValueError(text)
    return ALL_OVERLAYS if "all" in words else frozenset(kind for kind in Overlay if kind in words)


ARGUMENTS: tuple[Argument, ...] = (
    Argument("camera", "view", "1, 2, … or quad", "the view: 1 Overview, 2 Panorama, 3 Double Panorama, 4 Quad View, …", _view),
    Argument("videocodec", "codec", "h264, h265, av1, jpeg", "the codec", lambda text: Codec(text.lower())),
    Argument("resolution", "resolution", "WIDTHxHEIGHT from the view's list", "picture size in pixels", _resolution),
    Argument("fps", "fps", "0 to 1000, decimals allowed", "frames per second at most; 0 is as many as the source gives", _rate),
    Argument("compression", "compression", "0 to 100", "0 is the best picture, 100 the fewest bytes", _whole(0, 100)),
    Argument("videokeyframeinterval", "gop", "1 to 1200", "frames from one key frame to the next", _whole(1, 1200)),
    Argument("videobitratemode", "bitrate_mode", "vbr, mbr", "constant quality, or constant quality under a limit", BitrateMode),
    Argument(
        "videomaxbitrate",
        "max_bitrate_kbps",
        "1 to 100000, and videobitratemode=mbr in the same URL",
        "the limit in kbit/s",
        _whole(1, 100_000),
        aliases=("videobitrate", "videombrmaxbitrate"),
    ),
    Argument(
        "videobitratepriority",
        "bitrate_priority",
        "none, framerate, quality, and videobitratemode=mbr in the same URL",
        "what is kept under the limit; none: some of both",
        lambda text: BitratePriority(text.lower()),
    ),
    Argument("h264profile", "h264_profile", "baseline, main, high", "the H.264 profile", lambda text: H264Profile(text.lower())),
    Argument("videozstrength", "zipstream", "off, 10, 20, 30, 40, 50", "strength of Zipstream; jpeg has none", _strength),
    Argument(
        "videosigned", "signed", "0, 1", "whether signatures travel in the video; not with jpeg", lambda text: bool(_whole(0, 1)(text))
    ),
    Argument("overlays", "overlays", "all, off, or text, image, application with commas between", "which overlays are shown", _overlays),
    Argument("streamprofile", None, "a name", "the arguments of that stream profile, where the URL does not say otherwise", str),
    Argument("video", None, "0, 1", "whether there are pictures; without them there must be events (RTSP)", _whole(0, 1)),
    Argument("event", None, "on, off", "whether there is a track of events (RTSP)", _switch),
    Argument("recordingid", None, "the identity of a recording, quotes around it allowed", "plays that recording (RTSP)", str),
    Argument("onvifreplayext", None, "0, 1", "whether packets say when their picture was taken (RTSP)", _whole(0, 1)),
    Argument(
        "eventtopic", None, "a topic, alternatives separated by a vertical bar; `//.` at the end is all below", "which events (RTSP)", str
    ),
)
"""Every argument that is read. The table in docs/rtsp.md is tested against it."""

_BY_NAME = {name: argument for argument in ARGUMENTS for name in (argument.name, *argument.aliases)}
_NEED_MODE = {"max_bitrate_kbps": "a bitrate limit", "bitrate_priority": "a priority"}


def with_profile(arguments: Iterable[tuple[str, str]], profiles: Mapping[str, str]) -> list[tuple[str, str]]:
    """The pairs, behind those of the profile that they name. ``profiles`` maps names to arguments as in a URL."""
    pairs = list(arguments)
    named = [value for name, value in pairs if name == "streamprofile"]
    parameters = profiles.get(named[-1], "") if named else ""
    return [*parse_qsl(parameters, keep_blank_values=True, max_num_fields=MAX_ARGUMENTS), *pairs]


def stream_request(arguments: Iterable[tuple[str, str]], profiles: Mapping[str, str] | None = None) -> StreamRequest:
    """A StreamRequest from (name, value) pairs, already percent-decoded. Raises InvalidValue naming the argument."""
    arguments = with_profile(arguments, profiles or {})
    given: dict[str, object] = {}
    rate_option: tuple[str, str, str] | None = None
    for name, text in arguments:
        argument = _BY_NAME.get(name)
        if argument is None:
            continue
        try:
            value = argument.read(text)
        except ValueError:
            raise InvalidValue(name, text, f"give {argument.values}") from None
        if argument.field is not None:
            given[argument.field] = value
        if argument.field in _NEED_MODE:
            rate_option = name, text, f"{_NEED_MODE[argument.field]} needs videobitratemode=mbr in the same URL"
    if rate_option is not None and given.get("bitrate_mode") is not BitrateMode.MBR:
        raise InvalidValue(*rate_option)
    return StreamRequest(**given)  # type: ignore[arg-type]  # the table pairs each field with a reader of its type


def parse_query(query: str, profiles: Mapping[str, str] | None = None) -> StreamRequest:
    """A StreamRequest from the part of a URL behind ``?``. Raises InvalidValue naming the argument."""
    if len(query) > MAX_QUERY:
        raise InvalidValue("query", query, f"at most {MAX_QUERY} characters are read")
    try:
        return stream_request(parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_ARGUMENTS), profiles)
    except ValueError:
        raise InvalidValue("query", query, f"at most {MAX_ARGUMENTS} arguments are read") from None
