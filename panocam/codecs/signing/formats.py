"""Both formats by name and by the identifier in their messages."""

from __future__ import annotations

from panocam.codecs.signing import axis, onvif
from panocam.codecs.signing.document import Format
from panocam.media.signing import SigningFormat

FORMATS: dict[SigningFormat, Format] = {format.name: format for format in (axis.FORMAT, axis.FORMAT_2_0, onvif.FORMAT)}
BY_UUID: dict[bytes, Format] = {format.uuid: format for format in (axis.FORMAT, onvif.FORMAT)}


def carries_signature(data: bytes) -> bool:
    """Whether an access unit has a message of one of the formats, judged by the identifier alone."""
    return any(uuid in data for uuid in BY_UUID)
