"""The three roles, each of which may do all that the one before it may."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """Viewer watches; operator also changes the picture; administrator also changes the system and its accounts."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"

    @property
    def rank(self) -> int:
        return _ORDER.index(self)

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what ``needed`` may."""
        return self.rank >= needed.rank


_ORDER = (Role.VIEWER, Role.OPERATOR, Role.ADMINISTRATOR)


class Actor(Protocol):
    """Who asks for a change: an account, or the system itself."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> Role: ...


@dataclass(frozen=True)
class SystemActor:
    """The camera acting by itself, or a person at its command line."""

    name: str = "system"
    role: Role = Role.ADMINISTRATOR


SYSTEM = SystemActor()
