"""What went wrong, as HTTP says it: one table from the exception tree to statuses, shared by all dialects.

Every fault names the value and the remedy, but never repeats a secret: a value under a name in ``SECRETS`` is masked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from panocam.access import TooManyAttempts
from panocam.errors import (
    Busy,
    Denied,
    InvalidValue,
    NotFound,
    PanocamError,
    RemoteProtocolError,
    Unauthenticated,
    Unavailable,
)

SECRETS = frozenset({"password", "proxy_password", "pwd", "new_password", "authorization", "private_key"})

STATUSES: tuple[tuple[type[PanocamError], int], ...] = (
    (InvalidValue, 400),
    (Unauthenticated, 401),
    (Denied, 403),
    (NotFound, 404),
    (TooManyAttempts, 429),
    (Busy, 503),
    (Unavailable, 503),
    (PanocamError, 500),
)


@dataclass(frozen=True)
class Fault:
    """A refusal on its way out. ``name`` and ``value`` are there when one argument is to blame."""

    status: int
    message: str
    name: str | None = None
    value: str | None = None
    headers: Sequence[tuple[str, str]] = ()


class HttpFault(PanocamError):
    """A refusal that only HTTP knows (wrong method, body too large, a second set-up) and so carries its status."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.headers = status, tuple((headers or {}).items())


def fault_of(problem: PanocamError) -> Fault:
    """The fault that a problem is answered with."""
    if isinstance(problem, HttpFault):
        return Fault(problem.status, str(problem), headers=problem.headers)
    if isinstance(problem, RemoteProtocolError):
        return Fault(problem.status, str(problem))
    status = next(status for kind, status in STATUSES if isinstance(problem, kind))
    if isinstance(problem, Busy):
        return Fault(status, str(problem), headers=[("Retry-After", str(math.ceil(problem.retry_after or 5)))])
    if isinstance(problem, Unauthenticated):
        return Fault(status, str(problem), headers=[("WWW-Authenticate", challenge) for challenge in problem.challenges])
    if not isinstance(problem, InvalidValue):
        return Fault(status, str(problem))
    return Fault(status, str(problem), problem.name, repr(problem.value)[:80])


M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], fields: Mapping[str, object]) -> M:
    """``fields`` as a ``model``. Raises InvalidValue for the first that does not fit."""
    try:
        return model.model_validate(fields)
    except ValidationError as problem:
        raise invalid(problem) from None


def invalid(problem: ValidationError, *, tagged: bool = False) -> InvalidValue:
    """The first thing that a request model refused. ``tagged``: the model is one of several, and its tag leads every path."""
    first = problem.errors(include_url=False, include_context=False)[0]
    path = [str(part) for part in first["loc"]][1 if tagged else 0 :]
    value = "********" if SECRETS & set(path) else first["input"]
    if not path or isinstance(value, dict | list):  # a whole body may hold secrets; a missing field has no value of its own
        value = type(first["input"]).__name__ if not path else "…"
    return InvalidValue(".".join(path) or "body", value, first["msg"][:1].lower() + first["msg"][1:])
