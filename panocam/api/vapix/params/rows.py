"""The whole tree: the rows of every group, put together once."""

from __future__ import annotations

from panocam.api.vapix.params import (
    caption,
    clock,
    device,
    discovery,
    image,
    logo,
    masks,
    network,
    ports,
    profiles,
    ptz,
    sensor,
    storage,
    tampering,
    tours,
    zones,
)
from panocam.api.vapix.params.tree import Tree

TREE = Tree(
    (
        *device.rows(),
        *image.rows(),
        *caption.rows(),
        *logo.rows(),
        *masks.rows(),
        *sensor.rows(),
        *tampering.rows(),
        *network.rows(),
        *discovery.rows(),
        *ptz.rows(),
        *storage.rows(),
        *profiles.rows(),
        *ports.rows(),
        *clock.rows(),
    ),
    (masks.LIVING, sensor.LIVING, ptz.LIVING, tours.LIVING, zones.LIVING, profiles.LIVING, ports.LIVING, *storage.LIVING),
    (*tours.TEMPLATES, *profiles.TEMPLATES, *masks.TEMPLATES, *zones.TEMPLATES),
)
"""What param.cgi lists and changes."""
