"""Bytes to documents through maps, beside the bare parsers and a mapping written by hand.

    python benchmarks/mapping.py [--rounds 25]

Payloads are the project's own samples. Checks and keys are timed beside it, not in it. What else a
machine does only ever adds, so that the best of many short rounds is what the code costs; ratios
within one run are what to quote.
"""

from __future__ import annotations

import argparse
import datetime
import json
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import jmespath
import msgspec
from drafthorse.models.document import Document
from jsonata import Jsonata
from lxml import etree

import connectors
from canonical_model import wire
from canonical_model.documents import Invoice
from canonical_model.parts.item import Item, Price
from canonical_model.parts.line import Line
from canonical_model.parts.party import Party
from canonical_model.parts.tax import Tax
from canonical_model.parts.totals import Totals
from canonical_model.record import make_record
from connectors._engine.wires import read, sights

ROOT = Path(connectors.__file__).parent
CENT = Decimal("0.01")
_json = msgspec.json.Decoder(float_hook=Decimal).decode


def xero_bill() -> bytes:
    """A ten-line bill as Xero's API sends it."""
    lines = [
        {
            "LineItemID": f"00000000-0000-0000-0000-{i:012}",
            "Description": f"Widget number {i}",
            "Quantity": i,
            "UnitAmount": 10.5,
            "LineAmount": round(10.5 * i, 2),
            "TaxAmount": round(1.05 * i, 2),
            "TaxType": "INPUT",
            "AccountCode": "400",
            "Tracking": [],
        }
        for i in range(1, 11)
    ]
    bill = {
        "Type": "ACCPAY",
        "InvoiceID": "11111111-2222-3333-4444-555555555555",
        "InvoiceNumber": "INV-00123",
        "Contact": {"ContactID": "66666666-7777-8888-9999-000000000000", "Name": "Acme Ltd"},
        "DateString": "2026-01-31T00:00:00",
        "Date": "/Date(1769817600000+0000)/",
        "DueDateString": "2026-03-02T00:00:00",
        "DueDate": "/Date(1772409600000+0000)/",
        "Status": "AUTHORISED",
        "LineAmountTypes": "Exclusive",
        "LineItems": lines,
        "SubTotal": 577.5,
        "TotalTax": 57.75,
        "Total": 635.25,
        "AmountDue": 635.25,
        "CurrencyCode": "EUR",
    }
    return json.dumps({"Invoices": [bill]}).encode()


def by_hand(data: bytes) -> Invoice:
    """The mapping that a careful person would write for these bytes, and no other payload."""
    bill = _json(data)["Invoices"][0]

    def money(value: Any) -> Decimal:
        return Decimal(value).quantize(CENT)

    def number(value: Any) -> Decimal:
        return Decimal(value)

    lines = [
        Line(
            id=line["LineItemID"],
            kind="detail",
            quantity=number(line["Quantity"]),
            price=Price(net=number(line["UnitAmount"])),
            net=money(line["LineAmount"]),
            tax_amount=money(line["TaxAmount"]),
            account=line["AccountCode"],
            item=Item(name=line["Description"].strip()),
            taxes=[Tax(code=line["TaxType"])],
        )
        for line in bill["LineItems"]
    ]
    return Invoice(
        number=bill["InvoiceNumber"].strip(),
        direction="payable" if bill["Type"] == "ACCPAY" else "receivable",
        issue_date=datetime.date.fromisoformat(bill["DateString"][:10]),
        due_date=datetime.date.fromisoformat(bill["DueDateString"][:10]),
        currency=bill["CurrencyCode"],
        seller=Party(name=bill["Contact"]["Name"], master_id=bill["Contact"]["ContactID"]),
        lines=lines,
        totals=Totals(
            net=money(bill["SubTotal"]), tax=money(bill["TotalTax"]), gross=money(bill["Total"])
        ),
        balance=money(bill["AmountDue"]),
        status=bill["Status"],
    )


_EXPRESSION = jmespath.compile(
    "Invoices[0].{number: InvoiceNumber, issue_date: DateString, due_date: DueDateString,"
    " currency: CurrencyCode, status: Status, balance: AmountDue,"
    " seller: {name: Contact.Name, master_id: Contact.ContactID},"
    " totals: {net: SubTotal, tax: TotalTax, gross: Total},"
    " lines: LineItems[].{id: LineItemID, quantity: Quantity, price: {net: UnitAmount},"
    " net: LineAmount, tax_amount: TaxAmount, account: AccountCode, item: {name: Description},"
    " taxes: [{code: TaxType}]}}"
)


