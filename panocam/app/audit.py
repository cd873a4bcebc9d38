"""What goes into the audit log: one subscription to each part that knows of changes. What is done through the REST besides is noted
where requests are answered (``api.noting``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from panocam.access import Account, Accounts
from panocam.clock import NS, Clock
from panocam.events.bus import Bus
from panocam.events.event import Event
from panocam.events.topics import AUTHENTICATION_FAILED, PRIVACY_MASKS, SETTINGS_STORAGE_FAILED
from panocam.journal import Level
from panocam.journal.access import Asked
from panocam.journal.audit import Audit
from panocam.settings import Changed, StorageFailed, Store
from panocam.settings.differences import differences

SEEN_S = 3600
"""A client that logs in with every request is noted again after this long."""

MOST_SEEN = 500


def hear_settings(store: Store, audit: Audit) -> Callable[[], None]:
    """Note who changed which setting from what to what."""

    def hear(fact: Changed | StorageFailed) -> None:
        if isinstance(fact, Changed):
            for each in differences(fact.old, fact.new, fact.paths):
                what = f"{each.path} changed" if each.old == each.new else f"{each.path} from {each.old} to {each.new}"
                audit.note(what, "settings", by=fact.by, path=each.path, old=each.old, new=each.new)

    return store.listen(hear)


def hear_accounts(accounts: Accounts, audit: Audit) -> Callable[[], None]:
    """Note which accounts are made, changed and removed."""
    known = {account.name: account for account in accounts}

    def hear(name: str) -> None:
        old, new = known.get(name), accounts.find(name)
        for what in _account_changes(name, old, new):
            audit.note(what, "accounts", subject=name)
        if new is None:
            known.pop(name, None)
        else:
            known[name] = new

    return accounts.listen(hear)


def _account_changes(name: str, old: Account | None, new: Account | None) -> list[str]:
    if new is None:
        return [f"account {name} removed"]
    if old is None:
        return [f"account {name} made, {new.role}{', may move view areas' if new.user.ptz else ''}"]
    what = []
    if new.stamp != old.stamp:
        what.append(f"password of account {name} changed")
    if new.role is not old.role:
        what.append(f"account {name} from {old.role} to {new.role}")
    if new.ptz != old.ptz:
        what.append(f"account {name} {'may now' if new.ptz else 'may no longer'} move view areas")
    if new.comment != old.comment:
        what.append(f"comment of account {name} from {old.comment!r} to {new.comment!r}")
    return what


Words = Callable[[Event], str]

TOPICS: Mapping[str, tuple[str, Level, Words]] = {
    AUTHENTICATION_FAILED.path: (
        "login",
        Level.WARNING,
        lambda event: f"wrong user name or password for {event.data['account']} over {event.data['protocol']}",
    ),
    PRIVACY_MASKS.path: (
        "privacy",
        Level.WARNING,
        lambda event: f"privacy masks hidden: {event.data['names']}" if event.data["hidden"] else "all privacy masks cover again",
    ),
    SETTINGS_STORAGE_FAILED.path: (
        "settings",
        Level.ERROR,
        lambda event: f"settings cannot be saved: {event.data['reason']}" if event.data["failed"] else "settings can be saved again",
    ),
}
"""Which events of the bus belong here: who speaks, how much it matters, in which words."""


def hear_events(bus: Bus, audit: Audit) -> Callable[[], None]:
    """Note the events of ``TOPICS``; conditions that hold already are not news."""

    def hear(event: Event) -> None:
        row = TOPICS.get(event.topic.path)
        if row is None or event.sequence <= since:
            return
        part, level, words = row
        by = str(event.data.get("account" if part == "login" else "by", ""))
        audit.note(words(event), part, by=by, peer=str(event.data.get("peer", "")), level=level, topic=event.topic.path)

    since = max((event.sequence for event in bus.states()), default=0)
    return bus.subscribe(hear)


class Seen:
    """Notes a client that proves itself with every request once an hour."""

    def __init__(self, accounts: Accounts, audit: Audit, clock: Clock) -> None:
        self._accounts, self._audit, self._clock = accounts, audit, clock
        self._since: dict[tuple[str, str, str], int] = {}

    def __call__(self, asked: Asked) -> None:
        if asked.session:
            return  # it has been noted when it began
        key, now = (asked.account, asked.peer, asked.protocol), self._clock.monotonic_ns()
        if now - self._since.get(key, -SEEN_S * NS) < SEEN_S * NS or self._accounts.find(asked.account) is None:
            return
        self._since.pop(key, None)
        while len(self._since) >= MOST_SEEN:
            del self._since[next(iter(self._since))]
        self._since[key] = now
        self._audit.note(f"logged in over {asked.protocol}", "login", by=asked.account, peer=asked.peer)
