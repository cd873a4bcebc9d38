"""A report as JSON and as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from panocam.codecs.signing.verdicts import Identity, Part, Report, Track, Trusted, Verdict

MOST_LINES = 200
LAST_US = 253_402_300_799_000_000  # the end of the year 9999


def as_json(report: Report) -> dict[str, Any]:
    """Everything, in JSON's types."""
    return {**asdict(report), "exit_status": report.exit_status}


def lines(report: Report) -> Iterator[str]:
    """What a person wants to know, the verdict first."""
    yield f"{report.name}: {report.verdict.upper()}"
    yield f"  {report.summary}"
    for note in report.notes:
        yield f"  {note}"
    for track in report.tracks:
        if len(report.tracks) > 1:
            yield f"Track {track.number} ({track.codec}): {track.verdict}. {track.summary}"
        yield from _track(track)


def _track(track: Track) -> Iterator[str]:
    if track.identity is not None:
        yield from _identity(track.identity)
    shown = 0
    for verdict, run in groupby(track.parts, key=lambda part: part.verdict):
        parts = list(run)
        rows = [_run(parts)] if verdict is Verdict.INTACT else [_part(part) for part in parts]
        yield from rows[: max(0, MOST_LINES - shown)]
        shown += len(rows)
    if shown > MOST_LINES:
        yield f"  … {shown - MOST_LINES} lines more; --json has all"
    for problem in track.problems[:MOST_LINES]:
        yield f"  {_clock(problem.at)}  signature: {problem.reason}"


def _identity(identity: Identity) -> Iterator[str]:
    product = identity.product
    name = " ".join(part for part in (product.manufacturer, product.hardware, product.firmware) if part)
    yield f"  Signed by {name or 'an unnamed camera'}, serial number {product.serial or 'not said'} ({identity.format} format)"
    yield f"  Key {identity.fingerprint}"
    if identity.subject:
        yield f"  Certificate {identity.subject}"
    because = f": {identity.reason}" if identity.reason else ""
    word = "KNOWN" if identity.trusted is Trusted.YES else str(identity.trusted)
    yield f"  Signer {word}{because}"


def _run(parts: list[Part]) -> str:
    first, last = parts[0], parts[-1]
    pictures = f"pictures {first.first} to {last.last}"
    return (
        f"  {_clock(first.at)} to {_clock(last.until)}  intact      {pictures}, {len(parts)} signatures{_span(first.start_us, last.end_us)}"
    )


def _part(part: Part) -> str:
    pictures = f"pictures {part.first} to {part.last}" if part.last >= part.first else "no picture"
    return f"  {_clock(part.at)} to {_clock(part.until)}  {part.verdict:<10}  {pictures}{_span(part.start_us, part.end_us)}: {part.reason}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0.0, seconds), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:02}:{minutes:02}:{rest:06.3f}"


def _span(start_us: int | None, end_us: int | None) -> str:
    if start_us is None or end_us is None:
        return ""
    return f", signed as {_moment(start_us)} to {_moment(end_us)} UTC"


def _moment(time_us: int) -> str:
    if not 0 <= time_us <= LAST_US:
        return "an impossible time"
    return datetime.fromtimestamp(time_us / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S")
