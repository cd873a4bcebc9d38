"""Sessions of the web page and one-time tickets."""

from __future__ import annotations

from pathlib import Path

import pytest

from panocam.access import Accounts, Authenticator, KeyStore, TooManyAttempts, User
from panocam.access.sessions import MAX_PER_USER, TICKET_S, Sessions, Tickets, cookie_name
from panocam.clock import ManualClock
from panocam.errors import Denied, NotFound, Unauthenticated
from panocam.settings import DataFolder, Role
from panocam.settings.system import Access


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def accounts(tmp_path: Path, clock: ManualClock) -> Accounts:
    folder = DataFolder(tmp_path / "data")
    accounts = Accounts.open(folder, KeyStore.open(folder), clock, "0200DEADBEEF")
    await accounts.add_first("root", "secret")
    await accounts.add("vera", "v", Role.VIEWER)
    return accounts


@pytest.mark.feature("GET-08")
async def test_login_of_the_page(accounts: Accounts, clock: ManualClock) -> None:
    auth = Authenticator(accounts, Access, clock)
    assert await auth.login("root", "secret", "192.0.2.1") == User("root", Role.ADMINISTRATOR, True)
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await auth.login("root", "wrong", "192.0.2.2")
    with pytest.raises(TooManyAttempts):
        await auth.login("root", "wrong", "192.0.2.2")


async def test_a_session_lives_while_it_is_used(accounts: Accounts, clock: ManualClock) -> None:
    sessions = Sessions(accounts, lambda: Access(session_minutes=60), clock)
    token, _ = sessions.start("vera")
    for _ in range(10):
        clock.advance(59 * 60)
        found = sessions.find(token)
        assert found is not None
        assert found[0].name == "vera"
    clock.advance(61 * 60)
    assert sessions.find(token) is None
    clock.advance(-61 * 60)
    assert sessions.find(token) is None  # gone for good


async def test_a_session_never_lives_for_ever(accounts: Accounts, clock: ManualClock) -> None:
    sessions = Sessions(accounts, lambda: Access(session_minutes=10_080), clock)
    token, _ = sessions.start("vera")
    used = 0
    while sessions.find(token):
        clock.advance(86_400)
        used += 1
    assert used == 31


async def test_a_session_follows_its_account(accounts: Accounts, clock: ManualClock) -> None:
    sessions = Sessions(accounts, Access, clock)
    token, _ = sessions.start("vera")
    await accounts.update("vera", role=Role.OPERATOR)
    found = sessions.find(token)
    assert found is not None
    assert found[0].role is Role.OPERATOR
    await accounts.update("vera", password="new")
    assert sessions.find(token) is None
    token, _ = sessions.start("vera")
    await accounts.remove("vera")
    assert sessions.find(token) is None
    with pytest.raises(NotFound):
        sessions.start("vera")


async def test_logging_out_and_limits(accounts: Accounts, clock: ManualClock) -> None:
    sessions = Sessions(accounts, Access, clock)
    tokens = [sessions.start("vera")[0] for _ in range(MAX_PER_USER + 1)]
    assert sessions.find(tokens[0]) is None
    assert all(sessions.find(token) for token in tokens[1:])
    sessions.end(tokens[1])
    sessions.end(None)
    assert sessions.find(tokens[1]) is None
    for nothing in (None, "", "x", "\ud800", tokens[2][:-1]):
        assert sessions.find(nothing) is None


async def test_the_request_token(accounts: Accounts, clock: ManualClock) -> None:
    _, session = Sessions(accounts, Access, clock).start("vera")
    session.check_csrf(session.csrf)
    for wrong in (None, "", "x", session.csrf + "x", "ü"):
        with pytest.raises(Denied):
            session.check_csrf(wrong)
    assert session.csrf not in repr(session)


async def test_a_ticket_is_good_once_and_soon(accounts: Accounts, clock: ManualClock) -> None:
    tickets, user = Tickets(accounts, clock), accounts.get("vera").user
    first, second, third, fourth = (tickets.issue(user) for _ in range(4))
    assert tickets.redeem(first) == user
    assert tickets.redeem(first) is None
    assert tickets.redeem("nonsense") is tickets.redeem(None) is None
    clock.advance(TICKET_S)
    assert tickets.redeem(second) == user
    clock.advance(1)
    assert tickets.redeem(third) is None
    fifth = tickets.issue(user)
    await accounts.update("vera", password="new")
    assert tickets.redeem(fifth) is tickets.redeem(fourth) is None
    somebody = User("anonymous", Role.VIEWER, ptz=False, anonymous=True)
    assert tickets.redeem(tickets.issue(somebody)) == somebody


def test_cameras_on_one_host_have_cookies_of_their_own() -> None:
    assert cookie_name("02AA", True) != cookie_name("02BB", True)
    assert cookie_name("02AA", True) != cookie_name("02AA", False)
