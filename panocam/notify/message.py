"""What is sent, complete: nothing in it is looked up later."""

from __future__ import annotations

from dataclasses import dataclass

from panocam.events.rules.webform import Pairs


@dataclass(frozen=True)
class Picture:
    """A JPEG picture under the name that it is sent by."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Mail:
    """``wall_ns`` is when it was written."""

    subject: str
    text: str
    wall_ns: int
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class WebCall:
    """A request. ``arguments`` join those of the recipient's address."""

    method: str
    arguments: Pairs = ()
    headers: Pairs = ()
    body: bytes = b""


@dataclass(frozen=True)
class Line:
    """Bytes as they are."""

    data: bytes


Message = Mail | WebCall | Line


def size(message: Message) -> int:
    """About how many bytes it holds."""
    if isinstance(message, Mail):
        return len(message.subject) + len(message.text) + sum(len(picture.data) for picture in message.pictures)
    return len(message.data if isinstance(message, Line) else message.body)


def one_line(text: str) -> str:
    """``text`` with nothing in it that could end a line or steer a terminal."""
    return "".join(character if character.isprintable() else " " for character in text).strip()
