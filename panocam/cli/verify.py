"""``panocam verify``: is a video as its camera signed it? Needs no camera and no network."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from panocam.errors import PanocamError, Unavailable

if TYPE_CHECKING:
    from panocam.codecs.signing.trust import Trust
    from panocam.codecs.signing.verdicts import Report

UNREADABLE = 3
MEMORY = 2 << 30
"""Bytes of address space: a few thousand bytes of a file can ask a demuxer for any number of them."""


def command(
    file: Annotated[Path, typer.Argument(help="MP4, Matroska, MPEG-TS, IVF, H.264, H.265 or AV1 file.", show_default=False)],
    trust: Annotated[
        Path | None,
        typer.Option(envvar="PANOCAM_TRUST", help="Certificates (PEM) from the camera's page; the signer must then be that camera."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", envvar="PANOCAM_JSON", help="Everything that was found, as JSON.")] = False,
) -> int:
    """Verify signed video. Exit status: 0 intact, 1 not intact, 2 not signed, 3 unreadable."""
    from panocam.codecs.signing import wording

    _bound()
    try:
        report = _verified(file, None if trust is None else _certificates(trust), shown=not as_json and sys.stderr.isatty())
    except PanocamError as error:
        print(f"panocam: {' '.join(str(error).split())}", file=sys.stderr)
        return UNREADABLE
    except MemoryError:
        print(f"panocam: {file.name!a} asks for more than {MEMORY >> 30} GB of memory; no video does", file=sys.stderr)
        return UNREADABLE
    text = json.dumps(wording.as_json(report)) if as_json else "\n".join(wording.lines(report))
    print(text)
    return report.exit_status


def _verified(file: Path, trust: Trust | None, *, shown: bool) -> Report:
    from rich.console import Console
    from rich.progress import Progress

    from panocam.codecs.signing.reader import verify_file

    with Progress(console=Console(stderr=True), transient=True, disable=not shown) as bar:
        task = bar.add_task(file.name, total=1.0)
        return verify_file(file, trust, lambda done: bar.update(task, completed=done))


def _bound() -> None:
    """What a file can make this process take, where the system can say so."""
    try:
        import resource
    except ImportError:  # Windows
        return
    now, most = resource.getrlimit(resource.RLIMIT_AS)
    if now == resource.RLIM_INFINITY or now > MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, most))


def _certificates(path: Path) -> Trust:
    from panocam.codecs.signing.trust import Trust

    try:
        return Trust.from_pem(path.read_bytes(), "--trust")
    except OSError as fault:
        raise Unavailable(f"--trust {path}: {fault.strerror}; name a file of certificates that can be read") from None
