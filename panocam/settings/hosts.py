"""Names of other machines as people write them: host names in any script, IPv4, IPv6 with or without brackets; and addresses of mail."""

from __future__ import annotations

import re
from ipaddress import ip_address

import idna

_PLAIN = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?", re.ASCII)
_ATOM = re.compile(r"[^\s\x00-\x20\x7f\"(),:;<>@\[\\\]]{1,64}")


def host(text: str) -> str:
    """``text`` tidied, as it is kept and shown: an IPv6 address without brackets. Raises ValueError."""
    bare = text.strip()
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1]
    wire(bare)
    return bare


def wire(name: str) -> str:
    """A kept host as the network knows it: a name in other than Latin letters in its ASCII form (IDNA). Raises ValueError."""
    try:
        return str(ip_address(name))
    except ValueError:
        pass
    if re.fullmatch(r"[0-9.]+|.*:.*", name):
        raise ValueError(f"{name[:60]} is not an IP address")
    if len(name) <= 253 and _PLAIN.fullmatch(name):
        return name
    try:
        if not name.isprintable():  # a character that nobody sees, such as a soft hyphen, would be dropped without a word
            raise UnicodeError
        return idna.encode(name, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise ValueError("give a host name such as mail.example.com, or an IP address") from None


def bracketed(name: str) -> str:
    """A kept host as it stands in a URL."""
    found = wire(name)
    return f"[{found}]" if ":" in found else found


def mailbox(text: str) -> str:
    """An address of mail, tidied. Raises ValueError."""
    local, at, domain = text.strip().rpartition("@")
    whole = at and local.isprintable() and len(local.encode()) <= 64 and all(_ATOM.fullmatch(part) for part in local.split("."))
    if not whole or domain.startswith("["):
        raise ValueError(f"{text[:80]!r} is no address; give one such as name@example.com")
    return f"{local}@{host(domain)}"


def mail_wire(address: str) -> str:
    """A kept address of mail with the ASCII form of its domain."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{wire(domain)}"
