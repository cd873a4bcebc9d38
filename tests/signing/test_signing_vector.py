"""The byte-exact vector: units, hashes, documents, signatures and the whole first message."""

from __future__ import annotations

from concurrent.futures import Future
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from panocam.codecs.signing import axis, envelope, onvif
from panocam.codecs.signing.document import Coverage, Product, Signatory, entry, group_hash, unit_hash
from panocam.codecs.signing.signer import Limits, Signer
from panocam.codecs.signing.units import SPLIT, Kind
from panocam.media import nal
from panocam.media.codec import Codec

UNITS = {
    "I1": ("658880100180", 0),
    "P1": ("419a00110280", 40_000),
    "P2": ("419a01220380", 80_000),
    "I2": ("658880100480", 120_000),
    "P3": ("419a00330580", 160_000),
    "P4": ("419a01440680", 200_000),
    "I3": ("658880100780", 240_000),
}
START_US = 1_700_000_000_000_000
ANCHOR = "b70a716faafee826172eb2c621d178c1c5a5f4592ee5ad4e36cfae75d70498e8"
ENTRY_P1 = "a30b3d50f6fac1dbcfebea011f941d6a1e3ff7594054edda0466c13639a84a58"
ENTRY_P2 = "5f42d0cfef1e023169a22a5602aea0790e4746a1684755ad15285eb4a1b36ed8"
AXIS_GROUP = "3023541502e1540df9690f1d705973d67a7475207579eb4e14f32a45512a2d42"
ONVIF_GROUP = "5a1cd07aca4a679aa2e6d36220754c69496fade9b0678206d727398f86146817"
FIRST_MESSAGE = (
    "0605ffff115369676e656420566964656f2e2e2e30b00200b3022d2d2d2d2d424547494e205055424c4943204b45592d2d2d2d2d0a4d466b"
    "77457759484b6f5a497a6a3043415159494b6f5a497a6a304441516344516741455556773962726e6a6c726b45302f374b663154397a517a"
    "42365a652f0a4e31334b5556725170734f30413139464e72343655504d592b2f6d6c52316b436f6946514b2b384e562b434d55374c4d436c"
    "6278665a2b5456413d3d0a2d2d2d2d2d454e44205055424c4943204b45592d2d2d2d2d0a030026020348573105312e302e3006534e303030"
    "31074578616d706c650b6578616d706c652e6f7267070d010b0609608648016503040201015b04000003000100030202000100060a24181e"
    "400000060a24182014c000000300000300000300000300000300000300000300000300000300000300000300000300000300000300000300"
    "003023541502e1540df9690f1d705973d67a7475207579eb4e14f32a45512a2d4204006101b70a716faafee826172eb2c621d178c1c5a5f4"
    "592ee5ad4e36cfae75d70498e8a30b3d50f6fac1dbcfebea011f941d6a1e3ff7594054edda0466c13639a84a585f42d0cfef1e023169a22a"
    "5602aea0790e4746a1684755ad15285eb4a1b36ed805004c02000047304502202c8e20a6939016aba1e9a29dffdbd045e3260a8c664a665d"
    "c0fd28537d8b2930022100f92331416414b92dc68d89023b75d2a6c888bbaefd334768530342a37512d4c30180"
)
DOCUMENTS = (
    (469, "2f1d51953720c7d1f1e69daa3ba1612f39b30c25fb9fa624576398cae1ceb2c5"),
    (454, "82e0646ff6a60b541ce05433b06b452654d9fc9272a8f80f28190349218d703a"),
)
SECOND_SIGNATURE = (
    "02000047304502200dbf09c5bdbeb9b1229d80c8af73709e4c436304d606c638413e0760ab5e2b0c022100"
    "aea5042d099cd2ec85afaa57444e1e77ddfa92874b5870e0b5ae87802f407b4c01"
)
KEY = ec.derive_private_key(int.from_bytes(bytes(range(1, 33)), "big"), ec.SECP256R1())
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
PRODUCT = Product("HW1", "1.0.0", "SN0001", "Example", "example.org")


