"""Which parts of a document tell it from others of its kind."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from canonical_model.documents import KINDS
from canonical_model.envelope import Context, Key, Source
from canonical_model.identity import idempotency_key, keys

PLAIN = Context(tenant="acme")
SAP = Source(system="sap", connection="c1", object_type="BKPF", object_id="51")
VAT = {"value": "DE 123.456.789", "kind": "vat"}
SELLER = {"ids": [VAT]}
INVOICE = {"kind": "invoice", "number": "INV-00123", "issue_date": "2026-01-31", "seller": SELLER}
GLN = {"value": "4012345000009", "kind": "party", "scheme": "0088"}
IBAN = "DE89370400440532013000"
ACCOUNT = {"id": {"value": "DE89 3704 0044 0532 0130 00", "scheme": "iban"}}
SENT = {
    "kind": "payment",
    "direction": "out",
    "from_account": ACCOUNT,
    "message_id": "M1",
    "batch_id": "B1",
    "end_to_end_id": "E-1",
}


def document(stated: dict[str, Any]) -> Any:
    return msgspec.json.decode(json.dumps(stated), type=KINDS[stated["kind"]])


def made(
    stated: dict[str, Any], source: Source | None = None, context: Context = PLAIN
) -> list[Key]:
    return keys(document(stated), source, context)


def natural(stated: dict[str, Any], source: Source | None = None) -> list[list[str]]:
    """The parts after version, tenant and kind of each natural key."""
    found = [key for key in made(stated, source) if key.basis != "source"]
    assert all(key.parts[:3] == ["k1", "acme", stated["kind"]] for key in found)
    return [key.parts[3:] for key in found]


NATURAL: list[tuple[dict[str, Any], list[list[str]]]] = [
    (INVOICE, [["", "", "vat:DE123456789", "invoice", "INV00123", "2026"]]),
    (
        {**INVOICE, "kind": "credit_note"},
        [["", "", "vat:DE123456789", "credit_note", "INV00123", "2026"]],
    ),
    ({"kind": "purchase_order", "number": "PO 1", "entity": "DE01"}, [["DE01", "PO1"]]),
    ({"kind": "sales_order", "number": "SO 1"}, [["", "SO1"]]),
    (
        {
            "kind": "order_response",
            "number": "R1",
            "seller": SELLER,
            "refs": [{"role": "order", "number": "PO-1"}],
        },
        [["", "vat:DE123456789", "R1", "PO1"]],
    ),
    (
        {"kind": "quote", "number": "Q1", "type": "quotation", "seller": SELLER},
        [["", "vat:DE123456789", "quotation", "Q1", ""]],
    ),
    (
        {"kind": "goods_receipt", "number": "0050001", "posting_date": "2026-03-01"},
        [["", "sap", "50001", "2026"]],
    ),
    (
        {
            "kind": "goods_receipt",
            "delivery_note": "LS-7",
            "from_party": SELLER,
            "lines": [{"refs": [{"role": "order", "number": "PO-1"}]}],
        },
        [["vat:DE123456789", "LS7", "PO1"]],
    ),
    ({"kind": "shipment", "number": "D-1", "from_party": SELLER}, [["vat:DE123456789", "D1"]]),
    (
        {
            "kind": "shipment",
            "carrier": {"name": "DHL AG"},
            "tracking": [{"value": "b 2"}, {"value": "A1"}],
        },
        [["tracking", "name:dhl|", "A1"], ["tracking", "name:dhl|", "B2"]],
    ),
    ({"kind": "return", "number": "RMA-1", "to_party": SELLER}, [["vat:DE123456789", "RMA1"]]),
    ({"kind": "return", "number": "RMA-1"}, [["system:sap", "RMA1"]]),
    (
        {
            "kind": "inventory_adjustment",
            "number": "A1",
            "from_location": {"value": "W1"},
            "posting_date": "2026-01-01",
        },
        [["sap", "W1", "A1", "2026"]],
    ),
    (
        SENT,
        [
            ["", f"iban:{IBAN}", "M1", "B1", "E-1"],
            ["", "out", "sap", "c1", "BKPF", "51"],
        ],
    ),
    ({"kind": "payment", "direction": "in"}, [["", "in", "sap", "c1", "BKPF", "51"]]),
    (
        {
            "kind": "payment_status",
            "message_id": "S1",
            "original_message_id": "M1",
            "created_at": "2026-01-01T00:00:00Z",
        },
        [["", "S1", "M1", "2026"]],
    ),
    (
        {
            "kind": "bank_statement",
            "account": ACCOUNT,
            "id": "S/1",
            "created_at": "2026-01-01T00:00:00Z",
        },
        [[f"iban:{IBAN}", "S/1", "2026"]],
    ),
    (
        {
            "kind": "bank_statement",
            "account": ACCOUNT,
            "period": {"start": "2026-01-01", "end": "2026-01-31"},
            "balances": [
                {"type": "CLBD", "amount": "5.10", "direction": "credit", "currency": "EUR"},
                {"type": "OPBD", "amount": "9.00", "direction": "credit"},
            ],
        },
        [[f"iban:{IBAN}", "2026-01-01", "2026-01-31", "credit", "EUR", "5.1"]],
    ),
    (
        {
            "kind": "bank_transaction",
            "account": {"value": IBAN},
            "booking_date": "2026-01-31",
            "direction": "debit",
            "currency": "EUR",
            "amount": "100.00",
            "servicer_ref": "R1",
            "occurrence": 2,
        },
        [[f"iban:{IBAN}", "2026-01-31", "debit", "EUR", "100", "svc:R1", "2"]],
    ),
    (
        {"kind": "journal_entry", "number": "J-1", "ledger": "0L", "fiscal_period": "2025-12"},
        [["0L", "", "sap", "J1", "2025"]],
    ),
    (
        {"kind": "party", "name": "Müller", "ids": [VAT, GLN]},
        [["vat:DE123456789"], ["gln:" + GLN["value"]]],
    ),
    ({"kind": "bank_account", **ACCOUNT}, [["iban", IBAN]]),
    (
        {
            "kind": "bank_account",
            "id": {"value": "00-123", "scheme": "bban"},
            "branch": {"value": "20-00-00"},
        },
        [["bban", "00123", "200000"]],
    ),
    (
        {"kind": "ref_data", "list": "account", "code": "4000"},
        [["", "sap", "c1", "account", "", "4000"]],
    ),
    (
        {"kind": "tax_determination", "number": "T1", "type": "sale", "tax_date": "2026-01-01"},
        [["", "sap", "sale", "T1", "2026"]],
    ),
]


@pytest.mark.parametrize(("stated", "parts"), NATURAL, ids=lambda case: str(case)[:30])
def test_a_kind_is_recognised_by_its_own_parts(
    stated: dict[str, Any], parts: list[list[str]]
) -> None:
    assert natural(stated, SAP) == parts


def test_every_kind_has_a_natural_key() -> None:
    assert {stated["kind"] for stated, _ in NATURAL} == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_without_its_core_part_a_document_has_no_natural_key(kind: str) -> None:
    stated: dict[str, Any] = {"kind": kind}
    if "seller" in KINDS[kind].__struct_fields__:
        stated["seller"] = SELLER
    assert made(stated) == []
    assert idempotency_key(document(stated), []) is None


def test_an_order_we_receive_is_told_apart_by_its_buyer() -> None:
    stated = {"kind": "purchase_order", "number": "4500000001", "buyer": SELLER}
    sold = Context(tenant="acme", direction="receivable")
    assert made(stated)[0].parts[3:] == ["", "4500000001"]
    assert made(stated, context=sold)[0].parts[3:] == ["", "vat:DE123456789", "4500000001"]


@pytest.mark.parametrize("missing", ["message_id", "end_to_end_id", "from_account", "direction"])
def test_a_payment_is_ours_only_with_all_that_tells_it_apart(missing: str) -> None:
    assert made({name: value for name, value in SENT.items() if name != missing}) == []


def test_payments_of_one_message_without_end_to_end_id_do_not_merge() -> None:
    assert made({**SENT, "end_to_end_id": "NOTPROVIDED"}) == []


def test_a_payment_without_ids_is_known_by_what_it_moves() -> None:
    stated = {
        "kind": "payment",
        "direction": "out",
        "payee": SELLER,
        "to_account": ACCOUNT,
        "amount": "100.00",
        "currency": "EUR",
        "value_date": "2026-01-31",
        "structured_ref": "RF18",
    }
    tail = ["2026-01-31", "100", "EUR", "RF18"]
    assert natural(stated) == [
        ["", "out", "vat:DE123456789", *tail],
        ["", "out", f"iban:{IBAN}", *tail],
    ]


def test_an_incoming_payment_is_known_by_its_payer() -> None:
    stated = {"kind": "payment", "direction": "in", "payer": SELLER, "payee": {"name": "We"}}
    (parts,) = natural({**stated, "amount": "1", "value_date": "2026-01-31"})
    assert parts[:3] == ["", "in", "vat:DE123456789"]


def test_a_statement_without_creation_time_takes_the_year_it_covers() -> None:
    closing = {"type": "CLBD", "amount": "0.00", "date": "2025-12-31"}
    stated = {"kind": "bank_statement", "account": ACCOUNT, "id": "1"}
    assert natural({**stated, "balances": [closing]})[0][-1] == "2025"
    assert natural({**stated, "period": {"end": "2024-12-31"}})[0][-1] == "2024"
