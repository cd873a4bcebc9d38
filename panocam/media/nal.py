"""NAL units in a byte stream: H.264 and H.265 access units taken apart and put together.

Annex B (of both ITU-T H.264 and H.265) puts ``00 00 01`` in front of each unit, usually with one more zero; zeros behind a
unit are padding. A unit itself never ends with a zero byte, so trailing zeros can be cut without a look inside. MP4 and RTSP
sources write the unit's length instead ("AVCC"). Whatever breaks these rules raises RemoteProtocolError and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable

from panocam.errors import RemoteProtocolError

START = b"\0\0\0\1"
_CODE = START[1:]


def split(data: bytes) -> list[memoryview]:
    """The NAL units of Annex B ``data``, header byte first, as views on it (nothing is copied).

    Raises RemoteProtocolError when ``data`` does not begin with a start code. Empty units are left out.
    """
    at = data.find(_CODE)
    if at < 0 or data[:at].strip(b"\0"):
        raise RemoteProtocolError("no start code in front of the first NAL unit")
    view, units = memoryview(data), []
    while at >= 0:
        start = at + len(_CODE)
        at = data.find(_CODE, start)
        end = _trim(data, start, at if at >= 0 else len(data))
        if end > start:
            units.append(view[start:end])
    return units


def _trim(data: bytes, start: int, end: int) -> int:
    """Where the unit really ends: a four-byte start code leaves one zero, padding may leave many."""
    if end > start and data[end - 1] == 0:
        end -= 1
    if end > start and data[end - 1] == 0:
        end = start + len(data[start:end].rstrip(b"\0"))
    return end


def join(units: Iterable[bytes | memoryview]) -> bytes:
    """Annex B with a four-byte start code in front of each unit."""
    parts: list[bytes | memoryview] = []
    for unit in units:
        parts += (START, unit)
    return b"".join(parts)


def from_lengths(data: bytes, length_size: int = 4) -> bytes:
    """Annex B from length-prefixed units (ISO/IEC 14496-15 clause 5.3.4.2.1); ``length_size`` is 1, 2 or 4 bytes.

    Raises RemoteProtocolError when a length points outside ``data``.
    """
    view, units, at = memoryview(data), [], 0
    while at < len(data):
        start = at + length_size
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise RemoteProtocolError(f"a NAL unit claims to end at byte {at} of {len(data)}")
        if at > start:
            units.append(view[start:at])
    return join(units)


def rbsp(unit: bytes | memoryview) -> bytes:
    """A unit's bytes without emulation prevention (``00 00 03`` becomes ``00 00``), header included."""
    return bytes(unit).replace(b"\0\0\3", b"\0\0")
