"""Settings of the recipients: whom the camera may send something to. Their passwords lie in the key store (``notify.desk``)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from panocam.settings import hosts
from panocam.settings.declare import Section, once, setting
from panocam.settings.role import Role

MOST_RECIPIENTS = 20
MOST_MAILBOXES = 10
LONGEST_HOST = 253
LONGEST_URL = 2000


class Encryption(StrEnum):
    """How a mail server is spoken to: in the clear, in TLS from the first byte, or in TLS after a word in the clear."""

    NONE = "none"
    SSL = "ssl"
    STARTTLS = "starttls"


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    id: int = Field(ge=1, le=999_999)
    name: str = Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")


Host = Annotated[str, Field(min_length=1, max_length=LONGEST_HOST)]
User = Annotated[str, Field(max_length=256, pattern=r"^[^\x00-\x1f\x7f]*$")]
Port = Annotated[int, Field(ge=1, le=65_535)]


class Email(_Row):
    """Mailboxes, and the mail server that takes mail for them. Without a user nobody logs in there."""

    kind: Literal["email"] = "email"
    to: tuple[str, ...] = Field(min_length=1, max_length=MOST_MAILBOXES)
    sender: str = Field(max_length=320)
    server: Host
    port: Port = 587
    encryption: Encryption = Encryption.STARTTLS
    validate_certificate: bool = True
    user: User = ""

    @field_validator("server")
    @classmethod
    def _a_host(cls, value: str) -> str:
        return hosts.host(value)

    @field_validator("sender")
    @classmethod
    def _a_mailbox(cls, value: str) -> str:
        return hosts.mailbox(value)

    @field_validator("to")
    @classmethod
    def _mailboxes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(hosts.mailbox(each) for each in value))

    @property
    def asked(self) -> tuple[str, ...]:
        """Who sees the passwords."""
        return (self.server.lower(), str(self.port), self.encryption, str(self.validate_certificate), self.user)

    @property
    def place(self) -> str:
        """For people; no secret."""
        return f"{', '.join(self.to)} by way of {hosts.bracketed(self.server)}:{self.port}"


class Http(_Row):
    """An address of the web that takes requests. A password without a user is a bearer token. ``proxy`` "" is none."""

    kind: Literal["http"] = "http"
    url: str = Field(min_length=1, max_length=LONGEST_URL)
    validate_certificate: bool = True
    user: User = ""
    proxy: str = Field("", max_length=LONGEST_HOST)
    proxy_port: Port = 8080
    proxy_user: User = ""

    @field_validator("url")
    @classmethod
    def _a_web_address(cls, value: str) -> str:
        if not value.isprintable() or " " in value:
            raise ValueError("give an address without spaces, such as https://example.com/notify")
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError as fault:
            raise ValueError(f"{fault}; give an address such as https://example.com/notify") from None
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            raise ValueError("give an address that begins with http:// or https://")
        if parts.username is not None or parts.password is not None:
            raise ValueError("give user and password in their own fields, not in the address")
        if parts.fragment:
            raise ValueError("leave out what follows #: servers never see it")
        hosts.host(parts.hostname)
        return value

    @field_validator("proxy")
    @classmethod
    def _a_host(cls, value: str) -> str:
        return hosts.host(value) if value else ""

    @property
    def parts(self) -> SplitResult:
        """The address, taken apart."""
        return urlsplit(self.url)

    @property
    def secure(self) -> bool:
        """Whether it is HTTPS."""
        return self.parts.scheme.lower() == "https"

    @property
    def asked(self) -> tuple[str, ...]:
        """Who sees the passwords."""
        server = (self.parts.scheme.lower(), str(self.parts.netloc).lower(), str(self.validate_certificate), self.user)
        return (*server, self.proxy.lower(), str(self.proxy_port), self.proxy_user)

    @property
    def place(self) -> str:
        """For people; the path may be a secret."""
        by = f" by way of {hosts.bracketed(self.proxy)}:{self.proxy_port}" if self.proxy else ""
        return f"{self.parts.scheme.lower()}://{self.parts.netloc}{by}"


class Tcp(_Row):
    """A port that takes text as it comes."""

    kind: Literal["tcp"] = "tcp"
    host: Host
    port: Port

    @field_validator("host")
    @classmethod
    def _a_host(cls, value: str) -> str:
        return hosts.host(value)

    @property
    def asked(self) -> tuple[str, ...]:
        """Nobody: there is no password."""
        return ()

    @property
    def place(self) -> str:
        """For people."""
        return f"{hosts.bracketed(self.host)}:{self.port}"


Recipient = Annotated[Email | Http | Tcp, Field(discriminator="kind")]
KINDS: dict[str, type[Email | Http | Tcp]] = {"email": Email, "http": Http, "tcp": Tcp}


class Recipients(Section):
    """Whom the camera may send something to."""

    items: tuple[Recipient, ...] = setting(
        (),
        "Recipients",
        f"Whom rules may send something to, up to {MOST_RECIPIENTS}; see the recipients page. Passwords are kept elsewhere.",
        read=Role.ADMINISTRATOR,
        write=Role.ADMINISTRATOR,
        max_length=MOST_RECIPIENTS,
    )

    @field_validator("items")
    @classmethod
    def _each_once(cls, items: tuple[Email | Http | Tcp, ...]) -> tuple[Email | Http | Tcp, ...]:
        once("recipient", (item.id for item in items))
        return tuple(sorted(items, key=lambda item: item.id))

    def find(self, id: object) -> Email | Http | Tcp | None:
        """The one of that number."""
        return next((item for item in self.items if item.id == id), None)

    @model_validator(mode="after")
    def _names_differ(self) -> Recipients:
        once("recipient name", (item.name for item in self.items))
        return self
