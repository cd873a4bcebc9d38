"""Mail to a real server: what arrives, what is refused, and in which words."""

from __future__ import annotations

import asyncio
import re
import socket
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_kit import PASSWORD, USER, Authority, mail_server

from panocam.notify.fault import SendFault, Step
from panocam.notify.mail import Author, compose
from panocam.notify.message import Mail, Picture
from panocam.notify.sender import Passwords, Sender
from panocam.notify.trust import Trust
from panocam.settings.recipients import Email

AUTHOR = Author("Yard", "cam-yard", timezone(timedelta(hours=2)))
WALL_NS = 1_780_000_000 * 10**9


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.make()


def row(port: int, **more: Any) -> Email:
    wish = {"id": 1, "name": "Guard", "to": ["guard@example.com"], "sender": "cam@example.com", "server": "127.0.0.1", "encryption": "none"}
    return Email.model_validate({**wish, "port": port, **more})


def sender(*authorities: Authority) -> Sender:
    der = [ssl_der(each) for each in authorities]
    return Sender(Trust(lambda: der), lambda: AUTHOR)


def ssl_der(authority: Authority) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return authority.certificate.public_bytes(Encoding.DER)


async def fault(recipient: Email, passwords: Passwords = Passwords(), *authorities: Authority) -> SendFault:  # noqa: B008
    with pytest.raises(SendFault) as caught:
        await sender(*authorities).send(recipient, passwords, Mail("Subject", "Text", WALL_NS))
    assert PASSWORD not in str(caught.value)
    return caught.value


@pytest.mark.feature("EVT-32", "EVT-33")
async def test_a_message_arrives_as_it_was_meant() -> None:
    picture = Picture("yard 1.jpg", b"\xff\xd8 picture \xff\xd9")
    with mail_server() as server:
        said = await sender().send(row(server.port), Passwords(), Mail("Tür auf: 7 °C", "Grüße\nvom Hof", WALL_NS, (picture,)))
        took = server.next()
    message = took.message
    assert "250" not in said
    assert "taken as 42" in said
    assert (took.sender, took.to, took.encrypted) == ("cam@example.com", ["guard@example.com"], False)
    assert (message["Subject"], message["From"], message["To"]) == ("Tür auf: 7 °C", "Yard <cam@example.com>", "guard@example.com")
    assert parsedate_to_datetime(message["Date"]) == datetime.fromtimestamp(1_780_000_000, UTC)
    assert message["Date"].endswith("+0200")
    assert re.fullmatch(r"<[^<>@\s]+@example\.com>", message["Message-ID"])
    body = message.get_body()
    assert body is not None
    assert body.get_content().splitlines() == ["Grüße", "vom Hof"]
    [attachment] = message.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content_type(), attachment.get_content()) == (
        "yard 1.jpg",
        "image/jpeg",
        picture.data,
    )
    assert took.raw.isascii()


@pytest.mark.feature("EVT-34")
@pytest.mark.parametrize("encryption", ["ssl", "starttls"])
async def test_it_logs_in_behind_encryption(authority: Authority, tmp_path: Path, encryption: str) -> None:
    with mail_server(authority.context(tmp_path), at_once=encryption == "ssl", login=True) as server:
        recipient = row(server.port, encryption=encryption, user=USER)
        await sender(authority).send(recipient, Passwords(PASSWORD), Mail("S", "T", WALL_NS))
        took = server.next()
        assert (took.user, took.encrypted) == (USER, True)
        wrong = await fault(recipient, Passwords("not that"), authority)
        assert (wrong.step, wrong.lasting) == (Step.LOGIN, True)
        assert "535" in str(wrong)
        nobody = await fault(row(server.port, encryption=encryption), Passwords(), authority)
        assert nobody.step is Step.SENDER
        assert server.mails.empty()


