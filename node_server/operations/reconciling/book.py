"""Records that are changed together in one transaction, each read and written once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from canonical_model.envelope import Record, State
from node_server.operations.document_facts import facts_of
from node_server.operations.excepting import Finding, raise_on, settle
from node_server.operations.keeping import Keeper
from node_server.store import records
from node_server.store.records import Change, Stored


class Book:
    """What is known of some records, and what becomes of them. The caller holds their locks."""

    def __init__(
        self, connection: Connection, tenant: str, actor: str, traceparent: str | None = None
    ) -> None:
        self.connection = connection
        self.tenant = tenant
        self.keeper = Keeper(connection, tenant, actor, traceparent)
        self._stored: dict[str, Stored] = {}
        self._changed: dict[str, Record] = {}

    def load(self, ids: Iterable[str]) -> None:
        """Read what is not known yet."""
        wanted = {(self.tenant, each) for each in ids if each not in self._stored}
        if wanted:
            found = records.get_all(self.connection, wanted, to_change=True)
            self._stored |= {record_id: stored for (_, record_id), stored in found.items()}

    def stored(self, record_id: str) -> Stored | None:
        """A record as it was read."""
        self.load([record_id])
        return self._stored.get(record_id)

    def record(self, record_id: str) -> Record | None:
        """A record as it is now."""
        if record_id in self._changed:
            return self._changed[record_id]
        found = self.stored(record_id)
        return found.record if found is not None else None

    def note(
        self, record: Record, event: str, *, to: State | None = None, reason: str | None = None
    ) -> None:
        """A step of the record, with its event; it stays in its state unless told."""
        before = record.state or "received"
        on = self.keeper.moved(record, to or before, event)
        self.keeper.note_step(on, on.state_seq, before, on.state or before, event, reason)
        self._changed[on.id or ""] = on

    def put(self, record: Record) -> None:
        """The record without a step: what is told of it elsewhere."""
        self._changed[record.id or ""] = record

    def raise_on(self, record_id: str, finding: Finding) -> None:
        """Hold a record for a reason."""
        current = self._current(record_id)
        if current is not None:
            self._stored[record_id] = raise_on(self.keeper, current, finding)

    def settle(self, record_id: str, control: str, keep: Iterable[str] = (), why: str = "") -> None:
        """Close what a control has held a record for."""
        current = self._current(record_id)
        if current is not None:
            self._stored[record_id] = settle(self.keeper, current, control, tuple(keep), why)

    def _current(self, record_id: str) -> Stored | None:
        self.flush()
        return self.stored(record_id)

    def flush(self) -> None:
        """Write what has changed so far."""
        changes = [
            Change(self._stored[record_id], record, facts_of(record), self.keeper.stamp)
            for record_id, record in self._changed.items()
        ]
        records.change(self.connection, changes)
        for change in changes:
            old = change.before
            now = Stored(change.record, old.position, old.created_by, old.payment_hold)
            self._stored[change.record.id or ""] = now
        self._changed.clear()

    def finish(self) -> None:
        """Write the rest, and tell what happened; nothing may come after it."""
        self.flush()
        self.keeper.finish()
