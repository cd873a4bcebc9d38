"""Writing the audit log: what happened, on whose behalf."""

from __future__ import annotations

from panocam.journal.acting import ACTING
from panocam.journal.entry import Level
from panocam.journal.journal import Journal, Which

THE_CAMERA = "system"


class Audit:
    """One for the whole camera; may be called on any thread."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def note(self, what: str, part: str, *, by: str = "", peer: str = "", level: Level = Level.INFO, **fields: str) -> None:
        """Write ``what`` down. Without ``by`` it was whoever's request is running, else the camera itself."""
        acting = ACTING.get()
        if acting is not None:
            acting.told = True
        who = by or (acting.account if acting else "") or THE_CAMERA
        where = peer or (acting.peer if acting else "")
        sentence = f"{who}{f' at {where}' if where else ''}: {what}"
        self._journal.write(Which.AUDIT, level, part, sentence, by=who, peer=where, what=what, **fields)
