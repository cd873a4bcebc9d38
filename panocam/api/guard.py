"""Who is asking, and may they? The one place where HTTP requests meet accounts.

A caller is known by a session cookie (browsers), by digest or basic credentials, or not at all. Without an account in the
camera everything is refused, except the rows that make the first one and, while preview mode lasts, the rows that only
show the live picture.

Browsers add cookies and remembered digest credentials to requests that other sites make them send, so: a change with a
cookie needs the session's CSRF token in ``X-CSRF-Token``; anything beyond watching is refused when the browser says that it
comes from another site; a WebSocket with a cookie must come from our own origin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from panocam.access import User
from panocam.access.authenticator import NO_ACCOUNT
from panocam.access.preview import INSTALLER
from panocam.access.sessions import Session, cookie_name
from panocam.access.ways import demand_way, may_come
from panocam.api.endpoint import WEBSOCKET, Call, Dialect, Endpoint
from panocam.api.front import TARGET
from panocam.api.services import Services
from panocam.errors import Denied, Unauthenticated
from panocam.settings import Role

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-csrf-token"
TICKET_ARGUMENTS = ("rtspwssession", "wssession")


@dataclass(frozen=True)
class Caller:
    """The one who sent a request. ``user`` is None where nobody had to say who they are.

    ``still_welcome`` is asked again and again while a stream runs; ``challenges`` makes the 401 for handlers that find out
    later that they need a login.
    """

    user: User | None
    address: str
    secure: bool
    session: Session | None
    still_welcome: Callable[[], bool]
    challenges: Callable[[], Unauthenticated]

    @property
    def name(self) -> str:
        return self.user.name if self.user is not None else "nobody"

    @property
    def role(self) -> Role:
        """Raises Unauthenticated for somebody without a name."""
        if self.user is None:
            raise self.challenges()
        return self.user.role

    @property
    def may_move(self) -> bool:
        """Whether this caller may pan, tilt and zoom."""
        return self.user is not None and self.user.ptz

    def demand_ptz(self) -> None:
        """Raises Denied unless the caller may move view areas."""
        if not self.may_move:
            why = "that needs the PTZ right, or the role operator or administrator"
            raise Denied(f"{self.name} may not move view areas: {why}", self.name)

    def demand(self, role: Role) -> None:
        """Raises Unauthenticated or Denied unless the caller has ``role``."""
        if not self.role.covers(role):
            raise Denied(f"{self.name} is {self.role}; this needs {role}", self.name)


class Guard:
    """Admits or refuses."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def admit(self, connection: HTTPConnection, row: Endpoint) -> Caller:
        """The caller of ``row``. Raises Unauthenticated (with challenges) or Denied; TooManyAttempts for those who guess passwords."""
        caller = await self._identify(connection, row)
        if caller.user is not None:
            demand_way(caller.user, caller.secure, self._services.settings.running.access)
        if row.ptz:
            caller.demand_ptz()
        return caller

    async def _identify(self, connection: HTTPConnection, row: Endpoint) -> Caller:
        method = connection.scope.get("method", "GET")
        self._refuse_other_sites(connection, row, method)
        if row.role is None and not row.optional_login:
            return self._caller(connection, None)
        authorization = connection.headers.get("authorization")
        if authorization is None:
            without = self._without_credentials(connection, row, method)
            if without is not None:
                return without
        secure, address = is_secure(connection), client_address(connection)
        try:
            user = await self._services.authenticator.check(
                method, target(connection), authorization, address, secure=secure, need=row.role or Role.VIEWER
            )
        except Unauthenticated as problem:
            if _is_page_script(connection, row):  # a challenge would make the browser open its own login window
                problem.challenges.clear()
            raise
        return self._caller(connection, user)

    def _without_credentials(self, connection: HTTPConnection, row: Endpoint, method: str) -> Caller | None:
        """Callers that need no Authorization header; None when one is needed after all."""
        services = self._services
        cookie = connection.cookies.get(cookie_name(services.settings.running.device.serial, is_secure(connection)))
        if (found := services.sessions.find(cookie)) is not None:
            return self._by_session(connection, row, method, cookie or "", *found)
        if row.methods == (WEBSOCKET,) and (user := services.tickets.redeem(_ticket(connection))) is not None:
            caller = self._caller(connection, user)
            if row.role is not None:
                caller.demand(row.role)
            return caller
        if services.needs_setup and row.first_account:
            return self._caller(connection, None)
        if row.preview and services.preview.open:
            return self._caller(connection, INSTALLER)
        return self._caller(connection, None) if row.optional_login else None

    def _by_session(self, connection: HTTPConnection, row: Endpoint, method: str, cookie: str, user: User, session: Session) -> Caller:
        if row.methods == (WEBSOCKET,):
            if not _same_origin(connection):
                raise Denied("a WebSocket with a session must come from the camera's own page")
        elif method not in SAFE:
            session.check_csrf(connection.headers.get(CSRF_HEADER))
        caller = self._caller(connection, user, session, cookie)
        if row.role is not None:
            caller.demand(row.role)
        return caller

    def _caller(self, connection: HTTPConnection, user: User | None, session: Session | None = None, cookie: str = "") -> Caller:
        services, secure = self._services, is_secure(connection)

        def challenges() -> Unauthenticated:
            reason = NO_ACCOUNT if services.needs_setup else "login required"
            return Unauthenticated(reason, services.authenticator.challenges(secure=secure))

        holds = self._welcome(user, cookie)
        settings = services.settings

        def still_welcome() -> bool:
            role = Role.VIEWER if user is None else user.role
            way = settings.running.network.http_policy.allows(secure) and may_come(role, secure, settings.running.access)
            return way and holds()

        return Caller(user, client_address(connection), secure, session, still_welcome, challenges)

    def _welcome(self, user: User | None, cookie: str) -> Callable[[], bool]:
        """Whether the caller would still be let in; using a session keeps it alive."""
        services = self._services
        if cookie:
            return lambda: services.sessions.find(cookie) is not None
        if user is INSTALLER:
            return lambda: services.preview.open
        if user is None:
            return lambda: True
        if user.anonymous:
            return lambda: services.settings.snapshot.access.anonymous_viewing
        account = services.accounts.find(user.name)
        stamp = "" if account is None else account.stamp

        def holds() -> bool:
            now = services.accounts.find(user.name)
            return now is not None and now.stamp == stamp

        return holds

    @staticmethod
    def _refuse_other_sites(connection: HTTPConnection, row: Endpoint, method: str) -> None:
        if connection.headers.get("sec-fetch-site") != "cross-site" or row.dialect is Dialect.PAGE:
            return
        watching = row.role in (None, Role.VIEWER) and method in SAFE
        if not watching:
            raise Denied("another website may not do this in your name: open the camera's own page")


