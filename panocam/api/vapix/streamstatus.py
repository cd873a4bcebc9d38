"""streamstatus.cgi: every stream that leaves the camera now, one row for each track of a session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from panocam.api.clients import Client, Transport
from panocam.api.endpoint import Call, Discovery, json_api
from panocam.api.services import Services
from panocam.api.vapix.envelope import Data, JsonApi
from panocam.media.codec import Codec
from panocam.settings.role import Role

if TYPE_CHECKING:
    from panocam.streaming.session import SessionInfo

MIMES = {Codec.H264: "video/x-h264", Codec.H265: "video/x-h265", Codec.AV1: "video/x-av1", Codec.JPEG: "image/jpeg"}
METADATA, RECORDED = "application/vnd.onvif.metadata", "video/*"
"""Of events, and of recordings, whose codec a session does not know."""

PROTOCOLS = {Transport.MJPEG: "HTTP", Transport.MEDIA: "HTTP", Transport.WEBSOCKET: "WebSocket"}


async def get_all_streams(call: Call[None], _params: Data) -> Mapping[str, Any]:
    """All of them."""
    return {"streams": [*_rtsp(call.services), *_http(call.services)]}


def _rtsp(services: Services) -> Iterator[dict[str, Any]]:
    for session in services.rtsp.sessions() if services.rtsp else ():
        for track in session.tracks:
            pictures = MIMES[session.spec.profile.codec] if session.spec is not None else RECORDED
            yield _session(session, *((track.value, pictures) if track == "video" else ("application", METADATA)))


def _session(session: SessionInfo, media: str, mime: str) -> dict[str, Any]:
    address, _, port = session.peer.rpartition(":")
    where = urlsplit(session.url)
    return {
        "id": f"{session.id}-{media}",
        "media": media,
        "mime": mime,
        "state": session.state,
        "direction": "outgoing",
        "stream_protocol": "RTP",
        "transport_protocol": "TCP" if session.transport == "tcp" else "UDP",
        "multicast": "multicast" in session.transport,
        "encrypted": session.secure,
        "path": where.path + (f"?{where.query}" if where.query else ""),
        "source_address": session.local[0],
        "source_port": session.local[1],
        "destination_address": address.strip("[]"),
        "destination_port": int(port),
        "user_agent": session.user_agent,
        "options": {"audio": "0", "video": "1" if media == "video" else "0"},
    }


def _http(services: Services) -> Iterator[dict[str, Any]]:
    for client in services.clients:
        if client.spec is not None:
            yield _client(client, MIMES[client.spec.profile.codec])


def _client(client: Client, mime: str) -> dict[str, Any]:
    return {
        "id": f"{id(client):x}",
        "media": "video",
        "mime": mime,
        "state": "playing",
        "direction": "outgoing",
        "stream_protocol": PROTOCOLS[client.transport],
        "transport_protocol": "TCP",
        "multicast": False,
        "destination_address": client.address,
        "options": {"audio": "0", "video": "1"},
    }


ENDPOINTS = (
    json_api(
        "/axis-cgi/streamstatus.cgi",
        "Every stream that leaves the camera now",
        JsonApi(("1.0",), {"getAllStreams": get_all_streams}),
        Role.ADMINISTRATOR,
        discovery=Discovery("streamstatus", "1.0", "Stream Status"),
    ),
)
"""HTTP streams have the keys that are known of them only."""
