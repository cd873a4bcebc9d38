"""Overlays over REST: what lies on top of the streams, the image store, the modifiers and the dynamic text."""

from __future__ import annotations

import base64
import binascii
from io import BytesIO
from typing import Any

from PIL import Image
from pydantic import ConfigDict, Field, RootModel
from starlette.responses import Response

from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.services import overlays
from panocam.errors import InvalidValue
from panocam.events.modifiers import SLOTS
from panocam.imaging import artwork
from panocam.pipeline.overlays.gallery import Picture
from panocam.settings.overlays import LONGEST_TEXT, MOST, Item
from panocam.settings.role import Role

THUMBNAIL = 256
"""Pixels of the longer side."""

UPLOAD_LIMIT = artwork.LARGEST_FILE * 4 // 3 + 64 * 1024


class OverlayWish(RootModel[dict[str, Any]]):
    """Fields of an overlay; ``kind`` (text, image, indicator) decides which there are. What is not given keeps its value."""


class OverlaysReply(Reply):
    """All overlays, and how many there may be."""

    overlays: list[Item]
    most: int


class ImageReply(Reply):
    """An image of the store; ``scalable`` ones grow and shrink with the resolution."""

    name: str
    kind: str
    width: float
    height: float
    scalable: bool
    bytes: int


class ImagesReply(Reply):
    """The image store and what it accepts."""

    images: list[ImageReply]
    formats: list[str]
    largest_bytes: int
    largest_side: int


class Upload(Wish):
    """A picture: PNG, JPEG, BMP or SVG. ``transparent_color`` (RRGGBB) makes one colour transparent."""

    model_config = ConfigDict(str_max_length=UPLOAD_LIMIT)

    name: str = Field(max_length=255, description="Name of the file")
    data: str = Field(description="The file in base64")
    scalable: bool = Field(True, description="Grows and shrinks with the resolution")
    transparent_color: str = Field("", max_length=7)


class ModifierReply(Reply):
    """A modifier, and what it stands for just now. ``numbers``: first and last number that may follow."""

    modifier: str
    group: str
    title: str
    example: str
    numbers: tuple[int, int] | None


class ModifiersReply(Reply):
    """All modifiers in groups."""

    modifiers: list[ModifierReply]


class ViewQuery(Wish):
    """A view, by index."""

    view: int = Field(0, ge=0, le=11)


class OutlineQuery(ViewQuery):
    """A view and a resolution."""

    resolution: str = Field("1280x960", pattern=r"^\d{2,4}x\d{2,4}$")


class OutlineReply(Reply):
    """Where an overlay is, as shares 0..1 of the picture's sides."""

    identity: int
    x: float
    y: float
    width: float
    height: float


class OutlinesReply(Reply):
    """The overlays of a view that have something to show, from the bottom up."""

    outlines: list[OutlineReply]


class DynamicText(Wish):
    """What ``#D`` (slot 0) or ``#D1`` .. ``#D16`` stands for. ``views``: for slot 0, the views that show it; null for all."""

    slot: int = Field(0, ge=0, le=SLOTS)
    text: str = Field("", max_length=LONGEST_TEXT)
    views: list[int] | None = None


class DynamicTextsReply(Reply):
    """The dynamic texts that are not empty, by slot."""

    texts: dict[int, str]


async def list_overlays(call: Call[None]) -> OverlaysReply:
    """All overlays."""
    return OverlaysReply(overlays=list(overlays(call.services).items), most=MOST)


async def add(call: Call[OverlayWish]) -> Item:
    """One more."""
    return await overlays(call.services).add(call.wish.root, call.caller)


async def change(call: Call[OverlayWish]) -> Item:
    """Other values for some fields."""
    return await overlays(call.services).change(call.path_number("identity"), call.wish.root, call.caller)


async def remove(call: Call[None]) -> Item:
    """Take it away; the reply is what it was, so that it can be put back."""
    return await overlays(call.services).remove(call.path_number("identity"), call.caller)


async def images(call: Call[None]) -> ImagesReply:
    """The image store."""
    return ImagesReply(
        images=[_image(picture) for picture in await overlays(call.services).images()],
        formats=list(artwork.FORMATS),
        largest_bytes=artwork.LARGEST_FILE,
        largest_side=artwork.LARGEST_SIDE,
    )


