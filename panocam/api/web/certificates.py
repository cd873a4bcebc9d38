"""The certificates, for administrators: make, request, hand in, look at, delete. Which of them is shown is a setting (``tls``).

Certificates and keys are handed in as text: PEM, or base64 of DER or PKCS#12. Private keys go in and never come out.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any, NoReturn

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pydantic import Field, SecretStr
from starlette.responses import Response

from panocam.access import pem
from panocam.access.certificates import Certificates, Entry
from panocam.access.issue import VALID_DAYS, KeyType, Wanted
from panocam.access.tls import Service, TlsDesk
from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.services import Services
from panocam.errors import NotFound, Unavailable
from panocam.settings import Role

UPLOAD_LIMIT = 256 * 1024
"""Bytes of a request that hands in certificates; a chain with its key has a tenth of that."""

_PEM_TYPE = "application/x-pem-file"


class CertificateFacts(Reply):
    """What a person reads of a certificate. ``trouble`` is empty when its dates are fine."""

    subject: str
    issuer: str
    names: list[str]
    not_before: datetime
    not_after: datetime
    serial: str
    sha256: str
    key: str
    self_signed: bool
    trouble: str


class CertificateReply(Reply):
    """A certificate with a private key, or a request that waits for its certificate (``facts`` is null)."""

    name: str
    own: bool = Field(description="the camera's own, which it renews by itself")
    used_by: list[Service]
    facts: CertificateFacts | None
    chain: list[CertificateFacts] = Field(description="issuers that are sent along, nearest first")
    issuer_known: bool = Field(description="the chain ends at a certificate authority that is kept here")


class AuthorityReply(Reply):
    """The certificate of a certificate authority."""

    name: str
    facts: CertificateFacts


class CertificatesReply(Reply):
    """Everything in the key store that is a certificate, and what can be negotiated with clients."""

    certificates: list[CertificateReply]
    authorities: list[AuthorityReply]
    ciphers: list[str]


class Named(Wish):
    """A certificate to make."""

    name: str = Field(max_length=64, description="what it is called here")
    names: list[str] = Field(max_length=50, description="host names and addresses that it vouches for")
    organization: str = Field("", max_length=64)
    country: str = Field("", max_length=2)
    key: KeyType = KeyType.EC_P256

    def wanted(self, days: int = VALID_DAYS) -> Wanted:
        """Raises InvalidValue."""
        return Wanted(tuple(self.names), self.organization, self.country, days, self.key)


class SelfSignedWish(Named):
    """A certificate that vouches for itself."""

    days: int = VALID_DAYS


class AnswerWish(Wish):
    """The signed answer to a request, with its chain."""

    certificate: str = Field(max_length=UPLOAD_LIMIT)


class AuthorityWish(AnswerWish):
    """The certificate of an authority."""

    name: str = Field(max_length=64)


class UploadWish(AuthorityWish):
    """A certificate, its private key and its chain. ``private_key`` may be left out where the certificate's file holds it."""

    private_key: SecretStr = Field(SecretStr(""), max_length=UPLOAD_LIMIT)
    password: SecretStr = Field(SecretStr(""), max_length=1024)


async def overview(call: Call[None]) -> CertificatesReply:
    """All certificates."""
    kept, desk = _kept(call.services)
    return CertificatesReply(
        certificates=[_shown(kept, desk, entry) for entry in kept],
        authorities=[AuthorityReply(name=name, facts=_facts(kept, found)) for name, found in kept.authorities().items()],
        ciphers=list(desk.ciphers),
    )


async def upload(call: Call[UploadWish]) -> CertificateReply:
    """Hand in a certificate with its key."""
    kept, desk = _kept(call.services)
    wish = call.wish
    key, password = wish.private_key.get_secret_value(), wish.password.get_secret_value()
    entry = await kept.upload(wish.name, _bytes(wish.certificate, "certificate"), _bytes(key, "key"), password)
    return _shown(kept, desk, entry)


async def self_sign(call: Call[SelfSignedWish]) -> CertificateReply:
    """Make a key and a self-signed certificate."""
    kept, desk = _kept(call.services)
    return _shown(kept, desk, await kept.self_sign(call.wish.name, call.wish.wanted(call.wish.days)))


async def make_request(call: Call[Named]) -> CertificateReply:
    """Make a key and a signing request."""
    kept, desk = _kept(call.services)
    return _shown(kept, desk, await kept.make_request(call.wish.name, call.wish.wanted()))


async def one(call: Call[None]) -> CertificateReply:
    """One certificate."""
    kept, desk = _kept(call.services)
    return _shown(kept, desk, kept.get(call.path("name")))


async def download(call: Call[None]) -> Response:
    """The certificate and its chain."""
    kept, _ = _kept(call.services)
    entry = kept.get(call.path("name"))
    return _file(entry.name, pem.pem_of((entry.certificate, *entry.chain[1:])))


async def download_request(call: Call[None]) -> Response:
    """The signing request."""
    kept, _ = _kept(call.services)
    entry = kept.get(call.path("name"))
    if entry.request is None:
        raise NotFound(f"certificate {entry.name} has its certificate already; there is no open request")
    return _file(entry.name, entry.request.public_bytes(serialization.Encoding.PEM).decode(), "csr")


