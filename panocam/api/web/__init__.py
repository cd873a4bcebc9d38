"""Our own REST, the live WebSocket, metrics and the web interface."""

from panocam.api.web import (
    accounts,
    events,
    exports,
    exposure,
    installation,
    live,
    metrics,
    overlays,
    privacy,
    recordings,
    session,
    settings,
    status,
    storage,
    views,
)

ENDPOINTS = (
    *session.ENDPOINTS,
    *accounts.ENDPOINTS,
    *views.ENDPOINTS,
    *settings.ENDPOINTS,
    *exposure.ENDPOINTS,
    *status.ENDPOINTS,
    *installation.ENDPOINTS,
    *events.ENDPOINTS,
    *live.ENDPOINTS,
    *recordings.ENDPOINTS,
    *exports.ENDPOINTS,
    *storage.ENDPOINTS,
    *metrics.ENDPOINTS,
    *overlays.ENDPOINTS,
    *privacy.ENDPOINTS,
)
