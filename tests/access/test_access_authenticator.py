"""Who is asking: the whole of digest and basic through the one door."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import threading
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.access import Accounts, Authenticator, Failure, KeyStore, TooManyAttempts, User
from panocam.access.digest import Basic, Digest, parse_authorization
from panocam.access.passwords import Credentials, ha1
from panocam.clock import ManualClock
from panocam.errors import Denied, RemoteProtocolError, Unauthenticated
from panocam.settings import DataFolder, Role
from panocam.settings.system import Access, Schemes

PEER = "192.0.2.7"
REALM = "AXIS_0200DEADBEEF"


@dataclass
class Door:
    """An authenticator with its surroundings."""

    auth: Authenticator
    accounts: Accounts
    clock: ManualClock
    rules: Access = field(default_factory=Access)
    failures: list[Failure] = field(default_factory=list)


@pytest.fixture
async def door(tmp_path: Path) -> Door:
    clock, folder = ManualClock(), DataFolder(tmp_path / "data")
    accounts = Accounts.open(folder, KeyStore.open(folder), clock, "0200DEADBEEF")
    await accounts.add_first("root", "secret pass")
    await accounts.add("vera", "v", Role.VIEWER)
    made: list[Door] = []
    auth = Authenticator(accounts, lambda: made[0].rules, clock, lambda failure: made[0].failures.append(failure))
    made.append(Door(auth, accounts, clock))
    return made[0]


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def answer(challenge: str, method: str, uri: str, name: str, password: str, nc: int = 1, quote: bool = False) -> str:
    """What a client makes of a challenge, by the formulas of RFC 7616."""
    parts = dict(item.strip().split("=", 1) for item in challenge.removeprefix("Digest ").split(","))
    realm, nonce = parts["realm"].strip('"'), parts["nonce"].strip('"')
    algorithm = parts.get("algorithm", "MD5").strip('"')
    qop = parts.get("qop", "").strip('"')
    value = Digest(name, realm, nonce, uri, "", algorithm, qop, nc, f"{nc:08x}" if qop else "", "c0ffee" if qop else "")
    response = value.expected(ha1(name, realm, password, algorithm), method)
    spelt = f'"{algorithm}"' if quote else algorithm
    extra = f', qop=auth, nc={nc:08x}, cnonce="c0ffee", algorithm={spelt}' if qop else ""
    return f'Digest username="{name}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{response}"{extra}'


async def challenge(door: Door, **how: object) -> str:
    with pytest.raises(Unauthenticated) as caught:
        await door.auth.check("GET", "/x", None, PEER, **how)  # type: ignore[arg-type]
    return caught.value.challenges[0]


@pytest.mark.feature("GET-08")
async def test_digest_over_http(door: Door) -> None:
    offer = await challenge(door)
    assert offer.startswith(f'Digest realm="{REALM}", nonce="')
    assert offer.endswith('algorithm=MD5, stale=FALSE, qop="auth"')
    header = answer(offer, "GET", "/x?a=1", "root", "secret pass", quote=True)
    assert await door.auth.check("GET", "/x?a=1", header, PEER) == User("root", Role.ADMINISTRATOR, True)
    for method, uri in (("POST", "/x?a=1"), ("GET", "/y")):
        with pytest.raises(Unauthenticated):
            await door.auth.check(method, uri, answer(offer, "GET", "/x?a=1", "root", "secret pass", 2), PEER)


async def test_digest_over_rtsp_has_no_qop_and_a_relaxed_address(door: Door) -> None:
    offer = await challenge(door, protocol="rtsp")
    assert offer.startswith(f'Digest realm="{REALM}", nonce="')
    assert offer.endswith('", stale=FALSE')
    header = answer(offer, "SETUP", "rtsp://h/axis-media/media.amp", "vera", "v")
    for _ in range(2):
        assert (await door.auth.check("SETUP", "rtsp://h/axis-media/media.amp/stream=0", header, PEER, protocol="rtsp")).name == "vera"


async def test_counts_may_come_in_any_order_but_only_once(door: Door) -> None:
    offer = await challenge(door)
    for nc in (5, 1, 3, 2, 1030, 7):
        await door.auth.check("GET", "/x", answer(offer, "GET", "/x", "vera", "v", nc), PEER)
    for used in (3, 1030, 6):  # 6 has fallen out of the window
        with pytest.raises(Unauthenticated) as caught:
            await door.auth.check("GET", "/x", answer(offer, "GET", "/x", "vera", "v", used), PEER)
        assert "stale=true" in caught.value.challenges[0]
    assert door.failures == []


async def test_an_old_nonce_is_stale_and_no_wrong_try(door: Door) -> None:
    offer = await challenge(door)
    door.clock.advance(301)
    with pytest.raises(Unauthenticated) as caught:
        await door.auth.check("GET", "/x", answer(offer, "GET", "/x", "vera", "v"), PEER)
    again = caught.value.challenges[0]
    assert "stale=true" in again
    assert door.failures == []
    assert (await door.auth.check("GET", "/x", answer(again, "GET", "/x", "vera", "v"), PEER)).name == "vera"


async def test_sha256_only_when_wanted(door: Door) -> None:
    door.rules = Access(digest_sha256=True)
    with pytest.raises(Unauthenticated) as caught:
        await door.auth.check("GET", "/x", None, PEER)
    first, second = caught.value.challenges
    assert "algorithm=MD5" in first
    header = answer(second, "GET", "/x", "vera", "v")
    assert "algorithm=SHA-256" in header
    assert (await door.auth.check("GET", "/x", header, PEER)).name == "vera"
    door.rules = Access()
    with pytest.raises(Unauthenticated):
        await door.auth.check("GET", "/x", answer(second, "GET", "/x", "vera", "v", 2), PEER)


async def test_basic_is_for_encrypted_connections(door: Door) -> None:
    for _ in range(50):  # some clients send it unasked; that is no guess
        with pytest.raises(Unauthenticated) as caught:
            await door.auth.check("GET", "/x", basic("root", "wrong"), PEER)
    assert [value.split()[0] for value in caught.value.challenges] == ["Digest"]
    assert door.failures == []
    assert (await door.auth.check("GET", "/x", basic("root", "secret pass"), PEER, secure=True)).name == "root"
    assert [v.split()[0] for v in door.auth.challenges(secure=True)] == ["Digest", "Basic"]
    door.rules = Access(plain_login=Schemes.BASIC)
    assert (await door.auth.check("GET", "/x", basic("vera", "v"), PEER)).name == "vera"
    with pytest.raises(Unauthenticated):
        await door.auth.check("GET", "/x", answer(door.auth.challenges(secure=True)[0], "GET", "/x", "vera", "v"), PEER)


async def test_roles(door: Door) -> None:
    header = basic("vera", "v")
    with pytest.raises(Denied, match="vera is viewer; this needs operator"):
        await door.auth.check("GET", "/x", header, PEER, secure=True, need=Role.OPERATOR)
    assert (await door.auth.check("GET", "/x", header, PEER, secure=True)).ptz is False


@pytest.mark.feature("GAP-26")
async def test_guessing_gets_slower_and_slower(door: Door) -> None:
    waits: list[float] = []
    for _ in range(14):
        with pytest.raises(Unauthenticated):
            await door.auth.check("GET", "/x", basic("root", "guess"), PEER, secure=True)
        wait = next(row.wait_s for row in door.auth.throttle.waiting() if row.account == "root")
        if wait:
            waits.append(wait)
            with pytest.raises(TooManyAttempts) as caught:  # even a right password has to wait
                await door.auth.check("GET", "/x", basic("root", "secret pass"), PEER, secure=True)
            assert caught.value.retry_after == wait
            door.clock.advance(wait)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert len(door.failures) == 14
    assert (await door.auth.check("GET", "/x", basic("root", "secret pass"), "198.51.100.1", secure=True)).name == "root"
    assert door.auth.throttle.waiting()[0].account in ("root", "*")
    assert (await door.auth.check("GET", "/x", basic("root", "secret pass"), PEER, secure=True)).name == "root"
    assert "root" not in {row.account for row in door.auth.throttle.waiting()}


async def test_many_names_from_one_peer_wait_too(door: Door) -> None:
    for number in range(50):
        with pytest.raises(Unauthenticated):
            await door.auth.check("GET", "/x", basic(f"user{number}", "x"), f"2001:db8::{number:x}", secure=True)
    with pytest.raises(TooManyAttempts):
        await door.auth.check("GET", "/x", basic("user51", "x"), "2001:db8::ffff", secure=True)
    assert {failure.account for failure in door.failures} == {"(unknown)"}


async def test_a_confirmed_login_ends_with_its_password(door: Door) -> None:
    header = basic("vera", "v")
    await door.auth.check("GET", "/x", header, PEER, secure=True)
    await door.accounts.update("vera", password="new")
    with pytest.raises(Unauthenticated):
        await door.auth.check("GET", "/x", header, PEER, secure=True)
    await door.accounts.remove("vera")
    with pytest.raises(Unauthenticated):
        await door.auth.check("GET", "/x", basic("vera", "new"), PEER, secure=True)


async def test_five_hundred_logins_at_once_leave_the_loop_alone(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    real, threads = Credentials.verify, list[threading.Thread]()

    def watched(self: Credentials, password: str) -> bool:
        threads.append(threading.current_thread())
        return real(self, password)

    monkeypatch.setattr(Credentials, "verify", watched)
    headers = [basic("root", "secret pass")] * 250 + [basic("vera", "v")] * 250
    users = await asyncio.gather(*(door.auth.check("GET", "/x", header, PEER, secure=True) for header in headers))
    assert {user.name for user in users} == {"root", "vera"}
    assert len(threads) == 2  # equal logins share one slow hash
    assert threading.main_thread() not in threads


async def test_wrong_passwords_never_cost_a_slow_hash(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(self: Credentials, password: str) -> bool:
        raise AssertionError("a wrong password was hashed slowly")

    monkeypatch.setattr(Credentials, "verify", never)
    for name in ("root", "vera", "nobody"):
        with pytest.raises(Unauthenticated):
            await door.auth.check("GET", "/x", basic(name, "wrong"), PEER, secure=True)


async def test_anonymous_viewing(door: Door) -> None:
    door.rules = Access(anonymous_viewing=True)
    assert (await door.auth.check("GET", "/x", None, PEER)).anonymous
    with pytest.raises(Unauthenticated):  # not Denied: logging in would help
        await door.auth.check("GET", "/x", None, PEER, need=Role.OPERATOR)


@pytest.mark.feature("GET-16")
@pytest.mark.parametrize("name", ["root", "admin", "operator", "viewer", "service", ""])
@pytest.mark.parametrize("password", ["", "pass", "root", "admin", "password"])
async def test_there_is_no_default_account(tmp_path: Path, name: str, password: str) -> None:
    clock, folder = ManualClock(), DataFolder(tmp_path / "data")
    auth = Authenticator(Accounts.open(folder, KeyStore.open(folder), clock, "0200DEADBEEF"), Access, clock)
    for header in (basic(name, password), answer(auth.challenges()[0], "GET", "/x", name, password), None):
        with pytest.raises(Unauthenticated, match="initial admin user must be created first"):
            await auth.check("GET", "/x", header, PEER, secure=True)


async def test_httpx_as_a_client(door: Door) -> None:
    async def app(request: httpx.Request) -> httpx.Response:
        try:
            user = await door.auth.check(request.method, request.url.raw_path.decode(), request.headers.get("Authorization"), PEER)
        except Unauthenticated as fault:
            return httpx.Response(401, headers=[("WWW-Authenticate", value) for value in fault.challenges])
        return httpx.Response(200, text=user.name)

    async with httpx.AsyncClient(transport=httpx.MockTransport(app), auth=httpx.DigestAuth("root", "secret pass")) as client:
        replies = [await client.get(f"http://camera.example/axis-cgi/x.cgi?n={n}&a=b%20c") for n in range(3)]
    assert [(reply.status_code, reply.text, len(reply.history)) for reply in replies] == [
        (200, "root", 1),
        (200, "root", 0),
        (200, "root", 0),
    ]


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, response: str) -> None:
    """RFC 7616 §3.9.1."""
    header = (
        'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm='
        + algorithm
        + ', nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, '
        'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, '
        f'response="{response}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    given = parse_authorization(header)
    assert isinstance(given, Digest)
    assert given.matches(ha1("Mufasa", "http-auth@example.org", "Circle of Life", algorithm), "GET")
    assert not given.matches(ha1("Mufasa", "http-auth@example.org", "Circle of Lies", algorithm), "GET")


PIECES = st.sampled_from(
    [
        "Digest ",
        "Basic ",
        "digest",
        'username="root"',
        "realm=",
        '"',
        "\\",
        ",",
        "=",
        "nc=00000001",
        'qop="auth"',
        "nonce=x",
        "uri=/x",
        "é",
        "\0",
        "response=0",
        'algorithm="MD5"',
        "cm9vdDo=",
        " ",
        "cnonce=a",
        f'realm="{REALM}"',
        "\ud800",
    ]
)


@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(PIECES, max_size=15).map("".join),
        st.binary().map(lambda raw: "Basic " + base64.b64encode(raw).decode()),
    )
)
def test_any_header_gives_credentials_or_one_error(header: str) -> None:
    with contextlib.suppress(RemoteProtocolError):
        assert isinstance(parse_authorization(header), Basic | Digest)


@given(
    headers=st.lists(st.lists(PIECES, max_size=15).map("".join), max_size=5),
    protocol=st.sampled_from(["http", "rtsp"]),
    secure=st.booleans(),
)
def test_any_header_gives_a_user_or_one_error(fuzzed: Door, headers: list[str], protocol: str, secure: bool) -> None:
    for header in headers:
        with pytest.raises((Unauthenticated, TooManyAttempts)):
            asyncio.run(fuzzed.auth.check("GET", "/x", header or "x", PEER, protocol=protocol, secure=secure))  # type: ignore[arg-type]
    fuzzed.auth.throttle.forgive()


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Door:
    clock, folder = ManualClock(), DataFolder(tmp_path_factory.mktemp("fuzz") / "data")
    accounts = Accounts.open(folder, KeyStore.open(folder), clock, "0200DEADBEEF")
    asyncio.run(accounts.add_first("root", "secret pass"))
    return Door(Authenticator(accounts, Access, clock), accounts, clock)


async def test_rtsp_in_http_follows_the_policy_of_the_web_ports(door: Door) -> None:
    door.rules = Access(viewer_policy="https")
    for protocol, secure, fine in (("rtsp", False, True), ("rtsp-in-http", False, False), ("rtsp-in-http", True, True)):
        header = answer(await challenge(door, protocol=protocol), "DESCRIBE", "rtsp://x/", "vera", "v")
        call = door.auth.check("DESCRIBE", "rtsp://x/", header, PEER, protocol=protocol, secure=secure)  # type: ignore[arg-type]
        if fine:
            assert (await call).name == "vera"
        else:
            with pytest.raises(Denied, match="over HTTPS only"):
                await call
    assert door.failures == []
