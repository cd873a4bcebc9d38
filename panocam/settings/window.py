"""A rectangle of the overview in which the picture is measured."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

LEAST_SIDE = 0.02
"""Of the overview's side."""

Part = Annotated[float, Field(ge=0, le=1)]


class Window(BaseModel):
    """A rectangle of the overview as it is without roll: 0, 0 is its top left corner, 1, 1 its bottom right one."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    left: Part
    top: Part
    right: Part
    bottom: Part

    @model_validator(mode="after")
    def _is_a_rectangle_in_the_circle(self) -> Window:
        if self.right - self.left < LEAST_SIDE or self.bottom - self.top < LEAST_SIDE:
            raise ValueError(f"zone should have right at least {LEAST_SIDE} beyond left, and bottom at least {LEAST_SIDE} below top")
        x, y = min(max(0.5, self.left), self.right), min(max(0.5, self.top), self.bottom)
        if (x - 0.5) ** 2 + (y - 0.5) ** 2 > 0.24:
            raise ValueError("zone should not lie in a corner outside of the image circle; move it inwards")
        return self
