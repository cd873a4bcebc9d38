"""What a signature says, in the same words for both formats: which pictures, in which order, of which camera.

Theory. Every hashed unit has an *entry*. The first slice of a group of pictures has its own SHA-256; every later unit has the SHA-256
over that first hash (the *anchor*) and its own, so that it cannot be moved to another group. A document covers a group, or a part of a
long one: the hash over all its entries (the *group hash*), the entries themselves (so that single pictures can be named), the first
entry of the part before (the *link*, which gives the order), and a counter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from panocam.errors import InvalidValue, RemoteProtocolError
from panocam.media.signing import SigningFormat

HASH = 32
"""Bytes of a SHA-256."""

MOST_ENTRIES = 600
"""Verifiers in the field accept no longer list."""

NO_LINK = bytes(HASH)
SHA256_OID = bytes.fromhex("0609608648016503040201")  # DER of 2.16.840.1.101.3.4.2.1
ECDSA_FIELD = 72
"""Bytes of the longest ECDSA signature with P-256 in DER; the field has this size in every message of a stream."""

LONGEST_TEXT = 255


@dataclass(frozen=True)
class Product:
    """Who signed, in the signer's own words. Texts of at most 255 bytes in UTF-8."""

    hardware: str = ""
    firmware: str = ""
    serial: str = ""
    manufacturer: str = ""
    address: str = ""

    def __post_init__(self) -> None:
        for name, text in vars(self).items():
            if len(text.encode()) > LONGEST_TEXT:
                raise InvalidValue(name, text, f"give at most {LONGEST_TEXT} bytes")


@dataclass(frozen=True)
class Signatory:
    """Who signs from now on: public key (PEM, SubjectPublicKeyInfo) and certificates (PEM, the key's own first, without the root)."""

    product: Product
    public_key: str
    chain: str


@dataclass(frozen=True)
class Coverage:
    """Which pictures a document is about. Times are microseconds since 1970 (None: not said); ``end_us`` is exclusive.

    ``count``: number of hashed units; ``early``: the group went on after this part; ``hashes`` None leaves single pictures unnamed.
    """

    counter: int
    count: int
    early: bool
    start_us: int | None
    end_us: int | None
    link: bytes
    group_hash: bytes
    hashes: tuple[bytes, ...] | None


@dataclass(frozen=True)
class Document:
    """A message as read. ``signature`` is empty in one that is not signed; the signed part of its elements is ``[:signed_size]``.

    ``coverage`` is None in a message that only introduces the signer. ``key`` and ``chain`` are PEM, empty where not said.
    """

    product: Product | None
    key: str
    chain: str
    coverage: Coverage | None
    signature: bytes
    signed_size: int


@dataclass(frozen=True)
class Format:
    """One of the two formats. ``escaped`` is the flag of a document that was hashed with emulation prevention; ``flags`` the usual ones.

    ``write`` makes all elements but the signature's, ``write_signature`` that one, from the DER form of the signature.
    """

    name: SigningFormat
    uuid: bytes
    flags: int
    escaped: int
    salt: bytes
    pss: bool
    write: Callable[[Signatory, Coverage], bytes]
    write_signature: Callable[[bytes], bytes]
    read: Callable[[int, bytes], Document]


def unit_hash(unit: bytes | memoryview) -> bytes:
    """Of one unit as it is sent."""
    return sha256(unit).digest()


def entry(anchor: bytes, unit: bytes) -> bytes:
    """The entry of a unit (given by its hash) that does not open its group."""
    return sha256(anchor + unit).digest()


def group_hash(salt: bytes, entries: Iterable[bytes]) -> bytes:
    """Over a whole part."""
    return sha256(salt + b"".join(entries)).digest()


class UnknownKind(RemoteProtocolError):
    """A signature that may well be good, but is made in a way that this program cannot judge."""


class Reader:
    """Reads a value of a hostile message; every step is checked. Raises RemoteProtocolError."""

    def __init__(self, data: bytes, what: str) -> None:
        self._data, self._at, self._what = data, 0, what

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        part = self._data[self._at : self._at + count]
        if len(part) != count:
            raise RemoteProtocolError(f"the {self._what} ends after {len(self._data)} bytes, in the middle of a value")
        self._at += count
        return part

    def number(self, size: int) -> int:
        """A big-endian number."""
        return int.from_bytes(self.take(size), "big")

    def signed(self, size: int) -> int:
        """A big-endian number in two's complement."""
        return int.from_bytes(self.take(size), "big", signed=True)

    def text(self) -> str:
        """UTF-8 text behind its length in one byte."""
        return plain(self.take(self.number(1)))

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._data) - self._at)

    def version(self, *known: int) -> int:
        """The version that a value begins with."""
        found = self.number(1)
        if found not in known:
            raise UnknownKind(f"the {self._what} of a signature has version {found}, which this program does not know")
        return found


def plain(data: bytes) -> str:
    """Text out of a message, fit to be shown: no control characters."""
    return "".join(c for c in data.decode("utf-8", "replace") if c.isprintable() or c == "\n")


def elements(data: bytes, short: frozenset[int], names: dict[int, str]) -> Iterator[tuple[int, int, Reader]]:
    """``(tag, where it begins, reader of its value)`` of tag-length-value elements; tags in ``short`` have a length of one byte.

    Raises RemoteProtocolError for an unknown tag or a length that points outside.
    """
    at = 0
    while at < len(data):
        tag, begins = data[at], at
        if tag not in names:
            raise RemoteProtocolError(f"unknown element {tag} in a signature")
        size = 1 if tag in short else 2
        length = int.from_bytes(data[at + 1 : at + 1 + size], "big")
        at += 1 + size
        if at + length > len(data):
            raise RemoteProtocolError(f"the {names[tag]} in a signature claims {length} bytes of {max(0, len(data) - at)}")
        yield tag, begins, Reader(data[at : at + length], names[tag])
        at += length


def list_of_hashes(data: bytes) -> tuple[bytes, ...]:
    """A hash list. Raises RemoteProtocolError for a broken or an endless one."""
    if len(data) % HASH or len(data) > MOST_ENTRIES * HASH:
        raise RemoteProtocolError(f"a hash list of {len(data)} bytes is no list of at most {MOST_ENTRIES} hashes")
    return tuple(data[at : at + HASH] for at in range(0, len(data), HASH))


def crypto_info(reader: Reader) -> None:
    """Refuse hashes that this program does not know."""
    reader.version(1)
    if (oid := reader.take(reader.number(1))) != SHA256_OID:
        raise UnknownKind(f"the video is signed with another hash than SHA-256 (identifier {oid.hex()}), which this program does not know")


def signature_field(reader: Reader) -> bytes:
    """The signature in its padded field."""
    size = reader.number(2)
    field = reader.rest()
    if size > len(field):
        raise RemoteProtocolError(f"a signature claims {size} bytes in a field of {len(field)}")
    return field[:size]


def padded(der: bytes) -> bytes:
    """The field of a signature with its real size in front."""
    if len(der) > ECDSA_FIELD:
        raise InvalidValue("signature", f"{len(der)} bytes", f"a P-256 signature has at most {ECDSA_FIELD}")
    return len(der).to_bytes(2, "big") + der.ljust(ECDSA_FIELD, b"\1")


def check_list(coverage: Coverage) -> Coverage:
    """Refuse a list that contradicts the number beside it."""
    if coverage.hashes is not None and len(coverage.hashes) != coverage.count:
        raise RemoteProtocolError(f"a signature lists {len(coverage.hashes)} pictures but counts {coverage.count}")
    return coverage
