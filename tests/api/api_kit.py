"""A whole HTTP side over real settings, accounts and authentication, with a camera whose pictures the test publishes."""

from __future__ import annotations

import asyncio
import re
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC
from http.cookies import SimpleCookie
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import simplejpeg
from exchanges import observe
from PIL import Image

from panocam.access import Accounts, Authenticator, KeyStore
from panocam.access.certificates import Certificates
from panocam.access.issue import Names
from panocam.access.sessions import cookie_name
from panocam.access.signing_key import FileKey
from panocam.access.tls import TlsDesk
from panocam.access.video_identity import VideoIdentity
from panocam.api.build import application, endpoints, http_server
from panocam.api.listen import HttpServer
from panocam.api.maintenance import Maintenance
from panocam.api.services import Services, assemble
from panocam.api.signed import SignedVideo
from panocam.app.addressing import address_plan
from panocam.app.performers.ledger import Ledger
from panocam.app.recipients import make_recipients
from panocam.app.rules import make_desk, make_performers
from panocam.app.timekeeping import make_timekeeper
from panocam.clock import CameraClock, ManualClock, SystemClock
from panocam.events.bus import Bus
from panocam.events.tampering import TamperAlarm
from panocam.imaging.balance import Gains
from panocam.imaging.exposure import Exposure
from panocam.journal import Journal, Which
from panocam.journal.access import AccessLog
from panocam.journal.audit import Audit
from panocam.journal.life import Life
from panocam.media.codec import Codec, StreamDescription
from panocam.media.packet import Packet
from panocam.media.planes import Planes
from panocam.media.stamps import Stage, Stamps
from panocam.network.manager import AddressManager
from panocam.optics.catalog import Model, find, resolutions
from panocam.optics.lens import Circle, Lens, LensModel
from panocam.optics.mount import Mount
from panocam.optics.pose import default_poses, limits
from panocam.optics.view import Arrangement
from panocam.pipeline.camera import CameraStatus
from panocam.pipeline.capabilities import capabilities
from panocam.pipeline.channel import ChannelStatus
from panocam.pipeline.exposure import ExposurePlan, ExposureState
from panocam.pipeline.heads import PtzHead
from panocam.pipeline.hub import Hub, HubSubscription
from panocam.pipeline.overlays.board import OverlayBoard
from panocam.pipeline.overlays.gallery import Gallery
from panocam.pipeline.overlays.service import OverlayService
from panocam.pipeline.plan import StreamDefaults, plan
from panocam.pipeline.renderer import Scenery
from panocam.pipeline.request import ChannelSpec, StreamRequest
from panocam.pipeline.service import DropPolicy
from panocam.pipeline.sources.controls import Capability, How
from panocam.pipeline.stats import StageHistograms
from panocam.pipeline.supervisor import SourceState, SourceStatus
from panocam.pipeline.whiteness import white_reference
from panocam.ptz import PtzService
from panocam.settings import DataFolder, Role, Store
from panocam.storage.shares import Shares
from panocam.storage.storage import Storage, StorageOptions

SERIAL = "0200DEADBEEF"
ELSEWHERE = ("192.0.2.9", 40000)
PASSWORDS = {Role.VIEWER: ("vera", "look-only-1"), Role.OPERATOR: ("otto", "turn-it-2"), Role.ADMINISTRATOR: ("anna", "all-of-it-3")}
STRINGS = {Codec.H264: "avc1.640028", Codec.AV1: "av01.0.08M.08", Codec.JPEG: "mjpeg", Codec.H265: "hvc1.1.6.L120.90"}


def jpeg(width: int, height: int, number: int = 0) -> bytes:
    """A small real picture whose grey says its number."""
    return bytes(simplejpeg.encode_jpeg(np.full((height, width, 1), number % 256, np.uint8), colorspace="GRAY"))


def png(width: int = 40, height: int = 20, color: tuple[int, ...] = (255, 0, 0, 255)) -> bytes:
    """A picture of one colour."""
    out = BytesIO()
    Image.new("RGBA" if len(color) == 4 else "RGB", (width, height), color).save(out, "PNG")
    return out.getvalue()


