"""The keeper of all settings: one immutable snapshot, changed by transactions that either happen whole or not at all.

Theory. Three layers make the snapshot: the declared defaults, below what was saved, below the *overrides* that the command line and
the environment set for this run. Only the middle layer is ever written, and of it only what differs from the defaults.

``patch`` takes ``{path: value}`` and does, in this order:

1. check the caller's role, each value, and the rules that tie values together, on the whole candidate;
2. stage the new file on disk (a full disk ends here, nothing has changed);
3. call the bound ``apply(old, new)`` of every affected part; if one refuses, the earlier ones are given the old values back,
   and the caller gets ``SettingRejected``;
4. commit the file (a rename), and only now replace the snapshot and tell the listeners.

Because the commit comes last, the disk never holds values that the parts have not accepted, whatever moment the power fails.

``snapshot`` is what is set; ``running`` is the same, but settings marked *restart* keep the value they had at start. Parts get ``running``.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from panocam.clock import Clock, SystemClock
from panocam.errors import Denied, InvalidValue, PanocamError, Unavailable
from panocam.settings.declare import Flat
from panocam.settings.folder import DataFolder
from panocam.settings.keptfile import KeptFile
from panocam.settings.migrations import SCHEMA
from panocam.settings.role import SYSTEM, Actor, Role
from panocam.settings.saved import Sealer, load, to_body, what_is_set
from panocam.settings.serial import kept_serial
from panocam.settings.snapshot import DECLARED, SECTIONS, Snapshot, build, parse, show, with_consequences

log = logging.getLogger(__name__)

Apply = Callable[[Snapshot, Snapshot], Awaitable[None] | None]
"""Takes the old and the new running settings; raises a PanocamError to refuse. Must be able to go back when called the other way round."""


class SettingRejected(InvalidValue):
    """A part of the camera refused a value that looked right; the old ones are in force."""


@dataclass(frozen=True)
class Changed:
    """A transaction that happened. ``paths`` are those whose value is now another."""

    old: Snapshot
    new: Snapshot
    paths: tuple[str, ...]
    by: str


@dataclass(frozen=True)
class StorageFailed:
    """Saving failed (``reason``), or works again (``reason`` None)."""

    reason: str | None


Listener = Callable[[Changed | StorageFailed], None]


class Store:
    """See the theory above. All methods are called on the event loop; open it with ``Store.open``."""

    def __init__(self, file: KeptFile, base: Flat, saved: Flat, overrides: Flat, sealer: Sealer) -> None:
        self._file, self._sealer = file, sealer
        self._base, self._saved, self._overrides = base, saved, overrides
        self.snapshot = self.running = build({**base, **saved, **overrides})
        self._bindings: list[tuple[frozenset[str], Apply]] = []
        self._listeners: list[Listener] = []
        self._lock = asyncio.Lock()
        self._storage_failed = False
        self.report: tuple[str, ...] = ()

    @classmethod
    def open(cls, folder: DataFolder, sealer: Sealer, overrides: Mapping[str, object] | None = None, clock: Clock | None = None) -> Store:
        """Load what was saved. Damage never prevents the start: what was wrong is logged and in ``report``.

        ``overrides`` are path-to-value for this run; a bad one raises InvalidValue.
        """
        file = KeptFile(folder.root, "settings", SCHEMA, clock or SystemClock())
        overrides = dict(overrides or {})
        base: Flat = {}
        if "device.serial" not in overrides:
            base["device.serial"] = kept_serial(folder)
        parse({**base, **overrides})
        saved, report = load(file, base, sealer)
        try:
            store = cls(file, base, saved, overrides, sealer)
        except InvalidValue as fault:  # only the combination is wrong: what was saved does not go with what was given for this run
            raise InvalidValue(fault.name, fault.value, f"{fault.remedy} (with the saved settings)") from None
        store.report = report
        for line in report:
            log.warning("%s", line)
        return store

    def bind(self, sections: Iterable[str], apply: Apply) -> Callable[[], None]:
        """Call ``apply`` when a live setting of one of ``sections`` changes. Returns the function that undoes the binding."""
        names = frozenset(sections)
        if names - set(SECTIONS):
            raise ValueError(f"no such section: {', '.join(sorted(names - set(SECTIONS)))}")
        row = (names, apply)
        self._bindings.append(row)
        return lambda: self._bindings.remove(row)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Be told what happened, afterwards. Returns the function that stops it. Listeners must not raise."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @property
    def restart_needed(self) -> tuple[str, ...]:
        """Paths whose set value waits for the next start."""
        return _difference(self.running, self.snapshot)

    def export(self, role: Role = Role.ADMINISTRATOR) -> Flat:
        """Path to JSON value of everything ``role`` may read; secrets are asterisks."""
        return {path: value for path, value in self.snapshot.flat_json().items() if role.covers(DECLARED[path].read)}

    async def patch(self, changes: Mapping[str, object], by: Actor = SYSTEM) -> Snapshot:
        """Change settings; returns the new snapshot.

        Raises InvalidValue (unknown path, bad value, fixed for this run), Denied (role), SettingRejected (a part refused),
        Unavailable (cannot be saved). After any of them nothing has changed. A cancelled caller leaves a whole transaction behind.
        """
        return await asyncio.shield(self._transact(lambda now: dict(changes), by))

    async def revise(self, law: Callable[[Snapshot], Mapping[str, object]], by: Actor = SYSTEM) -> Snapshot:
        """As ``patch`` with the changes that ``law`` makes of the settings at that moment: for lists, which two callers may change at once.

        What ``law`` raises comes out here.
        """
        return await asyncio.shield(self._transact(law, by))

    async def _transact(self, law: Callable[[Snapshot], Mapping[str, object]], by: Actor) -> Snapshot:
        async with self._lock:
            changes = dict(law(self.snapshot))
            self._check(changes, by)
            changes = with_consequences(self.snapshot, changes)
            free = {path: value for path, value in changes.items() if path not in self._overrides}
            saved = what_is_set(build({**self._base, **self._saved, **free}), self._base)
            new = build({**self._base, **saved, **self._overrides})
            self._refuse_overridden(changes, new)
            if saved == self._saved:
                return self.snapshot
            await self._save_and_apply(saved, new, by.name)
            return new

    async def _save_and_apply(self, saved: Flat, new: Snapshot, by: str) -> None:
        old, running = self.snapshot, _live_part(self.running, new)
        try:
            staged = await asyncio.to_thread(self._file.stage, to_body(saved, self._sealer))
        except Unavailable as fault:
            self._tell_storage(str(fault))
            raise
        try:
            await self._apply(self.running, running)
            try:
                await asyncio.to_thread(staged.commit)
            except Unavailable as fault:
                await self._apply(running, self.running)
                self._tell_storage(str(fault))
                raise
        finally:
            staged.discard()
        self._saved, self.snapshot, self.running = saved, new, running
        self._tell_storage(None)
        paths = _difference(old, new)
        log.info("settings changed by %s: %s", by, ", ".join(paths))
        self._tell(Changed(old, new, paths, by))

    async def _apply(self, old: Snapshot, new: Snapshot) -> None:
        """Give the new values to every affected part; on a refusal give the old ones back to those that had taken them."""
        changed = {name for name in SECTIONS if getattr(old, name) != getattr(new, name)}
        done: list[Apply] = []
        sections: frozenset[str] = frozenset()
        complete = False
        try:
            for sections, apply in tuple(self._bindings):
                if sections & changed:
                    done.append(apply)
                    await _call(apply, old, new)
            complete = True
        except PanocamError as fault:
            path = next((p for p in _difference(old, new) if p.split(".", 1)[0] in sections), "settings")
            raise SettingRejected(path, show(path, new.flat_json().get(path)), f"{fault}; the old settings are in force") from fault
        finally:
            if not complete:
                await self._give_back(done, old, new)

    async def _give_back(self, done: list[Apply], old: Snapshot, new: Snapshot) -> None:
        for apply in reversed(done):
            try:
                await _call(apply, new, old)
            except PanocamError as fault:  # nothing better can be done than to go on with the others
                log.error("settings could not be given back: %s", fault)

    def _check(self, changes: Mapping[str, object], by: Actor) -> None:
        for path, value in changes.items():
            row = DECLARED.get(path)
            if row is None:
                parse({path: value})  # raises with the best explanation
                continue
            if path in self._overrides:
                continue
            if row.write is None:
                raise InvalidValue(path, show(path, value), "cannot be changed while the camera runs; give it on the command line")
            if not by.role.covers(row.write):
                raise Denied(f"{path} may be changed by an {row.write} only")

    def _refuse_overridden(self, changes: Mapping[str, object], new: Snapshot) -> None:
        """An overridden setting accepts the value it has (forms send whole sections) and nothing else."""
        fixed = {path: value for path, value in changes.items() if path in self._overrides}
        if not fixed:
            return
        asked, has = parse({**new.flat(), **fixed}).flat(), new.flat()
        for path, value in fixed.items():
            if asked[path] != has[path]:
                raise InvalidValue(
                    path, show(path, value), "is fixed for this run by the command line or the environment; start without it to change it"
                )

    def _tell_storage(self, reason: str | None) -> None:
        if reason is not None:
            log.error("%s", reason)
        if reason is not None or self._storage_failed:
            self._tell(StorageFailed(reason))
        self._storage_failed = reason is not None

    def _tell(self, fact: Changed | StorageFailed) -> None:
        for listener in tuple(self._listeners):
            listener(fact)


async def _call(apply: Apply, old: Snapshot, new: Snapshot) -> None:
    result = apply(old, new)
    if inspect.isawaitable(result):
        await result


def _difference(old: Snapshot, new: Snapshot) -> tuple[str, ...]:
    was, is_ = old.flat(), new.flat()
    return tuple(path for path in was if was[path] != is_[path])


def _live_part(running: Snapshot, new: Snapshot) -> Snapshot:
    """``new``, but settings that need a restart as they run now."""
    pinned = {path: value for path, value in running.flat().items() if DECLARED[path].restart}
    return parse({**new.flat(), **pinned})
