"""What is known from the source's first picture on."""

from __future__ import annotations

from typing import TypeVar

from panocam.errors import Unavailable

T = TypeVar("T")


def known(found: T | None) -> T:
    """``found``, something about the lens or its picture. Raises Unavailable before the first picture, where it is None."""
    if found is None:
        raise Unavailable("the lens is not known before the source's first picture: see /api/v1/status for the source's state")
    return found
