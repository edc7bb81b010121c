"""What is likely to be one invoice twice is suspected; what only looks like it is not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from canonical_model.documents import KINDS, AnyDocument
from canonical_model.envelope import Context, Record, Source
from canonical_model.identity import (
    HOLD_AT,
    WARN_AT,
    Hit,
    compare,
    fingerprints,
    search_terms,
    suspicion,
    suspicions,
)

VAT = {"value": "DE123456789", "kind": "vat"}
ACCOUNT = {"id": {"value": "DE89370400440532013000", "scheme": "iban"}}
BILL: dict[str, Any] = {
    "kind": "invoice",
    "direction": "payable",
    "number": "INV-00123",
    "issue_date": "2026-01-31",
    "due_date": "2026-03-02",
    "currency": "EUR",
    "seller": {"name": "Müller GmbH", "ids": [VAT]},
    "refs": [{"role": "order", "number": "PO-1"}],
    "payment": [{"accounts": [ACCOUNT]}],
    "totals": {"gross": "119.00"},
}
OTHER_SELLER = {"name": "Someone Ltd"}
FAR = {"issue_date": "2026-09-01", "due_date": "2026-10-01"}


def document(stated: dict[str, Any]) -> Any:
    given = {name: value for name, value in stated.items() if value is not None}
    return msgspec.convert(given, KINDS[stated["kind"]], strict=False)


def hits(one: dict[str, Any], other: dict[str, Any], **options: bool) -> dict[str, Decimal]:
    a, b = document(one), document(other)
    found = compare(a, fingerprints(a, None), b, fingerprints(b, None), **options)
    assert [hit.fingerprint for hit in found] == sorted({hit.fingerprint for hit in found})
    return {hit.fingerprint: hit.weight for hit in found}


def weights(**stated: str) -> dict[str, Decimal]:
    return {name: Decimal(weight) for name, weight in stated.items()}


def test_the_same_invoice_shares_everything_but_a_link() -> None:
    assert hits(BILL, BILL) == weights(F1="0.9", F2="0.8", F3="0.85", F4="0.6", F5="0.6", F6="0.5")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # sent again with another amount, or numbers that restart each year
        ({"totals": {"gross": "9"}}, weights(F1="0.3")),
        ({"totals": {}}, weights(F1="0.3")),
        # retyped number
        ({"number": "X-9", "refs": [], "payment": []}, weights(F2="0.8")),
        # misread number
        ({"number": "INV-OO123", "refs": [], "payment": [], **FAR}, weights(F3="0.85")),
        # second master record of one supplier
        (
            {"seller": {"name": "MÜLLER"}, "number": "INV-00124", "refs": [], "payment": []}
            | {"issue_date": "2026-02-15"},
            weights(F4="0.6"),
        ),
        # billed twice against one order
        ({"seller": OTHER_SELLER, "number": "7", "payment": []}, weights(F5="0.6")),
        # supplier split in two, one account, which on the same day is a rung in common (F2)
        (
            {"seller": OTHER_SELLER, "number": "7", "refs": [], "issue_date": "2026-02-01"},
            weights(F6="0.5"),
        ),
        # a subscription: only name and amount recur
        ({"number": "9981", "refs": [], **FAR}, {}),
        ({"currency": "USD", "number": "7"}, {}),
    ],
)
def test_each_fingerprint_fires_on_what_it_is_for(
    change: dict[str, Any], expected: dict[str, Decimal]
) -> None:
    assert hits(BILL, {**BILL, **change}) == expected


@pytest.mark.parametrize(
    ("number", "day", "near"),
    [
        ("INV-00123", "2026-03-02", True),
        ("INV-00123", "2026-03-03", False),
        ("INV-0123", "2026-01-31", True),
        ("INV-001234", "2026-01-31", True),
        ("INV-00193", "2026-01-31", True),
        ("INV-00132", "2026-01-31", False),
        ("INV-0012345", "2026-01-31", False),
        (None, "2026-01-31", True),
        ("INV-00123", None, True),
        (None, None, False),
    ],
)
def test_a_namesake_needs_a_near_date_and_a_near_number(
    number: str | None, day: str | None, near: bool
) -> None:
    one = {**BILL, "seller": {"name": "Müller"}}
    other = {**BILL, "number": number, "issue_date": day}
    assert ("F4" in hits(one, other)) is near


@pytest.mark.parametrize("options", [{"partial_order": True}, {}])
def test_an_order_billed_in_parts_weighs_less(options: dict[str, bool]) -> None:
    part = {**BILL, "seller": OTHER_SELLER, "number": "7", "payment": []}
    if not options:
        part["type"] = "partial"
    assert hits(BILL, part, **options) == weights(F5="0.3")


CREDIT = {**BILL, "kind": "credit_note"}


@pytest.mark.parametrize(
    "credit",
    [
        CREDIT,
        {**CREDIT, "totals": {"gross": "-119.0"}},
        {**CREDIT, "number": "CN-1", "refs": [{"role": "preceding", "number": "inv 00123"}]},
        {**BILL, "totals": {"gross": "-119.00"}},
    ],
)
def test_a_credit_is_linked_to_its_invoice_and_not_taken_for_it(credit: dict[str, Any]) -> None:
    assert hits(BILL, credit) == weights(F7="0")
    assert hits(credit, BILL) == weights(F7="0")


def test_a_credit_of_another_amount_is_not_linked() -> None:
    assert hits(BILL, {**CREDIT, "totals": {"gross": "9"}}) == {}


def test_two_credit_notes_are_compared_whatever_their_sign() -> None:
    assert "F1" in hits(CREDIT, {**CREDIT, "totals": {"gross": "-119.00"}})


def test_any_rung_in_common_is_enough() -> None:
    assert "F1" in hits(BILL, {**BILL, "seller": {"ids": [VAT]}})
    assert "F1" not in hits(
        {**BILL, "seller": {"ids": [VAT]}, "payment": []},
        {**BILL, "seller": {"name": "Müller"}},
    )


def test_what_is_payable_stands_in_for_an_unstated_gross_amount() -> None:
    assert hits(BILL, {**BILL, "totals": {"payable": "119.0"}})["F1"] == Decimal("0.9")


def test_customers_are_told_apart_when_the_context_says_that_we_sell() -> None:
    stated = {name: value for name, value in BILL.items() if name != "direction"}
    sold = Context(own_ids=("DE123456789",))
    found = [
        fingerprints(document({**stated, "buyer": {"name": name}}), None, sold)
        for name in ("One", "Two")
    ]
    assert found[0]["F2"] != found[1]["F2"]
    assert "F6" not in found[0]


def file_prints(path: str | None, raw: str = "AB" * 32) -> str:
    return fingerprints(document(BILL), Source(raw_sha256=raw, raw_path=path))["F0"]


def test_the_same_file_is_an_exact_replay_but_not_its_neighbours_in_it() -> None:
    assert file_prints(None) == "ab" * 32
    assert file_prints("/1") == file_prints("/1", "ab" * 32) != file_prints("/2")
    statement = document({"kind": "bank_statement"})
    prints = fingerprints(statement, Source(raw_sha256="ab"))
    (hit,) = compare(statement, prints, statement, prints)
    assert (hit.fingerprint, hit.weight) == ("F0", Decimal(1))


def test_a_document_that_states_nothing_has_no_fingerprints() -> None:
    for kind in KINDS:
        assert fingerprints(document({"kind": kind}), None) == {}


def test_an_account_or_name_cannot_be_read_from_a_fingerprint() -> None:
    values = " ".join(fingerprints(document(BILL), None).values())
    assert "muller" not in values
    assert "0532013000" not in values


def test_long_numbers_make_short_fingerprints() -> None:
    long = "9" * 5000
    stated = {**BILL, "number": long, "refs": [{"role": "order", "number": long}]}
    terms = search_terms(fingerprints(document(stated), None))
    assert max(map(len, terms)) < 80


def test_a_store_looks_up_each_value_by_itself() -> None:
    assert list(search_terms({"F1": "a b", "F4": "c"})) == ["F1:a", "F1:b", "F4:c"]


@pytest.mark.parametrize(
    ("stated", "score"),
    [
        ((), "0"),
        (("0.5",), "0.5"),
        (("0.6", "0.5"), "0.8"),
        (("0.3", "0.3"), "0.51"),
        (("1",), "1"),
    ],
)
def test_suspicion_adds_up_exactly(stated: tuple[str, ...], score: str) -> None:
    assert suspicion([Hit("F1", Decimal(weight), "") for weight in stated]) == Decimal(score)


def test_suspicion_does_not_depend_on_which_comes_first() -> None:
    one: AnyDocument = document(BILL)
    other: AnyDocument = document({**BILL, "number": "X-9", "refs": [], "payment": []})
    a, b = (Record(document=each, fingerprints=fingerprints(each, None)) for each in (one, other))
    found = suspicions(a, b)
    assert found.score == suspicions(b, a).score == Decimal("0.8")
    assert [hit.fingerprint for hit in found.hits] == ["F2"]
    assert found.score >= HOLD_AT > WARN_AT
