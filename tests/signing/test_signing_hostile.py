"""Whatever a stranger brings: damaged messages, damaged files, files made to do harm. A verdict or a refusal, never anything else."""

from __future__ import annotations

import base64
import contextlib
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import copies
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signing_kit import AXIS, FPS, ONVIF, clip, coded, messages, parts_of, signatory, trust, verify

from panocam.codecs.signing import envelope
from panocam.codecs.signing.document import Document
from panocam.codecs.signing.formats import BY_UUID, FORMATS
from panocam.codecs.signing.reader import verify_file
from panocam.codecs.signing.trust import signer_of
from panocam.codecs.signing.units import SPLIT, Kind
from panocam.codecs.signing.verdicts import Verdict
from panocam.codecs.signing.verifier import Verifier
from panocam.codecs.signing.wording import as_json, lines
from panocam.errors import InvalidValue, PanocamError, RemoteProtocolError
from panocam.media.codec import Codec

VIDEO = (Codec.H264, Codec.H265, Codec.AV1)


def a_message(codec: Codec, format: object = AXIS) -> bytes:
    units = clip(codec, format)  # type: ignore[arg-type]
    return next(bytes(unit.data) for unit in parts_of(codec, units[messages(codec, units)[0]]) if unit.kind is Kind.MESSAGE)


@given(st.binary(max_size=600))
@settings(max_examples=150, deadline=None)
def test_emulation_prevention_comes_off_as_it_went_on(data: bytes) -> None:
    escaped = envelope.escape(data + b"\x80")
    assert b"\0\0\0" not in escaped
    assert b"\0\0\1" not in escaped
    assert escaped.replace(b"\0\0\3", b"\0\0") == data + b"\x80"


@given(st.binary(max_size=700), st.sampled_from(VIDEO))
@settings(max_examples=150, deadline=None)
def test_a_message_comes_out_as_it_went_in(elements: bytes, codec: Codec) -> None:
    raw = envelope.head(codec, envelope.AXIS_UUID, 0xB0, elements, 10)
    found = envelope.open_message(codec, envelope.finish(codec, raw, bytes(10)))
    assert found is not None
    assert (found.uuid, found.flags, found.elements) == (envelope.AXIS_UUID, 0xB0, elements + bytes(10))


@given(st.integers(0, 255), st.binary(max_size=300), st.sampled_from(list(FORMATS.values())))
@settings(max_examples=300, deadline=None)
def test_elements_of_any_bytes(flags: int, data: bytes, format: object) -> None:
    with contextlib.suppress(RemoteProtocolError):  # the one refusal that is allowed
        assert isinstance(format.read(flags, data), Document)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("codec", "format"), [(Codec.H264, AXIS), (Codec.H265, ONVIF), (Codec.AV1, AXIS)])
def test_mutated_messages(codec: Codec, format: object) -> None:
    whole, dice = a_message(codec, format), random.Random(11)
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(dice.randrange(1, 6)):
            data[dice.randrange(len(data))] = dice.choice((0, 0xFF, dice.randrange(256)))
        cut = bytes(data[: dice.randrange(len(data))] if dice.random() < 0.3 else data)
        message = envelope.open_message(codec, cut)
        if message is not None:
            with contextlib.suppress(RemoteProtocolError):
                BY_UUID[message.uuid].read(message.flags, message.elements)


@given(st.lists(st.binary(max_size=80), max_size=12), st.sampled_from(VIDEO))
@settings(max_examples=150, deadline=None)
def test_access_units_of_any_bytes(units: list[bytes], codec: Codec) -> None:
    verifier = Verifier(codec)
    for i, data in enumerate(units):
        verifier.take(b"\0\0\0\1" + data if codec is not Codec.AV1 else data, float(i))
    assert verifier.finish().verdict is not Verdict.INTACT


