"""Units of one video track in, verdicts out. Sans-I/O; works through a stream of any length in bounded memory.

Theory. What was received and not yet judged waits in a row. A signature is read when it comes, a picture or more behind the end of what
it covers, and is looked up in that row (``matching``). What stands in front of the place that it fits is covered by nothing. Counters
tell how many signatures are missing in between, links that a part really follows the one before. Where the row runs out
without a signature, the last pictures are pending: their signature comes later than the file ends. Only for as long as a signature may
be late, though: whole groups without one mean that it was taken away.

A signature that does not fit its own key judges nothing, but the file is no longer intact. The first usable signature may be about
pictures from before the file's beginning, since a clip may be cut out of a longer stream. If it comes late, behind whole groups of the
clip, the next one tells: pictures from the very first on that fit that one were never meant by the one before.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from panocam.codecs.signing import envelope
from panocam.codecs.signing.document import NO_LINK, Coverage, Document, Format, Product, UnknownKind, entry, unit_hash
from panocam.codecs.signing.formats import BY_UUID
from panocam.codecs.signing.ledger import Ledger
from panocam.codecs.signing.matching import Item, Place, place
from panocam.codecs.signing.signer import WRAP
from panocam.codecs.signing.trust import Signer, Trust, fits, signer_of
from panocam.codecs.signing.units import FIRST, HASHED, SPLIT, Bytes, Kind, Unit
from panocam.codecs.signing.verdicts import Identity, Track
from panocam.errors import RemoteProtocolError
from panocam.media.codec import Codec

LATE = 32
"""Pictures behind a group that its signature may come late by."""

MOST_WAITING = 20_000
"""Units that may wait for a signature."""

MOST_PARAMETERS = 100
"""Different parameter sets that are remembered."""

UNFIT = "the pictures do not fit their signature"
NO_SIGNATURE = "the signature of these pictures is not there"
NOT_COVERED = "no signature covers these pictures"


@dataclass
class _Doubt:
    """A signature that could not be used, and how far the pictures go that it was probably about (absolute number of the unit)."""

    until: int
    reason: str


@dataclass
class _Stray:
    """The first signature, which fits nothing, and how far the groups go that it may be about, if not about what was before the clip."""

    until: int
    coverage: Coverage


class Verifier:
    """``take`` every access unit in the order of the stream, then call ``finish`` once."""

    def __init__(self, codec: Codec, trust: Trust | None = None, number: int = 0) -> None:
        self._codec, self._trust, self._number = codec, trust or Trust(), number
        self._times = array("d")
        self._ledger = Ledger(self._times)
        self._anchor = NO_LINK
        self._waiting: list[Item] = []
        self._judged = 0  # units in front of the row
        self._counter: int | None = None
        self._first_entry = b""
        self._doubt: _Doubt | None = None
        self._stray: _Stray | None = None
        self._lacking: Coverage | None = None  # covered pictures of which none was found, and that may yet be in the row
        self._format: Format | None = None
        self._signer: Signer | None = None
        self._product = Product()
        self._end_us: int | None = None
        self._identity: Identity | None = None
        self._messages = 0
        self._unknown = False
        self._parameters: dict[bytes, float] = {}  # digest of each parameter set to the first picture's time behind it

    def take(self, data: bytes, time: float) -> None:
        """One access unit in the form of a ``Packet``. What cannot be taken apart was not made by a camera, and is told as a problem."""
        try:
            units = SPLIT[self._codec](data)
        except RemoteProtocolError as error:
            self._distrust(time, str(error))
            return
        self.feed(units, time)

    def feed(self, units: Iterable[Unit], time: float) -> None:
        """One access unit that is shown at ``time`` seconds."""
        for unit in units:
            if unit.kind in FIRST:
                self._times.append(time)
            if unit.kind in HASHED:
                self._receive(unit.kind, unit.data)
            elif unit.kind is Kind.MESSAGE:
                self._read(unit.data, time)
            elif unit.kind is Kind.PARAMETERS and len(self._parameters) < MOST_PARAMETERS:
                self._parameters.setdefault(unit_hash(unit.data), time)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know besides the verdict."""
        first = min(self._parameters.values(), default=0.0)
        later = [time for time in self._parameters.values() if time > first]
        if not later or not self._messages:
            return ()
        return (f"How the pictures are to be decoded changes at {min(later):.1f} s (parameter sets): no signature protects that.",)

    def finish(self) -> Track:
        """The verdict over everything."""
        self._end()
        identity = self._identify()
        return self._ledger.track(self._number, str(self._codec), signed=bool(self._messages), identity=identity)

    # --- pictures

    def _receive(self, kind: Kind, data: Bytes) -> None:
        digest = unit_hash(data)
        anchor = kind is Kind.ANCHOR
        if anchor:
            self._anchor = digest
        picture = max(0, len(self._times) - 1)
        self._waiting.append(Item(digest if anchor else entry(self._anchor, digest), anchor, picture))
        if len(self._waiting) > MOST_WAITING:
            self._settle_bad(MOST_WAITING // 2, NO_SIGNATURE)

    # --- signatures

    def _read(self, unit: Bytes, time: float) -> None:
        self._messages += 1
        message = envelope.open_message(self._codec, unit)
        try:
            if message is None:
                raise RemoteProtocolError("a signature is shorter than its own head")
            format = BY_UUID[message.uuid]
            document = format.read(message.flags, message.elements)
            self._authenticate(format, message, document)
        except UnknownKind as error:
            self._ledger.unknown(str(error))
            self._unknown = True
            return
        except RemoteProtocolError as error:
            self._distrust(time, str(error))
            return
        if document.coverage is not None:
            self._apply(format, document.coverage, time)

    def _authenticate(self, format: Format, message: envelope.Message, document: Document) -> None:
        """Raises RemoteProtocolError unless the document is signed by the one who signed the first one."""
        if self._format is not None and format is not self._format:
            raise RemoteProtocolError("the signatures change from one format to another")
        signer = signer_of(document) if document.key or document.chain else self._signer
        if signer is None:
            raise RemoteProtocolError("a signature does not say whose it is, and none before it does")
        raw = message.raw[: message.start + document.signed_size]
        signed = envelope.covered(self._codec, raw, escaped=bool(message.flags & format.escaped))
        if not document.signature:
            raise UnknownKind("several groups of pictures share one signature here, which this program does not know")
        if not fits(format, signer.key, document.signature, sha256(signed).digest()):
            raise RemoteProtocolError("a signature does not fit what it signs: the message was changed")
        if self._signer is not None and signer.der != self._signer.der:
            raise RemoteProtocolError(f"from here on somebody else signs (key {signer.fingerprint[:23]}…)")
        self._format, self._signer = format, signer
        self._product = document.product or self._product
        if document.coverage is not None and document.coverage.end_us is not None:
            self._end_us = document.coverage.end_us

    def _distrust(self, time: float, reason: str) -> None:
        self._ledger.problem(time, reason)
        row = self._waiting
        last = max((i for i, item in enumerate(row) if item.anchor), default=0)
        self._doubt = self._doubt or _Doubt(self._judged + (last or max(0, len(row) - 1)), reason)

    def _apply(self, format: Format, coverage: Coverage, time: float) -> None:
        skipped = 0 if self._counter is None else (coverage.counter - self._counter - 1) % WRAP
        if skipped >= WRAP // 2:
            order = f"signature {coverage.counter} comes after signature {self._counter}"
            self._distrust(time, f"{order}: it was repeated or moved, or two videos were joined")
            return
        found = place(coverage, self._waiting, format.salt)
        if found is None:
            self._nothing_fits(coverage, skipped)
        else:
            self._settle(coverage, found, skipped)
        self._counter = coverage.counter
        self._doubt = None

    def _settle(self, coverage: Coverage, found: Place, skipped: int) -> None:
        stray, self._stray = self._stray, None
        if found.start:
            self._settle_bad(found.start, UNFIT if stray else self._why(skipped), stray.coverage if stray else None)
        elif skipped and self._lacking is None:
            self._ledger.gone(self._picture(), f"{skipped} signed part{'s' * (skipped > 1)} are missing in front of this, pictures and all")
        self._note_lacking()
        count = found.end - found.start
        items, self._waiting = self._waiting[:count], self._waiting[count:]
        self._judged += count
        unlinked = not skipped and self._first_entry and coverage.link != self._first_entry
        self._ledger.covered(coverage, items, found, "it does not follow the part in front of it" if unlinked else "")
        self._first_entry = coverage.hashes[0] if coverage.hashes else items[0].entry if found.perfect else b""

    def _nothing_fits(self, coverage: Coverage, skipped: int) -> None:
        """The part is missing, or all of it was changed, or it lies before the beginning of a clip."""
        self._settle_stray()
        groups_end = max((i for i, item in enumerate(self._waiting) if item.anchor), default=0)
        self._first_entry = coverage.hashes[0] if coverage.hashes else b""
        if not self._judged and not groups_end:
            return  # about pictures from before the clip
        if not self._judged and self._counter is None and not coverage.early:
            self._stray = _Stray(groups_end, coverage)
            return
        self._note_lacking()
        if groups_end and not coverage.early:
            if skipped:
                self._settle_bad(groups_end, self._why(skipped))
                self._ledger.missing(coverage, self._picture())
            else:
                self._settle_bad(groups_end, self._doubt.reason if self._doubt else UNFIT, coverage)
        else:
            self._lacking = coverage

    def _settle_stray(self) -> None:
        """The first signature was about what is here after all."""
        stray, self._stray = self._stray, None
        if stray is not None:
            self._settle_bad(max(0, stray.until - self._judged), UNFIT, stray.coverage)

    def _why(self, skipped: int) -> str:
        if self._doubt is not None:
            return self._doubt.reason
        if self._lacking is not None:
            return UNFIT
        return NO_SIGNATURE if skipped else NOT_COVERED

    def _settle_bad(self, count: int, reason: str, coverage: Coverage | None = None) -> None:
        """Give up on the first units of the row."""
        items, self._waiting = self._waiting[:count], self._waiting[count:]
        self._judged += count
        coverage, self._lacking = coverage or self._lacking, None
        self._ledger.bad(items, reason, coverage)

    def _note_lacking(self) -> None:
        coverage, self._lacking = self._lacking, None
        if coverage is not None:
            self._ledger.missing(coverage, self._picture())

    def _picture(self) -> int:
        """The picture that the row begins with."""
        return self._waiting[0].picture if self._waiting else len(self._times)

    # --- the end

    def _end(self) -> None:
        self._settle_stray()
        if self._lacking is not None and self._waiting and not self._lacking.early:
            self._note_lacking()
        elif self._lacking is not None:
            self._settle_bad(min(self._lacking.count, max(0, len(self._waiting) - 1)), UNFIT)
        if self._doubt is not None and self._doubt.until > self._judged:
            self._settle_bad(min(self._doubt.until - self._judged, len(self._waiting)), self._doubt.reason)
        overdue = self._overdue()
        if overdue and self._messages and not self._unknown:
            self._settle_bad(overdue, NO_SIGNATURE)
        if self._waiting:
            self._ledger.pending(self._waiting)

    def _overdue(self) -> int:
        """Units of groups that ended so long ago that their signature must have come."""
        pictures = len(self._times)
        ends = (i for i, item in enumerate(self._waiting) if i and item.anchor and pictures - item.picture > LATE)
        return max(ends, default=0)

    def _identify(self) -> Identity | None:
        if self._signer is None or self._format is None:
            return None
        return self._trust.judge(self._format, self._signer, self._product, self._end_us)
