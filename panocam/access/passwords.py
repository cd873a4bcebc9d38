"""Passwords: what is accepted, how strong it looks, how it is kept.

There is no policy: 1 to 64 printable ASCII characters are accepted. ``strength`` only gives a hint.

Three things are derived from a password and kept, sealed by the key store: an Argon2id hash (RFC 9106) for logins that send the
password, and the digest secrets HA1 = H(name:realm:password) (RFC 7616 §3.4.2) with MD5 and SHA-256, which digest cannot do without.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from panocam.errors import InvalidValue

MAX_LENGTH = 64
RECOMMENDED_LENGTH = 8

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # 19 MiB, OWASP's minimum; 20 to 60 ms on a small core


@dataclass(frozen=True)
class Credentials:
    """What is kept of a password. Never printed."""

    argon2: str = field(repr=False)
    ha1_md5: str = field(repr=False)
    ha1_sha256: str = field(repr=False)

    @classmethod
    def derive(cls, name: str, realm: str, password: str) -> Credentials:
        """Slow on purpose (tens of milliseconds): call it in a thread. Raises InvalidValue for an unacceptable password."""
        check_password(password)
        return cls(_HASHER.hash(password), ha1(name, realm, password, "MD5"), ha1(name, realm, password, "SHA-256"))

    def plausible(self, name: str, realm: str, password: str) -> bool:
        """The quick half of verification: refuses a wrong password in microseconds, so that guessing costs us nothing."""
        return hmac.compare_digest(ha1(name, realm, password, "SHA-256"), self.ha1_sha256)

    def verify(self, password: str) -> bool:
        """The slow half: Argon2id, in constant time. Call it in a thread."""
        try:
            return _HASHER.verify(self.argon2, password)
        except (VerificationError, InvalidHashError):
            return False


def ha1(name: str, realm: str, password: str, algorithm: str) -> str:
    """H(name:realm:password) in hexadecimal, RFC 7616 §3.4.2. ``algorithm`` is MD5 or SHA-256."""
    return digest_hash(f"{name}:{realm}:{password}", algorithm)


def digest_hash(text: str, algorithm: str) -> str:
    """The hash of digest authentication, in lower-case hexadecimal."""
    data = text.encode("utf-8", "surrogateescape")
    return hashlib.sha256(data).hexdigest() if algorithm == "SHA-256" else hashlib.md5(data, usedforsecurity=False).hexdigest()


def check_password(password: str) -> None:
    """Raises InvalidValue, which does not show the password, unless it is 1 to 64 printable ASCII characters."""
    if not 1 <= len(password) <= MAX_LENGTH or not all(" " <= c <= "~" for c in password):
        raise InvalidValue("password", "********", f"must be 1 to {MAX_LENGTH} printable ASCII characters")


@dataclass(frozen=True)
class Strength:
    """A hint for a person: ``score`` 0 (very weak) .. 4 (strong) and what would help."""

    score: int
    advice: str


def strength(password: str, name: str = "") -> Strength:
    """How hard ``password`` looks to guess, from its length and the kinds of characters in it. Never a reason to refuse it."""
    kinds = ((str.islower, 26), (str.isupper, 26), (str.isdigit, 10))
    alphabet = sum(size for kind, size in kinds if any(kind(c) for c in password)) + 33 * any(not c.isalnum() for c in password)
    distinct = len(set(password))
    bits = min(len(password), 2 * distinct) * math.log2(alphabet) if alphabet else 0.0
    if name and name.lower() in password.lower():
        bits -= len(name) * math.log2(alphabet)
    score = sum(bits >= limit for limit in (28, 40, 56, 72))
    if len(password) < RECOMMENDED_LENGTH:
        return Strength(min(score, 1), f"use at least {RECOMMENDED_LENGTH} characters, best from a password generator")
    return Strength(score, "strong" if score == 4 else "longer is better; a password generator makes good ones")
