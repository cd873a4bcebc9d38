"""The server report: what a person who is to help needs to know, in one file and without secrets.

It is collected on the event loop, which takes milliseconds; the logs in it are read, and the archive is made, while it is sent. Texts
have their secrets hidden as logs do, once more on the way out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import panocam
from panocam.api.hardware import hardware, packages
from panocam.api.logs import as_text, host_name
from panocam.api.metrics import exposition
from panocam.api.offers import offers
from panocam.api.services import Services, journal_of
from panocam.clock import NS
from panocam.errors import PanocamError
from panocam.journal import LOGS, Which
from panocam.journal.discretion import SECRETS, discreet
from panocam.media.codec import Codec
from panocam.pipeline.request import StreamRequest
from panocam.settings import Role


@dataclass(frozen=True)
class Part:
    """A file of the report; ``pieces`` blocks."""

    name: str
    pieces: Callable[[], Iterator[bytes]]
    text: bool = True


Facts = Callable[[Services], Any]


def _summary(services: Services) -> Mapping[str, Any]:
    device, life = services.settings.running.device, services.maintenance and services.maintenance.life
    return {
        "name": services.settings.snapshot.device.name,
        "model": device.model,
        "serial": device.serial,
        "version": panocam.__version__,
        "made": f"{datetime.fromtimestamp(services.clock.wall_ns() / NS, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "uptime_s": (services.clock.monotonic_ns() - services.boot.started_ns) // NS,
        "boot_id": services.boot.id,
        "started_because": life.beginning.reason if life else None,
        "restart_needed": services.settings.restart_needed,
        "settings_report": services.settings.report,
    }


def _sessions(services: Services) -> Mapping[str, Any]:
    """Who watches. Identifiers of sessions are keys to them, and stay here."""
    rtsp = services.rtsp.sessions() if services.rtsp else ()
    clients = [{"transport": c.transport, "address": c.address, "account": c.account, "delivered": c.delivered} for c in services.clients]
    shown = ("state", "peer", "user", "user_agent", "carrier", "transport", "pictures", "bytes", "dropped_pictures")
    return {"http": clients, "rtsp": [{name: getattr(session, name) for name in shown} for session in rtsp]}


def _capabilities(services: Services) -> Mapping[str, Any]:
    paths = [path for path in services.settings.export() if path.startswith(("image.", "exposure."))]
    picture = {path: asdict(one) for path, one in services.camera.capabilities(paths).items()}
    views = [{"index": o.index, "name": o.name, "reason": o.reason, "ptz": o.ptz, "resolutions": o.resolutions} for o in offers(services)]
    return {"views": views, "picture": picture, "source": asdict(services.camera.status().source)}


def _accounts(services: Services) -> list[Mapping[str, Any]]:
    age = [(account, account.password_age_days(services.clock)) for account in services.accounts]
    return [{"name": a.name, "role": a.role, "ptz": a.ptz, "password_age_days": days} for a, days in age]


def _storage(services: Services) -> Any:
    if services.storage is None:
        return None
    return [
        {"id": volume.id, "state": volume.state, "reason": volume.reason, "queued": volume.queued, **asdict(volume.space)}
        for volume in services.storage.volumes.values()
    ]


def _events(services: Services) -> list[Mapping[str, Any]]:
    recent = services.bus.recent(limit=200)
    return [{"wall_ns": e.wall_ns, "topic": e.topic.path, "source": dict(e.source), "data": dict(e.data)} for e in recent]


FACTS: Mapping[str, Facts] = {
    "report.json": _summary,
    "settings.json": lambda services: services.settings.export(Role.ADMINISTRATOR),
    "capabilities.json": _capabilities,
    "accounts.json": _accounts,
    "sessions.json": _sessions,
    "storage.json": _storage,
    "events.json": _events,
    "hardware.json": lambda services: hardware(journal_of(services).folder),
    "packages.json": lambda services: packages(),
}
"""What is told as JSON, a file each; the first one comes first."""


async def collect(services: Services, picture: bool) -> list[Part]:
    """The parts of a report of this moment; with ``picture`` what a viewer would see now. Raises Unavailable where no logs are kept."""
    journal_of(services)
    parts = [_fixed(name, _json(services, fact)) for name, fact in FACTS.items()]
    parts.append(_fixed("metrics.txt", _safe(exposition(services))))
    crash = services.maintenance and services.maintenance.life.crash_report
    if crash:
        parts.append(_fixed("crash.txt", _safe(crash)))
    if picture:
        parts.append(await _picture(services))
    return [*parts, *(_log(services, which) for which in LOGS)]


def file_name(services: Services) -> str:
    """What a download is called, without its ending."""
    return f"{host_name(services)}-report"


def _json(services: Services, fact: Facts) -> bytes:
    """A fact; one that cannot be had is told as such, because a report is wanted most when something is broken."""
    try:
        told = _discreet(fact(services))
    except (PanocamError, OSError) as problem:
        told = {"unavailable": discreet(str(problem))}
    return _safe(json.dumps(told, indent=1, ensure_ascii=False, default=str) + "\n")


def _discreet(value: Any) -> Any:
    """Texts inside a value with their secrets hidden, so that JSON stays JSON."""
    match value:
        case str():
            return discreet(value)
        case dict() | Mapping():
            return {name: _discreet(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_discreet(inner) for inner in value]
        case _:
            return value


def _safe(text: str) -> bytes:
    return SECRETS.hide(text).encode("utf-8", "replace")


def _fixed(name: str, data: bytes, text: bool = True) -> Part:
    return Part(name, lambda: iter((data,)), text)


def _log(services: Services, which: Which) -> Part:
    return Part(f"logs/{which}.log", lambda: (_safe(piece.decode()) for piece in as_text(services, which)))


async def _picture(services: Services) -> Part:
    view = next((offer.index for offer in offers(services) if not offer.reason), 0)
    try:
        packet = await services.camera.snapshot(StreamRequest(view=view, codec=Codec.JPEG))
    except PanocamError as problem:
        return _fixed("picture.txt", _safe(f"no picture: {discreet(str(problem))}\n"))
    return _fixed("picture.jpg", packet.data, text=False)
