"""``panocam reset``: factory default. The only way back in when the administrator's password is lost."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from panocam.cli import options
from panocam.errors import Unavailable


def command(
    data: options.Data = None,
    keep_network: Annotated[
        bool,
        typer.Option("--keep-network", envvar="PANOCAM_KEEP_NETWORK", help="Network and time settings stay as they are (a soft reset)."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", envvar="PANOCAM_YES", help="Do not ask.")] = False,
) -> None:
    """Put everything back to factory default: settings, accounts, certificates, logs. The serial number and recordings stay."""
    from panocam.access.reset import Mode, reset

    folder = options.data_folder(data)
    if not folder.is_dir():
        raise Unavailable(f"data folder {folder}: there is none, so there is nothing to reset; name the camera's with --data")
    if not yes and not sys.stdin.isatty():
        raise Unavailable("nobody is here to confirm; say --yes to reset all the same")
    if not yes:
        typer.confirm(f"Accounts, settings, certificates and logs in {folder} will be lost. Go on?", abort=True)
    reset(folder, Mode.SOFT if keep_network else Mode.HARD)
    typer.echo("The camera is at factory default. Its next start begins with the set-up page.")
