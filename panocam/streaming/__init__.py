"""Delivery over RTP: packing, the sans-I/O RTSP machine and its transports."""
