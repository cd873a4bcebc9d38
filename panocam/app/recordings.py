"""Storage of the camera: made from the settings, and its facts as events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import panocam
from panocam.access.keystore import KeyStore
from panocam.app.performers.films import buffered
from panocam.clock import Clock
from panocam.events.bus import Bus
from panocam.events.topics import RECORDING, RECORDING_ONGOING, STORAGE_AGEING_PAUSED, STORAGE_DISRUPTED, STORAGE_FAILOVER, STORAGE_FULL
from panocam.pipeline.service import Camera
from panocam.settings import DataFolder, Snapshot, Store
from panocam.settings.storage import NetworkShare
from panocam.settings.storage import Storage as StorageSettings
from panocam.storage.ageing import DAY_NS
from panocam.storage.disk import State
from panocam.storage.recorder import Order
from panocam.storage.recording import Kind
from panocam.storage.retention import Keep
from panocam.storage.shares import Shares
from panocam.storage.storage import Plan, SharePlan, Storage, StorageOptions
from panocam.streaming.url import parse_query


def make_storage(folder: DataFolder, store: Store, keystore: KeyStore, camera: Camera, clock: Clock, bus: Bus) -> Storage:
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
    bus.emit(RECORDING, recording=False)
    bus.emit(STORAGE_AGEING_PAUSED, paused=False, ahead=0.0)
    for id in storage.volumes:
        bus.emit(RECORDING_ONGOING, {"disk_id": id}, recording=False)
    storage.shares = Shares(store, keystore)
    return storage


def storage_plan(settings: Snapshot, shares: Shares | None) -> Plan:
    """What is wanted all the time, by the settings of storage and by the rules that record.

    Raises InvalidValue for stream options that cannot be meant."""
    storage, profiles = settings.storage, settings.profiles.parameters
    continuous = {
        row.profile: Order(parse_query(row.options, profiles), row.disk, Kind.CONTINUOUS, f"profile {row.profile}")
        for row in storage.continuous
    }
    buffers = buffered(settings)
    for row in storage.buffers:
        request = parse_query(row.options, profiles)
        buffers[request] = max(row.seconds, buffers.get(request, 0.0))
    return Plan(
        _keep(storage),
        continuous,
        tuple(buffers.items()),
        storage.protected,
        {row.disk: SharePlan(shares.address(row), _keep(row), row.protected) for row in storage.shares if row.disk and shares is not None},
        storage.failover,
    )


def _keep(rules: StorageSettings | NetworkShare) -> Keep:
    return Keep(days=rules.retention_days, most=rules.most_mb << 20, remove=rules.remove_oldest)


def storage_fact(bus: Bus) -> Callable[[str, Mapping[str, object]], None]:
    """What to call with each fact of storage."""
    busy: set[str] = set()

    def hear(name: str, data: Mapping[str, object]) -> None:
        if name == "ageing":
            bus.emit(STORAGE_AGEING_PAUSED, paused=bool(data["paused"]), ahead=_days(data["ahead_ns"]))
            return
        source = {"disk_id": str(data["disk"])}
        if name == "disk":
            bus.emit(STORAGE_DISRUPTED, source, disruption=data["state"] not in (State.OK, State.CONNECTING), reason=str(data["reason"]))
            bus.emit(STORAGE_FULL, source, full=data["state"] is State.FULL)
        elif name == "failover":
            bus.emit(STORAGE_FAILOVER, source, away=bool(data["away"]), to=str(data["to"]), reason=str(data["reason"]))
        elif name == "recording":
            (busy.add if data["ongoing"] else busy.discard)(source["disk_id"])
            bus.emit(RECORDING_ONGOING, source, recording=bool(data["ongoing"]))
            bus.emit(RECORDING, recording=bool(busy))

    return hear


def _days(ns: object) -> float:
    return round(int(str(ns)) / DAY_NS, 1)