class PublishedCamera:
    """The pipeline's service with real planning, real hubs and real heads; only the pictures come from the test."""

    def __init__(self, clock: ManualClock, mount: Mount = Mount.CEILING, model: Model = Model.M4328) -> None:
        self.clock, self.mount, self.model = clock, mount, model
        self.lens: Lens | None = Lens(LensModel.EQUIDISTANT, 182.0, Circle(1495.5, 1495.5, 1400.0))
        self.source_size: tuple[int, int] | None = (2992, 2992)
        bounds = limits(mount)
        self.heads = {index: PtzHead(pose, bounds, clock) for index, pose in zip(range(4, 8), default_poses(mount), strict=True)}
        self.hubs: dict[ChannelSpec, Hub] = {}
        self.keys_asked: list[ChannelSpec] = []
        self.roll = 0.0
        self.refuse: Exception | None = None
        self.stages: dict[ChannelSpec, StageHistograms] = {}
        self._changed = asyncio.Condition()
        self.motion_shares: dict[int, float] = {}
        self.exposure, self.exposure_plan = ExposureState(Exposure(0.01, 3.0), 0.2), ExposurePlan()

    def white_reference(self, view: int, point: tuple[float, float, float, float]) -> Gains:
        """A wall of one colour under warm light."""
        planes = Planes.blank(*(self.source_size or (16, 16)))
        planes.y[:], planes.u[:], planes.v[:] = 120, 110, 140
        return white_reference(planes, self.lens, self.scenery, view, point)

    def plan(self, request: StreamRequest) -> ChannelSpec:
        return plan(request, StreamDefaults(), self.model, self.mount, self.source_size)

    @property
    def scenery(self) -> Scenery:
        return Scenery(Arrangement(self.mount, tuple(self.heads[index].pose for index in range(4, 8))), self.roll)

    def offered(self, view: int) -> tuple[tuple[int, int], ...]:
        find(view, self.mount)
        return resolutions(self.model, view, self.source_size)

    async def describe(self, spec: ChannelSpec) -> StreamDescription:
        if self.refuse is not None:
            raise self.refuse
        profile = spec.profile
        return StreamDescription(profile.codec, profile.width, profile.height, 25.0, codec_string=STRINGS[profile.codec])

    def subscribe(self, spec: ChannelSpec, policy: DropPolicy, bound: int = 64) -> HubSubscription:
        return self.hub(spec).subscribe(policy, bound)

    def request_key(self, spec: ChannelSpec) -> None:
        self.keys_asked.append(spec)

    async def snapshot(self, request: StreamRequest) -> Packet:
        if self.refuse is not None:
            raise self.refuse
        spec = self.plan(replace(request, codec=Codec.JPEG))
        return self.packet(spec, 0, data=jpeg(spec.profile.width, spec.profile.height))

    def status(self) -> CameraStatus:
        source = SourceStatus("sim:room", SourceState.LIVE, "", (2992, 2992), 25.0, 100, 0, 0)
        return CameraStatus(source, tuple(self._status(spec, hub) for spec, hub in self.hubs.items()), 2)

    def _status(self, spec: ChannelSpec, hub: Hub) -> ChannelStatus:
        count = hub.counters
        latency = self.stages[spec].copy()
        return ChannelStatus(
            spec=spec, running=True, subscribers=hub.subscribers, fps=25.0, packets=count.published, keys=count.keys, bytes=count.bytes,
            frames=count.published, missed=0, dropped=count.dropped, encoders_opened=1, failures=0, latency=latency,
        )  # fmt: skip

    def capabilities(self, paths: Iterable[str]) -> dict[str, Capability]:
        return capabilities(paths, "sim:room", {"exposure.mode": Capability(How.SIMULATED)})

    # --- the test's side

    def hub(self, spec: ChannelSpec) -> Hub:
        if spec not in self.hubs:
            self.hubs[spec], self.stages[spec] = Hub(lambda n: asyncio.ensure_future(self._tell())), StageHistograms()  # type: ignore[arg-type]
        return self.hubs[spec]

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def watched(self, count: int = 1, codec: Codec | None = None) -> ChannelSpec:
        """Wait until a channel (of ``codec``) has ``count`` subscribers; returns it."""

        def found() -> ChannelSpec | None:
            return next((s for s, h in self.hubs.items() if h.subscribers == count and codec in (None, s.profile.codec)), None)

        async with asyncio.timeout(5), self._changed:
            while (spec := found()) is None:
                await self._changed.wait()
            return spec

    async def unwatched(self, spec: ChannelSpec) -> None:
        async with asyncio.timeout(5), self._changed:
            while self.hubs[spec].subscribers:
                await self._changed.wait()

    def packet(self, spec: ChannelSpec, number: int, key: bool = True, data: bytes | None = None) -> Packet:
        now = self.clock.monotonic_ns()
        stamps = Stamps().at(Stage.CAPTURE, now - 5_000_000).at(Stage.ENCODE, now - 1_000_000).at(Stage.PUBLISH, now)
        body = data if data is not None else b"%s%06d" % (b"I" if key else b"P", number)
        return Packet(spec.profile.codec, body, key, number * 40_000_000, self.clock.wall_ns(), number, stamps)

    def publish(self, spec: ChannelSpec, number: int, key: bool = True, data: bytes | None = None) -> None:
        packet = self.packet(spec, number, key, data)
        hub = self.hub(spec)
        self.stages[spec].add(packet.stamps)
        hub.publish(packet)


