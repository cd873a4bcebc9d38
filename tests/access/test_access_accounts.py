"""Accounts: rules, persistence, and that nothing leaks."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.access import Accounts, Authenticator, KeyStore, User
from panocam.access.accounts import MAX_ACCOUNTS, REMIND_AFTER_DAYS
from panocam.access.passwords import Credentials, check_password, strength
from panocam.access.preview import Preview
from panocam.clock import ManualClock
from panocam.errors import Denied, InvalidValue, NotFound, Unauthenticated, Unavailable
from panocam.settings import DataFolder, Role
from panocam.settings.system import Access

SERIAL = "0200DEADBEEF"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def opened(folder: DataFolder, clock: ManualClock | None = None, serial: str = SERIAL) -> Accounts:
    return Accounts.open(folder, KeyStore.open(folder), clock or ManualClock(), serial)


@pytest.mark.feature("GET-09", "GET-11", "GET-12", "GET-15")
async def test_the_first_account_is_an_administrator_and_there_is_one_first(folder: DataFolder) -> None:
    accounts = opened(folder)
    assert accounts.empty
    with pytest.raises(InvalidValue, match="first account must be an administrator"):
        await accounts.add("vera", "x", Role.VIEWER)
    results = await asyncio.gather(*(accounts.add_first(f"admin{n}", "x") for n in range(3)), return_exceptions=True)
    assert [type(result).__name__ for result in results] == ["Account", "Denied", "Denied"]
    assert [account.user for account in accounts] == [User("admin0", Role.ADMINISTRATOR, True)]


@pytest.mark.feature("GET-14")
async def test_when_the_licence_was_accepted_is_kept(folder: DataFolder) -> None:
    await opened(folder).add_first("root", "x", licence_accepted=True)
    assert opened(folder).licence_accepted_ns == ManualClock().wall_ns()


async def test_accounts_survive_a_restart_and_keep_their_realm(folder: DataFolder) -> None:
    accounts = opened(folder)
    await accounts.add_first("root", "pw")
    await accounts.add("Olga7", "o p", Role.OPERATOR, comment="Süd")
    again = opened(folder, serial="ACCC8E000001")  # another --serial: the digest secrets must go on working
    assert list(again) == list(accounts)
    assert again.realm == f"AXIS_{SERIAL}"
    assert again.get("Olga7").user == User("Olga7", Role.OPERATOR, True)
    assert again.get("Olga7").credentials.verify("o p")
    with pytest.raises(NotFound):
        again.get("olga7")


@pytest.mark.parametrize("name", ["", "a" * 15, "jo e", "jo_e", "jö", "anonymous", "a\0", "a\n"])
async def test_names(folder: DataFolder, name: str) -> None:
    with pytest.raises(InvalidValue, match="1 to 14 letters and digits"):
        await opened(folder).add_first(name, "x")


@pytest.mark.feature("GET-19")
@pytest.mark.parametrize("password", ["x", "a" * 64, " ", "p@:\"\\'", "~"])
def test_any_printable_password_will_do(password: str) -> None:
    check_password(password)


@pytest.mark.parametrize("password", ["", "a" * 65, "ü", "a\tb", "a\x7f", "\0"])
def test_what_is_no_password(password: str) -> None:
    with pytest.raises(InvalidValue, match="1 to 64 printable ASCII characters") as caught:
        check_password(password)
    assert "*****" in str(caught.value)


@pytest.mark.feature("GET-20")
def test_the_hint() -> None:
    assert strength("short").advice.startswith("use at least 8 characters")
    assert strength("aaaaaaaaaaaa").score <= 1
    assert strength("horse battery 7 Staple").score == 4
    assert strength("administrator1", "administrator").score < strength("alphabetagama1", "administrator").score


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=64), st.text(max_size=14))
def test_the_hint_is_for_any_password(password: str, name: str) -> None:
    assert 0 <= strength(password, name).score <= 4


async def test_the_last_administrator_stays(folder: DataFolder) -> None:
    accounts = opened(folder)
    await accounts.add_first("root", "x")
    await accounts.add("olga", "x", Role.OPERATOR)
    for attempt in (accounts.remove("root"), accounts.update("root", role=Role.VIEWER)):
        with pytest.raises(Denied, match="last administrator"):
            await attempt
    await accounts.update("olga", role=Role.ADMINISTRATOR)
    await accounts.remove("root")
    assert [account.name for account in accounts] == ["olga"]


async def test_taken_names_and_bad_comments(folder: DataFolder) -> None:
    accounts = opened(folder)
    await accounts.add_first("root", "x")
    with pytest.raises(InvalidValue, match="is taken"):
        await accounts.add("root", "y", Role.VIEWER)
    with pytest.raises(InvalidValue, match="at most 128 printable"):
        await accounts.add("vera", "y", Role.VIEWER, comment="a\nb")
    with pytest.raises(NotFound):
        await accounts.update("nobody", ptz=True)


async def test_there_is_a_limit(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = opened(folder)
    one = await accounts.add_first("root", "x")
    monkeypatch.setattr(Credentials, "derive", lambda name, realm, password: one.credentials)  # a hundred slow hashes would prove no more
    for number in range(MAX_ACCOUNTS - 1):
        await accounts.add(f"user{number}", "x", Role.VIEWER)
    with pytest.raises(InvalidValue, match="100 accounts already"):
        await accounts.add("onemore", "x", Role.VIEWER)


@pytest.mark.feature("GET-22")
async def test_a_password_has_an_age(folder: DataFolder) -> None:
    clock = ManualClock()
    accounts = opened(folder, clock)
    await accounts.add_first("root", "x")
    clock.advance(400 * 86_400)
    assert accounts.get("root").password_age_days(clock) == 400 > REMIND_AFTER_DAYS
    await accounts.update("root", password="y")
    assert accounts.get("root").password_age_days(clock) == 0
    clock.jump_wall(-1e6)
    assert accounts.get("root").password_age_days(clock) == 0


@pytest.mark.feature("GET-21", "SEC-07")
async def test_secrets_are_nowhere_to_be_read(folder: DataFolder, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    accounts = opened(folder)
    account = await accounts.add_first("root", "hunter2-hunter2")
    auth = Authenticator(accounts, Access, ManualClock())
    with pytest.raises(Unauthenticated) as caught:
        await auth.check("GET", "/", "Basic cm9vdDpodW50ZXIyLWh1bnRlcjI=x", "192.0.2.1", secure=True)
    await auth.login("root", "hunter2-hunter2", "192.0.2.1")
    opened(folder)
    secrets = ["hunter2", *vars(account.credentials).values()]
    seen = caplog.text + repr(account) + str(caught.value) + repr(list(accounts))
    seen += "".join(path.read_bytes().decode("latin-1") for path in folder.root.rglob("*") if path.is_file())
    assert not [secret for secret in secrets if secret in seen]
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.root.rglob("*"))


async def test_unreadable_accounts_never_mean_an_open_camera(folder: DataFolder) -> None:
    accounts = opened(folder)
    await accounts.add_first("root", "x")
    await accounts.add("vera", "x", Role.VIEWER)
    main, spare = folder.root / "accounts.json", folder.root / "accounts.last-good.json"
    main.write_text("{")
    assert [account.name for account in opened(folder)] == ["root"]
    main.write_text("{")
    spare.write_text("{")
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"accounts cannot be read .* reset the camera"):
            opened(folder)


async def test_another_device_key_cannot_read_the_accounts(folder: DataFolder) -> None:
    await opened(folder).add_first("root", "x")
    (folder.root / "keystore" / "device.key").write_bytes(b"k" * 32)
    with pytest.raises(Unavailable, match="sealed by another device key"):
        opened(folder)
    (folder.root / "keystore" / "device.key").write_bytes(b"k")
    with pytest.raises(Unavailable, match=r"damaged \(1 bytes, not 32\)"):
        opened(folder)


async def test_listeners_hear_names(folder: DataFolder) -> None:
    accounts, heard = opened(folder), list[str]()
    stop = accounts.listen(heard.append)
    await accounts.add_first("root", "x")
    await accounts.add("vera", "x", Role.VIEWER)
    await accounts.update("vera", comment="c")
    await accounts.remove("vera")
    stop()
    await accounts.add("olga", "x", Role.OPERATOR)
    assert heard == ["root", "vera", "vera", "vera"]


def test_the_key_store_binds_secrets_to_their_purpose(folder: DataFolder, tmp_path: Path) -> None:
    keys = KeyStore.open(folder)
    sealed = keys.seal(b"secret", "a")
    assert keys.unseal(sealed, "a") == b"secret"
    assert keys.seal(b"secret", "a") != sealed
    for damaged, purpose in (
        (sealed, "b"),
        (sealed[:-4], "a"),
        ("", "a"),
        ("ü", "a"),
        ("A" + sealed[1:] if sealed[0] != "A" else "B" + sealed[1:], "a"),
    ):
        with pytest.raises(Unavailable, match="damaged or was sealed by another device key"):
            keys.unseal(damaged, purpose)
    keys.put("smtp", b"pw")
    assert (KeyStore.open(folder).get("smtp"), keys.names()) == (b"pw", ("smtp",))
    (folder.root / "keystore" / "copy.sealed").write_bytes((folder.root / "keystore" / "smtp.sealed").read_bytes())
    with pytest.raises(Unavailable):
        keys.get("copy")
    keys.delete("smtp")
    keys.delete("smtp")
    with pytest.raises(NotFound):
        keys.get("smtp")
    with pytest.raises(InvalidValue):
        keys.put("../x", b"")
    elsewhere = tmp_path / "mounted.key"
    assert KeyStore.open(DataFolder(tmp_path / "other"), elsewhere).derive("x") == KeyStore.open(folder, elsewhere).derive("x")
    assert not (tmp_path / "other" / "keystore" / "device.key").exists()


@pytest.mark.feature("INS-02", "INS-03", "INS-04", "GAP-01")
async def test_preview_mode(folder: DataFolder) -> None:
    clock = ManualClock()
    accounts = opened(folder, clock)
    preview, longer, never = Preview(accounts, clock, 120), Preview(accounts, clock, 121), Preview(accounts, clock, 0)
    assert (preview.open, preview.remaining_s, never.open, never.remaining_s) == (True, 7200, False, 0)
    clock.jump_wall(1e9)  # it goes by the clock that does not jump
    clock.advance(7199)
    assert (preview.open, preview.remaining_s) == (True, 1)
    clock.advance(1)
    assert (preview.open, preview.remaining_s, longer.open) == (False, 0, True)
    await accounts.add_first("root", "x")
    assert not longer.open
    assert not Preview(accounts, clock, 120).open
