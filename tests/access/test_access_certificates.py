"""The camera's own certificate through real TLS handshakes, and the factory reset."""

from __future__ import annotations

import asyncio
import datetime
import shutil
import ssl
from pathlib import Path

import pytest
from cryptography import x509

from panocam.access import Accounts, Authenticator, KeyStore, pem
from panocam.access.certificates import CAMERA, Certificates
from panocam.access.issue import Names
from panocam.access.reset import Mode, reset
from panocam.access.tls import Service, TlsDesk
from panocam.clock import ManualClock
from panocam.errors import Busy, Unauthenticated
from panocam.settings import DataFolder, Store
from panocam.settings.system import Access
from panocam.settings.tls import Tls

NAMES = Names("0200DEADBEEF", hosts=["Camera.Example"], addresses=["192.0.2.7", "fe80::1%eth0"])
NOW = 1_790_000_000 * 1_000_000_000  # September 2026


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def opened(folder: DataFolder, clock: ManualClock | None = None) -> Certificates:
    return Certificates.open(folder, KeyStore.open(folder), clock or ManualClock(wall_ns=NOW), NAMES)


def own(certificates: Certificates) -> x509.Certificate:
    return certificates.get(CAMERA).certificate


def shown(certificate: x509.Certificate) -> str:
    return pem.fingerprint(certificate)


async def presented(context: ssl.SSLContext, name: str | None = "localhost", **limits: ssl.TLSVersion) -> tuple[str, str]:
    """(fingerprint, TLS version) of what a server with this context shows to a client."""
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    for limit, value in limits.items():
        setattr(client, limit, value)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), ssl=client, server_hostname=name or "")
        connection = writer.get_extra_info("ssl_object")
        seen = x509.load_der_x509_certificate(connection.getpeercert(binary_form=True))
        version = connection.version()
        await reader.read()
        writer.close()
    return shown(seen), version


@pytest.mark.feature("GET-18")
async def test_the_first_start_makes_one_and_the_next_keeps_it(folder: DataFolder) -> None:
    first = opened(folder)
    context = first.context(CAMERA)
    assert await presented(context) == (shown(own(first)), "TLSv1.3")
    assert (await presented(context, maximum_version=ssl.TLSVersion.TLSv1_2))[1] == "TLSv1.2"
    assert await presented(context, name=None) == (shown(own(first)), "TLSv1.3")
    assert own(opened(folder)) == own(first)
    assert (folder.root / "certificates" / "https.pem").stat().st_mode & 0o777 == 0o600
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in (folder.root / "certificates" / "https.pem").read_bytes()


@pytest.mark.feature("GET-07")
def test_it_vouches_for_every_name_and_address(folder: DataFolder) -> None:
    cert = own(opened(folder))
    names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost", "camera.example", "panocam-0200deadbeef", "panocam-0200deadbeef.local"} <= set(
        names.get_values_for_type(x509.DNSName)
    )
    assert {"127.0.0.1", "::1", "192.0.2.7", "fe80::1"} == {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    assert (cert.not_valid_after_utc - cert.not_valid_before_utc).days == 825


async def test_a_client_that_trusts_it_is_content(folder: DataFolder) -> None:
    certs = opened(folder, ManualClock(wall_ns=int(datetime.datetime.now(datetime.UTC).timestamp() * 1e9)))
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=certs.context(CAMERA))
    client = ssl.create_default_context(cadata=pem.pem_of([own(certs)]))
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), ssl=client, server_hostname="127.0.0.1")
        assert await reader.read() == b""
        writer.close()


async def test_it_is_renewed_in_its_last_month_with_the_same_key(folder: DataFolder) -> None:
    clock = ManualClock(wall_ns=NOW)
    certs = opened(folder, clock)
    desk = TlsDesk(certs, Tls())
    old = own(certs)
    clock.advance(790 * 86_400)
    assert not certs.renew_if_due()
    clock.advance(6 * 86_400)
    assert certs.trouble(old) == "expires in 28 days"
    assert certs.renew_if_due()
    assert own(certs) != old
    assert own(certs).public_key() == old.public_key()
    assert (await presented(desk.context(Service.HTTPS)))[0] == shown(own(certs))


