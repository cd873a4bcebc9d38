"""Privacy masks as a service: what is drawn on the picture to be hidden, and the switch for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from panocam.api.drawn import Drawn, Sort
from panocam.settings import Actor, Store
from panocam.settings.privacy import LONGEST_NAME, MOST_MASKS, Mask

if TYPE_CHECKING:
    from panocam.api.services import PanoramicCamera

MASKS = Sort("mask", "privacy mask", "privacy.masks", MOST_MASKS, LONGEST_NAME, "nothing would be hidden")


class PrivacyMasks(Drawn[Mask]):
    """Only an administrator changes them."""

    def __init__(self, settings: Store, camera: PanoramicCamera) -> None:
        super().__init__(settings, camera, MASKS, lambda: settings.snapshot.privacy.masks)

    @property
    def shown(self) -> bool:
        """The main switch."""
        return self._settings.snapshot.privacy.enabled

    async def show(self, shown: bool, by: Actor) -> None:
        """The main switch: all masks, or none."""
        await self._settings.patch({"privacy.enabled": shown}, by)
