"""Shipments that become invoices, returns that become credit notes: on request, and by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import structs
from sqlalchemy import Connection

from canonical_model.controls.billing import BillingSettings, Draft, credit_for, invoice_for
from canonical_model.controls.duplicates.profile import counts
from canonical_model.controls.match import MatchSettings
from canonical_model.controls.match.parties import Marks, agree, marks
from canonical_model.controls.match.side import SELLING
from canonical_model.documents import kind_of
from canonical_model.documents.goods_return import Return
from canonical_model.documents.invoice import Bill
from canonical_model.documents.movement import Movement
from canonical_model.documents.purchase_order import Order
from canonical_model.documents.sales_order import SalesOrder
from canonical_model.documents.shipment import Shipment
from canonical_model.envelope import Context, Record, Source, Step
from canonical_model.identity import direction_of
from canonical_model.record import make_record
from node_server.errors import Refusal
from node_server.operations.control_settings import in_force
from node_server.operations.controls_following import ACTOR, Handler, Happened
from node_server.operations.entities import context_of
from node_server.operations.excepting import Finding, raise_on, settle
from node_server.operations.house import House
from node_server.operations.ingesting import ingest_record
from node_server.operations.keeping import Keeper
from node_server.operations.matching.gathering import settled
from node_server.operations.terms import orders_of, receipts_of
from node_server.store import records, terms
from node_server.store.records import Stored

BILLING: Final = "billing"
_ACTOR: Final = ACTOR.format(BILLING)
_SYSTEM: Final = "counterfoil"
_CHANGES: Final = frozenset(
    {"validated", "revised", "exception_resolved", "archived", "voided", "rejected"}
)
_SETTLED_BY_CREDIT: Final = (None, "credit")


def bill_document(house: House, tenant: str, record_id: str, actor: str) -> dict[str, Any]:
    """Bill a stored shipment or return now; the outcome for its invoice or credit note."""
    context = context_of(house, tenant)
    with house.store.reading() as connection:
        stored = records.get(connection, tenant, record_id)
        if stored is None:
            raise Refusal(404, "not_found", "there is no such document")
        document = stored.record.document
        if not isinstance(document, Shipment | Return):
            message = f"it is a {kind_of(document)}; only shipments and returns are billed"
            raise Refusal(409, "step_refused", message)
        draft, inputs = _drafted(connection, tenant, stored, context)
    if draft is None:
        message = "no sales order that it names is known"
        hint = "send the order; it is a sale where our own identifiers are the seller's"
        raise Refusal(409, "step_refused", message, hint=hint)
    made = _record(stored.record, draft, inputs, context)
    outcome = _kept(house, tenant, stored, draft, made, actor)
    if outcome is None:
        errors = [
            {"path": each.line or "", "code": "not_billable", "message": each.message}
            for each in draft.problems
        ]
        raise Refusal(409, "step_refused", _words(draft), errors=errors)
    return outcome


def follow(house: House, tenant: str, record_id: str, _: Happened) -> None:
    """Bill what moved, where the tenant wants that; an order that came late, all that moved.

    What did not move after all takes its bill along.
    """
    context = context_of(house, tenant)
    with house.store.reading() as connection:
        settings = in_force(connection, tenant, BILLING, BillingSettings)
        stored = records.get(connection, tenant, record_id)
        wanted = [] if stored is None else _wanted(connection, tenant, stored, settings)
        gone = [] if stored is None else _withdrawn(connection, tenant, stored)
    for record in gone:
        ingest_record(house, tenant, _ACTOR, record)
    for each in wanted:
        with house.store.reading() as connection:
            draft, inputs = _drafted(connection, tenant, each, context)
        if draft is not None:
            _kept(house, tenant, each, draft, _record(each.record, draft, inputs, context), _ACTOR)


HANDLER: Final = Handler(BILLING, _CHANGES, follow)


def _wanted(
    connection: Connection, tenant: str, stored: Stored, settings: BillingSettings
) -> list[Stored]:
    found = [stored]
    if isinstance(stored.record.document, Order):
        orders = [f"order:{number}" for number in orders_of(stored.record.document)]
        found = _records(connection, tenant, orders) if settings.shipments else []
    return [each for each in found if _is_billed(each.record, settings)]


def _withdrawn(connection: Connection, tenant: str, stored: Stored) -> list[Record]:
    """Bills that were made here of something that counts no more, as deleted at their source."""
    document = stored.record.document
    if not isinstance(document, Shipment | Return) or counts(stored.record):
        return []
    bills = [each.record for each in _around(connection, tenant, document)]
    return [
        structs.replace(bill, source=structs.replace(bill.source, deleted=True))
        for bill in bills
        if bill.source is not None and counts(bill) and _is_of(bill, stored.record)
    ]


def _is_billed(record: Record, settings: BillingSettings) -> bool:
    document = record.document
    if not settled(record) or not counts(record):
        return False
    if isinstance(document, Return):
        return settings.returns and document.expects in _SETTLED_BY_CREDIT
    return isinstance(document, Shipment) and settings.shipments


def _drafted(
    connection: Connection, tenant: str, stored: Stored, context: Context
) -> tuple[Draft | None, list[Record]]:
    """The draft for what moved, and what it was made of; None where it is of no sale of ours."""
    movement = stored.record.document
    assert isinstance(movement, Shipment | Return)  # noqa: S101  (the callers have looked)
    found = [each for each in _around(connection, tenant, movement) if _counts(each, context)]
    mine = next((each for each in found if _is_of(each.record, stored.record)), None)
    others = [each.record for each in found if mine is None or each.position < mine.position]
    if not any(isinstance(each.document, Order) for each in others):
        return None, []
    settings = in_force(connection, tenant, BILLING, BillingSettings)
    matching = in_force(connection, tenant, "match", MatchSettings)
    documents = [each.document for each in others]
    if isinstance(movement, Return) or movement.reverses is not None:
        return credit_for(movement, documents, settings, matching), others
    return invoice_for(movement, documents, settings, matching), others


def _around(connection: Connection, tenant: str, movement: Movement) -> list[Stored]:
    """Orders that it names, itself or through a shipment that it takes back, with their bills.

    Customers number their orders: of two with one number, the one of this customer counts.
    """
    near = _records(connection, tenant, [f"receipt:{each}" for each in receipts_of(movement)])
    orders = orders_of(movement)
    for each in near:
        document = each.record.document
        orders |= orders_of(document) if isinstance(document, Movement) else set()
    found = _records(connection, tenant, [f"order:{number}" for number in orders])
    mover = marks(SELLING.mover(movement))
    return [each for each in found if agree(mover, _customer(each)) is not False]


def _customer(stored: Stored) -> Marks:
    document = stored.record.document
    return marks(document.buyer) if isinstance(document, Order | Bill) else frozenset()


def _records(connection: Connection, tenant: str, wanted: Iterable[str]) -> list[Stored]:
    ids = [(tenant, each) for each in terms.find(connection, tenant, wanted)]
    found = records.get_all(connection, ids) if ids else {}
    return sorted(found.values(), key=lambda each: each.position)


def _counts(stored: Stored, context: Context) -> bool:
    """Whether it is an order of ours to deliver, or a bill for one."""
    document = stored.record.document
    if not counts(stored.record):
        return False
    if isinstance(document, SalesOrder):
        return True
    return isinstance(document, Order | Bill) and direction_of(document, context) == "receivable"


def _is_of(record: Record, movement: Record) -> bool:
    """Whether a bill was made here for this very movement."""
    source = record.source
    return source is not None and (source.system, source.object_id) == (_SYSTEM, movement.id)


def _kept(
    house: House, tenant: str, stored: Stored, draft: Draft, made: Record | None, actor: str
) -> dict[str, Any] | None:
    """Take the draft in, or show what moved to a person."""
    record_id = stored.record.id or ""
    with house.store.writing(f"{tenant}:record:{record_id}") as connection:
        now = records.get(connection, tenant, record_id, to_change=True)
        if now is None:
            return None
        keeper = Keeper(connection, tenant, _ACTOR)
        if made is None:
            told = {"problems": [structs.asdict(each) for each in draft.problems]}
            finding = Finding(BILLING, "not_billable", _words(draft), holds=False, context=told)
            raise_on(keeper, now, finding)
        else:
            settle(keeper, now, BILLING, why="it can be billed now")
        keeper.finish()
    return None if made is None else ingest_record(house, tenant, actor, made)


def _record(
    movement: Record, draft: Draft, inputs: list[Record], context: Context
) -> Record | None:
    """The same movement gives the same record, so that a correction of it is a revision."""
    if draft.document is None:
        return None
    source = Source(
        system=_SYSTEM,
        channel="api",
        object_type=kind_of(draft.document),
        object_id=movement.id,
    )
    made = make_record(draft.document, source, context)
    hashes = [each.content_hash for each in (movement, *inputs) if each.content_hash]
    step = Step(op="bill", by=_ACTOR, inputs=hashes, note=f"of {movement.id}")
    return structs.replace(made, lineage=[step])


def _words(draft: Draft) -> str:
    return "; ".join(
        f"line {each.line}: {each.message}" if each.line else each.message
        for each in draft.problems
    )
