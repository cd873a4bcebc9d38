"""Frame to packet and packet to frame."""
