"""What the camera is doing: its source, its channels, who watches."""

from __future__ import annotations

from pydantic import Field

from panocam.api.endpoint import Call, Reply, rest
from panocam.clock import NS
from panocam.pipeline.request import ChannelSpec
from panocam.settings import Role


class SourceReply(Reply):
    """Where the fisheye picture comes from. ``size`` is WIDTHxHEIGHT, empty before the first picture."""

    uri: str
    state: str
    reason: str
    size: str
    fps: float
    frames: int
    corrupt: int
    restarts: int


class ChannelReply(Reply):
    """One encode. ``missed``: pictures left out because the encoder was busy; ``dropped``: packets that slow clients lost."""

    view: int
    codec: str
    resolution: str
    running: bool
    subscribers: int
    fps: float
    frames: int
    bytes: int
    missed: int
    dropped: int
    latency_ms: float | None


class ClientReply(Reply):
    """Somebody who watches, or holds an RTSP session."""

    transport: str
    address: str
    account: str
    view: int | None
    codec: str | None
    resolution: str | None
    seconds: int
    delivered: int
    bytes: int
    dropped: int


class StatusReply(Reply):
    """Everything at once."""

    uptime: int
    started: str = Field(description="why this run began: first start, restart, stopped before, crash…")
    source: SourceReply
    channels: list[ChannelReply]
    clients: list[ClientReply]


async def status(call: Call[None]) -> StatusReply:
    """The state of the running camera."""
    services = call.services
    now = services.camera.status()
    source = now.source
    maintenance = services.maintenance
    return StatusReply(
        started=maintenance.life.beginning.short if maintenance else "",
        uptime=(services.clock.monotonic_ns() - services.boot.started_ns) // NS,
        source=SourceReply(
            uri=source.uri,
            state=source.state,
            reason=source.reason,
            size=f"{source.size[0]}x{source.size[1]}" if all(source.size) else "",
            fps=round(source.fps, 2),
            frames=source.frames,
            corrupt=source.corrupt,
            restarts=source.restarts,
        ),
        channels=[
            ChannelReply(
                view=channel.spec.view,
                codec=channel.spec.profile.codec,
                resolution=_size(channel.spec),
                running=channel.running,
                subscribers=channel.subscribers,
                fps=round(channel.fps, 2),
                frames=channel.frames,
                bytes=channel.bytes,
                missed=channel.missed,
                dropped=channel.dropped,
                latency_ms=_mean_ms(channel.latency[None].sum, channel.latency[None].count) if None in channel.latency else None,
            )
            for channel in now.channels
        ],
        clients=[*_http_clients(call), *_rtsp_clients(call)],
    )


def _http_clients(call: Call[None]) -> list[ClientReply]:
    now = call.services.clock.monotonic_ns()
    return [
        ClientReply(
            transport=client.transport,
            address=client.address,
            account=client.account,
            view=client.spec.view if client.spec else None,
            codec=client.spec.profile.codec if client.spec else None,
            resolution=_size(client.spec) if client.spec else None,
            seconds=(now - client.since_ns) // NS,
            delivered=client.delivered,
            bytes=client.bytes,
            dropped=client.dropped,
        )
        for client in call.services.clients
    ]


def _rtsp_clients(call: Call[None]) -> list[ClientReply]:
    now = call.services.clock.wall_ns()
    sessions = call.services.rtsp.sessions() if call.services.rtsp else ()
    return [
        ClientReply(
            transport=f"rtsp/{session.carrier}/{session.transport}",
            address=session.peer,
            account=session.user,
            view=None if session.spec is None else session.spec.view,
            codec=session.spec.profile.codec if session.spec else "recording" if session.recording else "events",
            resolution="" if session.spec is None else _size(session.spec),
            seconds=max(0, now - session.since_wall_ns) // NS,
            delivered=session.pictures,
            bytes=session.bytes,
            dropped=session.dropped_pictures,
        )
        for session in sessions
    ]


def _size(spec: ChannelSpec) -> str:
    return f"{spec.profile.width}x{spec.profile.height}"


def _mean_ms(total: float, count: int) -> float | None:
    return round(1000 * total / count, 2) if count else None


ENDPOINTS = (rest("/api/v1/status", "Source, channels and clients", status, Role.VIEWER, reply=StatusReply),)
