"""record/storage/*.cgi: how much of a disk the recordings may take, for clients of this camera family. Sizes in KB, 0 is no limit."""

from __future__ import annotations

import asyncio
from xml.etree.ElementTree import Element

from panocam.api.endpoint import Call, Discovery, Endpoint, Kind, vapix
from panocam.api.services import storage_of
from panocam.api.vapix.answers import Answer, answering
from panocam.api.vapix.keeping import keeping, revised
from panocam.api.vapix.markup import node, schema_versions
from panocam.errors import InvalidValue, NotFound, PanocamError
from panocam.settings.role import Role
from panocam.storage.volume import Volume

KB_EACH_MB = 1024
NO_DISK, NO_SIZE, FAILED = 110, 120, 10

_answered = answering(
    "StorageLimitsResponse", "recordingstoragelimit1", ((NotFound, NO_DISK), (InvalidValue, NO_SIZE), (PanocamError, FAILED))
)


async def limits(call: Call[None]) -> Element:
    """Limit and use of all disks, or of the one that ``diskid`` names."""
    storage, wanted = storage_of(call.services), call.arguments.get("diskid", "")
    volumes = [storage.recorder.volume(wanted)] if wanted else list(storage.volumes.values())
    settings = call.services.settings.snapshot.storage
    shown = [
        node("StorageLimit", diskid=volume.id, size=keeping(settings, volume.id).most_mb * KB_EACH_MB, usedspace=used)
        for volume, used in zip(volumes, await asyncio.gather(*(_used(volume) for volume in volumes)), strict=True)
    ]
    return node("GetStorageLimitsResponse", shown)


async def set_limit(call: Call[None]) -> Element:
    """``size`` KB of the disk ``diskid`` at most, counted in whole MB."""
    volume = storage_of(call.services).recorder.volume(call.arguments.get("diskid", ""))
    size = call.arguments.get("size", "")
    if not (size.isascii() and size.isdigit() and len(size) < 13):
        raise InvalidValue("size", size, "give whole KB, 0 for no limit")
    await revised(call, volume.id, most_mb=-(-int(size) // KB_EACH_MB))
    return node("GeneralSuccess")


async def schemas(call: Call[None]) -> Element:
    """Which schemas these CGIs know."""
    return schema_versions()


async def _used(volume: Volume) -> int:
    paths = await asyncio.to_thread(volume.index.paths, volume.id)
    return sum(size for size, _ in paths.values()) >> 10


ABOUT = Discovery("recording-storage-limit", "1.0", "Space for recordings")


def _row(name: str, title: str, answer: Answer, role: Role) -> Endpoint:
    return vapix(f"/axis-cgi/record/storage/{name}.cgi", title, _answered(answer), role, reply=Kind.XML, discovery=ABOUT)


ENDPOINTS = (
    _row("getlimit", "How much recordings may take of the disks", limits, Role.OPERATOR),
    _row("setlimit", "Set how much recordings may take of a disk", set_limit, Role.ADMINISTRATOR),
    _row("schemaversions", "Schemas of the space for recordings", schemas, Role.OPERATOR),
)
