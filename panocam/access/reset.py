"""Back to the factory-default state: no settings, no accounts, no keys, no logs. The serial number and the recordings on the card stay.

Theory. To ask for a reset is to put one small file, whole or not at all, into the data folder; to carry it out is to remove what the
camera owns and that file last. A camera carries out what was asked for before it reads anything else. So whatever moment the power
fails: before the file is there nothing has happened, and from then on the next start ends at the defaults.

Only what is named here is removed: the data folder may hold things that are not the camera's.
"""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from panocam.access import keystore
from panocam.access.accounts import SCHEMA
from panocam.clock import SystemClock
from panocam.errors import Unavailable
from panocam.settings import DataFolder, atomic
from panocam.settings.keptfile import KeptFile
from panocam.settings.saved import forget

log = logging.getLogger(__name__)

MARK = "reset.json"


class Mode(StrEnum):
    """How much goes."""

    SOFT = "soft"  # network and time settings, the index of the recordings and the certificates of signed recordings stay
    HARD = "hard"


KEPT_SECTIONS = {Mode.SOFT: ("network", "time"), Mode.HARD: ()}
"""Sections of the settings that stay; their secrets go all the same."""


@dataclass(frozen=True)
class Place:
    """Something in the data folder: a file's or folder's name, what it is, and which resets remove it."""

    name: str
    what: str
    goes: frozenset[Mode] = frozenset(Mode)


_HARD = frozenset({Mode.HARD})
STAYS: frozenset[Mode] = frozenset()

PLACES = (
    Place("logs", "logs and crash report"),
    Place("certificates", "certificates and their keys"),
    Place("tours", "recorded guard tours"),
    Place("overlays", "overlay images"),
    Place("rules", "what rules were doing"),
    Place("verify", "videos that were brought to be verified"),
    Place("storage/exports", "exports of recordings"),
    Place("storage", "index of the recordings, which is made anew from the card", _HARD),
    Place("identity", "certificates of the key that signs video, former ones too", _HARD),
    Place("serial", "the serial number", STAYS),
    Place("lock", "the claim of the running camera", STAYS),
    Place("life.json", "how the last run ended", STAYS),
)
"""All that the camera keeps, but settings, accounts and key store, which know themselves how to go."""


def ask(folder: DataFolder, mode: Mode) -> None:
    """From here on the camera is at its defaults with its next start. Raises Unavailable; nothing has happened then."""
    atomic.write(folder.path(MARK), json.dumps({"mode": mode}).encode() + b"\n")


def carry_out(folder: DataFolder) -> Mode | None:
    """Do what was asked for, if anything was, and say what. The folder must be locked. Raises Unavailable; it can be repeated."""
    mark = folder.path(MARK)
    if not mark.exists():
        return None
    mode = _mode(mark)
    try:
        forget(folder, keep=KEPT_SECTIONS[mode])
        for place in PLACES:
            if mode in place.goes:
                _remove(folder.path(*place.name.split("/")))
        KeptFile(folder.root, "accounts", SCHEMA, SystemClock()).remove()
        keystore.wipe(folder)
        atomic.flush_folder(folder.root)
        mark.unlink(missing_ok=True)
        atomic.flush_folder(folder.root)
    except OSError as fault:
        raise Unavailable(f"{fault.filename}: {fault.strerror}; mend the permissions and start again, the reset is not finished") from None
    log.warning("the camera in %s is in its factory-default state (%s)", folder.root, mode)
    return mode


def reset(data_dir: Path, mode: Mode) -> None:
    """Reset the camera whose data are in ``data_dir``. Raises Busy while a camera runs on the folder, Unavailable when files cannot be
    removed."""
    folder = DataFolder(data_dir)
    folder.lock()
    try:
        ask(folder, mode)
        carry_out(folder)
    finally:
        folder.unlock()


def _mode(mark: Path) -> Mode:
    try:
        return Mode(json.loads(mark.read_bytes())["mode"])
    except (OSError, ValueError, KeyError, TypeError):
        return Mode.HARD  # it is written whole or not at all; whatever this is, somebody wanted a reset


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
