"""Certificates and private keys as people hand them in, and as facts that people read. Pure.

What is handed in may be PEM (certificates in any order, the key among them or apart), a single DER certificate, or PKCS#12. Out comes the
key with its chain in the order in which a server sends it, or one ``InvalidValue`` that names the part to blame and never shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from panocam.errors import InvalidValue

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
MIN_RSA_BITS = 2048
MAX_CHAIN = 10
HIDDEN = "…"

_KEY_BLOCK = re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----.*?-----END (?:[A-Z]+ )*PRIVATE KEY-----", re.DOTALL)
_SERVER_USES = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)


@dataclass(frozen=True)
class Identity:
    """A private key and the certificates that vouch for it, its own first."""

    key: PrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...]


@dataclass(frozen=True)
class Facts:
    """What a person reads of a certificate. Times are UTC."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    serial: str
    sha256: str
    key: str
    self_signed: bool


def refuse(name: str, remedy: str) -> NoReturn:
    """Raises InvalidValue without showing what was handed in."""
    raise InvalidValue(name, HIDDEN, remedy)


def read_identity(certificate: bytes, key: bytes, password: str) -> Identity:
    """A certificate, its key and its chain, from either of the forms above. Raises InvalidValue."""
    if b"-----BEGIN" not in certificate and not key:
        return _from_pkcs12(certificate, password)
    private = read_key(key or _key_among(certificate), password)
    return Identity(private, in_order(read_certificates(certificate), private))


def read_certificates(data: bytes, name: str = "certificate") -> tuple[x509.Certificate, ...]:
    """One certificate in DER or any number in PEM, as they stand there. Raises InvalidValue."""
    try:
        found = x509.load_pem_x509_certificates(data) if b"-----BEGIN" in data else [x509.load_der_x509_certificate(data)]
    except (ValueError, TypeError, UnsupportedAlgorithm):
        refuse(name, "must be a certificate: PEM, DER (.cer), or PKCS#12 (.p12, .pfx) together with its key")
    if len(found) > MAX_CHAIN:
        refuse(name, f"holds {len(found)} certificates; at most {MAX_CHAIN} can stand together")
    return tuple(found)


def read_key(data: bytes, password: str) -> PrivateKey:
    """A private key that can serve TLS. Raises InvalidValue."""
    load = serialization.load_pem_private_key if b"-----BEGIN" in data else serialization.load_der_private_key
    locked = b"ENCRYPTED" in data
    try:
        key = load(data, password.encode() if password and locked else None)
    except TypeError:
        refuse("password", "the private key is encrypted: give its password")
    except (ValueError, UnsupportedAlgorithm):
        if locked and password:
            refuse("password", "is wrong for this private key")
        refuse("key", "must be a private key in PEM, the one that the certificate was made for")
    return usable(key)


def usable(key: object) -> PrivateKey:
    """The key, if it is of a kind that every common client takes. Raises InvalidValue."""
    if not isinstance(key, PrivateKey):
        refuse("key", "must be an EC or RSA key; other kinds are not understood by common clients")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < MIN_RSA_BITS:
        refuse("key", f"is RSA with {key.key_size} bits; at least {MIN_RSA_BITS} are needed")
    return key


def in_order(certificates: Sequence[x509.Certificate], key: PrivateKey) -> tuple[x509.Certificate, ...]:
    """The key's own certificate first, then each one's issuer; certificates that do not belong to the chain are left out.

    Raises InvalidValue when none is for this key.
    """
    own = public_bytes(key.public_key())
    leaf = next((each for each in certificates if _key_of(each) == own), None)
    if leaf is None:
        refuse("key", "does not belong to the certificate: give the private key that the certificate was made for")
    return follow(leaf, certificates)


