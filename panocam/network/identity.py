"""By which host name the camera goes: its own where it has one, else the machine's."""

from __future__ import annotations

import socket

from panocam.settings import Snapshot


def host_name(settings: Snapshot) -> str:
    """As it is told in names of certificates, mDNS, parameters and overlays. The machine itself is not renamed."""
    return settings.addressing.host_name or socket.gethostname()
