"""Small documents of one trade, to be matched."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.goods_receipt import GoodsReceipt
from canonical_model.documents.goods_return import Return
from canonical_model.documents.invoice import Invoice
from canonical_model.documents.purchase_order import PurchaseOrder
from canonical_model.parts.line import Line
from canonical_model.parts.movement import MoveLine

_S = TypeVar("_S")
DAY = datetime.date(2026, 1, 10)
SELLER = {"name": "Möbelwerk Nord GmbH", "ids": [{"kind": "vat", "value": "DE136695976"}]}


def made(struct: type[_S], tree: dict[str, Any]) -> _S:
    """A struct from a plain tree, absent what is None."""
    return msgspec.convert({k: v for k, v in tree.items() if v is not None}, type=struct)


def line(
    id: str | None = "1",
    quantity: object = None,
    price: object = None,
    *,
    item: str | dict[str, Any] | None = None,
    name: str | None = None,
    of: str | None = None,
    unit: str | None = "C62",
    per: object = None,
    net: object = None,
    **more: Any,
) -> Line:
    """A trade line; `of` names an order line as `PO-1/10`, `per` is the price's base quantity."""
    priced = {"net": price, "base_quantity": per}
    tree: dict[str, Any] = {
        "id": id,
        "quantity": _text(quantity),
        "unit": unit,
        "price": {k: _text(v) for k, v in priced.items() if v is not None} or None,
        "net": _text(net),
        "item": _item(item, name),
        "refs": _refs(of),
    }
    return made(Line, tree | more)


def moved(
    quantity: object,
    of: str | None = None,
    *,
    id: str = "1",
    item: str | None = None,
    unit: str | None = "C62",
    accepted: object = None,
    rejected: object = None,
    **more: Any,
) -> MoveLine:
    """A line of a receipt or return."""
    tree = {
        "id": id,
        "quantity": _text(quantity),
        "unit": unit,
        "item": _item(item, None),
        "refs": _refs(of),
        "accepted": _text(accepted),
        "rejected": _text(rejected),
    }
    return made(MoveLine, tree | more)


def order(number: str, *lines: Line, **more: Any) -> PurchaseOrder:
    tree = {"number": number, "issue_date": DAY, "currency": "EUR", "seller": SELLER}
    return made(PurchaseOrder, {**tree, "lines": list(lines), **more})


def receipt(number: str, *lines: MoveLine, **more: Any) -> GoodsReceipt:
    return made(GoodsReceipt, {"number": number, "posting_date": DAY, "lines": list(lines), **more})


def returned(number: str, *lines: MoveLine, **more: Any) -> Return:
    tree = {"number": number, "issue_date": DAY, "direction": "to_supplier", "expects": "credit"}
    return made(Return, {**tree, "lines": list(lines), **more})


def invoice(number: str, *lines: Line, **more: Any) -> Invoice:
    return made(Invoice, {**_bill(number), "lines": list(lines), **more})


def credit(number: str, *lines: Line, **more: Any) -> CreditNote:
    return made(CreditNote, {**_bill(number), "lines": list(lines), **more})


def ref(role: str, number: str, line: str | None = None) -> dict[str, str]:
    return {"role": role, "number": number} | ({"line": line} if line else {})


def _bill(number: str) -> dict[str, Any]:
    head = {"number": number, "issue_date": DAY, "currency": "EUR", "seller": SELLER}
    return {**head, "direction": "payable"}


def _item(item: str | dict[str, Any] | None, name: str | None) -> dict[str, Any] | None:
    if isinstance(item, dict):
        return item
    found = {"seller_id": item, "name": name}
    return {k: v for k, v in found.items() if v} or None


def _refs(of: str | None) -> list[dict[str, str]] | None:
    if of is None:
        return None
    number, _, place = of.partition("/")
    return [ref("order", number, place or None)]


def _text(value: object) -> str | None:
    return None if value is None else str(Decimal(str(value)))
