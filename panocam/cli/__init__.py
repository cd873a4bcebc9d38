"""The commands of the command line, one file each."""

import typer

app = typer.Typer()
