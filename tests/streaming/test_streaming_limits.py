"""Limits: who is silent, slow, too many or gone, and that nobody else notices."""

import asyncio
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from streaming_client import Client, until

from panocam.clock import ManualClock
from panocam.errors import InvalidValue, Unavailable
from panocam.streaming.multicast import MulticastRange
from panocam.streaming.options import RtspOptions
from panocam.streaming.server import RtspServer


@pytest.fixture
async def manual(camera, door):
    """A server whose time is moved by hand."""
    clock = ManualClock()
    async with RtspServer(camera, door, clock, RtspOptions(max_connections=50, max_sessions=3)) as server:
        server.clock, server.port = clock, await server.listen("127.0.0.1", 0)
        yield server


def pass_time(server, seconds):
    server.clock.advance(seconds)
    server.sweep()


async def test_silent_connections_are_closed_and_working_ones_stay(manual):
    silent = [await Client.open(manual.port) for _ in range(5)]
    half = await Client.open(manual.port)
    half.writer.write(b"DESCRIBE rtsp://")
    worker = await Client.open(manual.port)
    assert (await worker.ask("OPTIONS")).status == 200
    pass_time(manual, 16)
    for client in (*silent, half):
        assert await client.closed()
        client.close()
    assert (await worker.ask("OPTIONS")).status == 200
    pass_time(manual, 61)
    assert await worker.closed()
    worker.close()


async def test_slow_drips_do_not_keep_a_connection(manual):
    client = await Client.open(manual.port)
    for byte in b"OPTIONS":
        client.writer.write(bytes((byte,)))
        pass_time(manual, 3)
    assert await client.closed()
    client.close()


async def test_a_session_without_a_sign_of_life_is_ended(manual):
    client = await Client.open(manual.port)
    await client.setup("RTP/AVP;unicast;client_port=5000-5001")
    for _ in range(3):
        pass_time(manual, 50)
        assert (await client.ask("OPTIONS")).status == 200  # names the session, so it counts
    pass_time(manual, 61)
    assert manual.sessions() == []
    client.close()
    other = await Client.open(manual.port)
    other.session = client.session
    assert (await other.ask("PLAY")).status == 454
    other.close()


async def test_a_udp_session_outlives_its_connection_until_it_times_out(manual):
    client = await Client.open(manual.port)
    await client.setup("RTP/AVP;unicast;client_port=5000-5001")
    client.close()
    await until(lambda: manual.status().connections == 0)
    other = await Client.open(manual.port)
    other.session = client.session
    assert (await other.ask("GET_PARAMETER")).status == 200
    pass_time(manual, 61)
    assert manual.sessions() == []
    other.close()


async def test_who_takes_pictures_over_tcp_is_alive_and_who_does_not_is_not(manual):
    client = await Client.open(manual.port)
    await client.setup()
    await client.ask("PLAY")
    for _ in range(3):
        await client.packet()
        taken = manual.sessions()[0].pictures
        await until(lambda taken=taken: manual.sessions()[0].pictures > taken)
        pass_time(manual, 50)
    assert (await client.ask("PAUSE")).status == 200
    manual.sweep()
    pass_time(manual, 61)
    assert await client.closed()
    client.close()


async def test_too_many_connections_and_sessions_are_told(manual):
    clients = [await Client.open(manual.port) for _ in range(50)]
    for client in clients[:3]:
        assert (await client.setup()).status == 200
    assert (await clients[3].setup()).status == 453
    late = await Client.open(manual.port)
    assert (await late.answer()).status == 503
    assert await late.closed()
    assert manual.status().refused == 1
    for client in (*clients, late):
        client.close()
    await until(lambda: manual.status().connections == 0)


async def test_one_address_cannot_take_all_places(manual):
    manual.set_options(RtspOptions(max_per_address=5))
    crowd = [await Client.open(manual.port) for _ in range(5)]
    late = await Client.open(manual.port)
    assert (await late.answer()).status == 503
    assert await late.closed()
    crowd.pop().close()
    await until(lambda: manual.status().connections == 0 and len(manual._wires) == 4)
    again = await Client.open(manual.port)
    assert (await again.ask("OPTIONS")).status == 200
    for client in (*crowd, late, again):
        client.close()
    await until(lambda: not manual._from)


async def test_a_port_that_is_closed_takes_nobody_and_cuts_what_is_named(manual):
    client, other = await Client.open(manual.port), await Client.open(manual.port)
    await client.setup()
    await client.ask("PLAY")
    await client.packet()
    assert (await other.ask("OPTIONS")).status == 200
    manual.close_port(manual.port)
    with pytest.raises(ConnectionRefusedError):
        await Client.open(manual.port)
    await client.packet()
    manual.cut(lambda outlet: outlet.carrier == "tcp")
    assert await client.closed()
    assert await other.closed()
    assert manual.sessions() == []
    assert await manual.listen("127.0.0.1", manual.port) == manual.port
    for each in (client, other):
        each.close()


