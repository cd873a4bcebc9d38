"""By what and under which names the camera is found: the groups Network.Bonjour and Network.UPnP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import YES_NO, Leaf, bound, getter, said, text
from panocam.settings.snapshot import Snapshot


def rows() -> Iterator[Leaf]:
    """Every leaf of these groups."""
    for group, setting in (("Bonjour", "mdns"), ("UPnP", "upnp")):
        yield from bound(f"Network.{group}.Enabled", f"discovery.{setting}", YES_NO)
        for leaf in bound(f"Network.{group}.FriendlyName", f"discovery.{setting}_name", text(63)):
            yield _in_effect(leaf, f"discovery.{setting}_name")


def _in_effect(leaf: Leaf, setting: str) -> Leaf:
    """Shown is the name that others see, also where none has been chosen."""
    chosen = getter(setting)

    def read(services: Services) -> str:
        settings: Snapshot = services.settings.snapshot
        return said(chosen(settings) or f"{settings.device.name} - {settings.device.serial}")

    return replace(leaf, read=read)
