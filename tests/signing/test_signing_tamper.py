"""Everything that can be done to a signed video, and what the verifier must say of it.

The clips have groups of ten pictures; each signature travels with the second picture of the following group.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from signing_kit import (
    AXIS,
    AXIS_2_0,
    GOP,
    ONVIF,
    START_US,
    STEP_US,
    Clip,
    clip,
    coded,
    flipped,
    key_pair,
    keys,
    messages,
    parts_of,
    sign,
    signatory,
    signing,
    trust,
    verify,
    with_message,
    with_picture,
)

from panocam.codecs.signing.envelope import open_message
from panocam.codecs.signing.formats import BY_UUID, FORMATS
from panocam.codecs.signing.signer import Limits, Signer
from panocam.codecs.signing.units import Kind, join
from panocam.codecs.signing.verdicts import Trusted, Verdict
from panocam.codecs.signing.verifier import Verifier
from panocam.media.codec import Codec
from panocam.media.signing import SigningFormat

H264, H265, AV1 = Codec.H264, Codec.H265, Codec.AV1
INTACT, INCOMPLETE, ALTERED, UNSIGNED, UNPROVEN = (
    Verdict.INTACT,
    Verdict.INCOMPLETE,
    Verdict.ALTERED,
    Verdict.UNSIGNED,
    Verdict.UNPROVEN,
)
Edit = Callable[[Codec, Clip], Clip]


@dataclass(frozen=True)
class Case:
    """What is done, the verdict, and where known: the bad pictures, how many are missing, what the words must contain."""

    name: str
    edit: Edit
    verdict: Verdict
    bad: tuple[int, ...] | None = None
    missing: int | None = None
    says: str = ""


def at(index: int, change: Callable[[Codec, bytes], bytes]) -> Edit:
    return lambda codec, units: [change(codec, data) if i == index else data for i, data in enumerate(units)]


def flip(index: int, where: int = -3) -> Edit:
    return at(index, lambda codec, data: with_picture(codec, data, lambda unit: flipped(unit, where)))


def drop(*indices: int) -> Edit:
    return lambda codec, units: [data for i, data in enumerate(units) if i not in indices]


def order(*indices: int) -> Edit:
    return lambda codec, units: [units[i] for i in indices]


def swap(a: int, b: int) -> Edit:
    return order(*(b if i == a else a if i == b else i for i in range(51)))


def message(index: int, change: Callable[[bytes], bytes | None]) -> Edit:
    return at(index, lambda codec, data: with_message(codec, data, change))


def in_message(index: int, needle: bytes, offset: int = 0) -> Edit:
    """Flip a bit of a signature behind where ``needle`` stands."""
    return message(index, lambda unit: flipped(unit, unit.index(needle) + offset, 1))


def no_messages(first: int, last: int) -> Edit:
    return lambda codec, units: [
        with_message(codec, data, lambda unit: None) if first <= i <= last else data for i, data in enumerate(units)
    ]


def foreign(codec: Codec) -> bytes:
    return coded(codec, 20, seed=9)[5]


def insert(index: int, what: Callable[[Codec, Clip], bytes]) -> Edit:
    return lambda codec, units: [*units[:index], what(codec, units), *units[index:]]


def replace(index: int, what: Callable[[Codec, Clip], bytes]) -> Edit:
    return lambda codec, units: [*units[:index], what(codec, units), *units[index + 1 :]]


def replay(codec: Codec, units: Clip) -> Clip:
    old = next(unit.data for unit in parts_of(codec, units[11]) if unit.kind is Kind.MESSAGE)
    return [join(codec, [old, *(unit.data for unit in parts_of(codec, data))]) if i == 35 else data for i, data in enumerate(units)]


def move_messages_later(codec: Codec, units: Clip) -> Clip:
    out = list(units)
    for i in messages(codec, units):
        found = [unit.data for unit in parts_of(codec, units[i]) if unit.kind is Kind.MESSAGE]
        out[i] = with_message(codec, units[i], lambda unit: None)
        out[i + 3] = join(codec, [*found, *(unit.data for unit in parts_of(codec, out[i + 3]))])
    return out


def swap_messages(codec: Codec, units: Clip) -> Clip:
    one, two = (next(unit.data for unit in parts_of(codec, units[i]) if unit.kind is Kind.MESSAGE) for i in (11, 21))
    out = list(units)
    out[11], out[21] = (
        with_message(codec, units[11], lambda unit: bytes(two)),
        with_message(codec, units[21], lambda unit: bytes(one)),
    )
    return out


def another_signer_from(index: int) -> Edit:
    def edit(codec: Codec, units: Clip) -> Clip:
        plain = coded(codec, 51)
        return [*units[:index], *sign(codec, plain[index:], format_of(codec, units), who=2, first=index)]

    return edit


def restart(codec: Codec, units: Clip) -> Clip:
    return [*units[:20], *sign(codec, coded(codec, 51)[20:], format_of(codec, units), first=20)]


def other_format(codec: Codec, units: Clip) -> Clip:
    return [*units[:25], *sign(codec, coded(codec, 51), ONVIF)[25:]]


def format_of(codec: Codec, units: Clip) -> SigningFormat:
    found = open_message(
        codec, next(bytes(unit.data) for unit in parts_of(codec, units[messages(codec, units)[0]]) if unit.kind is Kind.MESSAGE)
    )
    assert found is not None
    return BY_UUID[found.uuid].name


def forged_extra(codec: Codec, units: Clip) -> Clip:
    theirs = sign(codec, coded(codec, 51, seed=3), format_of(codec, units), who=2)
    extra = next(unit.data for unit in parts_of(codec, theirs[11]) if unit.kind is Kind.MESSAGE)
    return [join(codec, [extra, *(unit.data for unit in parts_of(codec, data))]) if i == 25 else data for i, data in enumerate(units)]


CASES = (
    Case("untouched", lambda codec, units: units, INTACT, bad=(), missing=0),
    Case("a bit flipped in a picture", flip(15), ALTERED, bad=(15,), missing=0, says="1 picture was changed"),
    Case("a bit flipped in the first bytes of a picture", flip(15, 4), ALTERED, bad=(15,)),
    Case("a bit flipped in two pictures", lambda c, u: flip(17)(c, flip(12)(c, u)), ALTERED, bad=(12, 17)),
    Case("a bit flipped in a key picture", flip(20), ALTERED, bad=tuple(range(20, 30))),
    Case("a picture dropped", drop(15), INCOMPLETE, bad=(), missing=1, says="missing"),
    Case("three pictures dropped", drop(14, 15, 16), INCOMPLETE, bad=(), missing=3),
    Case("the last picture of a group dropped", drop(19), INCOMPLETE, bad=(), missing=1),
    Case("pictures dropped in two groups", drop(15, 26), INCOMPLETE, bad=(), missing=2),
    Case("a key picture dropped", drop(20), ALTERED),
    Case("the first key picture dropped", drop(0), ALTERED),
    Case("the picture that carries a signature dropped", drop(21), ALTERED, says="not there"),
    Case("two pictures swapped", swap(14, 15), ALTERED),
    Case("two pictures of different groups swapped", swap(14, 25), ALTERED),
    Case("pictures of a group reversed", order(*range(12), *range(19, 11, -1), *range(20, 51)), ALTERED),
    Case("a picture repeated", order(*range(16), 15, *range(16, 51)), ALTERED, bad=(16,), missing=0),
    Case("a foreign picture inserted", insert(15, lambda codec, units: foreign(codec)), ALTERED, bad=(15,), missing=0),
    Case("a picture of another group inserted", insert(15, lambda codec, units: units[26]), ALTERED, bad=(15,)),
    Case("a picture replaced by a foreign one", replace(15, lambda codec, units: foreign(codec)), ALTERED, bad=(15,), missing=0),
    Case("a picture frozen", replace(15, lambda codec, units: units[14]), ALTERED, bad=(15,), missing=0),
    Case("the first group replaced", lambda c, u: [*coded(c, 51, seed=9)[:10], *u[10:]], ALTERED),
    Case("a signature removed", message(21, lambda unit: None), ALTERED, bad=tuple(range(10, 20)), says="not there"),
    Case("two signatures removed", no_messages(15, 35), ALTERED, bad=tuple(range(10, 30))),
    Case("all signatures removed", no_messages(0, 50), UNSIGNED, bad=(), says="no signature"),
    Case("the first signature removed", message(11, lambda unit: None), ALTERED, bad=tuple(range(10)), says="covers"),
    Case("signature bytes edited", message(21, lambda unit: flipped(unit, -20)), ALTERED, says="does not fit"),
    Case("the last signature edited", message(41, lambda unit: flipped(unit, -20)), ALTERED, says="does not fit"),
    Case("the list of hashes edited", message(21, lambda unit: flipped(unit, -120)), ALTERED, says="does not fit"),
    Case("the product edited", in_message(21, b"M4328"), ALTERED, says="changed"),
    Case("the public key edited", in_message(21, b"BEGIN PUBLIC KEY", 60), ALTERED),
    Case("a signature cut short", message(21, lambda unit: unit[:100]), ALTERED),
    Case("a signature replayed", replay, ALTERED, says="repeated"),
    Case("two signatures exchanged", swap_messages, ALTERED),
    Case("a foreign signature added", forged_extra, ALTERED, bad=(), says="somebody else"),
    Case("signatures sent later", move_messages_later, INTACT, bad=(), missing=0),
    Case("a group cut out", drop(*range(20, 30)), ALTERED, says="missing"),
    Case("two groups cut out", drop(*range(20, 40)), ALTERED),
    Case("pictures cut out across a key picture", drop(*range(16, 24)), ALTERED),
    Case("groups exchanged", order(*range(10), *range(20, 30), *range(10, 20), *range(30, 51)), ALTERED),
    Case("a group repeated", order(*range(20), *range(10, 51)), ALTERED),
    Case("cut at a key picture", lambda codec, units: units[20:], INTACT, bad=(), missing=0),
    Case("cut at a key picture, without its end", lambda codec, units: units[20:37], INTACT, bad=(), missing=0),
    Case("cut inside a group", lambda codec, units: units[15:], ALTERED, bad=tuple(range(5))),
    Case("the end cut off", lambda codec, units: units[:37], INTACT, bad=(), missing=0, says="later"),
    Case("cut too short", lambda codec, units: units[20:25], UNPROVEN, says="too short"),
    Case("signed by another key from the middle", another_signer_from(20), ALTERED, says="somebody else"),
    Case("signing started anew inside the file", restart, ALTERED),
    Case("joined with itself", lambda codec, units: [*units, *units], ALTERED),
    Case("unsigned pictures in front", lambda c, u: [*coded(c, 51, seed=9)[:20], *u], ALTERED, bad=tuple(range(20)), says="covers"),
    Case("unsigned pictures behind", lambda c, u: [*u, *coded(c, 81, seed=9)], ALTERED, says="not there"),
    Case("another format from the middle", other_format, ALTERED, says="format"),
)


def outcome(case: Case, codec: Codec, units: Clip) -> None:
    track = verify(codec, case.edit(codec, list(units)))
    assert track.verdict is case.verdict, (track.verdict, track.summary, [p for p in track.parts if p.verdict is not INTACT])
    words = " ".join([track.summary, *(part.reason for part in track.parts), *(problem.reason for problem in track.problems)])
    assert case.says in words
    bad = {picture for part in track.parts for picture in part.bad}
    if case.bad is not None:
        assert bad == set(case.bad), words
    if case.missing is not None:
        assert track.counts.missing == case.missing, words
    assert track.counts.good + track.counts.bad + track.counts.pending == track.pictures or track.verdict is UNSIGNED


@pytest.mark.feature("SIG-05", "SIG-10")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_damage_has_its_verdict(case: Case) -> None:
    outcome(case, H264, clip(H264))


SELDOM = {"another format from the middle", "a bit flipped in the first bytes of a picture"}
WITH_KEY_IN_CLEAR = {"the product edited", "the public key edited"}


@pytest.mark.feature("SIG-10")
@pytest.mark.parametrize(("codec", "format"), [(H264, ONVIF), (H264, AXIS_2_0), (H265, AXIS), (H265, ONVIF), (AV1, AXIS)])
def test_the_same_in_every_codec_and_format(codec: Codec, format: SigningFormat) -> None:
    units = clip(codec, format)
    skipped = SELDOM | (WITH_KEY_IN_CLEAR if format is ONVIF else set())
    for case in CASES:
        if case.name not in skipped:
            try:
                outcome(case, codec, units)
            except AssertionError as problem:
                raise AssertionError(f"{case.name}: {problem}") from problem


@pytest.mark.parametrize(
    "limits", [Limits(named=False), Limits(pictures=4), Limits(pictures=4, named=False)], ids=["group", "partial", "both"]
)
def test_groups_as_a_whole_and_parts_of_groups(limits: Limits) -> None:
    units = clip(H264, limits=limits)
    assert verify(H264, units).verdict is INTACT
    for start in keys(H264, units)[:-2]:
        assert verify(H264, units[start:]).verdict is INTACT
    for case in CASES:
        if case.verdict is ALTERED and case.edit not in (another_signer_from, restart) and "signature" not in case.name:
            assert verify(H264, case.edit(H264, list(units))).verdict is ALTERED, case.name
    dropped = verify(H264, drop(16)(H264, units))
    assert dropped.verdict is (INCOMPLETE if limits.named else ALTERED)
    assert dropped.counts.good >= 30
    one = verify(H264, flip(16)(H264, units))
    assert one.verdict is ALTERED
    assert one.counts.good >= (35 if limits.pictures else 30)


@pytest.mark.feature("SIG-03")
@pytest.mark.parametrize(("codec", "format"), [(H264, AXIS), (H264, ONVIF), (H265, AXIS), (H265, ONVIF), (H265, AXIS_2_0), (AV1, AXIS)])
def test_random_clips_cut_at_key_pictures_stay_intact(codec: Codec, format: SigningFormat) -> None:
    units = clip(codec, format, 120, keys=(33, 57, 58, 90))
    starts, dice = keys(codec, units), random.Random(4)
    for _ in range(60):
        start = dice.choice(starts[:-3])
        end = dice.randrange(start + 2 * GOP + 2, len(units) + 1) if start + 2 * GOP + 2 < len(units) else len(units)
        track = verify(codec, units[start:end], trust())
        assert track.verdict is INTACT, (start, end, track.summary)
        assert (track.counts.bad, track.counts.missing) == (0, 0)
        assert track.counts.pending <= GOP + 2


@pytest.mark.feature("SIG-09")
def late_clip(codec: Codec, format: SigningFormat) -> Clip:
    """A clip from picture 10 on, in which the signature of what was before it comes only with the signature of its own first group, as
    from a slow key store: behind a whole group of the clip."""
    units = clip(codec, format)
    found = [unit.data for unit in parts_of(codec, units[11]) if unit.kind is Kind.MESSAGE]
    units[21] = join(codec, [*found, *(unit.data for unit in parts_of(codec, units[21]))])
    units[11] = with_message(codec, units[11], lambda unit: None)
    return units[10:]


@pytest.mark.parametrize(("codec", "format"), [(H264, AXIS), (H264, ONVIF), (H265, AXIS_2_0), (AV1, AXIS)])
def test_a_late_signature_of_what_was_before_a_clip_damns_nothing_in_it(codec: Codec, format: SigningFormat) -> None:
    units = late_clip(codec, format)
    track = verify(codec, units)
    assert (track.verdict, track.counts.good, track.counts.bad) == (INTACT, 30, 0), track.summary
    hurt = [with_picture(codec, data, lambda unit: flipped(unit, -3)) if i < 10 else data for i, data in enumerate(units)]
    track = verify(codec, hurt)
    assert (track.verdict, track.counts.good, track.counts.bad) == (ALTERED, 20, 10), track.summary
    assert verify(codec, units[1:]).verdict is ALTERED  # its first picture is gone
    assert verify(codec, [*units[:5], *units[6:]]).counts.missing == 1
    first = next(unit.data for unit in parts_of(codec, units[11]) if unit.kind is Kind.MESSAGE)
    only = join(codec, [first, *(unit.data for unit in parts_of(codec, units[11]) if unit.kind is not Kind.MESSAGE)])
    assert verify(codec, [*units[:11], only]).verdict is ALTERED  # it may as well be about these, and no other one tells


@pytest.mark.parametrize("format", [AXIS, ONVIF])
def test_whose_signature_it_is(format: SigningFormat) -> None:
    mine, theirs = clip(H264, format), sign(H264, coded(H264, 51), format, who=2)
    known = verify(H264, mine, trust(1))
    assert known.identity is not None
    assert known.identity.trusted is Trusted.YES
    assert known.identity.product.serial == "021000000001"
    assert "video 1" in known.identity.subject
    unknown = verify(H264, theirs, trust(1))
    assert unknown.identity is not None
    assert (unknown.verdict, unknown.identity.trusted) == (ALTERED, Trusted.NO)
    nobody = verify(H264, theirs)
    assert nobody.identity is not None
    assert (nobody.verdict, nobody.identity.trusted) == (INTACT, Trusted.UNKNOWN)


def test_a_random_bit_anywhere_is_found() -> None:
    """In pictures and in signatures alike, but for the padding behind a signature and parameter sets, which nothing protects."""
    units, dice = clip(H264, pictures=31), random.Random(7)
    for _ in range(150):
        index = dice.randrange(0, 20)
        damaged = list(units)
        change = lambda unit: flipped(unit, dice.randrange(1, len(unit)), 1 << dice.randrange(8))  # noqa: E731
        damaged[index] = with_picture(H264, units[index], change)
        assert verify(H264, damaged).verdict is not INTACT, index
    for _ in range(150):
        damaged = list(units)
        found = open_message(H264, next(bytes(unit.data) for unit in parts_of(H264, units[11]) if unit.kind is Kind.MESSAGE))
        assert found is not None
        damaged[11] = with_message(H264, units[11], lambda unit: flipped(unit, dice.randrange(24, len(unit) - 76), 1 << dice.randrange(8)))
        assert verify(H264, damaged).verdict is not INTACT


@pytest.mark.parametrize("codec", [H264, H265, AV1])
def test_other_parameter_sets_are_told_though_nothing_protects_them(codec: Codec) -> None:
    def notes(units: Clip) -> tuple[str, ...]:
        verifier = Verifier(codec)
        for number, data in enumerate(units):
            verifier.take(data, number / 10)
        assert verifier.finish().verdict is INTACT
        return verifier.notes

    units = list(clip(codec))
    assert notes(units) == ()
    there = next(bytes(unit.data) for unit in parts_of(codec, units[0]) if unit.kind is Kind.PARAMETERS)
    units[20] = join(codec, [flipped(there, -2, 1), *(unit.data for unit in parts_of(codec, units[20]))])
    (note,) = notes(units)
    assert "changes at 2.0 s" in note


def test_several_slices_a_picture() -> None:
    units = sign(H264, coded(H264, 40, threads=2, height=256))
    assert sum(unit.kind is Kind.SLICE for data in units for unit in parts_of(H264, data)) == 40
    assert verify(H264, units).counts.good == 30
    second = at(15, lambda codec, data: join(codec, [*[u.data for u in parts_of(codec, data)][:-1], b"\x41\x00\x11\x22"]))
    track = verify(H264, second(H264, units))
    assert (track.verdict, track.parts[1].bad) == (ALTERED, (15,))
    lost = at(15, lambda codec, data: join(codec, [u.data for u in parts_of(codec, data)][:-1]))
    assert verify(H264, lost(H264, units)).verdict is INCOMPLETE


def test_an_encoder_opened_anew_goes_on_in_the_same_signed_stream() -> None:
    units = sign(H264, [*coded(H264, 51)[:13], *coded(H264, 51, seed=2)])
    track = verify(H264, units)
    assert (track.verdict, track.counts.good) == (INTACT, 53)


@pytest.mark.parametrize("codec", [H264, H265, AV1])
def test_the_end_of_a_stream_can_be_signed_too(codec: Codec) -> None:
    signer = Signer(codec, FORMATS[AXIS], signatory()[0], signing(key_pair(1)))
    units = [signer.take(data, START_US + i * STEP_US) for i, data in enumerate(coded(codec, 25))]
    last = units[-1] + join(codec, signer.close_part(START_US + 25 * STEP_US))
    track = verify(codec, [*units[:-1], last])
    assert (track.verdict, track.counts.good, track.counts.pending) == (INTACT, 25, 0)


def test_a_clock_set_back_never_ends_a_part_before_it_begins() -> None:
    signer = Signer(H264, FORMATS[ONVIF], signatory()[0], signing(key_pair(1)))
    times = [START_US + i * STEP_US - (3_600_000_000 if i > 15 else 0) for i in range(51)]
    track = verify(H264, [signer.take(data, time) for data, time in zip(coded(H264, 51), times, strict=True)])
    assert track.verdict is INTACT
    assert all(part.start_us <= part.end_us for part in track.parts if part.start_us is not None and part.end_us is not None)
