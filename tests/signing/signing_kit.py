"""Signed clips out of real encoders, tools to damage them, and a verifier for what is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import cache

import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509.oid import NameOID

from panocam.codecs.encoder import open_encoder
from panocam.codecs.signing.document import Product, Signatory
from panocam.codecs.signing.formats import FORMATS
from panocam.codecs.signing.signer import Limits, Sign, Signer
from panocam.codecs.signing.trust import Trust
from panocam.codecs.signing.units import FIRST, SPLIT, Kind, Unit, join
from panocam.codecs.signing.verdicts import Track
from panocam.codecs.signing.verifier import Verifier
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.frame import Frame
from panocam.media.planes import VIDEO_COLOR, Planes
from panocam.media.signing import SigningFormat

AXIS, AXIS_2_0, ONVIF = SigningFormat.AXIS, SigningFormat.AXIS_2_0, SigningFormat.ONVIF
WHOLE = Limits()
GOP, START_US, STEP_US, FPS = 10, 1_700_000_000_000_000, 40_000, 25
Clip = list[bytes]
"""Access units."""


def key_pair(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(number * 7919 + 1, ec.SECP256R1())


def signing(key: ec.EllipticCurvePrivateKey) -> Sign:
    def sign(digest: bytes) -> Future[bytes]:
        done: Future[bytes] = Future()
        done.set_result(key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
        return done

    return sign


def certificate(
    key: ec.EllipticCurvePrivateKey, issuer: ec.EllipticCurvePrivateKey, *, name: str, by: str, ca: bool, serial: str = ""
) -> str:
    def named(text: str, number: str) -> x509.Name:
        parts = [x509.NameAttribute(NameOID.COMMON_NAME, text)]
        return x509.Name([*parts, x509.NameAttribute(NameOID.SERIAL_NUMBER, number)] if number else parts)

    made = (
        x509.CertificateBuilder()
        .subject_name(named(name, serial))
        .issuer_name(named(by, ""))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .sign(issuer, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


@cache
def signatory(number: int = 1) -> tuple[Signatory, str]:
    """Who signs, and the root of his chain."""
    key, root = key_pair(number), key_pair(1000 + number)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    product = Product("M4328", "1.0", f"0210000000{number:02}", "panocam", "")
    leaf = certificate(key, root, name=f"video {number}", by=f"root {number}", ca=False, serial=product.serial)
    return Signatory(product, public, leaf), certificate(root, root, name=f"root {number}", by=f"root {number}", ca=True)


def trust(number: int = 1) -> Trust:
    who, root = signatory(number)
    return Trust.from_pem((who.chain + root).encode())


@cache
def coded(
    codec: Codec, pictures: int, gop: int = GOP, keys: tuple[int, ...] = (), threads: int = 1, seed: int = 1, height: int = 96
) -> tuple[bytes, ...]:
    """Unsigned access units of a noisy moving picture."""
    profile = EncoderProfile(codec, 128, height, gop=gop, compression=50)
    encoder = open_encoder(profile, FPS, VIDEO_COLOR, threads)
    random = np.random.default_rng(seed)
    out = []
    for i in range(pictures):
        planes = Planes.blank(128, height, VIDEO_COLOR)
        planes.y[:] = random.integers(20, 220, (height, 128), dtype=np.uint8) // 4 + 60
        out += encoder.encode(Frame(planes, i * STEP_US * 1000, 0), key=i in keys)
    encoder.close()
    return tuple(packet.data for packet in out)


def sign(codec: Codec, units: Sequence[bytes], format: SigningFormat = AXIS, limits: Limits = WHOLE, who: int = 1, first: int = 0) -> Clip:
    signer = Signer(codec, FORMATS[format], signatory(who)[0], signing(key_pair(who)), limits)
    return [signer.take(data, START_US + (first + i) * STEP_US) for i, data in enumerate(units)]


def clip(codec: Codec = Codec.H264, format: SigningFormat = AXIS, pictures: int = 51, limits: Limits = WHOLE, **options: object) -> Clip:
    return sign(codec, coded(codec, pictures, **options), format, limits)  # type: ignore[arg-type]


def verify(codec: Codec, units: Sequence[bytes], trusted: Trust | None = None) -> Track:
    verifier = Verifier(codec, trusted)
    for i, data in enumerate(units):
        verifier.take(data, i / FPS)
    return verifier.finish()


def parts_of(codec: Codec, data: bytes) -> list[Unit]:
    return SPLIT[codec](data)


def messages(codec: Codec, units: Sequence[bytes]) -> list[int]:
    """The access units that carry a signature."""
    return [i for i, data in enumerate(units) if any(unit.kind is Kind.MESSAGE for unit in SPLIT[codec](data))]


def keys(codec: Codec, units: Sequence[bytes]) -> list[int]:
    return [i for i, data in enumerate(units) if any(unit.kind is Kind.ANCHOR for unit in SPLIT[codec](data))]


def with_message(codec: Codec, data: bytes, change: Callable[[bytes], bytes | None]) -> bytes:
    """The access unit with its signature changed, or without it."""
    units = []
    for unit in SPLIT[codec](data):
        new = change(bytes(unit.data)) if unit.kind is Kind.MESSAGE else bytes(unit.data)
        units += [] if new is None else [new]
    return join(codec, units)


def with_picture(codec: Codec, data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    return join(codec, [change(bytes(unit.data)) if unit.kind in FIRST else bytes(unit.data) for unit in SPLIT[codec](data)])


def flipped(data: bytes, at: int, mask: int = 0x10) -> bytes:
    at %= len(data)
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


TOKEN_USER = """
import sys
from pathlib import Path
from panocam.access.pkcs11_key import TokenAddress, TokenKey
from panocam.errors import Unavailable
address = TokenAddress(*sys.argv[1:4])
for module, label, pin in ((address.module, "camera", "0000"), (address.module, "nowhere", "4711"), ("/nowhere.so", "camera", "4711")):
    try:
        TokenKey.open(TokenAddress(module, label, pin))
    except Unavailable as error:
        assert "0000" not in str(error) and "4711" not in repr(address)
        print("refused:", error)
key = TokenKey.open(address)
print(key.place.store, key.place.protection, sep="|")
digest = bytes.fromhex(sys.argv[4])
again = TokenKey.open(address)
assert again.public == key.public
print(key.sign(digest).hex())
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
print(key.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex())
from pkcs11 import Attribute
print(key._private[Attribute.EXTRACTABLE], key._private[Attribute.SENSITIVE])
try:
    key._private[Attribute.VALUE]
    print("given out")
except Exception as error:
    print(type(error).__name__)
"""
"""What a process does with a token (library, label, PIN, digest in hex): refused thrice, then it makes or finds the key and signs."""
