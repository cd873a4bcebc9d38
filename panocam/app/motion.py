"""Motion areas of one camera: the pictures are watched as the settings say, and what is seen becomes events."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from panocam.app.translate import motion_areas
from panocam.clock import Clock
from panocam.events.bus import Bus
from panocam.events.motion import MotionStates
from panocam.pipeline.camera import PanoramicCamera
from panocam.settings import Snapshot, Store


@contextlib.asynccontextmanager
async def watch_motion(store: Store, bus: Bus, clock: Clock, camera: PanoramicCamera) -> AsyncIterator[MotionStates]:
    """Watch until the block ends."""
    async with MotionStates(bus, clock) as states:

        def watch(settings: Snapshot) -> None:
            camera.watch_motion(motion_areas(settings), states.seen)
            states.watch(settings.motion.areas)

        watch(store.running)
        store.bind(["motion"], lambda old, new: watch(new))
        yield states
        camera.watch_motion((), states.seen)
