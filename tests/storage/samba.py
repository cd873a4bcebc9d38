"""A private Samba server: its own configuration, port, accounts and folders, owned by one test."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

USER, PASSWORD = "recorder", "s3cret of the share"


@contextmanager
def serving(root: Path) -> Iterator[Samba]:
    """A server that runs, for a fixture; the test is skipped where there is none."""
    if not (shutil.which("smbd") or Path("/usr/sbin/smbd").exists()):
        pytest.skip("smbd is not installed")
    running = Samba(root)
    running.start()
    try:
        yield running
    finally:
        running.stop()


class Samba:
    """``share`` is the folder behind the share "video". Start it with ``start``."""

    def __init__(self, root: Path, share: Path | None = None, **options: str) -> None:
        self.root, self.options = root, options
        self.share = share or root / "share"
        for name in ("private", "lock", "state", "cache", "pid", "ncalrpc"):
            (root / name).mkdir(parents=True, exist_ok=True)
        self.share.mkdir(exist_ok=True)
        self.share.chmod(0o777)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self._configure()

    def _configure(self) -> None:
        me = getpass.getuser()
        more = "\n".join(f"  {name.replace('_', ' ')} = {value}" for name, value in self.options.items())
        (self.root / "users").write_text(f"{me} = {USER}\n")
        self.config = self.root / "smb.conf"
        self.config.write_text(
            f"""[global]
  workgroup = TEST
  server role = standalone server
  interfaces = 127.0.0.1
  bind interfaces only = yes
  smb ports = {self.port}
  private dir = {self.root}/private
  lock directory = {self.root}/lock
  state directory = {self.root}/state
  cache directory = {self.root}/cache
  pid directory = {self.root}/pid
  ncalrpc dir = {self.root}/ncalrpc
  log file = {self.root}/log
  passdb backend = tdbsam
  username map = {self.root}/users
  map to guest = never
  load printers = no
  disable spoolss = yes
  disable netbios = yes
  dns proxy = no
{more}
[video]
  path = {self.share}
  read only = no
  force user = {me}
[archive]
  path = {self.share}
  read only = yes
"""
        )
        tool = [shutil.which("smbpasswd") or "/usr/bin/smbpasswd", "-c", str(self.config), "-s", "-a", me]
        done = subprocess.run(tool, input=f"{PASSWORD}\n{PASSWORD}\n", text=True, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Returns when it answers."""
        server = shutil.which("smbd") or "/usr/sbin/smbd"
        command = [server, "-F", "--no-process-group", "-s", str(self.config), "-l", str(self.root)]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, start_new_session=True, **quiet)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert self._process.poll() is None, (self.root / "log").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("smbd does not answer")

    def stop(self) -> None:
        """At once, with all its connections."""
        if self._process is None:
            return
        for number in (signal.SIGCONT, signal.SIGKILL):
            self.signal(number)
        self._process.wait(10)
        self._process = None

    def signal(self, number: signal.Signals) -> None:
        """To the server and every process that serves a connection."""
        assert self._process is not None
        os.killpg(self._process.pid, number)
