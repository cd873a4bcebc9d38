"""Secrets at rest: sealed with AES-256-GCM under a device key that never leaves its file.

The device key is 32 random bytes, made at the first start, readable by the owner only. It may live elsewhere than the data (another disk, a
mounted secret), so that a copy of the data folder alone gives nothing away. Every purpose has a key of its own, derived from the device key
(HKDF-SHA256, RFC 5869), and the purpose is also authenticated with the text, so a sealed value cannot be moved to another place.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from panocam.errors import NotFound, Unavailable
from panocam.settings import DataFolder, atomic

KEY_BYTES = 32
_NONCE_BYTES = 12


class KeyStore:
    """Seals and unseals, and keeps named secrets. Open it with ``KeyStore.open``."""

    def __init__(self, key: bytes, folder: DataFolder) -> None:
        self._key, self._folder = key, folder

    @classmethod
    def open(cls, folder: DataFolder, key_file: Path | None = None) -> KeyStore:
        """Read the device key, or make it on first use. Raises Unavailable when it can be neither read nor made."""
        path = key_file or folder.folder("keystore") / "device.key"
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            key = secrets.token_bytes(KEY_BYTES)
            atomic.write(path, key)
        except OSError as fault:
            raise Unavailable(f"device key {path} cannot be read: {fault.strerror}; mend its permissions") from None
        if len(key) != KEY_BYTES:
            raise Unavailable(f"device key {path} is damaged ({len(key)} bytes, not {KEY_BYTES}); restore it, or reset the camera")
        return cls(key, folder)

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose; the same at every call."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"panocam:" + purpose.encode()).derive(self._key)

    def seal(self, plain: bytes, purpose: str) -> str:
        """Encrypt for storage, bound to ``purpose``; URL-safe base64 text."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self.derive(purpose)).encrypt(nonce, plain, purpose.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, sealed: str, purpose: str) -> bytes:
        """The reverse. Raises Unavailable for a damaged value, another purpose or another device key."""
        try:
            raw = base64.b64decode(sealed, altchars=b"-_", validate=True)
            return AESGCM(self.derive(purpose)).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode())
        except (binascii.Error, ValueError, InvalidTag):
            raise Unavailable(f"the sealed value for {purpose} is damaged or was sealed by another device key; set it anew") from None

    def put(self, name: str, secret: bytes) -> None:
        """Keep a named secret, sealed. Raises InvalidValue for a name that is no file name, Unavailable when it cannot be saved."""
        atomic.write(self._path(name), self.seal(secret, f"secret:{name}").encode())

    def get(self, name: str) -> bytes:
        """Raises NotFound, or Unavailable when it is damaged."""
        try:
            sealed = self._path(name).read_text(encoding="ascii")
        except FileNotFoundError:
            raise NotFound(f"the key store has no secret {name}") from None
        except (OSError, UnicodeDecodeError):
            raise Unavailable(f"the secret {name} cannot be read; set it anew") from None
        return self.unseal(sealed, f"secret:{name}")

    def delete(self, name: str) -> None:
        """Forget a named secret; an absent one is no error."""
        self._path(name).unlink(missing_ok=True)

    def names(self) -> tuple[str, ...]:
        """The names of all kept secrets, sorted."""
        return tuple(sorted(path.stem for path in self._folder.folder("keystore").glob("*.sealed")))

    def _path(self, name: str) -> Path:
        self._folder.folder("keystore")
        return self._folder.path("keystore", f"{name}.sealed")


def wipe(folder: DataFolder) -> None:
    """Forget the device key and every kept secret; what was sealed can never be read again."""
    directory = folder.path("keystore")
    if not directory.is_dir():
        return
    for path in directory.iterdir():
        if path.is_file() and not path.is_symlink():
            with path.open("r+b") as out:
                out.write(b"\0" * path.stat().st_size)
                os.fsync(out.fileno())
        path.unlink()
    directory.rmdir()
