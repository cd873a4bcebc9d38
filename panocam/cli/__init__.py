"""The command line: one file a command. Every option can be an environment variable ``PANOCAM_…``."""

from __future__ import annotations

import typer

from panocam.cli import benchmark, discover, reset, run, snapshot

app = typer.Typer(
    name="panocam",
    help="A panoramic network camera made of software.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (run, snapshot, discover, benchmark, reset):
    app.command()(module.command)

__all__ = ["app"]
