"""What a TLS handshake is answered with: which certificate, from which version on. Exchanged while the camera runs.

Servers ask for the context of their service at each new connection. A change makes new contexts and puts all of them in place at once;
connections that exist keep the one they began with, and a session that a client wants to resume ends with its context, so that nobody is
shown the old certificate again.
"""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass
from enum import StrEnum

from panocam.access.certificates import CAMERA, Certificates
from panocam.errors import InvalidValue, PanocamError
from panocam.settings.tls import Tls, TlsVersion

log = logging.getLogger(__name__)

_VERSIONS = {TlsVersion.TLS_1_2: ssl.TLSVersion.TLSv1_2, TlsVersion.TLS_1_3: ssl.TLSVersion.TLSv1_3}


class Service(StrEnum):
    """What is served with TLS."""

    HTTPS = "https"
    RTSPS = "rtsps"


@dataclass(frozen=True)
class _Shown:
    name: str
    context: ssl.SSLContext


class TlsDesk:
    """The contexts of all services."""

    def __init__(self, certificates: Certificates, plan: Tls) -> None:
        """What cannot be used any more at a start is replaced by the camera's own certificate, with a warning."""
        self._certificates, self._plan = certificates, plan
        self._shown = {service: self._at_start(service) for service in Service}
        certificates.in_use = lambda: frozenset(shown.name for shown in self._shown.values())
        certificates.changed = self._renewed

    def context(self, service: Service) -> ssl.SSLContext:
        """For the next connection."""
        return self._shown[service].context

    def shows(self, service: Service) -> str:
        """The name of the certificate that a service shows."""
        return self._shown[service].name

    @property
    def ciphers(self) -> tuple[str, ...]:
        """What can be negotiated, strongest first."""
        lowest = self._shown[Service.HTTPS].context.minimum_version
        found = self._shown[Service.HTTPS].context.get_ciphers()
        return tuple(each["name"] for each in found if lowest is not ssl.TLSVersion.TLSv1_3 or each["protocol"] == "TLSv1.3")

    def set_plan(self, plan: Tls) -> None:
        """Show other certificates, or speak other versions, from the next connection on. Raises InvalidValue; the old ones then stay."""
        try:
            made = {service: self._make(service, plan) for service in Service}
        except PanocamError as fault:
            raise InvalidValue("certificate", "…", str(fault)) from None
        self._plan, self._shown = plan, made

    def _at_start(self, service: Service) -> _Shown:
        try:
            return self._make(service, self._plan)
        except PanocamError as fault:
            log.warning("%s shows the camera's own certificate: %s", service.upper(), fault)
            return self._with(CAMERA, self._plan)

    def _make(self, service: Service, plan: Tls) -> _Shown:
        return self._with(plan.https_certificate if service is Service.HTTPS else plan.rtsps_certificate, plan)

    def _with(self, name: str, plan: Tls) -> _Shown:
        context = self._certificates.context(name)
        context.minimum_version = _VERSIONS[plan.minimum]
        return _Shown(name, context)

    def _renewed(self, name: str) -> None:
        """Another certificate stands under a name."""
        for service, shown in self._shown.items():
            if shown.name == name:
                self._shown[service] = self._with(name, self._plan)
