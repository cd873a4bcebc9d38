"""Recordings over RTSP: what a PLAY wishes, the pictures of it in their order, and their way to the client in time."""
