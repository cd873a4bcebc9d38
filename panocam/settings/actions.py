"""Action configurations: what clients prepare in one request and let rules use in later ones. A rule's own action is with the rule."""

from __future__ import annotations

from pydantic import Field, field_validator

from panocam.settings.declare import Section, once, setting
from panocam.settings.role import Role
from panocam.settings.rules import Action

MOST = 512


class ActionConfiguration(Section):
    """A prepared action. ``rules``: those that were made with it; it is theirs as long as they do the same."""

    id: int = Field(ge=1, le=99_999_999)
    name: str = Field("", max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")
    action: Action
    rules: tuple[int, ...] = Field((), max_length=256)


class Actions(Section):
    """Actions that wait for rules."""

    items: tuple[ActionConfiguration, ...] = setting(
        (),
        "Action configurations",
        f"Actions that were prepared for rules by SOAP, up to {MOST}; see the rules page.",
        read=Role.ADMINISTRATOR,
        write=Role.ADMINISTRATOR,
        max_length=MOST,
    )

    @field_validator("items")
    @classmethod
    def _each_once(cls, items: tuple[ActionConfiguration, ...]) -> tuple[ActionConfiguration, ...]:
        once("action configuration", (item.id for item in items))
        return tuple(sorted(items, key=lambda item: item.id))
