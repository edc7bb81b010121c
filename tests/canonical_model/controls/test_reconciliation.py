"""Which bank line settles which open item, how sure that is, and what is left to a person."""

from __future__ import annotations

import random
import time
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_model.controls.reconciliation import (
    Proposal,
    Reconciliation,
    ReconciliationPolicy,
    reconcile,
)
from canonical_model.envelope import Context, Record, Source
from tests.canonical_model.controls.generated.bank import books
from tests.canonical_model.controls.money import (
    ACCOUNT,
    CUSTOMER,
    OTHER_ACCOUNT,
    bill,
    credit_note,
    line,
    payment,
    record,
)
from tests.strategies import documents

UETR = "6f1c2f0e-54d9-4b7d-9c39-0d3c9f5b1a77"
QR = "210000000003139471430009017"


def asked_for(reference: str, **change: Any) -> Record:
    return bill(payment=[{"reference": reference}], **change)


def only(bank_line: Record, *items: Record, policy: ReconciliationPolicy | None = None) -> Proposal:
    given_items = {f"i{place}": each for place, each in enumerate(items)}
    found = reconcile({"l": bank_line}, given_items, policy or ReconciliationPolicy())
    assert len(found.proposals) == 1, found
    return found.proposals[0]


def bases(proposal: Proposal) -> set[str]:
    return {each.basis for each in proposal.reasons}


def handles(proposal: Proposal) -> list[str]:
    return sorted(each.item for each in proposal.items)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (asked_for("RF18 5390 0754 7034"), {"creditor_ref": "RF18539007547034"}),
        (asked_for("RF18539007547034"), {"remittance": ["Danke RF18 5390 0754 7034 Gruss"]}),
        (asked_for(QR), {"creditor_ref": QR}),
        (asked_for(QR), {"remittance": ["21 00000 00003 13947 14300 09017"]}),
        (asked_for("+++090/9337/55493+++"), {"remittance": ["***090/9337/55493***"]}),
        (asked_for("+++090/9337/55493+++"), {"creditor_ref": "090933755493"}),
        (asked_for("12 34561"), {"creditor_ref": "00000000000001234561"}),
        (asked_for("12 34561"), {"remittance": ["viite 1234561"]}),
        (asked_for("RF341234561"), {"creditor_ref": "1234561"}),
        (asked_for("1234567897"), {"remittance": ["KID 1234567897"]}),
        (payment(direction="in", amount="1190.00"), {"refs": {"end_to_end": "po-5521"}}),
        (payment(direction="in", amount="1190.00", uetr=UETR), {"refs": {"uetr": UETR.upper()}}),
    ],
)
def test_a_strong_reference_with_the_amount_is_accepted(item: Record, said: dict[str, Any]) -> None:
    proposal = only(line(**said), item)
    assert proposal.decision == "accept"
    assert proposal.difference == "none"


@pytest.mark.parametrize(
    ("bank_line", "item", "basis"),
    [
        (line(creditor_ref="118-4"), asked_for("118-4"), "reference"),
        (line(creditor_ref="1234561", currency=None), asked_for("1234561"), "currency"),
        (line(creditor_ref="1234561"), asked_for("1234561", currency=None), "currency"),
        (line(creditor_ref="1234561", return_code="AC04"), asked_for("1234561"), "returned"),
        (
            line(creditor_ref="1234561", booking_date="2027-03-10"),
            asked_for("1234561"),
            "outside_window",
        ),
    ],
)
def test_a_doubt_is_named_and_keeps_a_person_in_charge(
    bank_line: Record, item: Record, basis: str
) -> None:
    proposal = only(bank_line, item)
    assert proposal.decision == "propose"
    assert basis in bases(proposal)


