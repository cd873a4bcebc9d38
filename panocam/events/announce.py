"""Facts of the settings store as events. Values are never in them, only paths."""

from __future__ import annotations

from collections.abc import Callable

from panocam.events.bus import Bus
from panocam.events.topics import SETTINGS_CHANGED, SETTINGS_STORAGE_FAILED
from panocam.settings import Changed, StorageFailed, Store


def announce_settings(store: Store, bus: Bus) -> Callable[[], None]:
    """Publish every change of the settings and every failure to save them. Returns the function that stops it."""

    def hear(fact: Changed | StorageFailed) -> None:
        match fact:
            case Changed(paths=paths, by=by):
                bus.emit(SETTINGS_CHANGED, paths=",".join(paths), by=by)
            case StorageFailed(reason=reason):
                bus.emit(SETTINGS_STORAGE_FAILED, failed=reason is not None, reason=reason or "")

    return store.listen(hear)
