"""What handlers may reach: the parts of the camera, as the HTTP side sees them.

The composition root makes one ``Services``; every handler gets it in its ``Call``. The pipeline and the RTSP server are protocols
here, so that each side is tested without the other.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from panocam.access import Accounts, Authenticator
from panocam.access.preview import Preview
from panocam.access.sessions import Sessions, Tickets
from panocam.api.clients import Clients
from panocam.api.motion import MotionAreas
from panocam.api.privacy import PrivacyMasks
from panocam.clock import Clock
from panocam.errors import Unavailable
from panocam.events.bus import Bus
from panocam.events.pullpoints import PullPoints
from panocam.events.tampering import TamperAlarm
from panocam.imaging.balance import Gains
from panocam.journal import Journal
from panocam.journal.access import AccessLog
from panocam.journal.audit import Audit
from panocam.media.packet import Packet
from panocam.optics.lens import Lens
from panocam.optics.pose import Limits, Pose
from panocam.pipeline.exposure import ExposurePlan, ExposureState
from panocam.pipeline.request import StreamRequest
from panocam.pipeline.service import Camera
from panocam.pipeline.sources.controls import Capability
from panocam.ports import Board
from panocam.ptz import PtzService
from panocam.settings import Store
from panocam.settings.system import Access

if TYPE_CHECKING:  # types only: the delivery side does not need the code behind them
    from panocam.access.certificates import Certificates
    from panocam.access.tls import TlsDesk
    from panocam.api.maintenance import Maintenance
    from panocam.api.rules import RuleDesk
    from panocam.api.signed import SignedVideo
    from panocam.network.manager import AddressManager
    from panocam.notify.desk import RecipientDesk
    from panocam.pipeline.camera import CameraStatus
    from panocam.pipeline.overlays.service import OverlayService
    from panocam.pipeline.renderer import Scenery
    from panocam.storage.shares import Shares
    from panocam.storage.storage import Storage
    from panocam.streaming.server import RtspStatus
    from panocam.streaming.service import Named
    from panocam.streaming.session import SessionInfo
    from panocam.timekeeping.keeper import TimeKeeper

Address = tuple[str, int]


class Head(Protocol):
    """Where one view area looks; moves show on the next picture."""

    @property
    def pose(self) -> Pose: ...
    @property
    def home(self) -> Pose: ...
    @property
    def limits(self) -> Limits: ...
    def set_pose(self, pose: Pose) -> Pose:
        """Look there as far as the limits let; returns what it became."""


class PanoramicCamera(Camera, Protocol):
    """The pipeline with the things that only a panoramic camera has. All methods are called on the event loop.

    ``heads`` maps the view index of each view area to its head.
    """

    @property
    def heads(self) -> Mapping[int, Head]: ...
    @property
    def lens(self) -> Lens | None: ...
    @property
    def source_size(self) -> tuple[int, int] | None: ...
    def white_reference(self, view: int, point: tuple[float, float, float, float]) -> Gains:
        """White-balance gains that make a place grey: x, y (0..1), width / height of the view, radius. Raises InvalidValue, Unavailable."""

    @property
    def scenery(self) -> Scenery:
        """How the views are put together at this moment."""

    @property
    def motion_shares(self) -> Mapping[int, float]:
        """How much of each motion area can be seen."""

    @property
    def exposure(self) -> ExposureState: ...
    @property
    def exposure_plan(self) -> ExposurePlan: ...

    def capabilities(self, paths: Iterable[str]) -> Mapping[str, Capability]:
        """Which of these settings have an effect with the source of the moment."""

    def offered(self, view: int) -> Sequence[tuple[int, int]]:
        """The resolutions of a view, largest first. Raises NotFound for one that the mount does not have."""

    async def snapshot(self, request: StreamRequest) -> Packet:
        """One JPEG picture taken after this call. Raises as ``plan``; Busy; Unavailable."""

    def status(self) -> CameraStatus: ...


class Rtsp(Protocol):
    """The RTSP server, for the carriers that begin as HTTP; ``streaming.server.RtspServer`` is one."""

    def protocol(self) -> asyncio.Protocol:
        """Takes over the transport of a tunnel in HTTP."""

    async def over_websocket(
        self,
        receive: AsyncIterator[bytes],
        send: Callable[[bytes], Awaitable[None]],
        *,
        user: Named,
        peer: Address,
        local: Address,
        secure: bool,
    ) -> None:
        """Serves RTSP in binary messages until either side ends it."""

    def sessions(self) -> Sequence[SessionInfo]: ...
    def status(self) -> RtspStatus: ...


@dataclass
class Boot:
    """This run of the program. ``ready`` is set when everything listens."""

    started_ns: int
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    ready: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Restart:
    """The last restart of the picture that somebody asked for; ``number`` 0 is none. ``ended``: names of the views that went with it."""

    number: int = 0
    started_ns: int = 0
    took_ns: int | None = None
    ended: tuple[str, ...] = ()


@dataclass
class Services:
    """See above. ``http_port`` and its like give the numbers to lead people to, None while one is off; ``rtsp`` is None where none runs."""

    clock: Clock
    boot: Boot
    settings: Store
    accounts: Accounts
    authenticator: Authenticator
    sessions: Sessions
    tickets: Tickets
    preview: Preview
    bus: Bus
    camera: PanoramicCamera
    clients: Clients
    ptz: PtzService
    privacy: PrivacyMasks
    motion: MotionAreas
    board: Board
    pull_points: PullPoints
    rtsp: Rtsp | None = None
    storage: Storage | None = None
    overlays: OverlayService | None = None
    signed: SignedVideo | None = None
    journal: Journal | None = None
    access: AccessLog | None = None
    audit: Audit | None = None
    maintenance: Maintenance | None = None
    certificates: Certificates | None = None
    tls: TlsDesk | None = None
    time: TimeKeeper | None = None
    addresses: AddressManager | None = None
    recipients: RecipientDesk | None = None
    rules: RuleDesk | None = None
    tampering: TamperAlarm | None = None
    http_port: Callable[[], int | None] = lambda: None
    https_port: Callable[[], int | None] = lambda: None
    rtsp_port: Callable[[], int | None] = lambda: None
    rtsps_port: Callable[[], int | None] = lambda: None
    restart: Restart = field(default_factory=Restart)

    def close(self) -> None:
        """End what would go on by itself."""
        self.board.close()
        self.pull_points.close()

    @property
    def needs_setup(self) -> bool:
        """True in the factory-default state: no account exists."""
        return self.accounts.empty


def storage_of(services: Services) -> Storage:
    """The storage. Raises Unavailable where none runs."""
    if services.storage is None:
        raise Unavailable("this camera runs without storage")
    return services.storage


def journal_of(services: Services) -> Journal:
    """The logs. Raises Unavailable where none are kept."""
    if services.journal is None:
        raise Unavailable("this camera keeps no logs")
    return services.journal


def shares_of(services: Services) -> Shares:
    """The network shares. Raises Unavailable where no storage runs."""
    shares = storage_of(services).shares
    if shares is None:
        raise Unavailable("this camera runs without network shares")
    return shares


def overlays(services: Services) -> OverlayService:
    """The overlays. Raises Unavailable where a camera runs without any."""
    if services.overlays is None:
        raise Unavailable("this camera has no overlays; start it with panocam run")
    return services.overlays


def rules_of(services: Services) -> RuleDesk:
    """The rules. Raises Unavailable where none run."""
    if services.rules is None:
        raise Unavailable("this camera has no rules; start it with panocam run")
    return services.rules


def tampering_of(services: Services) -> TamperAlarm:
    """The tampering alarm. Raises Unavailable where none is kept."""
    if services.tampering is None:
        raise Unavailable("this camera has no tampering alarm; start it with panocam run")
    return services.tampering


def recipients_of(services: Services) -> RecipientDesk:
    """The recipients. Raises Unavailable where there can be none."""
    if services.recipients is None:
        raise Unavailable("this camera sends nothing; start it with panocam run")
    return services.recipients


def timekeeper_of(services: Services) -> TimeKeeper:
    """What keeps the clock. Raises Unavailable where nothing does."""
    if services.time is None:
        raise Unavailable("this camera has no clock of its own; start it with panocam run")
    return services.time


def assemble(
    clock: Clock,
    settings: Store,
    authenticator: Authenticator,
    camera: PanoramicCamera,
    rtsp: Rtsp | None,
    bus: Bus,
    ptz: PtzService,
) -> Services:
    """Services for one run; preview mode counts from here."""
    accounts = authenticator.accounts

    def rules() -> Access:
        return settings.snapshot.access

    return Services(
        clock=clock,
        boot=Boot(clock.monotonic_ns()),
        settings=settings,
        accounts=accounts,
        authenticator=authenticator,
        sessions=Sessions(accounts, rules, clock),
        tickets=Tickets(accounts, clock),
        preview=Preview(accounts, clock, settings.running.access.preview_minutes),
        bus=bus,
        camera=camera,
        clients=Clients(clock),
        ptz=ptz,
        privacy=PrivacyMasks(settings, camera),
        motion=MotionAreas(settings, camera, bus),
        board=Board(settings.running, bus),
        pull_points=PullPoints(bus, clock),
        rtsp=rtsp,
    )


def signed_video_of(services: Services) -> SignedVideo:
    """What signs video. Raises Unavailable where nothing does."""
    if services.signed is None:
        raise Unavailable("this camera runs without a key to sign video with")
    return services.signed
