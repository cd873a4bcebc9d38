"""RTSP/1.0 (RFC 2326), server side, without I/O: bytes in, typed requests out, bytes out. The network is an adapter around it."""
