"""What of the settings lies on disk: only the values that differ from the defaults, by path, secrets sealed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from pydantic import SecretStr

from panocam.clock import Clock, SystemClock
from panocam.errors import InvalidValue, Unavailable
from panocam.settings.declare import Flat
from panocam.settings.folder import DataFolder
from panocam.settings.keptfile import Damaged, KeptFile, Loaded
from panocam.settings.migrations import SCHEMA, migrate
from panocam.settings.snapshot import Snapshot, build, parse


class Sealer(Protocol):
    """Encrypts secrets at rest; ``access.keystore.KeyStore`` is one."""

    def seal(self, plain: bytes, purpose: str) -> str: ...
    def unseal(self, sealed: str, purpose: str) -> bytes: ...


def what_is_set(snapshot: Snapshot, base: Flat) -> Flat:
    """What differs from the defaults."""
    defaults = parse(base).flat()
    return {path: value for path, value in snapshot.flat().items() if value != defaults[path]}


def to_body(saved: Flat, sealer: Sealer) -> dict[str, Any]:
    """The JSON that is kept: plain values, and secrets sealed for their path."""
    plain = parse(saved).flat_json()
    values: dict[str, Any] = {}
    for path, value in saved.items():
        secret = value.get_secret_value() if isinstance(value, SecretStr) else None
        values[path] = plain[path] if secret is None else {"sealed": sealer.seal(secret.encode(), f"settings:{path}")}
    return {"values": values}


def load(file: KeptFile, base: Flat, sealer: Sealer) -> tuple[Flat, tuple[str, ...]]:
    try:
        loaded = file.load()
    except Damaged as fault:
        return {}, (f"{fault}; all settings start from their defaults{file.set_aside()}",)
    return ({}, ()) if loaded is None else _understand(loaded, base, sealer)


def _understand(loaded: Loaded, base: Flat, sealer: Sealer) -> tuple[Flat, tuple[str, ...]]:
    """Keep every value that this version accepts, one by one; say which ones it does not."""
    report, good = list(loaded.report), dict[str, Any]()
    try:
        values = migrate(loaded.body.get("values", {}), loaded.schema)
    except (Unavailable, TypeError, ValueError) as fault:
        return {}, (*report, f"the saved settings cannot be read: {fault}; all settings start from their defaults")
    for path, value in values.items():
        try:
            plain = sealer.unseal(value["sealed"], f"settings:{path}").decode() if isinstance(value, dict) and "sealed" in value else value
            parse({path: plain})
            good[path] = plain
        except (InvalidValue, Unavailable, UnicodeDecodeError) as fault:
            report.append(f"saved setting ignored: {fault}")
    try:
        return what_is_set(build({**base, **good}), base), tuple(report)
    except InvalidValue as fault:
        return {}, (*report, f"the saved settings do not go together ({fault}); all settings start from their defaults")


def forget(folder: DataFolder, keep: Collection[str] = (), clock: Clock | None = None) -> None:
    """Delete the saved settings, last good and damaged copies too; only the sections named in ``keep`` stay. Secrets never stay.

    It can be interrupted and repeated: what stays is written before the copies go."""
    file = KeptFile(folder.root, "settings", SCHEMA, clock or SystemClock())
    kept: dict[str, Any] = {}
    if keep:
        try:
            loaded = file.load()
            values = migrate(loaded.body.get("values", {}), loaded.schema) if loaded is not None else {}
        except Unavailable:
            values = {}
        kept = {path: value for path, value in values.items() if path.split(".", 1)[0] in keep and not isinstance(value, dict)}
    if kept:
        file.stage({"values": kept}).commit()
    file.remove(spares_only=bool(kept))
