"""A payment stands still while an invoice that it settles, or whoever it is paid to, is held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection

from canonical_model.controls.match.parties import Marks, agree, marks
from canonical_model.documents import AnyDocument
from canonical_model.documents.payment import Payment
from canonical_model.parts.party import Party
from canonical_model.parts.reference import Ref
from node_server.operations.vetting import known_payees
from node_server.store import counterfoils, records
from node_server.store.counterfoils import Row
from node_server.store.records import Stored

_MOST: Final = 50


def standings(
    connection: Connection, rows: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, str], Row]:
    """How the documents of several effects stand; of payments what they wait for."""
    found = counterfoils.standings(connection, rows)
    paying = [place for place, each in found.items() if each["kind"] == "payment"]
    if paying:
        for place, stored in records.get_all(connection, paying).items():
            found[place]["held_for"] = held_for(connection, place[0], stored.record.document)
    return found


def standing(connection: Connection, row: Mapping[str, Any]) -> Row | None:
    """How the document of one effect stands."""
    return standings(connection, [row]).get((row["tenant"], row["record_id"]))


def held_for(connection: Connection, tenant: str, payment: AnyDocument) -> str | None:
    """The first held invoice that a payment settles, or its payee where that is held, in words."""
    if not isinstance(payment, Payment):
        return None
    targets = [each.target for each in payment.allocations if each.target is not None]
    ids = {ref.id for ref in targets if ref.id}
    known = records.get_all(connection, {(tenant, each) for each in ids}) if ids else {}
    held = [each for each in known.values() if each.payment_hold]
    held += _by_number(connection, tenant, payment, _unresolved(targets, known))
    if held:
        return f"{_named(held[0])}, which it settles,"
    payees = known_payees(connection, tenant, payment) if payment.direction != "in" else []
    return next((f"{_named(each)}, who is paid," for each in payees if each.payment_hold), None)


def _unresolved(targets: Iterable[Ref], known: Mapping[tuple[str, str], Any]) -> list[str]:
    ids = {record_id for _, record_id in known}
    return [ref.number for ref in targets if ref.number and ref.id not in ids]


def _by_number(
    connection: Connection, tenant: str, payment: Payment, numbers: Iterable[str]
) -> Iterator[Stored]:
    """Held invoices with such a number, unless they are certainly another party's."""
    side = payment.payer if payment.direction == "in" else payment.payee
    for number in dict.fromkeys(numbers):
        wanted = {"number": number, "payment_hold": True}
        for stored in records.page(connection, tenant, wanted, after=0, limit=_MOST):
            bill: Any = stored.record.document
            theirs = bill.seller if payment.direction != "in" else bill.buyer
            if agree(_identifiers(side), _identifiers(theirs)) is not False:
                yield stored


def _identifiers(party: Party | None) -> Marks:
    """What a party is certainly known by; names are written in many ways."""
    return frozenset(mark for mark in marks(party) if mark[0] != "name")


def _named(stored: Stored) -> str:
    document = stored.record.document
    named = getattr(document, "number", None) or getattr(document, "name", None)
    return str(named or stored.record.id)[:60]
