"""An RTSP camera played by another process (GStreamer's server), which can be frozen, killed and started again."""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

PYTHON = "/usr/bin/python3"  # GStreamer's bindings come with the distribution's own interpreter
SCRIPT = """
import sys, gi
gi.require_version("Gst", "1.0"); gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer, GLib
Gst.init(None)
server = GstRtspServer.RTSPServer.new()
server.set_address("127.0.0.1"); server.set_service(sys.argv[1])
factory = GstRtspServer.RTSPMediaFactory.new()
factory.set_launch(f"( filesrc location={sys.argv[2]} ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1 )")
if sys.argv[3] == "udp":
    factory.set_protocols(GstRtspServer.RTSPLowerTrans.UDP) if hasattr(GstRtspServer, "RTSPLowerTrans") else \\
        factory.set_protocols(__import__("gi.repository.GstRtsp", fromlist=["x"]).RTSPLowerTrans.UDP)
server.get_mount_points().add_factory("/live", factory)
server.attach(None)
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()
"""


def _there() -> bool:
    probe = "import gi; gi.require_version('GstRtspServer','1.0'); from gi.repository import GstRtspServer"
    return which(PYTHON) is not None and subprocess.run([PYTHON, "-c", probe], capture_output=True).returncode == 0


HERE = _there()
needs_gstreamer = [
    pytest.mark.peer("gst-rtsp-server"),
    pytest.mark.skipif(not HERE, reason="gir1.2-gst-rtsp-server-1.0 and python3-gi are not installed"),
]


class RtspPeer:
    """``port`` and ``url`` stay the same over ``kill`` and ``start``."""

    def __init__(self, file: Path, transport: str = "any") -> None:
        self.port, self._transport = 0, transport
        self._process: subprocess.Popen[str] | None = None
        self.start(file)

    @property
    def url(self) -> str:
        return f"rtsp://someone:geheim@127.0.0.1:{self.port}/live"

    def start(self, file: Path) -> None:
        self._process = subprocess.Popen(
            [PYTHON, "-c", SCRIPT, str(self.port), str(file), self._transport], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextlib.contextmanager
def rtsp_peer(file: Path, transport: str = "any") -> Iterator[RtspPeer]:
    peer = RtspPeer(file, transport)
    try:
        yield peer
    finally:
        peer.kill()
