"""Settings of the overlays: text, pictures and the streaming indicator that lie on top of the streams.

All overlays are one setting, replaced as a whole. Lengths are in 1080ths of the picture's height, so that an overlay takes the same part of
the picture at every resolution; a position is one of six fixed ones, or a place from -1 to 1 across and down, where -1 puts the overlay
flush with the left (upper) edge and 1 flush with the right (lower) one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal
from unicodedata import category

from pydantic import BaseModel, ConfigDict, Field, field_validator

from panocam.settings.declare import Section, setting

MOST = 64
"""Overlays in all."""
LONGEST_TEXT = 512
MOST_Z = 1000
VIEWS = 12


class Anchor(StrEnum):
    """The fixed positions, as clients of this camera family name them."""

    TOP_LEFT = "topLeft"
    TOP = "top"
    TOP_RIGHT = "topRight"
    BOTTOM_LEFT = "bottomLeft"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottomRight"


class Paint(StrEnum):
    """The colours of texts and marks."""

    BLACK = "black"
    WHITE = "white"
    RED = "red"
    GREY = "grey"
    TRANSPARENT = "transparent"
    SEMI_TRANSPARENT = "semiTransparent"


Share = Annotated[float, Field(ge=-1, le=1)]
Position = Anchor | tuple[Share, Share]
ViewNumber = Annotated[int, Field(ge=0, lt=VIEWS)]


class Overlay(BaseModel):
    """What all overlays have. ``views``: indices 0..11, None for all. Higher ``z`` lies on top, then what was added later."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)

    identity: int = Field(ge=0, lt=10_000, description="Number of the overlay")
    views: tuple[ViewNumber, ...] | None = Field(None, max_length=VIEWS, description="Views that show it, by index; null for all")
    position: Position = Field(Anchor.TOP_LEFT, description="A fixed position, or [x, y] from -1 to 1")
    rotation: float = Field(0, ge=-180, le=180, description="Degrees clockwise")
    visible: bool = True
    z: int = Field(0, ge=0, le=MOST_Z, description="Higher lies on top")

    @field_validator("views")
    @classmethod
    def _sorted(cls, views: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if views is not None and not views:
            raise ValueError("name at least one view, or null for all")
        return None if views is None else tuple(sorted(set(views)))


class Text(Overlay):
    """Words, with modifiers that stand for what is so at the moment of each picture."""

    kind: Literal["text"] = "text"
    text: str = Field(min_length=1, max_length=LONGEST_TEXT, description="Words and modifiers; a line break begins a new line")
    size: float = Field(40, ge=0, le=200, description="Letter size; 0 is the standard size of 40")
    color: Paint = Paint.WHITE
    background: Paint = Paint.TRANSPARENT
    outline: Paint = Paint.BLACK
    scroll: float = Field(0, ge=-20, le=20, description="Speed across the picture, to the left when positive; 0 stands still")

    @field_validator("text")
    @classmethod
    def _shown(cls, text: str) -> str:
        unseen = next((letter for letter in text if letter not in "\t\r\n" and category(letter) == "Cc"), None)
        if unseen is not None:
            raise ValueError(f"there is a control character in it (U+{ord(unseen):04X}), which nobody would see; leave it out")
        return text


class Image(Overlay):
    """A picture of the image store."""

    kind: Literal["image"] = "image"
    image: str = Field(min_length=1, max_length=80, description="Name in the image store")
    size: float = Field(0, ge=0, le=1080, description="Height; 0 is its own size")


class Indicator(Overlay):
    """A mark that moves with every picture: proof that the stream is alive."""

    kind: Literal["indicator"] = "indicator"
    style: Literal["circle", "bar"] = "circle"
    size: float = Field(40, ge=4, le=200, description="Height")
    color: Paint = Paint.WHITE
    background: Paint = Paint.SEMI_TRANSPARENT
    outline: Paint = Paint.WHITE


Item = Annotated[Text | Image | Indicator, Field(discriminator="kind")]


class Overlays(Section):
    """What lies on top of the streams."""

    items: tuple[Item, ...] = setting(
        (), "Overlays", "Texts, images and streaming indicators on top of the streams; see the overlays page.", max_length=MOST
    )

    @field_validator("items")
    @classmethod
    def _numbered(cls, items: tuple[Item, ...]) -> tuple[Item, ...]:
        numbers = [item.identity for item in items]
        if len(set(numbers)) != len(numbers):
            raise ValueError("each overlay needs an identity of its own")
        return items
