"""Logs on disk: bounded, whole after a kill, harmless whatever is written into them, and without secrets."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from panocam.app.log import ToJournal
from panocam.clock import ManualClock
from panocam.journal import LOGS, Entry, Journal, Level, Which
from panocam.journal.access import AccessLog, Asked
from panocam.journal.book import Book
from panocam.journal.discretion import SECRETS, discreet, secrets_in, shown_target, tidy
from panocam.journal.entry import decode
from panocam.settings.snapshot import build


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def journal(tmp_path: Path, clock: ManualClock) -> Iterator[Journal]:
    made = Journal(tmp_path / "logs", clock)
    yield made
    made.close()


def texts(journal: Journal, which: Which = Which.SYSTEM) -> list[str]:
    return [entry.text for entry in journal.oldest(which)]


def fill(book: Book, count: int, first: int = 1) -> None:
    for number in range(first, first + count):
        book.append(Entry(number, number, Level.INFO, "x", "y" * 50).encode())


@pytest.mark.feature("GAP-38")
def test_a_log_is_bounded_and_keeps_the_youngest_lines_in_order(tmp_path: Path) -> None:
    book = Book(tmp_path, "system", size=2000, older=2)
    fill(book, 200)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["system.1.log", "system.2.log", "system.log"]
    assert book.taken < 3 * 2200
    young = [entry.number for entry in book.newest()]
    assert young == list(range(200, 200 - len(young), -1))
    assert [entry.number for entry in book.oldest()] == young[::-1]
    assert Book(tmp_path, "system", 2000, 2).last_number() == 200


def test_a_cut_line_is_skipped_and_the_next_one_is_whole(tmp_path: Path) -> None:
    book = Book(tmp_path, "audit", 10_000, 1)
    fill(book, 3)
    book.close()
    path = tmp_path / "audit.log"
    path.write_bytes(path.read_bytes()[:-20])
    again = Book(tmp_path, "audit", 10_000, 1)
    fill(again, 1, first=3)
    assert [entry.number for entry in again.oldest()] == [1, 2, 3]


def test_a_full_disk_loses_lines_counts_them_and_says_so_afterwards(journal: Journal, tmp_path: Path) -> None:
    journal.write(Which.SYSTEM, Level.INFO, "a", "before")
    journal.flush()
    path = tmp_path / "logs" / "system.log"
    moved = path.rename(tmp_path / "moved.log")
    path.mkdir()  # what cannot be opened for writing stands for what cannot be written
    journal._books[Which.SYSTEM].close()
    journal.write(Which.SYSTEM, Level.INFO, "a", "lost")
    journal.flush()
    assert journal.lost == 1
    path.rmdir()
    moved.rename(path)
    journal.write(Which.SYSTEM, Level.INFO, "a", "after")
    journal.flush()
    journal.flush()
    assert texts(journal) == ["before", "after", "1 lines of the logs were lost: the disk was full or slow"]


WRITER = """
import sys, os
from pathlib import Path
from panocam.clock import SystemClock
from panocam.journal import Journal, Level, Which
journal = Journal(Path(sys.argv[1]), SystemClock())
number = 0
while True:
    number += 1
    journal.write(Which.AUDIT, Level.INFO, "x", f"line {number} " + "z" * 300)
    if number % 50 == 0:
        journal.flush()
        os.write(1, b"%d\\n" % number)