def unit(name: str) -> bytes:
    return bytes.fromhex(UNITS[name][0])


@pytest.mark.feature("SIG-01", "SIG-07")
def test_the_vector_byte_for_byte() -> None:
    digests: list[bytes] = []

    def sign(digest: bytes) -> Future[bytes]:
        digests.append(digest)
        done: Future[bytes] = Future()
        done.set_result(KEY.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()), deterministic_signing=True)))
        return done

    signer = Signer(Codec.H264, axis.FORMAT, Signatory(PRODUCT, PUBLIC, ""), sign, Limits(0, 0))
    out = {name: signer.take(nal.join([bytes.fromhex(data)]), START_US + offset) for name, (data, offset) in UNITS.items()}
    messages = [found.data for data in out.values() for found in SPLIT[Codec.H264](data) if found.kind is Kind.MESSAGE]
    assert out["I2"] == nal.join([unit("I2")])  # a clip cut here must not begin with somebody else's signature
    assert out["P3"] == nal.join([bytes.fromhex(FIRST_MESSAGE), unit("P3")])
    assert bytes(messages[0]).hex() == FIRST_MESSAGE
    last = signer.take(nal.join([unit("P4")]), START_US + 280_000)
    second = bytes(next(found.data for found in SPLIT[Codec.H264](last) if found.kind is Kind.MESSAGE))
    assert len(second) == 534
    assert bytes.fromhex(SECOND_SIGNATURE) in second
    assert [digest.hex() for digest in digests] == [digest for _, digest in DOCUMENTS]
    for data, (size, digest) in zip((bytes(messages[0]), second), DOCUMENTS, strict=True):
        message = envelope.open_message(Codec.H264, data)
        assert message is not None
        document = axis.FORMAT.read(message.flags, message.elements)
        signed = envelope.covered(Codec.H264, message.raw[: message.start + document.signed_size], escaped=True)
        assert (len(signed), sha256(signed).hexdigest()) == (size, digest)


def test_the_hashes_of_the_vector() -> None:
    anchor = unit_hash(unit("I1"))
    entries = [anchor, entry(anchor, unit_hash(unit("P1"))), entry(anchor, unit_hash(unit("P2")))]
    assert [each.hex() for each in entries] == [ANCHOR, ENTRY_P1, ENTRY_P2]
    assert group_hash(axis.FORMAT.salt, entries).hex() == AXIS_GROUP
    assert group_hash(onvif.FORMAT.salt, entries).hex() == ONVIF_GROUP


def test_the_layout_of_release_2_0_differs_in_its_general_element_only() -> None:
    coverage = Coverage(1, 3, True, START_US, START_US + 120_000, bytes(32), bytes.fromhex(AXIS_GROUP), None)
    old, new = (format.write(Signatory(PRODUCT, PUBLIC, ""), coverage) for format in (axis.FORMAT_2_0, axis.FORMAT))
    start, end = ((START_US + offset).to_bytes(8, "big").hex() for offset in (0, 120_000))
    rest = f"{'00' * 32}{AXIS_GROUP}"
    assert new.hex().endswith(f"015b04000000010003020200 03{start}{end}{rest}".replace(" ", ""))
    assert old.hex().endswith(f"015303000000010003020004 03{start}{rest}".replace(" ", ""))
    assert old[: -0x53 - 2] == new[: -0x5B - 2]
    read = axis.FORMAT.read(axis.FORMAT.flags, old).coverage
    assert read is not None
    assert (read.counter, read.count, read.early, read.start_us, read.end_us) == (1, 3, True, START_US, None)
    assert (axis.FORMAT_2_0.uuid, axis.FORMAT_2_0.flags) == (axis.FORMAT.uuid, axis.FORMAT.flags)
