"""Recordings that rules start."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from panocam.errors import NotFound, PanocamError
from panocam.events.rules.actions import action_kind
from panocam.events.rules.runner import Job
from panocam.pipeline.request import StreamRequest
from panocam.settings import Snapshot, Store
from panocam.storage.recorder import Order, Recorder
from panocam.storage.recording import Kind
from panocam.streaming.url import stream_request

KINDS = ("record.fixed", "record.active")


class Films:
    """One recording for each rule; one that starts anew while it records goes on with the same."""

    def __init__(self, recorder: Callable[[], Recorder], store: Store) -> None:
        self._recorder, self._store = recorder, store
        self._identities: dict[int, str] = {}

    async def begin(self, job: Job) -> None:
        known = self._identities.get(job.rule)
        if any(known in running.ids for running in self._recorder().running):
            return
        wanted = request(self._store.snapshot, job.values["view"], job.values["profile"])
        order = Order(wanted, str(job.values["disk"]), Kind.ACTION, job.name, float(job.values["pre"]))
        self._identities[job.rule] = await self._recorder().start(order)

    async def end(self, job: Job) -> None:
        with suppress(KeyError, NotFound):  # it never began, or somebody has stopped it already
            await self._recorder().stop(self._identities.pop(job.rule))


def request(settings: Snapshot, view: object, profile: object) -> StreamRequest:
    """The stream of a view, with a stream profile or without ("")."""
    profiles = settings.profiles.parameters
    if profile and profile not in profiles:
        raise NotFound(f"there is no stream profile {profile}; there are: {', '.join(profiles) or 'none'}")
    return stream_request([("camera", str(int(str(view)) + 1)), ("streamprofile", str(profile))], profiles)


def buffered(settings: Snapshot) -> dict[StreamRequest, float]:
    """Streams of which rules need the last seconds when they start, and how many."""
    found: dict[StreamRequest, float] = {}
    for rule in settings.rules.items:
        if not rule.enabled or rule.action.kind not in KINDS:
            continue
        try:
            values = action_kind(rule.action).values(rule.action.parameters)
            wanted = request(settings, values["view"], values["profile"])
        except PanocamError:  # the rule says so when it starts
            continue
        found[wanted] = max(float(values["pre"]), found.get(wanted, 0.0))
    return {wanted: seconds for wanted, seconds in found.items() if seconds}
