"""The recipients of one camera: made from the settings, with the certificates that it believes and the name by which it writes."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from cryptography.hazmat.primitives.serialization import Encoding

from panocam.access import KeyStore
from panocam.api.services import Services
from panocam.journal.discretion import SECRETS
from panocam.network.identity import host_name
from panocam.notify.desk import RecipientDesk, unused
from panocam.notify.mail import Author
from panocam.notify.sender import Sender
from panocam.notify.trust import Trust
from panocam.settings import Changed, StorageFailed


@contextlib.asynccontextmanager
async def run_recipients(services: Services, keystore: KeyStore) -> AsyncIterator[RecipientDesk]:
    """Things are sent until the block ends, and a moment longer."""
    desk = make_recipients(services, keystore)
    try:
        yield desk
    finally:
        await desk.outbox.close()


def make_recipients(services: Services, keystore: KeyStore) -> RecipientDesk:
    """The recipients of the settings; one that rules send to does not go away."""
    store = services.settings

    def authorities() -> list[bytes]:
        known = services.certificates.authorities() if services.certificates is not None else {}
        return [certificate.public_bytes(Encoding.DER) for certificate in known.values()]

    def author() -> Author:
        now = store.running
        return Author(now.device.name, host_name(now), services.clock.zone)

    desk = RecipientDesk(store, keystore, Sender(Trust(authorities), author), services.clock)
    desk.on_secrets = lambda found: SECRETS.hold(found, "recipients")

    def heard(fact: Changed | StorageFailed) -> None:
        if isinstance(fact, Changed) and "recipients.items" in fact.paths:
            desk.heed(fact.old, fact.new)

    store.bind(["recipients"], unused)
    store.listen(heard)
    desk.tell_secrets()
    return desk
