"""``panocam snapshot``: one picture of one view, without a server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from panocam.cli import options
from panocam.errors import InvalidValue, Unavailable

if TYPE_CHECKING:
    from panocam.settings import Snapshot

SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")


def command(
    out: Annotated[Path, typer.Argument(help="JPEG file to write.", show_default=False)],
    view: Annotated[
        str,
        typer.Option(envvar="PANOCAM_VIEW", help="Name or number (0-11) of the view, such as 'panorama' or 'view area 1'."),
    ],
    source: options.Source = None,
    pan: Annotated[float | None, typer.Option(envvar="PANOCAM_PAN", help="Degrees clockwise; view areas only.")] = None,
    tilt: Annotated[float | None, typer.Option(envvar="PANOCAM_TILT", help="Degrees upwards; view areas only.")] = None,
    zoom: Annotated[float | None, typer.Option(envvar="PANOCAM_ZOOM", help="Magnification, 1 is widest; view areas only.")] = None,
    resolution: Annotated[str | None, typer.Option(envvar="PANOCAM_RESOLUTION", help="WIDTHxHEIGHT from the view's list.")] = None,
    model: options.Model = None,
    mount: options.Mount = None,
    lens: options.Lens = None,
    fov: options.Fov = None,
    circle: options.CircleOption = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", envvar="PANOCAM_DATA", help="A camera's data folder: its settings and privacy masks.", show_default="none"),
    ] = None,
) -> None:
    """Write one picture of a view as JPEG, as the camera of a data folder would show it."""
    from panocam.app.translate import camera_config
    from panocam.optics.catalog import find
    from panocam.optics.mount import Mount
    from panocam.optics.pose import default_poses
    from panocam.pipeline.still import render_still
    from panocam.settings.snapshot import build

    given = options.given(
        source__uri=source,
        source__lens=lens,
        source__fov=fov,
        source__circle=circle,
        device__model=model,
        installation__mount=mount,
    )
    settings = build(given) if data is None else _saved(data, given)
    index = view_number(view)
    pose = None
    if (pan, tilt, zoom) != (None, None, None):
        mounted = Mount(settings.installation.mount)
        row = find(index, mounted)
        if not row.movable:
            raise InvalidValue("--view", row.name, "pan, tilt and zoom are for the view areas; use 'view area 1' to 'view area 4'")
        default = default_poses(mounted)[row.area - 1]
        pose = type(default)(default.pan if pan is None else pan, default.tilt if tilt is None else tilt, default.hfov)
        pose = pose if zoom is None else pose.magnified(zoom)
    picture = render_still(camera_config(settings), index, pose, _size(resolution))
    try:
        out.write_bytes(picture)
    except OSError as error:
        raise Unavailable(f"{out}: {error.strerror}; choose a place that can be written") from None


def _saved(data: Path, given: dict[str, object]) -> Snapshot:
    """The settings in a camera's data folder, below those that were ``given``. Raises Unavailable when there is no such folder."""
    from panocam.access import KeyStore
    from panocam.settings import DataFolder, Store

    if not data.is_dir():
        raise Unavailable(f"data folder {data}: there is none; name the camera's with --data, or leave it out")
    folder = DataFolder(data)
    return Store.open(folder, KeyStore.open(folder), given).snapshot


def view_number(text: str) -> int:
    """The index 0..11 of a view given by number or by name in any case, with spaces, dashes or underscores. Raises InvalidValue."""
    from panocam.optics.catalog import VIEWS

    wanted = re.sub(r"[\s_-]+", " ", text.strip().lower())
    for row in VIEWS:
        if wanted in (str(row.index), row.name.lower()):
            return row.index
    raise InvalidValue("--view", text, f"use a number 0 to 11 or one of: {', '.join(row.name for row in VIEWS)}")


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = SIZE.fullmatch(text)
    if found is None:
        raise InvalidValue("--resolution", text, "use WIDTHxHEIGHT, for example 1280x960")
    return int(found[1]), int(found[2])
