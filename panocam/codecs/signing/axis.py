"""The elements of the open signed-video framework's messages, as its release 2.2 or 2.0 writes them (readers: what 2.0.4 and later write).

Lengths are two bytes but for the general and the crypto element. All numbers are big-endian; each value begins with its version.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum

from panocam.codecs.signing.document import (
    HASH,
    SHA256_OID,
    Coverage,
    Document,
    Format,
    Product,
    Reader,
    Signatory,
    UnknownKind,
    check_list,
    crypto_info,
    elements,
    list_of_hashes,
    padded,
    plain,
    signature_field,
)
from panocam.codecs.signing.envelope import AXIS_UUID
from panocam.media.signing import SigningFormat

SALT = b"\1"
ESCAPED, INTRODUCTION, LINKED, GROUPED = 0x80, 0x40, 0x20, 0x10
WRITTEN_AS = bytes([2, 2, 0])
"""Release whose layout this is; verifiers refuse what is newer than themselves."""

WRITTEN_AS_2_0 = bytes([2, 0, 4])
"""The newest release whose general element has no end time; verifiers from it on read both."""

TIMES, EARLY = 0x01, 0x02


class Tag(IntEnum):
    """What an element is."""

    GENERAL = 1
    PUBLIC_KEY = 2
    PRODUCT = 3
    HASHES = 4
    SIGNATURE = 5
    ARBITRARY = 6
    CRYPTO = 7
    VENDOR = 129


SHORT = frozenset({int(Tag.GENERAL), int(Tag.CRYPTO)})
NAMES = {int(tag): tag.name.lower().replace("_", " ") for tag in Tag}


def _element(tag: Tag, value: bytes) -> bytes:
    return bytes([tag]) + len(value).to_bytes(1 if tag in SHORT else 2, "big") + value


def write(signatory: Signatory, coverage: Coverage) -> bytes:
    """All elements in front of the signature."""
    return _elements(signatory, coverage, _general(coverage))


def write_2_0(signatory: Signatory, coverage: Coverage) -> bytes:
    """The same as release 2.0 has them."""
    return _elements(signatory, coverage, _general_2_0(coverage))


def _elements(signatory: Signatory, coverage: Coverage, general: bytes) -> bytes:
    texts = [text.encode() for text in vars(signatory.product).values()]
    product = b"\2" + b"".join(bytes([len(text)]) + text for text in texts)
    parts = [
        _element(Tag.PUBLIC_KEY, b"\2" + signatory.public_key.encode()),
        _element(Tag.PRODUCT, product),
        _element(Tag.CRYPTO, b"\1" + bytes([len(SHA256_OID)]) + SHA256_OID),
        _element(Tag.GENERAL, general),
    ]
    if coverage.hashes is not None:
        parts.append(_element(Tag.HASHES, b"\1" + b"".join(coverage.hashes)))
    return b"".join(parts)


def _general(coverage: Coverage) -> bytes:
    timed = coverage.start_us is not None and coverage.end_us is not None
    times = b"".join((time or 0).to_bytes(8, "big", signed=True) for time in (coverage.start_us, coverage.end_us)) if timed else b""
    numbers = coverage.counter.to_bytes(4, "big") + coverage.count.to_bytes(2, "big")
    flags = TIMES * timed | EARLY * coverage.early
    return b"\4" + numbers + WRITTEN_AS + bytes([flags]) + times + coverage.link + coverage.group_hash


def _general_2_0(coverage: Coverage) -> bytes:
    start = b"" if coverage.start_us is None else coverage.start_us.to_bytes(8, "big", signed=True)
    numbers = coverage.counter.to_bytes(4, "big") + coverage.count.to_bytes(2, "big")
    flags = TIMES * bool(start) | EARLY * coverage.early
    return b"\3" + numbers + WRITTEN_AS_2_0 + bytes([flags]) + start + coverage.link + coverage.group_hash


def write_signature(der: bytes) -> bytes:
    """The element that is not signed itself."""
    return _element(Tag.SIGNATURE, b"\2\0" + padded(der))


def read(flags: int, data: bytes) -> Document:
    """All elements. Raises RemoteProtocolError for malformed ones, UnknownKind for the layout of releases before 2.0."""
    if not flags & (INTRODUCTION | LINKED | GROUPED):
        raise UnknownKind("this video was signed by release 1 of the framework, whose hashes this program does not know")
    document = Document(None, "", "", None, b"", len(data))
    hashes: tuple[bytes, ...] | None = None
    for tag, begins, reader in elements(data, SHORT, NAMES):
        match tag:
            case Tag.GENERAL:
                document = replace(document, coverage=_read_general(reader))
            case Tag.PUBLIC_KEY:
                if reader.version(1, 2) == 1:
                    reader.take(1)
                document = replace(document, key=plain(reader.rest()))
            case Tag.PRODUCT:
                reader.version(1, 2)
                document = replace(document, product=Product(*(reader.text() for _ in range(5))))
            case Tag.HASHES:
                reader.version(1)
                hashes = list_of_hashes(reader.rest())
            case Tag.CRYPTO:
                crypto_info(reader)
            case Tag.SIGNATURE:
                reader.version(1, 2)
                reader.take(1)
                return _with_list(replace(document, signature=signature_field(reader), signed_size=begins), hashes)
    return _with_list(document, hashes)


def _with_list(document: Document, hashes: tuple[bytes, ...] | None) -> Document:
    if document.coverage is None:
        return document
    return replace(document, coverage=check_list(replace(document.coverage, hashes=hashes)))


def _read_general(reader: Reader) -> Coverage:
    version = reader.version(3, 4)
    counter, count = reader.number(4), reader.number(2)
    reader.take(3)  # the writer's release
    flags = reader.number(1)
    timed = bool(flags & TIMES)
    start = reader.signed(8) if timed else None
    end = reader.signed(8) if timed and version > 3 else None
    link, group = reader.take(HASH), reader.take(HASH)
    return Coverage(counter, count, bool(flags & EARLY), start, end, link, group, None)


FORMAT = Format(
    name=SigningFormat.AXIS,
    uuid=AXIS_UUID,
    flags=ESCAPED | LINKED | GROUPED,
    escaped=ESCAPED,
    salt=SALT,
    pss=False,
    write=write,
    write_signature=write_signature,
    read=read,
)
FORMAT_2_0 = replace(FORMAT, name=SigningFormat.AXIS_2_0, write=write_2_0)
