"""``panocam run``: the camera, until it is stopped."""

from __future__ import annotations

import gc
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
    sd_card: Annotated[
        Path | None, typer.Option(envvar="PANOCAM_SD_CARD", help="Directory or mounted card for recordings.", show_default="none")
    ] = None,
    lens: options.Lens = None,
    fov: options.Fov = None,
    circle: options.CircleOption = None,
    host: Annotated[
        str | None, typer.Option(envvar="PANOCAM_HOST", help="Address to listen on; :: is IPv6 too.", show_default="all of IPv4")
    ] = None,
    http_port: Annotated[int | None, typer.Option(envvar="PANOCAM_HTTP_PORT", help="0 is any free port.", show_default="8080")] = None,
    https_port: Annotated[int | None, typer.Option(envvar="PANOCAM_HTTPS_PORT", help="0 is any free port.", show_default="8443")] = None,
    rtsp_port: Annotated[int | None, typer.Option(envvar="PANOCAM_RTSP_PORT", help="0 is any free port.", show_default="8554")] = None,
    rtsps_port: Annotated[int | None, typer.Option(envvar="PANOCAM_RTSPS_PORT", help="0 is any free port.", show_default="8322")] = None,
    standard_ports: Annotated[
        bool, typer.Option("--standard-ports", envvar="PANOCAM_STANDARD_PORTS", help="80, 443, 554 and 322, where none is named.")
    ] = False,
    manage_interface: Annotated[
        str | None,
        typer.Option(
            envvar="PANOCAM_MANAGE_INTERFACE", help="Network interface whose address the camera sets; needs rights.", show_default="none"
        ),
    ] = None,
    serial: Annotated[
        str | None, typer.Option(envvar="PANOCAM_SERIAL", help="Serial number for this run, 12 hexadecimal digits.", show_default="kept")
    ] = None,
    ready_file: Annotated[
        Path | None, typer.Option(envvar="PANOCAM_READY_FILE", help="Write the addresses to this file, as JSON, when ready.")
    ] = None,
    log_level: Annotated[str, typer.Option(envvar="PANOCAM_LOG_LEVEL", help="debug, info, warning or error.")] = "info",
) -> None:
    """Run the camera and show where it can be watched."""
    ports = {"http_port": http_port, "https_port": https_port, "rtsp_port": rtsp_port, "rtsps_port": rtsps_port}
    if standard_ports:
        ports = {name: STANDARD_PORTS[name] if port is None else port for name, port in ports.items()}
    settings = options.given(
        storage__card=None if sd_card is None else str(sd_card.absolute()),
        source__uri=source,
        source__lens=lens,
        source__fov=fov,
        source__circle=circle,
        device__model=model,
        device__serial=serial,
        installation__mount=mount,
        network__host=host,
        addressing__interface=manage_interface,
        **{f"network__{name}": port for name, port in ports.items()},
    )
    from panocam.settings.snapshot import build

    build(settings)  # a mistake is told at once, before the large imports

    gc.disable()  # nothing that is imported is thrown away: looking for that takes a fifth of the time
    from panocam.app import RunOptions, run

    gc.freeze()
    gc.enable()

    run(RunOptions(options.data_folder(data), settings, ready_file, log_level))
