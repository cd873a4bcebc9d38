"""What a PLAY asks for: from when to when, how fast, which pictures (RFC 2326 §10.5, §12.29, §12.34; ONVIF streaming §6.4).

``Range`` counts in UTC (``clock=``) or in seconds since the recording's beginning (``npt=``). ``Scale`` is brought into what is offered
and the reply says what it became. ``Rate-Control: no``: the client sets the pace by reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from panocam.clock import NS
from panocam.errors import InvalidValue, RemoteProtocolError
from panocam.media.footage import Footage

SLOWEST, FASTEST = 0.25, 8.0
ALL_UP_TO = 2.0
"""Faster than this, and backward, only key pictures are sent."""

_CLOCK = re.compile(r"(\d{8})T(\d{6})(?:\.(\d{1,9}))?Z")
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{0,9})?")
_TIME = re.compile(r"(\d{1,6}):([0-5]\d):([0-5]\d(?:\.\d{0,9})?)")
_SCALE = re.compile(r"[+-]?\d{1,4}(?:\.\d{0,6})?")
_FRAMES = re.compile(r"(all|predicted|intra)(?:/(\d{1,7}))?")


@dataclass(frozen=True)
class Wish:
    """Times are UTC nanoseconds; ``since_ns`` None is where it stands. ``every_ns``: key pictures no closer than this."""

    since_ns: int | None = None
    until_ns: int | None = None
    scale: float = 1.0
    paced: bool = True
    intra: bool = False
    every_ns: int = 0
    absolute: bool = False

    @property
    def backward(self) -> bool:
        return self.scale < 0

    @property
    def keys_only(self) -> bool:
        """Whether only key pictures are sent."""
        return self.intra or self.backward or abs(self.scale) > ALL_UP_TO

    def beyond(self, wall_ns: int) -> bool:
        """Whether a moment lies behind the end that was asked for."""
        return self.until_ns is not None and (wall_ns < self.until_ns if self.backward else wall_ns > self.until_ns)


def parse_wish(header: Callable[[str], str | None], footage: Footage) -> Wish:
    """The wish behind a PLAY's headers. Raises InvalidValue naming the header, RemoteProtocolError(457) for a range that is not there."""
    scale = _scale(header("Scale"))
    intra, every = _frames(header("Frames"))
    since, until, absolute = _range(header("Range"), footage, scale < 0)
    return Wish(since, until, scale, _paced(header("Rate-Control")), intra, every, absolute)


def _scale(text: str | None) -> float:
    if text is None:
        return 1.0
    if not _SCALE.fullmatch(text) or float(text) == 0:
        raise InvalidValue("Scale", text, f"give {SLOWEST:g} to {FASTEST:g}, or the same below zero for backward")
    speed = min(max(abs(float(text)), SLOWEST), FASTEST)
    return -speed if text.startswith("-") else speed


def _paced(text: str | None) -> bool:
    if text is not None and text.lower() not in ("yes", "no"):
        raise InvalidValue("Rate-Control", text, "give yes or no")
    return text is None or text.lower() == "yes"


def _frames(text: str | None) -> tuple[bool, int]:
    if text is None:
        return False, 0
    found = _FRAMES.fullmatch(text.lower().strip())
    if found is None or (found[2] and found[1] != "intra"):
        raise InvalidValue("Frames", text, "give all, predicted, intra or intra/MILLISECONDS")
    return found[1] == "intra", int(found[2] or 0) * 1_000_000


def _range(text: str | None, footage: Footage, backward: bool) -> tuple[int | None, int | None, bool]:
    if text is None:
        return None, None, False
    unit, is_there, times = text.partition(";")[0].strip().partition("=")  # behind a semicolon: when to begin with it, which is now
    readers: dict[str, Callable[[str], int]] = {"clock": _utc, "npt": lambda word: _since_start(word, footage)}
    first, dash, second = times.strip().partition("-")
    if unit not in readers or not is_there or not dash:
        raise InvalidValue("Range", text, "give clock=20260131T081500Z- or npt=12.5-")
    read = readers[unit]
    since, until = (read(word.strip()) if word.strip() else None for word in (first, second))
    if since is None:
        since = footage.stop_ns if backward else footage.start_ns
    wrong_way = until is not None and (until > since if backward else until < since)
    outside = since < footage.start_ns if backward else (since > footage.stop_ns and not footage.running)
    if wrong_way or outside:
        raise RemoteProtocolError(f"Range {text!r} is not within {shown(footage.start_ns)} to {shown(footage.stop_ns)}", 457)
    return since, until, unit == "clock"


def _utc(word: str) -> int:
    found = _CLOCK.fullmatch(word)
    try:
        at = datetime.strptime(f"{found[1]}{found[2]}" if found else word, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidValue("Range", word, "write moments as 20260131T081500.250Z") from None
    return int(at.timestamp()) * NS + (int(found[3].ljust(9, "0")) if found and found[3] else 0)


def _since_start(word: str, footage: Footage) -> int:
    if word == "now":
        return footage.stop_ns
    if found := _TIME.fullmatch(word):
        seconds = int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])
    elif _SECONDS.fullmatch(word):
        seconds = float(word)
    else:
        raise InvalidValue("Range", word, "write seconds since the beginning as 12.5 or 0:00:12.5")
    return footage.start_ns + round(seconds * NS)


def shown(wall_ns: int) -> str:
    """A moment as ``clock`` ranges have it, to the millisecond."""
    seconds, rest = divmod(wall_ns, NS)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%S}.{rest // 1_000_000:03d}Z"


def reply_range(wish: Wish, at_ns: int, footage: Footage) -> str:
    """The Range header of a reply, in the unit that was asked in: what is really sent first, and the end if one was asked for."""
    if wish.absolute:
        return f"clock={shown(at_ns)}-" + (shown(wish.until_ns) if wish.until_ns is not None else "")
    end = f"{(wish.until_ns - footage.start_ns) / NS:.3f}" if wish.until_ns is not None else ""
    return f"npt={max(0, at_ns - footage.start_ns) / NS:.3f}-{end}"
