"""Two years of incoming invoices of one buyer, some of them twice, and which those are.

The invoices that are there once are made to be hard: rents of one amount each month, weekly
services, price lists, several invoices of one day and one amount, numbers that start again each
January, orders billed in equal parts, credit notes. The copies come as they do in accounts payable:
by another channel, retyped, scanned, under a second supplier record, reprinted with a new date.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from random import Random
from typing import Any

from msgspec import structs

from canonical_model.documents.credit_note import CreditNote
from canonical_model.documents.invoice import Invoice
from canonical_model.envelope import Record, Source
from canonical_model.parts.identifier import Identifier
from canonical_model.parts.money import Period
from canonical_model.parts.party import Party
from canonical_model.parts.reference import Ref
from canonical_model.parts.terms import Instruction
from canonical_model.parts.totals import Totals
from tests.canonical_model.controls.generated.companies import Company, amount, companies
from tests.canonical_model.controls.generated.noise import (
    misread,
    misread_amount,
    misread_day,
    mistyped,
    other_prefix,
    other_spelling,
)

_START = datetime.date(2024, 1, 1)
_DAYS = 730
_BUYER = Party(name="Acme Werke GmbH", ids=[Identifier(kind="vat", value="DE811111111")])
_COPIED = 0.025


@dataclass
class Inbox:
    """The records by handle, and the pairs that are one invoice."""

    records: dict[str, Record] = field(default_factory=dict)
    same: set[tuple[str, str]] = field(default_factory=set)


def inbox(seed: int, documents: int) -> Inbox:
    """An inbox of about so many documents; the same for the same seed."""
    chance = Random(seed)
    made = Inbox()
    suppliers = companies(chance, max(20, documents // 45))
    originals = _originals(chance, suppliers, documents)
    for place, record in enumerate(originals):
        handle = f"doc{place:06}"
        made.records[handle] = record
        if isinstance(record.document, Invoice) and chance.random() < _COPIED:
            copies = 2 if chance.random() < 0.08 else 1
            handles = [handle, *(f"{handle}.{copy}" for copy in range(1, copies + 1))]
            for each in handles[1:]:
                made.records[each] = _copy(chance, record)
            made.same.update(combinations(handles, 2))
    return made


@dataclass(frozen=True)
class _Draft:
    """An invoice before its supplier has numbered it."""

    day: datetime.date
    order: int
    supplier: Company
    gross: Decimal
    stated: dict[str, Any]
    credited: bool = False


def _originals(chance: Random, suppliers: list[Company], documents: int) -> list[Record]:
    drafts: list[_Draft] = []
    makers = {"rent": _rents, "weekly": _weekly, "tiers": _listed, "free": _free}
    while len(drafts) < documents:
        supplier = chance.choice(suppliers)
        for day, gross, stated in makers[supplier.habit](chance, supplier):
            credited = supplier.habit == "free" and chance.random() < 0.03
            drafts.append(_Draft(day, len(drafts), supplier, gross, stated, credited))
    found: list[Record] = []
    # A supplier numbers in the order of the days, whatever we hear of first.
    for draft in sorted(drafts[:documents], key=lambda each: (each.day, each.order)):
        record = _record(chance, draft)
        found += [record, _credit(chance, record)] if draft.credited else [record]
    return found


_Stated = tuple[datetime.date, Decimal, dict[str, Any]]


def _rents(chance: Random, supplier: Company) -> Iterator[_Stated]:
    """Two years of one amount a month, under a contract or a standing order, or neither."""
    dated, sort = chance.random() < 0.5, chance.choice((None, "contract", "order"))
    number = f"C{supplier.place}{chance.randrange(1000):03}"
    price, first = amount(chance), chance.randint(1, 28)
    refs = [Ref(role=sort, number=number)] if sort else []
    for month in range(24):
        day = datetime.date(2024 + month // 12, 1 + month % 12, first)
        end = day + datetime.timedelta(days=27)
        yield day, price, {"refs": refs, "period": Period(start=day, end=end) if dated else None}


def _weekly(chance: Random, supplier: Company) -> Iterator[_Stated]:
    """Some weeks of one service at one price."""
    day = _day(chance)
    price = chance.choice((supplier.price, amount(chance)))
    refs = [Ref(role="order", number=f"45{supplier.place:06}")] if chance.random() < 0.5 else []
    for week in range(chance.randint(3, 8)):
        yield day + datetime.timedelta(days=7 * week), price, {"refs": refs}


def _listed(chance: Random, supplier: Company) -> Iterator[_Stated]:
    """Invoices off a price list, now and then several of one day for several deliveries."""
    day = _day(chance)
    price = supplier.price if chance.random() < 0.5 else amount(chance)
    for _ in range(2 if chance.random() < 0.06 else 1):
        note = f"LS{supplier.place}{chance.randrange(10**6)}"
        refs = [Ref(role="despatch", number=note)] if chance.random() < 0.75 else []
        yield day, price, {"refs": refs}


def _free(chance: Random, supplier: Company) -> Iterator[_Stated]:
    """An invoice, often against an order; now and then an order is billed in equal parts."""
    day, price = _day(chance), amount(chance)
    refs = [Ref(role="order", number=f"45{chance.randrange(10**6):06}")]
    refs = refs if chance.random() < 0.6 else []
    parts = chance.randint(2, 4) if refs and chance.random() < 0.04 else 1
    sort = {"type": "partial"} if parts > 1 and chance.random() < 0.5 else {}
    for part in range(parts):
        on = day + datetime.timedelta(days=part * chance.randint(14, 40))
        yield on, price, {"refs": refs, **sort}


def _day(chance: Random) -> datetime.date:
    return _START + datetime.timedelta(days=chance.randrange(_DAYS))


def _record(chance: Random, draft: _Draft) -> Record:
    supplier, day = draft.supplier, draft.day
    document = Invoice(
        direction="payable",
        number=supplier.number(day.year, day.month),
        issue_date=day,
        due_date=day + datetime.timedelta(days=30),
        currency="EUR",
        seller=supplier.party(),
        buyer=_BUYER,
        payment=[Instruction(accounts=[supplier.account()])] if chance.random() < 0.8 else [],
        totals=Totals(gross=draft.gross, payable=draft.gross),
        **draft.stated,
    )
    return _received(chance, document, chance.choice(supplier.channels))


def _received(chance: Random, document: Invoice, channel: str) -> Record:
    """The document with what its channel leaves of it: a scan has no VAT number half the time."""
    if channel in ("scan", "email"):
        document = _scanned(chance, document, slip=0.01)
    source: Any = Source(channel=channel, raw_sha256=f"{chance.getrandbits(256):064x}")
    return Record(document=document, source=source, tenant="t")


def _scanned(chance: Random, document: Invoice, slip: float) -> Invoice:
    changes: dict[str, Any] = {}
    if chance.random() < slip and document.number:
        changes["number"] = misread(chance, document.number)
    if chance.random() < 0.3:
        changes["refs"] = []
    if chance.random() < 0.3:
        changes["period"] = None
    if chance.random() < 0.35 and document.seller is not None:
        changes["seller"] = structs.replace(document.seller, ids=[])
    return structs.replace(document, **changes)


def _credit(chance: Random, record: Record) -> Record:
    bill = record.document
    assert isinstance(bill, Invoice)
    number = bill.number if chance.random() < 0.3 else f"CN{bill.number}"
    credit = CreditNote(
        direction="payable",
        number=number,
        issue_date=bill.issue_date,
        currency=bill.currency,
        seller=bill.seller,
        buyer=bill.buyer,
        refs=[Ref(role="preceding", number=bill.number)],
        totals=bill.totals,
    )
    return Record(document=credit, source=record.source, tenant="t")


def _copy(chance: Random, record: Record) -> Record:
    """The invoice once more, as it comes a second time."""
    document = record.document
    assert isinstance(document, Invoice)
    ways = (_again, _retyped, _second_record, _reprinted, _badly_scanned)
    way = chance.choices(ways, (34, 26, 20, 8, 12))[0]
    channel = chance.choice(
        ("scan", "email", "manual", "email", "peppol" if way is _again else "scan")
    )
    received = _received(chance, way(chance, document), channel)
    return structs.replace(received, issues=[])


def _again(chance: Random, bill: Invoice) -> Invoice:
    """Sent twice; the second time perhaps without its references."""
    return structs.replace(bill, refs=[]) if chance.random() < 0.3 else bill


def _retyped(chance: Random, bill: Invoice) -> Invoice:
    number = bill.number or ""
    way = chance.choices((other_prefix, mistyped, misread, _another), (35, 30, 25, 10))[0]
    bill = structs.replace(bill, number=way(chance, number))
    if chance.random() < 0.06:
        bill = structs.replace(bill, issue_date=misread_day(chance, bill.issue_date or _START))
    return bill


def _another(chance: Random, number: str) -> str:
    """The number of something else on the page."""
    return f"{chance.randrange(10**4, 10**8)}"


def _second_record(chance: Random, bill: Invoice) -> Invoice:
    """Booked under a supplier that was entered twice."""
    seller = bill.seller or Party()
    name = other_spelling(chance, seller.name or "")
    other = structs.replace(seller, name=name, ids=[], master_id=f"W{chance.randrange(10**5):05}")
    if chance.random() < 0.3:
        bill = structs.replace(bill, payment=[])
    if chance.random() < 0.15:
        bill = structs.replace(bill, number=misread(chance, bill.number or ""))
    return structs.replace(bill, seller=other)


def _reprinted(chance: Random, bill: Invoice) -> Invoice:
    """Sent again as a reminder, with the date of the day."""
    later = datetime.timedelta(days=chance.randint(7, 60))
    return structs.replace(bill, issue_date=(bill.issue_date or _START) + later)


def _badly_scanned(chance: Random, bill: Invoice) -> Invoice:
    """Read by a machine that got one field wrong."""
    field_name = chance.choice(("number", "amount", "day", "name"))
    if field_name == "number":
        return structs.replace(bill, number=misread(chance, bill.number or ""))
    if field_name == "day":
        return structs.replace(bill, issue_date=misread_day(chance, bill.issue_date or _START))
    if field_name == "amount" and bill.totals is not None and bill.totals.gross is not None:
        gross = misread_amount(chance, bill.totals.gross)
        return structs.replace(bill, totals=Totals(gross=gross, payable=gross))
    seller = bill.seller or Party()
    spelt = structs.replace(seller, name=misread(chance, seller.name or ""), ids=[])
    return structs.replace(bill, seller=spelt)
