"""How worn a card is, where its controller tells the system: e.MMC and cards that report like it. Nothing is sent to the card."""

from __future__ import annotations

import os
from pathlib import Path

STEP = 10
"""The controller counts its life in tenths."""


def wear_of(root: Path, system: Path = Path("/sys")) -> int | None:
    """Percent of the life of the device below a directory that may be used up; None where nobody knows."""
    try:
        number = root.stat().st_dev
        device = (system / "dev" / "block" / f"{os.major(number)}:{os.minor(number)}").resolve(strict=True)
        for at in (device, device.parent):  # a partition's figures stand with its whole device
            if (told := at / "device" / "life_time").is_file():
                return _percent(told.read_text(encoding="ascii"))
    except (OSError, ValueError):
        pass
    return None


def _percent(told: str) -> int | None:
    """From two numbers such as ``0x01 0x03``: what each kind of cell has used, 1 for up to a tenth, 11 for more than all; 0 is unknown."""
    tenths = max((int(word, 16) for word in told.split()), default=0)
    return min(tenths, 10) * STEP if tenths > 0 else None
