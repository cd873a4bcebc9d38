"""What people and programs may do with overlays. Every dialect calls this one service; the settings keep the overlays themselves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from panocam.clock import Clock
from panocam.errors import Busy, InvalidValue, NotFound, PanocamError
from panocam.events.modifiers import MODIFIERS, Modifier, Moment, Template
from panocam.imaging import artwork
from panocam.imaging.artwork import Artwork
from panocam.media.planes import JPEG_COLOR
from panocam.optics.pose import Pose
from panocam.pipeline.overlays.board import OverlayBoard
from panocam.pipeline.overlays.gallery import Gallery, Picture
from panocam.pipeline.overlays.painter import Painter
from panocam.settings import Actor, Snapshot, Store
from panocam.settings.overlays import LONGEST_TEXT, MOST, Anchor, Item

log = logging.getLogger(__name__)

_ITEM: TypeAdapter[Item] = TypeAdapter(Item, config=ConfigDict(defer_build=True))
PATH = "overlays.items"


@dataclass(frozen=True)
class Outline:
    """Where an overlay is in a view's picture: left upper corner and size as shares 0..1 of the picture's sides."""

    identity: int
    x: float
    y: float
    width: float
    height: float


class OverlayService:
    """All methods are called on the event loop. ``apply`` is bound to the settings; ``pose(view)`` tells where a view looks."""

    def __init__(
        self, store: Store, board: OverlayBoard, gallery: Gallery, clock: Clock, pose: Callable[[int], Pose | None] = lambda view: None
    ) -> None:
        self.board, self.gallery = board, gallery
        self._store, self._clock, self._pose = store, clock, pose
        self._changing = asyncio.Lock()

    @property
    def items(self) -> tuple[Item, ...]:
        """All overlays, as they are set."""
        return self._store.snapshot.overlays.items

    # --- what is shown

    async def start(self) -> None:
        """Show what was saved."""
        await self._show(self._store.running)

    async def apply(self, _old: Snapshot, new: Snapshot) -> None:
        """Show other settings from the next picture on."""
        await self._show(new)

    async def _show(self, settings: Snapshot) -> None:
        items = settings.overlays.items
        names = {item.image for item in items if item.kind == "image"}
        before = self.board.shown.artworks
        new = await asyncio.to_thread(self._read, names - before.keys())
        self.board.show(items, {name: art for name, art in {**before, **new}.items() if name in names})

    def _read(self, names: set[str]) -> dict[str, Artwork]:
        found = {}
        for name in names:
            try:
                found[name] = self.gallery.read(name)
            except PanocamError as fault:  # the picture is lost; the others are shown
                log.warning("an overlay cannot be shown: %s", fault)
        return found

    # --- changing

    async def add(self, wish: Mapping[str, Any], by: Actor) -> Item:
        """Add an overlay and give it the lowest free identity.

        Raises InvalidValue that names the field, NotFound for an image that is not in the store, Busy when there are too many, Denied.
        """
        async with self._changing:
            items = self.items
            if len(items) >= MOST:
                raise Busy(f"there are {MOST} overlays already: remove one that is not needed")
            taken = {item.identity for item in items}
            wanted = wish.get("identity")
            free = next(number for number in range(MOST + 1) if number not in taken)
            item = _checked({**wish, "identity": wanted if isinstance(wanted, int) and wanted not in taken else free})
            await self._known(item)
            await self._store.patch({PATH: (*items, item)}, by)
            return item

    async def change(self, identity: int, wish: Mapping[str, Any], by: Actor) -> Item:
        """Change fields of an overlay; its kind and identity stay. Raises as ``add``, NotFound when there is no such overlay."""
        async with self._changing:
            old = self.find(identity)
            item = _checked({**old.model_dump(), **wish, "identity": identity, "kind": old.kind})
            await self._known(item)
            await self._store.patch({PATH: tuple(item if each is old else each for each in self.items)}, by)
            return item

    async def remove(self, identity: int, by: Actor) -> Item:
        """Take an overlay away and return what it was. Raises NotFound, Denied."""
        async with self._changing:
            old = self.find(identity)
            await self._store.patch({PATH: tuple(each for each in self.items if each is not old)}, by)
            return old

    def find(self, identity: int) -> Item:
        """The overlay of that number. Raises NotFound."""
        found = next((item for item in self.items if item.identity == identity), None)
        if found is None:
            known = ", ".join(str(item.identity) for item in self.items) or "none"
            raise NotFound(f"overlay {identity} is not there; there are: {known}")
        return found

    async def _known(self, item: Item) -> None:
        if item.kind == "image":
            await asyncio.to_thread(self.gallery.read, item.image)

    # --- images

    async def images(self) -> Sequence[Picture]:
        """What is in the store."""
        return await asyncio.to_thread(self.gallery.list)

    async def upload(self, data: bytes, filename: str, *, scalable: bool = True, see_through: str = "") -> Picture:
        """Check and keep a picture. Raises InvalidValue, Busy, Unavailable."""
        async with self._changing:
            return await asyncio.to_thread(self.gallery.add, data, filename, scalable=scalable, see_through=see_through)

    async def delete_image(self, name: str) -> None:
        """Raises NotFound, and InvalidValue while overlays show it."""
        async with self._changing:
            users = [str(item.identity) for item in self.items if item.kind == "image" and item.image == name]
            if users:
                raise InvalidValue("image", name, f"is shown by overlay {', '.join(users)}; remove that first")
            await asyncio.to_thread(self.gallery.remove, name)

    async def thumbnail(self, name: str, side: int) -> artwork.Pixels:
        """A stored picture (h, w, RGBA), its longer side at most ``side`` pixels. Raises NotFound, Unavailable."""

        def small() -> artwork.Pixels:
            art = self.gallery.read(name)
            scale = min(side / max(art.width, art.height), 1.0) if art.kind == "png" else side / max(art.width, art.height)
            return artwork.drawn(art, max(1, round(art.width * scale)), max(1, round(art.height * scale)))

        return await asyncio.to_thread(small)

    # --- looking

    def say(self, text: str, view: int) -> str:
        """A text with what its modifiers stand for just now, in a view but in none of its streams."""
        moment = Moment(self._clock.wall_ns(), self.board.zone)
        return Painter(self.board, view, (640, 480)).say(Template(text), moment, self._pose(view))

    def examples(self, view: int = 0) -> list[tuple[Modifier, str]]:
        """Every modifier and what it stands for just now."""
        painter = Painter(self.board, view, (640, 480))
        moment = Moment(self._clock.wall_ns(), self.board.zone)
        return [(row, painter.say(Template(row.name), moment, self._pose(view))) for row in MODIFIERS]

    async def outlines(self, view: int, size: tuple[int, int]) -> list[Outline]:
        """Where the overlays of a view are in its picture of ``size`` (width, height)."""
        pose, now = self._pose(view), self._clock.wall_ns()

        def measured() -> list[Outline]:
            layers = Painter(self.board, view, size).layers(now, self._clock.monotonic_ns(), JPEG_COLOR, pose)
            return [Outline(item.identity, *(part / size[axis % 2] for axis, part in enumerate(drawn.frame))) for item, drawn in layers]

        return await asyncio.to_thread(measured)


def _checked(wish: Mapping[str, Any]) -> Item:
    try:
        return _ITEM.validate_python(dict(wish))
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False)[0]
        path = [str(part) for part in first["loc"]]
        name = path[1] if len(path) > 1 else "kind"
        given = wish.get(name, "")
        raise InvalidValue(name, given, _remedy(name, given, first["type"], str(first["msg"]))) from None


def _remedy(name: str, given: object, kind: str, message: str) -> str:
    """In words for people, where those of the model leave something out."""
    if kind.startswith("union_tag"):
        return "use text, image or indicator"
    if name == "position":  # the model speaks of the first of two ways only
        return f"use {', '.join(Anchor)}, or [x, y] with numbers from -1 to 1"
    if name == "text" and isinstance(given, str) and kind in ("string_too_short", "string_too_long", "missing"):
        return f"has {len(given)} characters; give 1 to {LONGEST_TEXT}"
    return message.removeprefix("Value error, ").removeprefix("Input ")
