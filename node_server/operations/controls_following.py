"""Controls that run by themselves: they follow the events of each tenant, in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from canonical_model.controls.exceptions import AutomationSettings
from node_server.logs import log
from node_server.operations.control_settings import in_force
from node_server.operations.excepting import Finding, raise_on
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.store import clock, event_readers, records
from node_server.store.event_readers import Reading

READER: Final = "controls"
ACTOR: Final = "control:{}"
_BATCH: Final = 64
_LEASE_SECONDS: Final = 120
_HOLD_ON_SECONDS: Final = 20
_WAITS: Final = (1, 5, 30, 120, 600)
_REMEMBERED_SECONDS: Final = 15.0


@dataclass(frozen=True, slots=True)
class Happened:
    """An event about a document: `received` of an `invoice`, at a place in the log."""

    name: str
    kind: str
    position: int


Work: TypeAlias = Callable[[House, str, str, Happened], None]
"""House, tenant, id of the record, event. Idempotent: the same event may come again."""


@dataclass(frozen=True, slots=True)
class Handler:
    """What a control does after events of these names.

    Of several such events of one document that have come together it sees the last.
    """

    control: str
    names: frozenset[str]
    work: Work


@dataclass(frozen=True, slots=True)
class _Task:
    handler: Handler
    record_id: str
    happened: Happened


class Controller:
    """Goes through what is new. Several may run: a tenant's events are leased to one of them."""

    def __init__(self, house: House, handlers: Sequence[Handler]) -> None:
        self._house = house
        self._handlers = list(handlers)
        self._behind: set[str] = set()
        self._done: dict[str, int] = {}
        self._floor = 0
        self._seen: tuple[float, int] = (0.0, 0)

    def round(self) -> bool:
        """Work on what is new; whether there was anything."""
        if not self._handlers:
            return False
        self._look()
        worked = [tenant for tenant in sorted(self._behind) if self._follow(tenant)]
        return bool(worked)

    def _look(self) -> None:
        """Note who has new events. Positions of different tenants may appear out of order, so a
        place counts as the floor only some time after it was seen."""
        with self._house.store.reading() as connection:
            newest = event_readers.newest(connection)
            last = (
                event_readers.newest_after(connection, self._floor) if newest != self._floor else {}
            )
        self._behind |= {each for each, end in last.items() if end > self._done.get(each, 0)}
        at, seen = self._seen
        if time.monotonic() - at > _REMEMBERED_SECONDS:
            self._floor, self._seen = min(seen, newest), (time.monotonic(), newest)

    def _follow(self, tenant: str) -> bool:
        reading = self._taken(tenant)
        if reading is None:
            return False
        with self._house.store.reading() as connection:
            rows = event_readers.page(connection, tenant, after=reading.position, limit=_BATCH)
            automation = in_force(connection, tenant, "automation", AutomationSettings)
        if len(rows) < _BATCH:
            self._behind.discard(tenant)
        handlers = [each for each in self._handlers if automation.runs(each.control)]
        end = rows[-1][0] if rows else reading.position
        self._done[tenant] = end
        self._carry_out(reading, _tasks(handlers, rows), end)
        return bool(rows)

    def _taken(self, tenant: str) -> Reading | None:
        now, until = clock.stamp(), clock.stamp(after=_LEASE_SECONDS)
        with self._house.store.writing() as connection:
            return event_readers.take(connection, tenant, READER, now=now, until=until)

    def _carry_out(self, reading: Reading, tasks: Iterable[_Task], end: int) -> None:
        done, since = reading.position, time.monotonic()
        for task in tasks:
            try:
                task.handler.work(self._house, reading.tenant, task.record_id, task.happened)
            except Exception as error:  # noqa: BLE001  (one document must not stop the others)
                if not self._failed(reading, task, done, error):
                    return
            done, reading = task.happened.position, replace(reading, attempts=0)
            if time.monotonic() - since > _HOLD_ON_SECONDS:
                reading, since = self._held_on(reading, done), time.monotonic()
        self._kept(reading, end)

    def _held_on(self, reading: Reading, position: int) -> Reading:
        until = clock.stamp(after=_LEASE_SECONDS)
        self._kept(reading, position, until=until)
        return replace(reading, position=position, until=until)

    def _kept(
        self,
        reading: Reading,
        position: int,
        *,
        attempts: int = 0,
        due_at: str | None = None,
        until: str | None = None,
    ) -> None:
        with self._house.store.writing() as connection:
            ours = event_readers.keep(
                connection, reading, position, attempts=attempts, due_at=due_at, until=until
            )
        if not ours:
            raise RuntimeError(f"the lease of {READER} ran out meanwhile; it is worked on again")

    def _failed(self, reading: Reading, task: _Task, done: int, error: Exception) -> bool:
        """Try again after a while, and in the end hold the document; whether to go on."""
        control, attempts = task.handler.control, reading.attempts + 1
        log().error(
            "control_failed", tenant=reading.tenant, control=control, document=task.record_id,
            attempts=attempts, exc_info=error,
        )  # fmt: skip
        if attempts > len(_WAITS):
            self._hold(reading.tenant, task, error)
            return True
        self._behind.add(reading.tenant)
        due = clock.stamp(after=_WAITS[attempts - 1])
        self._kept(reading, done, attempts=attempts, due_at=due)
        return False

    def _hold(self, tenant: str, task: _Task, error: Exception) -> None:
        """A document that a control could not look at is not paid."""
        control, record_id = task.handler.control, task.record_id
        with self._house.store.writing(f"{tenant}:record:{record_id}") as connection:
            stored = records.get(connection, tenant, record_id, to_change=True)
            if stored is None:
                return
            why = f"the control {control} failed again and again: {type(error).__name__}"
            keeper = Keeper(connection, tenant, ACTOR.format(control))
            raise_on(keeper, stored, Finding(control, "control_failed", why))
            keeper.finish()


def _happened(position: int, kind_of_event: str) -> Happened:
    _, kind, name, _ = kind_of_event.split(".", 3)
    return Happened(name, kind, position)


def _tasks(handlers: Sequence[Handler], rows: Iterable[tuple[int, str, str]]) -> list[_Task]:
    last: dict[tuple[int, str], _Task] = {}
    for position, record_id, kind in rows:
        happened = _happened(position, kind)
        for number, handler in enumerate(handlers):
            if happened.name in handler.names:
                last[number, record_id] = _Task(handler, record_id, happened)
    return sorted(last.values(), key=lambda task: task.happened.position)
