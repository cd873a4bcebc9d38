"""Settings of encryption: what a handshake is answered with, and how strictly browsers hold on to it."""

from __future__ import annotations

from enum import StrEnum

from panocam.settings.declare import Section, setting
from panocam.settings.role import Role

ADMIN = Role.ADMINISTRATOR


class TlsVersion(StrEnum):
    """Versions that may be demanded."""

    TLS_1_2 = "1.2"
    TLS_1_3 = "1.3"


def _certificate(service: str) -> str:
    name: str = setting(
        "camera",
        f"Certificate for {service}",
        "Name of a certificate that the camera keeps; “camera” is its own.",
        write=ADMIN,
        min_length=1,
        max_length=64,
    )
    return name


class Tls(Section):
    """Encryption of the web page and of video."""

    minimum: TlsVersion = setting(
        TlsVersion.TLS_1_2, "Lowest TLS version", "1.2, or 1.3 for clients of about 2020 and later only.", write=ADMIN
    )
    https_certificate: str = _certificate("HTTPS")
    rtsps_certificate: str = _certificate("RTSPS")
    hsts_days: int = setting(
        0,
        "Strict transport security",
        "Browsers that trust the certificate use HTTPS alone for this many days (HSTS); 0 leaves it to them.",
        write=ADMIN,
        ge=0,
        le=730,
        unit="days",
    )
