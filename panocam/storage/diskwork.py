"""What people do with a disk, by name: each a sentence of work that says at its end what it found."""

from __future__ import annotations

from panocam.errors import InvalidValue
from panocam.storage.actions import Doing
from panocam.storage.disk import Told
from panocam.storage.volume import Volume

STOPPABLE = ("check", "repair")
"""They go in steps, each of which leaves the disk as good as it was."""

AT_ONCE_S = 8.0
"""An answer waits so long for the end; most is done by then."""


def work(volume: Volume, name: str) -> Doing:
    """The work ``name`` on ``volume``. Raises InvalidValue."""

    async def mount(told: Told) -> str:
        await volume.mount()
        return "it is in use"

    async def unmount(told: Told) -> str:
        await volume.unmount()
        return "all files are closed; it can be taken out"

    async def check(told: Told) -> str:
        found = await volume.survey(told)
        hurt = f"; {found.damaged} pieces inside of them are damaged and are passed over by players" if found.damaged else ""
        if found.well:
            strange = f"; {found.foreign} are not ours or damaged in front" if found.foreign else ""
            return f"{found.files} files are {'as they are listed' if hurt else 'well'}{strange}{hurt}"
        parts = ((found.unlisted, "not listed"), (found.missing, "missing"), (found.cut, "cut or not as long as listed"))
        return f"of {found.files} files {', '.join(f'{count} {word}' for count, word in parts if count)}; repair puts that in order{hurt}"

    async def repair(told: Told) -> str:
        found = await volume.repair(told)
        parts = (
            (found.repaired, "cut behind their last whole piece"),
            (found.missing, "gone and forgotten"),
            (found.foreign, "not ours or damaged in front, and left alone"),
        )
        return "; ".join((f"{found.files} files are listed as they are", *(f"{count} {word}" for count, word in parts if count)))

    async def empty(told: Told) -> str:
        await volume.format(told)
        return "all recordings were removed"

    known: dict[str, Doing] = {"mount": mount, "unmount": unmount, "check": check, "repair": repair, "format": empty}
    if name not in known:
        raise InvalidValue("action", name, f"use one of {', '.join(known)}")
    return known[name]
