"""The numbers of the running camera: for Prometheus and for the server report."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import panocam
from panocam.api.clients import Transport
from panocam.api.exposition import Kind as Type
from panocam.api.exposition import Labels, Metric, histogram, render, value
from panocam.api.services import Services
from panocam.clock import NS
from panocam.pipeline.stats import BUCKETS

if TYPE_CHECKING:
    from panocam.pipeline.channel import ChannelStatus

Samples = list[tuple[str, Labels, float]]


def exposition(services: Services) -> str:
    """All numbers of the moment, in the text format."""
    return render([*_process(services), *_source(services), *_channels(services), *_clients(services)])


def _process(services: Services) -> Iterator[Metric]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    uptime = (services.clock.monotonic_ns() - services.boot.started_ns) / NS
    info = {"version": panocam.__version__, "model": services.settings.running.device.model}
    yield Metric("panocam_info", Type.GAUGE, "Always 1; the labels say what runs.", [("", info, 1)])
    yield value("panocam_uptime_seconds", Type.GAUGE, "Seconds since start.", round(uptime, 3))
    yield value("process_cpu_seconds_total", Type.COUNTER, "User and system CPU time.", usage.ru_utime + usage.ru_stime)
    yield value("process_resident_memory_bytes", Type.GAUGE, "Resident memory.", resident_bytes(usage.ru_maxrss))


def _source(services: Services) -> Iterator[Metric]:
    source = services.camera.status().source
    states: Samples = [("", {"state": str(state)}, float(state == source.state)) for state in type(source.state)]
    yield Metric("panocam_source_state", Type.GAUGE, "1 for the state that the source is in.", states)
    yield value("panocam_source_fps", Type.GAUGE, "Pictures a second from the source.", round(source.fps, 3))
    yield value("panocam_source_frames_total", Type.COUNTER, "Pictures from the source.", source.frames)
    yield value("panocam_source_corrupt_total", Type.COUNTER, "Packets of the source that could not be decoded.", source.corrupt)
    yield value("panocam_source_restarts_total", Type.COUNTER, "Times that the source was opened again.", source.restarts)


def _channels(services: Services) -> Iterator[Metric]:
    channels = [(_labels(channel), channel) for channel in services.camera.status().channels]
    running = sum(channel.running for _, channel in channels)
    yield value("panocam_channels_running", Type.GAUGE, "Channels that encode now.", running)
    counters = {
        "frames": "Pictures encoded.",
        "packets": "Access units published.",
        "keys": "Key pictures published.",
        "bytes": "Bytes published.",
        "missed": "Pictures left out because the encoder was busy.",
        "dropped": "Access units that slow clients lost.",
        "failures": "Times that an encoder failed.",
    }
    for name, text in counters.items():
        samples: Samples = [("", labels, getattr(channel, name)) for labels, channel in channels]
        yield Metric(f"panocam_channel_{name}_total", Type.COUNTER, text, samples)
    subscribers: Samples = [("", labels, channel.subscribers) for labels, channel in channels]
    yield Metric("panocam_channel_subscribers", Type.GAUGE, "Who holds a subscription to the channel.", subscribers)
    rates: Samples = [("", labels, round(channel.fps, 3)) for labels, channel in channels]
    yield Metric("panocam_channel_fps", Type.GAUGE, "Pictures a second of the channel.", rates)
    yield Metric(
        "panocam_stage_seconds",
        Type.HISTOGRAM,
        "How long each stage took, waiting included; total is capture to publish.",
        _stages(services),
    )


def _stages(services: Services) -> Samples:
    """All channels together: a histogram a stage stays readable however many channels there are."""
    counts: dict[str, list[int]] = {}
    sums: dict[str, float] = {}
    for channel in services.camera.status().channels:
        for stage, seen in channel.latency.items():
            name = "total" if stage is None else str(stage)
            counts[name] = [a + b for a, b in zip(counts.get(name, [0] * len(seen.counts)), seen.counts, strict=True)]
            sums[name] = sums.get(name, 0.0) + seen.sum
    return [sample for name in counts for sample in histogram({"stage": name}, BUCKETS, counts[name], sums[name])]


def _clients(services: Services) -> Iterator[Metric]:
    clients = services.clients
    now: Samples = [("", {"transport": str(kind)}, sum(client.transport is kind for client in clients)) for kind in Transport]
    rtsp = services.rtsp.status() if services.rtsp is not None else None
    if rtsp is not None:
        now.append(("", {"transport": "rtsp"}, rtsp.sessions))
    yield Metric("panocam_clients", Type.GAUGE, "Who watches now.", now)
    totals = {
        "clients": "Clients that have come.",
        "delivered": "Pictures sent.",
        "bytes": "Bytes sent.",
        "dropped": "Pictures lost by being slow.",
    }
    for name, text in totals.items():
        samples: Samples = [("", {"transport": str(kind)}, clients.total(name, kind)) for kind in Transport]
        yield Metric(f"panocam_client_{name}_total", Type.COUNTER, text, samples)
    if rtsp is not None:
        yield value("panocam_rtsp_connections", Type.GAUGE, "Open RTSP connections.", rtsp.connections)
        yield value("panocam_rtsp_connections_total", Type.COUNTER, "RTSP connections accepted.", rtsp.accepted)
        yield value("panocam_rtsp_refused_total", Type.COUNTER, "RTSP connections refused because there were too many.", rtsp.refused)


def _labels(channel: ChannelStatus) -> Labels:
    profile = channel.spec.profile
    return {
        "view": str(channel.spec.view),
        "codec": str(profile.codec),
        "resolution": f"{profile.width}x{profile.height}",
        "fps": f"{profile.fps:g}",
        "compression": str(profile.compression),
        "gop": str(profile.gop),
        "kbps": str(profile.max_bitrate_kbps),
        "profile": str(profile.h264_profile),
        "zipstream": str(profile.zipstream),
    }


def resident_bytes(peak: int) -> int:
    """Resident memory now where the system says it, else its peak (``ru_maxrss``: KiB, on macOS bytes)."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return peak if sys.platform == "darwin" else peak * 1024
