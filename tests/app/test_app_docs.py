"""docs/command-line.md names every command, option and environment variable, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from panocam import cli

PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"


def test_the_page_and_the_program_agree() -> None:
    text = PAGE.read_text()
    commands = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    options = {(option, parameter.envvar) for command in commands.values() for parameter in command.params for option in parameter.opts}
    long = {(option, variable) for option, variable in options if option.startswith("--")}
    rows = set(re.findall(r"^\| `(--[a-z-]+)(?:[^|\\]|\\.)*\| `(PANOCAM_[A-Z_]+)`", text, re.M))
    assert rows == long
    assert {f"## panocam {name}" for name in commands} == set(re.findall(r"^## panocam \w+", text, re.M))