def test_a_chain_of_mutated_certificates() -> None:
    whole, dice = signatory(1)[0].chain.encode(), random.Random(5)
    for _ in range(300):
        der = bytearray(base64.b64decode(b"".join(whole.splitlines()[1:-1])))
        der[dice.randrange(len(der))] = dice.randrange(256)
        text = base64.encodebytes(bytes(der)).decode()
        document = Document(None, "", f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n", None, b"", 0)
        with contextlib.suppress(RemoteProtocolError):
            trust().judge(FORMATS[ONVIF], signer_of(document), signatory(1)[0].product, 1)


def test_a_shuffled_stream_is_never_intact() -> None:
    dice = random.Random(3)
    for _ in range(30):
        units = clip(Codec.H264)
        dice.shuffle(units)
        assert verify(Codec.H264, units, trust()).verdict is not Verdict.INTACT


def test_endless_pictures_without_signature_need_no_endless_memory() -> None:
    verifier, unit = Verifier(Codec.H264), SPLIT[Codec.H264](b"\0\0\1\x41\x80\x11")
    for i in range(45_000):
        verifier.feed(unit, i / 25)
    assert len(verifier._waiting) <= 20_000
    track = verifier.finish()
    assert (track.verdict, track.pictures, track.parts) == (Verdict.UNSIGNED, 45_000, ())


# --- files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def ivf(units: list[bytes]) -> bytes:
    head = struct.pack("<4sHH4sHHIIII", b"DKIF", 0, 32, b"AV01", 128, 96, 25, 1, len(units), 0)
    return head + b"".join(struct.pack("<IQ", len(data), i) + data for i, data in enumerate(units))


def bare(folder: Path, codec: Codec, units: list[bytes]) -> Path:
    path = folder / f"bare-{codec}.{ {Codec.H264: 'h264', Codec.H265: 'h265', Codec.AV1: 'ivf'}[codec] }".replace(" ", "")
    path.write_bytes(ivf(units) if codec is Codec.AV1 else b"".join(units))
    return path


def boxed(folder: Path, codec: Codec, box: str, units: list[bytes], options: dict[str, str] | None = None) -> Path:
    """Another container with the same packets, as any program that copies streams would make it."""
    path = folder / f"{codec}-{len(units)}.{box}"
    with av.open(str(bare(folder, codec, units))) as source, av.open(str(path), "w", options=options or {}) as out:
        track = out.add_stream_from_template(source.streams.video[0], opaque=True)
        for number, packet in enumerate(source.demux(video=0)):
            if packet.size:
                packet.stream = track
                packet.pts = packet.dts = number
                packet.duration, packet.time_base = 1, Fraction(1, FPS)
                out.mux(packet)
    return path


BOXES = [
    *((codec, box) for codec in (Codec.H264, Codec.H265) for box in ("mp4", "mkv", "mov", "ts")),
    (Codec.AV1, "mp4"),
    (Codec.AV1, "mkv"),
]


@pytest.mark.feature("SIG-03", "SIG-04")
@pytest.mark.parametrize(("codec", "box"), BOXES, ids=[f"{codec}-{box}" for codec, box in BOXES])
def test_every_container_keeps_signatures(folder: Path, codec: Codec, box: str) -> None:
    report = verify_file(boxed(folder, codec, box, clip(codec)), trust())
    assert (report.verdict, report.exit_status, report.tracks[0].counts.good) == (Verdict.INTACT, 0, 40)
    assert 1.9 < report.seconds < 2.1
    broken = clip(codec)
    broken[15] = broken[15][:-4] + bytes([broken[15][-4] ^ 4]) + broken[15][-3:]
    report = verify_file(boxed(folder, codec, box, broken))
    assert (report.exit_status, report.tracks[0].parts[1].bad) == (1, (15,))
    assert report.tracks[0].parts[1].at == pytest.approx(0.4, abs=0.05)
    assert any("altered" in line and "pictures 10 to 19" in line for line in lines(report))


@pytest.mark.parametrize("codec", VIDEO, ids=str)
def test_bare_streams(folder: Path, codec: Codec) -> None:
    report = verify_file(bare(folder, codec, clip(codec)))
    assert (report.verdict, report.tracks[0].counts.good) == (Verdict.INTACT, 40)
    assert verify_file(bare(folder, codec, list(coded(codec, 30)))).exit_status == 2
    assert as_json(report)["exit_status"] == 0


@pytest.mark.feature("SIG-03")
@pytest.mark.peer("ffmpeg")
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize(("codec", "box"), [(Codec.H264, "mp4"), (Codec.H264, "mkv"), (Codec.H265, "mp4"), (Codec.AV1, "mkv")], ids=str)
def test_clips_that_ffmpeg_cuts_out_stay_intact(folder: Path, codec: Codec, box: str) -> None:
    whole, dice = boxed(folder, codec, box, clip(codec, pictures=120)), random.Random(2)
    for number in range(4):
        start, length = dice.uniform(0, 2.5), dice.uniform(1.5, 2)
        out = folder / f"cut-{codec}-{number}.{box}"
        command = ["ffmpeg", "-v", "error", "-ss", f"{start:.2f}", "-i", whole, "-t", f"{length:.2f}", "-c", "copy", "-y", out]
        subprocess.run(command, check=True, timeout=30, stdin=subprocess.DEVNULL)
        report = verify_file(out, trust())
        assert (report.verdict, report.tracks[0].counts.bad, report.tracks[0].counts.missing) == (Verdict.INTACT, 0, 0), report.summary


def test_two_tracks_of_which_one_is_not_signed(folder: Path) -> None:
    one, two, path = folder / "one.h264", folder / "two.h264", folder / "both.mkv"
    one.write_bytes(b"".join(clip(Codec.H264)))
    two.write_bytes(b"".join(coded(Codec.H264, 51, seed=9)))
    with av.open(str(one)) as a, av.open(str(two)) as b, av.open(str(path), "w") as out:
        tracks = [out.add_stream_from_template(source.streams.video[0], opaque=True) for source in (a, b)]
        for source, track in zip((a, b), tracks, strict=True):
            for number, packet in enumerate(p for p in source.demux(video=0) if p.size):
                packet.stream, packet.pts, packet.dts, packet.time_base = track, number, number, Fraction(1, FPS)
                out.mux(packet)
    report = verify_file(path)
    assert (report.verdict, "not signed" in report.summary) == (Verdict.ALTERED, True)


def mutate(data: bytes, dice: random.Random) -> bytes:
    out = bytearray(data)
    kind = dice.randrange(5)
    if kind == 0:
        return bytes(out[: dice.randrange(len(out))])
    if kind == 1:
        at = dice.randrange(len(out))
        del out[at : at + dice.randrange(1, 400)]
    elif kind == 2:  # sizes and counts, where containers keep them
        at = dice.choice(
            [i for i in range(len(data) - 8) if data[i : i + 4] in (b"stsz", b"stco", b"stts", b"moov", b"avcC", b"mdat")] or [64]
        )
        out[at - 4 : at + 12] = dice.randbytes(16) if dice.random() < 0.5 else b"\xff" * 16
    for _ in range(dice.randrange(1, 30)):
        out[dice.randrange(len(out))] = dice.randrange(256)
    return bytes(out)


@pytest.mark.parametrize("box", ["mp4", "mkv", "ts"])
def test_mutated_files(folder: Path, box: str) -> None:
    data, path = boxed(folder, Codec.H264, box, clip(Codec.H264)).read_bytes(), folder / f"mutated.{box}"
    refused = judged = 0
    for seed in range(120):
        path.write_bytes(mutate(data, random.Random(seed)))
        try:
            report = verify_file(path)
            judged += 1
            assert "\n".join(lines(report))
        except PanocamError:
            refused += 1
    assert judged > 20
    assert judged + refused == 120


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("list.m3u8", lambda folder: b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:2,\nbare-h264.h264\n#EXT-X-ENDLIST\n"),
        ("list.mp4", lambda folder: b"ffconcat version 1.0\nfile bare-h264.h264\n"),
        ("page.mp4", lambda folder: b"<html>http://127.0.0.1:1/</html>"),
        ("empty.mp4", lambda folder: b""),
        ("zeros.mkv", lambda folder: bytes(100_000)),
        ("sdp.mp4", lambda folder: b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nm=video 5004 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"),
        ("big.mp4", lambda folder: struct.pack(">I4sQ", 1, b"moov", 1 << 62) + b"\xff" * 64),
    ],
)
def test_what_is_no_video_is_refused(folder: Path, name: str, make: Callable[[Path], bytes]) -> None:
    bare(folder, Codec.H264, clip(Codec.H264))
    path = folder / name
    path.write_bytes(make(folder))
    with pytest.raises(InvalidValue, match="give an MP4"):
        verify_file(path)


@pytest.mark.feature("SIG-04")
def test_the_command_ends_with_a_status_for_each_verdict_and_says_why(folder: Path) -> None:
    altered = clip(Codec.H264)
    altered[15] = altered[15][:-4] + bytes([altered[15][-4] ^ 4]) + altered[15][-3:]
    wanted = {
        "intact": (0, clip(Codec.H264), "All 40 signed pictures are as the camera signed them"),
        "altered": (1, altered, "pictures 10 to 19"),
        "incomplete": (1, [*clip(Codec.H264)[:15], *clip(Codec.H264)[16:]], "1 signed picture is missing"),
        "unproven": (1, clip(Codec.H264)[20:25], "too short"),
        "unsigned": (2, list(coded(Codec.H264, 30)), "There is no signature"),
        "unreadable": (3, [b"no video"], "give an MP4"),
    }
    for name, (status, units, words) in wanted.items():
        path = folder / f"{name}.h264"
        path.write_bytes(b"".join(units))
        done = copies.run("-m", "panocam", "verify", path)
        assert done.returncode == status, (name, done.stdout, done.stderr)
        assert words in done.stdout + done.stderr
        assert status == 3 or f"{name}.h264: {name.upper()}" in done.stdout
    other = folder / "other.pem"
    other.write_text(signatory(2)[0].chain)
    done = subprocess.run(  # started as a user starts it
        [sys.executable, "-m", "panocam", "verify", "--trust", other, folder / "intact.h264"], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, "not trusted" in done.stdout) == (1, True), done.stdout


def test_nothing_is_printed_that_a_terminal_would_obey(folder: Path) -> None:
    path = folder / "\x1b[31mred.mp4"
    path.write_bytes(b"no video")
    done = copies.run("-m", "panocam", "verify", path)
    assert done.returncode == 3
    assert "\x1b" not in done.stderr
