"""How people write the parts of a web request: arguments as ``name=value&name=value``, headers as lines, a body that may be JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

MOST_HEADERS = 16
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}", re.ASCII)
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te", "trailer", "proxy-authorization"})
"""Headers that the request itself decides."""

Pairs = tuple[tuple[str, str], ...]


def arguments(text: str) -> Pairs:
    """Plain values, not percent-encoded: that is done when they are sent; only %26 stands for an ampersand. Raises ValueError."""
    found = []
    for part in text.strip().split("&") if text.strip() else ():
        name, _, value = part.partition("=")
        if not name.strip():
            raise ValueError("give arguments as name=value&name=value")
        found.append((name.strip(), value.replace("%26", "&")))
    return tuple(found)


def headers(text: str) -> Pairs:
    """A header on each line. Raises ValueError."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name.strip()):
            raise ValueError(f"{line[:40]!r}: give a header on each line, as in X-Camera: #n")
        if name.strip().lower() in OURS:
            raise ValueError(f"{name.strip()}: the request itself decides that header; leave it out")
        if name.strip().lower() == "authorization":
            raise ValueError("Authorization: give the token as the recipient's password, without a user; there it is kept secret")
        found.append((name.strip(), value.strip()))
    if len(found) > MOST_HEADERS:
        raise ValueError(f"at most {MOST_HEADERS} headers")
    return tuple(found)


def body(text: str, said: Callable[[str], str]) -> tuple[bytes, str]:
    """The bytes and their media type. In JSON ``said`` is asked of each text apart, so that no word can break it."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        tree = None
    if isinstance(tree, dict | list):
        return json.dumps(_each(tree, said), ensure_ascii=False).encode("utf-8", "replace"), "application/json"
    return said(text).encode("utf-8", "replace"), "text/plain; charset=utf-8"


def _each(tree: Any, said: Callable[[str], str]) -> Any:
    if isinstance(tree, dict):
        return {name: _each(value, said) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_each(value, said) for value in tree]
    return said(tree) if isinstance(tree, str) else tree
