"""Storage of the camera: made from the settings, and its facts as events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import panocam
from panocam.clock import Clock
from panocam.events.bus import Bus
from panocam.events.topics import RECORDING_ONGOING, STORAGE_DISRUPTED, STORAGE_FULL
from panocam.pipeline.service import Camera
from panocam.settings import DataFolder, Snapshot, Store
from panocam.storage.disk import State
from panocam.storage.recorder import Order
from panocam.storage.recording import Kind
from panocam.storage.retention import Keep
from panocam.storage.storage import Plan, Storage, StorageOptions
from panocam.streaming.url import parse_query


def make_storage(folder: DataFolder, store: Store, camera: Camera, clock: Clock, bus: Bus) -> Storage:
    """Enter it with ``async with``, then give it the plan."""
    settings = store.running
    device = settings.device
    options = StorageOptions(
        card=Path(settings.storage.card) if settings.storage.card else None,
        serial=device.serial,
        facts={"camera": device.name, "model": f"panocam {device.model.upper()}", "serial": device.serial, "version": panocam.__version__},
        name_of=lambda view: store.running.views[view].name,
        events=bus,
    )
    storage = Storage(folder.folder("storage"), camera, clock, options, storage_fact(bus))
    for id in storage.volumes:
        bus.emit(RECORDING_ONGOING, {"disk_id": id}, recording=False)
    return storage


def storage_plan(settings: Snapshot) -> Plan:
    """What is wanted all the time. Raises InvalidValue for stream options that cannot be meant."""
    storage, profiles = settings.storage, settings.profiles.parameters
    continuous = {
        row.profile: Order(parse_query(row.options, profiles), row.disk, Kind.CONTINUOUS, f"profile {row.profile}")
        for row in storage.continuous
    }
    keep = Keep(days=storage.retention_days, most=storage.most_mb << 20, remove=storage.remove_oldest)
    return Plan(keep, continuous, tuple((parse_query(row.options, profiles), row.seconds) for row in storage.buffers))


def storage_fact(bus: Bus) -> Callable[[str, Mapping[str, object]], None]:
    """What to call with each fact of storage."""

    def hear(name: str, data: Mapping[str, object]) -> None:
        source = {"disk_id": str(data["disk"])}
        if name == "disk":
            bus.emit(STORAGE_DISRUPTED, source, disruption=data["state"] is not State.OK, reason=str(data["reason"]))
            bus.emit(STORAGE_FULL, source, full=data["state"] is State.FULL)
        elif name == "recording":
            bus.emit(RECORDING_ONGOING, source, recording=bool(data["ongoing"]))

    return hear
