"""Every request over RTSP is told to who keeps the access log: who, over which carrier, for what, with which result."""

from __future__ import annotations

from streaming_client import Client

from panocam.journal.access import Asked


async def test_requests_are_told_with_account_and_status(server, door):
    heard: list[Asked] = []
    server.report_to(heard.append)
    client = await Client.open(server.port)
    await client.setup()
    await client.ask("PLAY")
    await client.ask("TEARDOWN")
    client.session = None
    await client.ask("DESCRIBE", query="?camera=99")
    client.close()
    assert [(asked.method, asked.status, asked.account, asked.protocol, asked.peer) for asked in heard] == [
        ("SETUP", 200, "visitor", "rtsp", "127.0.0.1"),
        ("PLAY", 200, "visitor", "rtsp", "127.0.0.1"),
        ("TEARDOWN", 200, "visitor", "rtsp", "127.0.0.1"),
        ("DESCRIBE", heard[-1].status, "visitor", "rtsp", "127.0.0.1"),
    ]
    assert heard[-1].status in (400, 404)


async def test_who_is_refused_is_told_without_a_name(server, door):
    heard: list[Asked] = []
    server.report_to(heard.append)
    door.header = "Basic dmlzaXRvcjpvcGVu"
    client = await Client.open(server.port)
    await client.ask("DESCRIBE", "Authorization: Basic eDpnZWhlaW0=")
    client.close()
    assert [(asked.status, asked.account) for asked in heard] == [(401, "")]
    assert "geheim" not in str(heard)