def test_a_clock_in_1970_makes_no_expired_certificate(folder: DataFolder) -> None:
    assert own(opened(folder, ManualClock(wall_ns=0))).not_valid_after_utc.year == 2028


def test_a_damaged_file_is_replaced(folder: DataFolder, caplog: pytest.LogCaptureFixture) -> None:
    first = own(opened(folder))
    path = folder.root / "certificates" / "https.pem"
    path.write_bytes(path.read_bytes()[:-200])
    assert own(opened(folder)) != first
    assert "a new certificate is made" in caplog.text


@pytest.mark.feature("GET-17", "TRB-07")
@pytest.mark.parametrize("keep_network", [False, True])
async def test_a_reset_leaves_a_new_camera_with_the_old_serial(folder: DataFolder, keep_network: bool) -> None:
    keys, clock = KeyStore.open(folder), ManualClock(wall_ns=NOW)
    store = Store.open(folder, keys)
    await store.patch({"network.http_port": 9000, "installation.mount": "wall", "source.uri": "rtsp://a:b@h/"})
    await store.patch({"stream.gop": 5})
    serial = store.snapshot.device.serial
    accounts = Accounts.open(folder, keys, clock, serial)
    await accounts.add_first("root", "secret")
    await accounts.update("root", comment="so that there is a last good copy")
    (opened(folder)._authority_folder / "left.pem").write_text("somebody's")
    keys.put("smtp", b"x")
    (folder.folder("recordings") / "a.mkv").write_text("film")
    folder.lock()
    with pytest.raises(Busy):
        reset(folder.root, Mode.HARD)
    folder.unlock()

    reset(folder.root, Mode.SOFT if keep_network else Mode.HARD)
    reset(folder.root, Mode.SOFT if keep_network else Mode.HARD)

    assert {path.name for path in folder.root.iterdir()} == {"serial", "lock", "recordings"} | (
        {"settings.json"} if keep_network else set()
    )
    keys = KeyStore.open(folder)
    store = Store.open(folder, keys)
    assert store.report == ()
    assert (store.snapshot.network.http_port == 9000) is keep_network
    assert (store.snapshot.installation.mount, store.snapshot.source.uri, store.snapshot.device.serial) == ("ceiling", "sim:room", serial)
    accounts = Accounts.open(folder, keys, clock, serial)
    assert accounts.empty
    with pytest.raises(Unauthenticated, match="initial admin"):
        await Authenticator(accounts, Access, clock).login("root", "secret", "192.0.2.1")


@pytest.mark.peer("curl")
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_curl_logs_in_over_tls(folder: DataFolder) -> None:
    clock = ManualClock(wall_ns=NOW)
    accounts = Accounts.open(folder, KeyStore.open(folder), clock, "0200DEADBEEF")
    await accounts.add_first("root", "s p:c\\")
    auth = Authenticator(accounts, Access, clock)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b"":
            lines = head.decode().split("\r\n")
            method, uri, _ = lines[0].split(" ")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
            await reader.readexactly(int(headers.get("content-length", 0)))
            try:
                user = await auth.check(method, uri, headers.get("authorization"), "192.0.2.1", secure=True)
                answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(user.name)}\r\n\r\n{user.name}"
            except Unauthenticated as fault:
                offers = "".join(f"WWW-Authenticate: {value}\r\n" for value in fault.challenges)
                answer = f"HTTP/1.1 401 Unauthorized\r\n{offers}Content-Length: 0\r\n\r\n"
            writer.write(answer.encode())
            await writer.drain()
        writer.close()

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0, ssl=opened(folder).context(CAMERA))
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/axis-cgi/param.cgi?action=list&group=a%20b"
        for scheme in ("--digest", "--basic", "--anyauth"):
            for extra in ((), ("-d", "x=1")):
                curl = await asyncio.create_subprocess_exec(
                    "curl", "-ksS", "--max-time", "20", scheme, "-u", "root:s p:c\\", *extra, url, stdout=asyncio.subprocess.PIPE
                )
                assert (await curl.communicate())[0] == b"root", (scheme, extra)
