"""Mail by SMTP: one connection for each message, encrypted as the recipient says and never less."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, make_msgid
from typing import TypeVar

import aiosmtplib
from aiosmtplib.errors import (
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from panocam.clock import NS
from panocam.notify.fault import SendFault, Step, ssl_cause, unreached, untrusted
from panocam.notify.message import Mail, one_line
from panocam.notify.reach import connect
from panocam.settings.hosts import bracketed, mail_wire, wire
from panocam.settings.recipients import Email, Encryption

ANSWER_S = 20.0
"""How long a server may take for a step; sending what is large has the time of the whole besides."""

DATA_S = 60.0
WIRE, WIRE_UTF8 = SMTP.clone(cte_type="7bit"), SMTPUTF8.clone(cte_type="7bit")
"""Not every server takes more than seven bits."""
T = TypeVar("T")


@dataclass(frozen=True)
class Author:
    """Who writes: the name beside the address, the machine that greets, the zone of dates."""

    name: str
    machine: str
    zone: tzinfo | None = None


def compose(mail: Mail, row: Email, author: Author) -> EmailMessage:
    """The message as it goes out. Headers hold one line each, whatever stands in the words."""
    sender = mail_wire(row.sender)
    message = EmailMessage(policy=WIRE)
    message["Subject"] = one_line(mail.subject)[:900]
    message["From"] = _address(row.sender, one_line(author.name))
    message["To"] = [_address(each) for each in row.to]
    message["Date"] = format_datetime(datetime.fromtimestamp(mail.wall_ns // NS, UTC).astimezone(author.zone))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    for picture in mail.pictures:
        message.add_attachment(picture.data, "image", "jpeg", filename=one_line(picture.name))
    return message


def _address(mailbox: str, name: str = "") -> Address:
    local, _, domain = mail_wire(mailbox).rpartition("@")
    return Address(name, local, domain)


async def send_mail(row: Email, password: str, message: EmailMessage, context: ssl.SSLContext, author: Author) -> str:
    """Hand a message over; returns the server's last words. Raises SendFault, also when only some of the mailboxes were refused."""
    where = f"{bracketed(row.server)}:{row.port}"
    async with _session(row, where, context, author) as server:
        if row.user:
            await _step(Step.LOGIN, where, server.login(row.user, password, timeout=ANSWER_S), _login_words)
        return await _hand_over(server, row, where, message)


@contextlib.asynccontextmanager
async def _session(row: Email, where: str, context: ssl.SSLContext, author: Author) -> AsyncIterator[aiosmtplib.SMTP]:
    made = await connect(row.server, row.port)
    tls = row.encryption is Encryption.SSL
    server = aiosmtplib.SMTP(
        hostname=wire(row.server), sock=made, use_tls=tls, start_tls=False, tls_context=context, local_hostname=_greeter(author.machine),
        timeout=ANSWER_S,
    )  # fmt: skip
    try:
        await _step(Step.GREETING, where, server.connect())
        await _step(Step.GREETING, where, server.ehlo())
        if row.encryption is Encryption.STARTTLS:
            if not server.supports_extension("starttls"):
                remedy = "it offers no encryption here (STARTTLS); choose another port or encryption"
                raise SendFault(Step.ENCRYPTION, f"{where}: {remedy}", lasting=True)
            await _step(Step.ENCRYPTION, where, server.starttls(server_hostname=wire(row.server)))
            await _step(Step.GREETING, where, server.ehlo())
        yield server
        with contextlib.suppress(SMTPException, OSError):  # the message is there already
            await server.quit(timeout=1.0)
    finally:
        transport = server.transport  # the socket is its own; where a handshake failed, it is closed already
        server.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


async def _hand_over(server: aiosmtplib.SMTP, row: Email, where: str, message: EmailMessage) -> str:
    utf8 = not all(address.isascii() for address in (row.sender.rpartition("@")[0], *(each.rpartition("@")[0] for each in row.to)))
    if utf8 and not server.supports_extension("smtputf8"):
        raise SendFault(Step.SENDER, f"{where}: it takes addresses of Latin letters only", lasting=True)
    data = message.as_bytes(policy=WIRE_UTF8 if utf8 else WIRE)
    options = [*(["SMTPUTF8"] if utf8 else []), *([f"SIZE={len(data)}"] if server.supports_extension("size") else [])]
    encoding = "utf-8" if utf8 else "ascii"
    await _step(Step.SENDER, where, server.mail(mail_wire(row.sender), options=options, encoding=encoding))
    refused: list[SendFault] = []
    for mailbox in row.to:
        try:
            await _step(Step.RECIPIENT, where, server.rcpt(mail_wire(mailbox), encoding=encoding))
        except SendFault as fault:
            if len(refused) + 1 == len(row.to) or fault.step is not Step.RECIPIENT:
                raise
            refused.append(fault)
    reply = await _step(Step.MESSAGE, where, server.data(data, timeout=DATA_S))
    if refused:
        words = f"{'; '.join(fault.words for fault in refused)} (the message went to the others)"
        raise SendFault(Step.RECIPIENT, words, lasting=True)
    return _said(reply.message)


async def _step(step: Step, where: str, work: Awaitable[T], words: Callable[[SMTPException], str] | None = None) -> T:
    """``work``, with its faults in our words."""
    try:
        return await work
    except SMTPResponseException as fault:
        whom = f"{fault.recipient} " if isinstance(fault, SMTPRecipientRefused) else ""
        lasting = fault.code >= 500
        raise SendFault(step, f"{where}: {whom}refused: {fault.code} {_said(fault.message)}", lasting=lasting) from None
    except (SMTPException, OSError) as fault:
        if (tls := ssl_cause(fault)) is not None:
            raise untrusted(where, tls) from None
        if isinstance(fault, SMTPNotSupported):
            raise SendFault(step, f"{where}: {_said(str(fault))}", lasting=True) from None
        if isinstance(fault, TimeoutError):
            raise SendFault(step, f"{where}: it did not answer within {ANSWER_S:g} s") from None
        if isinstance(fault, SMTPServerDisconnected | OSError):
            raise SendFault(step, f"{where}: it broke the connection off") if step is not Step.GREETING else _silent(where, fault) from None
        raise SendFault(step, f"{where}: {words(fault) if words else _said(str(fault))}", lasting=True) from None


def _silent(where: str, fault: BaseException) -> SendFault:
    if isinstance(fault.__cause__, OSError) and not isinstance(fault.__cause__, SMTPServerDisconnected):
        return unreached(where, fault.__cause__)
    return SendFault(Step.GREETING, f"{where}: it broke the connection off; is that a mail server, with this encryption?")


def _login_words(fault: SMTPException) -> str:
    if "AUTH extension" in str(fault):
        return "it lets nobody log in here; leave the user empty, or use encryption"
    return "it knows no way to log in that this camera knows (PLAIN, LOGIN, CRAM-MD5)"


def _said(words: str) -> str:
    return one_line(words.replace("\n", " / "))[:300]


def _greeter(machine: str) -> str:
    """The camera's name as a greeting may have it."""
    try:
        return wire(machine)
    except ValueError:
        return "localhost"
