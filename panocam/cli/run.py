"""``panocam run``: the camera, until it is stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from panocam.cli import options

STANDARD_PORTS = {"http_port": 80, "https_port": 443, "rtsp_port": 554, "rtsps_port": 322}


def command(
    source: options.Source = None,
    model: options.Model = None,
    mount: options.Mount = None,
    data: options.Data = None,
    lens: options.Lens = None,
    fov: options.Fov = None,
    circle: options.CircleOption = None,
    host: Annotated[str | None, typer.Option(envvar="PANOCAM_HOST", help="Address to listen on.", show_default="all")] = None,
    http_port: Annotated[int | None, typer.Option(envvar="PANOCAM_HTTP_PORT", help="0 means any free port.", show_default="8080")] = None,
    https_port: Annotated[int | None, typer.Option(envvar="PANOCAM_HTTPS_PORT", show_default="8443")] = None,
    rtsp_port: Annotated[int | None, typer.Option(envvar="PANOCAM_RTSP_PORT", show_default="8554")] = None,
    rtsps_port: Annotated[int | None, typer.Option(envvar="PANOCAM_RTSPS_PORT", show_default="8322")] = None,
    standard_ports: Annotated[
        bool, typer.Option("--standard-ports", envvar="PANOCAM_STANDARD_PORTS", help="80, 443, 554 and 322, where none is named.")
    ] = False,
    serial: Annotated[str | None, typer.Option(envvar="PANOCAM_SERIAL", help="Serial number, 12 hexadecimal digits.")] = None,
    ready_file: Annotated[
        Path | None, typer.Option(envvar="PANOCAM_READY_FILE", help="Write the URLs to this file as JSON when ready.")
    ] = None,
    log_level: options.LogLevel = "info",
) -> None:
    """Run the camera and show where it can be watched."""
    from panocam.app import RunOptions, run  # heavy imports only when the camera really runs

    ports = {"http_port": http_port, "https_port": https_port, "rtsp_port": rtsp_port, "rtsps_port": rtsps_port}
    if standard_ports:
        ports = {name: STANDARD_PORTS[name] if port is None else port for name, port in ports.items()}
    given = {
        "source.uri": source,
        "source.lens": lens,
        "source.fov": fov,
        "source.circle": circle,
        "device.model": model,
        "device.serial": serial,
        "installation.mount": mount,
        "network.host": host,
        **{f"network.{name}": port for name, port in ports.items()},
    }
    run(
        RunOptions(
            data=options.data_folder(data),
            overrides={path: value for path, value in given.items() if value is not None},
            ready_file=ready_file,
            log_level=log_level,
        )
    )
