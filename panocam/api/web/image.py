"""What can be done to the picture's look beyond single settings: scene profiles, and the white reference."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from panocam.api.endpoint import Call, Reply, Wish, rest
from panocam.errors import NotFound
from panocam.settings.image import PROFILES
from panocam.settings.role import Role


class ProfileReply(Reply):
    """A scene profile: a name, what it is for, and the image settings that it sets. ``active``: they all are as it says."""

    name: str
    title: str
    description: str
    values: dict[str, Any]
    active: bool


class ProfilesReply(Reply):
    """The scene profiles."""

    profiles: list[ProfileReply]


class ProfileWish(Wish):
    """Which profile to apply."""

    profile: str


class WhiteWish(Wish):
    """A place of a view that is to look grey or white."""

    view: int = Field(0, ge=0, le=11)
    x: float = Field(ge=0, le=1, description="0 is the left edge of the view")
    y: float = Field(ge=0, le=1, description="0 is the upper edge of the view")
    aspect: float = Field(1, gt=0.1, lt=10, description="width / height of the view's picture that was pointed at")
    radius: float = Field(0.01, gt=0, le=0.2, description="of the patch that is averaged, in parts of the image circle's radius")


class WhiteReply(Reply):
    """What the manual white balance is now."""

    white_balance: Literal["manual"] = "manual"
    red_gain: float
    blue_gain: float


async def profiles(call: Call[None]) -> ProfilesReply:
    """All profiles."""
    values = call.services.settings.snapshot.flat()
    return ProfilesReply(
        profiles=[
            ProfileReply(
                name=name,
                title=profile.title,
                description=profile.description,
                values=dict(profile.values),
                active=all(values[path] == value for path, value in profile.values.items()),
            )
            for name, profile in PROFILES.items()
        ]
    )


async def apply(call: Call[ProfileWish]) -> ProfilesReply:
    """Set what the profile says, in one transaction."""
    profile = PROFILES.get(call.wish.profile)
    if profile is None:
        raise NotFound(f"profile={call.wish.profile!r}: there is no such scene profile; there are {', '.join(PROFILES)}")
    await call.services.settings.patch(dict(profile.values), call.caller)
    return await profiles(Call(call.connection, call.services, call.caller, None))


async def white(call: Call[WhiteWish]) -> WhiteReply:
    """Measure the place, and use the manual white balance that makes it grey."""
    wish, services = call.wish, call.services
    gains = services.camera.white_reference(wish.view, (wish.x, wish.y, wish.aspect, wish.radius))
    red, blue = round(gains.red, 3), round(gains.blue, 3)
    changes = {"image.white_balance": "manual", "image.red_gain": red, "image.blue_gain": blue}
    await services.settings.patch(changes, call.caller)
    return WhiteReply(red_gain=red, blue_gain=blue)


_PATH = "/api/v1/image/"

ENDPOINTS = (
    rest(_PATH + "profiles", "Scene profiles: image settings for a purpose", profiles, Role.VIEWER, reply=ProfilesReply),
    rest(_PATH + "profile", "Apply a scene profile", apply, Role.OPERATOR, methods=("POST",), request=ProfileWish, reply=ProfilesReply),
    rest(
        _PATH + "white-reference",
        "Make a place of a view grey by manual white balance",
        white,
        Role.OPERATOR,
        methods=("POST",),
        request=WhiteWish,
        reply=WhiteReply,
    ),
)
