"""The elements of ONVIF Media Signing messages, in the layout of 25.12.

Lengths are two bytes. Numbers are big-endian: the specification's text says little-endian for some, its own samples and verifier do
not. Times count 100 ns from 1601-01-01.
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
    check_list,
    crypto_info,
    elements,
    list_of_hashes,
    padded,
    plain,
    signature_field,
)
from panocam.codecs.signing.envelope import ONVIF_UUID
from panocam.media.signing import SigningFormat

ESCAPED = 0x40
WRITTEN_AS = bytes([25, 12, 0])
SINCE_1601_US = 11_644_473_600_000_000


class Tag(IntEnum):
    """What an element is."""

    GENERAL = 1
    HASHES = 2
    SIGNATURE = 3
    CRYPTO = 4
    VENDOR = 5
    CERTIFICATES = 6
    ARBITRARY = 7


NAMES = {int(tag): tag.name.lower() for tag in Tag}


def _element(tag: Tag, value: bytes) -> bytes:
    return bytes([tag]) + len(value).to_bytes(2, "big") + value


def write(signatory: Signatory, coverage: Coverage) -> bytes:
    """All elements in front of the signature."""
    product = signatory.product
    texts = [text.encode() for text in (product.firmware, product.serial, product.manufacturer)]
    parts = [
        _element(Tag.CRYPTO, b"\1" + bytes([len(SHA256_OID)]) + SHA256_OID + b"\0\0\0"),
        _element(Tag.VENDOR, b"\1" + b"".join(bytes([len(text)]) + text for text in texts)),
        _element(Tag.CERTIFICATES, b"\1\0" + signatory.chain.encode()),
        _element(Tag.GENERAL, _general(coverage)),
    ]
    if coverage.hashes is not None:
        parts.append(_element(Tag.HASHES, b"\1" + b"".join(coverage.hashes)))
    return b"".join(parts)


def _general(coverage: Coverage) -> bytes:
    start, end = (_ticks(time or 0) for time in (coverage.start_us, coverage.end_us))
    numbers = coverage.counter.to_bytes(4, "big") + coverage.count.to_bytes(2, "big")
    return b"\2" + WRITTEN_AS + bytes([coverage.early]) + start + end + numbers + coverage.group_hash + coverage.link


def _ticks(time_us: int) -> bytes:
    return ((time_us + SINCE_1601_US) * 10).to_bytes(8, "big", signed=True)


def write_signature(der: bytes) -> bytes:
    """The element that is not signed itself."""
    return _element(Tag.SIGNATURE, b"\1" + padded(der))


def read(_flags: int, data: bytes) -> Document:
    """All elements. Raises RemoteProtocolError for malformed ones."""
    document = Document(None, "", "", None, b"", len(data))
    hashes: tuple[bytes, ...] | None = None
    for tag, begins, reader in elements(data, frozenset(), NAMES):
        match tag:
            case Tag.GENERAL:
                document = replace(document, coverage=_read_general(reader))
            case Tag.VENDOR:
                reader.version(1)
                firmware, serial, manufacturer = reader.text(), reader.text(), reader.text()
                document = replace(document, product=Product("", firmware, serial, manufacturer))
            case Tag.CERTIFICATES if not document.chain:  # a second one holds the owner's certificates
                reader.version(1)
                reader.take(1)
                document = replace(document, chain=plain(reader.rest()))
            case Tag.HASHES:
                reader.version(1)
                hashes = list_of_hashes(reader.rest())
            case Tag.CRYPTO:
                crypto_info(reader)
            case Tag.SIGNATURE:
                reader.version(1)
                document = replace(document, signature=signature_field(reader), signed_size=begins)
                break
    if document.coverage is None:
        return document
    return replace(document, coverage=check_list(replace(document.coverage, hashes=hashes)))


def _read_general(reader: Reader) -> Coverage:
    version = reader.version(1, 2)
    reader.take(3)  # the specification's release
    early = bool(reader.number(1))
    start = reader.signed(8) // 10 - SINCE_1601_US
    end = reader.signed(8) // 10 - SINCE_1601_US if version > 1 else None
    counter, count = reader.number(4), reader.number(2)
    group, link = reader.take(HASH), reader.take(HASH)
    return Coverage(counter, count, early, start, end, link, group, None)


FORMAT = Format(
    name=SigningFormat.ONVIF,
    uuid=ONVIF_UUID,
    flags=ESCAPED,
    escaped=ESCAPED,
    salt=b"",
    pss=True,
    write=write,
    write_signature=write_signature,
    read=read,
)
