"""Every persistent parameter, declared once; one immutable transactional snapshot of them."""

from panocam.settings.folder import DataFolder
from panocam.settings.role import SYSTEM, Actor, Role, SystemActor
from panocam.settings.snapshot import DECLARED, Snapshot
from panocam.settings.store import Changed, SettingRejected, StorageFailed, Store

__all__ = [
    "DECLARED",
    "SYSTEM",
    "Actor",
    "Changed",
    "DataFolder",
    "Role",
    "SettingRejected",
    "Snapshot",
    "StorageFailed",
    "Store",
    "SystemActor",
]
