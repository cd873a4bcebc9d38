"""The logs of a running camera: opened first, closed last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from panocam.access import Accounts
from panocam.api.services import Services
from panocam.app import log
from panocam.app.audit import Seen, hear_accounts, hear_events, hear_settings
from panocam.clock import Clock
from panocam.events.bus import Bus
from panocam.journal import Journal
from panocam.journal.access import AccessLog
from panocam.journal.audit import Audit
from panocam.journal.discretion import SECRETS, secrets_in
from panocam.journal.life import Life
from panocam.settings import Changed, DataFolder, StorageFailed, Store
from panocam.storage.storage import Storage
from panocam.streaming.server import RtspServer


@dataclass(frozen=True)
class Logbook:
    """What writes the logs, and how this run began."""

    journal: Journal
    audit: Audit
    access: AccessLog
    life: Life

    def attend(self, store: Store, accounts: Accounts, bus: Bus, clock: Clock) -> None:
        """Listen to the parts for as long as they live, which is until the end."""
        hear_settings(store, self.audit)
        hear_accounts(accounts, self.audit)
        hear_events(bus, self.audit)
        self.access.on_success = Seen(accounts, self.audit, clock)

    def report_to(self, services: Services, rtsp: RtspServer) -> None:
        """Give the logs to the HTTP side, and hear from both who asks and who logs in."""
        rtsp.report_to(self.access.heard)
        services.journal, services.access, services.audit = self.journal, self.access, self.audit
        services.sessions.on_change = lambda name, begun: self.audit.note(
            f"logged {'in to' if begun else 'out of'} the web page", "login", by=name
        )

    def hear_recordings(self, storage: Storage) -> Storage:
        """Note what people do with recordings; returns the storage."""
        storage.library.noted = lambda what, recording: self.audit.note(f"recording {recording} {what}", "recordings", subject=recording)
        return storage


def hold_secrets(store: Store) -> None:
    """The secrets among the settings are hidden wherever they turn up in a log."""

    def hold(fact: Changed | StorageFailed) -> None:
        SECRETS.hold(secrets_in(store.snapshot))

    SECRETS.hold(secrets_in(store.snapshot))
    store.listen(hold)


@contextmanager
def open_logbook(folder: DataFolder, clock: Clock) -> Iterator[Logbook]:
    """The data folder must be locked."""
    with ExitStack() as stack:
        journal = Journal(folder.folder("logs"), clock)
        stack.callback(journal.close)
        stack.enter_context(log.kept_in(journal))
        audit = Audit(journal)
        stack.callback(lambda: audit.note("the camera stops", "life"))
        life = stack.enter_context(Life(folder))
        audit.note(f"the camera starts: {life.beginning.reason}", "life")
        yield Logbook(journal, audit, AccessLog(journal, clock), life)
