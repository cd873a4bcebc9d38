"""What rules have changed that outlives the program, and how it was before: so that it ends even if the program was killed meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from panocam.clock import Clock
from panocam.errors import PanocamError
from panocam.settings import DataFolder
from panocam.settings.keptfile import KeptFile

log = logging.getLogger(__name__)

SCHEMA = 1


@dataclass(frozen=True)
class Entry:
    """``doing``: what a rule made of it; ``before``: what it was. JSON values."""

    doing: Any
    before: Any


class Ledger:
    """Entries by name of the thing; written before the thing is changed."""

    def __init__(self, folder: DataFolder, clock: Clock) -> None:
        self._file = KeptFile(folder.folder("rules"), "undo", SCHEMA, clock)
        self._lock = asyncio.Lock()
        self._entries: dict[str, Entry] = {}
        try:
            loaded = self._file.load()
            self._entries = {} if loaded is None else {name: Entry(**each) for name, each in loaded.body.items()}
        except (PanocamError, TypeError) as fault:
            log.warning("what rules were doing when the camera ended is not known: %s", fault)

    @property
    def entries(self) -> Mapping[str, Entry]:
        return self._entries

    async def put(self, name: str, entry: Entry | None) -> None:
        """Keep an entry, or forget it. A disk that cannot be written is no reason not to act."""
        async with self._lock:
            entries = {key: each for key, each in self._entries.items() if key != name}
            if entry is not None:
                entries[name] = entry
            if entries == self._entries:
                return
            self._entries = entries
            body = {key: {"doing": each.doing, "before": each.before} for key, each in entries.items()}
            try:
                await asyncio.to_thread(self._save, body)
            except PanocamError as fault:
                log.warning("%s", fault)

    def _save(self, body: dict[str, Any]) -> None:
        self._file.stage(body).commit()