async def upload(call: Call[Upload]) -> ImageReply:
    """Check a picture and keep it."""
    wish = call.wish
    try:
        data = base64.b64decode(wish.data, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidValue("data", f"{len(wish.data)} characters", "send the file in base64") from None
    kept = await overlays(call.services).upload(data, wish.name, scalable=wish.scalable, see_through=wish.transparent_color)
    return _image(kept)


async def thumbnail(call: Call[None]) -> Response:
    """A small PNG of a stored picture. Drawings are drawn here: no browser ever opens an uploaded one."""
    pixels = await overlays(call.services).thumbnail(call.path("image"), THUMBNAIL)
    out = BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return Response(out.getvalue(), media_type="image/png", headers={"Cache-Control": "private, max-age=60"})


async def delete_image(call: Call[None]) -> None:
    """Delete a picture that no overlay shows."""
    await overlays(call.services).delete_image(call.path("image"))


async def modifiers(call: Call[ViewQuery]) -> ModifiersReply:
    """All modifiers with what they stand for in a view just now."""
    return ModifiersReply(
        modifiers=[
            ModifierReply(
                modifier=row.name,
                group=row.group,
                title=row.title,
                example=said,
                numbers=(row.numbers[0], row.numbers[-1]) if row.numbers else None,
            )
            for row, said in overlays(call.services).examples(call.wish.view)
        ]
    )


async def outlines(call: Call[OutlineQuery]) -> OutlinesReply:
    """Where the overlays of a view are."""
    width, _, height = call.wish.resolution.partition("x")
    found = await overlays(call.services).outlines(call.wish.view, (int(width), int(height)))
    return OutlinesReply(outlines=[OutlineReply(**vars(each)) for each in found])


async def texts(call: Call[None]) -> DynamicTextsReply:
    """The dynamic texts."""
    return DynamicTextsReply(texts=overlays(call.services).board.dynamic)


async def set_text(call: Call[DynamicText]) -> DynamicTextsReply:
    """Supply a dynamic text; "" takes it away."""
    board = overlays(call.services).board
    board.set_dynamic(call.wish.text, call.wish.slot, call.wish.views)
    return DynamicTextsReply(texts=board.dynamic)


def _image(picture: Picture) -> ImageReply:
    return ImageReply(**vars(picture))


_ONE, _IMAGES, _IMAGE, _TEXTS = (
    "/api/v1/overlays/{identity}",
    "/api/v1/overlay-images",
    "/api/v1/overlay-images/{image}",
    "/api/v1/overlay-texts",
)

ENDPOINTS = (
    rest("/api/v1/overlays", "The overlays on top of the streams", list_overlays, Role.VIEWER, reply=OverlaysReply),
    rest("/api/v1/overlays", "Add an overlay", add, Role.OPERATOR, methods=("POST",), request=OverlayWish),
    rest(_ONE, "Change an overlay", change, Role.OPERATOR, methods=("PATCH",), request=OverlayWish),
    rest(_ONE, "Remove an overlay", remove, Role.OPERATOR, methods=("DELETE",)),
    rest(_IMAGES, "The image store of the overlays", images, Role.VIEWER, reply=ImagesReply),
    rest(
        _IMAGES,
        "Upload an overlay image",
        upload,
        Role.OPERATOR,
        methods=("POST",),
        request=Upload,
        reply=ImageReply,
        body_limit=UPLOAD_LIMIT,
    ),
    rest(_IMAGE, "A small picture of an overlay image", thumbnail, Role.VIEWER, reply=Kind.PNG),
    rest(_IMAGE, "Delete an overlay image", delete_image, Role.OPERATOR, methods=("DELETE",), reply=Kind.NOTHING),
    rest(
        "/api/v1/overlay-modifiers", "Text modifiers and what they say now", modifiers, Role.VIEWER, request=ViewQuery, reply=ModifiersReply
    ),
    rest("/api/v1/overlay-outlines", "Where the overlays of a view are", outlines, Role.VIEWER, request=OutlineQuery, reply=OutlinesReply),
    rest(_TEXTS, "The dynamic texts", texts, Role.VIEWER, reply=DynamicTextsReply),
    rest(_TEXTS, "Supply a dynamic text", set_text, Role.OPERATOR, methods=("PUT",), request=DynamicText, reply=DynamicTextsReply),
)
