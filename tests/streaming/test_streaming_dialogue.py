"""The server in conversation: what it says to right and wrong requests, over every carrier it can be reached by."""

import asyncio
import base64
import re
import socket
import struct

import pytest
from streaming_client import PATH, Client, until

from panocam.media.codec import Codec
from panocam.settings.role import SystemActor


@pytest.fixture
async def client(server):
    client = await Client.open(server.port)
    yield client
    client.close()


def sequence(packet):
    return int.from_bytes(packet[2:4], "big")


async def test_from_options_to_teardown_over_tcp(server, client, camera):
    found = await client.ask("OPTIONS", url="*")
    assert found.headers["public"] == "DESCRIBE, GET_PARAMETER, OPTIONS, PAUSE, PLAY, SETUP, SET_PARAMETER, TEARDOWN"

    found = await client.ask("DESCRIBE", "Accept: application/sdp", query="?camera=2&videocodec=h264")
    assert found.status == 200
    assert found.headers["content-base"] == f"{client.url}/"
    control = re.search(r"m=video.*a=control:(\S+)", found.body, re.S)[1]
    assert control == f"{client.url}/stream=0?camera=2&videocodec=h264"

    found = await client.ask("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1", url=control)
    assert re.fullmatch(r"[0-9A-F]{16};timeout=60", found.headers["session"])
    ssrc = int(re.search(r"interleaved=0-1;ssrc=([0-9A-F]{8})", found.headers["transport"])[1], 16)
    client.session = found.headers["session"].partition(";")[0]

    found = await client.ask("PLAY", "Range: npt=0.000-", query="?camera=2&videocodec=h264")
    assert found.headers["range"] == "npt=now-"
    info = re.fullmatch(r"url=(\S+);seq=(\d+);rtptime=(\d+)", found.headers["rtp-info"])
    assert info[1] == control
    assert client.packets == []  # nothing before the reply

    channel, report = await client.packet()
    assert (channel, report[1]) == (1, 200)
    assert struct.unpack_from("!I", report, 4)[0] == ssrc
    channel, first = await client.packet()
    assert (channel, first[1] & 0x7F) == (0, 96)
    assert (sequence(first), struct.unpack_from("!II", first, 4)) == (int(info[2]), (int(info[3]), ssrc))
    assert first[12] & 0x1F == 7  # begins with a parameter set

    [row] = server.sessions()
    assert (row.state, row.transport, row.carrier, row.user, row.spec.view) == ("playing", "tcp", "tcp", "visitor", 1)
    assert row.bytes > 0

    assert (await client.ask("TEARDOWN")).status == 200
    assert server.sessions() == []
    await until(lambda: not camera.channel(row.spec).hub.subscribers)
    assert server.status().feeds == 0


async def test_a_pause_is_silent_and_play_begins_again_with_a_key_picture(client, camera):
    await client.setup()
    await client.ask("PLAY")
    await client.packet()
    assert (await client.ask("PAUSE")).status == 200
    client.packets.clear()
    assert (await client.ask("GET_PARAMETER")).status == 200
    assert client.packets == []
    found = await client.ask("PLAY")
    start = int(re.search(r"seq=(\d+)", found.headers["rtp-info"])[1])
    while (packet := await client.packet())[0] != 0:
        pass
    assert sequence(packet[1]) == start
    assert packet[1][12] & 0x1F == 7


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("?camera=9", 400, "camera=9: view 8"),
        ("?camera=x", 400, "camera"),
        ("?videocodec=mpeg2", 400, "videocodec='mpeg2': give h264, h265, av1, jpeg"),
        ("?resolution=1x1", 400, "resolution"),
        ("?resolution=640x480", 400, "choose 320x240 or 2560x1440"),
        ("?videomaxbitrate=100", 400, "videobitratemode=mbr"),
    ],
)
async def test_a_request_for_what_is_not_there_is_told_why(client, query, status, words):
    for method in ("DESCRIBE", "SETUP"):
        url = f"{client.url}/stream=0{query}" if method == "SETUP" else f"{client.url}{query}"
        found = await client.ask(method, "Transport: RTP/AVP/TCP", url=url)
        assert found.status == status
        assert words in found.headers["x-reason"]


async def test_unknown_paths_and_streams(client):
    assert (await client.ask("DESCRIBE", url="rtsp://h/elsewhere")).status == 404
    assert (await client.ask("DESCRIBE", url="http://h/axis-media/media.amp")).status == 400
    assert (await client.ask("DESCRIBE", url="rtsp://[h/axis-media/media.amp")).status == 400
    assert (await client.ask("SETUP", "Transport: RTP/AVP/TCP")).status == 459
    assert (await client.ask("SETUP", "Transport: RTP/AVP/TCP", url=f"{client.url}/stream=1")).status == 404


