"""Checks of the settings of encryption: what a client that shakes hands is shown."""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Callable
from contextlib import closing

from system_camera import RunningCamera, refusal
from system_rtsp import RtspClient


def handshake(camera: RunningCamera, scheme: str = "https", highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> tuple[str, str]:
    """(SHA-256 of the certificate, TLS version), or the refusal's name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode, context.maximum_version = False, ssl.CERT_NONE, highest
    with socket.create_connection(("127.0.0.1", camera.port(scheme)), 10) as raw:
        try:
            with context.wrap_socket(raw) as encrypted:
                shown = encrypted.getpeercert(binary_form=True) or b""
                return hashlib.sha256(shown).hexdigest(), encrypted.version() or ""
        except (ssl.SSLError, ConnectionError):
            return "", "refused"


def check_lowest_version(camera: RunningCamera) -> None:
    old = ssl.TLSVersion.TLSv1_2
    for scheme in ("https", "rtsps"):
        assert handshake(camera, scheme, old)[1] == "TLSv1.2"
    camera.change(tls__minimum="1.3")
    for scheme in ("https", "rtsps"):
        assert handshake(camera, scheme, old)[1] == "refused"
        assert handshake(camera, scheme)[1] == "TLSv1.3"


def check_certificate(scheme: str) -> Callable[[RunningCamera], None]:
    def check(camera: RunningCamera) -> None:
        with camera.client(secure=True) as client:
            wish = {"name": f"for-{scheme}", "names": ["camera.example"]}
            made = client.post("/api/v1/self-signed-certificates", json=wish).raise_for_status().json()
        before = {name: handshake(camera, name)[0] for name in ("https", "rtsps")}
        with closing(RtspClient.connect(camera.url("camera=2&resolution=192x72", scheme="rtsps", credentials=False))) as client:
            client.play()
            camera.change(**{f"tls__{scheme}_certificate": f"for-{scheme}"})
            now = {name: handshake(camera, name)[0] for name in ("https", "rtsps")}
            assert now == before | {scheme: made["facts"]["sha256"].replace(":", "").lower()}
            client.packet()  # the stream that runs goes on
        with camera.client() as client:
            assert client.delete(f"/api/v1/certificates/for-{scheme}").status_code == 403
        refused = camera.patch(**{f"tls__{scheme}_certificate": "nothing"})
        assert refused.status_code == 400
        assert "there is no certificate 'nothing'" in refusal(refused)
        camera.change(**{f"tls__{scheme}_certificate": "camera"})
        assert {name: handshake(camera, name)[0] for name in ("https", "rtsps")} == before
        with camera.client() as client:
            assert client.delete(f"/api/v1/certificates/for-{scheme}").status_code == 204

    return check
