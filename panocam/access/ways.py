"""Which roles may come with, and which without encryption."""

from __future__ import annotations

from panocam.access.accounts import User
from panocam.errors import Denied
from panocam.settings.role import Role
from panocam.settings.system import Access


def may_come(role: Role, secure: bool, rules: Access) -> bool:
    """Whether the web ports let that role in on such a connection."""
    return rules.policy(role).allows(secure)


def demand_way(user: User, secure: bool, rules: Access) -> None:
    """Raises Denied when somebody comes on the wrong kind of connection."""
    if not may_come(user.role, secure, rules):
        needed = rules.policy(user.role).upper()
        raise Denied(f"{user.name} is {user.role}, and the policy lets {user.role}s in over {needed} only: use {needed}")