def follow(leaf: x509.Certificate, others: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """``leaf`` and the issuers among ``others``, nearest first."""
    chain, rest = [leaf], list(others)
    while len(chain) < MAX_CHAIN and not self_signed(chain[-1]):
        issuer = next((each for each in rest if each not in chain and issued(each, chain[-1])), None)
        if issuer is None:
            break
        chain.append(issuer)
    return tuple(chain)


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether one signed the other."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def check_server(certificate: x509.Certificate, now: datetime) -> None:
    """Raises InvalidValue unless a server can show this certificate today."""
    if certificate.not_valid_after_utc <= now:
        refuse("certificate", f"expired at {certificate.not_valid_after_utc.isoformat()}; get a new one")
    if certificate.not_valid_before_utc > now:
        begins = certificate.not_valid_before_utc.isoformat()
        refuse("certificate", f"is valid from {begins} only, and the camera's clock says {now:%Y-%m-%d %H:%M}: set the clock")
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return
    except ValueError:
        refuse("certificate", "has extensions that cannot be read")
    if not any(use in uses for use in _SERVER_USES):
        refuse("certificate", "is not for servers: its extended key usage lacks serverAuth")


def check_authority(certificate: x509.Certificate, now: datetime) -> None:
    """Raises InvalidValue unless this certificate can vouch for others today."""
    try:
        authority = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        authority = False
    if not authority:
        refuse("certificate", "is not that of a certificate authority; upload it as a server certificate, with its key")
    if certificate.not_valid_after_utc <= now:
        refuse("certificate", f"expired at {certificate.not_valid_after_utc.isoformat()}; get a new one")


def facts(certificate: x509.Certificate) -> Facts:
    """What a person reads. Damaged parts are left empty."""
    return Facts(
        subject=_name(certificate.subject),
        issuer=_name(certificate.issuer),
        names=_names(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        serial=f"{certificate.serial_number:X}",
        sha256=fingerprint(certificate),
        key=_kind(certificate),
        self_signed=self_signed(certificate),
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256, in upper-case hexadecimal pairs with colons."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def self_signed(certificate: x509.Certificate) -> bool:
    """Whether it vouches for itself."""
    return certificate.issuer == certificate.subject and issued(certificate, certificate)


def pem_of(certificates: Iterable[x509.Certificate]) -> str:
    """Certificates as text."""
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in certificates)


def public_bytes(key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> bytes:
    """A public key in the form in which two are compared."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def utc(wall_ns: int) -> datetime:
    """Wall time as certificates have it."""
    return datetime.fromtimestamp(wall_ns / 1_000_000_000, UTC)


def _key_among(data: bytes) -> bytes:
    found = _KEY_BLOCK.search(data)
    if found is None:
        refuse("key", "is missing: give the private key that the certificate was made for")
    return found[0]


def _from_pkcs12(data: bytes, password: str) -> Identity:
    try:
        key, leaf, more = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        if "password" in str(fault).lower():
            refuse("password", "is wrong for this PKCS#12 file" if password else "give the password of this PKCS#12 file")
        read_certificates(data)  # says better what is wrong with what is no certificate either
        refuse("key", "is missing: give the private key that the certificate was made for")
    if key is None or leaf is None:
        refuse("certificate", "this PKCS#12 file lacks the private key or its certificate")
    private = usable(key)
    return Identity(private, in_order((leaf, *more), private))


def _key_of(certificate: x509.Certificate) -> bytes:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return b""
    return public_bytes(key) if isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey) else b""


def _kind(certificate: x509.Certificate) -> str:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return "unknown"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return {"secp256r1": "EC P-256", "secp384r1": "EC P-384", "secp521r1": "EC P-521"}.get(key.curve.name, f"EC {key.curve.name}")
    return f"RSA {key.key_size}" if isinstance(key, rsa.RSAPublicKey) else type(key).__name__.removesuffix("PublicKey").strip("_")


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return (*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress)))
    except (x509.ExtensionNotFound, ValueError):
        return ()


def _name(name: x509.Name) -> str:
    return name.rfc4514_string() or "(empty)"
