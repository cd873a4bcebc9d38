"""Reading bits out of a header, most significant bit first, with the codes that the video standards share."""

from __future__ import annotations

from panocam.errors import RemoteProtocolError

LONGEST = 4096
"""Bytes of a header that are looked at; real ones have a few dozen."""


class BitReader:
    """A cursor on the bits of a header. Reading past the end raises RemoteProtocolError."""

    def __init__(self, data: bytes, name: str) -> None:
        data = data[:LONGEST]
        self._value, self._left, self._name = int.from_bytes(data, "big"), 8 * len(data), name

    def u(self, count: int) -> int:
        """Unsigned integer of ``count`` bits."""
        self._left -= count
        if self._left < 0:
            raise RemoteProtocolError(f"{self._name} ends in the middle of a field")
        return (self._value >> self._left) & ((1 << count) - 1)

    def flag(self) -> bool:
        return bool(self.u(1))

    def skip(self, count: int) -> None:
        self.u(count)

    def _zeros(self) -> int:
        """Zero bits in front of the next one bit, which is read too; 32 at most are lawful everywhere."""
        ahead = min(self._left, 33)
        window = (self._value >> (self._left - ahead)) & ((1 << ahead) - 1)
        zeros = ahead - window.bit_length()
        if not window:
            raise RemoteProtocolError(f"{self._name} holds an endless number")
        self._left -= zeros + 1
        return zeros

    def ue(self) -> int:
        """Unsigned Exp-Golomb code (ITU-T H.264 clause 9.1, H.265 clause 9.2)."""
        zeros = self._zeros()
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """Signed Exp-Golomb code (ITU-T H.264 clause 9.1.1)."""
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)

    def uvlc(self) -> int:
        """Variable length code of AV1 (clause 4.10.3)."""
        return self.ue()


def checked(name: str, value: int, low: int, high: int) -> int:
    """``value`` if it lies in ``low..high``, else RemoteProtocolError."""
    if not low <= value <= high:
        raise RemoteProtocolError(f"{name} is {value}, lawful is {low} to {high}")
    return value
