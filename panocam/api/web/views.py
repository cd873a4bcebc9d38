"""The views of the camera and where they look; the lens; the codecs on offer."""

from __future__ import annotations

from panocam.api.endpoint import Call, Reply, rest
from panocam.api.known import known
from panocam.api.offers import head, offers
from panocam.api.steering import mover_of
from panocam.api.web.moves import AnyMove, Center, Drive, Frame, Home, Move, Pose, PoseReply, ToPreset, carry_out, pose_reply
from panocam.media.codec import Codec
from panocam.optics.lens import LensModel
from panocam.settings.role import Role


class ViewReply(Reply):
    """One view. ``camera`` is its number in VAPIX and RTSP addresses; ``pose`` is there for views that can be moved;
    ``held`` are those of their axes that are not moved by hand.
    """

    index: int
    camera: int
    name: str
    available: bool
    reason: str
    resolutions: list[str]
    ptz: bool
    held: list[str]
    pose: PoseReply | None


class ViewsReply(Reply):
    """All views, those that the mount does not offer included."""

    views: list[ViewReply]


class CodecReply(Reply):
    """A codec, and whether the live WebSocket offers it (browsers cannot decode H.265)."""

    codec: Codec
    live: bool
    note: str


class CodecsReply(Reply):
    """Video codecs on offer."""

    codecs: list[CodecReply]


class CircleReply(Reply):
    """The image circle in source pixels, pixel centres on integers."""

    cx: float
    cy: float
    radius: float


class LensReply(Reply):
    """Which source pixel shows a direction ``theta`` off the optical axis: at ``focal`` × the model's law from the circle's centre."""

    model: LensModel
    fov: float
    coefficients: list[float]
    circle: CircleReply
    focal: float
    width: int
    height: int


CODECS = CodecsReply(
    codecs=[
        CodecReply(codec=Codec.H264, live=True, note="plays everywhere"),
        CodecReply(codec=Codec.AV1, live=True, note="smallest; needs a recent browser"),
        CodecReply(codec=Codec.JPEG, live=True, note="single pictures: largest, and the fallback where video cannot be decoded"),
        CodecReply(codec=Codec.H265, live=False, note="over RTSP only: browsers cannot decode it"),
    ]
)


async def views(call: Call[None]) -> ViewsReply:
    """All views."""
    services = call.services
    return ViewsReply(
        views=[
            ViewReply(
                index=view.index,
                camera=view.index + 1,
                name=view.name,
                available=not view.reason,
                reason=view.reason,
                resolutions=[f"{width}x{height}" for width, height in view.resolutions],
                ptz=view.ptz,
                held=list(services.ptz.held(view.index)) if view.ptz else [],
                pose=pose_reply(view.index, services.camera.heads[view.index].pose) if view.ptz else None,
            )
            for view in offers(services)
        ]
    )


async def get_pose(call: Call[None]) -> PoseReply:
    """Where a view looks."""
    view = call.path_number("view")
    return pose_reply(view, head(call.services, view).pose)


async def move(call: Call[AnyMove]) -> PoseReply:
    """Any of the moves; the body says which."""
    return carry_out(call.services, mover_of(call.caller), call.path_number("view"), call.wish)


async def codecs(_call: Call[None]) -> CodecsReply:
    """The codecs."""
    return CODECS


async def lens(call: Call[None]) -> LensReply:
    """The lens, so that clients can dewarp by themselves."""
    found, size = known(call.services.camera.lens), known(call.services.camera.source_size)
    circle = CircleReply(cx=found.circle.cx, cy=found.circle.cy, radius=found.circle.radius)
    return LensReply(
        model=found.model,
        fov=found.fov,
        coefficients=list(found.coefficients),
        circle=circle,
        focal=found.focal,
        width=size[0],
        height=size[1],
    )


_ONE = "/api/v1/views/{view}/"

ENDPOINTS = (
    rest("/api/v1/views", "The views, their resolutions and where they look", views, Role.VIEWER, reply=ViewsReply, preview=True),
    rest(_ONE + "pose", "Where a view area looks", get_pose, Role.VIEWER, reply=PoseReply),
    rest(_ONE + "pose", "Look at a direction", move, Role.VIEWER, methods=("PUT",), request=Pose, reply=PoseReply, ptz=True),
    rest(
        _ONE + "move", "Move by degrees and zoom by a factor", move, Role.VIEWER, methods=("POST",), request=Move, reply=PoseReply, ptz=True
    ),
    rest(
        _ONE + "center", "Look at a point of the picture", move, Role.VIEWER, methods=("POST",), request=Center, reply=PoseReply, ptz=True
    ),
    rest(
        _ONE + "frame", "Fill the picture with a rectangle", move, Role.VIEWER, methods=("POST",), request=Frame, reply=PoseReply, ptz=True
    ),
    rest(_ONE + "home", "Go to the home pose", move, Role.VIEWER, methods=("POST",), request=Home, reply=PoseReply, ptz=True),
    rest(_ONE + "drive", "Keep moving, or stop", move, Role.VIEWER, methods=("POST",), request=Drive, reply=PoseReply, ptz=True),
    rest(_ONE + "preset", "Go to a preset position", move, Role.VIEWER, methods=("POST",), request=ToPreset, reply=PoseReply, ptz=True),
    rest("/api/v1/codecs", "Video codecs, and which of them browsers show", codecs, Role.VIEWER, reply=CodecsReply, preview=True),
    rest("/api/v1/lens", "The lens and its image circle, for clients that dewarp", lens, Role.VIEWER, reply=LensReply),
)
