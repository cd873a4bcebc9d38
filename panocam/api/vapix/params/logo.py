"""The image of each view as older clients set it: Image.OverlayPath, and the groups Image.I#.Overlay.

One image for all views is named by ``OverlayPath``; a view's is an overlay like others, under a number of its own, so it is seen and can
be changed wherever overlays are. ``XPos`` and ``YPos`` are pixels of the view's largest picture, of the image's left upper corner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from panocam.api.services import Services, overlays
from panocam.api.vapix.dynamicoverlay import FOLDER
from panocam.api.vapix.params.leaf import YES_NO, Changes, Leaf, Shape, number
from panocam.errors import InvalidValue, PanocamError
from panocam.media.planes import JPEG_COLOR
from panocam.optics.catalog import VIEWS, Model, resolutions
from panocam.pipeline.overlays.sprites import Canvas, footprint
from panocam.settings.overlays import MOST, Image
from panocam.settings.snapshot import DECLARED

SETTING = "overlays.items"
LOGOS = 9200
"""Number of the overlay of view 0."""

FAR = 8192

Items = tuple[Any, ...]
Size = tuple[int, int]


@dataclass(frozen=True)
class Room:
    """A view's largest picture, and what the image takes of it."""

    picture: Size
    image: Size

    def share(self, axis: int, pixels: int) -> float:
        """The position -1..1 of a corner at so many pixels. Raises ValueError beyond the picture."""
        free = max(0, self.picture[axis] - self.image[axis])
        if not 0 <= pixels <= free:
            raise ValueError(f"use 0 to {free}: the picture has {self.picture[axis]} pixels, the image {self.image[axis]}")
        return round(2 * pixels / free - 1, 6) if free else -1.0

    def corner(self, position: Any) -> Size:
        """Where the image lies."""
        if isinstance(position, tuple):
            x, y = ((whole - part) * (to + 1) / 2 for whole, part, to in zip(self.picture, self.image, position, strict=True))
            return round(x), round(y)
        return Canvas(self.picture, JPEG_COLOR).place(position, self.image)


def _items(services: Services, so_far: Changes) -> Items:
    made = so_far.get(SETTING)
    return made if isinstance(made, tuple) else services.settings.snapshot.overlays.items


def _logos(items: Items) -> dict[int, Image]:
    """The views' images, by view."""
    return {item.identity - LOGOS: item for item in items if isinstance(item, Image) and 0 <= item.identity - LOGOS < len(VIEWS)}


def _image(items: Items) -> str:
    """The image of all views; empty where none was named."""
    return next((logo.image for logo in _logos(items).values()), "")


def _room(services: Services, view: int, logo: Image) -> Room:
    """Raises NotFound, Unavailable for an image that is lost."""
    try:
        picture = services.camera.offered(view)[0]
    except PanocamError:  # a view that is not there now: what it would offer
        picture = resolutions(Model(services.settings.snapshot.device.model), view)[0]
    width, height, scalable = overlays(services).gallery.extent(logo.image)
    return Room(picture, footprint(logo.size, width, height, picture, scalable=scalable))


def _with(items: Items, logo: Image) -> Items:
    changed = (*(item for item in items if item.identity != logo.identity), logo)
    if len(changed) > MOST:
        raise ValueError(f"there are {MOST} overlays already: remove one that is not needed")
    return changed


def _at_start(view: int, image: str) -> Image:
    """Not shown, in the corner."""
    fields = {"identity": LOGOS + view, "views": (view,), "image": image, "visible": False, "position": (-1.0, -1.0)}
    return Image.model_validate(fields)


def _write_path(services: Services, value: str, so_far: Changes) -> Changes:
    items, name = _items(services, so_far), value.rpartition("/")[2]
    if name == _image(items):
        return {}
    if not name:
        return {SETTING: tuple(item for item in items if item not in _logos(items).values())}
    try:
        overlays(services).gallery.extent(name)
    except PanocamError as lost:
        raise InvalidValue("OverlayPath", name, str(lost)) from None
    for logo in tuple(_logos(items).values()) or (_at_start(0, name),):
        items = _with(items, logo.model_copy(update={"image": name}))
    return {SETTING: items}


def _writer(view: int, change: Callable[[Services, Image, str], Image]) -> Callable[[Services, str, Changes], Changes]:
    def write(services: Services, value: str, so_far: Changes) -> Changes:
        items = _items(services, so_far)
        image = _image(items)
        logo = _logos(items).get(view) or _at_start(view, image or "-")
        if not image:
            if value in ("no", "0"):
                return {}
            raise ValueError("name the image first, with Image.OverlayPath")
        try:
            return {SETTING: _with(items, change(services, logo, value))}
        except PanocamError as lost:
            raise InvalidValue("OverlayPath", image, str(lost)) from None

    return write


def _enabled(services: Services, logo: Image, value: str) -> Image:
    return logo.model_copy(update={"visible": YES_NO.read(value)})


def _moved(axis: int) -> Callable[[Services, Image, str], Image]:
    def change(services: Services, logo: Image, value: str) -> Image:
        room = _room(services, logo.identity - LOGOS, logo)
        corner = room.corner(logo.position)
        wanted = tuple(number(value) if each == axis else min(corner[each], room.picture[each]) for each in (0, 1))
        if wanted == corner:
            return logo
        kept = logo.position if isinstance(logo.position, tuple) else (None, None)
        shares = tuple(kept[each] if each != axis and kept[each] is not None else room.share(each, max(0, wanted[each])) for each in (0, 1))
        return logo.model_copy(update={"position": shares})

    return change


def rows() -> Iterator[Leaf]:
    """Every leaf of these groups."""
    declared = DECLARED[SETTING]
    read_role, write_role = declared.read, declared.write or declared.read

    def path(services: Services) -> str:
        name = _image(services.settings.snapshot.overlays.items)
        return FOLDER + name if name else ""

    yield Leaf("Image.OverlayPath", path, Shape(length=128), _write_path, read_role, write_role)
    for view in range(len(VIEWS)):
        group = f"Image.I{view}.Overlay"
        yield Leaf(f"{group}.Enabled", _shown(view), YES_NO.shape, _writer(view, _enabled), read_role, write_role)
        for axis, name in enumerate(("XPos", "YPos")):
            yield Leaf(f"{group}.{name}", _at(view, axis), Shape("int", 0, FAR), _writer(view, _moved(axis)), read_role, write_role)


def _shown(view: int) -> Callable[[Services], str]:
    def read(services: Services) -> str:
        logo = _logos(services.settings.snapshot.overlays.items).get(view)
        return YES_NO.show(logo is not None and logo.visible)

    return read


def _at(view: int, axis: int) -> Callable[[Services], str]:
    def read(services: Services) -> str:
        logo = _logos(services.settings.snapshot.overlays.items).get(view)
        if logo is None:
            return "0"
        try:
            return str(_room(services, view, logo).corner(logo.position)[axis])
        except PanocamError:  # the image is lost
            return "0"

    return read
