"""Options that several commands share, each declared once with its help and environment variable, and what they mean as settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Source = Annotated[
    str | None,
    typer.Option(
        envvar="PANOCAM_SOURCE",
        help="sim:room, sim:yard, a video file (looped), a picture, rtsp://… or v4l2:/dev/video0.",
        show_default="as set before, or sim:room",
    ),
]
Model = Annotated[str | None, typer.Option(envvar="PANOCAM_MODEL", help="m4327 (2160x2160) or m4328 (2992x2992).")]
Mount = Annotated[str | None, typer.Option(envvar="PANOCAM_MOUNT", help="ceiling, desk or wall.")]
Lens = Annotated[
    str | None,
    typer.Option(envvar="PANOCAM_LENS", help="equidistant, equisolid, stereographic, orthographic or kb:k1,k2,k3,k4."),
]
Fov = Annotated[float | None, typer.Option(envvar="PANOCAM_FOV", help="Full angle seen across the image circle, in degrees (60 to 220).")]
CircleOption = Annotated[
    str | None,
    typer.Option("--circle", envvar="PANOCAM_CIRCLE", help="Image circle CX,CY,R in source pixels.", show_default="found automatically"),
]
Data = Annotated[
    Path | None,
    typer.Option("--data", envvar="PANOCAM_DATA", help="Where settings, accounts and keys live.", show_default="the user-data folder"),
]


def data_folder(given: Path | None) -> Path:
    """The folder that was named, else the platform's user-data folder."""
    import platformdirs

    return given if given is not None else Path(platformdirs.user_data_dir("panocam"))


def given(**named: object) -> dict[str, object]:
    """Settings by path out of the options that were given: ``source__uri`` is ``source.uri``."""
    return {name.replace("__", "."): value for name, value in named.items() if value is not None}
