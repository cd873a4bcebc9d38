"""Whose key is it? A signature proves that nothing was changed since somebody signed; certificates say who that was.

The reader of a video says whom to trust, with certificates: the camera's own video signing certificate, or the authority that issued
it. ONVIF's format carries the certificate inside the video; the other one only the bare key, which must then be the key of a
certificate that was given.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from cryptography.x509.oid import NameOID

from panocam.codecs.signing.document import Document, Format, Product
from panocam.codecs.signing.verdicts import Identity, Trusted
from panocam.errors import InvalidValue, RemoteProtocolError

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
LONGEST_CHAIN = 4
NAMES = {NameOID.SERIAL_NUMBER: "serialNumber"}


@dataclass(frozen=True)
class Signer:
    """The key of a document, and the certificates that came with it, the key's own first."""

    key: PublicKey
    chain: tuple[x509.Certificate, ...]

    @property
    def der(self) -> bytes:
        """The key as it is compared."""
        return _der(self.key)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key, in upper-case hexadecimal pairs with colons."""
        return fingerprint(self.der)


def fingerprint(data: bytes) -> str:
    """SHA-256 in upper-case hexadecimal pairs with colons."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)
    return digest.finalize().hex(":").upper()


def signer_of(document: Document) -> Signer:
    """Raises RemoteProtocolError when the key or the certificates in a document cannot be read."""
    try:
        if document.chain:
            chain = _certificates(document.chain.encode())
            return Signer(_known(chain[0].public_key()), chain)
        return Signer(_known(load_pem_public_key(document.key.encode())), ())
    except (ValueError, TypeError, UnsupportedAlgorithm, IndexError, x509.InvalidVersion):
        raise RemoteProtocolError("the signer's key in a signature cannot be read") from None


def _certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    with warnings.catch_warnings(action="ignore"):  # what a library thinks of a stranger's certificate is nobody's business
        chain = tuple(x509.load_pem_x509_certificates(pem)[:LONGEST_CHAIN])
        for certificate in chain:  # which are read when they are asked, so broken ones would fail later
            _ = (certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string(), certificate.not_valid_after_utc)
    return chain


def fits(format: Format, key: PublicKey, signature: bytes, digest: bytes) -> bool:
    """Whether ``signature`` was made of ``digest`` (SHA-256) with the private half of ``key``."""
    method = Prehashed(hashes.SHA256())
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, digest, ec.ECDSA(method))
        elif format.pss:
            key.verify(signature, digest, padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO), method)
        else:
            key.verify(signature, digest, padding.PKCS1v15(), method)
    except (InvalidSignature, ValueError):
        return False
    return True


class Trust:
    """Certificates that the reader trusts; without any, identities are shown but not judged."""

    def __init__(self, certificates: Sequence[x509.Certificate] = ()) -> None:
        self._certificates = tuple(certificates)

    @classmethod
    def from_pem(cls, data: bytes, name: str = "certificate") -> Trust:
        """Raises InvalidValue when there is no certificate in ``data``."""
        try:
            return cls(x509.load_pem_x509_certificates(data))
        except (ValueError, x509.InvalidVersion):
            raise InvalidValue(name, f"{len(data)} bytes", "give one or more certificates as PEM text") from None

    def judge(self, format: Format, signer: Signer, product: Product, end_us: int | None) -> Identity:
        """Who signed, and whether that is known."""
        leaf = signer.chain[0] if signer.chain else None
        named = leaf or next((known for known in self._certificates if _der_of(known) == signer.der), None)
        identity = Identity(
            format.name,
            product,
            signer.fingerprint,
            named.subject.rfc4514_string(NAMES) if named else "",
            named.issuer.rfc4514_string(NAMES) if named else "",
        )
        if not self._certificates:
            return replace(identity, reason="no certificate was given to compare the signer with")
        reason = self._objection(signer, named, product, end_us)
        return replace(identity, trusted=Trusted.NO if reason else Trusted.YES, reason=reason)

    def _objection(self, signer: Signer, named: x509.Certificate | None, product: Product, end_us: int | None) -> str:
        if named is None or not (_der_of(named) == signer.der and self._reaches(signer, named)):
            return "the signing key belongs to none of the certificates that were given"
        if end_us is not None and _moment(end_us) > named.not_valid_after_utc:
            return f"the certificate had expired ({named.not_valid_after_utc:%Y-%m-%d}) when the video was signed"
        serials = [str(part.value) for part in named.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)]
        if serials and product.serial not in serials:
            return f"the video says that it is from {product.serial or 'a camera without a number'}, its certificate is of {serials[0]}"
        return ""

    def _reaches(self, signer: Signer, named: x509.Certificate) -> bool:
        """Whether a certificate that is trusted is met on the way up from ``named``."""
        for certificate, above in zip((named, *signer.chain[1:]), (*signer.chain[1:], None), strict=False):
            if certificate in self._certificates or any(_issued(certificate, known) for known in self._certificates):
                return True
            if above is None or not _issued(certificate, above):
                return False
        return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound, x509.DuplicateExtension):
        return False
    return True


def _moment(time_us: int) -> datetime:
    latest = datetime(9999, 12, 31, tzinfo=UTC)
    return datetime.fromtimestamp(max(0, time_us) / 1e6, UTC) if time_us < latest.timestamp() * 1e6 else latest


def _known(key: object) -> PublicKey:
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise ValueError("neither EC nor RSA")
    return key


def _der(key: PublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _der_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
