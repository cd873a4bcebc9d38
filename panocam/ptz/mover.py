"""Who asks for a move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from panocam.settings import Role

GROUP_OF: Mapping[Role, str] = {Role.ADMINISTRATOR: "administrator", Role.OPERATOR: "operator", Role.VIEWER: "viewer"}


@dataclass(frozen=True)
class Mover:
    """``name`` is for people, ``group`` one of ``settings.ptz.GROUPS``; ``key`` tells users of one name apart (by session or address)."""

    name: str
    group: str
    key: str

    @classmethod
    def person(cls, name: str, role: Role, key: str) -> Mover:
        """Somebody with an account."""
        return cls(name, GROUP_OF[role], key)
