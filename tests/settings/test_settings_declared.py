"""The declarations themselves, and random histories of the store."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from panocam.access import KeyStore
from panocam.clock import ManualClock
from panocam.errors import Denied, InvalidValue, Unavailable
from panocam.settings import DECLARED, DataFolder, Role, Snapshot, Store, SystemActor
from panocam.settings.migrations import migrate
from panocam.settings.page import table
from panocam.settings.snapshot import PATHS, SECTIONS, build

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_defaults_are_valid_and_survive_json() -> None:
    defaults = Snapshot()
    assert build(defaults.flat()) == defaults
    plain = {path: value for path, value in defaults.flat_json().items() if not DECLARED[path].secret}
    assert build(plain) == defaults


def test_every_setting_says_what_it_is() -> None:
    for row in DECLARED.values():
        assert row.title[0].isupper(), row.path
        assert row.description.endswith((".", "B")), row.path
        assert row.write is None or row.write.covers(row.read), row.path
        assert not row.secret or row.read is Role.ADMINISTRATOR, row.path


def test_every_setting_is_documented() -> None:
    assert table() in PAGE.read_text(), "docs/settings.md is out of date; put in what python -m panocam.settings.page prints"


def test_the_schema_carries_what_a_form_needs() -> None:
    schema = Snapshot.model_json_schema()
    roll = schema["$defs"]["Installation"]["properties"]["roll"]
    assert (roll["minimum"], roll["maximum"], roll["unit"], roll["write"], roll["restart"]) == (-180, 180, "°", "operator", False)
    assert roll["title"]
    assert roll["description"]
    assert schema["$defs"]["Installation"]["additionalProperties"] is False
    assert schema["$defs"]["Source"]["properties"]["password"]["format"] == "password"


@pytest.mark.parametrize(
    ("path", "value", "remedy"),
    [
        ("installation.mount", "roof", "should be 'ceiling', 'desk' or 'wall'"),
        ("installation.roll", "nan", "should be a number from -180 to 180"),
        ("installation.roll", True, "should be a number from -180 to 180"),
        ("image.brightness", "bright", "should be a whole number from 0 to 100"),
        ("image.brightness", 50.5, "should be a whole number from 0 to 100"),
        ("image.brightness", False, "should be a whole number from 0 to 100"),
        ("image.wdr", "perhaps", "should be true or false"),
        ("exposure.zones", [7], "left, top, right, bottom from 0 to 1"),
        ("installation.quad_order", [1, 2, 2, 3], "should name each of 1, 2, 3 and 4 once"),
        ("installation.quad_order", [1, 2], "should name each of 1, 2, 3 and 4 once"),
        ("installation.quad_order", "quad", "should name each of 1, 2, 3 and 4 once"),
        ("installation.power_line", 55, "should be 50 or 60"),
        ("source.lens", "wide", "does not fit; equidistant, equisolid"),
        ("source.lens", "kb:1,2,3", "does not fit"),
        ("source.circle", "1,2", "does not fit; Centre and radius"),
        ("source.fov", 10, "greater than or equal to 60"),
        ("stream.resolution", "1921x1080", "multiple of 2"),
        ("stream.resolution", "huge", "should be a size such as 1920x1440"),
        ("stream.codec", "vp9", "should be 'h264', 'h265', 'av1' or 'jpeg'"),
        ("network.host", "example.org", "should be an IPv4 or IPv6 address"),
        ("network.multicast_address", "192.0.2.1", "should be an IPv4 multicast address"),
        ("network.multicast_port", 51001, "multiple of 2"),
        ("installation.rol", 1, "is not a setting; installation has mount"),
        ("instalation.roll", 1, "is not a setting; the sections are device"),
        ("views.12.name", "x", "is not a setting"),
        ("views", [], "is not a setting"),
        ("", 1, "is not a setting"),
        ("areas.0.pan", {}, "should be a number from -180 to 180"),
    ],
)
def test_a_bad_value_names_itself_and_the_remedy(path: str, value: object, remedy: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        build({path: value})
    assert caught.value.name == path
    assert remedy in str(caught.value)
    assert len(str(caught.value)) < 500


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(PATHS) | st.text(max_size=12), JSON, max_size=4))
def test_any_value_is_taken_or_refused_with_one_error(changes: dict[str, Any]) -> None:
    try:
        snapshot = build(changes)
    except InvalidValue:
        return
    assert build(snapshot.flat()) == snapshot


def test_migrations_run_in_order_and_a_gap_is_named() -> None:
    steps = {1: lambda v: {"b": v["a"]}, 2: lambda v: {key: value * 2 for key, value in v.items()}}
    assert migrate({"a": 4}, 1, steps, 3) == {"b": 8}
    assert migrate({"a": 4}, 9, steps, 3) == {"a": 4}
    with pytest.raises(Unavailable, match="schema 0"):
        migrate({"a": 4}, 0, steps, 3)


GOOD: dict[str, st.SearchStrategy[Any]] = {
    "installation.mount": st.sampled_from(["ceiling", "desk", "wall"]),
    "installation.roll": st.floats(-180, 180),
    "installation.quad_order": st.permutations([1, 2, 3, 4]),
    "network.http_port": st.sampled_from([0, 8080, 8554, 9000]),
    "network.rtsp_port": st.sampled_from([0, 8080, 8554, 9000]),
    "source.password": st.text(max_size=5),
    "stream.resolution": st.sampled_from([None, "auto", "640x480"]),
    "areas.1.pan": st.none() | st.floats(-180, 180),
    "views.2.name": st.sampled_from(["A", "B", "Ü"]),
    "device.model": st.sampled_from(["m4327", "m4328"]),
}
BAD: dict[str, st.SearchStrategy[Any]] = {"installation.roll": st.just(181), "views.2.name": st.just(""), "nothing": st.just(1)}
OVERRIDES = {"device.model": "m4327"}


class Histories(RuleBasedStateMachine):
    """Any history of patches, refusals, full disks and restarts keeps: valid, whole, the same after a restart, parts in step."""

    @initialize(overridden=st.booleans())
    def start(self, overridden: bool) -> None:
        self.place = Path(tempfile.mkdtemp())
        self.loop = asyncio.new_event_loop()
        self.overrides = OVERRIDES if overridden else {}
        self.clock = ManualClock()
        self.refuse = False
        self._open()

    def _open(self) -> None:
        folder = DataFolder(self.place)
        self.store = Store.open(folder, KeyStore.open(folder), self.overrides, self.clock)
        self.part = self.store.running  # what a part was last told
        self.store.bind(SECTIONS, self._apply)

    def _apply(self, old: Snapshot, new: Snapshot) -> None:
        assert old == self.part
        self.part = new
        if self.refuse:
            self.refuse = False
            raise Unavailable("not now")

    @rule(changes=st.fixed_dictionaries({}, optional=GOOD), role=st.sampled_from(Role), refuse=st.booleans())
    def patch(self, changes: dict[str, Any], role: Role, refuse: bool) -> None:
        before, live_before, self.refuse = self.store.snapshot, self.part, refuse
        try:
            new = self.loop.run_until_complete(self.store.patch(changes, SystemActor("x", role)))
        except (InvalidValue, Denied):
            assert self.store.snapshot is before
            assert self.part == live_before
        else:
            asked = build({**before.flat(), **changes})
            assert new == asked or self.overrides
        self.refuse = False

    @rule(good=st.fixed_dictionaries({}, optional=GOOD), bad=st.sampled_from(sorted(BAD)), data=st.data())
    def bad_patch(self, good: dict[str, Any], bad: str, data: st.DataObject) -> None:
        before = self.store.snapshot
        with pytest.raises(InvalidValue):
            self.loop.run_until_complete(self.store.patch({**good, bad: data.draw(BAD[bad])}))
        assert self.store.snapshot is before

    @rule()
    def restart(self) -> None:
        before = self.store.snapshot
        self._open()
        assert self.store.report == ()
        assert self.store.snapshot == before == self.store.running

    @precondition(lambda self: self.store.snapshot != self.store.running)
    @rule()
    def what_waits_is_named(self) -> None:
        assert all(DECLARED[path].restart for path in self.store.restart_needed)

    @invariant()
    def always_valid_and_in_step(self) -> None:
        if not hasattr(self, "store"):
            return
        assert build(self.store.snapshot.flat()) == self.store.snapshot
        assert self.part == self.store.running
        for path, value in self.overrides.items():
            assert self.store.snapshot.flat()[path] == value

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            self.loop.close()
            shutil.rmtree(self.place)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)
