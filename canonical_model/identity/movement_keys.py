"""What makes two deliveries one receipt, shipment, return or adjustment."""

from __future__ import annotations

from canonical_model.documents.goods_receipt import GoodsReceipt
from canonical_model.documents.goods_return import Return
from canonical_model.documents.inventory_adjustment import InventoryAdjustment
from canonical_model.documents.movement import Movement
from canonical_model.documents.shipment import Shipment
from canonical_model.envelope import Context, Source
from canonical_model.identity.key_parts import (
    Found,
    entity_part,
    number_part,
    order_numbers,
    year_part,
)
from canonical_model.identity.normalise import alphanumeric, plain
from canonical_model.identity.record_ids import NATURAL
from canonical_model.identity.rungs import rungs


def goods_receipt(document: GoodsReceipt, source: Source, context: Context) -> Found:
    """The warehouse system's number, which restarts each year, else the supplier's papers."""
    if number := number_part(document.number):
        issuer = [entity_part(document, context), plain(source.system)]
        return [(NATURAL, [*issuer, number, _movement_year(document)])]
    note = number_part(document.delivery_note)
    tail = [note, " ".join(order_numbers(document))]
    return [(basis, [rung, *tail]) for basis, rung in rungs(document.from_party) if note]


def shipment(document: Shipment, source: Source, context: Context) -> Found:
    """The shipper's number, else each tracking number of the carrier."""
    number = number_part(document.number)
    shipper = rungs(document.from_party) if number else []
    if shipper:
        return [(basis, [rung, number]) for basis, rung in shipper]
    carrier = next((rung for _, rung in rungs(document.carrier)), "")
    tracked = sorted({alphanumeric(tracking.value) for tracking in document.tracking} - {""})
    return [(NATURAL, ["tracking", carrier, tracking]) for tracking in tracked]


def goods_return(document: Return, source: Source, context: Context) -> Found:
    """The return number of whoever authorised it."""
    number = number_part(document.number)
    if not number:
        return []
    # Who takes the goods back authorises the return and numbers it.
    if issuer := rungs(document.to_party):
        return [(basis, [rung, number]) for basis, rung in issuer]
    system = plain(source.system)
    return [(NATURAL, [f"system:{system}", number])] if system else []


def inventory_adjustment(document: InventoryAdjustment, source: Source, context: Context) -> Found:
    """The system's number, by warehouse and year."""
    number = number_part(document.number)
    place = document.from_location or document.to_location
    warehouse = plain(place.value) if place is not None else ""
    parts = [plain(source.system), warehouse, number, _movement_year(document)]
    return [(NATURAL, parts)] if number else []


def _movement_year(document: Movement) -> str:
    return year_part(document.posting_date or document.issue_date or document.occurred_at)
