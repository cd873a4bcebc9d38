"""Source addresses: which scheme they have, and how they may be shown to somebody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from panocam.errors import InvalidValue

HIDDEN = "***"
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]+):", re.IGNORECASE)
_USERINFO = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/?#]*@", re.IGNORECASE)
_SECRET_ARGUMENT = re.compile(r"([?&](?:user\w*|pass\w*|pwd|auth\w*|\w*token\w*|\w*key|secret)=)[^&#]*", re.IGNORECASE)


def scheme_of(uri: str) -> str:
    """The scheme in lower case, "" for a plain path (a single letter is a Windows drive, not a scheme)."""
    match = _SCHEME.match(uri)
    return match[1].lower() if match else ""


def shown(uri: str) -> str:
    """``uri`` without user, password and secret-looking arguments, for logs, cards, events and metrics."""
    # The greedy [^/?#]*@ also catches a password that contains an unescaped "@".
    return _SECRET_ARGUMENT.sub(rf"\1{HIDDEN}", _USERINFO.sub(rf"\1{HIDDEN}@", uri))


STILLS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
"""Endings of names of pictures that stand still."""


def is_still(uri: str) -> bool:
    """Whether the source is a file with a picture that stands still."""
    return scheme_of(uri) in ("", "file") and uri.lower().endswith(STILLS)


def chooses_rate(uri: str) -> bool:
    """Whether the source gives as many pictures a second as it is asked for: the simulated scene, and pictures that stand still."""
    return scheme_of(uri) == "sim" or is_still(uri)


@dataclass(frozen=True)
class Simulated:
    """What ``sim:NAME?lean=DEGREES&light=PROGRAM`` asks for: by how much the camera hangs crookedly, and how the light changes."""

    name: str
    lean: float = 0.0
    light: str = "steady"


def world_of(uri: str) -> Simulated:
    """The simulated world that an address names. Raises InvalidValue; whether world and program exist is the scene's to know."""
    name, asked, query = uri.partition(":")[2].partition("?")
    given = parse_qsl(query[:256], keep_blank_values=True)
    names = [argument for argument, _ in given]
    if asked and (not names or set(names) - {"lean", "light"} or len(set(names)) < len(names)):
        raise InvalidValue("source", uri, "after the name of a simulated world only ?lean=DEGREES and light=PROGRAM may stand, each once")
    values = dict(given)
    try:
        return Simulated(name, float(values.get("lean", 0)), values.get("light", "steady"))
    except ValueError:
        raise InvalidValue("source", uri, "lean takes degrees, as in sim:room?lean=12") from None
