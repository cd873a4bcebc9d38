"""What one camera is told: frozen values, so that a change is a comparison. The composition root makes them from settings."""

from __future__ import annotations

from dataclasses import dataclass, field

from panocam.errors import NotFound
from panocam.imaging.privacy import Privacy
from panocam.optics.capture import MODES, CaptureMode
from panocam.optics.catalog import VIEWS, Model, Row, find
from panocam.optics.horizon import Horizon
from panocam.optics.lens import DEFAULT_FOV, Circle, Lens, LensModel, default_lens
from panocam.optics.mount import Mount
from panocam.optics.pose import Limits, Pose, Stops, limits
from panocam.optics.view import Arrangement
from panocam.pipeline.sources import check_address


@dataclass(frozen=True)
class LensOptions:
    """``model`` as on the command line (``equidistant``, ``kb:k1,k2,k3,k4``), full ``fov`` in degrees, ``circle`` None to find it."""

    model: str = str(LensModel.EQUIDISTANT)
    fov: float = DEFAULT_FOV
    circle: Circle | None = None

    def __post_init__(self) -> None:
        assert self.over((1000, 1000))  # refuses an unknown model, a field it does not reach, coefficients that do not rise

    def over(self, size: tuple[int, int], found: Circle | None = None) -> Lens:
        """The lens over a picture of ``size``: circle set by hand, else ``found``, else the largest that is centred in it."""
        return Lens.parse(self.model, self.fov, self.circle or found or default_lens(size).circle)


@dataclass(frozen=True)
class CameraConfig:
    """Raises InvalidValue for an address or a lens that cannot be meant.

    ``poses``: where the four view areas look at first, () for the mount's own. ``stops``: how far each may go, () for as far as the
    mount lets. ``roll`` in degrees, positive clockwise.
    ``source_fps``: rate of a still picture or of the simulated sensor, 0 for their own. ``enabled``: indices of the views that may be seen.
    ``capture``: what the mode of the sensor allows.
    ``privacy``: what is hidden, in every view and before the first picture is shown.
    """

    source: str = "sim:room"
    model: Model = Model.M4328
    mount: Mount = Mount.CEILING
    lens: LensOptions = field(default_factory=LensOptions)
    roll: float = 0.0
    quad_order: tuple[int, ...] = (1, 2, 3, 4)
    quad_eye: bool = False
    horizon: Horizon = field(default_factory=Horizon)
    poses: tuple[Pose, ...] = ()
    stops: tuple[Stops, ...] = ()
    source_fps: float = 0.0
    enabled: frozenset[int] = frozenset(row.index for row in VIEWS)
    capture: CaptureMode = MODES[0]
    privacy: Privacy = field(default_factory=Privacy)

    def __post_init__(self) -> None:
        check_address(self.source)
        assert len(self.limits) == 4
        assert self.arrangement(self.poses)  # refuses a wrong order or number of poses

    @property
    def limits(self) -> tuple[Limits, ...]:
        """How far each of the four view areas may go."""
        whole = limits(self.mount, self.lens.fov)
        return tuple(stops.within(whole) for stops in self.stops or (Stops(),) * 4)

    def find(self, view: int) -> Row:
        """The row of a view. Raises NotFound when there is none, none on this mount or in this mode, or it is switched off."""
        row = find(view, self.mount)
        if not self.capture.has(view):
            raise NotFound(f"view={view}: {row.name} does not exist in the capture mode '{self.capture.title}'; choose another mode")
        if view not in self.enabled:
            raise NotFound(f"view={view}: {row.name} is switched off in the settings")
        return row

    def arrangement(self, poses: tuple[Pose, ...]) -> Arrangement:
        """How views are put together with the areas looking along ``poses``."""
        return Arrangement(self.mount, poses, self.quad_order, self.quad_eye, self.horizon, self.lens.fov)
