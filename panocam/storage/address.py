"""Where a network share is, and what can fail on the way there. Light: the protocol itself is loaded when a share is used."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from enum import StrEnum


class Step(StrEnum):
    """What a share needs, in this order."""

    NAME = "name resolution"
    PORT = "port"
    LOGIN = "login"
    SHARE = "share"
    WRITE = "write"


class ShareFault(OSError):
    """A share cannot be used: ``step`` failed."""

    def __init__(self, step: Step, words: str, number: int = errno.EIO) -> None:
        super().__init__(number, f"{step}: {words}")
        self.step = step


@dataclass(frozen=True)
class ShareAddress:
    """Where a share is and who asks. ``version`` is a dialect such as 3.1.1, or "auto" for the newest that both sides
    know."""

    host: str
    share: str
    folder: str = ""
    port: int = 445
    user: str = ""
    password: str = field(default="", repr=False)
    version: str = "auto"

    @property
    def shown(self) -> str:
        """For people; no secret."""
        port = "" if self.port == 445 else f":{self.port}"
        return "/".join(part for part in (f"//{self.host}{port}", self.share, self.folder) if part)
