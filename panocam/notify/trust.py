"""Whose certificates are believed: those of the machine's authorities and those that people installed on the camera."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable


class Trust:
    """Makes contexts for TLS, on a thread because reading all authorities takes a while, and keeps them until the authorities change."""

    def __init__(self, authorities: Callable[[], Iterable[bytes]]) -> None:
        self._authorities = authorities
        self._made: dict[bool, tuple[frozenset[bytes], ssl.SSLContext]] = {}

    async def context(self, validate: bool) -> ssl.SSLContext:
        """``validate`` False believes everybody."""
        wanted = frozenset(self._authorities())
        known = self._made.get(validate)
        if known is None or known[0] != wanted:
            known = self._made[validate] = wanted, await asyncio.to_thread(_make, wanted, validate)
        return known[1]


def _make(authorities: Iterable[bytes], validate: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    for each in authorities:
        context.load_verify_locations(cadata=each)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # one that people installed is trusted even if it is no root
    if not validate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
