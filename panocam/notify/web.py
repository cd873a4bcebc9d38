"""Requests of the web, with the login that the server asks for, by way of a proxy if there is one. Redirections are not followed: a
password is for the server that it was given for.
"""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Generator, Iterable
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpcore
import httpx

from panocam.notify.fault import SendFault, Step, ssl_cause, unreached, untrusted
from panocam.notify.message import WebCall, one_line
from panocam.notify.reach import CONNECT_S, addresses
from panocam.settings.hosts import bracketed
from panocam.settings.recipients import Http

ANSWER_S = 20.0
LONGEST_ANSWER = 64 * 1024
AGAIN = frozenset({408, 425, 429})
"""Answers below 500 after which another try may help."""


class Login(httpx.Auth):
    """Digest where it is offered, else Basic; both only when the server asks. Without a user, the password is a bearer token."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self._user:
            if self._password:
                request.headers["Authorization"] = f"Bearer {self._password}"
            yield request
            return
        response = yield request
        if response.status_code != 401:
            return
        offered = [each.strip().lower() for each in response.headers.get_list("www-authenticate")]
        if any(each.startswith("digest ") for each in offered):
            digest = httpx.DigestAuth(self._user, self._password).auth_flow(request)
            next(digest)
            yield digest.send(response)
        elif any(each.startswith("basic") for each in offered):
            request.headers["Authorization"] = f"Basic {b64encode(f'{self._user}:{self._password}'.encode()).decode()}"
            yield request


async def send_request(row: Http, password: str, proxy_password: str, call: WebCall, context: ssl.SSLContext) -> str:
    """Ask once; returns the server's answer in a few words. Raises SendFault."""
    where = row.place
    pool = _pool(row, proxy_password, context)
    login = Login(row.user, password)
    try:
        async with httpx.AsyncClient(transport=_Transport(pool), auth=login, trust_env=False, follow_redirects=False) as client:
            wanted = client.build_request(
                call.method, _url(row.url, call.arguments), headers=list(call.headers), content=call.body or None,
                timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            )  # fmt: skip
            reply = await client.send(wanted, stream=True)
            try:
                words = await _read(reply)
            finally:
                await reply.aclose()
    except (httpcore.ProxyError, httpx.ProxyError) as fault:
        raise SendFault(Step.LOGIN, f"{where}: the proxy refused: {one_line(str(fault))[:200]}", lasting=True) from None
    except (httpcore.TimeoutException, httpx.TimeoutException):
        raise SendFault(Step.ANSWER, f"{where}: it did not answer within {ANSWER_S:g} s") from None
    except (httpcore.NetworkError, httpx.HTTPError, httpcore.ProtocolError, OSError) as fault:
        raise _explained(where, fault) from None
    except (httpx.InvalidURL, UnicodeError, ValueError, NotImplementedError) as fault:
        raise SendFault(Step.MESSAGE, f"{where}: {one_line(str(fault))[:200]}", lasting=True) from None
    return _judged(where, row, reply, words)


def _judged(where: str, row: Http, reply: httpx.Response, words: str) -> str:
    """What an answer means. Raises SendFault for one that is none of success."""
    status = reply.status_code
    said = f"{status} {reply.reason_phrase}".strip()
    if 200 <= status < 300:
        return said
    if status == 401:
        remedy = "user or password is wrong" if row.user else "it asks for a login; give user and password"
        raise SendFault(Step.LOGIN, f"{where}: {said}: {remedy}", lasting=True)
    if status == 407:
        raise SendFault(Step.LOGIN, f"{where}: {said}: the proxy asks for another user or password", lasting=True)
    if 300 <= status < 400:
        goal = urlsplit(reply.headers.get("location", ""))
        raise SendFault(Step.ANSWER, f"{where}: {said}: it sends on to {goal.scheme}://{goal.netloc}; give the final address", lasting=True)
    lasting = status < 500 and status not in AGAIN
    raise SendFault(Step.ANSWER, f"{where}: {said}{': ' + words if words else ''}", lasting=lasting)


def _explained(where: str, fault: BaseException) -> SendFault:
    if (tls := ssl_cause(fault)) is not None:
        return untrusted(where, tls)
    if isinstance(fault, httpcore.ProtocolError | httpx.ProtocolError):
        return SendFault(Step.ANSWER, f"{where}: it does not answer as web servers do; check address and port")
    cause: BaseException | None = fault
    while cause is not None and not (isinstance(cause, OSError) and cause.errno):
        cause = cause.__cause__ or cause.__context__
    return unreached(where, cause or fault)


async def _read(reply: httpx.Response) -> str:
    """The beginning of an answer, if it is text."""
    body = b""
    async for part in reply.aiter_raw():
        body += part
        if len(body) >= LONGEST_ANSWER:
            break
    kind = reply.headers.get("content-type", "")
    return one_line(body[:200].decode("utf-8", "replace")) if kind.startswith(("text/plain", "application/json")) else ""


def _url(url: str, arguments: Iterable[tuple[str, str]]) -> httpx.URL:
    parts = urlsplit(url)
    host = bracketed(parts.hostname or "")
    place = host if parts.port is None else f"{host}:{parts.port}"
    query = "&".join(part for part in (parts.query, urlencode(list(arguments))) if part)
    return httpx.URL(urlunsplit((parts.scheme.lower(), place, parts.path or "/", query, "")))


# --- connections by way of our own look-up of names


def _pool(row: Http, proxy_password: str, context: ssl.SSLContext) -> httpcore.AsyncConnectionPool:
    backend = _Backend()
    if not row.proxy:
        return httpcore.AsyncConnectionPool(ssl_context=context, network_backend=backend)
    login = (row.proxy_user, proxy_password) if row.proxy_user else None
    address = f"http://{bracketed(row.proxy)}:{row.proxy_port}"
    return httpcore.AsyncHTTPProxy(address, proxy_auth=login, ssl_context=context, network_backend=backend)


class _Backend(httpcore.AsyncNetworkBackend):
    """Connects to the first address of a host that answers; says why none does."""

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, *further: Any, **named: Any) -> httpcore.AsyncNetworkStream:
        name = host.strip("[]")
        fault: Exception | None = None
        for address in await addresses(name, port):
            try:
                return await self._inner.connect_tcp(address, port, *further, **named)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as problem:
                fault = problem
        if isinstance(fault, httpcore.ConnectTimeout):
            raise unreached(f"{bracketed(name)}:{port}", TimeoutError())
        raise _explained(f"{bracketed(name)}:{port}", fault or OSError())

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class _Stream(httpx.AsyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._inner:
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Transport(httpx.AsyncBaseTransport):
    """httpx over a pool of ours."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path)
        reply = await self._pool.handle_async_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions)
        )
        return httpx.Response(reply.status, headers=reply.headers, stream=_Stream(reply.stream), extensions=reply.extensions)

    async def aclose(self) -> None:
        await self._pool.aclose()