@pytest.mark.parametrize("encryption", ["ssl", "starttls"])
async def test_a_certificate_that_is_not_trusted_gets_nothing(authority: Authority, tmp_path: Path, encryption: str) -> None:
    with mail_server(authority.context(tmp_path), at_once=encryption == "ssl", login=True) as server:
        recipient = row(server.port, encryption=encryption, user=USER)
        stranger = await fault(recipient, Passwords(PASSWORD))
        assert stranger.step is Step.ENCRYPTION
        assert "its certificate is not trusted: unable to get local issuer certificate" in str(stranger)
        unchecked = recipient.model_copy(update={"validate_certificate": False})
        await sender().send(unchecked, Passwords(PASSWORD), Mail("S", "T", WALL_NS))
        assert server.next().encrypted
    for host, days, words in (("mail.example", 30, "mismatch"), ("127.0.0.1", -1, "expired")):
        with mail_server(authority.context(tmp_path, host, days), at_once=encryption == "ssl") as server:
            refused = await fault(row(server.port, encryption=encryption), Passwords(), authority)
            assert (refused.step, words in str(refused)) == (Step.ENCRYPTION, True), refused
            assert server.mails.empty()


async def test_it_never_falls_back_to_the_clear(authority: Authority, tmp_path: Path) -> None:
    with mail_server() as server:
        plain = await fault(row(server.port, encryption="starttls", user=USER), Passwords(PASSWORD))
        assert (plain.step, plain.lasting) == (Step.ENCRYPTION, True)
        assert "STARTTLS" in str(plain)
        tls = await fault(row(server.port, encryption="ssl"))
        assert (tls.step, "does not speak TLS there" in str(tls)) == (Step.ENCRYPTION, True)
        assert server.mails.empty()


async def test_the_servers_own_words_come_back() -> None:
    with mail_server(refuse=frozenset({"nobody@example.com"}), later=1) as server:
        later = await fault(row(server.port))
        assert (later.step, later.lasting) == (Step.MESSAGE, False)
        assert "451 4.7.1 greylisted, come again" in str(later)
        refused = await fault(row(server.port, to=["nobody@example.com"]))
        assert (refused.step, refused.lasting) == (Step.RECIPIENT, True)
        assert "nobody@example.com refused: 550 5.1.1 no mailbox nobody@example.com here" in str(refused)
        partly = await fault(row(server.port, to=["nobody@example.com", "guard@example.com"]))
        assert "the message went to the others" in str(partly)
        assert server.next().to == ["guard@example.com"]
        closed = await fault(row(server.port, user=USER), Passwords(PASSWORD))
        assert (closed.step, "it lets nobody log in here" in str(closed)) == (Step.LOGIN, True)


async def test_addresses_in_other_letters() -> None:
    with mail_server() as server:
        recipient = row(server.port, to=["wärter@bücher.example"], sender="hof@bücher.example")
        await sender().send(recipient, Passwords(), Mail("S", "T", WALL_NS))
        took = server.next()
        assert (took.sender, took.to) == ("hof@xn--bcher-kva.example", ["wärter@xn--bcher-kva.example"])


async def test_nobody_there_and_no_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await fault(row(25, server="no-such-host.invalid"))).step is Step.NAME
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        refused = await fault(row(unused.getsockname()[1]))
    assert (refused.step, "refused" in str(refused)) == (Step.CONNECTION, True)
    monkeypatch.setattr("panocam.notify.mail.ANSWER_S", 0.05)

    async def mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hung.append(writer)

    async def other(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        writer.close()

    hung: list[asyncio.StreamWriter] = []
    for server, step in ((mute, Step.GREETING), (other, Step.GREETING)):
        listening = await asyncio.start_server(server, "127.0.0.1", 0)
        try:
            found = await fault(row(listening.sockets[0].getsockname()[1]))
            assert found.step is step
        finally:
            for writer in hung:
                writer.close()
            listening.close()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=40), st.text(max_size=40))
def test_no_words_make_another_header(subject: str, text: str, name: str, file: str) -> None:
    """Whatever stands in the words, the headers are those that are meant, each once."""
    mail = Mail(subject, text, WALL_NS, (Picture(file, b"x"),))
    raw = compose(mail, row(25), Author(name, "cam")).as_bytes()
    head = raw.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n") if not line[:1].isspace()]
    assert sorted(names) == sorted(
        [b"subject", b"from", b"to", b"date", b"message-id", b"auto-submitted", b"mime-version", b"content-type"]
    )
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
