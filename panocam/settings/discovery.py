"""Settings of discovery: by which protocols the camera lets itself be found, and under which names."""

from __future__ import annotations

from panocam.settings.declare import Section, setting
from panocam.settings.role import Role

ADMIN = Role.ADMINISTRATOR


def _name(protocol: str) -> str:
    what = f"What {protocol} shows; empty is the camera's name with its serial number."
    result: str = setting("", f"Name in {protocol}", what, write=ADMIN, max_length=63, pattern=r"^[^\x00-\x1f\x7f]*$")
    return result


class Discovery(Section):
    """By which protocols the camera lets itself be found, and under which names."""

    mdns: bool = setting(True, "Bonjour (mDNS)", "Announce the camera by multicast DNS.", write=ADMIN)
    mdns_name: str = _name("Bonjour")
    upnp: bool = setting(True, "UPnP (SSDP)", "Announce the camera by UPnP.", write=ADMIN)
    upnp_name: str = _name("UPnP")
    ws_discovery: bool = setting(True, "WS-Discovery", "Answer ONVIF's way of looking for devices.", write=ADMIN)
