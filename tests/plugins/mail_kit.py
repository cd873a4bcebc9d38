"""Mail servers with real sockets, TLS and logins, and the certificates that they show."""

from __future__ import annotations

import asyncio
import queue
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "camera@example.com", "p4ss of the m@il server"


@dataclass(frozen=True)
class Authority:
    """One that signs certificates, and certificates of its own making."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(key, _sign(_name("Test authority"), key, _name("Test authority"), key, [], authority=True))

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def server(self, folder: Path, host: str = "127.0.0.1", days: int = 30) -> Path:
        """A file with key and certificate of a server."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.IPAddress(ip_address(host))] if host[:1].isdigit() else [x509.DNSName(host)]
        made = _sign(_name(host), key, self.certificate.subject, self.key, names, days=days)
        path = folder / f"{host}.{days}.pem"
        form = serialization.PrivateFormat.PKCS8
        secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
        return path

    def context(self, folder: Path, host: str = "127.0.0.1", days: int = 30) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.server(folder, host, days))
        return made


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _sign(
    subject: x509.Name, key: Any, issuer: x509.Name, by: Any, names: list[Any], *, authority: bool = False, days: int = 30
) -> x509.Certificate:
    now = datetime.now(UTC)
    begin = now - timedelta(days=60)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if authority:
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        made = made.add_extension(usage, critical=True)
    if names:
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return made.sign(by, hashes.SHA256())


@dataclass
class Took:
    """A message as it came."""

    sender: str
    to: list[str]
    message: EmailMessage
    raw: bytes
    user: str | None
    encrypted: bool


@dataclass
class MailServer:
    """``refuse``: mailboxes that it does not know; ``later``: how many messages it puts off first. What came is in ``mails``."""

    port: int = 0
    refuse: frozenset[str] = frozenset()
    later: int = 0
    mails: queue.Queue[Took] = field(default_factory=queue.Queue)

    def next(self) -> Took:
        return self.mails.get(timeout=30)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if address in self.refuse:
            return f"550 5.1.1 no mailbox {address} here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.later:
            self.later -= 1
            return "451 4.7.1 greylisted, come again"
        raw = cast(bytes, envelope.original_content)
        message = cast(EmailMessage, message_from_bytes(raw, policy=default))
        user = session.auth_data.decode() if session.authenticated else None
        self.mails.put(
            Took(str(envelope.mail_from), envelope.rcpt_tos, message, raw, user, server.transport.get_extra_info("ssl_object") is not None)
        )
        return "250 2.0.0 taken as 42"


def _login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False, auth_data=USER.encode()) if right else AuthResult(success=False, handled=False)


@contextmanager
def mail_server(tls: ssl.SSLContext | None = None, *, at_once: bool = False, login: bool = False, **more: Any) -> Iterator[MailServer]:
    """``tls`` by STARTTLS, or with ``at_once`` from the first byte; ``login``: nobody sends without."""
    warnings.filterwarnings("ignore", message="Requiring AUTH while not requiring TLS")  # the whole connection is TLS
    made = MailServer(**more)
    starts = None if at_once else tls

    def protocol() -> SMTP:
        return SMTP(
            made, enable_SMTPUTF8=True, hostname="mail.test", tls_context=starts, require_starttls=starts is not None,
            authenticator=_login if login else None, auth_required=login, auth_require_tls=not at_once, loop=loop,
        )  # fmt: skip

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listen = loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if at_once else None)
    server = asyncio.run_coroutine_threadsafe(listen, loop).result(10)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:

        async def end() -> None:
            server.close()
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
