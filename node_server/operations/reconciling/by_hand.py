"""A proposal that a person makes: these bank lines settle these documents."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection

from canonical_model.controls.reconciliation import (
    ItemPart,
    LinePart,
    Proposal,
    Reason,
    ReconciliationPolicy,
)
from canonical_model.controls.reconciliation.movements import Movement, movements_of
from canonical_model.controls.reconciliation.open_items import Item, items_of
from canonical_model.controls.reconciliation.whole_units import amount_of, units
from node_server.auth import Principal
from node_server.errors import Refusal
from node_server.operations.entities import context_of
from node_server.operations.house import House
from node_server.operations.reconciling import showing
from node_server.operations.reconciling.gathering import Scope, Work, gather
from node_server.operations.reconciling.places import Place
from node_server.operations.reconciling.proposing import BY_HAND, made_of, store
from node_server.store import clock

Body = Mapping[str, Any]
_BOOKED = ("discount", "fee", "exchange")


def propose(house: House, who: Principal, body: Body) -> dict[str, Any]:
    """Keep the proposal; it is accepted like any other."""
    with house.store.reading() as connection:
        work = _work(connection, who.tenant, body)
    lines = [each for line in body["lines"] for each in _movements(work, line)]
    found, _ = items_of(work.items, context_of(house, who.tenant))
    by_id = {item.handle: item for item in found}
    items = [(_item(by_id, each), each) for each in body["items"]]
    proposal = _proposal(lines, items, body.get("difference"))
    owner = {"tenant": who.tenant, "made_by": who.id, "made_at": clock.stamp()}
    made = made_of(proposal, work, ReconciliationPolicy(), owner)
    with house.store.writing(f"{who.tenant}:reconciliation") as transaction:
        store(transaction, who.tenant, [made])
    return showing.show(house, who.tenant, made.id)


def _work(connection: Connection, tenant: str, body: Body) -> Work:
    lines = tuple(sorted({each["document"] for each in body["lines"]}))
    wanted = sorted({each["document"] for each in body["items"]})
    return gather(connection, tenant, Scope(lines=lines), only=wanted)


def _movements(work: Work, line: Body) -> list[Movement]:
    """All movements of the line that are left over."""
    entry = "" if line.get("entry") is None else str(line["entry"])
    place = Place(line["document"], entry)
    record = work.lines.get(place.record_id)
    of_it = movements_of({place.record_id: record})[0] if record is not None else []
    wanted = line.get("detail")
    found = [
        each
        for each in of_it
        if each.handle == place.handle
        and wanted in (None, each.detail)
        and each.place not in work.taken
    ]
    if not found:
        hint = "name a statement's entry by its position; a line that is settled must be undone"
        raise _refused(f"nothing is left over of the bank line {place.handle}", hint)
    return found


def _item(known: Mapping[str, Item], wanted: Body) -> Item:
    item = known.get(wanted["document"])
    if item is None:
        raise _refused(f"nothing is open of {wanted['document'][:60]}", "name an open document")
    return item


def _settled(item: Item, wanted: Body, most: int | None) -> int:
    """What is taken off it: as stated, else all that is open, at most what the lines come to."""
    if wanted.get("amount") is None:
        return item.amount if most is None or abs(item.amount) <= abs(most) else most
    stated = _units(wanted["amount"])
    if not 0 < stated <= abs(item.amount):
        open_ = amount_of(abs(item.amount), item.currency)
        raise _refused(f"{wanted['amount']} cannot be settled of it", f"{open_} is open")
    return stated if item.amount > 0 else -stated


def _units(text: str) -> int:
    try:
        found = units(Decimal(text))
    except InvalidOperation:
        found = None
    if found is None:
        raise _refused(f"{text[:40]} is no amount", "write it as 60.00")
    return found


def _proposal(
    lines: list[Movement], items: list[tuple[Item, Body]], difference: str | None
) -> Proposal:
    total = sum(each.amount for each in lines)
    alone = total if len(items) == 1 and difference is None else None
    settled = [_settled(item, wanted, alone) for item, wanted in items]
    rest = sum(settled) - total
    currency = _currency(lines, [item for item, _ in items])
    _fits(total, sum(settled), difference)
    over = "over" if rest else "none"
    return Proposal(
        lines=[
            LinePart(line=each.handle, detail=each.detail,
                     amount=amount_of(each.amount, currency), currency=currency)
            for each in lines
        ],
        items=[
            ItemPart(item=item.handle, kind=item.kind, amount=amount_of(item.amount, currency),
                     settled=amount_of(taken, currency), currency=currency,
                     settles=list(item.settles))
            for (item, _), taken in zip(items, settled, strict=True)
        ],
        decision="propose",
        score=Decimal(1),
        difference=difference if difference in _BOOKED else over,  # type: ignore[arg-type]
        difference_amount=amount_of(rest, currency) if rest else None,
        reasons=[Reason(basis=BY_HAND, weight=Decimal(1), why="a person says so")],
    )  # fmt: skip


def _currency(lines: list[Movement], items: list[Item]) -> str | None:
    found = ({each.currency for each in lines} | {each.currency for each in items}) - {""}
    if len(found) > 1:
        raise _refused(f"they are in {' and '.join(sorted(found))}", "put one currency together")
    return next(iter(found), None)


def _fits(total: int, settled: int, difference: str | None) -> None:
    """More is settled than came only where somebody says what the difference is."""
    if (total > 0) != (settled > 0) or not total:
        raise _refused("the money flows the other way", "name documents of the same side")
    if abs(settled) > abs(total) and difference is None:
        hint = "state the amount of each document, or `difference`: discount, fee or exchange"
        raise _refused("the documents come to more than the bank lines", hint)


def _refused(what: str, hint: str) -> Refusal:
    return Refusal(422, "body_invalid", what, hint=hint)
