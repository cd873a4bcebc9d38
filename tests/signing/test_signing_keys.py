"""The signing key in a file and in a real token, the camera's certificates, and the desk that signs for channels."""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_public_key
from signing_kit import TOKEN_USER, coded, key_pair, sign, signatory, verify

from panocam.access import KeyStore
from panocam.access.pkcs11_key import TokenAddress
from panocam.access.signing_key import FileKey, Protection, SigningKey
from panocam.access.video_identity import VideoIdentity
from panocam.codecs.signing.document import Product, Signatory
from panocam.codecs.signing.trust import Trust
from panocam.codecs.signing.verdicts import Trusted, Verdict
from panocam.errors import PanocamError, Unavailable
from panocam.media.codec import Codec, EncoderProfile, StreamDescription
from panocam.media.packet import Packet
from panocam.media.signing import Signing
from panocam.pipeline.coder import Output
from panocam.pipeline.request import ChannelSpec
from panocam.pipeline.signing import SigningDesk, SigningFailed, _Timestamps
from panocam.settings import DataFolder

DIGEST = sha256(b"a group of pictures").digest()
SERIAL = "0210000000AB"
MODULE = next((p for p in ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so") if Path(p).exists()), "")


def check(key: SigningKey) -> None:
    key.public.verify(key.sign(DIGEST), DIGEST, ec.ECDSA(Prehashed(hashes.SHA256())))
    with pytest.raises(InvalidSignature):
        key.public.verify(key.sign(DIGEST), sha256(b"another").digest(), ec.ECDSA(Prehashed(hashes.SHA256())))


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.mark.feature("SIG-06")
def test_a_key_in_a_file_is_made_once_and_kept_encrypted(folder: DataFolder, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        keystore = KeyStore.open(folder)
        key = FileKey.open(keystore)
        identity = VideoIdentity.open(folder, key, SERIAL)
    check(key)
    again = FileKey.open(KeyStore.open(folder))
    assert again.public == key.public
    private = key._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    secret = key._key.private_numbers().private_value.to_bytes(32, "big")
    for path in folder.root.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert private not in data
            assert secret not in data
            assert path.parent.name != "keystore" or path.stat().st_mode & 0o077 == 0
    assert secret.hex() not in caplog.text
    assert "PRIVATE" not in identity.certificates_pem + identity.trusted_pem.decode()


def test_a_damaged_key_is_told_and_not_replaced(folder: DataFolder) -> None:
    keystore = KeyStore.open(folder)
    keystore.put("video-signing", b"not a key")
    with pytest.raises(Unavailable, match="damaged"):
        FileKey.open(keystore)


@pytest.mark.feature("SIG-09")
def test_certificates_are_made_once_and_former_ones_are_kept(folder: DataFolder) -> None:
    key = FileKey.open(KeyStore.open(folder))
    first = VideoIdentity.open(folder, key, SERIAL)
    assert VideoIdentity.open(folder, key, SERIAL).certificates_pem == first.certificates_pem
    first.leaf.verify_directly_issued_by(first.root)
    assert SERIAL in first.leaf.subject.rfc4514_string()
    assert first.leaf.not_valid_after_utc.year == 9999
    other = VideoIdentity.open(folder, FileKey(key_pair(5)), SERIAL)
    assert other.fingerprint != first.fingerprint
    assert other.former == (first.certificates_pem.encode(),)
    assert Trust.from_pem(other.trusted_pem)._certificates[2:] == (first.leaf, first.root)


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TokenAddress:
    if not (MODULE and shutil.which("softhsm2-util") and importlib.util.find_spec("pkcs11")):
        pytest.skip("needs softhsm2 and the package python-pkcs11")
    tokens = tmp_path / "tokens"
    tokens.mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    command = ["softhsm2-util", "--init-token", "--free", "--label", "camera", "--so-pin", "12345678", "--pin", "4711"]
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
    return TokenAddress(MODULE, "camera", "4711")


@pytest.mark.feature("SIG-06")
@pytest.mark.peer("softhsm2-util")
def test_a_key_in_a_token_signs_and_does_not_leave_it(token: TokenAddress, tmp_path: Path) -> None:
    """In a process of its own: the token's library stays loaded for the life of a process."""
    command = [sys.executable, "-c", TOKEN_USER, token.module, token.token, token.pin, DIGEST.hex()]
    first = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert first.returncode == 0, first.stderr
    lines = first.stdout.splitlines()
    assert [line.startswith("refused: PKCS#11 token") for line in lines] == [True] * 3 + [False] * 5
    lines = lines[3:]
    assert lines[0] == f"PKCS#11 token camera|{Protection.TOKEN}"
    public = load_der_public_key(bytes.fromhex(lines[2]))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(bytes.fromhex(lines[1]), DIGEST, ec.ECDSA(Prehashed(hashes.SHA256())))
    assert lines[3] == "False True"
    assert lines[4] != "given out"
    second = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.splitlines()
    assert second[5] == lines[2]  # made once


# --- the desk


@dataclass
class Who:
    """Signs with a key that can be held up."""

    number: int = 1
    held: threading.Event | None = None

    @property
    def signatory(self) -> Signatory:
        return signatory(self.number)[0]

    def sign(self, digest: bytes) -> bytes:
        if self.held is not None and not self.held.wait(20):
            raise Unavailable("held up for ever")
        return key_pair(self.number).sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))


SPEC = ChannelSpec(2, EncoderProfile(Codec.H264, 128, 96), signing=Signing())
NOTHING = StreamDescription(Codec.H264, 128, 96, 25)


def packets(count: int = 60) -> list[Output]:
    units = coded(Codec.H264, count)
    return [
        Output(Packet(Codec.H264, data, i % 10 == 0, i * 40_000_000, 1_700_000_000_000_000_000 + i * 40_000_000, i), NOTHING)
        for i, data in enumerate(units)
    ]


@pytest.fixture
def desk_of() -> Iterator[Callable[[Callable[[], Who]], SigningDesk[Who]]]:
    made: list[SigningDesk[Who]] = []

    def make(opener: Callable[[], Who]) -> SigningDesk[Who]:
        made.append(SigningDesk(opener))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


def settled(desk: SigningDesk[Who]) -> None:
    """Wait until the signing thread has done all that it was asked for."""
    desk._run(lambda: None).result(10)


def test_what_passes_the_desk_is_signed_in_order_and_packets_stay_what_they_were(desk_of: Callable[..., SigningDesk[Who]]) -> None:
    desk = desk_of(lambda: Who())
    out: list[Output] = []
    pass_on = desk.before(SPEC, out.append)
    given = packets()
    for output in given:
        pass_on(output)
        settled(desk)
    assert [o.packet.sequence for o in out] == [o.packet.sequence for o in given]
    assert [o.packet.key for o in out] == [o.packet.key for o in given]
    assert sum(len(o.packet.data) > len(g.packet.data) for o, g in zip(out, given, strict=True)) == 5
    track = verify(Codec.H264, [o.packet.data for o in out])
    assert (track.verdict, track.counts.good) == (Verdict.INTACT, 50)
    assert desk.before(ChannelSpec(2, SPEC.profile), out.append) == out.append


def test_a_slow_store_delays_signatures_but_no_picture(desk_of: Callable[..., SigningDesk[Who]]) -> None:
    held = threading.Event()
    desk = desk_of(lambda: Who(held=held))
    out: list[Output] = []
    pass_on = desk.before(SPEC, out.append)
    for i, output in enumerate(packets(31)):
        if i == 15:  # half a group late
            held.set()
            settled(desk)
        pass_on(output)
        if i >= 15:
            settled(desk)
        assert len(out) == i + 1
    track = verify(Codec.H264, [o.packet.data for o in out])
    assert (track.verdict, track.counts.good) == (Verdict.INTACT, 20)


def test_a_store_that_fails_is_told_and_asked_again(desk_of: Callable[..., SigningDesk[Who]]) -> None:
    tries: list[int] = []

    def opener() -> Who:
        tries.append(1)
        if len(tries) < 2:
            raise Unavailable("no token in the reader")
        return Who()

    desk = desk_of(opener)
    out: list[Output] = []
    pass_on = desk.before(SPEC, out.append)
    with pytest.raises(SigningFailed, match="no token in the reader"):
        pass_on(packets(1)[0])
    assert not out  # nothing unsigned slips through
    pass_on(packets(1)[0])
    assert len(out) == 1


def test_a_foreign_failure_does_not_show_its_secrets(desk_of: Callable[..., SigningDesk[Who]]) -> None:
    def opener() -> Who:
        raise KeyError("pin 4711")

    with pytest.raises(PanocamError) as caught:
        desk_of(opener).identity().result(5)
    assert "4711" not in str(caught.value)


def test_who_signs_is_told_with_every_signature() -> None:
    who, root = signatory(3)
    track = verify(Codec.H264, sign(Codec.H264, coded(Codec.H264, 31), who=3), Trust.from_pem((who.chain + root).encode()))
    assert track.identity is not None
    assert track.identity.trusted is Trusted.YES
    assert track.identity.product == Product("M4328", "1.0", "021000000003", "panocam", "")


def test_the_wall_clock_is_followed_forwards_only() -> None:
    clock, second = _Timestamps(), 1_000_000_000

    def at(pts: float, wall: float) -> float:
        return clock.utc_us(Packet(Codec.H264, b"", False, round(pts * second), round(wall * second))) / 1e6

    assert at(10, 5) == 5  # as it is
    assert at(11, 6.02) == pytest.approx(6)  # jitter is not time
    assert at(12, 1_700_000_000) == 1_700_000_000  # set right
    assert at(13, 1_699_990_000) == 1_700_000_001  # set back: not followed