@pytest.mark.parametrize(
    ("said", "basis"),
    [
        ({"structured_refs": [{"role": "invoice", "number": "RE-2026-0118"}]}, "number_stated"),
        ({"refs": {"end_to_end": "RE 2026 0118"}}, "number_stated"),
        ({"remittance": ["Rechnung RE-2026-0118 vom 10.2."]}, "number_in_text"),
        ({"remittance": ["inv 2026 0118"]}, "number_in_text"),
        ({"counterparty_account": ACCOUNT}, "account"),
        ({"counterparty": {"name": "ATELIERS BRUYERE"}}, "name"),
        ({"counterparty": {"name": "Atelier Bruyere"}}, "name_alike"),
    ],
)
def test_what_is_not_a_strong_reference_is_proposed_only(said: dict[str, Any], basis: str) -> None:
    proposal = only(line(**said), bill())
    assert proposal.decision == "propose"
    assert basis in bases(proposal)


def test_a_tenant_says_what_is_strong() -> None:
    said = line(
        structured_refs=[{"role": "invoice", "number": "RE-2026-0118"}], counterparty=CUSTOMER
    )
    trusting = ReconciliationPolicy(strong=("number_stated",))
    assert only(said, bill(), policy=trusting).decision == "accept"
    strict = ReconciliationPolicy(accept_at=Decimal(1))
    assert (
        only(line(creditor_ref="1234561"), asked_for("1234561"), policy=strict).decision
        == "propose"
    )


@pytest.mark.parametrize(
    ("amount", "day", "charges", "difference", "decision"),
    [
        ("1190.00", "2026-03-10", [], "none", "accept"),
        ("1166.20", "2026-02-20", [], "discount", "accept"),
        ("1166.20", "2026-02-23", [], "discount", "accept"),
        ("1166.20", "2026-03-20", [], "short", "propose"),
        ("1170.00", "2026-03-20", [], "fee", "propose"),
        ("1182.50", "2026-03-10", [{"kind": "charge", "amount": "7.50"}], "fee", "accept"),
        ("1180.00", "2026-03-10", [], "fee", "propose"),
        ("600.00", "2026-03-10", [], "short", "propose"),
        ("1290.00", "2026-03-10", [], "over", "propose"),
    ],
)
def test_a_difference_is_named_and_accepted_only_where_it_is_explained(
    amount: str, day: str, charges: list[Any], difference: str, decision: str
) -> None:
    item = asked_for("1234561", terms={"discounts": [{"percent": "2", "days": 10}]})
    proposal = only(line(amount, booking_date=day, creditor_ref="1234561", charges=charges), item)
    assert (proposal.difference, proposal.decision) == (difference, decision)
    rest = Decimal("1190.00") - Decimal(amount)
    assert (proposal.difference_amount or 0) == rest


@pytest.mark.parametrize(
    ("said", "difference", "decision"),
    [
        ({"instructed": {"amount": "1190.00", "currency": "EUR"}}, "exchange", "accept"),
        ({"counter_value": {"amount": "1190.00", "currency": "EUR"}}, "exchange", "accept"),
        ({"rate": {"base": "EUR", "quote": "USD", "rate": "1.0845"}}, "exchange", "propose"),
        ({}, "exchange", "propose"),
        ({"instructed": {"amount": "600.00", "currency": "EUR"}}, "short", "propose"),
    ],
)
def test_another_currency_is_compared_as_the_bank_states_it(
    said: dict[str, Any], difference: str, decision: str
) -> None:
    paid = line("1290.55", currency="USD", creditor_ref="1234561", **said)
    proposal = only(paid, asked_for("1234561"))
    assert (proposal.difference, proposal.decision) == (difference, decision)


def test_invoices_less_a_credit_note_are_paid_in_one() -> None:
    said = "RE-2026-0118, RE-2026-0119 abz. GS-2026-0009"
    items = (bill(), bill("RE-2026-0119", "100.00"), credit_note(), bill("RE-2026-0120", "55.00"))
    proposal = only(line("1100.00", remittance=[said]), *items)
    assert handles(proposal) == ["i0", "i1", "i2"]
    assert sum(each.settled for each in proposal.items) == 1100


