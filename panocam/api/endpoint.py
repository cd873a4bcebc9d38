"""An endpoint is a row: where it is, who may call it, what goes in, what comes out, and the function that answers.

Routes, access checks, the OpenAPI document and the test that tries every endpoint with every lesser role are made from
these rows, so a new call is one new row and one function. A handler gets a ``Call`` and returns what it means: a model or
mapping (JSON), a string (text), nothing (204) or a ready response; it raises ``panocam.errors`` for everything else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from starlette.requests import HTTPConnection

from panocam.errors import InvalidValue
from panocam.settings.role import Role

if TYPE_CHECKING:
    from panocam.api.guard import Caller
    from panocam.api.services import Services

W = TypeVar("W", covariant=True)

BODY_LIMIT = 64 * 1024
"""Bytes of a request body, unless the row says otherwise."""

WEBSOCKET = "WEBSOCKET"
"""The "method" of rows that are WebSockets."""


AFTERWARDS = "panocam.afterwards"
"""Key in the ASGI scope: what is called when the reply has been sent."""


class Dialect(StrEnum):
    """Whose manners an endpoint has: how refusals look and how browsers are treated."""

    REST = "rest"  # JSON in and out; cookie sessions allowed, with a CSRF token
    VAPIX = "vapix"  # text; form arguments in query and body, unknown ones ignored
    JSON_API = "json-api"  # VAPIX's JSON envelope: only transport-level refusals are HTTP errors
    PAGE = "page"  # what a person opens in a browser


class Kind(StrEnum):
    """Reply kinds that are not a JSON model, by media type."""

    TEXT = "text/plain"
    XML = "text/xml"
    JSON = "application/json"
    JPEG = "image/jpeg"
    PNG = "image/png"
    MJPEG = "multipart/x-mixed-replace"
    HTML = "text/html"
    NOTHING = "nothing"
    FRAMES = "websocket"
    MATROSKA = "video/x-matroska"
    MP4 = "video/mp4"
    BINARY = "application/octet-stream"
    SOAP = "application/soap+xml"
    PEM = "application/x-pem-file"
    ZIP = "application/zip"
    GZIP = "application/gzip"


class Wish(BaseModel):
    """Base of request models: unknown members are refused, because a misspelt setting must not be lost in silence.

    These and the replies' are made ready when they are first used: most of them never are, and a start would wait for all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=4096, defer_build=True)


class Reply(BaseModel):
    """Base of reply models."""

    model_config = ConfigDict(frozen=True, defer_build=True)


@dataclass(frozen=True)
class Call(Generic[W]):
    """One request, parsed and admitted.

    ``wish`` is the row's request model, from the JSON body or, for GET, from the query. ``arguments`` are query and form
    arguments together, the last one of a name winning. ``connection`` is Starlette's request (or WebSocket).
    """

    connection: HTTPConnection
    services: Services
    caller: Caller
    wish: W
    arguments: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""

    def path(self, name: str) -> str:
        """A path parameter."""
        return str(self.connection.path_params[name])

    def afterwards(self, do: Callable[[], None]) -> None:
        """Call ``do`` once the reply is out: for what ends the connection it travels on."""
        self.connection.scope.setdefault(AFTERWARDS, []).append(do)

    def path_number(self, name: str) -> int:
        """A path parameter as a number >= 0. Raises InvalidValue."""
        text = self.path(name)
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise InvalidValue(name, text, "use a whole number")
        return int(text)


Handler = Callable[[Call[Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Discovery:
    """How API discovery lists the API that a row belongs to."""

    id: str
    version: str
    name: str


@dataclass(frozen=True)
class Endpoint:
    """One row.

    ``ptz``: the caller needs the right to move view areas besides.
    ``role`` None means nobody is asked who they are; with ``optional_login`` credentials are still read when they are sent,
    and the handler decides by ``caller.demand``. ``preview``: also without login while preview mode lasts.
    ``first_account``: also without login while no account exists (the handler sees to it that only the first
    administrator comes out). ``streamed``: the body is any bytes (application/octet-stream), which the handler reads from
    the connection as they come. ``also``: other kinds of reply that an argument or a mistake brings. ``secret``: passwords travel
    here, so web pages use it over HTTPS only.
    """

    path: str
    title: str
    handler: Handler
    role: Role | None
    dialect: Dialect
    methods: tuple[str, ...] = ("GET",)
    request: type[BaseModel] | None = None
    reply: type[BaseModel] | Kind = Kind.JSON
    also: tuple[Kind, ...] = ()
    ptz: bool = False
    preview: bool = False
    optional_login: bool = False
    first_account: bool = False
    secret: bool = False
    body_limit: int = BODY_LIMIT
    streamed: bool = False
    discovery: Discovery | None = None


rest = partial(Endpoint, dialect=Dialect.REST)
"""A row of our own REST."""

vapix = partial(Endpoint, dialect=Dialect.VAPIX, methods=("GET", "POST"), reply=Kind.TEXT)
"""A row of a classic CGI."""

json_api = partial(Endpoint, dialect=Dialect.JSON_API, methods=("POST",))
"""A row of a VAPIX JSON API."""