@pytest.mark.parametrize(
    "transport", ["", "RTP/SAVP/TCP", "RTP/AVP;unicast", "RTP/AVP;unicast;client_port=0-1", "RTP/AVP/TCP;interleaved=0-999"]
)
async def test_an_impossible_transport_is_461_and_says_what_is_possible(client, transport):
    found = await client.setup(transport)
    assert found.status == 461
    assert "interleaved=0-1" in found.headers["x-reason"]


async def test_the_first_possible_offer_is_taken(client):
    found = await client.setup(
        "RTP/SAVP;unicast;client_port=5000-5001,RTP/AVP/TCP;unicast;interleaved=6-7,RTP/AVP;unicast;client_port=5000-5001"
    )
    assert "interleaved=6-7" in found.headers["transport"]


async def test_two_sessions_on_one_connection_get_channels_of_their_own(client, server):
    first = await client.setup()
    client.session = ""
    second = await client.setup(query="?camera=2")
    assert "interleaved=0-1" in first.headers["transport"]
    assert "interleaved=2-3" in second.headers["transport"]
    assert len(server.sessions()) == 2


async def test_a_session_has_one_presentation(client):
    await client.setup()
    assert (await client.setup(query="?camera=2")).status == 455


async def test_setting_up_again_changes_the_transport(client, server):
    await client.setup()
    found = await client.setup("RTP/AVP;unicast;client_port=5000-5001")
    assert "client_port=5000-5001" in found.headers["transport"]
    assert [row.transport for row in server.sessions()] == ["udp"]


async def test_a_full_camera_is_453(client, camera):
    camera.busy = True
    found = await client.ask("DESCRIBE")
    assert (found.status, found.headers["x-reason"], found.body) == (453, "the encoder budget is used up", "")


async def test_blocksize_sizes_the_packets(client):
    found = await client.setup("RTP/AVP/TCP;unicast;interleaved=0-1", "Blocksize: 600")
    assert found.headers["blocksize"] == "512"
    await client.ask("PLAY")
    sizes = {len(packet) for channel, packet in [await client.packet() for _ in range(40)] if channel == 0}
    assert max(sizes) == 512 + 12
    client.session = ""
    assert (await client.ask("SETUP", "Transport: RTP/AVP/TCP", "Blocksize: many", url=f"{client.url}/stream=0")).status == 400


async def test_parameters(client, camera):
    assert (await client.ask("GET_PARAMETER")).status == 200
    assert (await client.ask("GET_PARAMETER", body="position\r\n")).status == 451
    assert (await client.ask("SET_PARAMETER", body="Renew-Stream: yes\r\n")).status == 454
    await client.setup()
    assert (await client.ask("SET_PARAMETER", body="Renew-Stream: yes\r\n")).status == 200
    assert [channel.keys_requested for channel in camera.channels.values()] == [1]
    assert (await client.ask("SET_PARAMETER", body="Renew-Stream: maybe\r\n")).status == 400
    found = await client.ask("SET_PARAMETER", body="Colour: red\r\n")
    assert (found.status, found.headers["x-reason"]) == (451, "no such parameter: colour")


async def test_absolute_time_for_those_who_count_in_it(client):
    await client.setup()
    found = await client.ask("PLAY", "Range: clock=20260101T000000Z-")
    assert re.fullmatch(r"clock=20\d{6}T\d{6}\.\d{3}Z-", found.headers["range"])


async def test_the_onvif_twin(client):
    url = client.url.replace("axis-media", "onvif-media")
    found = await client.ask("DESCRIBE", url=url)
    assert f"a=control:{url}/stream=0" in found.body
    found = await client.ask("SETUP", "Transport: RTP/AVP/TCP", url=f"{url}/stream=0")
    client.session = found.headers["session"].partition(";")[0]
    assert (await client.ask("PLAY", url=url)).headers["range"].startswith("clock=")


async def test_readers_of_one_channel_get_the_same_bytes_from_one_encoder(server, camera):
    clients = [await Client.open(server.port) for _ in range(3)]
    for client in clients:
        await client.setup()
        assert (await client.ask("PLAY")).status == 200
    streams = [{sequence(p): p for c, p in [await client.packet() for _ in range(60)] if c == 0} for client in clients]
    shared = set.intersection(*map(set, streams))
    assert len(shared) > 10
    assert all(len({stream[number] for stream in streams}) == 1 for number in shared)
    assert [channel.starts for channel in camera.channels.values()] == [1]
    for client in clients:
        client.close()
    await until(lambda: server.sessions() == [])
    assert not any(channel.hub.subscribers for channel in camera.channels.values())


