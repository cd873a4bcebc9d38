"""The certificates that the camera keeps: those with private keys, which servers show, and those of authorities.

One of the first kind is the camera's own, ``camera``: self-signed, ECDSA P-256, made at the first start and renewed by itself in its last
30 days with the same private key, so that whoever pinned the key keeps his trust. All others are made or handed in by an administrator and
never touched. A *request* is a key that waits for its certificate.

Each one is one file, put in place at once, readable by the owner only: certificates (or the request) in PEM and the private key encrypted
with a passphrase from the key store. Nothing is in two files, so a crash leaves the old state or the new one. No method gives a private
key away. What TLS would refuse to load is refused before anything is replaced.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from panocam.access import pem
from panocam.access.issue import VALID_DAYS, KeyType, Names, Wanted, self_signed, signing_request
from panocam.access.keystore import KeyStore
from panocam.clock import Clock
from panocam.errors import Denied, InvalidValue, NotFound, Unavailable
from panocam.settings import DataFolder, atomic

log = logging.getLogger(__name__)

RENEW_DAYS = 30
CAMERA = "camera"
"""Name of the camera's own certificate."""

MAX_CERTIFICATES = 100
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2: forward secrecy and authenticated encryption only. TLS 1.3 has nothing else."""

_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)  # a machine without a battery-backed clock starts in 1970
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_SUFFIX = ".pem"
_OWN_FILE = "https"
"""File name of the camera's own certificate, without its suffix."""


@dataclass(frozen=True)
class Entry:
    """A key with its certificate and chain, or with the request that waits for one. ``path`` is its file."""

    name: str
    path: Path
    key: pem.PrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()
    request: x509.CertificateSigningRequest | None = None

    @property
    def own(self) -> bool:
        """Whether it is the camera's own."""
        return self.name == CAMERA

    @property
    def certificate(self) -> x509.Certificate:
        """Its own certificate. Raises Denied while there is only a request."""
        if not self.chain:
            raise Denied(f"certificate {self.name} is a request so far: upload the signed answer first")
        return self.chain[0]


