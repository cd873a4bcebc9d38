"""One picture with no server and no threads: open, look, encode."""

from __future__ import annotations

from panocam.clock import Clock, SystemClock
from panocam.codecs.encoder import open_encoder
from panocam.errors import InvalidValue, Unavailable
from panocam.media.codec import Codec
from panocam.media.stamps import Stage
from panocam.optics.catalog import SENSOR, find
from panocam.optics.pose import Pose, default_poses
from panocam.pipeline.config import CameraConfig
from panocam.pipeline.intake import Intake
from panocam.pipeline.plan import StreamDefaults, plan
from panocam.pipeline.renderer import Renderer, Scenery
from panocam.pipeline.request import StreamRequest
from panocam.pipeline.shot import Shot
from panocam.pipeline.sources import SourceOptions, open_source, shown

LOOKS = 8
"""Pictures that may be looked at until the image circle is found."""


def render_still(
    config: CameraConfig,
    view: int,
    pose: Pose | None = None,
    size: tuple[int, int] | None = None,
    *,
    defaults: StreamDefaults | None = None,
    clock: Clock | None = None,
) -> bytes:
    """A JPEG of ``view`` (0..11) as ``config`` shows it; ``pose`` turns a view area, ``size`` None is the view's default.

    Blocks while the source opens. Raises NotFound for a view that the mount does not have, InvalidValue for another wrong argument
    (also a pose for a view that does not move), Unavailable when the source gives no picture.
    """
    clock = clock or SystemClock()
    row = find(view, config.mount)
    if pose is not None and not row.movable:
        raise InvalidValue("view", row.name, "only the view areas (4 to 7) take pan, tilt and zoom")
    shot = _look(config, clock)
    source_size = shot.frame.planes.size
    spec = plan(StreamRequest(view, Codec.JPEG, size), defaults or StreamDefaults(), config.model, config.mount, source_size)
    poses = list(config.poses or default_poses(config.mount))
    if pose is not None:
        poses[row.area - 1] = pose
    scenery = Scenery(config.arrangement(tuple(poses)), config.roll)
    profile = spec.profile
    encoder = open_encoder(profile, profile.fps or 1.0, shot.frame.planes.color, clock=clock)
    try:
        planes = encoder.allocate()
        Renderer(view, (profile.width, profile.height), lambda _t_ns: scenery).draw(shot, planes)
        frame = shot.frame.derive(planes, shot.frame.stamps.at(Stage.WARP, clock.monotonic_ns()))
        return encoder.encode(frame)[0].data
    finally:
        encoder.close()


def _look(config: CameraConfig, clock: Clock) -> Shot:
    """A picture, its lens fitted to as many as that takes."""
    sensor = SENSOR[config.model]
    options = SourceOptions(
        clock=clock, fps=config.source_fps, paced=False, mount=config.mount, sensor=sensor, lens=config.lens.over(sensor)
    )
    source = open_source(config.source, options)
    intake = Intake(config.lens, clock, config.privacy)
    intake.source_opened(source.circle)
    shot: Shot | None = None
    try:
        for number, raw in enumerate(source.frames(), 1):
            shot = intake.take(raw)
            if intake.settled or number >= LOOKS:
                break
    finally:
        source.close()
    if shot is None:
        raise Unavailable(f"source {shown(config.source)}: it gave no picture")
    return shot
