"""The certificate of HTTPS and RTSPS: self-signed at first start, replaceable, exchanged without a restart.

Ours is ECDSA P-256, valid 825 days (the longest that every common system accepts from a certificate it has been told to trust), and
renewed by itself in its last 30 days; the private key stays the same, so that whoever pinned the key keeps his trust. One that was
installed is never touched. Key and certificate are one file, readable by the owner only, the key encrypted with a passphrase from the
key store.

Servers hold one TLS context for ever; at each handshake it hands over to the context of the certificate in use. (Loading another
certificate into the same context would not do: OpenSSL keeps one for each kind of key, and might go on presenting the old one.)
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from panocam.access.keystore import KeyStore
from panocam.clock import NS, Clock
from panocam.errors import InvalidValue, Unavailable
from panocam.settings import DataFolder, atomic

log = logging.getLogger(__name__)

VALID_DAYS = 825
RENEW_DAYS = 30
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)  # a machine without a battery-backed clock starts in 1970
_MARK = b"# made by this camera\n"

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Names:
    """What the certificate vouches for. ``addresses`` are IPv4 or IPv6 in text; loopback is always added."""

    serial: str
    hosts: Sequence[str] = ()
    addresses: Sequence[str] = ()


@dataclass(frozen=True)
class _Pair:
    key: PrivateKey
    chain: tuple[x509.Certificate, ...]
    own: bool


class Certificates:
    """The one certificate in use. Open it with ``Certificates.open``."""

    def __init__(self, folder: DataFolder, keystore: KeyStore, clock: Clock, names: Names) -> None:
        self._path = folder.folder("certificates") / "https.pem"
        self._passphrase = keystore.derive("certificate key").hex().encode()
        self._clock, self._names = clock, names
        self._front = _new_context()
        self._front.sni_callback = self._hand_over
        self._pair = self._read() or self._make(ec.generate_private_key(ec.SECP256R1()))
        self._current = self._loaded()

    @classmethod
    def open(cls, folder: DataFolder, keystore: KeyStore, clock: Clock, names: Names) -> Certificates:
        """Load the certificate, make it if there is none or it is unreadable, renew it if it is time.

        Raises Unavailable when it cannot be saved.
        """
        self = cls(folder, keystore, clock, names)
        self.renew_if_due()
        return self

    def ssl_context(self) -> ssl.SSLContext:
        """For servers: TLS 1.2 or later. There is one, and it always presents the certificate in use."""
        return self._front

    @property
    def pem(self) -> str:
        """The certificate and its chain, without the key."""
        return "".join(cert.public_bytes(serialization.Encoding.PEM).decode() for cert in self._pair.chain)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in upper-case hexadecimal pairs with colons."""
        return self._pair.chain[0].fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def not_after(self) -> datetime:
        """When it expires, UTC."""
        return self._pair.chain[0].not_valid_after_utc

    @property
    def self_signed(self) -> bool:
        """Whether it is the camera's own."""
        return self._pair.own

    def renew_if_due(self) -> bool:
        """Renew our own certificate in its last ``RENEW_DAYS`` days; call it once a day. True if it was renewed."""
        if self._now() < self.not_after - timedelta(days=RENEW_DAYS):
            return False
        if not self._pair.own:
            log.warning("the installed certificate expires at %s; install a new one", self.not_after.isoformat())
            return False
        self._pair = self._make(self._pair.key)
        self._current = self._loaded()
        return True

    def install(self, certificate: str, key: str, password: str = "") -> None:
        """Use a certificate (PEM, with its chain after it) and its key (PEM). Raises InvalidValue when they are unreadable or do not belong
        together, Unavailable when they cannot be saved; the old ones then stay in use."""
        pair = _Pair(_parse_key(key, password), _parse_chain(certificate), own=False)
        if _public(pair.chain[0].public_key()) != _public(pair.key.public_key()):
            raise InvalidValue("key", "…", "does not belong to the certificate; give the private key the certificate was issued for")
        if pair.chain[0].not_valid_after_utc <= self._now():
            raise InvalidValue("certificate", "…", f"expired at {pair.chain[0].not_valid_after_utc.isoformat()}; get a new one")
        self._save(pair)
        self._pair = pair
        self._current = self._loaded()

    def _hand_over(self, connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, context: ssl.SSLContext) -> None:
        connection.context = self._current

    def _loaded(self) -> ssl.SSLContext:
        context = _new_context()
        try:
            context.load_cert_chain(self._path, password=self._passphrase)
        except (OSError, ssl.SSLError) as fault:
            raise Unavailable(f"{self._path} cannot be used ({fault}); remove it to have a new one made") from None
        return context

    def _read(self) -> _Pair | None:
        try:
            data = self._path.read_bytes()
            key = serialization.load_pem_private_key(data, self._passphrase)
            if not isinstance(key, PrivateKey):
                raise ValueError("an unexpected kind of key")
            return _Pair(key, tuple(x509.load_pem_x509_certificates(data)), own=data.startswith(_MARK))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as fault:
            log.warning("%s cannot be read (%s); a new certificate is made", self._path, fault)
            return None

    def _make(self, key: PrivateKey) -> _Pair:
        now = self._now()
        label = f"panocam-{self._names.serial.lower()}"
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, label), x509.NameAttribute(NameOID.SERIAL_NUMBER, self._names.serial)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=VALID_DAYS - 1))
            .add_extension(x509.SubjectAlternativeName(self._alternatives(label)), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        pair = _Pair(key, (builder.sign(key, hashes.SHA256()),), own=True)
        self._save(pair)
        log.info("made a self-signed certificate for %s, valid until %s", label, pair.chain[0].not_valid_after_utc.date())
        return pair

    def _alternatives(self, label: str) -> list[x509.GeneralName]:
        hosts = dict.fromkeys(["localhost", label, f"{label}.local", *(host.lower() for host in self._names.hosts if _plain_host(host))])
        addresses = dict.fromkeys(ip_address(a.partition("%")[0]) for a in ("127.0.0.1", "::1", *self._names.addresses))
        return [*map(x509.DNSName, hosts), *map(x509.IPAddress, addresses)]

    def _save(self, pair: _Pair) -> None:
        encryption = serialization.BestAvailableEncryption(self._passphrase)
        key = pair.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        chain = b"".join(cert.public_bytes(serialization.Encoding.PEM) for cert in pair.chain)
        atomic.write(self._path, (_MARK if pair.own else b"") + chain + key)

    def _now(self) -> datetime:
        return max(_EARLIEST, datetime.fromtimestamp(self._clock.wall_ns() / NS, UTC))


def _new_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    return context


def _parse_key(pem: str, password: str) -> PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), password.encode() or None)
    except (ValueError, TypeError):
        raise InvalidValue("key", "…", "must be a PEM private key, with its password if it has one") from None
    if not isinstance(key, PrivateKey):
        raise InvalidValue("key", "…", "must be an EC or RSA key")
    return key


def _parse_chain(pem: str) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(pem.encode()))
    except ValueError:
        raise InvalidValue("certificate", "…", "must be one or more PEM certificates, the camera's own first") from None


def _public(key: object) -> bytes:
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise InvalidValue("certificate", "…", "must be for an EC or RSA key")
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _plain_host(host: str) -> bool:
    return bool(host) and host.isascii() and len(host) <= 253 and not any(c.isspace() or c == "\0" for c in host)
