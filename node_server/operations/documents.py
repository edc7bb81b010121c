"""Documents that were taken in: listed, shown, traced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import msgspec
from sqlalchemy import Connection

from canonical_model import wire
from canonical_model.documents import kind_of
from node_server.envelope import page_of, position
from node_server.errors import Refusal
from node_server.operations.document_facts import facts_of
from node_server.operations.excepting.showing import act
from node_server.operations.excepting.showing import shown as shown_exception
from node_server.operations.governing import trail
from node_server.operations.house import House
from node_server.operations.posting import showing
from node_server.store import counterfoils, events, exceptions, records, traces
from node_server.store import revisions as kept_revisions

_EVENTS_SHOWN = 1000


def list_documents(
    house: House, tenant: str, filters: Mapping[str, Any], *, cursor: str | None, limit: int
) -> dict[str, Any]:
    """One page of documents, oldest first, without their lines."""
    with house.store.reading() as connection:
        found = records.page(connection, tenant, filters, after=position(cursor), limit=limit + 1)
    shown = [_summary(each) for each in found[:limit]]
    return page_of(shown, limit, found[limit - 1].position if len(found) > limit else None)


def _summary(stored: records.Stored) -> dict[str, Any]:
    record = stored.record
    document = wire.to_plain(record.document)
    bulky = ("lines", "transactions", "attachments")
    return head(stored) | {
        "document": {name: value for name, value in document.items() if name not in bulky}
    }


def head(stored: records.Stored) -> dict[str, Any]:
    """What is known of a document besides its content."""
    record = stored.record
    known = {
        "id": record.id,
        "kind": kind_of(record.document),
        "state": record.state,
        "state_seq": record.state_seq,
        "revision": record.revision,
        "payment_hold": stored.payment_hold,
        "content_hash": record.content_hash,
        "created_at": wire.to_plain(record).get("created_at"),
        "updated_at": wire.to_plain(record).get("updated_at"),
        "created_by": stored.created_by,
        "exception": wire.to_plain(record.exception) if record.exception else None,
        **asdict(facts_of(record)),
    }
    return {name: value for name, value in known.items() if value is not None}


def get_document(house: House, tenant: str, record_id: str) -> dict[str, Any]:
    """One record, whole."""
    with house.store.reading() as connection:
        return shown(_found(records.get(connection, tenant, record_id)))


def shown(stored: records.Stored) -> dict[str, Any]:
    """A stored record as callers see it."""
    extra = {"payment_hold": stored.payment_hold, "created_by": stored.created_by}
    plain: dict[str, Any] = wire.to_plain(stored.record)
    return plain | extra


def _found(stored: records.Stored | None) -> records.Stored:
    if stored is None:
        raise Refusal(404, "not_found", "there is no such document")
    return stored


def revisions(house: House, tenant: str, record_id: str) -> dict[str, Any]:
    """Every revision of a document."""
    with house.store.reading() as connection:
        _found(records.get(connection, tenant, record_id))
        rows = kept_revisions.rows(connection, tenant, record_id)
    data = [
        {
            "revision": row["revision"],
            "content_hash": row["content_hash"],
            "actor": row["actor"],
            "at": row["at"],
            "record": msgspec.json.decode(row["record"]),
        }
        for row in rows
    ]
    return {"data": data, "has_more": False}


def trace(house: House, tenant: str, record_id: str) -> dict[str, Any]:
    """Everything that happened to a document, in one answer."""
    with house.store.reading() as connection:
        stored = _found(records.get(connection, tenant, record_id))
        happened = events.page(
            connection, tenant, after=0, limit=_EVENTS_SHOWN, record_id=record_id
        )
        deliveries = traces.source_rows(connection, tenant, record_id)
        steps = traces.step_rows(connection, tenant, record_id)
        effects = counterfoils.of_record(connection, tenant, record_id)
        held = _exceptions(connection, tenant, record_id)
        decided = trail.decisions_on(connection, tenant, record_id)
        approved = trail.acts_on(connection, stored)
    return {
        **head(stored),
        "keys": [wire.to_plain(key) for key in stored.record.keys],
        "links": [wire.to_plain(link) for link in stored.record.links],
        "lineage": [wire.to_plain(step) for step in stored.record.lineage],
        "sources": [_source(row) for row in deliveries],
        "steps": [_without(row, "tenant", "record_id") for row in steps],
        "events": [msgspec.json.decode(data) for _, data, _ in happened],
        "exceptions": held,
        "counterfoils": [showing.shown(row) for row in effects],
        "decisions": decided,
        "approvals": approved,
    }


def _exceptions(connection: Connection, tenant: str, record_id: str) -> list[dict[str, Any]]:
    """Why it was held, and what was done about it."""
    rows = exceptions.of_record(connection, tenant, record_id)
    done: dict[str, list[Any]] = {row["id"]: [] for row in rows}
    for each in exceptions.acts(connection, tenant, *done):
        done[each["exception_id"]].append(act(each))
    return [shown_exception(row) | {"acts": done[row["id"]]} for row in rows]


def _source(row: dict[str, Any]) -> dict[str, Any]:
    stated: dict[str, Any] = msgspec.json.decode(row["source"])
    return stated | {"action": row["action"], "at": row["at"]}


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in names and v is not None}


def raw_payload(house: House, tenant: str, sha256: str) -> dict[str, Any]:
    """A payload as it came, by its hash."""
    with house.store.reading() as connection:
        found = traces.raw(connection, tenant, sha256)
    if found is None:
        raise Refusal(404, "not_found", "there is no such payload")
    return found
