"""Who moves a view area, for every dialect alike."""

from __future__ import annotations

from panocam.api.guard import Caller
from panocam.ptz import Mover


def mover_of(caller: Caller) -> Mover:
    """Who moves, as the steering knows him: a browser by its session, others by name and address."""
    key = caller.session.csrf if caller.session is not None else f"{caller.name}@{caller.address}"
    return Mover.person(caller.name, caller.role, key)
