"""Signed video over REST: who signs, the certificates to know it by, and the verification of a file."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from panocam.api.endpoint import Call, Kind, Reply, rest
from panocam.api.services import signed_video_of, storage_of
from panocam.api.web.recordings import Span, nanoseconds
from panocam.codecs.signing.trust import NAMES
from panocam.errors import RemoteProtocolError
from panocam.settings import Role
from panocam.storage.export import export_matroska
from panocam.storage.recording import check_id


class IdentityReply(Reply):
    """Whose signature the camera's videos carry. ``fingerprint`` is SHA-256 of the public key, which every verifier shows."""

    serial: str
    fingerprint: str
    subject: str
    issuer: str
    key_store: str
    protection: str
    former_keys: int


async def identity(call: Call[None]) -> IdentityReply:
    """Makes the key if there is none yet."""
    found = await signed_video_of(call.services).identity()
    return IdentityReply(
        serial=call.services.settings.running.device.serial,
        fingerprint=found.fingerprint,
        subject=found.leaf.subject.rfc4514_string(NAMES),
        issuer=found.leaf.issuer.rfc4514_string(NAMES),
        key_store=found.key.place.store,
        protection=str(found.key.place.protection),
        former_keys=len(found.former),
    )


async def certificates(call: Call[None]) -> Response:
    """What ``panocam verify --trust`` takes."""
    found = await signed_video_of(call.services).identity()
    name = f"panocam-{call.services.settings.running.device.serial.lower()}-video-signing.pem"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found.trusted_pem, media_type="application/x-pem-file", headers=headers)


async def verify(call: Call[None]) -> dict[str, Any]:
    """The report over the file that is the body of the request; the argument ``name`` is what it is called."""
    request = call.connection
    assert isinstance(request, Request)
    name = call.arguments.get("name", "video")[:255]
    try:
        return await signed_video_of(call.services).verify(name, request.stream())
    except ClientDisconnect:
        raise RemoteProtocolError("the client went away inside its request") from None


async def verify_recording(call: Call[Span]) -> dict[str, Any]:
    """The report over a recording, or a part of it, as an export would be."""
    storage, identity = storage_of(call.services), check_id(call.path("recording"))
    storage.index.get(identity)
    pieces = export_matroska(storage.library, identity, nanoseconds(call.wish.since), nanoseconds(call.wish.until))
    return await signed_video_of(call.services).verify(f"{identity}.mkv", iterate_in_threadpool(pieces))


_PATH = "/api/v1/signed-video"

ENDPOINTS = (
    rest(_PATH, "Whose signature signed video carries", identity, Role.VIEWER, reply=IdentityReply),
    rest(f"{_PATH}/certificates", "Certificates that prove it, as PEM", certificates, Role.VIEWER, reply=Kind.PEM),
    rest(f"{_PATH}/verify", "Verify a video file", verify, Role.OPERATOR, methods=("POST",), streamed=True),
    rest("/api/v1/recordings/{recording}/verify", "Verify a recording", verify_recording, Role.OPERATOR, methods=("POST",), request=Span),
)
