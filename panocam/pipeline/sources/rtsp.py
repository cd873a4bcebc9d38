"""A network camera over RTSP: TCP first, then UDP, because TCP passes firewalls and loses nothing."""

from __future__ import annotations

from panocam.errors import InvalidValue, Unavailable
from panocam.pipeline.sources.address import shown
from panocam.pipeline.sources.base import SourceOptions
from panocam.pipeline.sources.decoding import open_container
from panocam.pipeline.sources.live import LiveSource

_HOPELESS = ("refused", "no answer in time", "401", "404", "unauthorized", "not found", "no route", "unreachable", "name or service")
"""Reasons that another transport would not mend."""


def open_rtsp(uri: str, options: SourceOptions) -> LiveSource:
    """Connect by the first transport that works. Raises Unavailable with the reasons, without credentials."""
    name = shown(uri)
    reasons = []
    for transport in options.transports:
        settings = {
            "rtsp_transport": transport,
            "allowed_media_types": "video",
            "fflags": "nobuffer",
            "flags": "low_delay",
            "analyzeduration": "1000000",
            "reorder_queue_size": "64" if transport == "udp" else "0",
        }
        try:
            return LiveSource(open_container(uri, name, options=settings, timeout=options.timeout), name, options.clock)
        except (Unavailable, InvalidValue) as error:
            reason = str(error).rpartition(": ")[2]
            reasons.append(f"{reason} ({transport.upper()})")
            if any(word in reason.lower() for word in _HOPELESS):
                break
    raise Unavailable(f"source {name}: {', '.join(reasons)}")
