"""Settings into the values that the parts take. Pure packages never see settings; this is where the two meet."""

from __future__ import annotations

from panocam.errors import InvalidValue
from panocam.imaging.adjustment import Adjustment, WhiteBalance
from panocam.imaging.ink import Ink
from panocam.imaging.metering import Zone
from panocam.imaging.privacy import Privacy
from panocam.imaging.watched import MotionArea
from panocam.media.signing import Signing
from panocam.optics.capture import CaptureMode, capture_mode
from panocam.optics.catalog import Model
from panocam.optics.horizon import Horizon
from panocam.optics.lens import Circle
from panocam.optics.mount import Mount
from panocam.optics.polygon import Polygon
from panocam.optics.pose import Pose, Stops, default_poses
from panocam.pipeline.config import CameraConfig, LensOptions
from panocam.pipeline.plan import StreamDefaults
from panocam.settings import Snapshot
from panocam.streaming.multicast import MulticastRange
from panocam.streaming.options import RtspOptions


def camera_config(settings: Snapshot) -> CameraConfig:
    """Source, lens, mount and views. Raises InvalidValue for what does not go together."""
    source, installation = settings.source, settings.installation
    mount, capture = Mount(installation.mount), capture_mode(installation.capture_mode)
    return CameraConfig(
        source=source.address(),
        model=Model(settings.device.model),
        mount=mount,
        lens=LensOptions(source.lens, source.fov, None if source.circle is None else Circle(*source.circle)),
        roll=installation.roll,
        quad_order=installation.quad_order,
        quad_eye=installation.quad_eye,
        horizon=horizon(settings, mount, capture),
        poses=home_poses(settings, mount),
        stops=tuple(Stops(**row.model_dump()) for row in settings.ptz.limits),
        enabled=frozenset(index for index, view in enumerate(settings.views) if view.enabled),
        privacy=privacy(settings),
        source_fps=capture.rates[installation.power_line],
        capture=capture,
    )


def horizon(settings: Snapshot, mount: Mount, capture: CaptureMode) -> Horizon:
    """How the panorama is straightened: only where there is one that a camera on a wall shows, and when it is wished."""
    installation = settings.installation
    if not (installation.horizon_straightening and capture.dewarped and mount is Mount.WALL):
        return Horizon()
    return Horizon(lean=installation.horizon_tilt, line=-installation.horizon_line)


def privacy(settings: Snapshot) -> Privacy:
    """What is hidden just now. Raises InvalidValue that names the mask whose corners make no polygon."""
    asked = settings.privacy
    polygons = [(mask, _polygon(f"privacy mask {mask.name!r}", mask.corners)) for mask in asked.masks]
    hiding = tuple(polygon for mask, polygon in polygons if asked.enabled and mask.enabled)
    return Privacy(hiding, Ink(asked.color), asked.mosaic_scale)


def motion_areas(settings: Snapshot) -> tuple[MotionArea, ...]:
    """Where motion is watched for. Raises InvalidValue that names the area whose corners make no polygon."""
    polygons = [(area, _polygon(f"motion area {area.name!r}", area.corners)) for area in settings.motion.areas]
    return tuple(MotionArea(area.id, polygon, area.sensitivity, area.size) for area, polygon in polygons if area.enabled)


def _polygon(what: str, corners: tuple[tuple[float, float], ...]) -> Polygon:
    try:
        return Polygon(corners)
    except InvalidValue as fault:
        raise InvalidValue(f"{what}, {fault.name}", fault.value, fault.remedy) from None


def home_poses(settings: Snapshot, mount: Mount) -> tuple[Pose, ...]:
    """Where the four areas look at first: as set, else as suits the mount."""
    return tuple(
        Pose(
            default.pan if area.pan is None else area.pan,
            default.tilt if area.tilt is None else area.tilt,
            default.hfov if area.hfov is None else area.hfov,
        )
        for area, default in zip(settings.areas, default_poses(mount), strict=True)
    )


def adjustment(settings: Snapshot) -> Adjustment:
    """How the picture shall look. A capture mode without wide dynamic range leaves it off, whatever is set."""
    wished = settings.image.model_dump()
    mode = WhiteBalance(wished.pop("white_balance"))
    wdr = wished.pop("wdr") and capture_mode(settings.installation.capture_mode).wdr
    window = wished.pop("white_balance_window")
    return Adjustment(**wished, white_balance=mode, wdr=wdr, window=None if window is None else Zone(**window))


def stream_defaults(settings: Snapshot) -> StreamDefaults:
    """What a request means where it says nothing."""
    stream, signing = settings.stream, settings.signing
    return StreamDefaults(
        codec=stream.codec,
        fps=stream.fps,
        compression=stream.compression,
        gop=stream.gop,
        bitrate_mode=stream.bitrate_mode,
        max_bitrate_kbps=stream.max_bitrate_kbps,
        bitrate_priority=stream.bitrate_priority,
        h264_profile=stream.h264_profile,
        zipstream=stream.zipstream,
        resolutions={} if stream.resolution is None else dict.fromkeys(range(len(settings.views)), stream.resolution),
        signed=signing.enabled,
        signing=Signing(signing.format, signing.interval),
    )


def rtsp_options(settings: Snapshot) -> RtspOptions:
    """Ports and groups of media over UDP."""
    network = settings.network
    return RtspOptions(
        udp_ports=range(network.rtp_port_first, network.rtp_port_last + 1),
        multicast=MulticastRange(network.multicast_address, network.multicast_port, network.multicast_ttl),
        profiles=settings.profiles.parameters,
        max_per_address=settings.access.connections_per_address,
    )
