"""One exception tree; each boundary (HTTP, VAPIX, RTSP, command line) has one table that translates it.

PanocamError
├── InvalidValue        a caller's value is outside what is declared; names the value and the remedy
├── NotFound            the named thing does not exist
├── Denied              known caller, not allowed
├── Unauthenticated     unknown caller, or wrong credentials
├── Busy                possible in general, not now (a budget is used up)
├── Unavailable         the environment does not offer it (no device, no network, no disk)
├── LocalProtocolError  our own code misused a protocol machine
└── RemoteProtocolError the peer broke the protocol; carries the status a server should answer
"""

from __future__ import annotations

from collections.abc import Sequence


class PanocamError(Exception):
    """Root of everything this program raises on purpose."""


class InvalidValue(PanocamError):
    """A value that was given is not acceptable.

    ``name`` is the setting or argument, ``value`` what was given, ``remedy`` a sentence that says what would be accepted.
    """

    def __init__(self, name: str, value: object, remedy: str) -> None:
        shown = repr(value)
        if len(shown) > 80:  # both ends tell: a path is known by its last part
            shown = f"{shown[:30]}…{shown[-49:]}"
        super().__init__(f"{name}={shown}: {remedy}")
        self.name, self.value, self.remedy = name, value, remedy


class NotFound(PanocamError):
    """The named thing does not exist."""


class Denied(PanocamError):
    """The caller is known but may not do this. ``account`` names who it is, where that is known."""

    def __init__(self, message: str, account: str = "") -> None:
        super().__init__(message)
        self.account = account


class Unauthenticated(PanocamError):
    """The caller is unknown or gave wrong credentials. ``challenges`` are the values of the ``WWW-Authenticate`` headers to answer with."""

    def __init__(self, message: str = "login required", challenges: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.challenges = list(challenges)


class Busy(PanocamError):
    """Possible in general, but not now: a stated budget is used up. ``retry_after`` is in seconds, where it is known."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(PanocamError):
    """The environment does not offer what is needed; the message names it and the remedy."""


class LocalProtocolError(PanocamError):
    """Our own code used a protocol machine out of order; a bug on this side."""


class RemoteProtocolError(PanocamError):
    """The peer broke the protocol. ``status`` is the answer a server should give."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
