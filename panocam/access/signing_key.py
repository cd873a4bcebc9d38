"""The key that signs video: made at first need, used for digests, never given out.

The default keeps it in a file, sealed by the key store. ``access.pkcs11_key`` keeps it in a token that does not let it go.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key

from panocam.access.keystore import KeyStore
from panocam.errors import NotFound, Unavailable

NAME = "video-signing"


class Protection(StrEnum):
    """How well a store keeps a key from whoever controls the computer."""

    SOFTWARE = "software"  # readable by an administrator of this computer
    TOKEN = "token"  # noqa: S105 - as safe as the token, which is the token's maker's to say


@dataclass(frozen=True)
class KeyPlace:
    """Where a key is, for people."""

    store: str
    protection: Protection


class SigningKey(Protocol):
    """An EC P-256 key pair whose private half stays where it is. Belongs to one thread at a time."""

    @property
    def place(self) -> KeyPlace: ...
    @property
    def public(self) -> ec.EllipticCurvePublicKey: ...
    def sign(self, digest: bytes) -> bytes:
        """ECDSA over a SHA-256 digest, ASN.1 DER. Raises Unavailable when the store fails."""


class FileKey:
    """Kept in the data folder, encrypted with AES-256-GCM under the device key."""

    place = KeyPlace("encrypted file", Protection.SOFTWARE)

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    @classmethod
    def open(cls, keystore: KeyStore) -> FileKey:
        """Read it, or make it on first use. Raises Unavailable when it is damaged or cannot be saved."""
        try:
            key = load_der_private_key(keystore.get(NAME), None)
        except NotFound:
            key = ec.generate_private_key(ec.SECP256R1())
            keystore.put(NAME, key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
        except ValueError:
            raise Unavailable("the key that signs video is damaged; reset the camera to have a new one made") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise Unavailable("the key that signs video is of an unexpected kind; reset the camera to have a new one made")
        return cls(key)

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        """The half that everybody may know."""
        return self._key.public_key()

    def sign(self, digest: bytes) -> bytes:
        """About 0.05 ms."""
        return self._key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
