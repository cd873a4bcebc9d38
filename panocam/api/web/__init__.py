"""Our own REST, the live WebSocket, metrics and the web interface."""

from panocam.api.web import accounts, events, installation, live, metrics, session, settings, status, views

ENDPOINTS = (
    *session.ENDPOINTS,
    *accounts.ENDPOINTS,
    *views.ENDPOINTS,
    *settings.ENDPOINTS,
    *status.ENDPOINTS,
    *installation.ENDPOINTS,
    *events.ENDPOINTS,
    *live.ENDPOINTS,
    *metrics.ENDPOINTS,
)