async def answer(call: Call[AnswerWish]) -> CertificateReply:
    """Hand in the answer to a request, or a renewed certificate for the same key."""
    kept, desk = _kept(call.services)
    return _shown(kept, desk, await kept.answer(call.path("name"), _bytes(call.wish.certificate, "certificate")))


async def delete(call: Call[None]) -> None:
    """Delete a certificate and its key."""
    await _kept(call.services)[0].delete(call.path("name"))


async def add_authority(call: Call[AuthorityWish]) -> AuthorityReply:
    """Hand in the certificate of an authority."""
    kept, _ = _kept(call.services)
    found = await kept.add_authority(call.wish.name, _bytes(call.wish.certificate, "certificate"))
    return AuthorityReply(name=call.wish.name, facts=_facts(kept, found))


async def download_authority(call: Call[None]) -> Response:
    """The certificate of an authority."""
    name = call.path("name")
    return _file(name, pem.pem_of([_kept(call.services)[0].authority(name)]))


async def delete_authority(call: Call[None]) -> None:
    """Forget an authority."""
    await _kept(call.services)[0].delete_authority(call.path("name"))


def _kept(services: Services) -> tuple[Certificates, TlsDesk]:
    if services.certificates is None or services.tls is None:
        raise Unavailable("this camera runs without certificates")
    return services.certificates, services.tls


def _shown(kept: Certificates, desk: TlsDesk, entry: Entry) -> CertificateReply:
    chain = kept.shown_chain(entry)
    last = chain[-1] if chain else None
    return CertificateReply(
        name=entry.name,
        own=entry.own,
        used_by=[service for service in Service if desk.shows(service) == entry.name],
        facts=_facts(kept, chain[0]) if chain else None,
        chain=[_facts(kept, each) for each in chain[1:]],
        issuer_known=last is not None and any(pem.issued(each, last) for each in kept.authorities().values()),
    )


def _facts(kept: Certificates, certificate: x509.Certificate) -> CertificateFacts:
    values: dict[str, Any] = vars(pem.facts(certificate))
    return CertificateFacts(**{**values, "names": list(values["names"])}, trouble=kept.trouble(certificate))


def _bytes(text: str, name: str) -> bytes:
    if "-----BEGIN" in text or not text:
        return text.encode()
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        _neither(name)


def _neither(name: str) -> NoReturn:
    pem.refuse(name, "must be PEM text, or base64 of a DER or PKCS#12 file")


def _file(name: str, text: str, suffix: str = "pem") -> Response:
    return Response(text, media_type=_PEM_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}.{suffix}"'})


_ALL, _ONE = "/api/v1/certificates", "/api/v1/certificates/{name}"
_AUTHORITIES, _AUTHORITY = "/api/v1/ca-certificates", "/api/v1/ca-certificates/{name}"
_ADMIN = Role.ADMINISTRATOR
_POST = ("POST",)

ENDPOINTS = (
    rest(_ALL, "All certificates", overview, _ADMIN, reply=CertificatesReply),
    rest(
        _ALL,
        "Hand in a certificate with its key",
        upload,
        _ADMIN,
        methods=_POST,
        request=UploadWish,
        reply=CertificateReply,
        secret=True,
        body_limit=UPLOAD_LIMIT,
    ),
    rest(
        "/api/v1/self-signed-certificates",
        "Make a self-signed certificate",
        self_sign,
        _ADMIN,
        methods=_POST,
        request=SelfSignedWish,
        reply=CertificateReply,
    ),
    rest(
        "/api/v1/certificate-requests",
        "Make a key and a signing request",
        make_request,
        _ADMIN,
        methods=_POST,
        request=Named,
        reply=CertificateReply,
    ),
    rest(_ONE, "One certificate", one, _ADMIN, reply=CertificateReply),
    rest(_ONE, "Delete a certificate and its key", delete, _ADMIN, methods=("DELETE",), reply=Kind.NOTHING),
    rest(f"{_ONE}/pem", "The certificate and its chain, as PEM", download, _ADMIN, reply=Kind.PEM),
    rest(f"{_ONE}/request", "The signing request, as PEM", download_request, _ADMIN, reply=Kind.PEM),
    rest(
        f"{_ONE}/answer",
        "Hand in the signed answer to a request",
        answer,
        _ADMIN,
        methods=("PUT",),
        request=AnswerWish,
        reply=CertificateReply,
        body_limit=UPLOAD_LIMIT,
    ),
    rest(
        _AUTHORITIES,
        "Hand in a CA certificate",
        add_authority,
        _ADMIN,
        methods=_POST,
        request=AuthorityWish,
        reply=AuthorityReply,
        body_limit=UPLOAD_LIMIT,
    ),
    rest(_AUTHORITY, "Delete a CA certificate", delete_authority, _ADMIN, methods=("DELETE",), reply=Kind.NOTHING),
    rest(f"{_AUTHORITY}/pem", "A CA certificate, as PEM", download_authority, _ADMIN, reply=Kind.PEM),
)