@dataclass
class Side:
    """The HTTP side under test."""

    services: Services
    camera: PublishedCamera
    clock: ManualClock
    app: Any
    journal: Journal
    ended: list[str]
    """Grows when the camera would restart."""

    def lines(self, which: Which) -> list[str]:
        """The texts of a log, oldest first."""
        return [entry.text for entry in self.journal.oldest(which)]

    def client(self, who: Role | None = None, *, secure: bool = True, peer: tuple[str, int] = ELSEWHERE, **more: Any) -> httpx.AsyncClient:
        """An in-process client."""
        auth: Any = more.pop("auth", None)
        if who is not None:
            auth = httpx.DigestAuth(*PASSWORDS[who])  # basic costs an Argon2 each time, on purpose
        transport = httpx.ASGITransport(self.app, client=peer, raise_app_exceptions=True)
        return httpx.AsyncClient(transport=transport, base_url=f"{'https' if secure else 'http'}://camera", auth=auth, **more)

    async def login(self, client: httpx.AsyncClient, who: Role) -> dict[str, Any]:
        """Log a browser in; the CSRF token goes into the client's headers."""
        name, password = PASSWORDS[who]
        reply = await client.post("/api/v1/login", json={"username": name, "password": password})
        assert reply.status_code == 200, reply.text
        client.headers["X-CSRF-Token"] = reply.json()["csrf"]
        return dict(reply.json())

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[tuple[HttpServer, int]]:
        """The same on a real port of this machine."""
        server = http_server(self.services, self.app)
        async with server:
            yield server, await server.listen("127.0.0.1", 0)


def make_services(folder: Path, machine: ManualClock) -> Services:
    data, clock = DataFolder(folder), CameraClock(machine)
    keystore = KeyStore.open(data)
    store = Store.open(data, keystore, {"device.serial": SERIAL}, clock)
    accounts = Accounts.open(data, keystore, clock, SERIAL)
    authenticator = Authenticator(accounts, lambda: store.snapshot.access, clock)
    camera, bus = PublishedCamera(machine), Bus(clock)
    services = assemble(clock, store, authenticator, camera, None, bus, PtzService(store, camera.heads, clock, bus, data))
    services.overlays = OverlayService(
        store, OverlayBoard(UTC), Gallery(data), clock, lambda view: camera.heads[view].pose if view in camera.heads else None
    )
    store.bind(["overlays"], services.overlays.apply)
    store.bind(["ports"], services.board.apply)
    services.addresses = AddressManager("", SERIAL, clock)
    store.bind(["addressing"], lambda old, new: services.addresses.apply(address_plan(new)))
    services.time = make_timekeeper(clock, store, services.overlays.board, bus)
    services.recipients = make_recipients(services, keystore)
    services.tampering = TamperAlarm(services.bus, clock, lambda: None)
    services.rules = make_desk(services, clock, make_performers(services, Ledger(data, clock), clock))
    return services


@dataclass
class Signs:
    """A signing desk whose key store is open."""

    video: VideoIdentity

    def identity(self) -> Future[Signs]:
        known: Future[Signs] = Future()
        known.set_result(self)
        return known


def services_folder(folder: Path) -> Path:
    """Where the recordings' index lies."""
    return DataFolder(folder).folder("storage")


def role_of(services: Services) -> Callable[[dict[str, Any]], str]:
    """In which role a request is made, told from its credentials."""

    def role(scope: dict[str, Any]) -> str:
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        given = headers.get("authorization", "")
        if given.startswith("Basic "):
            with suppress(ValueError):
                given = 'username="' + b64decode(given[6:]).decode("latin-1").partition(":")[0] + '"'
        if (found := re.search(r'username="([^"]*)"', given)) is not None:
            name = found[1]
        else:
            cookie = SimpleCookie(headers.get("cookie", "")).get(cookie_name(SERIAL, secure=scope["scheme"] in ("https", "wss")))
            session = services.sessions.find(cookie.value) if cookie else None
            name = session[0].name if session else ""
        account = services.accounts.find(name)
        return str(account.role) if account else "nobody"

    return role


def make_side(folder: Path, static: Path) -> Side:
    clock = ManualClock(monotonic_ns=3_600_000_000_000)
    services = make_services(folder, clock)
    services.boot.ready.set()
    camera = services.camera
    assert isinstance(camera, PublishedCamera)
    options = StorageOptions(card=None, serial=SERIAL, facts={}, name_of=str)
    services.storage = Storage(services_folder(folder), camera, clock, options)
    data = DataFolder(folder)
    services.certificates = Certificates.open(data, KeyStore.open(data), SystemClock(), Names(SERIAL))
    desk = services.tls = TlsDesk(services.certificates, services.settings.running.tls)
    services.settings.bind(("tls",), lambda old, new: desk.set_plan(new.tls))
    services.storage.shares = Shares(services.settings, KeyStore.open(data))
    services.signed = SignedVideo(Signs(VideoIdentity.open(data, FileKey.open(KeyStore.open(data)), SERIAL)), data.folder("verify"))
    ended: list[str] = []
    journal = services.journal = Journal(data.folder("logs"), clock)
    services.audit, services.access = Audit(journal), AccessLog(journal, clock)
    services.maintenance = Maintenance(data, Life(data), lambda: ended.append("again"))
    app = observe(application(services, static), endpoints(static), role_of(services))
    return Side(services, camera, clock, app, journal, ended)
