"""What can fail on the way to a recipient, step by step, in words that people can act on."""

from __future__ import annotations

import errno
import socket
import ssl
from enum import StrEnum

from panocam.errors import Unavailable


class Step(StrEnum):
    """What sending needs, in about this order."""

    NAME = "name"
    CONNECTION = "connection"
    ENCRYPTION = "encryption"
    GREETING = "greeting"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"
    ANSWER = "answer"


class SendFault(Unavailable):
    """``step`` failed. ``lasting``: trying once more does not help, somebody has to change something."""

    def __init__(self, step: Step, words: str, *, lasting: bool = False) -> None:
        super().__init__(f"{step}: {words}")
        self.step, self.words, self.lasting = step, words, lasting


_REACHED = {
    errno.ECONNREFUSED: "refused: nothing listens on that port, or a firewall says no",
    errno.EHOSTUNREACH: "there is no way to that machine; is it on, and is the network right?",
    errno.ENETUNREACH: "there is no way to that network; check the router",
    errno.ETIMEDOUT: "no answer; is the machine on, does a firewall drop packets?",
    errno.ECONNRESET: "the other side broke the connection off",
    errno.EPIPE: "the other side broke the connection off",
    errno.ECONNABORTED: "the other side broke the connection off",
}


def nameless(host: str, fault: OSError) -> SendFault:
    """The name of a machine was not found."""
    again = isinstance(fault, socket.gaierror) and fault.errno == socket.EAI_AGAIN
    why = "the name server did not answer; check the DNS settings" if again else "no such name; check its spelling and the DNS settings"
    return SendFault(Step.NAME, f"{host}: {why}")


def unreached(where: str, fault: BaseException) -> SendFault:
    """No connection came about, or it broke."""
    if isinstance(fault, TimeoutError):
        return SendFault(Step.CONNECTION, f"{where}: {_REACHED[errno.ETIMEDOUT]}")
    number = fault.errno if isinstance(fault, OSError) else None
    return SendFault(Step.CONNECTION, f"{where}: {_REACHED.get(number or 0) or getattr(fault, 'strerror', None) or 'it broke off'}")


def untrusted(where: str, fault: ssl.SSLError) -> SendFault:
    """No encryption came about."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        why = fault.verify_message or "it does not fit"
        remedy = "install the certificate of its authority on this camera, or mend the server's"
        return SendFault(Step.ENCRYPTION, f"{where}: its certificate is not trusted: {why}; {remedy}")
    if fault.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"):
        return SendFault(Step.ENCRYPTION, f"{where}: it does not speak TLS there; check port and encryption")
    return SendFault(Step.ENCRYPTION, f"{where}: {(fault.reason or 'TLS failed').replace('_', ' ').lower()}")


def ssl_cause(fault: BaseException | None) -> ssl.SSLError | None:
    """The fault of TLS behind another one."""
    while fault is not None and not isinstance(fault, ssl.SSLError):
        fault = fault.__cause__ or fault.__context__
    return fault
