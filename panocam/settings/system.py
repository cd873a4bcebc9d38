"""Settings of the device itself: what it is, where it listens, who gets in."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address, ip_address
from typing import Literal

from pydantic import field_validator

from panocam.settings.declare import Section, setting
from panocam.settings.role import Role

ADMIN = Role.ADMINISTRATOR
EVERYWHERE = "0.0.0.0"  # noqa: S104 - a camera is there to be reached; --host narrows it


class Device(Section):
    """What the camera is."""

    serial: str = setting(
        "000000000000",
        "Serial number",
        "Twelve hexadecimal digits, made once and kept; --serial sets another for a run.",
        write=None,
        restart=True,
        pattern="^[0-9A-F]{12}$",
    )
    name: str = setting(
        "Panoramic camera", "Name", "What discovery and the web page call this camera.", write=ADMIN, min_length=1, max_length=63
    )
    model: Literal["m4327", "m4328"] = setting("m4328", "Model", "Decides the lists of resolutions.", write=ADMIN)

    @field_validator("serial", mode="before")
    @classmethod
    def _colons_and_case_do_not_matter(cls, value: object) -> object:
        return value.replace(":", "").replace("-", "").upper() if isinstance(value, str) else value


class HttpPolicy(StrEnum):
    """Which of the two web ports answer, or let somebody in."""

    HTTP = "http"
    HTTPS = "https"
    BOTH = "both"

    def allows(self, secure: bool) -> bool:
        """Whether a connection with (``secure``) or without encryption is fine."""
        return self is not (HttpPolicy.HTTP if secure else HttpPolicy.HTTPS)


def _port(default: int, title: str, what: str) -> int:
    result: int = setting(default, title, f"TCP port of {what}; 0 takes any free one.", write=ADMIN, restart=True, ge=0, le=65_535)
    return result


class Network(Section):
    """Where the camera listens and sends."""

    host: str = setting(
        EVERYWHERE, "Address", "Address to listen on; 0.0.0.0 is every IPv4 interface, :: also every IPv6 one.", write=ADMIN, restart=True
    )
    http_port: int = _port(8080, "HTTP port", "web page, still pictures and API")
    https_port: int = _port(8443, "HTTPS port", "the same, encrypted")
    rtsp_port: int = _port(8554, "RTSP port", "video streams")
    rtsps_port: int = _port(8322, "RTSPS port", "encrypted video streams")
    http_policy: HttpPolicy = setting(
        HttpPolicy.BOTH,
        "Allow access through",
        "http, https or both. With https the HTTP port only leads to HTTPS; with http the HTTPS port is closed.",
        write=ADMIN,
    )
    rtsp_enabled: bool = setting(True, "RTSP", "Video without encryption; off ends the streams that run and closes the port.", write=ADMIN)
    rtsps_enabled: bool = setting(True, "RTSPS", "Encrypted video; off ends the streams that run and closes the port.", write=ADMIN)
    rtp_port_first: int = setting(
        50_000, "First RTP port", "Start of the range of UDP ports that media is sent from.", write=ADMIN, ge=1024, le=65_534
    )
    rtp_port_last: int = setting(50_999, "Last RTP port", "End of that range, included.", write=ADMIN, ge=1025, le=65_535)
    multicast_address: str = setting(
        "239.192.0.1", "Multicast address", "IPv4 group address of the first stream; each further stream takes the next one.", write=ADMIN
    )
    multicast_port: int = setting(
        51_000,
        "Multicast port",
        "Even UDP port of the first stream, RTCP on the next; each further stream takes the next two.",
        write=ADMIN,
        ge=1024,
        le=65_534,
        multiple_of=2,
    )
    multicast_ttl: int = setting(5, "Multicast TTL", "How many routers a multicast packet may pass.", write=ADMIN, ge=1, le=255)

    @field_validator("host")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        try:
            return str(ip_address(value))
        except ValueError:
            raise ValueError("should be an IPv4 or IPv6 address of this machine, or 0.0.0.0") from None

    @field_validator("multicast_address")
    @classmethod
    def _is_multicast(cls, value: str) -> str:
        try:
            address = IPv4Address(value)
        except ValueError:
            address = None
        if address is None or not address.is_multicast:
            raise ValueError("should be an IPv4 multicast address, 224.0.0.0 to 239.255.255.255")
        return str(address)


class Schemes(StrEnum):
    """Which ways to log in a listener offers."""

    DIGEST = "digest"
    BASIC = "basic"
    BOTH = "both"

    @property
    def digest(self) -> bool:
        return self is not Schemes.BASIC

    @property
    def basic(self) -> bool:
        return self is not Schemes.DIGEST


def _policy(who: str) -> HttpPolicy:
    result: HttpPolicy = setting(
        HttpPolicy.BOTH, f"{who} through", f"How {who.lower()} may use the web page and the APIs: http, https or both.", write=ADMIN
    )
    return result


class Access(Section):
    """Who gets in, and how."""

    preview_minutes: int = setting(
        120,
        "Preview mode",
        "How long after start the live view needs no login while no account exists; 0 is never.",
        write=ADMIN,
        restart=True,
        ge=0,
        le=1440,
        unit="min",
    )
    plain_login: Schemes = setting(
        Schemes.DIGEST, "Login without encryption", "Ways to log in over HTTP and RTSP: digest, basic or both.", write=ADMIN
    )
    secure_login: Schemes = setting(
        Schemes.BOTH, "Login with encryption", "Ways to log in over HTTPS and RTSPS: digest, basic or both.", write=ADMIN
    )
    digest_sha256: bool = setting(
        False, "SHA-256 digest", "Also offer digest with SHA-256, after MD5; some clients stumble over it.", write=ADMIN
    )
    anonymous_viewing: bool = setting(False, "Anonymous viewing", "Anybody may watch without an account.", write=ADMIN)
    anonymous_ptz: bool = setting(False, "Anonymous PTZ", "Anybody who may watch without an account may also move view areas.", write=ADMIN)
    throttle: bool = setting(
        True, "Brute-force protection", "Make somebody who guesses passwords wait longer and longer.", read=ADMIN, write=ADMIN
    )
    throttle_attempts: int = setting(
        5,
        "Wrong tries",
        "Wrong passwords for one account from one address before the waiting starts.",
        read=ADMIN,
        write=ADMIN,
        ge=1,
        le=100,
    )
    throttle_max_delay: int = setting(
        60, "Longest wait", "The waiting doubles with each wrong try up to this.", read=ADMIN, write=ADMIN, ge=1, le=3600, unit="s"
    )
    administrator_policy: HttpPolicy = _policy("Administrators")
    operator_policy: HttpPolicy = _policy("Operators")
    viewer_policy: HttpPolicy = _policy("Viewers")
    connections_per_address: int = setting(
        500,
        "Connections from one address",
        "More than these at once are turned away, for the web ports and the video ports each.",
        read=ADMIN,
        write=ADMIN,
        ge=20,
        le=4000,
    )
    session_minutes: int = setting(
        60, "Log out after", "A web page that is not used this long has to log in again.", write=ADMIN, ge=1, le=10_080, unit="min"
    )

    def policy(self, role: Role) -> HttpPolicy:
        """How somebody of that role may come."""
        policies = {Role.VIEWER: self.viewer_policy, Role.OPERATOR: self.operator_policy, Role.ADMINISTRATOR: self.administrator_policy}
        return policies[role]
