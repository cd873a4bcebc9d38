"""Which views may be watched: those that the mount has and that are switched on."""

from __future__ import annotations

from dataclasses import dataclass

from panocam.api.services import Head, Services
from panocam.errors import InvalidValue, NotFound
from panocam.pipeline.request import ChannelSpec, StreamRequest


@dataclass(frozen=True)
class Offer:
    """One of the twelve views as it is now. ``reason`` says why it cannot be watched, else it is empty."""

    index: int
    name: str
    reason: str
    resolutions: tuple[tuple[int, int], ...]
    ptz: bool


def offers(services: Services) -> list[Offer]:
    """All views by index."""
    settings = services.settings.snapshot
    result = []
    for index, view in enumerate(settings.views):
        try:
            sizes, reason = tuple(services.camera.offered(index)), ""
        except NotFound as problem:
            sizes, reason = (), str(problem)
        if not view.enabled:
            reason = reason or "switched off in the settings"
        result.append(Offer(index, view.name, reason, sizes, not reason and _moves(services, index)))
    return result


def plan(services: Services, request: StreamRequest, *, as_camera: bool = True) -> ChannelSpec:
    """The channel for a request. A view that is not there is the caller's mistake here: InvalidValue.

    It is named as the caller did: ``camera`` counts from 1, ``view`` from 0.
    """
    name, number = ("camera", request.view + 1) if as_camera else ("view", request.view)
    views = services.settings.snapshot.views
    if request.view < len(views) and not views[request.view].enabled:
        raise InvalidValue(name, number, f"{views[request.view].name} is switched off in the settings; choose another view")
    try:
        return services.camera.plan(request)
    except NotFound as problem:
        raise InvalidValue(name, number, str(problem)) from problem


def head(services: Services, view: int) -> Head:
    """What moves a view area. Raises NotFound when there is no such view, InvalidValue for one that does not move."""
    offer = next((offer for offer in offers(services) if offer.index == view), None)
    if offer is None or offer.reason:
        raise NotFound(f"view {view} is not there: {offer.reason if offer else 'views have the numbers 0 to 11'}")
    if not offer.ptz:
        movable = ", ".join(str(each.index) for each in offers(services) if each.ptz)
        raise InvalidValue("view", view, f"{offer.name} cannot be moved; views that can: {movable or 'none'}")
    return services.camera.heads[view]


def _moves(services: Services, index: int) -> bool:
    areas = services.settings.snapshot.areas
    first = min(services.camera.heads, default=0)
    return index in services.camera.heads and areas[index - first].ptz
