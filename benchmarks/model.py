"""Reading, checking and keying a ten-line invoice, beside the bare parser and pydantic v2.

    python benchmarks/model.py [--rounds 15]

One process, one run, figures taken in turn so that a drifting machine drifts for all. The floor is
`msgspec.json.decode` into plain dicts; pydantic declares the same fields with the same exactness.
Ratios are what to quote; absolute figures belong to the machine of the day.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from canonical_model import checks, identity, wire
from canonical_model.base.scalars import DECIMAL_PATTERN
from canonical_model.envelope import Context, Source


def ten_line_invoice(number: int = 1) -> dict[str, Any]:
    """A plain VAT invoice that adds up; amounts vary with `number`."""
    lines, total = [], Decimal(0)
    for i in range(1, 11):
        price = Decimal(f"{10 + i * 1.25 + number % 97:.2f}")
        net = (price * i).quantize(Decimal("0.01"))
        total += net
        lines.append(_line(i, price, net))
    tax = (total * 19 / 100).quantize(Decimal("0.01"))
    gross = str(total + tax)
    return {
        "kind": "invoice",
        "number": f"INV-{number:05}",
        "issue_date": "2026-01-31",
        "due_date": "2026-03-02",
        "currency": "EUR",
        "direction": "payable",
        "entity": "GB01",
        "type_code": "380",
        "seller": _party("Müller GmbH", "DE136695976", "Hauptstr. 1", "10115", "Berlin", "DE"),
        "buyer": _party("Acme Ltd", "GB980780684", "1 High Street", "N1 1AA", "London", "GB"),
        "lines": lines,
        "taxes": [{"category": "S", "rate": "19", "taxable": str(total), "amount": str(tax)}],
        "totals": {
            "lines": str(total),
            "net": str(total),
            "tax": str(tax),
            "gross": gross,
            "payable": gross,
        },
    }


def _line(i: int, price: Decimal, net: Decimal) -> dict[str, Any]:
    return {
        "id": str(i),
        "kind": "detail",
        "quantity": str(i),
        "unit": "C62",
        "price": {"net": str(price)},
        "net": str(net),
        "item": {"name": f"Widget number {i}", "seller_id": f"W-{i:04}"},
        "taxes": [{"category": "S", "rate": "19"}],
    }


def _party(name: str, vat: str, line1: str, postcode: str, city: str, country: str) -> dict:
    address = {"line1": line1, "postcode": postcode, "city": city, "country": country}
    return {"name": name, "ids": [{"kind": "vat", "value": vat}], "address": address}


_canonical = re.compile(DECIMAL_PATTERN).match


def _exactly_spelled(value: Any) -> Any:
    if not isinstance(value, str) or not _canonical(value):
        raise ValueError("not a canonical decimal")
    return value


Exact = Annotated[Decimal, BeforeValidator(_exactly_spelled)]
ExactText = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?$")]


def pydantic_reader(decimal: Any) -> Callable[[bytes], Any]:
    """The same invoice as pydantic models, decimals as given."""

    class Model(BaseModel):
        model_config = ConfigDict(extra="forbid", frozen=True)

    class Tax(Model):
        category: str | None = None
        rate: decimal | None = None

    class Price(Model):
        net: decimal | None = None

    class Item(Model):
        name: str | None = None
        seller_id: str | None = None

    class Line(Model):
        id: str | None = None
        kind: str | None = None
        quantity: decimal | None = None
        unit: str | None = None
        price: Price | None = None
        net: decimal | None = None
        item: Item | None = None
        taxes: list[Tax] = []

    class TaxTotal(Tax):
        taxable: decimal | None = None
        amount: decimal | None = None

    class Totals(Model):
        lines: decimal | None = None
        net: decimal | None = None
        tax: decimal | None = None
        gross: decimal | None = None
        payable: decimal | None = None

    class Identifier(Model):
        kind: str | None = None
        value: str

    class Address(Model):
        line1: str | None = None
        postcode: str | None = None
        city: str | None = None
        country: str | None = None

    class Party(Model):
        name: str | None = None
        ids: list[Identifier] = []
        address: Address | None = None

    class Invoice(Model):
        kind: str
        number: str | None = None
        issue_date: date | None = None
        due_date: date | None = None
        currency: str | None = None
        direction: str | None = None
        entity: str | None = None
        type_code: str | None = None
        seller: Party | None = None
        buyer: Party | None = None
        lines: list[Line] = []
        taxes: list[TaxTotal] = []
        totals: Totals | None = None

    return Invoice.model_validate_json


def contestants() -> dict[str, Callable[[bytes], Any]]:
    """What is timed, each a function of the document's bytes."""
    context, source = Context(tenant="acme"), Source(system="xero", object_id="1")

    def all_of_it(data: bytes) -> None:
        document = wire.decode(data)
        checks.check(document)
        identity.keys(document, source, context)

    def with_evidence(data: bytes) -> None:
        document = wire.decode(data)
        checks.check(document)
        identity.keys(document, source, context)
        identity.fingerprints(document, source)
        wire.content_hash(document)

    return {
        "floor: msgspec into dicts": msgspec.json.decode,
        "json.loads into dicts": json.loads,
        "decode (ours)": wire.decode,
        "pydantic, same types": pydantic_reader(Exact),
        "pydantic, lenient Decimal": pydantic_reader(Decimal),
        "pydantic, text, no Decimal": pydantic_reader(ExactText),
        "decode + checks + keys": all_of_it,
        "  … + fingerprints + hash": with_evidence,
    }


def per_document(function: Callable[[bytes], Any], payloads: list[bytes]) -> float:
    """Seconds for one document, over one round of all payloads."""
    start = time.perf_counter()
    for data in payloads:
        function(data)
    return (time.perf_counter() - start) / len(payloads)


def main() -> None:
    """Print the table."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rounds", type=int, default=15)
    rounds = ask.parse_args().rounds
    payloads = [
        json.dumps(ten_line_invoice(n), separators=(",", ":"), ensure_ascii=False).encode()
        for n in range(500)
    ]
    timed = contestants()
    figures: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(rounds):
        for name, function in timed.items():
            figures[name].append(per_document(function, payloads))
    floor = statistics.median(figures["floor: msgspec into dicts"])
    print(f"{len(payloads)} invoices of {len(payloads[0])} bytes, {rounds} rounds, medians")
    print(f"{'':28}{'us/doc':>9}{'docs/s':>10}{'x floor':>9}")
    for name, values in figures.items():
        middle = statistics.median(values)
        print(f"{name:28}{middle * 1e6:9.1f}{1 / middle:10,.0f}{middle / floor:9.2f}")


if __name__ == "__main__":
    main()
