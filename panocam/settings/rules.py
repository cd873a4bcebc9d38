"""Settings of the rules: when these conditions hold, that is done. Topics and actions are known, and checked, in ``events.rules``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, field_validator

from panocam.settings.declare import Section, once, setting
from panocam.settings.role import Role

MOST_RULES = 256
MOST_CONDITIONS = 10
LONGEST_WAIT_S = 86_399

Scalar = StrictBool | StrictInt | StrictFloat | Annotated[StrictStr, Field(max_length=4096)]
Name = Annotated[str, Field(min_length=1, max_length=64)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


class Condition(_Part):
    """An event of ``topic`` whose items are as ``where`` says; ``inverted``: while that is not so."""

    topic: str = Field(min_length=1, max_length=128)
    where: dict[Name, Scalar] = Field(default_factory=dict, max_length=8)
    inverted: bool = False


class Action(_Part):
    """What is done: one of the declared kinds, and what it takes."""

    kind: str = Field(min_length=1, max_length=64)
    parameters: dict[Name, Scalar] = Field(default_factory=dict, max_length=16)

    @property
    def recipient(self) -> object:
        """The number of whom it sends something to; None where it does not."""
        return self.parameters.get("recipient")


class Rule(_Part):
    """All conditions must hold. ``trigger``: the first one only starts the rule, which then lasts while the others hold. ``wait``: seconds
    at least between two starts."""

    id: int = Field(ge=1, le=999_999)
    name: str = Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")
    enabled: bool = True
    conditions: tuple[Condition, ...] = Field(min_length=1, max_length=MOST_CONDITIONS)
    trigger: bool = False
    wait: int = Field(0, ge=0, le=LONGEST_WAIT_S)
    action: Action

    def same_work(self, other: Rule) -> bool:
        """Whether both do the same, whatever they are called and whether or not they are on."""
        leave = {"id", "name", "enabled"}
        return self.model_dump(exclude=leave) == other.model_dump(exclude=leave)


class Rules(Section):
    """Rules that join conditions and an action."""

    items: tuple[Rule, ...] = setting(
        (),
        "Rules",
        "When all conditions of a rule hold, its action is performed; see the rules page.",
        read=Role.ADMINISTRATOR,
        write=Role.ADMINISTRATOR,
        max_length=MOST_RULES,
    )

    @field_validator("items")
    @classmethod
    def _each_once(cls, items: tuple[Rule, ...]) -> tuple[Rule, ...]:
        once("rule", (rule.id for rule in items))
        return tuple(sorted(items, key=lambda rule: rule.id))