def demand_own_site(call: Call[None]) -> None:
    """For rows that viewers may read by GET and that can also change something by GET: what other sites make a browser send is refused.

    Raises Denied for a request that comes from another site, or that has a cookie without the session's token.
    """
    headers, session = call.connection.headers, call.caller.session
    if headers.get("sec-fetch-site") == "cross-site":
        raise Denied("another website may not do this in your name: open the camera's own page")
    if session is not None:
        session.check_csrf(headers.get(CSRF_HEADER))


def target(connection: HTTPConnection) -> str:
    """The request target as it stood in the request line, which is what digest signs."""
    scope = connection.scope
    if TARGET in scope:
        return str(scope[TARGET].decode("latin-1"))
    path = scope.get("raw_path") or scope["path"].encode()
    query = scope.get("query_string", b"")
    return str((path.split(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1"))


def client_address(connection: HTTPConnection) -> str:
    """The peer's address; IPv4 in IPv6 clothes is shown as IPv4."""
    host = connection.client.host if connection.client is not None else ""
    return host.removeprefix("::ffff:") if "." in host else host


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the connection is encrypted."""
    return connection.scope["scheme"] in ("https", "wss")


def is_loopback(connection: HTTPConnection) -> bool:
    """Whether the peer is this computer."""
    try:
        return ip_address(client_address(connection)).is_loopback
    except ValueError:
        return False


def _is_page_script(connection: HTTPConnection, row: Endpoint) -> bool:
    """Whether a script of a page sent this, and not a client that can answer a challenge."""
    if row.dialect is not Dialect.REST:
        return False
    headers = connection.headers
    own = urlsplit(headers.get("referer", "")).netloc == headers.get("host", "-")  # over plain HTTP browsers send no sec-fetch headers
    return own or headers.get("sec-fetch-dest") == "empty" or headers.get("x-requested-with", "").lower() == "xmlhttprequest"


def _same_origin(connection: HTTPConnection) -> bool:
    origin = connection.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == connection.headers.get("host")


def _ticket(connection: HTTPConnection) -> str | None:
    return next((text for name in TICKET_ARGUMENTS if (text := connection.query_params.get(name))), None)
