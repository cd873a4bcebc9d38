"""Who hid which privacy mask, on record: one state on the bus and one line in the log, whatever way the settings were changed."""

from __future__ import annotations

import logging
from collections.abc import Callable

from panocam.events.bus import Bus
from panocam.events.topics import PRIVACY_MASKS
from panocam.settings import SYSTEM, Changed, Snapshot, StorageFailed, Store

log = logging.getLogger(__name__)


def hidden_masks(settings: Snapshot) -> tuple[str, ...]:
    """Names of the masks that exist and do not hide anything."""
    privacy = settings.privacy
    return tuple(mask.name for mask in privacy.masks if not (privacy.enabled and mask.enabled))


def announce_hiding(store: Store, bus: Bus) -> Callable[[], None]:
    """Publish which masks are hidden, now and after each change, and log every change of masks. Returns the function that stops it."""

    def tell(settings: Snapshot, by: str) -> None:
        names = hidden_masks(settings)
        known = next((event.data for event in bus.states(PRIVACY_MASKS.path)), None)
        if known is None or known["names"] != ",".join(names):
            bus.emit(PRIVACY_MASKS, hidden=bool(names), names=",".join(names), by=by)

    def hear(fact: Changed | StorageFailed) -> None:
        if isinstance(fact, Changed) and any(path.startswith("privacy.") for path in fact.paths):
            _log(fact.old, fact.new, fact.by)
            tell(fact.new, fact.by)

    tell(store.snapshot, SYSTEM.name)
    return store.listen(hear)


def _log(old: Snapshot, new: Snapshot, by: str) -> None:
    was, is_ = ({mask.id: mask for mask in settings.privacy.masks} for settings in (old, new))
    before, after = set(hidden_masks(old)), set(hidden_masks(new))
    facts = (
        (logging.WARNING, "removed", [was[key].name for key in was.keys() - is_.keys()]),
        (logging.WARNING, "hidden", sorted(after - before)),
        (logging.INFO, "shown again", sorted(before - after)),
        (logging.INFO, "added", [is_[key].name for key in is_.keys() - was.keys()]),
        (logging.INFO, "reshaped", [is_[key].name for key in is_.keys() & was.keys() if is_[key].corners != was[key].corners]),
    )
    for level, what, names in facts:
        if names:
            log.log(level, "privacy masks %s by %s: %s", what, by, ", ".join(names))
