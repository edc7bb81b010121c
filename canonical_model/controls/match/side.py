"""Buying or selling: which documents are evidence, and who the other party is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from canonical_model.controls.match.book import Head
from canonical_model.controls.match.entry import Pointer, pointers
from canonical_model.controls.match.parties import marks
from canonical_model.documents import AnyDocument
from canonical_model.documents.goods_receipt import GoodsReceipt
from canonical_model.documents.goods_return import Return
from canonical_model.documents.invoice import Bill
from canonical_model.documents.movement import Movement
from canonical_model.documents.purchase_order import Order, PurchaseOrder
from canonical_model.documents.sales_order import SalesOrder
from canonical_model.documents.shipment import Shipment
from canonical_model.identity import number_key
from canonical_model.parts.party import Party

_D = TypeVar("_D", bound=Order | Movement | Bill)

_write = msgspec.json.Encoder(order="sorted").encode
_NOTHING_OWED = frozenset({"repair", "none"})


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a trade. What we receive is to a purchase what we ship is to a sale."""

    arrival: type[Movement]
    returning: str
    arrived: str
    """What has happened to goods that may be invoiced, in a word."""

    def party(self, document: Order | Bill) -> Party | None:
        """The other party of an order or invoice."""
        return document.seller if self.arrived == "received" else document.buyer

    def mover(self, document: Movement) -> Party | None:
        """The other party of a receipt, shipment or return."""
        goes_out = isinstance(document, Return) is (self.arrived == "received")
        return document.to_party if goes_out else document.from_party

    def orders(self, documents: Iterable[AnyDocument]) -> list[Order]:
        """The newest change of each order; a sale may be ordered in either way."""
        found = only(documents, PurchaseOrder, SalesOrder)
        newest: dict[str, Order] = {}
        for at, order in enumerate(sorted(found, key=lambda each: each.change_no or 0)):
            newest[number_key(order.number or "") or f"#{at}"] = order
        return list(newest.values())

    def arrivals(self, documents: Iterable[AnyDocument]) -> list[Movement]:
        """Receipts or shipments; what undoes one comes after all that it may undo."""
        found = only(documents, self.arrival)
        return sorted(found, key=lambda each: each.reverses is not None)

    def returns(self, documents: Iterable[AnyDocument]) -> list[Return]:
        """Goods that went back and will be settled."""
        return [
            each
            for each in only(documents, Return)
            if each.direction in (None, self.returning) and each.expects not in _NOTHING_OWED
        ]

    def head(self, document: Bill) -> Head:
        """What an invoice says of all its lines."""
        return _head(document, self.party(document))

    def moving_head(self, document: Movement) -> Head:
        """What a receipt, shipment or return says of all its lines."""
        undone: tuple[Pointer, ...] = ()
        if document.reverses:
            undone = ((number_key(document.reverses), None),)
        return _head(document, self.mover(document), undone)


BUYING = Side(GoodsReceipt, "to_supplier", "received")
SELLING = Side(Shipment, "from_customer", "shipped")


def only(documents: Iterable[AnyDocument], *kinds: type[_D]) -> list[_D]:
    """Documents of these kinds, each once, in an order of their own: by day, number, content."""
    found = {_write(each): each for each in documents if isinstance(each, kinds)}
    return [found[each] for each in sorted(found, key=lambda each: (*age(found[each]), each))]


def age(document: Order | Movement | Bill) -> tuple[str, str]:
    """Day and number, to sort by."""
    day = document.issue_date or getattr(document, "posting_date", None)
    return (day.isoformat() if day is not None else "", document.number or "")


def _head(document: Bill | Movement, party: Party | None, undone: tuple[Pointer, ...] = ()) -> Head:
    receipts = pointers(document.refs, "receipt", "despatch", "shipment")
    orders = pointers(document.refs, "order", "sales_order")
    return Head(orders, (*receipts, *undone), marks(party))