@pytest.mark.parametrize(
    ("paid", "settled"), [("804.34", ["i1", "i3"]), ("903.51", ["i0", "i1", "i2"])]
)
def test_open_invoices_of_a_customer_are_found_by_their_sum(paid: str, settled: list[str]) -> None:
    items = [bill(f"RE-2026-0{n}", f"{n}.17") for n in (200, 301, 402, 503)]
    proposal = only(line(paid, counterparty=CUSTOMER), *items)
    assert handles(proposal) == settled
    assert sum(each.amount for each in proposal.items) == Decimal(paid)
    assert proposal.decision == "propose"


def test_somebody_who_pays_all_up_to_a_day_is_understood() -> None:
    items = [bill(f"RE-2026-{n:04}", f"{n}.00", due_date=f"2026-03-{n:02}") for n in range(1, 29)]
    proposal = only(line("300.00", counterparty=CUSTOMER), *items)
    assert handles(proposal) == sorted(f"i{n}" for n in range(24))


def test_instalments_that_name_the_invoice_settle_it_together() -> None:
    lines = {
        "a": line("500.00", creditor_ref="1234561"),
        "b": line("690.00", creditor_ref="1234561", booking_date="2026-03-12"),
    }
    found = reconcile(lines, {"i": asked_for("1234561")})
    assert [len(each.lines) for each in found.proposals] == [2]
    assert not found.open_items


def test_one_instalment_leaves_the_rest_open() -> None:
    lines = {
        "a": line("500.00", creditor_ref="1234561"),
        "b": line("200.00", creditor_ref="1234561"),
    }
    found = reconcile(lines, {"i": asked_for("1234561")})
    assert sorted(each.items[0].settled for each in found.proposals) == [200, 500]
    assert found.open_items == ["i"]


def test_lines_of_a_customer_that_come_to_one_invoice_are_proposed_together() -> None:
    lines = {
        name: line(amount, counterparty=CUSTOMER)
        for name, amount in {"a": "1000.00", "b": "190.00"}.items()
    }
    found = reconcile(lines, {"i": bill()})
    assert [(len(each.lines), each.decision) for each in found.proposals] == [(2, "propose")]


def test_a_collective_entry_settles_its_batch() -> None:
    payments = {"p1": payment(), "p2": payment(amount="68.30", end_to_end_id="PO-5522")}
    total = line("1000.00", "debit", refs={"batch": "RUN-1"})
    found = reconcile({"l": total}, payments)
    assert [handles(each) for each in found.proposals] == [["p1", "p2"]]
    assert found.proposals[0].decision == "accept"


def test_the_transactions_of_an_entry_are_settled_one_by_one() -> None:
    details = [
        {"amount": "931.70", "refs": {"end_to_end": "PO-5521"}},
        {"amount": "68.30", "refs": {"end_to_end": "PO-5522"}},
    ]
    payments = {"p1": payment(), "p2": payment(amount="68.30", end_to_end_id="PO-5522")}
    found = reconcile({"l": line("1000.00", "debit", details=details)}, payments)
    told = {each.lines[0].detail: handles(each) for each in found.proposals}
    assert told == {0: ["p1"], 1: ["p2"]}


def test_a_payment_names_the_invoices_it_was_made_for() -> None:
    sent = payment(
        allocations=[{"target": {"role": "invoice", "number": "X1"}, "amount": "931.70"}]
    )
    proposal = only(line("931.70", "debit", refs={"end_to_end": "PO-5521"}), sent)
    assert [ref.number for ref in proposal.items[0].settles] == ["X1"]


def test_money_to_an_account_that_nobody_asked_for_is_not_accepted() -> None:
    said = {"refs": {"end_to_end": "PO-5521"}, "counterparty_account": OTHER_ACCOUNT}
    proposal = only(line("931.70", "debit", **said), payment())
    assert proposal.decision == "propose"
    assert "other_account" in bases(proposal)


