"""How VAPIX makes things of parameters that are all texts and must all be given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from panocam.api.services import Services
from panocam.errors import InvalidValue
from panocam.events.topics import Value

OPTIONAL = ("index", "method", "http_headers", "body", "encryption", "validate_server_cert")
"""Parameters that came later than clients."""

Texts = Mapping[str, str]
Values = Mapping[str, Value]
Read = Callable[[Services, Texts], dict[str, Value]]
Tell = Callable[[Services, Values], dict[str, str] | None]
NUMBER, TEXT = "xsd:unsignedInt", "xsd:string"
TYPES: Mapping[type, str] = {bool: "xsd:boolean", int: "xsd:int", float: "xsd:float", str: TEXT}


@dataclass(frozen=True)
class Template:
    """``read`` makes our parameters of theirs and raises InvalidValue, ``tell`` is the inverse, None where it cannot be said so.
    ``recipient``: the template of whom it sends to, whose parameters are among its own."""

    token: str
    kind: str
    parameters: Mapping[str, str]
    read: Read
    tell: Tell
    recipient: str = ""

    def whole(self, given: Texts) -> dict[str, str]:
        """All parameters as ``given``. Raises InvalidValue for one that is missing, or that the template does not have."""
        extra = next((name for name, text in given.items() if name not in self.parameters and text.strip()), None)
        missing = next((name for name in self.parameters if name not in given and name not in OPTIONAL), None)
        if extra is not None or missing is not None:
            raise InvalidValue(
                "Parameters", extra or missing, f"{self.token} takes all of {', '.join(self.parameters)}, empty where unused"
            )
        return {name: given.get(name, "") for name in self.parameters}


def number(given: Texts, name: str, default: int = 0) -> int:
    """A parameter as a whole number; ``default`` for an empty one. Raises InvalidValue."""
    text = given[name].strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidValue(name, text, "give a whole number")
    return int(text or default)
