"""Which part takes which settings while the camera runs: one row each, and nothing else decides it.

A row that refuses (any PanocamError) makes the store give the old values back to the rows before it. Settings without a row are
read where they are used, at the moment they are used: names of views, the rules of access.
"""

from __future__ import annotations

import asyncio

from panocam.app.check import check_source
from panocam.app.expose import exposure_plan
from panocam.app.listeners import Listeners
from panocam.app.presence import Presence
from panocam.app.recordings import storage_plan
from panocam.app.translate import adjustment, camera_config, rtsp_options, stream_defaults
from panocam.pipeline.camera import PanoramicCamera
from panocam.ports import Board
from panocam.settings import Snapshot, Store
from panocam.settings.store import Apply
from panocam.storage.storage import Storage
from panocam.streaming.server import RtspServer

PICTURED = ("source", "installation", "views", "areas", "ptz", "privacy", "overlays", "image", "time")
"""Sections that change what a picture shows."""


def bind(
    store: Store,
    panoramic: PanoramicCamera,
    rtsp: RtspServer,
    presence: Presence,
    storage: Storage,
    board: Board,
    listeners: Listeners,
) -> None:
    """Connect the settings with the parts."""

    tls = listeners.tls

    async def usable(old: Snapshot, new: Snapshot) -> None:
        if new.source.address() != old.source.address():
            await asyncio.to_thread(check_source, camera_config(new))

    rows: tuple[tuple[tuple[str, ...], Apply], ...] = (
        (("source",), usable),
        (("exposure", "image", "installation"), lambda old, new: panoramic.set_exposure(exposure_plan(new))),
        (
            ("device", "source", "installation", "views", "areas", "ptz", "privacy"),
            lambda old, new: panoramic.reconfigure(camera_config(new)),
        ),
        (("stream", "signing"), lambda old, new: panoramic.set_defaults(stream_defaults(new))),
        (("signing",), lambda old, new: storage.recorder.sign_anew()),
        (("image", "installation"), lambda old, new: panoramic.set_adjustment(adjustment(new))),
        (PICTURED, lambda old, new: panoramic.renew()),  # after the rows that change what is seen
        (("network", "profiles", "access"), lambda old, new: rtsp.set_options(rtsp_options(new))),
        (("tls",), lambda old, new: tls.set_plan(new.tls)),
        (("network",), lambda old, new: listeners.set_plan(new.network)),
        (("privacy",), lambda old, new: storage.recorder.forget_buffered()),
        (("storage", "rules", "profiles"), lambda old, new: storage.set_plan(storage_plan(new, storage.shares))),
        (("ports",), board.apply),
        (("device", "discovery", "addressing"), lambda old, new: presence.apply(new)),
    )
    for sections, apply in rows:
        store.bind(sections, apply)
