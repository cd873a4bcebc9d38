"""Certificates that administrators make and hand in: every form, every mistake, crashes in the middle, and what TLS then shows."""

from __future__ import annotations

import asyncio
import datetime
import os
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import copies
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panocam.access import KeyStore, pem
from panocam.access.certificates import CAMERA, Certificates
from panocam.access.issue import KeyType, Names, Wanted
from panocam.access.tls import Service, TlsDesk
from panocam.clock import ManualClock
from panocam.errors import Denied, InvalidValue, NotFound, PanocamError
from panocam.settings import DataFolder
from panocam.settings.tls import Tls, TlsVersion

NOW = 1_790_000_000 * 1_000_000_000  # September 2026
START = datetime.datetime.fromtimestamp(NOW / 1e9, datetime.UTC)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass
class Issued:
    """A certificate somebody made, with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def private(self, password: str = "") -> bytes:
        lock = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)

    def pkcs12(self, password: str, *chain: x509.Certificate) -> bytes:
        lock = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
        return pkcs12.serialize_key_and_certificates(b"x", self.key, self.certificate, chain, lock)


def issue(
    name: str,
    by: Issued | None = None,
    key: Key | None = None,
    *,
    authority: bool = False,
    days: int = 30,
    begin: int = -60,
    use: x509.ObjectIdentifier | None = None,
    public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey | None = None,
) -> Issued:
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(public or key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START + datetime.timedelta(days=begin))
        .not_valid_after(START + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if use is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    return Issued(builder.sign(by.key if by else key, hashes.SHA256()), key)


@pytest.fixture(scope="module")
def root() -> Issued:
    return issue("Root", authority=True)


@pytest.fixture(scope="module")
def middle(root: Issued) -> Issued:
    return issue("Middle", root, authority=True)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def opened(folder: DataFolder) -> Certificates:
    return Certificates.open(folder, KeyStore.open(folder), ManualClock(wall_ns=NOW), Names("0200DEADBEEF"))


@pytest.fixture
def kept(folder: DataFolder) -> Certificates:
    return opened(folder)


async def handshake(context: ssl.SSLContext, **limits: ssl.TLSVersion) -> tuple[list[str], str]:
    """(fingerprints of the chain sent, TLS version)."""
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers("DEFAULT:@SECLEVEL=0")  # so that it is the server who refuses
    for limit, value in limits.items():
        setattr(client, limit, value)
    async with server:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client)
        connection = writer.get_extra_info("ssl_object")
        sent = connection._sslobj.get_unverified_chain() if hasattr(connection._sslobj, "get_unverified_chain") else []
        chain = [pem.fingerprint(x509.load_der_x509_certificate(each.public_bytes(2))) for each in sent]
        version = connection.version()
        await reader.read()
        writer.close()
    return chain, version


def prints(*issued: Issued) -> list[str]:
    return [pem.fingerprint(each.certificate) for each in issued]


@pytest.mark.feature("GAP-36")
@pytest.mark.parametrize("form", ["pem", "pem-locked", "pem-in-one", "pem-wrong-order", "der", "p12", "p12-open"])
async def test_every_form_is_taken_in_with_its_chain(
    folder: DataFolder, kept: Certificates, root: Issued, middle: Issued, form: str
) -> None:
    leaf = issue("camera.example", middle)
    chain = (middle.certificate, root.certificate)
    match form:
        case "pem":
            await kept.upload("shop", leaf.pem + middle.pem + root.pem, leaf.private())
        case "pem-locked":
            await kept.upload("shop", leaf.pem + middle.pem, leaf.private("pässword 1"), "pässword 1")
        case "pem-in-one":
            await kept.upload("shop", leaf.private() + leaf.pem + middle.pem)
        case "pem-wrong-order":
            await kept.upload("shop", root.pem + middle.pem + leaf.pem, leaf.private())
        case "der":
            await kept.add_authority("middle", middle.der)  # the chain comes from the authorities
            await kept.upload("shop", leaf.der, leaf.private())
        case "p12":
            await kept.upload("shop", leaf.pkcs12("secret", *chain), b"", "secret")
        case _:
            await kept.upload("shop", leaf.pkcs12("", *chain))
    for store in (kept, opened(folder)):
        desk = TlsDesk(store, Tls(https_certificate="shop"))
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            assert (await handshake(desk.context(Service.HTTPS), maximum_version=version))[0] == prints(leaf, middle)
        assert (await handshake(desk.context(Service.RTSPS)))[0] == [pem.fingerprint(store.get(CAMERA).certificate)]


@pytest.mark.feature("GAP-36")
@pytest.mark.parametrize("kind", list(KeyType))
async def test_a_self_signed_one_has_what_was_asked_for(kept: Certificates, kind: KeyType) -> None:
    entry = await kept.self_sign("mine", Wanted(("Camera.example", "192.0.2.4", "fe80::1"), "Shop", "se", 90, kind))
    facts = pem.facts(entry.certificate)
    assert facts.names == ("camera.example", "192.0.2.4", "fe80::1")
    assert facts.subject == "CN=Camera.example,O=Shop,C=SE"
    assert facts.key.lower().replace(" ", "-") in (kind, kind.replace("ec-p", "ec-p-"))
    assert (facts.not_after - facts.not_before).days == 90
    assert facts.self_signed
    desk = TlsDesk(kept, Tls(https_certificate="mine"))
    assert (await handshake(desk.context(Service.HTTPS)))[0] == [facts.sha256]


@pytest.mark.feature("GAP-36")
async def test_a_request_is_signed_elsewhere_and_comes_back(folder: DataFolder, kept: Certificates, root: Issued) -> None:
    entry = await kept.make_request("shop", Wanted(("camera.example",), key=KeyType.EC_P384))
    assert entry.request is not None
    assert entry.request.is_signature_valid
    desk = TlsDesk(kept, Tls())
    with pytest.raises(InvalidValue, match="upload the signed answer first"):
        desk.set_plan(Tls(https_certificate="shop"))
    again = opened(folder).get("shop")
    assert (again.request, again.chain) == (entry.request, ())
    public = entry.request.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    with pytest.raises(InvalidValue, match="does not belong"):
        await kept.answer("shop", issue("other", root).pem)
    signed = issue("camera.example", root, public=public)
    await kept.answer("shop", signed.pem + root.pem)
    desk.set_plan(Tls(https_certificate="shop"))
    assert (await handshake(desk.context(Service.HTTPS)))[0] == prints(signed)
    newer = issue("camera.example", root, public=public, days=99)
    await kept.answer("shop", newer.pem)  # renewed for the same key: shown at once
    assert (await handshake(desk.context(Service.HTTPS)))[0] == prints(newer)
    assert opened(folder).get("shop").certificate == newer.certificate
    with pytest.raises(Denied, match="by itself"):
        await kept.answer(CAMERA, newer.pem)


MISTAKES = {
    "rubbish": "must be a certificate",
    "other key": "does not belong to the certificate",
    "no key": "key='…': is missing",
    "expired": "expired at 2026",
    "future": "is valid from 2026.*set the clock",
    "client": "is not for servers",
    "locked": "password='…': the private key is encrypted",
    "wrong password": "password='…': is wrong",
    "p12 wrong password": "password='…': is wrong for this PKCS#12",
    "p12 no password": "give the password of this PKCS#12",
    "p12 cut": "PKCS#12",
    "ed25519": "must be an EC or RSA key",
    "small": "RSA with 1024 bits",
    "key is certificate": "key='…': must be a private key",
    "ten megabytes": "must be a certificate",
    "chain": "at most 10",
}


def mistaken(what: str, good: Issued) -> tuple[bytes, bytes, str]:
    odd = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    weak = rsa.generate_private_key(65537, 1024)
    return {
        "rubbish": (b"rubbish", good.private(), ""),
        "other key": (good.pem, issue("x").private(), ""),
        "no key": (good.pem, b"", ""),
        "expired": (issue("x", key=good.key, days=-1).pem, good.private(), ""),
        "future": (issue("x", key=good.key, begin=1).pem, good.private(), ""),
        "client": (issue("x", key=good.key, use=x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH).pem, good.private(), ""),
        "locked": (good.pem, good.private("Pass-1"), ""),
        "wrong password": (good.pem, good.private("Pass-1"), "Pass-2"),
        "p12 wrong password": (good.pkcs12("Pass-1"), b"", "Pass-2"),
        "p12 no password": (good.pkcs12("Pass-1"), b"", ""),
        "p12 cut": (good.pkcs12("Pass-1")[:-40], b"", "Pass-1"),
        "ed25519": (good.pem, odd, ""),
        "small": (issue("x", key=weak).pem, issue("x", key=weak).private(), ""),
        "key is certificate": (good.pem, good.pem, ""),
        "ten megabytes": (b"A" * 10_000_000, good.private(), ""),
        "chain": (good.pem * 11, good.private(), ""),
    }[what]


@pytest.mark.feature("GAP-36")
@pytest.mark.parametrize("what", MISTAKES)
async def test_a_mistake_is_one_clear_error_and_what_is_shown_stays(folder: DataFolder, kept: Certificates, what: str) -> None:
    good = issue("camera.example")
    await kept.upload("shop", good.pem, good.private())
    desk = TlsDesk(kept, Tls(https_certificate="shop"))
    certificate, key, password = mistaken(what, good)
    with pytest.raises(InvalidValue, match=MISTAKES[what]) as caught:
        await kept.upload("new", certificate, key, password)
    assert "BEGIN" not in str(caught.value)
    assert "Pass-1" not in str(caught.value)
    assert {entry.name for entry in kept} == {entry.name for entry in opened(folder)} == {CAMERA, "shop"}
    assert (await handshake(desk.context(Service.HTTPS)))[0] == prints(good)


HEADS = st.sampled_from([b"", b"-----BEGIN CERTIFICATE-----\n", b"0\x82\x01"])


@given(data=st.binary(max_size=400), key=st.binary(max_size=200), password=st.text(max_size=8), head=HEADS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_noise_is_refused_in_words(data: bytes, key: bytes, password: str, head: bytes) -> None:
    with pytest.raises(InvalidValue):
        pem.read_identity(head + data, key, password)


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "a b", "-x", "x" * 65, "Camera", "shop", "ä"])
async def test_names_are_plain_and_unique(kept: Certificates, name: str) -> None:
    good = issue("camera.example")
    await kept.upload("SHOP", good.pem, good.private())
    with pytest.raises(InvalidValue, match="name="):
        await kept.upload(name, good.pem, good.private())


@pytest.mark.parametrize(
    "wrong",
    [{"names": ()}, {"names": ("a b",)}, {"names": ("x", "http://x")}, {"days": 0}, {"country": "Sweden"}, {"organization": "a\n"}],
)
def test_a_wish_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        Wanted(**{"names": ("camera.example",), **wrong})  # type: ignore[arg-type]


async def test_what_is_shown_and_the_cameras_own_cannot_be_deleted(folder: DataFolder, kept: Certificates) -> None:
    good = issue("camera.example")
    await kept.upload("shop", good.pem, good.private())
    desk = TlsDesk(kept, Tls(rtsps_certificate="shop"))
    with pytest.raises(Denied, match="in use"):
        await kept.delete("shop")
    with pytest.raises(Denied, match="own"):
        await kept.delete(CAMERA)
    with pytest.raises(NotFound):
        await kept.delete("nothing")
    desk.set_plan(Tls())
    await kept.delete("shop")
    assert not list((folder.root / "certificates").glob("shop*"))
    with pytest.raises(InvalidValue, match="no certificate 'shop'"):
        desk.set_plan(Tls(https_certificate="shop"))
    assert desk.shows(Service.HTTPS) == CAMERA


async def test_authorities_are_kept_apart_and_judged(folder: DataFolder, kept: Certificates, root: Issued) -> None:
    await kept.add_authority("root", root.pem)
    assert opened(folder).authorities() == {"root": root.certificate}
    for data, words in (
        (issue("leaf").pem, "not that of a certificate authority"),
        (issue("old", authority=True, days=-1).pem, "expired"),
        (root.pem * 2, "is 2 certificates"),
        (b"\0", "must be a certificate"),
    ):
        with pytest.raises(InvalidValue, match=words):
            await kept.add_authority("other", data)
    await kept.delete_authority("root")
    assert opened(folder).authorities() == {}


@pytest.mark.feature("GAP-36")
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1")
async def test_the_lowest_version_is_demanded_in_handshakes(kept: Certificates) -> None:
    desk = TlsDesk(kept, Tls())
    tls = ssl.TLSVersion
    for lowest, refused in (
        (TlsVersion.TLS_1_2, [tls.TLSv1_1]),
        (TlsVersion.TLS_1_3, [tls.TLSv1_1, tls.TLSv1_2]),
        (TlsVersion.TLS_1_2, []),
    ):
        desk.set_plan(Tls(minimum=lowest))
        for service in Service:
            assert (await handshake(desk.context(service)))[1] == "TLSv1.3"
            for version in refused:
                with pytest.raises((ssl.SSLError, ConnectionError)):  # an alert, or the end
                    await handshake(desk.context(service), minimum_version=version, maximum_version=version)
    assert (await handshake(desk.context(Service.HTTPS), maximum_version=tls.TLSv1_2))[1] == "TLSv1.2"
    assert all("GCM" in name or "CHACHA20" in name for name in desk.ciphers)


async def test_nobody_resumes_a_session_of_another_certificate(kept: Certificates) -> None:
    """A resumed session shows no certificate, so it would keep the old one alive."""
    desk = TlsDesk(kept, Tls())
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=desk.context(Service.HTTPS))
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.maximum_version = ssl.TLSVersion.TLSv1_2  # with a ticket in the handshake itself

    def connect(port: int, session: ssl.SSLSession | None) -> tuple[ssl.SSLSession, bool]:
        import socket

        with socket.create_connection(("127.0.0.1", port)) as raw, client.wrap_socket(raw, session=session) as encrypted:
            assert encrypted.session is not None
            return encrypted.session, bool(encrypted.session_reused)

    async with server:
        session, _ = await asyncio.to_thread(connect, server.sockets[0].getsockname()[1], None)
    desk.set_plan(Tls(hsts_days=1))  # any change
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=desk.context(Service.HTTPS))
    async with server:
        assert (await asyncio.to_thread(connect, server.sockets[0].getsockname()[1], session))[1] is False


async def test_a_missing_one_at_start_is_replaced_by_the_cameras_own(kept: Certificates, caplog: pytest.LogCaptureFixture) -> None:
    desk = TlsDesk(kept, Tls(https_certificate="gone"))
    assert desk.shows(Service.HTTPS) == CAMERA
    assert "HTTPS shows the camera's own certificate: there is no certificate 'gone'" in caplog.text
    assert (await handshake(desk.context(Service.HTTPS)))[0] == [pem.fingerprint(kept.get(CAMERA).certificate)]


def test_no_private_key_is_readable_anywhere(folder: DataFolder, kept: Certificates) -> None:
    good = issue("camera.example")
    asyncio.run(kept.upload("shop", good.pem, good.private()))
    secret = good.key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for path in folder.root.rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o077 == 0
            assert secret not in path.read_bytes()
            assert b"BEGIN PRIVATE KEY" not in path.read_bytes()
    assert "PrivateKey" not in repr(kept.get("shop"))


KILLED = """
import asyncio, itertools, os, sys
from pathlib import Path
from panocam.access import KeyStore
from panocam.access.certificates import Certificates
from panocam.access.issue import Names, Wanted
from panocam.clock import ManualClock
from panocam.settings import DataFolder

