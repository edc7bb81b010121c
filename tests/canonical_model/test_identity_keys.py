"""What makes two deliveries one document, kind by kind."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_model.documents import KINDS
from canonical_model.envelope import Context, Key, Source
from canonical_model.errors import UnknownKind
from canonical_model.identity import (
    RUNGS,
    WEAK_RUNGS,
    direction_of,
    idempotency_key,
    is_weak,
    keys,
    record_id,
    rungs,
    source_key,
)
from canonical_model.parts.party import Party

VECTOR = ["k1", "acme", "invoice", "payable", "DE01", "vat:DE123456789", "invoice", "INV00123"]
VECTOR_ID = "inv_xcz5mmqd6wcxnvcnkip3edr7qa"
ACME = Context(tenant="acme", entity="DE01", direction="payable")
PLAIN = Context(tenant="acme")
SAP = Source(system="sap", connection="c1", object_type="BKPF", object_id="51")
VAT = {"value": "DE 123.456.789", "kind": "vat"}
SELLER = {"ids": [VAT]}
INVOICE = {"kind": "invoice", "number": "INV-00123", "issue_date": "2026-01-31", "seller": SELLER}
GLN = {"value": "4012345000009", "kind": "party", "scheme": "0088"}
IBAN = "DE89370400440532013000"
ACCOUNT = {"id": {"value": "DE89 3704 0044 0532 0130 00", "scheme": "iban"}}


def document(stated: dict[str, Any]) -> Any:
    return msgspec.json.decode(json.dumps(stated), type=KINDS[stated["kind"]])


def made(
    stated: dict[str, Any], source: Source | None = None, context: Context = PLAIN
) -> list[Key]:
    return keys(document(stated), source, context)


def test_the_vector_of_the_design_holds() -> None:
    found = made(INVOICE, context=ACME)
    assert [(key.basis, key.parts) for key in found] == [("vat", [*VECTOR, "2026"])]
    assert idempotency_key(document(INVOICE), found) == VECTOR_ID


def test_the_hash_is_that_of_the_canonical_json_of_all_parts() -> None:
    (key,) = made(INVOICE, context=ACME)
    text = json.dumps(key.parts, separators=(",", ":"), ensure_ascii=False)
    assert key.hash == hashlib.sha256(text.encode()).hexdigest()


def test_the_source_key_is_last_and_serves_where_there_is_no_other() -> None:
    assert [key.basis for key in made(INVOICE, SAP)] == ["vat", "source"]
    numberless = {"kind": "invoice", "seller": SELLER}
    (key,) = made(numberless, SAP)
    assert key.parts == ["k1", "acme", "src", "sap", "c1", "BKPF", "51"]
    assert idempotency_key(document(numberless), [key]) == record_id("invoice", key)


def test_the_strongest_key_counts_however_the_keys_are_ordered() -> None:
    natural_key, delivered = made(INVOICE, SAP, ACME)
    assert idempotency_key(document(INVOICE), [delivered, natural_key]) == VECTOR_ID


def test_a_file_is_known_by_its_hash_and_the_place_in_it() -> None:
    source = Source(system="mail", raw_sha256="AB" * 32, raw_path="/2")
    key = source_key(source, PLAIN)
    assert key is not None
    assert key.parts == ["k1", "acme", "src", "mail", "", "", "ab" * 32, "/2"]


def test_a_source_without_id_and_file_has_no_key() -> None:
    assert source_key(Source(system="sap", object_id="  "), PLAIN) is None


RICH = {
    "name": "Müller GmbH",
    "address": {"country": "DE"},
    "master_id": "K-7",
    "ids": [
        {"value": "0192 1", "kind": "endpoint", "scheme": "0192"},
        {"value": "HRB 1", "kind": "legal", "scheme": "0204"},
        {"value": "123456789", "kind": "party", "scheme": "0060"},
        {"value": "5299000000000000AB12", "kind": "legal", "scheme": "lei"},
        GLN,
        {"value": "FR 12345678901", "kind": "vat"},
        VAT,
        {"value": "12/345/6789", "kind": "tax"},
        {"value": "HRB 2", "kind": "legal"},
    ],
    "bank_accounts": [ACCOUNT, {"id": {"value": "DE00 0000"}}],
}
RICH_RUNGS = [
    ("vat", "vat:DE123456789"),
    ("vat", "vat:FR12345678901"),
    ("legal", "legal:0204:HRB1"),
    ("gln", "gln:4012345000009"),
    ("lei", "lei:5299000000000000AB12"),
    ("duns", "duns:123456789"),
    ("endpoint", "endpoint:0192:01921"),
    ("iban", f"iban:{IBAN}"),
    ("master", "master:K-7"),
    ("name", "name:muller|DE"),
]


def test_a_party_offers_one_rung_for_each_identifier_strongest_first() -> None:
    assert rungs(msgspec.convert(RICH, Party)) == RICH_RUNGS
    assert list(dict(RICH_RUNGS)) == list(RUNGS)


def test_only_account_and_name_are_weak() -> None:
    found = made({**INVOICE, "seller": RICH})
    assert [key.basis for key in found] == [basis for basis, _ in RICH_RUNGS]
    assert {key.basis for key in found if is_weak(key)} == {"iban", "name"} == WEAK_RUNGS


def test_a_weak_rung_does_not_identify_a_master_record() -> None:
    assert made({"kind": "party", "name": "Müller", "bank_accounts": [ACCOUNT]}) == []


def test_an_invoice_without_a_counterparty_has_no_natural_key() -> None:
    assert made({**INVOICE, "seller": {}}) == []


def test_the_account_to_pay_to_is_the_sellers_and_never_the_buyers() -> None:
    stated = {**INVOICE, "buyer": {"name": "B"}, "payment": [{"accounts": [ACCOUNT]}]}
    assert [key.basis for key in made(stated)] == ["vat", "iban"]
    assert [key.basis for key in made({**stated, "direction": "receivable"})] == ["name"]


def test_the_same_document_of_two_tenants_entities_or_years_is_not_the_same() -> None:
    contexts = [PLAIN, Context(tenant="other"), ACME]
    hashes = {made(INVOICE, context=context)[0].hash for context in contexts}
    hashes.add(made({**INVOICE, "issue_date": "2027-01-31"})[0].hash)
    assert len(hashes) == 4


def test_the_documents_own_entity_wins_over_the_contexts() -> None:
    (key,) = made({**INVOICE, "entity": "FR01"}, context=ACME)
    assert key.parts[4] == "FR01"


@pytest.mark.parametrize(
    ("stated", "context", "direction"),
    [
        ({"direction": "receivable"}, ACME, "receivable"),
        ({}, ACME, "payable"),
        ({}, Context(own_ids=("de123456789",)), "receivable"),
        ({"buyer": {"ids": [GLN]}}, Context(own_ids=("40-12345-00000-9",)), "payable"),
        ({"buyer": {"master_id": "E1"}}, Context(own_ids=("E1",)), "payable"),
        ({"buyer": {"bank_accounts": [ACCOUNT]}}, Context(own_ids=(IBAN,)), "payable"),
        ({"buyer": SELLER}, Context(own_ids=("DE123456789",)), None),
        ({}, Context(own_ids=("DE987654321", "-")), None),
        ({}, PLAIN, None),
    ],
)
def test_the_direction_is_stated_else_given_else_found(
    stated: dict[str, Any], context: Context, direction: str | None
) -> None:
    assert direction_of(document({**INVOICE, **stated}), context) == direction


def test_an_unknown_kind_has_no_keys_and_no_ids() -> None:
    (key,) = made(INVOICE)
    with pytest.raises(UnknownKind, match="invoice"):
        record_id("invioce", key)
    with pytest.raises(UnknownKind, match="Party"):
        keys(Party(), None, PLAIN)  # type: ignore[arg-type]


def shuffled(value: Any, draw: Any) -> Any:
    """The same JSON with its members, identifiers and accounts in another order."""
    if isinstance(value, dict):
        names = draw(st.permutations(list(value)))
        return {name: shuffled(value[name], draw) for name in names}
    if isinstance(value, list):
        return [shuffled(element, draw) for element in draw(st.permutations(value))]
    blank = draw(st.sampled_from(["", " ", "\n", "\u00a0"]))
    free = isinstance(value, str) and value not in {"invoice", "DE", "iban", "2026-01-31"}
    return f"{blank}{value}{blank}" if free and value not in KINDS_OF_IDS else value


KINDS_OF_IDS = {"vat", "legal", "party", "endpoint", "tax"}


@settings(max_examples=40)
@given(st.data())
def test_keys_do_not_depend_on_the_order_of_fields_or_ids_nor_on_blanks(data: Any) -> None:
    stated = {**INVOICE, "seller": RICH}
    assert made(shuffled(stated, data.draw), SAP) == made(stated, SAP)


def test_keys_do_not_depend_on_how_accents_are_encoded() -> None:
    composed = {"kind": "ref_data", "list": "account", "code": "Müll"}
    assert made(composed) == made({**composed, "code": "Mu\u0308ll"})


def test_another_process_with_another_hash_seed_makes_the_same_ids() -> None:
    stated = {**INVOICE, "seller": RICH}
    script = (
        "import sys, msgspec\n"
        "from canonical_model import identity\n"
        "from canonical_model.documents import KINDS\n"
        "from canonical_model.envelope import Context\n"
        "invoice = msgspec.json.decode(sys.argv[1], type=KINDS['invoice'])\n"
        "found = identity.keys(invoice, None, Context(tenant='acme'))\n"
        "prints = identity.fingerprints(invoice, None)\n"
        "print(msgspec.json.encode([found, prints]).decode())\n"
    )
    command = [sys.executable, "-c", script, json.dumps(stated)]
    root = Path(__file__).parents[2]
    outputs = [
        subprocess.run(
            command,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert msgspec.json.decode(outputs[0])[0] == msgspec.to_builtins(made(stated))
