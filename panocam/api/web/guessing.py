"""Who has to wait because of wrong passwords, for administrators, who can let somebody off."""

from __future__ import annotations

from panocam.access.throttle import EVERYBODY
from panocam.api.endpoint import Call, Kind, Reply, rest
from panocam.settings import Role


class GuesserReply(Reply):
    """Wrong tries of one address for one account; ``*`` is all accounts together. Names that nobody has are not repeated."""

    id: str
    address: str
    account: str
    wrong_tries: int
    wait_seconds: float


class GuessersReply(Reply):
    """Everybody whose wrong tries are not forgotten yet, longest wait first."""

    enabled: bool
    guessers: list[GuesserReply]


async def guessers(call: Call[None]) -> GuessersReply:
    """Who guesses."""
    services = call.services
    return GuessersReply(
        enabled=services.settings.snapshot.access.throttle,
        guessers=[
            GuesserReply(
                id=row.id,
                address=row.peer,
                account=row.account if row.account == EVERYBODY or services.accounts.find(row.account) else "(unknown)",
                wrong_tries=row.wrong_tries,
                wait_seconds=round(row.wait_s, 1),
            )
            for row in services.authenticator.throttle.waiting()
        ],
    )


async def release(call: Call[None]) -> None:
    """Let one off."""
    call.services.authenticator.throttle.forgive(call.path("guesser"))


async def release_all(call: Call[None]) -> None:
    """Let everybody off."""
    call.services.authenticator.throttle.forgive()


_PATH = "/api/v1/password-guessing"
_ADMIN = Role.ADMINISTRATOR

ENDPOINTS = (
    rest(_PATH, "Who has to wait because of wrong passwords", guessers, _ADMIN, reply=GuessersReply),
    rest(_PATH, "Forget all wrong tries", release_all, _ADMIN, methods=("DELETE",), reply=Kind.NOTHING),
    rest(f"{_PATH}/{{guesser}}", "Forget the wrong tries of one", release, _ADMIN, methods=("DELETE",), reply=Kind.NOTHING),
)
