"""Python programs that begin as copies of one process in which everything is imported already: the same words, environment, working
directory, output, signals and exit status as if they had been started, without the one or two seconds of CPU in which they import.

``start`` and ``run`` are what tests call. Run as a program, this file is that process: it has no thread of Python when it forks, and it
never runs any of the program itself. Where copies are not possible, and where a copy would not be the same (the interpreter or the loader
read the environment before anything was imported), a program is truly started.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

IMPORTED = ("panocam.cli", "panocam.app", "panocam.pipeline.sources.simulated", "panocam.scene.open")
READ_EARLY = ("LD_PRELOAD", "PYTHON")
"""What variables begin with that count from the first moment of a process."""
ENOUGH = 1 << 20
"""Bytes of one wish."""
NUMBER, END = struct.Struct("=i"), struct.Struct("=iq")
"""What is told: a process id, later what the system says about its end and the most memory it had."""


class Copy:
    """A running copy, as ``subprocess.Popen`` would show it."""

    def __init__(self, told: int) -> None:
        self._told = os.fdopen(told, "rb", buffering=0)
        self.returncode: int | None = None
        self.most_kb = 0
        """Memory it had at most, when it has ended."""
        (self.pid,) = self._hear(NUMBER)

    def _hear(self, words: struct.Struct) -> tuple[int, ...]:
        said = self._told.read(words.size)
        if not said:
            raise RuntimeError("the process that makes copies has ended")
        return words.unpack(said)

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a copy", timeout or 0)
            status, self.most_kb = self._hear(END)
            self.returncode = os.waitstatus_to_exitcode(status)
            self._told.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


Running = subprocess.Popen[bytes] | Copy


def start(words: Sequence[str], out: IO[Any], err: IO[Any], *, copied: bool = True) -> Running:
    """A program of Python; ``words`` follow the interpreter's name: ``-m panocam …``, or the path of a file and what it is given."""
    if not copied or not hasattr(os, "pidfd_open") or not _as_it_began():
        return subprocess.Popen([sys.executable, *words], stdout=out, stderr=err)
    told, tell = os.pipe()
    wish = json.dumps([list(words), dict(os.environ), str(Path.cwd())]).encode()
    try:
        socket.send_fds(_maker(), [wish], [out.fileno(), err.fileno(), tell])
    finally:
        os.close(tell)
    return Copy(told)


@dataclass(frozen=True)
class Ended:
    """What came of a program."""

    returncode: int
    stdout: str
    stderr: str
    most_kb: int


def run(*words: str | Path, seconds: float = 60) -> Ended:
    """A program of Python that is expected to end by itself, as ``start`` starts it."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = start([*map(str, words)], out, err)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        most_kb = process.most_kb if isinstance(process, Copy) else 0
        said = [os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode() for file in (out, err)]
    return Ended(status, *said, most_kb)


def _early() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(READ_EARLY)}


BEGAN = _early()


def _as_it_began() -> bool:
    return _early() == BEGAN


@cache
def _maker() -> socket.socket:
    """The process that makes this one's copies; it ends with this one."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ENOUGH)
    process = subprocess.Popen([sys.executable, __file__, str(its.fileno())], pass_fds=[its.fileno()])
    its.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


class Maker:
    """Forks on request, and tells each copy's starter its number, and later how it ended."""

    def __init__(self, asked: socket.socket) -> None:
        self._asked = asked
        self._environment = dict(os.environ)
        self._copies: dict[int, tuple[int, int]] = {}  # what becomes readable when it ends: its number, and where that is told

    def serve(self) -> list[str] | None:
        """In a copy, its words; None when nobody wants any more."""
        while True:
            for ready in select.select([self._asked, *self._copies], [], [])[0]:
                if ready is not self._asked:
                    self._ended(ready)
                    continue
                wish, given, _, _ = socket.recv_fds(self._asked, ENOUGH, 3)
                if not wish:
                    return None
                if (words := self._copy(json.loads(wish), given)) is not None:
                    return words

    def _copy(self, wish: Any, given: list[int]) -> list[str] | None:
        words, environment, folder = wish
        out, err, tell = given
        if number := os.fork():
            os.close(out)
            os.close(err)
            os.write(tell, NUMBER.pack(number))
            self._copies[os.pidfd_open(number)] = number, tell
            return None
        os.dup2(out, 1)
        os.dup2(err, 2)
        self._asked.close()
        for each in (*given, *self._copies, *(tell for _, tell in self._copies.values())):
            os.close(each)
        os.chdir(folder)
        for name in self._environment.keys() - environment.keys():
            del os.environ[name]
        os.environ.update(environment)
        time.tzset()
        return list(words)

    def _ended(self, ready: int) -> None:
        number, tell = self._copies.pop(ready)
        _, status, usage = os.wait4(number, 0)
        with contextlib.suppress(BrokenPipeError):
            os.write(tell, END.pack(status, usage.ru_maxrss))
        os.close(tell)
        os.close(ready)


def become(words: list[str]) -> None:
    """Run a program as the interpreter does that is started with these words."""
    sys.orig_argv[:] = [sys.executable, *words]
    if words[0] == "-m":
        sys.argv[:] = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv[:] = words
        sys.path[0] = str(Path(words[0]).parent)
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    maker = Maker(socket.socket(fileno=int(sys.argv[1])))
    sys.path[0] = ""  # as it is with -m: the working directory
    for name in IMPORTED:
        __import__(name)
    gc.collect()
    gc.freeze()
    if (asked := maker.serve()) is not None:
        become(asked)
