"""A network camera over RTSP: TCP first, then UDP, because TCP passes firewalls and loses nothing."""

from __future__ import annotations

from panocam.clock import NS
from panocam.errors import InvalidValue, Unavailable
from panocam.pipeline.sources.address import shown
from panocam.pipeline.sources.base import SourceOptions
from panocam.pipeline.sources.decoding import TOO_LATE, open_container
from panocam.pipeline.sources.live import LiveSource

_HOPELESS = ("refused", TOO_LATE, "401", "404", "unauthorized", "not found", "no route", "unreachable", "name or service")
"""Reasons that another transport would not mend."""


def open_rtsp(uri: str, options: SourceOptions) -> LiveSource:
    """Connect by the first transport that works. Raises Unavailable with the reasons, without credentials."""
    name = shown(uri)
    reasons = []
    for transport in options.transports:
        reason = ""
        try:
            return _connect(uri, name, transport, options)
        except InvalidValue:
            reason = "the answer is no video stream"
        except Unavailable as error:
            reason = str(error).rpartition(": ")[2]
        reasons.append(f"{reason} ({transport.upper()})")
        if any(word in reason.lower() for word in _HOPELESS):
            break
    raise Unavailable(f"source {name}: {', '.join(reasons)}")


def _connect(uri: str, name: str, transport: str, options: SourceOptions) -> LiveSource:
    settings = {
        "rtsp_transport": transport,
        "allowed_media_types": "video",
        "flags": "low_delay",  # but not "nobuffer": it throws away the first key picture, and the next may be ten seconds off
        "analyzeduration": "1000000",
        "fpsprobesize": "0",  # the rate is measured anyway; probing it would cost most of a second
        "reorder_queue_size": "64" if transport == "udp" else "0",
    }
    started = options.clock.monotonic_ns()
    try:
        container = open_container(uri, name, options=settings, timeout=options.timeout)
    except InvalidValue:
        # FFmpeg reports a reply that it stopped waiting for as "invalid data".
        if options.clock.monotonic_ns() - started >= options.timeout * NS:
            raise Unavailable(f"source {name}: {TOO_LATE}") from None
        raise
    return LiveSource(container, name, options.clock, transport)
