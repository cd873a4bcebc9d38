"""A real web server (lighttpd) with basic and digest logins and TLS, and a real proxy (tinyproxy); what comes in is kept in files."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

USER, PASSWORD, REALM = "camera", "hook p4ss", "here"

KEEP = """#!{python}
import json, os, sys, time
body = sys.stdin.buffer.read(int(os.environ.get("CONTENT_LENGTH") or 0))
told = {{name: value for name, value in os.environ.items() if name.startswith(("HTTP_", "REQUEST_", "QUERY_", "CONTENT_", "REMOTE_USER"))}}
path = "{folder}/%d.json" % time.time_ns()
with open(path + ".new", "w") as out:
    json.dump({{"env": told, "body": body.decode("latin-1")}}, out)
os.rename(path + ".new", path)
print("Content-Type: text/plain\\n\\nkept")
"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class WebServer:
    """``/open``, ``/basic``, ``/digest`` take everything; ``/away`` sends on; ``/gone`` is not there."""

    def __init__(self, root: Path, certificate: Path | None) -> None:
        self.root, self.port, self.tls_port = root, free_port(), free_port()
        self.kept = root / "kept"
        self.kept.mkdir(parents=True)
        pages = root / "pages"
        pages.mkdir()
        for name in ("open", "basic", "digest"):
            script = pages / name
            script.write_text(KEEP.format(python=sys.executable, folder=self.kept))
            script.chmod(0o755)
        (root / "plain").write_text(f"{USER}:{PASSWORD}\n")
        digest = hashlib.md5(f"{USER}:{REALM}:{PASSWORD}".encode()).hexdigest()
        (root / "digests").write_text(f"{USER}:{REALM}:{digest}\n")
        tls = f'$SERVER["socket"] == "127.0.0.1:{self.tls_port}" {{ ssl.engine = "enable"\nssl.pemfile = "{certificate}" }}'
        modules = ["auth", "authn_file", "cgi", "redirect", *(["openssl"] if certificate else [])]
        (root / "lighttpd.conf").write_text(
            f"""server.modules = ({", ".join(f'"mod_{name}"' for name in modules)})
server.document-root = "{pages}"
server.bind = "127.0.0.1"
server.port = {self.port}
server.errorlog = "{root}/errors"
cgi.assign = ("" => "")
$HTTP["url"] =~ "^/basic" {{
  auth.backend = "plain"
  auth.backend.plain.userfile = "{root}/plain"
  auth.require = ("/basic" => ("method" => "basic", "realm" => "{REALM}", "require" => "valid-user"))
}}
$HTTP["url"] =~ "^/digest" {{
  auth.backend = "htdigest"
  auth.backend.htdigest.userfile = "{root}/digests"
  auth.require = ("/digest" => ("method" => "digest", "realm" => "{REALM}", "require" => "valid-user"))
}}
url.redirect = ("^/away" => "http://elsewhere.example/")
{tls if certificate else ""}
"""
        )

    def next(self, seconds: float = 20) -> dict[str, Any]:
        """The oldest request that has not been looked at."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for path in sorted(self.kept.glob("*.json")):
                found: dict[str, Any] = json.loads(path.read_text())
                path.unlink()
                return found
            time.sleep(0.02)
        raise AssertionError(f"no request came: {(self.root / 'errors').read_text()}")

    @property
    def empty(self) -> bool:
        return not any(self.kept.iterdir())


@contextmanager
def web_server(root: Path, certificate: Path | None = None) -> Iterator[WebServer]:
    made = WebServer(root, certificate)
    program = shutil.which("lighttpd", path=f"{os.environ.get('PATH')}:/usr/sbin") or "lighttpd"
    process = subprocess.Popen([program, "-D", "-f", root / "lighttpd.conf"])
    try:
        _answers(made.port, process)
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@contextmanager
def proxy(root: Path) -> Iterator[int]:
    """Its port; it lets in who says ``USER`` and ``PASSWORD`` without the space."""
    port = free_port()
    lines = (
        f"Port {port}",
        "Listen 127.0.0.1",
        "Timeout 20",
        "Allow 127.0.0.1",
        f'LogFile "{root}/proxy.log"',
        f"BasicAuth {USER} {PASSWORD.replace(' ', '')}",
    )
    (root / "tinyproxy.conf").write_text("\n".join(lines) + "\n")
    process = subprocess.Popen(["tinyproxy", "-d", "-c", root / "tinyproxy.conf"], stdout=subprocess.DEVNULL)
    try:
        _answers(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _answers(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 15
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the server did not begin to listen")
