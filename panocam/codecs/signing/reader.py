"""Verifies a file: MP4, QuickTime, Matroska, MPEG-TS, IVF, and bare H.264, H.265 or AV1.

The file comes from a stranger. Only containers of this list are opened, only the file itself is read (playlists and references to
other files are refused), and edit lists are passed over, because they could hide coded pictures from the verifier. Nothing is decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from panocam.codecs.signing.trust import Trust
from panocam.codecs.signing.verdicts import Counts, Report, Track, Verdict
from panocam.codecs.signing.verifier import Verifier
from panocam.errors import InvalidValue, RemoteProtocolError, Unavailable
from panocam.media import nal
from panocam.media.codec import Codec

CONTAINERS = ("mov", "mp4", "matroska", "webm", "mpegts", "ivf", "obu", "h264", "hevc")
OPTIONS = {"format_whitelist": ",".join(CONTAINERS), "protocol_whitelist": "file", "ignore_editlist": "1"}

CODECS = {"h264": Codec.H264, "hevc": Codec.H265, "av1": Codec.AV1, "libdav1d": Codec.AV1, "libaom-av1": Codec.AV1}
"""FFmpeg's names, those of its AV1 decoders included."""

FALLBACK_RATE = 25.0
REPORT_EVERY = 250  # packets
WORST = (Verdict.INTACT, Verdict.PENDING, Verdict.INCOMPLETE, Verdict.UNPROVEN, Verdict.UNSIGNED, Verdict.ALTERED)

Progress = Callable[[float], None]
"""Told from 0 to 1 how much of the file has been read."""


@dataclass
class _Track:
    """A track while it is read. ``length_size`` is 0 where units have start codes (AV1 has neither)."""

    codec: Codec
    verifier: Verifier
    length_size: int
    rate: float
    origin: float | None = None
    pictures: int = 0
    last: float = 0.0

    def take(self, packet: Packet[Any]) -> None:
        """One packet in the order of the file."""
        time = self.pictures / self.rate
        if packet.pts is not None and packet.time_base is not None:
            found = float(packet.pts * packet.time_base)
            self.origin = found if self.origin is None else self.origin
            time = found - self.origin
        self.pictures += 1
        self.last = max(self.last, time)
        self.verifier.take(self._unpacked(bytes(packet)), round(time, 3))

    def _unpacked(self, data: bytes) -> bytes:
        if not self.length_size:
            return data
        try:
            return nal.from_lengths(data, self.length_size)
        except RemoteProtocolError:
            return b"\xff"  # told by the verifier as what it is: no access unit


def verify_file(path: Path, trust: Trust | None = None, progress: Progress = lambda done: None) -> Report:
    """Verify all video tracks of a file. Blocks for as long as reading it takes.

    Raises Unavailable when it cannot be opened, InvalidValue when it is no video that this program can read.
    """
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as fault:
        raise Unavailable(f"{path}: {fault.strerror or fault}; name a file that can be read") from None
    try:
        with av.open(f"file:{path}", container_options=OPTIONS, metadata_errors="replace") as container:
            return _verify(container, path.name, size, trust, progress)
    except (av.error.FFmpegError, ValueError, IndexError) as fault:
        raise _unreadable(path.name, getattr(fault, "strerror", None) or "it cannot be read") from None


def _verify(container: InputContainer, name: str, size: int, trust: Trust | None, progress: Progress) -> Report:
    tracks = {stream.index: _track(stream, codec, trust) for stream in container.streams.video if (codec := _codec(stream))}
    others = {stream.index: 0 for stream in container.streams.video if stream.index not in tracks}
    if not tracks and not others:
        raise _unreadable(name, "it holds no video track")
    notes: list[str] = []
    for number, packet in enumerate(_packets(container, notes)):
        if packet.stream_index in tracks:
            tracks[packet.stream_index].take(packet)
        elif packet.stream_index in others:
            others[packet.stream_index] += 1
        if number % REPORT_EVERY == 0 and packet.pos is not None and size:
            progress(min(1.0, packet.pos / size))
    if not any(track.pictures for track in tracks.values()) and not any(others.values()):
        raise _unreadable(name, "no picture can be read from it")
    found = [track.verifier.finish() for track in tracks.values()]
    notes += [note for track in tracks.values() for note in track.verifier.notes]
    found += [_unsigned(index, count) for index, count in others.items()]
    progress(1.0)
    return _report(name, max((track.last for track in tracks.values()), default=0.0), found, notes)


def _codec(stream: VideoStream) -> Codec | None:
    return CODECS.get(stream.codec_context.name) if stream.codec_context is not None else None  # no decoder, no context


def _track(stream: VideoStream, codec: Codec, trust: Trust | None) -> _Track:
    extra = stream.codec_context.extradata or b""
    length_size = 0
    if codec is Codec.H264 and extra[:1] == b"\1" and len(extra) > 4:  # ISO/IEC 14496-15 clause 5.3.3.1
        length_size = (extra[4] & 3) + 1
    elif codec is Codec.H265 and extra[:1] == b"\1" and len(extra) > 21:  # clause 8.3.3.1
        length_size = (extra[21] & 3) + 1
    rate = float(stream.average_rate or stream.guessed_rate or FALLBACK_RATE)
    return _Track(codec, Verifier(codec, trust, stream.index), length_size, rate if 0 < rate < 1000 else FALLBACK_RATE)


def _packets(container: InputContainer, notes: list[str]) -> Iterator[Packet[Any]]:
    """All packets with data; damage ends the file early, which is noted and no verdict."""
    try:
        for packet in container.demux():
            if packet.size:
                yield packet
    except av.error.FFmpegError as fault:
        notes.append(f"The file is damaged: reading it stopped with {fault.strerror or 'an error'}.")


def _unsigned(index: int, count: int) -> Track:
    return Track(index, "other", Verdict.UNSIGNED, "This kind of video cannot be signed.", count, Counts(), None, (), ())


def _report(name: str, seconds: float, tracks: list[Track], notes: list[str]) -> Report:
    worst = max(tracks, key=lambda track: WORST.index(track.verdict))
    verdict, summary = worst.verdict, worst.summary
    signed = [track for track in tracks if track.verdict is not Verdict.UNSIGNED]
    if signed and len(signed) < len(tracks):
        verdict, summary = (
            Verdict.ALTERED,
            f"This video is not intact: {len(tracks) - len(signed)} of its {len(tracks)} tracks are not signed.",
        )
    return Report(name, verdict, summary, round(seconds, 3), tuple(tracks), tuple(notes))


def _unreadable(name: str, why: str) -> InvalidValue:
    return InvalidValue("file", name, f"{why}; give an MP4, Matroska, MPEG-TS, IVF, H.264, H.265 or AV1 file")
