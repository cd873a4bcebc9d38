"""Our own REST, the live WebSocket, metrics and the web interface."""
