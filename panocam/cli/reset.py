"""``panocam reset``: factory default. The only way back in when the administrator's password is lost."""

from __future__ import annotations

from typing import Annotated

import typer

from panocam.cli import options


def command(
    data: options.Data = None,
    keep_network: Annotated[bool, typer.Option("--keep-network", help="Keep ports and addresses.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Put everything back to factory default: settings, accounts, certificate."""
    from panocam.access.reset import reset

    folder = options.data_folder(data)
    if not yes:
        typer.confirm(f"Accounts, settings and certificate in {folder} will be lost. Go on?", abort=True)
    reset(folder, keep_network)
    typer.echo("The camera is at factory default. The next start begins at the set-up page.")
