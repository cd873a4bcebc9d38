"""Stream URL arguments: every row of the table, what is refused with which words, what is ignored."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.errors import InvalidValue
from panocam.media.codec import BitrateMode, BitratePriority, Codec, H264Profile, Zipstream
from panocam.pipeline.request import ALL_OVERLAYS, Overlay, StreamRequest
from panocam.streaming.url import ARGUMENTS, parse_query, stream_request


def test_everything_at_once():
    query = (
        "camera=4&videocodec=h265&resolution=1920x1080&fps=12.5&compression=30&videokeyframeinterval=50"
        "&videobitratemode=mbr&videomaxbitrate=4000&h264profile=main&videozstrength=30&video=1"
    )
    assert parse_query(query) == StreamRequest(
        view=3,
        codec=Codec.H265,
        resolution=(1920, 1080),
        fps=12.5,
        compression=30,
        gop=50,
        bitrate_mode=BitrateMode.MBR,
        max_bitrate_kbps=4000,
        h264_profile=H264Profile.MAIN,
        zipstream=Zipstream.HIGH,
    )


def test_nothing_said_leaves_everything_to_the_defaults():
    assert parse_query("") == StreamRequest()


@pytest.mark.feature("PRE-07")
def test_unknown_arguments_and_profiles_are_ignored():
    assert parse_query("Axis-Orig-Sw=true&timestamp=1&streamprofile=nobody&audio=0&event=on&=&x") == StreamRequest()


@pytest.mark.feature("VIEW-02")
@pytest.mark.parametrize(("camera", "view"), [("1", 0), ("12", 11), ("quad", 3)])
def test_views_are_counted_from_one(camera, view):
    assert parse_query(f"camera={camera}").view == view


@pytest.mark.feature("OVL-13")
@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ("all", ALL_OVERLAYS),
        ("off", frozenset()),
        ("application", frozenset()),
        ("text", {Overlay.TEXT}),
        ("Image,application", {Overlay.IMAGE}),
        ("text,image", ALL_OVERLAYS),
    ],
)
def test_kinds_of_overlays_are_named(value, kinds):
    assert parse_query(f"overlays={value}").overlays == kinds


@pytest.mark.parametrize("alias", ["videobitrate", "videombrmaxbitrate"])
def test_old_names_mean_the_same(alias):
    assert parse_query(f"videobitratemode=mbr&{alias}=900").max_bitrate_kbps == 900


@pytest.mark.parametrize("query", ["videobitratepriority=quality", "videobitratemode=vbr&videobitratepriority=quality"])
def test_a_priority_needs_the_mode_too(query: str) -> None:
    with pytest.raises(InvalidValue, match=r"videobitratepriority='quality': a priority needs videobitratemode=mbr"):
        parse_query(query)
    request = parse_query("videobitratemode=mbr&videobitratepriority=Quality")
    assert request.bitrate_priority is BitratePriority.QUALITY


@pytest.mark.parametrize("query", ["videomaxbitrate=900", "videobitratemode=vbr&videomaxbitrate=900"])
def test_a_limit_needs_its_mode_in_the_same_url(query):
    with pytest.raises(InvalidValue, match=r"videomaxbitrate='900': a bitrate limit needs videobitratemode=mbr"):
        parse_query(query)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("camera", "0"),
        ("camera", ""),
        ("camera", "-1"),
        ("camera", "²"),
        ("videocodec", "mpeg2"),
        ("resolution", "wide"),
        ("resolution", "1920"),
        ("resolution", "0x0"),
        ("resolution", "99999x1"),
        ("fps", "-1"),
        ("fps", "nan"),
        ("fps", "1e9"),
        ("fps", "."),
        ("compression", "101"),
        ("videokeyframeinterval", "0"),
        ("videobitratemode", "abr"),
        ("h264profile", "extended"),
        ("videozstrength", "60"),
        ("videozstrength", "low"),
        ("video", "2"),
        ("event", "perhaps"),
        ("overlays", "boxes"),
        ("overlays", ""),
        ("overlays", "off,text"),
    ],
)
def test_a_bad_value_is_refused_with_its_name_and_what_it_takes(name, value):
    argument = next(row for row in ARGUMENTS if row.name == name)
    with pytest.raises(InvalidValue) as caught:
        stream_request([(name, value)])
    assert caught.value.name == name
    assert argument.values in str(caught.value)


def test_of_a_repeated_argument_the_last_one_counts():
    assert parse_query("compression=1&compression=2").compression == 2


def test_percent_signs_are_decoded():
    assert parse_query("resolution=320%78240").resolution == (320, 240)


def test_too_much_is_refused():
    for query in ("a=1&" * 101, "x" * 5000):
        with pytest.raises(InvalidValue, match="at most"):
            parse_query(query)


def test_the_table_fills_fields_that_exist_each_once():
    known = {field.name for field in fields(StreamRequest)}
    named = [row.field for row in ARGUMENTS if row.field]
    assert set(named) <= known
    assert len(named) == len(set(named))


NAMES = st.sampled_from([row.name for row in ARGUMENTS] + ["unknown"])


@given(st.lists(st.tuples(NAMES, st.text(max_size=12) | st.integers().map(str)), max_size=6))
def test_any_arguments_give_a_request_or_the_one_error(arguments):
    try:
        assert isinstance(stream_request(arguments), StreamRequest)
    except InvalidValue as error:
        assert error.remedy  # noqa: PT017