async def test_a_thousand_silent_connections_disturb_nobody(server):
    crowd = [await Client.open(server.port) for _ in range(1000)]
    client = await Client.open(server.port)
    await client.setup()
    assert (await client.ask("PLAY")).status == 200
    for _ in range(100):
        await client.packet()
    [row] = server.sessions()
    assert row.dropped_pictures == 0
    for other in (*crowd, client):
        other.close()


@pytest.mark.parametrize("options", [RtspOptions(write_bound=20_000)])
async def test_a_frozen_reader_loses_whole_groups_and_another_loses_nothing(server, options):
    frozen, healthy = await Client.open(server.port), await Client.open(server.port)
    query = "?videocodec=jpeg&resolution=2560x1440"
    for client in (frozen, healthy):
        await client.setup(query=query)
        assert (await client.ask("PLAY")).status == 200
    frozen.writer.transport.pause_reading()
    last, rows = None, []
    while not rows or not rows[0].dropped_groups:
        channel, packet = await healthy.packet()
        if channel == 0:
            number = int.from_bytes(packet[2:4], "big")
            assert last in (None, (number - 1) & 0xFFFF)
            last = number
        rows = server.sessions()
    assert rows[0].dropped_pictures == rows[0].dropped_groups > 0  # with JPEG each picture is a group
    assert rows[1].dropped_pictures == 0
    frozen.writer.transport.resume_reading()
    rest, seen, whole = [], server.sessions()[0].pictures, 0
    while server.sessions()[0].pictures < seen + 2 or whole < 3:
        channel, packet = await frozen.packet()
        rest.append((channel, packet))
        whole += channel == 0 and packet[1] >> 7
    pictures = b"".join(bytes((packet[13:16] == b"\0\0\0", packet[1] >> 7)) for channel, packet in rest if channel == 0)
    starts, ends = pictures[0::2], pictures[1::2]
    assert all(ends[index - 1] for index, start in enumerate(starts) if start and index)  # no picture begins inside another
    for client in (frozen, healthy):
        client.close()


async def test_a_flood_of_requests_that_reads_no_replies_is_cut_off(server):
    client = await Client.open(server.port)
    client.writer.transport.pause_reading()
    flood = b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n" * 1000
    async with asyncio.timeout(20):
        while server.status().connections or not server.status().accepted:
            client.writer.write(flood)
            await asyncio.sleep(0)
            if client.writer.transport.is_closing():
                break
    client.close()


@pytest.mark.parametrize(
    "junk", [b"\x16\x03\x01\x02\x00", b"GET", b"\x00" * 100_000, b"POST / HTTP/1.1\r\n\r\n", b"$\xff\xff\xff" + b"x" * 70_000]
)
async def test_junk_closes_its_connection_and_no_other(server, junk):
    good, bad = await Client.open(server.port), await Client.open(server.port)
    bad.writer.write(junk)
    bad.writer.write_eof()
    assert await bad.closed()
    assert (await good.ask("OPTIONS")).status == 200
    for client in (good, bad):
        client.close()


def certificate(name, folder):
    """A server context with a fresh self-signed certificate, and a client context that trusts only it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("cam")]), critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / f"{name}.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


async def test_rtsps_keeps_everything_inside_and_changes_its_certificate_while_running(server, tmp_path):
    (present, trusts_first), (second, trusts_second) = (certificate(name, tmp_path) for name in ("first", "second"))
    front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    front.sni_callback = lambda handshake, name, context: setattr(handshake, "context", present)
    port = await server.listen("127.0.0.1", 0, front)
    client = await Client.open(port, trusts_first)
    assert (await client.setup("RTP/AVP;unicast;client_port=5000-5001")).status == 461  # would leave the encryption
    await client.setup()
    await client.ask("PLAY")
    await client.packet()
    assert [row.carrier for row in server.sessions()] == ["tls"]
    present = second
    with pytest.raises(ssl.SSLCertVerificationError):
        await Client.open(port, trusts_first)
    other = await Client.open(port, trusts_second)
    assert (await other.ask("OPTIONS")).status == 200
    await client.packet()  # the running stream is not disturbed
    for each in (client, other):
        each.close()
        with suppress(OSError):
            await each.writer.wait_closed()


async def test_a_port_in_use_is_said_in_one_line(server):
    with pytest.raises(Unavailable, match=f"RTSP port {server.port} is in use: .*choose another"):
        await server.listen("127.0.0.1", server.port)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (MulticastRange, {"first": "10.0.0.1"}),
        (MulticastRange, {"first": "x"}),
        (MulticastRange, {"first": "239.255.255.255", "count": 2}),
        (MulticastRange, {"port": 50001}),
        (MulticastRange, {"ttl": 0}),
        (RtspOptions, {"udp_ports": range(80, 90)}),
        (RtspOptions, {"session_timeout": 1}),
    ],
)
def test_options_out_of_range_are_refused(kind, arguments):
    with pytest.raises(InvalidValue):
        kind(**arguments)