class Certificates:
    """All of them. Open it with ``Certificates.open``; methods are called on the event loop.

    ``in_use`` says which names servers show; those cannot be deleted. ``changed`` is told when a name has another certificate than before.
    """

    def __init__(self, folder: DataFolder, keystore: KeyStore, clock: Clock, names: Names) -> None:
        self._folder, self._authority_folder = folder.folder("certificates"), folder.folder("certificates", "authorities")
        self._passphrase = keystore.derive("certificate key").hex().encode()
        self._clock, self._names = clock, names
        self._lock = asyncio.Lock()
        self._entries: dict[str, Entry] = {}
        self._authorities: dict[str, x509.Certificate] = {}
        self.in_use: Callable[[], frozenset[str]] = frozenset
        self.changed: Callable[[str], None] = lambda name: None

    @classmethod
    def open(cls, folder: DataFolder, keystore: KeyStore, clock: Clock, names: Names) -> Certificates:
        """Load them; make the camera's own if there is none or it is unreadable, renew it if it is time.

        Raises Unavailable when that cannot be saved. Others that are unreadable are left out, with a warning.
        """
        self = cls(folder, keystore, clock, names)
        self._load()
        if CAMERA not in self._entries:
            self._entries[CAMERA] = self._make_own(KeyType.EC_P256.generate())
        self.renew_if_due()
        return self

    def __iter__(self) -> Iterator[Entry]:
        return iter(sorted(self._entries.values(), key=lambda entry: (not entry.own, entry.name.lower())))

    def get(self, name: str) -> Entry:
        """Raises NotFound."""
        entry = self._entries.get(name)
        if entry is None:
            raise NotFound(f"there is no certificate {name[:64]!r}")
        return entry

    def authorities(self) -> dict[str, x509.Certificate]:
        """The certificates of authorities by name."""
        return dict(sorted(self._authorities.items()))

    def authority(self, name: str) -> x509.Certificate:
        """Raises NotFound."""
        if name not in self._authorities:
            raise NotFound(f"there is no CA certificate {name[:64]!r}")
        return self._authorities[name]

    def shown_chain(self, entry: Entry) -> tuple[x509.Certificate, ...]:
        """What a server sends: the chain, and what of it is only known as an authority's; roots are left out, as clients have them."""
        if not entry.chain:
            return ()
        known = pem.follow(entry.certificate, (*entry.chain, *self._authorities.values()))
        return tuple(each for each in known if each is entry.certificate or not pem.self_signed(each))

    def trouble(self, certificate: x509.Certificate) -> str:
        """What is wrong with its dates by the camera's clock; empty when nothing is."""
        now = self.now()
        if certificate.not_valid_after_utc <= now:
            return "expired"
        if certificate.not_valid_before_utc > now:
            return "not valid yet: is the camera's clock right?"
        days = (certificate.not_valid_after_utc - now).days
        return f"expires in {days} days" if days < RENEW_DAYS else ""

    def now(self) -> datetime:
        """The time that certificates are judged by."""
        return max(_EARLIEST, pem.utc(self._clock.wall_ns()))

    # --- changes

    async def self_sign(self, name: str, wanted: Wanted) -> Entry:
        """Make a key and a certificate that vouches for itself. Raises InvalidValue, Unavailable."""

        def make() -> Entry:
            key = wanted.key.generate()
            made = self_signed(wanted.subject, wanted.alternatives(), wanted.days, key, self.now())
            return Entry(name, self._path(name), key, (made,))

        return await self._add(name, make)

    async def make_request(self, name: str, wanted: Wanted) -> Entry:
        """Make a key and the request for a certificate authority. Raises InvalidValue, Unavailable."""

        def make() -> Entry:
            key = wanted.key.generate()
            return Entry(name, self._path(name), key, request=signing_request(wanted, key))

        return await self._add(name, make)

    async def upload(self, name: str, certificate: bytes, key: bytes = b"", password: str = "") -> Entry:
        """Take in a certificate with its key and chain. Raises InvalidValue, Unavailable."""

        def make() -> Entry:
            identity = pem.read_identity(certificate, key, password)
            pem.check_server(identity.chain[0], self.now())
            return Entry(name, self._path(name), identity.key, identity.chain)

        return await self._add(name, make)

    async def answer(self, name: str, certificate: bytes) -> Entry:
        """The signed answer to a request, or a newer certificate for the same key, with its chain if it has one.

        What servers show changes at once. Raises NotFound, Denied for the camera's own, InvalidValue, Unavailable.
        """
        async with self._lock:
            old = self.get(name)
            if old.own:
                raise Denied("the camera renews its own certificate by itself; upload another one beside it")

            def make() -> Entry:
                chain = pem.in_order(pem.read_certificates(certificate), old.key)
                pem.check_server(chain[0], self.now())
                return replace(old, chain=chain, request=None)

            entry = await asyncio.to_thread(lambda: self._kept(make()))
            self._entries[name] = entry
            log.info("certificate %s was replaced, %s", name, pem.fingerprint(entry.certificate))
            self.changed(name)
            return entry

    async def delete(self, name: str) -> None:
        """Forget a certificate and its key. Raises NotFound; Denied for one in use and for the camera's own."""
        async with self._lock:
            entry = self.get(name)
            if entry.own:
                raise Denied("the camera's own certificate stays: it is what is shown when no other can be")
            if name in self.in_use():
                raise Denied(f"certificate {name} is in use: choose another one for HTTPS and RTSPS first")
            del self._entries[name]
            await asyncio.to_thread(entry.path.unlink, missing_ok=True)
            log.info("certificate %s was deleted", name)

    async def add_authority(self, name: str, certificate: bytes) -> x509.Certificate:
        """Take in the certificate of an authority. Raises InvalidValue, Unavailable."""
        async with self._lock:
            self._check_name(name, self._authorities)
            found = pem.read_certificates(certificate)
            if len(found) > 1:
                pem.refuse("certificate", f"is {len(found)} certificates: upload each of them with a name of its own")
            pem.check_authority(found[0], self.now())
            await asyncio.to_thread(atomic.write, self._authority_folder / f"{name}{_SUFFIX}", pem.pem_of(found).encode())
            self._authorities[name] = found[0]
            log.info("CA certificate %s was added", name)
        self._chains_changed()
        return found[0]

    async def delete_authority(self, name: str) -> None:
        """Forget it. Raises NotFound."""
        async with self._lock:
            self.authority(name)
            del self._authorities[name]
            await asyncio.to_thread((self._authority_folder / f"{name}{_SUFFIX}").unlink, missing_ok=True)
            log.info("CA certificate %s was deleted", name)
        self._chains_changed()

    def renew_if_due(self) -> bool:
        """Renew the camera's own certificate in its last ``RENEW_DAYS`` days; call it once a day. True if it was renewed."""
        soon = self.now() + timedelta(days=RENEW_DAYS)
        for name in self.in_use() - {CAMERA}:
            until = self.get(name).certificate.not_valid_after_utc
            if until <= soon:
                log.warning("certificate %s expires at %s; install a new one", name, until.isoformat())
        own = self._entries[CAMERA]
        if own.certificate.not_valid_after_utc > soon:
            return False
        self._entries[CAMERA] = self._make_own(own.key)
        self.changed(CAMERA)
        return True

    def rename(self, names: Names) -> None:
        """Vouch for these names from now on: the camera's own certificate is made anew with its key, where it lacks one of the hosts."""
        self._names = names
        own = self._entries[CAMERA]
        vouched = own.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
        if {host.lower() for host in names.hosts} - set(vouched):
            self._entries[CAMERA] = self._make_own(own.key)
            self.changed(CAMERA)

    # --- TLS

    def context(self, name: str) -> ssl.SSLContext:
        """A server's TLS context that shows this certificate: TLS 1.2 or later. Raises NotFound, Denied (only a request), Unavailable."""
        entry = self.get(name)
        shown = self.shown_chain(entry) or (entry.certificate,)
        try:
            return self._loaded(entry, shown)
        except (OSError, ssl.SSLError) as fault:
            raise Unavailable(f"certificate {name} cannot be used ({fault}); delete it and install it anew") from None

    def _loaded(self, entry: Entry, chain: tuple[x509.Certificate, ...]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(CIPHERS)
        context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
        loaded = entry.path.with_name(f"{entry.path.name}.{secrets.token_hex(4)}")
        staged = atomic.stage(loaded, self._encoded(replace(entry, chain=chain)))
        try:  # OpenSSL reads certificates from files only
            context.load_cert_chain(staged, password=self._passphrase)
        finally:
            staged.unlink(missing_ok=True)
        return context

    # --- files

    def _path(self, name: str) -> Path:
        return self._folder / f"{_OWN_FILE if name == CAMERA else f'{name}.server'}{_SUFFIX}"

    async def _add(self, name: str, make: Callable[[], Entry]) -> Entry:
        async with self._lock:
            self._check_name(name, self._entries)
            entry = await asyncio.to_thread(lambda: self._kept(make()))
            self._entries[name] = entry
            log.info("certificate %s was added", name)
            return entry

    def _check_name(self, name: str, taken: dict[str, Entry] | dict[str, x509.Certificate]) -> None:
        if not _NAME.fullmatch(name):
            raise InvalidValue(
                "name", name, "must be 1 to 64 letters, digits, dots, dashes or underscores, with a letter or digit at each end"
            )
        if name.lower() in {each.lower() for each in taken}:
            raise InvalidValue("name", name, "is taken; choose another, or delete the old one first")
        if len(taken) >= MAX_CERTIFICATES:
            raise InvalidValue("name", name, f"there are {MAX_CERTIFICATES} certificates already; delete one first")

    def _kept(self, entry: Entry) -> Entry:
        """Saved, if TLS takes it. Raises InvalidValue, Unavailable."""
        if entry.chain:
            try:
                self._loaded(entry, entry.chain)
            except ssl.SSLError as fault:
                pem.refuse("certificate", f"is refused by TLS ({fault.reason or fault}): its signature or its key may be too weak")
        atomic.write(entry.path, self._encoded(entry))
        return entry

    def _encoded(self, entry: Entry) -> bytes:
        encryption = serialization.BestAvailableEncryption(self._passphrase)
        key = entry.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        request = b"" if entry.request is None else entry.request.public_bytes(serialization.Encoding.PEM)
        return request + pem.pem_of(entry.chain).encode() + key

    def _load(self) -> None:
        for left in self._folder.glob(f".*{_SUFFIX}.*"):  # by a crash
            left.unlink(missing_ok=True)
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            name = CAMERA if path.stem == _OWN_FILE else path.name.removesuffix(f".server{_SUFFIX}")
            if path.is_file() and not path.is_symlink() and not path.name.startswith(".") and (entry := self._read(name, path)) is not None:
                self._entries[name] = entry
        for path in sorted(self._authority_folder.glob(f"*{_SUFFIX}")):
            try:
                self._authorities[path.stem] = x509.load_pem_x509_certificate(path.read_bytes())
            except (OSError, ValueError) as fault:
                log.warning("CA certificate %s cannot be read (%s); it is left out", path.stem, fault)

    def _read(self, name: str, path: Path) -> Entry | None:
        try:
            data = path.read_bytes()
            key = serialization.load_pem_private_key(data, self._passphrase)
            if not isinstance(key, pem.PrivateKey):
                raise ValueError("an unexpected kind of key")
            if b"BEGIN CERTIFICATE REQUEST" in data:
                return Entry(name, path, key, request=x509.load_pem_x509_csr(data))
            return Entry(name, path, key, tuple(x509.load_pem_x509_certificates(data)))
        except (OSError, ValueError, TypeError) as fault:
            mended = "a new certificate is made" if name == CAMERA else "it is left out"
            log.warning("%s cannot be read (%s); %s", path, fault, mended)
            return None

    def _make_own(self, key: pem.PrivateKey) -> Entry:
        made = self_signed(self._names.subject, self._names.alternatives(), VALID_DAYS, key, self.now())
        entry = self._kept(Entry(CAMERA, self._path(CAMERA), key, (made,)))
        log.info("made a self-signed certificate for %s, valid until %s", self._names.label, made.not_valid_after_utc.date())
        return entry

    def _chains_changed(self) -> None:
        for name in self.in_use():
            self.changed(name)