def test_of_equal_rents_none_is_accepted_and_the_oldest_is_named() -> None:
    rents = [
        asked_for("1234561", due_date="2026-02-28", number="RE-2026-0200"),
        asked_for("1234561", due_date="2026-03-31", number="RE-2026-0201"),
    ]
    proposal = only(line(creditor_ref="1234561", booking_date="2026-03-01"), *rents)
    assert (proposal.decision, proposal.alternatives, handles(proposal)) == ("propose", 1, ["i0"])


def test_a_second_payment_of_one_invoice_is_told() -> None:
    lines = {
        "late": line(creditor_ref="1234561", counterparty=CUSTOMER, booking_date="2026-03-20"),
        "soon": line(creditor_ref="1234561", booking_date="2026-03-10"),
    }
    found = reconcile(lines, {"i": asked_for("1234561")})
    assert [each.lines[0].line for each in found.proposals] == ["soon"]
    assert [(each.handle, each.near) for each in found.unmatched_lines] == [("late", ["i"])]
    assert "paid twice" in found.unmatched_lines[0].why


@pytest.mark.parametrize(
    ("bank_line", "item"),
    [
        (line(side="debit", creditor_ref="1234561"), asked_for("1234561")),
        (line(counterparty={"name": "Somebody Else"}, amount="17.00"), bill()),
        (line(), bill(totals={"gross": "0.00", "payable": "0.00"})),
        (line(), bill(balance="0.00")),
        (line(refs={"end_to_end": "NOTPROVIDED"}), payment(end_to_end_id="NOTPROVIDED")),
    ],
)
def test_what_does_not_belong_together_is_left(bank_line: Record, item: Record) -> None:
    found = reconcile({"l": bank_line}, {"i": item})
    assert not found.proposals
    assert [each.handle for each in found.unmatched_lines] == ["l"]


def test_what_cannot_be_reconciled_is_said() -> None:
    lines = {"p": line(status="pending"), "n": line(amount="0.00")}
    items = {
        "d": bill(direction=None),
        "r": record({"kind": "ref_data"}),
        "x": payment(amount=None),
    }
    found = reconcile(lines, items)
    assert {each.handle for each in found.skipped} == {"p", "n", "d", "r", "x"}
    ours = Context(own_ids=("DE136695976",))
    seller = {"name": "Us", "ids": [{"value": "DE136695976", "kind": "vat"}]}
    known = bill(direction=None, seller=seller)
    assert not reconcile({}, {"i": known}, context=ours).skipped


def test_a_statement_is_taken_apart() -> None:
    entry = msgspec.to_builtins(line(creditor_ref="1234561").document)
    entry.pop("kind")
    statement = record({"kind": "bank_statement", "transactions": [entry, entry]})
    found = reconcile({"s": statement}, {"i": asked_for("1234561")})
    assert found.proposals[0].lines[0].line == "s#0"
    assert [each.handle for each in found.unmatched_lines] == ["s#1"]


def test_the_order_of_input_does_not_matter() -> None:
    made = books(7, 300, 120)
    chance = random.Random(8)

    def shuffled(records: dict[str, Record]) -> dict[str, Record]:
        return {name: records[name] for name in chance.sample(list(records), len(records))}

    assert reconcile(shuffled(made.lines), shuffled(made.items)) == reconcile(
        made.lines, made.items
    )


@settings(max_examples=12)
@given(st.integers(0, 10**6))
def test_no_line_and_no_item_is_settled_twice_and_sums_are_exact(seed: int) -> None:
    made = books(seed, 60, 40)
    found = reconcile(made.lines, made.items)
    lines = [(part.line, part.detail) for each in found.proposals for part in each.lines]
    assert len(lines) == len(set(lines))
    settled: dict[str, Decimal] = {}
    for each in found.proposals:
        paid = sum(part.amount for part in each.lines)
        taken = sum(part.settled for part in each.items)
        rest = each.difference_amount or Decimal(0)
        assert taken == (paid if each.difference == "short" else paid + rest)
        for part in each.items:
            settled[part.item] = settled.get(part.item, Decimal(0)) + part.settled
            assert abs(settled[part.item]) <= abs(part.amount)


