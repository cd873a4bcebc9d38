"""Settings of signed video: whether, how, and where the key is kept."""

from __future__ import annotations

from enum import StrEnum

from pydantic import SecretStr

from panocam.media.signing import SigningFormat
from panocam.settings.declare import Section, setting
from panocam.settings.role import Role

ADMIN = Role.ADMINISTRATOR


class KeyPlace(StrEnum):
    """Where the signing key is."""

    FILE = "file"
    PKCS11 = "pkcs11"


class SignedVideo(Section):
    """Signatures inside the video, by which anybody can tell later whether it was changed and which camera it is from."""

    enabled: bool = setting(
        False, "Signed video", "Sign H.264, H.265 and AV1 streams and recordings whose request does not say videosigned.", write=ADMIN
    )
    format: SigningFormat = setting(
        SigningFormat.AXIS,
        "Format",
        "axis: the open signed-video framework; axis-2.0: the same for verifiers older than release 2.2; onvif: ONVIF Media Signing, which "
        "carries the certificate too (AV1 is always axis).",
        write=ADMIN,
    )
    interval: float = setting(
        5.0,
        "Signing interval",
        "A group of pictures that lasts longer is signed in parts of about this length; 0 signs whole groups only.",
        write=ADMIN,
        ge=0,
        le=60,
        unit="s",
    )
    key_store: KeyPlace = setting(
        KeyPlace.FILE,
        "Key store",
        "file: encrypted in the data folder; pkcs11: in a token that never gives it out.",
        write=ADMIN,
        restart=True,
    )
    pkcs11_module: str = setting(
        "", "PKCS#11 library", "Path of the token's library.", read=ADMIN, write=ADMIN, restart=True, max_length=1024
    )
    pkcs11_token: str = setting("", "PKCS#11 token", "Label of the token.", read=ADMIN, write=ADMIN, restart=True, max_length=32)
    pkcs11_pin: SecretStr = setting(
        SecretStr(""),
        "PKCS#11 PIN",
        "The user's PIN of the token; never shown again.",
        read=ADMIN,
        write=ADMIN,
        restart=True,
        max_length=256,
    )
