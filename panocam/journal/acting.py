"""On whose behalf the code runs just now, for the audit log: set where a request is admitted, read where something has changed."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Acting:
    """Somebody's request. ``told``: something it did is in the audit log already."""

    account: str
    peer: str
    protocol: str
    told: bool = False


ACTING: ContextVar[Acting | None] = ContextVar("acting", default=None)
"""Follows a request into the tasks and threads it starts, as context variables do."""
