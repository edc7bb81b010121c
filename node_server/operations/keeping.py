"""Storing what a decision says: the record, its sources, steps and events, in one transaction."""

from __future__ import annotations

from typing import Any

from msgspec import structs
from sqlalchemy import Connection

from canonical_model.base.issue import Issue
from canonical_model.documents import kind_of
from canonical_model.envelope import ExceptionInfo, Record, Source, State, Step
from canonical_model.events import make_event
from canonical_model.identity.record_ids import SOURCE, record_id
from canonical_model.ingestion import Decision
from node_server.operations.document_facts import facts_of
from node_server.operations.merging import merged
from node_server.store import clock, events, records, traces

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

    def finish(self) -> None:
        """Append the events. Their lock orders everyone: nothing may come after it."""
        events.append(self.connection, self.happened, at=self.stamp)

    def keep(self, decision: Decision, new: Record) -> tuple[Record, bool]:
        """What has become of the record, and whether it is to be held before payment."""
        new = structs.replace(new, source=self._observed(new.source))
        old = self._stored(decision.record_id)
        if decision.action in ("create", "conflict") or old is None:
            return self._created(decision, new), decision.payment_hold
        held = old.payment_hold
        if decision.action == "replay":
            self.tell(old.record, *decision.events)
            return old.record, held
        self._note_source(old.record.id, new.source, decision.action)
        changed = _CHANGES[decision.action](self, old.record, decision, new)
        records.replace(self.connection, changed, facts_of(changed), hold=held, at=self.stamp)
        return changed, held

    def _observed(self, source: Source | None) -> Source:
        return structs.replace(source or Source(), observed_at=self.at)

    def _stored(self, found: str | None) -> records.Stored | None:
        return records.get(self.connection, self.tenant, found) if found else None

    def _created(self, decision: Decision, new: Record) -> Record:
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
        records.add(
            self.connection,
            made,
            facts_of(made),
            actor=self.actor,
            hold=decision.payment_hold,
            at=self.stamp,
        )
        for number, step in enumerate(steps, 1):
            self.note_step(made, number, *step)
        self._note_source(made.id, made.source, decision.action)
        return made

    def _on_from_received(self, made: Record, decision: Decision, steps: list[Any]) -> Record:
        """A conflict is held at once; what has no error is validated at once."""
        if decision.exception is not None:
            held = self.moved(made, "exception", "exception_opened")
            steps.append(("received", "exception", "exception_opened", decision.exception))
            return structs.replace(held, exception=self._held(decision, "received"))
        if any(issue.severity == "error" for issue in made.issues):
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
        target = decision.state
        if target is not None and target != old.state:
            revised = self.moved(revised, target, *decision.events)
            self.note_step(revised, revised.state_seq, old.state, target, decision.events[-1], None)
        else:
            self.tell(revised, *decision.events)
        if revised.state == "received":
            steps: list[Any] = []
            revised = self._on_from_received(revised, decision, steps)
            for step in steps:
                self.note_step(revised, revised.state_seq, *step)
        records.keep_revision(self.connection, revised, actor=self.actor, at=self.stamp)
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
            records.keep_revision(self.connection, kept, actor=self.actor, at=self.stamp)
        self.tell(kept, *decision.events)
        return kept

    def _merge_step(self, old: Record, new: Record) -> Step:
        hashes = [each for each in (old.content_hash, new.content_hash) if each]
        return Step(op="merge", at=self.at, by=self.actor, inputs=hashes)

    def _archived(self, old: Record, decision: Decision, new: Record) -> Record:
        gone = structs.replace(joined(old, new), archive_reason="source_deleted")
        gone = self.moved(gone, "archived", *decision.events)
        self.note_step(gone, gone.state_seq, old.state, "archived", "archived", "source_deleted")
        return gone

    def _held_record(self, old: Record, decision: Decision, new: Record) -> Record:
        """Changed after it took effect: never edited, but shown to somebody."""
        if old.state == "exception":
            return joined(old, new)
        held = structs.replace(
            joined(old, new), exception=self._held(decision, old.state or "received")
        )
        held = self.moved(held, "exception", *decision.events)
        self.note_step(
            held, held.state_seq, old.state, "exception", "exception_opened", decision.exception
        )
        return held

    def _held(self, decision: Decision, state: State) -> ExceptionInfo:
        return ExceptionInfo(
            code=decision.exception or "held",
            from_state=state,
            opened_at=self.at,
            detail=decision.why,
        )

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
        """Keep one step with who took it and why."""
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
        traces.add_step(self.connection, row)

    def _note_source(self, found: str | None, source: Source | None, action: str) -> None:
        if found is not None and source is not None:
            tenant = self.tenant
            traces.add_source(self.connection, tenant, found, source, action=action, at=self.stamp)


def joined(old: Record, new: Record) -> Record:
    """The old record with the keys and the delivery of the new one."""
    known = {key.hash for key in old.keys}
    keys = [*old.keys, *(key for key in new.keys if key.hash not in known)]
    further = [*old.sources, new.source] if new.source is not None else old.sources
    return structs.replace(old, keys=keys, sources=further[-_MOST_SOURCES:])


_MOST_SOURCES = 50


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
}
