"""How a view looks at this moment, for lines that are drawn over its picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from panocam.api.known import known
from panocam.api.offers import plan
from panocam.api.services import Services
from panocam.optics.lens import Lens
from panocam.optics.levelgrid import Floats, Point, traced
from panocam.optics.view import Arrangement, View
from panocam.pipeline.request import StreamRequest


@dataclass(frozen=True)
class Sight:
    """A view at a size."""

    view: View
    lens: Lens
    arrangement: Arrangement
    width: int
    height: int

    @classmethod
    def of(cls, services: Services, index: int, size: tuple[int, int] | None) -> Self:
        """View ``index`` at ``size``, else at the size of its streams.

        Raises NotFound, InvalidValue for a size that it does not have, Unavailable before the first picture.
        """
        profile, camera = plan(services, StreamRequest(index, resolution=size), as_camera=False).profile, services.camera
        lens, arrangement = known(camera.lens), camera.scenery.arrangement
        return cls(arrangement.view(index, (profile.width, profile.height)), lens, arrangement, profile.width, profile.height)

    def traced(self, world: Floats) -> tuple[tuple[Point, ...], ...]:
        """The pieces of a line through world directions that the view shows."""
        return traced(self.view, self.lens, self.arrangement.mount, world)
