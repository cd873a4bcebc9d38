"""Who is asking? Digest and basic for HTTP and RTSP, without any input or output of its own.

``check`` takes what stands in a request and gives the ``User``, or raises one error:

- ``Unauthenticated`` with the challenges to send (401): no credentials, wrong ones, unreadable ones, a stale nonce, a scheme that is not on
  offer. Basic sent unasked over an unencrypted connection that offers digest only is answered with a challenge and is no wrong try;
- ``TooManyAttempts``: this peer has to wait first;
- ``Denied`` (403): known, but the role is too low.

A stale nonce with a right response is not a wrong try. In RTSP the signed ``uri`` need not be the request's (clients sign the aggregate
address), in HTTP it must be. A password sent by basic is first compared by its digest secret (microseconds), and only a right one is
confirmed with Argon2 (tens of milliseconds): that is done in a thread, one at a time, and equal ones share the result.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from panocam.access.accounts import Account, Accounts, User
from panocam.access.digest import Basic, Digest, basic_challenge, digest_challenge, parse_authorization, rtsp_digest_challenge
from panocam.access.nonces import Nonces
from panocam.access.passwords import ha1
from panocam.access.throttle import EVERYBODY, Throttle, TooManyAttempts
from panocam.access.ways import demand_way
from panocam.clock import NS, Clock
from panocam.errors import Denied, RemoteProtocolError, Unauthenticated
from panocam.settings import Role
from panocam.settings.system import Access, Schemes

Protocol = Literal["http", "rtsp", "rtsp-in-http"]
NONCE_LIFETIME_S: dict[Protocol, float] = {"http": 300, "rtsp": 3600, "rtsp-in-http": 3600}
CONFIRMED_S = 300
MAX_CONFIRMED = 256
MAX_CONFIRMING = 64
NO_ACCOUNT = "initial admin user must be created first."


@dataclass(frozen=True)
class Failure:
    """A wrong try, for the log and the event; ``account`` ``*`` is all of them."""

    peer: str
    account: str
    protocol: str


@dataclass(frozen=True)
class _Context:
    """The connection a request came on."""

    peer: str
    protocol: Protocol
    secure: bool
    rules: Access

    @property
    def schemes(self) -> Schemes:
        return self.rules.secure_login if self.secure else self.rules.plain_login


@dataclass(frozen=True)
class _Claim:
    """A password that looks right and awaits confirmation."""

    account: Account
    password: str
    key: bytes


class Authenticator:
    """One for the whole camera, used on the event loop."""

    def __init__(
        self, accounts: Accounts, rules: Callable[[], Access], clock: Clock, on_failure: Callable[[Failure], None] = lambda failure: None
    ) -> None:
        self.accounts, self._rules, self._clock, self._on_failure = accounts, rules, clock, on_failure
        self.throttle = Throttle(clock)
        self.on_waiting: Callable[[Failure], None] = lambda failure: None  # it is somebody's last try before he has to wait
        self._nonces = Nonces(clock)
        self._key = secrets.token_bytes(32)
        self._confirmed: OrderedDict[bytes, int] = OrderedDict()
        self._confirming: dict[bytes, asyncio.Task[bool]] = {}
        self._one_at_a_time = asyncio.Semaphore(1)
        self._decoy = ha1("nobody", accounts.realm, secrets.token_hex(16), "MD5")

    async def check(
        self,
        method: str,
        uri: str,
        authorization: str | None,
        peer: str,
        *,
        protocol: Protocol = "http",
        secure: bool = False,
        need: Role = Role.VIEWER,
    ) -> User:
        """The user who sent this request; errors as above. Raises TooManyAttempts also when too many passwords await confirmation.

        For RTSP in HTTP what the policy says of the web ports counts too.
        """
        at = _Context(peer, protocol, secure, self._rules())
        found = self._identify(method, uri, authorization, at, need)
        if isinstance(found, _Claim):
            found = self._admit(found, await self._confirm(found), at)
        if protocol == "rtsp-in-http":
            demand_way(found, secure, at.rules)
        return self._may(found, need)

    async def login(self, name: str, password: str, peer: str) -> User:
        """Check a name and password that a person typed into the web page. Raises Unauthenticated, TooManyAttempts.

        The refusal carries no challenge: one would make the browser open its own login window over the page's.
        """
        at = _Context(peer, "http", True, self._rules())
        try:
            if self.accounts.empty:
                raise self._refusal(at, NO_ACCOUNT)
            found = self._check_password(Basic(name, password), at)
            if isinstance(found, _Claim):
                found = self._admit(found, await self._confirm(found), at)
        except Unauthenticated as problem:
            problem.challenges.clear()
            raise
        return found

    def challenges(self, protocol: Protocol = "http", secure: bool = False, stale: bool = False) -> list[str]:
        """The ``WWW-Authenticate`` values for a connection, digest first."""
        at = _Context("", protocol, secure, self._rules())
        return self._challenges(at, stale)

    def _identify(self, method: str, uri: str, authorization: str | None, at: _Context, need: Role) -> User | _Claim:
        if not authorization:
            if at.rules.anonymous_viewing and need is Role.VIEWER and not self.accounts.empty:
                return User("anonymous", Role.VIEWER, at.rules.anonymous_ptz, anonymous=True)
            raise self._refusal(at, NO_ACCOUNT if self.accounts.empty else "login required")
        if self.accounts.empty:
            raise self._refusal(at, NO_ACCOUNT)
        try:
            given = parse_authorization(authorization)
        except RemoteProtocolError as fault:
            raise self._refusal(at, str(fault)) from None
        if isinstance(given, Basic):
            if not at.schemes.basic:
                raise self._refusal(at, "basic is not offered here")
            return self._check_password(given, at)
        return self._check_digest(given, method, uri, at)

    def _check_digest(self, given: Digest, method: str, uri: str, at: _Context) -> User:
        offered = at.schemes.digest and (given.algorithm == "MD5" or (at.rules.digest_sha256 and at.protocol == "http"))
        if not offered or given.realm != self.accounts.realm:
            raise self._refusal(at, "these digest credentials are not for what was offered")
        if at.protocol == "http" and (given.uri != uri or not given.qop):
            raise self._refusal(at, "the digest is not for this request")
        self.throttle.check(at.peer, given.name, at.rules)
        account = self.accounts.find(given.name)
        secret = self._decoy
        if account is not None:
            secret = account.credentials.ha1_md5 if given.algorithm == "MD5" else account.credentials.ha1_sha256
        if not given.matches(secret, method) or account is None:
            raise self._wrong(given.name, at)
        if not self._nonces.fresh(given.nonce, NONCE_LIFETIME_S[at.protocol]) or (
            given.qop and not self._nonces.use(given.nonce, given.nc)
        ):
            raise self._refusal(at, "the nonce is used up; repeat with the new one", stale=True)
        self.throttle.succeeded(at.peer, given.name)
        return account.user

    def _check_password(self, given: Basic, at: _Context) -> User | _Claim:
        account = self.accounts.find(given.name)
        key = b""
        if account is not None:
            key = hmac.digest(self._key, f"{account.name}\0{account.stamp}\0{given.password}".encode(), "sha256")
            if self._confirmed.get(key, 0) > self._clock.monotonic_ns():
                self.throttle.succeeded(at.peer, account.name)
                return account.user
        self.throttle.check(at.peer, given.name, at.rules)
        if account is None:
            ha1(given.name, self.accounts.realm, given.password, "SHA-256")  # the same work as for an account that exists
            raise self._wrong(given.name, at)
        if not account.credentials.plausible(given.name, self.accounts.realm, given.password):
            raise self._wrong(given.name, at)
        return _Claim(account, given.password, key)

    async def _confirm(self, claim: _Claim) -> bool:
        task = self._confirming.get(claim.key)
        if task is None:
            if len(self._confirming) >= MAX_CONFIRMING:
                raise TooManyAttempts("too many logins at once; try again", retry_after=1)
            task = self._confirming[claim.key] = asyncio.create_task(self._verify_in_a_thread(claim))
            task.add_done_callback(lambda _: self._confirming.pop(claim.key, None))
        return await asyncio.shield(task)

    async def _verify_in_a_thread(self, claim: _Claim) -> bool:
        async with self._one_at_a_time:
            return await asyncio.to_thread(claim.account.credentials.verify, claim.password)

    def _admit(self, claim: _Claim, verified: bool, at: _Context) -> User:
        account = self.accounts.find(claim.account.name)
        if not verified or account is None or account.stamp != claim.account.stamp:
            raise self._wrong(claim.account.name, at)
        self._confirmed[claim.key] = self._clock.monotonic_ns() + CONFIRMED_S * NS
        self._confirmed.move_to_end(claim.key)
        while len(self._confirmed) > MAX_CONFIRMED:
            self._confirmed.popitem(last=False)
        self.throttle.succeeded(at.peer, account.name)
        return account.user

    def _may(self, user: User, need: Role) -> User:
        if not user.role.covers(need):
            raise Denied(f"{user.name} is {user.role}; this needs {need}", user.name)
        return user

    def _wrong(self, name: str, at: _Context) -> Unauthenticated:
        shown = name if self.accounts.find(name) else "(unknown)"  # people type passwords into the name field
        began = self.throttle.failed(at.peer, name, at.rules)
        self._on_failure(Failure(at.peer, shown, at.protocol))
        for waiting in began:
            self.on_waiting(Failure(waiting.peer, EVERYBODY if waiting.account == EVERYBODY else shown, at.protocol))
        return self._refusal(at, "wrong user name or password")

    def _refusal(self, at: _Context, message: str, stale: bool = False) -> Unauthenticated:
        return Unauthenticated(message, self._challenges(at, stale))

    def _challenges(self, at: _Context, stale: bool) -> list[str]:
        realm, values = self.accounts.realm, list[str]()
        if at.schemes.digest and at.protocol != "http":
            values.append(rtsp_digest_challenge(realm, self._nonces.make(), stale))
        elif at.schemes.digest:
            algorithms = ("MD5", "SHA-256") if at.rules.digest_sha256 else ("MD5",)
            values += [digest_challenge(realm, self._nonces.make(), algorithm, stale) for algorithm in algorithms]
        if at.schemes.basic:
            values.append(basic_challenge(realm))
        return values
