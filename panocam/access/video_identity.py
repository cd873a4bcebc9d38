"""Who this camera is in a signed video: its signing key, the certificate of that key, and the authority that issued it.

A camera made of software has no factory, so it is its own authority: a root certificate made once, whose private key issues the
video signing certificate and is then forgotten, so that nobody can issue another. Whoever wants to know where a video is from
fetches the root from the camera once ("trust on first use") and gives it to the verifier. The certificates do not expire, because
recordings outlive every term (99991231235959Z is RFC 5280's "no date").

When the key is another one (the camera was reset, or the key moved to another store), certificates are made anew and the former ones
are kept, so that older recordings are still recognised.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from panocam.access.signing_key import SigningKey
from panocam.errors import Unavailable
from panocam.settings import DataFolder, atomic

log = logging.getLogger(__name__)

MAKER = "panocam"
FOLDER, FILE = "identity", "video-signing.pem"
_FROM = datetime(2020, 1, 1, tzinfo=UTC)  # a machine without a battery-backed clock starts long before today
_FOR_EVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True)
class VideoIdentity:
    """``leaf`` is the certificate of ``key``, issued by ``root``; ``former`` are PEM files of earlier ones."""

    key: SigningKey
    leaf: x509.Certificate
    root: x509.Certificate
    former: tuple[bytes, ...] = ()

    @classmethod
    def open(cls, folder: DataFolder, key: SigningKey, serial: str) -> VideoIdentity:
        """The certificates of ``key``, made if there are none. Raises Unavailable when they cannot be saved."""
        directory = folder.folder(FOLDER)
        path = directory / FILE
        found = _read(path)
        if found is None or _spki(found[0].public_key()) != _spki(key.public) or serial not in found[0].subject.rfc4514_string():
            if found is not None:
                _keep(path)
            found = _make(key, serial)
            atomic.write(path, b"".join(certificate.public_bytes(Encoding.PEM) for certificate in found))
            log.info("made a video signing certificate for %s", serial)
        former = tuple(old.read_bytes() for old in sorted(directory.glob("former-*.pem")))
        return cls(key, *found, former)

    @property
    def public_pem(self) -> str:
        """The public key as it travels in the video."""
        return self.key.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def chain_pem(self) -> str:
        """The certificates that travel in the video: all but the root."""
        return self.leaf.public_bytes(Encoding.PEM).decode()

    @property
    def certificates_pem(self) -> str:
        """What a verifier needs to recognise this camera: certificate and root."""
        return self.chain_pem + self.root.public_bytes(Encoding.PEM).decode()

    @property
    def trusted_pem(self) -> bytes:
        """The same, with those of former keys."""
        return b"".join((self.certificates_pem.encode(), *self.former))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, in upper-case hexadecimal pairs with colons; verifiers show the same."""
        digest = hashes.Hash(hashes.SHA256())
        digest.update(_spki(self.key.public))
        return digest.finalize().hex(":").upper()


def _read(path: Path) -> tuple[x509.Certificate, x509.Certificate] | None:
    try:
        leaf, root = x509.load_pem_x509_certificates(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise Unavailable(f"{path} cannot be read: {fault.strerror}; mend its permissions") from None
    except ValueError as fault:
        log.warning("%s cannot be read (%s); new certificates are made", path, fault)
        return None
    return leaf, root


def _keep(path: Path) -> None:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(path.read_bytes())
    path.replace(path.with_name(f"former-{digest.finalize().hex()[:16]}.pem"))


def _make(key: SigningKey, serial: str) -> tuple[x509.Certificate, x509.Certificate]:
    authority = ec.generate_private_key(ec.SECP256R1())
    issuer = _name(serial, "authority")
    root = _certificate(issuer, issuer, authority.public_key(), ca=True).sign(authority, hashes.SHA256())
    leaf = _certificate(_name(serial, "video-signing"), issuer, key.public, ca=False).sign(authority, hashes.SHA256())
    return leaf, root


def _name(serial: str, purpose: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, MAKER),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{MAKER}-{serial.lower()}-{purpose}"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, serial),
        ]
    )


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, ca: bool) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(not ca, False, False, False, False, ca, ca, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_FOR_EVER)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _spki(key: object) -> bytes:
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
