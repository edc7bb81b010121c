"""A payout is taken apart into what it consists of, to the cent."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_model.controls.reconciliation import PayoutBreakdown, explain_payouts
from canonical_model.envelope import Record, Source
from tests.canonical_model.controls.money import payment, record
from tests.strategies import documents


def payout(amount: str, own: str = "po_1", day: str = "2026-01-07", **change: Any) -> Record:
    made = payment(
        direction="in", type="transfer", amount=amount, issue_date=day, value_date=day, **change
    )
    source = Source(system="stripe", object_type="payout", object_id=own)
    return msgspec.structs.replace(made, source=source)


def entry(
    amount: str,
    fee: str = "0.00",
    sort: str = "charge",
    *,
    day: str = "2026-01-05",
    owner: str = "ch_1",
    batch: str | None = None,
) -> Record:
    refs = {"provider": owner, **({"batch": batch} if batch else {})}
    return record(
        {
            "kind": "bank_transaction",
            "account": {"value": "payments", "scheme": "stripe"},
            "amount": amount.lstrip("-"),
            "currency": "EUR",
            "direction": "debit" if amount.startswith("-") else "credit",
            "status": "booked",
            "value_date": day,
            "bank_code": f"prtry:{sort}",
            "charges": [{"kind": "charge", "amount": fee}],
            "details": [{"refs": refs, "structured_refs": [{"role": "payment", "id": owner}]}],
        }
    )


def explained(payouts: dict[str, Record], entries: dict[str, Record]) -> PayoutBreakdown:
    found = explain_payouts(payouts, entries)
    assert len(found) == 1
    return found[0]


def test_all_that_was_available_makes_up_a_payout() -> None:
    entries = {
        "a": entry("100.00", "3.20"),
        "b": entry("-20.00", "0.00", "refund", owner="re_1"),
        "c": entry("-1.50", "0.00", "stripe_fee", owner="fee_1"),
        "self": entry("-75.30", "0.00", "payout", day="2026-01-07", owner="po_1"),
        "later": entry("50.00", "1.00", day="2026-01-08"),
    }
    found = explained({"p": payout("75.30")}, entries)
    assert (found.basis, found.complete, found.difference) == ("balance", True, 0)
    assert [each.entry for each in found.entries] == ["a", "b", "c"]
    assert (found.gross, found.fees) == (Decimal("78.50"), Decimal("3.20"))


def test_the_provider_may_name_the_payout_and_refunds_give_fees_back() -> None:
    entries = {
        "a": entry("20.06", "0.82", "CHARGE", batch="po_1"),
        "b": entry("-4.00", "0.12", "REFUND", batch="po_1"),
        "other": entry("9.00", batch="po_2"),
    }
    found = explained({"p": payout("15.21", fees="0.15")}, entries)
    assert (found.basis, found.complete) == ("batch", True)
    assert found.fees == Decimal("0.82") - Decimal("0.12") + Decimal("0.15")


def test_a_part_of_the_balance_is_chosen_by_its_sum() -> None:
    amounts = ("31.00", "17.00", "59.00", "7.00")
    entries = {f"e{n}": entry(each, day=f"2026-01-0{n + 1}") for n, each in enumerate(amounts)}
    found = explained({"p": payout("66.00")}, entries)
    assert found.basis == "sum"
    assert [each.entry for each in found.entries] == ["e2", "e3"]


def test_no_entry_is_paid_out_twice() -> None:
    entries = {"a": entry("10.00", day="2026-01-01"), "b": entry("10.00", day="2026-01-02")}
    payouts = {"p": payout("10.00"), "q": payout("10.00", "po_2", "2026-01-09")}
    found = explain_payouts(payouts, entries)
    assert [[each.entry for each in one.entries] for one in found] == [["a"], ["b"]]


def test_what_fits_nothing_is_said_to_be_unexplained() -> None:
    found = explained({"p": payout("99.00")}, {"a": entry("10.00")})
    assert (found.basis, found.complete, found.difference) == ("none", False, Decimal("99.00"))


def test_an_entry_names_its_charge() -> None:
    charge = msgspec.structs.replace(
        payment(direction="in"), source=Source(system="stripe", object_id="ch_1")
    )
    found = explain_payouts({"p": payout("10.00")}, {"a": entry("10.00")}, {"c": charge})
    assert found[0].entries[0].payment == "c"


@settings(max_examples=20)
@given(st.lists(st.integers(100, 10**6), min_size=1, max_size=12), st.integers(0, 99))
def test_sums_are_exact_in_any_order(cents: list[int], seed: int) -> None:
    total = sum(Decimal(each) / 100 for each in cents)
    entries = {f"e{n:02}": entry(f"{each / 100:.2f}") for n, each in enumerate(cents)}
    shuffled = dict(random.Random(seed).sample(list(entries.items()), len(entries)))
    one = explain_payouts({"p": payout(f"{total:.2f}")}, entries)
    assert one == explain_payouts({"p": payout(f"{total:.2f}")}, shuffled)
    assert one[0].complete
    assert sum(each.net for each in one[0].entries) == total


@given(documents("payment", canonical=False), documents("bank_transaction", canonical=False))
def test_any_document_gets_an_answer(one: Any, other: Any) -> None:
    found = explain_payouts({"p": Record(document=one)}, {"e": Record(document=other)})
    msgspec.json.encode(found)
