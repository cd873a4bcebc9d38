"""What is kept on a disk and how it is called: settings of the card stand by themselves, those of a share in its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from panocam.api.endpoint import Call
from panocam.errors import NotFound
from panocam.settings import Snapshot
from panocam.settings.storage import CARD, Storage


@dataclass(frozen=True)
class Keeping:
    """The rules of one disk."""

    name: str = ""
    retention_days: float = 0.0
    remove_oldest: bool = True
    most_mb: int = 0


def keeping(settings: Storage, disk: str) -> Keeping:
    """The rules of ``disk``."""
    for share in settings.shares:
        if share.disk == disk:
            return Keeping(share.name, share.retention_days, share.remove_oldest, share.most_mb)
    return Keeping("", settings.retention_days, settings.remove_oldest, settings.most_mb)


async def revised(call: Call[None], disk: str, **values: object) -> None:
    """Change rules of ``disk``, named as in the settings. Raises NotFound, InvalidValue."""

    def law(now: Snapshot) -> Mapping[str, object]:
        if disk == CARD:
            return {f"storage.{name}": value for name, value in values.items()}
        if not any(share.disk == disk for share in now.storage.shares):
            raise NotFound(f"there is no disk {disk}")
        return {"storage.shares": tuple(s.model_copy(update=values) if s.disk == disk else s for s in now.storage.shares)}

    await call.services.settings.revise(law, call.caller)
