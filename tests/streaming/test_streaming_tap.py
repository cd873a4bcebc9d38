"""The drop policy, drawn as strings: I and P are pictures that arrived, a dot is one that was left out and counted."""

import pytest

from panocam.streaming.rtp.burst import Burst
from panocam.streaming.tap import Counters, InterleavedSink, Tap


class Reader:
    """A sink that takes pictures while it is open."""

    def __init__(self):
        self.open, self.got = True, ""

    def send(self, burst):
        if self.open:
            self.got += "I" if burst.key else "P"
        return self.open

    def drained(self):
        return self.open

    def control(self, rtcp):
        pass


def play(script, taps=None):
    """Run a script: I and P are published, ``-`` closes the reader, ``+`` opens it. Returns what arrived and the counters."""
    reader = Reader()
    tap = Tap(reader)
    drawn = ""
    for letter in script:
        if letter in "+-":
            reader.open = letter == "+"
            continue
        before = len(reader.got)
        tap.deliver(Burst([letter.encode() * 20], 0, 0, 0, 0, letter == "I"))
        drawn += letter if len(reader.got) > before else "."
    return drawn, tap.count


@pytest.mark.parametrize(
    ("script", "drawn", "groups"),
    [
        ("IPPPIPPP", "IPPPIPPP", 0),
        ("IPP-P+IPPP", "IPP.IPPP", 1),
        ("IPP-PPIPP+PIPP", "IPP......IPP", 2),
        ("IP-PP+PPIPP", "IP....IPP", 1),
        ("I-IIII+I", "I....I", 4),
        ("-IPP+PIP", "....IP", 1),
        ("IP-P+IP-P+IP", "IP.IP.IP", 2),
    ],
)
def test_a_slow_reader_loses_whole_groups_and_they_are_counted(script, drawn, groups):
    got, count = play(script)
    assert got == drawn
    assert count.dropped_groups == groups
    assert count.dropped_pictures == drawn.count(".")
    assert count.pictures == len(drawn) - drawn.count(".")


def test_who_joins_late_waits_for_a_key_picture_without_a_group_lost():
    tap = Tap(Reader())
    tap.wait_for_key()
    for letter in "PPIP":
        tap.deliver(Burst([b"x"], 0, 0, 0, 0, letter == "I"))
    assert tap.sink.got == "IP"
    assert tap.count == Counters(pictures=2, bytes=2, dropped_pictures=2, dropped_groups=0)


class Outlet:
    def __init__(self):
        self.written, self.waiting = [], 0

    def write(self, data):
        self.written.append(data)

    def pending(self):
        return self.waiting


def test_interleaved_begins_again_only_when_the_queue_is_short():
    outlet = Outlet()
    tap = Tap(InterleavedSink(outlet, (4, 7), bound=800))
    key, other = (Burst([b"x" * 20], 0, 0, 0, 0, key) for key in (True, False))
    outlet.waiting = 800
    tap.deliver(key)
    outlet.waiting = 801
    tap.deliver(other)
    outlet.waiting = 500
    tap.deliver(key)
    outlet.waiting = 100
    tap.deliver(other)
    tap.deliver(key)
    assert outlet.written == [b"$\x04\x00\x14" + b"x" * 20] * 2
    assert tap.count.dropped_pictures == 3
    tap.sink.control(b"abcd")
    assert outlet.written[-1] == b"$\x07\x00\x04abcd"
