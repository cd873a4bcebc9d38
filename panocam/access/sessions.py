"""What a web page holds instead of a password: a session with a cookie, and tickets that are good for one connection.

A session's token is random and opaque; only its SHA-256 is remembered. Who the user is and what he may do is looked up in the accounts at
every request, so a removed account, another role or a new password counts at once. Writing requests must carry the session's CSRF token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from panocam.access.accounts import Accounts, User
from panocam.clock import NS, Clock
from panocam.errors import Denied
from panocam.settings.system import Access

MAX_SESSIONS = 1000
MAX_PER_USER = 50
LONGEST_DAYS = 30
TICKET_S = 60
MAX_TICKETS = 1000


def cookie_name(serial: str, secure: bool) -> str:
    """Cookies do not know ports, so cameras that share a host need names of their own.

    They do not know schemes either, and browsers do not let an unencrypted page replace a cookie of an encrypted one, so these have
    different names. The prefix ``__Host-`` makes browsers refuse one that anything but this very host's HTTPS has set.
    """
    return f"__Host-panocam_{serial}" if secure else f"panocam_{serial}"


@dataclass
class Session:
    """One logged-in page. Times are monotonic nanoseconds."""

    name: str
    stamp: str = field(repr=False)
    csrf: str = field(repr=False)
    started_ns: int
    used_ns: int

    def check_csrf(self, given: str | None) -> None:
        """Raises Denied unless ``given`` is this session's token; constant time."""
        if not hmac.compare_digest((given or "").encode(), self.csrf.encode()):
            raise Denied("the page's request token is missing or wrong; reload the page")


class Sessions:
    """All sessions, in memory: a restart logs everybody out."""

    def __init__(self, accounts: Accounts, rules: Callable[[], Access], clock: Clock) -> None:
        self._accounts, self._rules, self._clock = accounts, rules, clock
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()
        self.on_change: Callable[[str, bool], None] = lambda name, begun: None
        """Called with the account when somebody logs in (True) or out."""

    def start(self, name: str) -> tuple[str, Session]:
        """A session for an account that has just proved itself; returns the cookie's value and the session. Raises NotFound."""
        account, now = self._accounts.get(name), self._clock.monotonic_ns()
        mine = [key for key, session in self._sessions.items() if session.name == name]
        for key in mine[: max(0, len(mine) + 1 - MAX_PER_USER)]:
            del self._sessions[key]
        while len(self._sessions) >= MAX_SESSIONS:
            self._sessions.popitem(last=False)
        token = secrets.token_urlsafe(32)
        session = Session(name, account.stamp, secrets.token_urlsafe(32), now, now)
        self._sessions[_fingerprint(token)] = session
        self.on_change(name, True)
        return token, session

    def find(self, token: str | None) -> tuple[User, Session] | None:
        """Who holds this token now, or None; using a session keeps it alive."""
        key = _fingerprint(token or "")
        session = self._sessions.get(key)
        if session is None:
            return None
        account, now = self._accounts.find(session.name), self._clock.monotonic_ns()
        idle_limit, limit = self._rules().session_minutes * 60 * NS, LONGEST_DAYS * 86_400 * NS
        expired = now - session.used_ns > idle_limit or now - session.started_ns > limit
        if expired or account is None or account.stamp != session.stamp:
            del self._sessions[key]
            return None
        session.used_ns = now
        return account.user, session

    def end(self, token: str | None) -> None:
        """Log out; an unknown token is no error."""
        session = self._sessions.pop(_fingerprint(token or ""), None)
        if session is not None:
            self.on_change(session.name, False)


class Tickets:
    """One-time tokens for connections that cannot carry credentials, such as a WebSocket from a page of another origin."""

    def __init__(self, accounts: Accounts, clock: Clock) -> None:
        self._accounts, self._clock = accounts, clock
        self._tickets: OrderedDict[bytes, tuple[User, str, int]] = OrderedDict()

    def issue(self, user: User, digits: bool = False) -> str:
        """A ticket that lets ``user`` in once within ``TICKET_S`` seconds; of ``digits`` alone for clients that read a number."""
        account = self._accounts.find(user.name)
        ticket = str(secrets.randbits(192)) if digits else secrets.token_urlsafe(24)
        self._tickets[_fingerprint(ticket)] = (user, account.stamp if account else "", self._clock.monotonic_ns())
        while len(self._tickets) > MAX_TICKETS:
            self._tickets.popitem(last=False)
        return ticket

    def redeem(self, ticket: str | None) -> User | None:
        """Whose ticket it is, once; None if it is unknown, used, too old, or its account has changed."""
        found = self._tickets.pop(_fingerprint(ticket or ""), None)
        if found is None:
            return None
        user, stamp, issued_ns = found
        account = self._accounts.find(user.name)
        if self._clock.monotonic_ns() - issued_ns > TICKET_S * NS or (account.stamp if account else "") != stamp:
            return None
        return account.user if account else user


def _fingerprint(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