def udp_pair():
    while True:
        rtp, rtcp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        rtp.bind(("127.0.0.1", 0))
        port = rtp.getsockname()[1]
        try:
            rtcp.bind(("127.0.0.1", port + 1))
        except OSError:
            rtp.close()
            rtcp.close()
            continue
        for sock in (rtp, rtcp):
            sock.setblocking(False)
        return rtp, rtcp, port


async def receive(sock):
    async with asyncio.timeout(10):
        return await asyncio.get_running_loop().sock_recvfrom(sock, 2048)


async def test_udp_comes_from_the_announced_ports_and_reports_keep_it_alive(client, server):
    rtp, rtcp, port = udp_pair()
    found = await client.setup(f"RTP/AVP;unicast;client_port={port}-{port + 1}")
    ports = [int(number) for number in re.search(r"server_port=(\d+)-(\d+)", found.headers["transport"]).groups()]
    assert ports[0] % 2 == 0
    assert ports[1] == ports[0] + 1
    found = await client.ask("PLAY")
    data, sender = await receive(rtp)
    assert sender == ("127.0.0.1", ports[0])
    assert sequence(data) == int(re.search(r"seq=(\d+)", found.headers["rtp-info"])[1])
    report, sender = await receive(rtcp)
    assert (sender[1], report[1]) == (ports[1], 200)

    rtcp.sendto(b"garbage", ("127.0.0.1", ports[1]))
    await until(lambda: server.status().malformed_rtcp == 1)
    rtcp.sendto(struct.pack("!BBHI", 0x80, 201, 1, 7) + struct.pack("!BBHI", 0x81, 203, 1, 7), ("127.0.0.1", ports[1]))
    await until(lambda: server.sessions() == [])  # a goodbye ends the session
    rtp.close()
    rtcp.close()


async def test_udp_follows_the_port_a_router_gave_the_client(client):
    rtp, rtcp, port = udp_pair()
    elsewhere, other, _ = udp_pair()
    found = await client.setup(f"RTP/AVP;unicast;client_port={port}-{port + 1}")
    server_port = int(re.search(r"server_port=(\d+)", found.headers["transport"])[1])
    elsewhere.sendto(b"\x80\x00", ("127.0.0.1", server_port))  # the first packet opens the way, and shows it
    await client.ask("PLAY")
    assert (await receive(elsewhere))[0][1] & 0x7F == 96
    for sock in (rtp, rtcp, elsewhere, other):
        sock.close()


@pytest.mark.feature("TRB-13", "TRB-14")
async def test_multicast_has_one_sender_with_a_ttl_however_many_listen(server, client):
    found = await client.setup("RTP/AVP;multicast;destination=192.0.2.1")
    group, port = re.search(r"destination=([\d.]+);port=(\d+)-\d+;ttl=5;", found.headers["transport"]).groups()
    assert group.startswith("239.")  # never where the client points
    other = await Client.open(server.port)
    assert f"destination={group};port={port}-" in (await other.setup("RTP/AVP;multicast")).headers["transport"]

    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((group, int(port)))
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton("127.0.0.1"))
    sock.setblocking(False)
    await client.ask("PLAY")
    await other.ask("PLAY")
    numbers = [sequence((await receive(sock))[0]) for _ in range(60)]
    assert numbers == [(numbers[0] + index) & 0xFFFF for index in range(60)]  # no packet twice
    assert (await client.ask("TEARDOWN")).status == 200
    assert (await receive(sock))[0]
    assert (await other.ask("TEARDOWN")).status == 200
    assert len(server._service.groups) == 0
    other.close()
    sock.close()


async def test_the_end_of_a_channel_says_goodbye_and_closes(client, server, camera):
    await client.setup()
    await client.ask("PLAY")
    await client.packet()
    next(iter(camera.channels.values())).hub.close()
    while (packet := await client.packet()) and not (packet[0] == 1 and packet[1][9] == 203):
        pass
    assert await client.closed()
    assert server.sessions() == []


@pytest.mark.parametrize("codec", list(Codec))
async def test_every_codec_flows(client, codec):
    await client.setup(query=f"?videocodec={codec}")
    assert (await client.ask("PLAY")).status == 200
    marks = 0
    while marks < 3:
        channel, packet = await client.packet()
        marks += channel == 0 and packet[1] >> 7


