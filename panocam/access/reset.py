"""Back to the factory-default state: no settings, no accounts, no keys. The serial number and recordings stay.

The order makes an interrupted reset harmless: settings go first, then certificates and accounts, and the key that sealed them last.
Whatever moment the power fails, the camera starts, and the reset can be repeated.
"""

from __future__ import annotations

import logging
from pathlib import Path

from panocam.access import keystore
from panocam.access.accounts import SCHEMA
from panocam.clock import SystemClock
from panocam.errors import Unavailable
from panocam.settings import DataFolder
from panocam.settings.keptfile import KeptFile
from panocam.settings.saved import forget

log = logging.getLogger(__name__)


def reset(data_dir: Path, keep_network: bool = False) -> None:
    """Reset the camera whose data are in ``data_dir``; with ``keep_network`` its network settings stay.

    Raises Busy while a camera runs on the folder, Unavailable when files cannot be removed.
    """
    folder = DataFolder(data_dir)
    folder.lock()
    try:
        forget(folder, keep=("network",) if keep_network else ())
        certificates = folder.path("certificates")
        if certificates.is_dir():
            for path in certificates.iterdir():
                path.unlink()
            certificates.rmdir()
        KeptFile(folder.root, "accounts", SCHEMA, SystemClock()).remove()
        keystore.wipe(folder)
    except OSError as fault:
        raise Unavailable(f"{fault.filename}: {fault.strerror}; mend the permissions and reset again") from None
    finally:
        folder.unlock()
    log.warning("the camera in %s is in its factory-default state", data_dir)
