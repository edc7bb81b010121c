"""Storing what a decision says: the record, its sources, steps and events, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import structs
from sqlalchemy import Connection

from canonical_model.base.issue import Issue
from canonical_model.documents import kind_of
from canonical_model.envelope import Record, Source, State, Step
from canonical_model.events import make_event
from canonical_model.identity.record_ids import SOURCE, record_id
from canonical_model.ingestion import Decision
from node_server.operations import terms
from node_server.operations.document_facts import facts_of
from node_server.operations.excepting import Closing, abandon, raise_on
from node_server.operations.excepting.arrivals import finding_of
from node_server.operations.merging import merged, says_something_else
from node_server.store import clock, events, records, revisions, traces

EVENT_SOURCE = "/counterfoil"


class Keeper:
    """Carries out decisions inside one transaction; events are appended at its end."""

    def __init__(
        self, connection: Connection, tenant: str, actor: str, traceparent: str | None = None
    ) -> None:
        self.connection = connection
        self.tenant = tenant
        self.actor = actor
        self.traceparent = traceparent
        self.at = clock.now()
        self.stamp = clock.stamp(self.at)
        self.happened: list[Any] = []
        self.steps: list[dict[str, Any]] = []

    def finish(self) -> None:
        """Write the steps and append the events; nothing may come after it."""
        finish(self.connection, [self])

    def keep(self, decision: Decision, new: Record) -> tuple[Record, bool]:
        """What has become of the record, and whether it is to be held before payment."""
        new = structs.replace(new, source=self._observed(new.source))
        old = self._stored(decision.record_id)
        if decision.action in ("create", "conflict") or old is None:
            return self._created(decision, new)
        if decision.action == "replay":
            self.tell(old.record, *decision.events)
            if says_something_else(old.record, new.source):
                self._note_source(old.record.id, new.source, decision.action)
            return old.record, old.payment_hold
        self._note_source(old.record.id, new.source, decision.action)
        changed = _CHANGES[decision.action](self, old.record, decision, new)
        held = old.payment_hold and changed.state != "archived"
        records.replace(self.connection, changed, facts_of(changed), hold=held, at=self.stamp)
        terms.note(self.connection, changed)
        if decision.action != "hold":
            return changed, held
        stored = old.become(changed, hold=held)
        return _told(raise_on(self, stored, finding_of(decision, new.content_hash)))

    def _observed(self, source: Source | None) -> Source:
        return structs.replace(source or Source(), observed_at=self.at)

    def _stored(self, found: str | None) -> records.Stored | None:
        if not found:
            return None
        return records.get(self.connection, self.tenant, found, to_change=True)

    def _created(self, decision: Decision, new: Record) -> tuple[Record, bool]:
        made = structs.replace(
            new,
            id=self._free_id(new),
            revision=1,
            state="received",
            state_seq=1,
            created_at=self.at,
            updated_at=self.at,
            issues=[*new.issues, *_suspected(decision)],
        )
        steps: list[Any] = [(None, "received", "received", None)]
        self.tell(made, *(e for e in decision.events if e != "exception_opened"))
        made = self._on_from_received(made, decision, steps)
        facts = facts_of(made)
        records.add(self.connection, made, facts, actor=self.actor, hold=False, at=self.stamp)
        terms.note(self.connection, made, fresh=True)
        for number, step in enumerate(steps, 1):
            self.note_step(made, number, *step)
        self._note_source(made.id, made.source, decision.action)
        if decision.exception is None and not decision.payment_hold:
            return made, False
        stored = records.Stored(made, 0, self.actor, payment_hold=False)
        return _told(raise_on(self, stored, finding_of(decision, made.content_hash)))

    def _on_from_received(self, made: Record, decision: Decision, steps: list[Any]) -> Record:
        """What has no error is validated at once, but for a conflict, which is held."""
        if decision.exception is not None:
            return made
        if _has_errors(made):
            self.tell(made, "validation_failed")
            return made
        steps.append(("received", "validated", "validated", None))
        return self.moved(made, "validated", "validated")

    def _free_id(self, new: Record) -> str:
        """Its own id, unless another record has it: then that of its delivery."""
        first = new.id or ""
        if not records.exists(self.connection, self.tenant, first):
            return first
        delivered = next((key for key in new.keys if key.basis == SOURCE), new.keys[-1])
        return record_id(kind_of(new.document), delivered)

    def _revised(self, old: Record, decision: Decision, new: Record) -> Record:
        """The same object with other content: a new revision, to be judged again."""
        revised = structs.replace(
            joined(old, new),
            document=new.document,
            content_hash=new.content_hash,
            fingerprints=new.fingerprints,
            issues=new.issues,
            unmapped=new.unmapped,
            revision=(old.revision or 1) + 1,
            updated_at=self.at,
        )
        target = decision.state if old.state != "exception" else "exception"
        if target is not None and (target != old.state or decision.state):
            revised = self.moved(_going_back_to(revised), target, *decision.events)
            self.note_step(revised, revised.state_seq, old.state, target, decision.events[-1], None)
        else:
            self.tell(revised, *decision.events)
        if revised.state == "received":
            steps: list[Any] = []
            revised = self._on_from_received(revised, decision, steps)
            for step in steps:
                self.note_step(revised, revised.state_seq, *step)
        revisions.keep(self.connection, revised, actor=self.actor, at=self.stamp)
        return revised

    def _attached(self, old: Record, decision: Decision, new: Record) -> Record:
        """The same document by another way: what it knows better is taken over."""
        document, issues, changed = merged(old, new)
        kept = structs.replace(joined(old, new), issues=[*old.issues, *issues])
        if changed:
            kept = structs.replace(
                kept,
                document=document,
                content_hash=changed,
                revision=(old.revision or 1) + 1,
                lineage=[*old.lineage, self._merge_step(old, new)],
            )
            revisions.keep(self.connection, kept, actor=self.actor, at=self.stamp)
        self.tell(kept, *decision.events)
        return self._judged_again(kept) if changed else kept

    def _judged_again(self, record: Record) -> Record:
        """Nobody has approved what it says now."""
        held = record.exception
        if record.state == "approved":
            record = self.moved(record, "validated", "approval_revoked")
            why = "another delivery says more"
            seq = record.state_seq
            self.note_step(record, seq, "approved", "validated", "approval_revoked", why)
        elif held is not None and held.from_state == "approved":
            back = structs.replace(held, from_state="validated")
            record = structs.replace(record, exception=back)
        return record

    def _merge_step(self, old: Record, new: Record) -> Step:
        hashes = [each for each in (old.content_hash, new.content_hash) if each]
        return Step(op="merge", at=self.at, by=self.actor, inputs=hashes)

    def _settled(self, old: Record, decision: Decision, new: Record) -> Record:
        """Paid where it was posted to; what it says stays as it was posted."""
        del new
        paid = self.moved(old, "paid", *decision.events)
        self.note_step(paid, paid.state_seq, old.state, "paid", decision.events[-1], decision.why)
        return paid

    def _archived(self, old: Record, decision: Decision, new: Record) -> Record:
        abandon(self, old, Closing("resolved", "deleted at source"))
        gone = structs.replace(joined(old, new), archive_reason="source_deleted", exception=None)
        gone = self.moved(gone, "archived", *decision.events)
        self.note_step(gone, gone.state_seq, old.state, "archived", "archived", "source_deleted")
        return gone

    def _held_record(self, old: Record, decision: Decision, new: Record) -> Record:
        """Changed after it took effect: never edited, but shown to somebody."""
        return joined(old, new)

    def moved(self, record: Record, state: State, *names: str) -> Record:
        """The record one step on, its events told."""
        before = record.state
        on = structs.replace(
            record, state=state, state_seq=(record.state_seq or 0) + 1, updated_at=self.at
        )
        self.tell(on, *names, before=before)
        return on

    def tell(self, record: Record, *names: str, before: State | None = None) -> None:
        """Events about a record as it is now."""
        for name in names:
            event = make_event(record, name, source=EVENT_SOURCE, at=self.at, previous_state=before)
            self.happened.append(structs.replace(event, traceparent=self.traceparent))

    def note_step(
        self,
        record: Record,
        number: int | None,
        before: State | None,
        after: State,
        event: str,
        reason: str | None,
    ) -> None:
        """Keep one step with who took it and why, when all is finished."""
        row = {
            "tenant": self.tenant,
            "record_id": record.id,
            "state_seq": number,
            "from_state": before,
            "to_state": after,
            "event": event,
            "actor": self.actor,
            "reason": reason,
            "at": self.stamp,
        }
        self.steps.append(row)

    def _note_source(self, found: str | None, source: Source | None, action: str) -> None:
        if found is not None and source is not None:
            tenant = self.tenant
            traces.add_source(self.connection, tenant, found, source, action=action, at=self.stamp)


def finish(connection: Connection, keepers: Sequence[Keeper]) -> None:
    """Write the steps of all, and append their events.

    The lock of the events orders everyone: nothing may come after it.
    """
    traces.add_steps(connection, [step for each in keepers for step in each.steps])
    happened = [event for each in keepers for event in each.happened]
    if happened:
        events.append(connection, happened, at=keepers[-1].stamp)


def joined(old: Record, new: Record) -> Record:
    """The old record with the keys and the delivery of the new one."""
    known = {key.hash for key in old.keys}
    keys = [*old.keys, *(key for key in new.keys if key.hash not in known)]
    further = [*old.sources, new.source] if new.source is not None else old.sources
    return structs.replace(old, keys=keys, sources=further[-_MOST_SOURCES:])


_MOST_SOURCES = 50


def _told(stored: records.Stored) -> tuple[Record, bool]:
    return stored.record, stored.payment_hold


def _going_back_to(record: Record) -> Record:
    """The content of a held record has changed: it goes back to where that has to be judged."""
    if record.exception is None:
        return record
    back: State = "received" if _has_errors(record) else "validated"
    return structs.replace(record, exception=structs.replace(record.exception, from_state=back))


def _has_errors(record: Record) -> bool:
    return any(issue.severity == "error" for issue in record.issues)


def _suspected(decision: Decision) -> list[Issue]:
    if "duplicate_suspected" not in decision.events:
        return []
    message = f"perhaps the same as {decision.record_id}: {decision.why}"
    return [
        Issue(
            code="duplicate_suspected",
            severity="warning",
            message=message,
            actual=decision.record_id,
            hint="compare both; release the hold, or archive one of them as a duplicate",
        )
    ]


_CHANGES = {
    "revise": Keeper._revised,
    "attach_source": Keeper._attached,
    "archive_deleted": Keeper._archived,
    "hold": Keeper._held_record,
    "settle": Keeper._settled,
}