"""


def test_a_killed_writer_loses_nothing_that_was_flushed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        flushed = [int(writer.stdout.readline()) for _ in range(20)][-1]
        writer.send_signal(signal.SIGKILL)
    row = LOGS[Which.AUDIT]
    book = Book(tmp_path, Which.AUDIT, row.size, row.older)
    numbers = [entry.number for entry in book.oldest()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= flushed
    journal = Journal(tmp_path, ManualClock())
    journal.write(Which.AUDIT, Level.INFO, "x", "after the kill")
    assert next(iter(journal.newest(Which.AUDIT))).number == len(numbers) + 1
    journal.close()


def test_many_threads_write_without_losing_or_mixing_lines(journal: Journal) -> None:
    def speak(name: int) -> None:
        for number in range(100):
            journal.write(Which.SYSTEM, Level.INFO, str(name), f"{name} {number}")

    threads = [threading.Thread(target=speak, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = list(journal.oldest(Which.SYSTEM))
    assert [entry.number for entry in found] == list(range(1, 801))
    for name in range(8):
        assert [entry.text for entry in found if entry.part == str(name)] == [f"{name} {number}" for number in range(100)]


@given(st.text(max_size=300))
def test_whatever_is_written_is_one_printable_line(text: str) -> None:
    made = tidy(text)
    assert made.isprintable()
    line = Entry(1, 0, Level.INFO, "part", made).line("host")
    assert line.count("\n") == 1
    assert decode(Entry(1, 0, Level.INFO, "part", made).encode()) == Entry(1, 0, Level.INFO, "part", made)


@given(st.binary(max_size=200))
def test_a_damaged_line_is_no_entry_and_no_trouble(data: bytes) -> None:
    decode(data)


@pytest.mark.parametrize(
    "evil", ["\r\n2026-01-01T00:00:00 host [ INFO ] root: all is well", "\x1b[2J\x1b]0;owned\x07", "a\u202eb\u2028c\x00"]
)
def test_logging_cannot_forge_a_line_or_steer_a_terminal(journal: Journal, evil: str) -> None:
    handler = ToJournal(journal)
    logger = logging.Logger("panocam.some.part")
    logger.addHandler(handler)
    logger.info("hello %s", evil)
    try:
        raise ValueError(evil)
    except ValueError:
        logger.exception("it failed")
    entries = list(journal.oldest(Which.SYSTEM))
    assert [(entry.part, entry.level) for entry in entries] == [("some.part", Level.INFO), ("some.part", Level.ERROR)]
    assert entries[0].text.isprintable()
    for entry in entries:
        first, *others = entry.line("host").splitlines()
        assert first.startswith("2023-")
        assert all(line.startswith("    ") and line.isprintable() for line in others)
        assert "\x1b" not in entry.text


@pytest.mark.feature("GET-21")
@pytest.mark.parametrize(
    "said",
    [
        "cannot open rtsp://anna:Sup3rS3cret@camera/stream",
        "GET /x?pwd=Sup3rS3cret&a=1",
        "{'password': 'Sup3rS3cret'}",
        'smtp_password="Sup3rS3cret"',
        "Authorization: Basic Sup3rS3cret==",
        "access-token=Sup3rS3cret",
        "userpassword:Sup3rS3cret",
        "\x1b[2Jrtsp://anna:Sup3rS3cret@camera/",
        "pkcs11_pin=Sup3rS3cret",
    ],
)
def test_secrets_in_what_others_say_are_hidden(said: str) -> None:
    assert "Sup3rS3cret" not in discreet(said)


@pytest.mark.parametrize("piece", ["a", "a:", "a://", "pass", "pass=", "cookie ", "@", "'", "%", "a=b&"])
def test_a_long_line_of_an_attacker_costs_no_more_than_its_length(piece: str) -> None:
    line = (piece * 64_000)[:64_000] + "://"  # would take minutes where the work grows with the square
    assert discreet(line)
    assert len(shown_target("/" + line)) <= 300


def test_secrets_of_the_settings_are_hidden_wherever_they_turn_up(journal: Journal) -> None:
    settings = build({"source.uri": "rtsp://camera/", "source.password": "p@ss word"})
    assert set(secrets_in(settings)) >= {"p@ss word"}
    assert list(secrets_in({"a": [SecretStr("deep")]})) == ["deep"]
    SECRETS.hold(secrets_in(settings))
    try:
        journal.write(Which.SYSTEM, Level.INFO, "x", "it said p@ss word and p%40ss%20word", about="p@ss word")
        entry = next(iter(journal.newest(Which.SYSTEM)))
        assert (entry.text, entry.fields["about"]) == ("it said *** and ***", "***")
    finally:
        SECRETS.hold(())


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/axis-cgi/jpg/image.cgi?camera=4&resolution=640x480", "/axis-cgi/jpg/image.cgi?camera=4&resolution=640x480"),
        ("/axis-cgi/pwdgrp.cgi?action=add&user=eve&pwd=geheim", "/axis-cgi/pwdgrp.cgi?action=add&user=***&pwd=***"),
        ("/x?passwrd=geheim&geheim&camera=ge:heim@x", "/x?passwrd=***&***&camera=***"),
        ("rtsp://anna:geheim@host:554/axis-media/media.amp?camera=1", "/axis-media/media.amp?camera=1"),
        ("//[broken?geheim", "//[broken"),
        ("/x?camera=geheim&action=list&videocodec=Gehe1m&limit=5", "/x?camera=***&action=list&videocodec=***&limit=5"),
    ],
)
def test_the_access_log_shows_only_harmless_arguments(target: str, shown: str) -> None:
    assert shown_target(target) == shown


@given(st.text(max_size=200))
def test_any_target_can_be_shown(target: str) -> None:
    assert shown_target(target).isprintable()


def asked(**other: object) -> Asked:
    return Asked(**{"peer": "192.0.2.9", "account": "anna", "protocol": "http", "method": "GET", "target": "/a", "status": 200, **other})  # type: ignore[arg-type]


def test_the_same_request_again_and_again_is_one_line_and_a_count(journal: Journal, clock: ManualClock) -> None:
    access = AccessLog(journal, clock)
    for _ in range(30):
        access.heard(asked())
        clock.advance(1)
    access.heard(asked(status=404))
    assert texts(journal, Which.ACCESS) == [
        "192.0.2.9 anna GET /a 200", "192.0.2.9 anna GET /a 404", "192.0.2.9 anna GET /a 200, 29 more times",
    ]  # fmt: skip
    clock.advance(60)
    access.heard(asked())
    assert texts(journal, Which.ACCESS)[-1] == "192.0.2.9 anna GET /a 200"
    levels = {entry.fields["status"]: entry.level for entry in journal.oldest(Which.ACCESS)}
    assert levels == {"200": Level.INFO, "404": Level.WARNING}


def test_a_thousand_different_requests_do_not_grow_the_memory(journal: Journal, clock: ManualClock) -> None:
    access = AccessLog(journal, clock)
    for number in range(3000):
        access.heard(asked(target=f"/{number}"))
    assert len(access._recent) <= 501
    assert (journal.folder / "access.log").stat().st_size > 0
