"""The clock follows servers: real ones on loopback for what goes over the wire, scripted answers where time passes by hand."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from ntp_kit import Fields, NtpServer, ahead, honest, ntp_server, silent

from panocam.clock import NS, CameraClock, Clock, ManualClock
from panocam.errors import InvalidValue, Unavailable
from panocam.settings.timekeeping import TimeSource
from panocam.timekeeping.client import NtpClient
from panocam.timekeeping.discipline import TIMES, Discipline, Move
from panocam.timekeeping.keeper import Listener, TimeKeeper, TimePlan
from panocam.timekeeping.ntp import KissOfDeath, Sample
from panocam.timekeeping.server import Standing

Heard = list[tuple[Move | None, float]]


class Script:
    """Stands for the network: what each host answers next, an offset in seconds or a fault. The last one stays."""

    def __init__(self, **answers: Sequence[float | Exception]) -> None:
        self.answers = {name: list(given) for name, given in answers.items()}
        self.asked: list[str] = []

    async def ask(self, host: str, _port: int, machine: Clock) -> Sample:
        self.asked.append(host)
        given = self.answers[host]
        now = given.pop(0) if len(given) > 1 else given[0]
        if isinstance(now, Exception):
            raise now
        return Sample(round(now * NS), 2_000_000, 5_000_000, 2, machine.monotonic_ns())


def client(clock: CameraClock, script: Script, heard: Heard | None = None) -> NtpClient:
    def moved(move: Move | None, by: int) -> None:
        if heard is not None:
            heard.append((move, round(by / NS, 3)))

    return NtpClient(clock, [(name, name, 123) for name in script.answers], (6, 10), moved, script.ask)


def standings(found: NtpClient) -> dict[str, Standing]:
    return {server.name: server.standing for server in found.state.servers}


@pytest.fixture
def machine() -> ManualClock:
    return ManualClock(wall_ns=1_790_000_000 * NS)


async def test_the_first_answer_is_taken_at_once(machine: ManualClock) -> None:
    clock, heard = CameraClock(machine), Heard()
    follower = client(clock, Script(a=[3600.0]), heard)
    assert (follower.state.synchronised, follower.state.reason) == (False, "no server has answered yet")
    await follower.round()
    assert clock.wall_ns() - machine.wall_ns() == 3600 * NS
    assert (heard, follower.state.synchronised) == ([(Move.STEPPED, 3600.0)], True)
    assert standings(follower) == {"a": Standing.FOLLOWED}


async def test_small_differences_are_slewed_and_no_moment_comes_twice(machine: ManualClock) -> None:
    clock, heard = CameraClock(machine), Heard()
    follower = client(clock, Script(a=[0.1, 0.0]), heard)
    await follower.round()
    assert (heard, clock.correction_ns) == ([(Move.SLEWED, 0.1)], 0)
    seen = [clock.wall_ns()]
    for _ in range(220):
        machine.advance(1)
        seen.append(clock.wall_ns())
    assert clock.correction_ns == 100_000_000  # after 200 s
    await follower.round()
    for _ in range(220):
        machine.advance(1)
        seen.append(clock.wall_ns())
    assert clock.correction_ns == 0
    steps = [after - before for before, after in itertools.pairwise(seen)]
    assert min(steps) >= NS - 500_001
    assert max(steps) <= NS + 500_001


async def test_a_server_that_jumps_is_believed_only_when_it_insists(machine: ManualClock) -> None:
    clock, heard = CameraClock(machine), Heard()
    script = Script(a=[0.0, 500.0, 0.0, 3600.0])
    follower = client(clock, script, heard)
    await follower.round()
    await follower.round()  # one wild answer
    assert (heard[-1], clock.correction_ns, follower.state.synchronised) == ((Move.DOUBTED, 500.0), 0, False)
    assert "has to say so again" in follower.state.reason
    await follower.round()
    assert (heard[-1], follower.state.synchronised) == ((Move.SLEWED, 0.0), True)
    for _ in range(TIMES - 1):
        await follower.round()
        assert clock.correction_ns == 0
    await follower.round()
    assert (heard[-1], clock.correction_ns) == ((Move.STEPPED, 3600.0), 3600 * NS)


async def test_a_liar_is_outvoted_and_said_to_disagree(machine: ManualClock) -> None:
    clock = CameraClock(machine)
    follower = client(clock, Script(a=[5.0], liar=[9000.0], c=[5.001]))
    await follower.round()
    assert round(clock.correction_ns / NS) == 5
    assert standings(follower)["liar"] is Standing.DISAGREES
    assert {standings(follower)["a"], standings(follower)["c"]} == {Standing.FOLLOWED, Standing.AGREES}
    assert "+9000.000 s" in next(server.reason for server in follower.state.servers if server.name == "liar")


async def test_two_that_contradict_each_other_set_nothing(machine: ManualClock) -> None:
    clock = CameraClock(machine)
    follower = client(clock, Script(a=[5.0], b=[-5.0]))
    await follower.round()
    assert (clock.correction_ns, follower.state.synchronised) == (0, False)
    assert follower.state.reason == "the servers contradict each other"


async def test_one_that_says_it_is_1971_or_2100_is_refused(machine: ManualClock) -> None:
    clock = CameraClock(machine)
    follower = client(clock, Script(old=[-1_750_000_000.0], far=[2_400_000_000.0]))
    await follower.round()
    assert clock.correction_ns == 0
    assert set(standings(follower).values()) == {Standing.REFUSED}
    assert "2000 to 2069" in follower.state.servers[0].reason


async def test_silence_leaves_the_clock_as_it_is_and_is_told(machine: ManualClock) -> None:
    clock, heard = CameraClock(machine), Heard()
    follower = client(clock, Script(a=[7.0, Unavailable("no answer within 2 s")]), heard)
    await follower.round()
    await follower.round()
    assert (clock.correction_ns, heard[-1]) == (7 * NS, (None, 0.0))
    assert (follower.state.synchronised, follower.state.reason) == (False, "no server answers")
    assert (standings(follower)["a"], follower.state.servers[0].reason) == (Standing.SILENT, "no answer within 2 s")


async def test_kisses_of_death_are_honoured(machine: ManualClock) -> None:
    script = Script(never=[KissOfDeath("DENY")], rarely=[KissOfDeath("RATE"), 0.0])
    follower = client(CameraClock(machine), script)
    await follower.round()
    assert standings(follower) == {"never": Standing.DENIED, "rarely": Standing.REFUSED}
    machine.advance(100)
    await follower.round()  # too early for both
    assert script.asked == ["never", "rarely"]
    machine.advance(64)
    await follower.round()
    assert script.asked == ["never", "rarely", "rarely"]
    assert standings(follower) == {"never": Standing.DENIED, "rarely": Standing.FOLLOWED}


async def test_after_the_machines_clock_was_set_the_next_answer_counts_at_once(machine: ManualClock) -> None:
    clock = CameraClock(machine)
    follower = client(clock, Script(a=[10.0, -3590.0]))
    await follower.round()
    right = clock.wall_ns()
    machine.jump_wall(3600)
    await follower.round()
    assert clock.wall_ns() == right


async def test_a_steady_clock_is_asked_about_less_often_and_an_unknown_time_more_often(machine: ManualClock) -> None:
    script = Script(a=[Unavailable("")] * 6 + [0.0] * 9 + [0.05])
    follower = client(CameraClock(machine), script)
    polls = []
    for _ in range(16):
        await follower.round()
        polls.append(follower.poll)
    assert polls == [3, 4, 5, 6, 6, 6, 7, 8, 9, 10, 10, 10, 10, 10, 10, 6]


async def test_the_best_of_the_last_samples_counts(machine: ManualClock) -> None:
    """A slow answer may be wrong by half its delay; the quick one before it says more."""
    clock = CameraClock(machine)
    answers = [Sample(0, 2_000_000, 3_000_000, 2, 0), Sample(40_000_000, 100_000_000, 52_000_000, 2, 0)]

    async def ask(_host: str, _port: int, machine: Clock) -> Sample:
        return replace(answers.pop(0), at_ns=machine.monotonic_ns())

    follower = NtpClient(clock, [("a", "a", 123)], (6, 10), lambda move, by: None, ask)
    await follower.round()
    await follower.round()
    assert clock.aim_ns == 0


def test_the_bound_between_slewing_and_stepping(machine: ManualClock) -> None:
    clock = CameraClock(machine)
    assert Discipline(clock).follow(128_000_000) is Move.SLEWED
    assert Discipline(CameraClock(machine)).follow(128_000_001) is Move.STEPPED


# --- over the wire


async def reached(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.005)


def plan(*servers: NtpServer, polls: tuple[int, int] = (0, 0)) -> TimePlan:
    return TimePlan(TimeSource.NTP, servers=tuple((f"s{n}", "127.0.0.1", server.port) for n, server in enumerate(servers)), polls=polls)


@pytest.mark.feature("GAP-28")
async def test_the_keeper_sets_the_clock_from_real_servers_of_which_one_lies_and_one_is_silent() -> None:
    told: list[tuple[float, str]] = []
    state: list[bool] = []
    clock = CameraClock()
    listener = Listener(lambda seconds, by: told.append((seconds, by)), lambda yes, reason: state.append(yes))
    async with (
        ntp_server(ahead(-7200)) as right,
        ntp_server(ahead(86_400)) as liar,
        ntp_server(ahead(-7200)) as also,
        ntp_server(silent) as mute,
        TimeKeeper(clock, listener) as keeper,
    ):
        keeper.apply(plan(right, liar, also, mute))
        await reached(lambda: bool(state))
        assert abs(clock.correction_ns + 7200 * NS) < NS
        assert [by for _, by in told] == ["ntp"]
        assert keeper.synchronisation is not None
        found = {server.name: server.standing for server in keeper.synchronisation.servers}
        assert (found["s1"], found["s3"]) == (Standing.DISAGREES, Standing.SILENT)


async def test_a_real_server_that_jumps_is_followed_in_the_end() -> None:
    clock = CameraClock()
    async with ntp_server(ahead(60)) as server, TimeKeeper(clock) as keeper:
        keeper.apply(plan(server))
        await reached(lambda: clock.correction_ns > 59 * NS)
        server.lies = ahead(7200)
        asked = len(server.asked)
        await reached(lambda: bool(keeper.synchronisation and "again" in keeper.synchronisation.reason))
        assert clock.correction_ns < 61 * NS
        while clock.correction_ns < 7100 * NS:
            keeper.synchronise_now()
            await asyncio.sleep(0.01)
        assert len(server.asked) >= asked + TIMES


async def test_a_real_kiss_of_death_ends_the_questions() -> None:
    def deny(fields: Fields) -> Fields:
        return replace(fields, stratum=0, reference=b"DENY")

    async with ntp_server(deny) as rude, ntp_server(honest) as kind, TimeKeeper(CameraClock()) as keeper:
        keeper.apply(plan(rude, kind))
        for count in range(1, 4):
            await reached(lambda count=count: len(kind.asked) >= count)
            keeper.synchronise_now()
        assert len(rude.asked) == 1


async def test_changes_of_the_source_take_effect_at_once(machine: ManualClock) -> None:
    told: list[tuple[float, str]] = []
    clock, script = CameraClock(machine), Script(a=[100.0])
    async with TimeKeeper(clock, Listener(lambda seconds, by: told.append((seconds, by))), script.ask) as keeper:
        keeper.apply(TimePlan(TimeSource.MANUAL, correction_ns=-50 * NS))
        assert clock.correction_ns == -50 * NS
        with pytest.raises(InvalidValue, match="choose ntp first"):
            keeper.synchronise_now()
        keeper.apply(TimePlan(TimeSource.NTP, servers=(("a", "a", 123),)))
        await reached(lambda: clock.correction_ns == 100 * NS)
        keeper.apply(TimePlan(TimeSource.MACHINE))
        assert clock.correction_ns == 0
        assert told == [(-50.0, "manual"), (150.0, "ntp"), (-100.0, "machine")]
        asked = len(script.asked)
        await asyncio.sleep(0)
        assert len(script.asked) == asked


async def test_a_correction_out_of_range_changes_nothing(machine: ManualClock) -> None:
    clock = CameraClock(machine)
    keeper = TimeKeeper(clock)
    for years in (-60, 60):
        with pytest.raises(InvalidValue, match="2000 to 2069"):
            keeper.apply(TimePlan(TimeSource.MANUAL, correction_ns=years * 366 * 86_400 * NS))
    assert (clock.correction_ns, keeper.plan.source) == (0, TimeSource.MACHINE)