_JSONATA = Jsonata(
    'Invoices[0].{"number": InvoiceNumber, "issue_date": DateString, "due_date": DueDateString,'
    ' "currency": CurrencyCode, "status": Status, "balance": AmountDue,'
    ' "seller": {"name": Contact.Name, "master_id": Contact.ContactID},'
    ' "totals": {"net": SubTotal, "tax": TotalTax, "gross": Total},'
    ' "lines": LineItems.{"id": LineItemID, "quantity": Quantity, "price": {"net": UnitAmount},'
    ' "net": LineAmount, "tax_amount": TaxAmount, "account": AccountCode,'
    ' "item": {"name": Description}, "taxes": [{"code": TaxType}]}}'
)


def all_paths() -> Any:
    """One jmespath expression that asks for all that our map asks for; none of it converted."""
    groups: dict[str, list[str]] = {}
    for number, each in enumerate(connectors.explain("erp/xero", "invoice")):
        paths = [path.removeprefix("Invoices[*].") for path in each.sources]
        place = next((path.rpartition("[*].")[0] for path in paths), "")
        asked = [path.rpartition("[*].")[2] for path in paths]
        if asked:
            groups.setdefault(place, []).append(f"f{number}: {' || '.join(asked)}")
    whole = groups.pop("")
    whole += [
        f"g{n}: {place}[].{{{', '.join(group)}}}" for n, (place, group) in enumerate(groups.items())
    ]
    return jmespath.compile(f"Invoices[].{{{', '.join(whole)}}}")


def mapper(data: bytes) -> Callable[[], Any]:
    """Our road from bytes to documents, without checks and keys."""
    name, decoded = read(data, None)
    sight = next(iter(sights(name, decoded)))[0]
    pack = connectors.pack()
    (claimed,), _ = pack.recognition.claims(sight)
    connector, _, resource = claimed.rpartition("/")
    found = pack[connector].read_map(resource)

    def run() -> Any:
        name, decoded = read(data, None)
        return [list(found.run(sight.tree)) for sight, _ in sights(name, decoded)]

    return run


def contests() -> dict[str, dict[str, Callable[[], Any]]]:
    """Each payload with its floor first."""
    bill = xero_bill()
    ubl, cii = largest("ap/ubl", "invoice"), largest("ap/cii", "invoice")
    every = all_paths()
    return {
        f"Xero bill, ten lines, {len(bill)} bytes": {
            "mapping by hand": lambda: by_hand(bill),
            "bytes to dicts (msgspec)": lambda: _json(bill),
            "map (ours)": mapper(bill),
            "jmespath, these fields, dicts only": lambda: _EXPRESSION.search(_json(bill)),
            "jmespath, all that the map asks for": lambda: every.search(_json(bill)),
            "jsonata, these fields, floats": lambda: _JSONATA.evaluate(json.loads(bill)),
            "map + checks + keys (ours)": lambda: connectors.map_payload(bill),
        },
        f"UBL invoice, {len(ubl)} bytes": {
            "lxml.etree.fromstring": lambda: etree.fromstring(ubl),
            "map (ours)": mapper(ubl),
            "map + checks + keys (ours)": lambda: connectors.map_payload(ubl),
        },
        f"CII invoice, {len(cii)} bytes": {
            "lxml.etree.fromstring": lambda: etree.fromstring(cii),
            "map (ours)": mapper(cii),
            "drafthorse": lambda: Document.parse(cii, strict=False),
        },
        "one document of the UBL invoice": one_document(ubl),
    }


def one_document(data: bytes) -> dict[str, Callable[[], Any]]:
    """What follows on mapping, by itself."""
    document = connectors.map_payload(data).records[0].document
    return {
        "encode": lambda: wire.encode(document),
        "record: checks, keys, fingerprints, hash": lambda: make_record(document),
    }


def largest(connector: str, resource: str) -> bytes:
    """The largest sample of a resource."""
    files = (ROOT / connector / "samples" / resource).glob("*.in.*")
    return max((path.read_bytes() for path in files), key=len)


def seconds(function: Callable[[], Any], times: int) -> float:
    """Seconds of work for one call, over several."""
    start = time.process_time()
    for _ in range(times):
        function()
    return (time.process_time() - start) / times


def main() -> None:
    """Print a table for each payload."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=25)
    rounds = ask.parse_args().rounds
    for title, contest in contests().items():
        figures: dict[str, list[float]] = {name: [] for name in contest}
        for _ in range(rounds):
            for name, function in contest.items():
                figures[name].append(seconds(function, 20))
        floor = min(next(iter(figures.values())))
        print(f"\n{title}, best of {rounds} rounds\n{'':42}{'us':>9}{'x first':>9}")
        for name, values in figures.items():
            best = min(values)
            print(f"{name:42}{best * 1e6:9.1f}{best / floor:9.2f}")


if __name__ == "__main__":
    main()
