"""The command line: one file a command. Every option can be an environment variable ``PANOCAM_…``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from panocam.cli import benchmark, discover, reset, run, snapshot, verify
from panocam.errors import InvalidValue, PanocamError

app = typer.Typer(
    name="panocam",
    help="A panoramic network camera made of software.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.command)
app.command("discover")(discover.command)
app.command("snapshot")(snapshot.command)
app.command("benchmark")(benchmark.command)
app.command("reset")(reset.command)
app.command("verify")(verify.command)

OPTIONS = {
    "source": "--source",
    "source.uri": "--source",
    "source.lens": "--lens",
    "source.fov": "--fov",
    "source.circle": "--circle",
    "device.model": "--model",
    "device.serial": "--serial",
    "installation.mount": "--mount",
    "network.host": "--host",
    "network.http_port": "--http-port",
    "network.https_port": "--https-port",
    "network.rtsp_port": "--rtsp-port",
    "network.rtsps_port": "--rtsps-port",
    "resolution": "--resolution",
}
"""What a person typed, by the name under which the parts know it."""

MISTAKE = 2
"""Exit status of every mistake that the user can mend."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status. A mistake is one line on standard error that says what and how to mend it."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return int(app(given or ["--help"], standalone_mode=False) or 0)
    except InvalidValue as error:
        return _complain(str(error).replace(error.name, OPTIONS.get(error.name, error.name), 1))
    except PanocamError as error:
        return _complain(str(error))
    except typer.TyperException as error:
        return _complain(f"{error.format_message()} (panocam --help lists what there is)")
    except typer.Abort:
        return _complain("stopped; nothing was changed")


def _complain(text: str) -> int:
    print(f"panocam: {' '.join(text.split())}", file=sys.stderr)
    return MISTAKE


__all__ = ["app", "main"]
