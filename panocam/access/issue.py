"""Making private keys, self-signed certificates and signing requests. Pure; keys of RSA take up to seconds, so call it in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from panocam.access.pem import PrivateKey
from panocam.errors import InvalidValue

VALID_DAYS = 825
"""The longest that every common system accepts from a certificate that it has been told to trust."""

MAX_DAYS = 7300
MAX_NAMES = 50


class KeyType(StrEnum):
    """Kinds of keys that can be made."""

    EC_P256 = "ec-p256"
    EC_P384 = "ec-p384"
    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    RSA_4096 = "rsa-4096"

    def generate(self) -> PrivateKey:
        return _MAKERS[self]()


_MAKERS: dict[KeyType, Callable[[], PrivateKey]] = {
    KeyType.EC_P256: lambda: ec.generate_private_key(ec.SECP256R1()),
    KeyType.EC_P384: lambda: ec.generate_private_key(ec.SECP384R1()),
    KeyType.RSA_2048: lambda: rsa.generate_private_key(65_537, 2048),
    KeyType.RSA_3072: lambda: rsa.generate_private_key(65_537, 3072),
    KeyType.RSA_4096: lambda: rsa.generate_private_key(65_537, 4096),
}


@dataclass(frozen=True)
class Names:
    """What the camera's own certificate vouches for. ``addresses`` are IPv4 or IPv6 in text; loopback is always added."""

    serial: str
    hosts: Sequence[str] = ()
    addresses: Sequence[str] = ()

    @property
    def label(self) -> str:
        return f"panocam-{self.serial.lower()}"

    @property
    def subject(self) -> x509.Name:
        return x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, self.label), x509.NameAttribute(NameOID.SERIAL_NUMBER, self.serial.upper())]
        )

    def alternatives(self) -> list[x509.GeneralName]:
        hosts = dict.fromkeys(["localhost", self.label, f"{self.label}.local", *(h.lower() for h in self.hosts if plain_host(h))])
        addresses = dict.fromkeys(ip_address(a.partition("%")[0]) for a in ("127.0.0.1", "::1", *self.addresses))
        return [*map(x509.DNSName, hosts), *map(x509.IPAddress, addresses)]


@dataclass(frozen=True)
class Wanted:
    """A certificate that a person asks for. ``names`` are host names and addresses; the first one also becomes the common name."""

    names: Sequence[str]
    organization: str = ""
    country: str = ""
    days: int = VALID_DAYS
    key: KeyType = KeyType.EC_P256

    def __post_init__(self) -> None:
        if not 1 <= len(self.names) <= MAX_NAMES:
            raise InvalidValue("names", len(self.names), f"give 1 to {MAX_NAMES} host names or addresses")
        for name in self.names:
            _alternative(name)
        if not 1 <= self.days <= MAX_DAYS:
            raise InvalidValue("days", self.days, f"use 1 to {MAX_DAYS}")
        if len(self.organization) > 64 or not self.organization.isprintable():
            raise InvalidValue("organization", self.organization, "must be at most 64 printable characters")
        if self.country and not (len(self.country) == 2 and self.country.isascii() and self.country.isalpha()):
            raise InvalidValue("country", self.country, "must be two letters, such as SE")

    @property
    def subject(self) -> x509.Name:
        parts = [(NameOID.COUNTRY_NAME, self.country.upper()), (NameOID.ORGANIZATION_NAME, self.organization)]
        parts.append((NameOID.COMMON_NAME, self.names[0][:64]))
        return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts if text])

    def alternatives(self) -> list[x509.GeneralName]:
        return list(dict.fromkeys(map(_alternative, self.names)))


def self_signed(
    subject: x509.Name, alternatives: Iterable[x509.GeneralName], days: int, key: PrivateKey, now: datetime
) -> x509.Certificate:
    """A certificate for servers that vouches for itself, valid from yesterday, because clocks differ."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days - 1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def signing_request(wanted: Wanted, key: PrivateKey) -> x509.CertificateSigningRequest:
    """What is sent to a certificate authority (PKCS#10)."""
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(wanted.subject)
        .add_extension(x509.SubjectAlternativeName(wanted.alternatives()), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def plain_host(host: str) -> bool:
    """Whether a certificate can vouch for that host name."""
    return bool(host) and host.isascii() and len(host) <= 253 and not any(c.isspace() or c == "\0" for c in host)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        pass
    labels = name.removeprefix("*.").split(".")
    fine = all(0 < len(label) <= 63 and label.strip("-") == label and label.replace("-", "").replace("_", "").isalnum() for label in labels)
    if not fine or not plain_host(name):
        raise InvalidValue("names", name, "must be host names such as camera.example.com, or IP addresses")
    return x509.DNSName(name.lower())
