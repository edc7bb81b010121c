"""Telling the document what has become of its effects: source, step, state and event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import structs
from sqlalchemy import Connection

import connectors
from canonical_model.documents import kind_of
from canonical_model.envelope import Context, ExceptionInfo, Record, Source, State, Step
from canonical_model.identity import source_key
from canonical_model.lifecycle import legal
from connectors.errors import ConnectorError
from node_server.operations.document_facts import facts_of
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.operations.posting.effects import ATTACH
from node_server.operations.posting.holds import blocking_code, is_own
from node_server.store import counterfoils, records

_FAILED: Final = frozenset({"refused", "dead"})


def announce(
    house: House,
    connection: Connection,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    actor: str,
) -> None:
    """Move the document on, where what has become of the effect concerns it."""
    if not _concerns(before, after):
        return
    stored = records.get(connection, after["tenant"], after["record_id"])
    if stored is None:
        return  # erased meanwhile; the counterfoil stays
    keeper = Keeper(connection, after["tenant"], actor, _traceparent(after["trace_id"]))
    if after["state"] == "confirmed":
        words = _words(house, after)
        record = _confirmed(connection, keeper, stored.record, after, words)
    elif after["state"] in _FAILED:
        record = _failed(keeper, stored.record, after)
    elif after["state"] == "held":
        record = _held(keeper, stored.record, after, blocking_code(after["why"]) or "held")
    else:
        record = _uncertain(keeper, stored.record, before, after)
    records.replace(connection, record, facts_of(record), hold=stored.payment_hold, at=keeper.stamp)
    keeper.finish()


def _concerns(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether it is settled, has fallen into doubt, or needs a person from now on."""
    if after["state"] == "held":
        return before["state"] != "held" and blocking_code(after["why"]) is not None
    if after["state"] != "uncertain":
        return after["state"] == "confirmed" or after["state"] in _FAILED
    asked = after["due_at"] == counterfoils.NEVER and before["due_at"] != counterfoils.NEVER
    return bool(asked or before["state"] != "uncertain")


def _traceparent(trace_id: str | None) -> str | None:
    return f"00-{trace_id}-{trace_id[:16]}-01" if trace_id else None


def _confirmed(
    connection: Connection,
    keeper: Keeper,
    record: Record,
    row: Mapping[str, Any],
    words: tuple[str, str],
) -> Record:
    if row["action"] == ATTACH:
        return _told(keeper, record, "attachment_added", row["target_id"])
    record = _known_there(record, keeper, row, words)
    if _more_to_come(connection, row):
        return record
    if record.exception is not None and is_own(record.exception.code):
        back = record.exception.from_state
        record = structs.replace(record, exception=None)
        record = _moved(keeper, record, back, "exception_resolved", row["target_id"])
    if row["action"] == "void":
        record = structs.replace(record, archive_reason="voided")
        return _stepped(keeper, record, "archived", "voided", row)
    return _stepped(keeper, record, "posted", "posted", row)


def _more_to_come(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Whether a further call belongs to it, such as submitting what was created."""
    following = counterfoils.waiting_for(connection, row["tenant"], row["key"])
    return any(
        each["record_id"] == row["record_id"] and each["action"] != ATTACH for each in following
    )


def _known_there(
    record: Record, keeper: Keeper, row: Mapping[str, Any], words: tuple[str, str]
) -> Record:
    """What is pulled from the target later is recognised by the id that it has there."""
    done = Step(op="post", at=keeper.at, by=row["connection_id"], note=row["target_id"])
    record = structs.replace(record, lineage=[*record.lineage, done])
    if not row["target_id"]:
        return record
    system, kind = words
    source = Source(
        system=system, connection=row["connection_id"], channel="api", object_type=kind,
        object_id=row["target_id"], object_version=row["target_version"], observed_at=keeper.at,
    )  # fmt: skip
    key = source_key(source, Context(tenant=row["tenant"]))
    known = {each.hash for each in record.keys}
    keys = [*record.keys, key] if key is not None and key.hash not in known else record.keys
    return structs.replace(record, keys=keys, sources=[*record.sources, source])


def _words(house: House, row: Mapping[str, Any]) -> tuple[str, str]:
    """What the target's own records say of themselves when they are read."""
    connector, resource = row["connector"], row["resource"]
    try:
        found = connectors.pack(house.overlay_of(row["tenant"]))[connector]
        stated = found.spec(resource).get("source", {}).get("object_type", {})
        kind = stated.get("const", resource) if isinstance(stated, dict) else resource
        return found.manifest.get("system", found.name.rpartition("/")[2]), kind
    except ConnectorError:
        return connector.rpartition("/")[2], resource


def _stepped(
    keeper: Keeper, record: Record, target: State, event: str, row: Mapping[str, Any]
) -> Record:
    steps = legal(record.state, kind_of(record.document))
    if any(step.target == target and step.event == event for step in steps):
        return _moved(keeper, record, target, event, row["target_id"])
    return _told(keeper, record, event, row["target_id"])


def _failed(keeper: Keeper, record: Record, row: Mapping[str, Any]) -> Record:
    record = _told(keeper, record, "post_failed", row["why"])
    return _held(keeper, record, row, "target_rejected")


def _uncertain(
    keeper: Keeper, record: Record, before: Mapping[str, Any], row: Mapping[str, Any]
) -> Record:
    if before["state"] != "uncertain":
        record = _told(keeper, record, "post_uncertain", row["why"])
    if row["due_at"] != counterfoils.NEVER:
        return record
    return _held(keeper, record, row, "target_uncertain")


def _held(keeper: Keeper, record: Record, row: Mapping[str, Any], code: str) -> Record:
    """In exception until a person has looked, unless its state does not know that."""
    steps = legal(record.state, kind_of(record.document))
    if row["action"] == ATTACH or all(step.target != "exception" for step in steps):
        return record
    info = ExceptionInfo(
        code=code, from_state=record.state or "received", opened_at=keeper.at,
        retryable=True, detail=row["why"],
    )  # fmt: skip
    record = structs.replace(record, exception=info)
    return _moved(keeper, record, "exception", "exception_opened", code)


def _moved(keeper: Keeper, record: Record, state: State, event: str, reason: str | None) -> Record:
    before = record.state
    on = keeper.moved(record, state, event)
    keeper.note_step(on, on.state_seq, before, state, event, reason)
    return on


def _told(keeper: Keeper, record: Record, event: str, reason: str | None) -> Record:
    """An event without a change of state; it counts as a step, so that its id is its own."""
    return _moved(keeper, record, record.state or "received", event, reason)
