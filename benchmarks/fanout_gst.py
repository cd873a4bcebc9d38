"""gst-rtsp-server with the same clip as one shared medium, looped: ``fanout_gst.py CLIP`` prints its URL when ready."""

import resource
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
factory = GstRtspServer.RTSPMediaFactory()
# A list of the same clip keeps the stream running longer than any measurement; the medium is shared, so it is read and packed once.
clips = " ".join(f"filesrc location={sys.argv[1]} ! qtdemux ! h264parse ! c. " for _ in range(12))
factory.set_launch(f"( concat name=c ! rtph264pay name=pay0 pt=96 config-interval=-1 {clips} )")
factory.set_shared(True)
server.get_mount_points().add_factory("/clip", factory)
server.attach(None)
print(f"rtsp://127.0.0.1:{server.get_bound_port()}/clip", flush=True)
GLib.MainLoop().run()
