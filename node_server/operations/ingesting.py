"""Taking payloads in: map, check, identify, decide, store, tell. The same one twice is one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from msgspec import structs

import connectors
from canonical_model import wire
from canonical_model.documents import kind_of
from canonical_model.envelope import Channel, Context, Record
from canonical_model.ingestion import decide
from node_server.auth import Principal
from node_server.metrics import sync_latency
from node_server.operations import duplicating, terms
from node_server.operations.canonical_payloads import canonical_record
from node_server.operations.entities import context_of
from node_server.operations.house import House
from node_server.operations.keeping import Keeper
from node_server.operations.mapping import why_nothing
from node_server.store import records, traces

CANONICAL = "canonical"


@dataclass(frozen=True, slots=True)
class Payload:
    """One payload as it came."""

    data: bytes
    mime: str | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """How payloads of one call are taken in."""

    connector: str | None = None
    resource: str | None = None
    entity: str | None = None
    own_ids: tuple[str, ...] = ()
    traceparent: str | None = None
    connection: str | None = None
    channel: Channel | None = None


def ingest(house: House, who: Principal, payload: Payload, how: Intake) -> dict[str, Any]:
    """What became of each document of a payload; a refusal where it holds none."""
    context = context_of(house, who.tenant, entity=how.entity, own_ids=how.own_ids)
    context = structs.replace(context, connection=how.connection, channel=how.channel)
    result = _mapped(house, payload, how, context)
    outcomes = _taken_in(house, who, payload, how, result.records)
    return {
        "connector": result.connector,
        "resource": result.resource,
        "format": result.format,
        "raw_sha256": hashlib.sha256(payload.data).hexdigest(),
        "documents": outcomes,
        "issues": [wire.to_plain(issue) for issue in result.issues],
    }


def _mapped(house: House, payload: Payload, how: Intake, context: Context) -> connectors.Result:
    if how.connector == CANONICAL:
        return _canonical(payload, context)
    result = connectors.map_payload(
        payload.data,
        connector=how.connector,
        resource=how.resource,
        filename=payload.filename,
        overlay=house.overlay_of(context.tenant),
        context=context,
    )
    if not result.records:
        raise why_nothing([wire.to_plain(issue) for issue in result.issues])
    return result


def _canonical(payload: Payload, context: Context) -> connectors.Result:
    """A document of our own model, as `map` gave it and somebody has worked on it."""
    record = canonical_record(payload.data, context, "api")
    return connectors.Result(
        connector=CANONICAL,
        resource=kind_of(record.document),
        format="json",
        records=[record],
    )


def _taken_in(
    house: House, who: Principal, payload: Payload, how: Intake, found: list[Record]
) -> list[dict[str, Any]]:
    locks = {name for record in found for name in records.lock_names(who.tenant, record)}
    locks |= {name for record in found for name in terms.lock_names(who.tenant, record)}
    with house.store.writing(*locks) as connection:
        keeper = Keeper(connection, who.tenant, who.id, how.traceparent)
        traces.keep_raw(
            connection,
            who.tenant,
            hashlib.sha256(payload.data).hexdigest(),
            payload.data,
            mime=payload.mime,
            filename=payload.filename,
            at=keeper.stamp,
        )
        outcomes = [_take(keeper, record) for record in found]
        keeper.finish()
    return outcomes


def ingest_record(house: House, tenant: str, actor: str, record: Record) -> dict[str, Any]:
    """What became of a record that no payload brought: one that was made of others here."""
    locks = records.lock_names(tenant, record) | terms.lock_names(tenant, record)
    with house.store.writing(*locks) as connection:
        keeper = Keeper(connection, tenant, actor)
        outcome = _take(keeper, record)
        keeper.finish()
    return outcome


def _take(keeper: Keeper, record: Record) -> dict[str, Any]:
    changed = record.source.updated_at if record.source else None
    if changed is not None:
        sync_latency.observe(max(0.0, (keeper.at - changed).total_seconds()))
    known = records.related(keeper.connection, keeper.tenant, record)
    decision = decide(known, record, judged=True)
    kept, held = keeper.keep(decision, record)
    suspicion = None
    if decision.action in _JUDGED:
        kept, held, suspicion = duplicating.judge_kept(
            keeper, kept, held=held, new=decision.action == "create"
        )
    outcome: dict[str, Any] = {
        "id": kept.id,
        "action": decision.action,
        "why": suspicion.why if suspicion else decision.why,
        "kind": kind_of(kept.document),
        "state": kept.state,
        "revision": kept.revision,
        "payment_hold": held,
        "idempotency_key": record.idempotency_key,
        "content_hash": kept.content_hash,
        "issues": [wire.to_plain(issue) for issue in kept.issues],
    }
    if suspicion is not None:
        outcome["suspected_of"] = duplicating.other(kept, suspicion)
    elif decision.action in ("create", "conflict") and decision.record_id:
        outcome["suspected_of"] = decision.record_id
    return outcome


_JUDGED = frozenset({"create", "revise", "attach_source"})


def created(outcomes: list[dict[str, Any]]) -> bool:
    """Whether anything was stored that was not there before."""
    return any(each["action"] in ("create", "conflict") for each in outcomes)