folder = DataFolder(Path(sys.argv[1]))
kept = Certificates.open(folder, KeyStore.open(folder), ManualClock(wall_ns=int(sys.argv[2])), Names("0200DEADBEEF"))

async def work():
    print("begin", flush=True)
    for number in itertools.count():
        name = f"c{os.getpid()}-{number}"
        await kept.self_sign(name, Wanted(("camera.example",)))
        kept.context(name)
        await kept.delete(name)
        kept.get("camera"), kept.context("camera")

asyncio.run(work())
"""


def test_a_kill_in_the_middle_leaves_working_certificates(folder: DataFolder, tmp_path: Path) -> None:
    first = opened(folder).get(CAMERA).certificate
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    for round_ in range(8):
        told, tell = os.pipe()
        with os.fdopen(told) as out:
            with os.fdopen(tell, "w") as its, (tmp_path / "err").open("w") as err:
                child = copies.start([str(script), str(folder.root), str(NOW)], its, err)
            assert out.readline() == "begin\n", (tmp_path / "err").read_text()
            with pytest.raises(subprocess.TimeoutExpired):
                child.wait(0.004 * round_)
            child.kill()
            child.wait()
        again = opened(folder)
        assert again.get(CAMERA).certificate == first
        for entry in again:
            again.context(entry.name)
        assert not list((folder.root / "certificates").glob(".*"))


def test_what_cannot_be_read_is_left_out_and_said(folder: DataFolder, caplog: pytest.LogCaptureFixture) -> None:
    good = issue("camera.example")
    asyncio.run(opened(folder).upload("shop", good.pem, good.private()))
    (folder.root / "certificates" / "shop.server.pem").write_bytes(b"-----BEGIN rubbish")
    (folder.root / "certificates" / "authorities" / "x.pem").write_bytes(b"rubbish")
    again = opened(folder)
    assert {entry.name for entry in again} == {CAMERA}
    assert again.authorities() == {}
    assert "it is left out" in caplog.text
    with pytest.raises(PanocamError):
        again.get("shop")
