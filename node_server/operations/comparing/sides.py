"""What one connection says of its documents: the last delivery of each, read again as it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import structs
from sqlalchemy import Connection

import connectors
from canonical_model.controls.reconciliation.open_items import payable_amount
from canonical_model.controls.reconciliation.whole_units import units
from canonical_model.documents import kind_of
from canonical_model.documents.invoice import Bill
from canonical_model.envelope import Context, Record, Source
from canonical_model.errors import UnknownName
from connectors.errors import UnknownConnector
from node_server.store import traces


@dataclass(frozen=True, slots=True)
class Delivery:
    """The last thing that a connection said of one of its objects."""

    record_id: str
    source: Source


@dataclass(slots=True)
class Side:
    """Documents as one connection states them, by its own ids."""

    records: dict[str, Record] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)
    """The stored document that each belongs to."""
    unreadable: int = 0


def side(
    connection: Connection,
    tenant: str,
    named: str,
    context: Context,
    overlay: connectors.Overlay,
    kinds: frozenset[str],
) -> Side:
    """Everything that a connection, or else a system of that name, has delivered."""
    found = Side()
    for name, delivery in sorted(_last(connection, tenant, named).items()):
        record = _read(connection, tenant, delivery, context, overlay)
        if record is None:
            found.unreadable += 1
        elif not kinds or kind_of(record.document) in kinds:
            found.records[name] = _with_state(record)
            found.of[name] = delivery.record_id
    return found


def _last(connection: Connection, tenant: str, named: str) -> Mapping[str, Delivery]:
    last: dict[str, Delivery] = {}
    for record_id, source in traces.deliveries(connection, tenant):
        if named in (source.connection, source.system):
            last[_name(record_id, source)] = Delivery(record_id, source)
    return last


def _name(record_id: str, source: Source) -> str:
    """What the system itself calls the object."""
    parts = (source.object_type, source.object_id)
    return ":".join(part for part in parts if part) if source.object_id else record_id


def _read(
    connection: Connection,
    tenant: str,
    delivery: Delivery,
    context: Context,
    overlay: connectors.Overlay,
) -> Record | None:
    source = delivery.source
    kept = traces.raw(connection, tenant, source.raw_sha256) if source.raw_sha256 else None
    if kept is None:
        return None
    where = structs.replace(context, connection=source.connection, channel=source.channel)
    found = _mapped(kept["body"], kept["filename"], source, where, overlay)
    same = [each for each in found if _is_same(each, source)]
    return same[0] if same else None


def _mapped(
    body: bytes,
    filename: str | None,
    source: Source,
    context: Context,
    overlay: connectors.Overlay,
) -> list[Record]:
    connector, _, resource = (source.mapping or "").partition("@")[0].rpartition("/")
    # By the map that read it, else by whatever claims it: maps are renamed sometimes.
    for reader, name in ((connector, resource.partition(".")[0]), (None, None)):
        try:
            result = connectors.map_payload(
                body, connector=reader, resource=name, filename=filename, overlay=overlay,
                context=context,
            )  # fmt: skip
        except (UnknownName, UnknownConnector):
            continue
        if result.records:
            return list(result.records)
    return []


def _is_same(record: Record, source: Source) -> bool:
    mine = record.source
    if mine is None:
        return False
    if source.object_id is not None:
        return mine.object_id == source.object_id
    return mine.raw_path == source.raw_path


def _with_state(record: Record) -> Record:
    """How far it is paid, where its balance says so; and that it is deleted there."""
    if record.source is not None and record.source.deleted:
        record = structs.replace(record, archive_reason="source_deleted")
    document = record.document
    if record.payment_status is not None or not isinstance(document, Bill):
        return record
    whole, left = payable_amount(document), units(document.balance)
    if whole is None or left is None:
        return record
    if not left:
        return structs.replace(record, payment_status="paid")
    part = abs(left) < abs(whole)
    return structs.replace(record, payment_status="partially_paid" if part else "unpaid")