async def test_a_password_is_asked_for_but_not_for_options_and_keep_alives(server, client, door):
    door.header = "Basic " + base64.b64encode(b"me:secret").decode()
    assert (await client.ask("OPTIONS")).status == 200
    found = await client.ask("DESCRIBE")
    assert found.status == 401
    assert re.findall(r"^WWW-Authenticate: (\w+)", found.raw, re.M) == ["Digest", "Basic"]
    assert (await client.setup()).status == 401
    authorization = f"Authorization: {door.header}"
    assert (await client.ask("DESCRIBE", authorization)).status == 200
    assert (await client.setup()).status == 401  # no session yet: each request proves itself
    assert (await client.setup("RTP/AVP;unicast;client_port=5000-5001", authorization)).status == 200
    assert (await client.ask("GET_PARAMETER")).status == 200
    stranger = await Client.open(server.port)
    stranger.session = client.session
    assert (await stranger.ask("TEARDOWN")).status == 401
    assert (await client.ask("TEARDOWN")).status == 200
    assert ("TEARDOWN", "127.0.0.1") in door.calls
    stranger.close()


async def http(port, head, body=b""):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode() + body)
    return reader, writer


async def test_rtsp_inside_http_in_any_pieces_of_base64(server):
    get = "GET {} HTTP/1.0\r\nx-sessioncookie: tasty\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n"
    post = "POST {} HTTP/1.0\r\nx-sessioncookie: tasty\r\nContent-Length: 32767\r\n\r\n"
    reader, get_writer = await http(server.port, get.format(PATH))
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200 OK")
    assert b"application/x-rtsp-tunnelled" in head
    assert b"Content-Length" not in head
    requests = [b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n", b"DESCRIBE rtsp://h/axis-media/media.amp RTSP/1.0\r\nCSeq: 2\r\n\r\n"]
    text = b"\r\n".join(base64.b64encode(request) for request in requests)
    post_reader, post_writer = await http(server.port, post.format(PATH), text[:7])
    for at in range(7, len(text)):
        post_writer.write(text[at : at + 1])
    client = Client(server.port, reader, get_writer)
    assert (await client.answer()).headers["cseq"] == "1"
    assert (await client.answer()).body.startswith("v=0")
    assert len(server.tunnels) == 1
    get_writer.close()
    assert await post_reader.read() == b""  # never answered, and closed with its other half
    await until(lambda: len(server.tunnels) == 0 and server.status().connections == 0)
    post_writer.close()
    await post_writer.wait_closed()


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("GET / HTTP/1.1\r\n\r\n", b"this port speaks RTSP"),
        ("POST / HTTP/1.1\r\nx-sessioncookie: nobody\r\n\r\n", b"send the GET first"),
        ("GET / HTTP/1.1\r\nA: " + "x" * 20000, b"longer than"),
    ],
)
async def test_http_that_is_no_tunnel_is_told_so(server, head, words):
    reader, writer = await http(server.port, head)
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.0 4")
    assert words in answer
    writer.close()


PAGE = SystemActor("page")


async def test_rtsp_inside_websocket_messages(server, camera):
    to_server: asyncio.Queue[bytes | None] = asyncio.Queue()
    from_server: asyncio.Queue[bytes] = asyncio.Queue()

    async def receive():
        while (message := await to_server.get()) is not None:
            yield message

    task = asyncio.create_task(
        server.over_websocket(receive(), from_server.put, user=PAGE, peer=("127.0.0.1", 9), local=("127.0.0.1", 80), secure=False)
    )
    url = f"rtsp://h{PATH}"

    async def ask(text):
        await to_server.put((text + "\r\n\r\n").encode())
        async with asyncio.timeout(10):
            return await from_server.get()

    assert (await ask(f"DESCRIBE {url} RTSP/1.0\r\nCSeq: 1")).startswith(b"RTSP/1.0 200")
    assert b" 461 " in await ask(f"SETUP {url}/stream=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP;unicast;client_port=5000-5001")
    reply = await ask(f"SETUP {url}/stream=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/TCP;interleaved=0-1")
    session = re.search(rb"Session: (\w+)", reply)[1].decode()
    assert (await ask(f"PLAY {url} RTSP/1.0\r\nCSeq: 3\r\nSession: {session}")).startswith(b"RTSP/1.0 200")  # alone in its message
    async with asyncio.timeout(10):
        while not (await from_server.get()).startswith(b"$\x00"):
            pass
    assert [(row.user, row.carrier) for row in server.sessions()] == [("page", "websocket")]
    await to_server.put(None)
    await task
    assert server.sessions() == []
