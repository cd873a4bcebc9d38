"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass

from panocam.streaming.outlet import Outlet
from panocam.streaming.service import Named


@dataclass(frozen=True)
class Client:
    """Who asks, and where the answer goes."""

    outlet: Outlet
    user: Named