@given(documents("bank_transaction", canonical=False), documents("invoice", canonical=False))
def test_any_document_gets_an_outcome_that_can_be_written(bank_line: Any, item: Any) -> None:
    found = reconcile({"l": Record(document=bank_line)}, {"i": Record(document=item)})
    assert msgspec.json.decode(msgspec.json.encode(found), type=Reconciliation) == found


@pytest.mark.parametrize(
    ("system", "decision"), [("stripe", "accept"), ("netsuite", "propose"), (None, "propose")]
)
def test_an_id_means_something_only_within_its_system(system: str | None, decision: str) -> None:
    entry = line(refs={"provider": "118"}, counterparty=CUSTOMER)
    entry = msgspec.structs.replace(entry, source=Source(system="stripe"))
    paid = msgspec.structs.replace(bill(), source=Source(system=system, object_id="118"))
    assert only(entry, paid).decision == decision


def test_one_customer_with_thousands_of_equal_items_costs_no_square() -> None:
    items = {f"i{n:05}": asked_for("1234561", number=f"N{n:05}") for n in range(3000)}
    lines = {
        f"l{n:03}": line("1190.00" if n % 2 else "77.77", counterparty=CUSTOMER, creditor_ref=said)
        for n, said in enumerate(["1234561", None] * 60)
    }
    start = time.process_time()
    found = reconcile(lines, items)
    named = [each for each in found.proposals if "creditor_reference" in bases(each)]
    assert len(named) == 60
    assert all(each.decision == "propose" for each in found.proposals)
    assert time.process_time() - start < 10


@given(st.integers(1, 5000), st.integers(0, 60), st.integers(0, 60))
def test_a_wider_tolerance_never_explains_less(missing: int, one: int, other: int) -> None:
    paid = line(str(Decimal("1190.00") - Decimal(missing) / 100), creditor_ref="1234561")
    narrow, wide = (
        only(paid, asked_for("1234561"), policy=ReconciliationPolicy(fee_amount=Decimal(each)))
        for each in sorted((one, other))
    )
    assert narrow.score <= wide.score
    assert narrow.difference != "fee" or wide.difference == "fee"


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.integers(90, 100), st.integers(90, 100))
def test_a_higher_threshold_never_accepts_more(seed: int, one: int, other: int) -> None:
    made = books(seed, 40, 25)
    low, high = (
        reconcile(made.lines, made.items, ReconciliationPolicy(accept_at=Decimal(each) / 100))
        for each in sorted((one, other))
    )
    accepted = [sum(each.decision == "accept" for each in found.proposals) for found in (low, high)]
    assert accepted[0] >= accepted[1]


def test_what_is_settled_already_is_not_looked_at() -> None:
    bank_line, item = line(creditor_ref=QR), asked_for(QR)
    found = reconcile({"l": bank_line}, {"i": item}, taken={("l", place) for place in (-1, 0)})
    assert (found.proposals, found.unmatched_lines, found.open_items) == ([], [], ["i"])


def test_what_a_person_has_refused_is_not_proposed_and_the_next_best_is() -> None:
    items = {"a": asked_for(QR), "b": asked_for(QR)}
    lines = {"l": line(creditor_ref=QR)}
    first = reconcile(lines, items).proposals[0]
    (place,) = {(part.line, -1 if part.detail is None else part.detail) for part in first.lines}
    refused = {(frozenset({place}), frozenset(handles(first)))}
    (second,) = reconcile(lines, items, refused=refused).proposals
    assert {*handles(first), *handles(second)} == {"a", "b"}
