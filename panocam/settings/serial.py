"""The serial number: what a network camera's hardware address is, made once and kept through every reset."""

from __future__ import annotations

import re
import secrets

from panocam.errors import Unavailable
from panocam.settings import atomic
from panocam.settings.folder import DataFolder


def new_serial() -> str:
    """Twelve upper-case hexadecimal digits from the locally administered, unicast range (IEEE 802c)."""
    octets = bytearray(secrets.token_bytes(6))
    octets[0] = octets[0] & 0xFC | 0x02
    return octets.hex().upper()


def kept_serial(folder: DataFolder) -> str:
    """The serial number in the folder's ``serial`` file, made on first use. Raises Unavailable when it can be neither read nor made."""
    path = folder.path("serial")
    try:
        text = path.read_text(encoding="ascii").strip()
        if re.fullmatch("[0-9A-F]{12}", text):
            return text
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as fault:
        raise Unavailable(f"{path} cannot be read ({fault}); mend it, or give the number with --serial") from None
    serial = new_serial()
    atomic.write(path, f"{serial}\n".encode())
    return serial
