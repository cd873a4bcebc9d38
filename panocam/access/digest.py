"""Digest and basic credentials as they stand in an ``Authorization`` header (RFC 7616, RFC 7617): parsing, computing, challenging. Pure.

Deviations that real clients need: ``algorithm`` may be quoted; a challenge for RTSP has no ``qop`` and a fixed order (realm, nonce,
stale); ``stale`` is spelt ``true`` or ``FALSE``.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from dataclasses import dataclass, field

from panocam.access.passwords import digest_hash
from panocam.errors import RemoteProtocolError

MAX_HEADER = 16_384
_PARAMETER = re.compile(r'\s*([A-Za-z0-9_*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)')
_HEX = re.compile(r"[0-9a-fA-F]+")


@dataclass(frozen=True)
class Basic:
    """A name and a password sent in the clear."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Digest:
    """A digest response. ``qop`` is "" or "auth"; ``nc`` 0 without qop; ``algorithm`` MD5 or SHA-256."""

    name: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: str = "MD5"
    qop: str = ""
    nc: int = 0
    nc_text: str = ""
    cnonce: str = ""

    def matches(self, ha1: str, method: str) -> bool:
        """Whether the response was made with this HA1 for this method; constant time (RFC 7616 §3.4.1)."""
        return hmac.compare_digest(self.expected(ha1, method), self.response.lower())

    def expected(self, ha1: str, method: str) -> str:
        ha2 = digest_hash(f"{method}:{self.uri}", self.algorithm)
        middle = f"{self.nc_text}:{self.cnonce}:{self.qop}:" if self.qop else ""
        return digest_hash(f"{ha1}:{self.nonce}:{middle}{ha2}", self.algorithm)


def parse_authorization(header: str) -> Basic | Digest:
    """Raises RemoteProtocolError (401) for anything that is neither a whole basic nor a whole digest credential."""
    if len(header) > MAX_HEADER:
        raise RemoteProtocolError("Authorization is too long", 401)
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() == "basic":
        return _parse_basic(rest.strip())
    if scheme.lower() == "digest":
        return _parse_digest(rest)
    raise RemoteProtocolError("Authorization is neither Basic nor Digest", 401)


def digest_challenge(realm: str, nonce: str, algorithm: str, stale: bool) -> str:
    """For HTTP, with ``qop``."""
    return f'Digest realm="{realm}", nonce="{nonce}", algorithm={algorithm}, stale={_stale(stale)}, qop="auth"'


def rtsp_digest_challenge(realm: str, nonce: str, stale: bool) -> str:
    """For RTSP: no ``qop``, MD5 understood, realm first, then nonce, then stale."""
    return f'Digest realm="{realm}", nonce="{nonce}", stale={_stale(stale)}'


def basic_challenge(realm: str) -> str:
    return f'Basic realm="{realm}"'


def _stale(stale: bool) -> str:
    return "true" if stale else "FALSE"


def _parse_basic(text: str) -> Basic:
    try:
        decoded = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        raise RemoteProtocolError("Basic credentials are not base64 of name:password", 401) from None
    name, colon, password = decoded.partition(":")
    if not colon:
        raise RemoteProtocolError("Basic credentials have no colon", 401)
    return Basic(name, password)


def _parse_digest(text: str) -> Digest:
    fields = _parameters(text)
    missing = [name for name in ("username", "realm", "nonce", "uri", "response") if name not in fields]
    if missing:
        raise RemoteProtocolError(f"Digest credentials lack {missing[0]}", 401)
    algorithm, qop = fields.get("algorithm", "MD5").upper(), fields.get("qop", "").lower()
    if algorithm not in ("MD5", "SHA-256") or qop not in ("", "auth"):
        raise RemoteProtocolError("Digest algorithm or qop was not offered", 401)
    nc_text, cnonce = fields.get("nc", ""), fields.get("cnonce", "")
    if qop and (len(nc_text) != 8 or not _HEX.fullmatch(nc_text) or not cnonce):
        raise RemoteProtocolError("Digest credentials lack a whole nc or cnonce", 401)
    if not fields["response"].isascii():
        raise RemoteProtocolError("Digest response is not hexadecimal", 401)
    return Digest(
        name=fields["username"],
        realm=fields["realm"],
        nonce=fields["nonce"],
        uri=fields["uri"],
        response=fields["response"],
        algorithm=algorithm,
        qop=qop,
        nc=int(nc_text, 16) if qop else 0,
        nc_text=nc_text,
        cnonce=cnonce,
    )


def _parameters(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    position = 0
    text = text.strip().rstrip(",")
    while position < len(text):
        match = _PARAMETER.match(text, position)
        if match is None:
            raise RemoteProtocolError("Digest credentials cannot be read", 401)
        name, quoted, token = match[1].lower(), match[2], match[3]
        if name in fields:
            raise RemoteProtocolError(f"Digest credentials name {name[:20]} twice", 401)
        fields[name] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else token
        position = match.end()
    return fields
