"""What may stand in a log: no secret, and no character that could pass for another line or steer a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import BaseModel, SecretStr

LONGEST = 2000
"""Characters of one text that comes from outside."""

HIDDEN = "***"
SHORTEST = 4
"""A known secret with fewer characters is not looked for: it would blot out ordinary words."""

# Every repetition here has a bound, or what follows it cannot be in it: a long line of an attacker costs no more than its length.
_CREDENTIALS = re.compile(r"([a-z][a-z0-9+.-]{0,20}://)[^/\s'\"]{0,1024}@", re.IGNORECASE)
_NAMED = re.compile(
    r"(?i)((?:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key|access_?key|signature|(?:\b|_)pin)[\"']?\s*[=:]\s*[\"']?)"
    r"(?!\*\*\*)[^\s\"'&,;]+"
)
_HEADER = re.compile(r"(?i)\b(authorization|cookie|set-cookie|x-csrf-token)([\"']?\s*[:=]\s*).*")

NUMBERS = frozenset(
    (
        "after", "before", "camera", "clock", "compression", "count", "date", "delay", "duration", "fps", "from", "gop", "height",
        "id", "limit", "maxresults", "number", "pan", "preset", "profile", "recordingid", "resolution", "rotation",
        "schemaversion", "sequence", "since", "starttime", "stoptime", "tail", "tilt", "until", "videobitrate",
        "videokeyframeinterval", "videomaxbitrate", "view", "width", "zoom",
    )
)  # fmt: skip
"""Arguments of an address whose values are shown in the access log when they are numbers, sizes or times."""

WORDS = frozenset(
    (
        "action", "alert", "audio", "codec", "color", "diskid", "event", "export", "format", "immediate", "level", "lock",
        "method", "mode", "overlays", "responseformat", "video", "videocodec",
    )
)  # fmt: skip
"""Those whose values are shown when they are one small word. Of all other arguments only the name is."""

_NUMBER = re.compile(r"[\dA-F.,x:+TZ_ -]{0,40}", re.ASCII)
_WORD = re.compile(r"[a-z\d._-]{0,24}|SD_DISK|NetworkShare", re.ASCII)


class Secrets:
    """Secrets that this program holds, which are hidden wherever they turn up."""

    def __init__(self) -> None:
        self._of: dict[str, frozenset[str]] = {}
        self._held: tuple[str, ...] = ()

    def hold(self, secrets: Iterable[str], whose: str = "settings") -> None:
        """From now on these and no others of that part; the longest are looked for first."""
        self._of[whose] = frozenset(secret for secret in secrets if len(secret) >= SHORTEST)
        long = frozenset[str]().union(*self._of.values())
        self._held = tuple(sorted({*long, *(quote(secret, safe="") for secret in long)}, key=len, reverse=True))

    def hide(self, text: str) -> str:
        """``text`` without them."""
        for secret in self._held:
            text = text.replace(secret, HIDDEN)
        return text


SECRETS = Secrets()
"""As global as logging is: whatever part or library speaks, the last step before the log knows what not to repeat."""


def secrets_in(value: object) -> Iterator[str]:
    """Every secret inside a model, however deep."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from secrets_in(getattr(value, name))
    elif isinstance(value, dict):
        yield from secrets_in(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from secrets_in(each)


def discreet(text: str) -> str:
    """``text`` with credentials of addresses, values that are named like secrets, headers that carry them, and held secrets hidden."""
    if "://" in text:
        text = _CREDENTIALS.sub(rf"\1{HIDDEN}@", text)
    if "=" in text or ":" in text:  # most texts have neither, and need no search
        text = _NAMED.sub(rf"\1{HIDDEN}", _HEADER.sub(rf"\1\2{HIDDEN}", text))
    return SECRETS.hide(text)


def tidy(text: str, longest: int = LONGEST) -> str:
    """One line of printable characters: control characters, escapes, separators and marks of direction are written as ``\\xNN``."""
    if len(text) > longest:
        text = f"{text[: longest - 1]}…"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def clean(text: str) -> str:
    """Discreet and tidy. What lies far behind the end of what will be shown is not even looked at."""
    return tidy(discreet(text[: 4 * LONGEST]))


def shown_target(target: str) -> str:
    """The target of a request without what may be secret: no credentials, and values only of arguments known to be harmless."""
    target = target[:LONGEST]
    try:
        parts = urlsplit(target)
        host = f"{parts.scheme}://{parts.hostname or ''}" if parts.scheme in ("rtsp", "rtsps", "http", "https") else ""
    except ValueError:
        return tidy(discreet(target.partition("?")[0]), 300)
    path = discreet((host and parts.path) or target.partition("?")[0].partition("#")[0])
    shown = [_argument(piece) for piece in parts.query.split("&", 40)[:40] if piece]
    return tidy(path + ("?" + "&".join(shown) if shown else ""), 300)


def _argument(piece: str) -> str:
    pairs = parse_qsl(piece, keep_blank_values=True)
    if "=" not in piece or len(pairs) != 1:
        return HIDDEN  # a word alone may be anything
    name, value = pairs[0]
    if not re.fullmatch(r"[\w.-]{1,64}", name, re.ASCII):
        return HIDDEN
    shape = _NUMBER if name.lower() in NUMBERS else _WORD if name.lower() in WORDS else None
    return f"{name}={value}" if shape is not None and shape.fullmatch(value) else f"{name}={HIDDEN}"
