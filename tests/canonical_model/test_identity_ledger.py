"""Entries of an account are neither lost nor doubled, though banks repeat their references."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_model.documents.bank_statement import BankStatement
from canonical_model.documents.bank_transaction import BankTransaction, BankTransactionDocument
from canonical_model.envelope import Context
from canonical_model.identity import (
    OccurrenceCounter,
    keys,
    number_transactions,
    reference_rung,
    transaction_key,
)
from canonical_model.parts.bank_account import BankAccount
from canonical_model.parts.identifier import Identifier

PLAIN = Context(tenant="acme")
IBAN = Identifier(value="DE89370400440532013000", scheme="iban")
OTHER = Identifier(value="GB29NWBK60161331926819", scheme="iban")
DAY = datetime.date(2026, 1, 31)
COFFEE = BankTransaction(
    account=IBAN,
    booking_date=DAY,
    direction="debit",
    currency="EUR",
    amount=Decimal("3.50"),
    status="booked",
    description="COFFEE",
)


def changed(transaction: BankTransaction = COFFEE, **changes: Any) -> BankTransaction:
    return msgspec.structs.replace(transaction, **changes)


def statement(*transactions: BankTransaction, format: str | None = None) -> BankStatement:
    account = BankAccount(id=IBAN)
    return BankStatement(account=account, transactions=list(transactions), format=format)


def hashes(*transactions: BankTransaction) -> list[str | None]:
    numbered = number_transactions(statement(*transactions)).transactions
    found = (transaction_key(transaction, PLAIN, IBAN) for transaction in numbered)
    return [key.hash if key is not None else None for key in found]


def refs(**stated: str) -> BankTransaction:
    return msgspec.convert({"details": [{"refs": stated}], "description": "text"}, BankTransaction)


def test_two_identical_entries_of_one_day_are_the_first_and_the_second() -> None:
    numbered = number_transactions(statement(COFFEE, COFFEE))
    assert [each.occurrence for each in numbered.transactions] == [1, 2]
    assert len(set(hashes(COFFEE, COFFEE))) == 2


@pytest.mark.parametrize(
    "difference",
    [
        {"account": OTHER},
        {"booking_date": DAY + datetime.timedelta(days=1)},
        {"direction": "credit"},
        {"currency": "USD"},
        {"amount": Decimal("3.51")},
        {"servicer_ref": "R1"},
        {"description": "TEA"},
    ],
)
def test_entries_that_differ_are_ranked_apart(difference: dict[str, Any]) -> None:
    counter = OccurrenceCounter()
    other = changed(**difference)
    assert [counter.occurrence(each) for each in (COFFEE, other, COFFEE)] == [1, 1, 2]
    assert len(set(hashes(COFFEE, other))) == 2


def test_the_amount_counts_and_not_its_zeros() -> None:
    assert hashes(changed(amount=Decimal("3.5"))) == hashes(COFFEE)


ENTRIES = st.lists(
    st.builds(
        lambda day, cents, text: changed(
            booking_date=DAY + datetime.timedelta(days=day),
            amount=Decimal(cents).scaleb(-2),
            description=text,
        ),
        st.integers(0, 2),
        st.integers(1, 2),
        st.sampled_from(["COFFEE", "TEA"]),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(ENTRIES, st.integers(0, 2))
def test_overlapping_imports_of_complete_days_make_the_same_keys(
    entries: list[BankTransaction], since: int
) -> None:
    start = DAY + datetime.timedelta(days=since)
    later = [each for each in entries if each.booking_date and each.booking_date >= start]
    pairs = zip(entries, hashes(*entries), strict=True)
    whole = [found for each, found in pairs if each in later]
    assert hashes(*later) == whole
    assert len(set(hashes(*entries))) == len(entries)


@settings(max_examples=30)
@given(ENTRIES)
def test_a_stream_is_numbered_as_its_statement_is(entries: list[BankTransaction]) -> None:
    counter = OccurrenceCounter(IBAN)
    streamed = [counter.numbered(each) for each in entries]
    assert streamed == number_transactions(statement(*entries)).transactions


@pytest.mark.parametrize(
    "absent",
    [
        {"status": "pending"},
        {"status": "info"},
        {"status": "future"},
        {"booking_date": None},
        {"amount": None},
        {"direction": None},
    ],
)
def test_what_is_not_in_the_ledger_has_no_rank_and_no_key(absent: dict[str, Any]) -> None:
    entry = changed(**absent, servicer_ref="R1", occurrence=1)
    (numbered,) = number_transactions(statement(entry)).transactions
    assert numbered.occurrence is None
    assert transaction_key(entry, PLAIN, IBAN) is None
    assert transaction_key(numbered, PLAIN, IBAN) is None


@pytest.mark.parametrize("format", ["camt.052.001.08", "MT942"])
def test_an_intraday_report_numbers_nothing(format: str) -> None:
    report = number_transactions(statement(changed(occurrence=1), format=format))
    assert report.transactions[0].occurrence is None


def test_a_pending_entry_does_not_shift_the_ranks() -> None:
    numbered = number_transactions(statement(COFFEE, changed(status="pending"), COFFEE))
    assert [each.occurrence for each in numbered.transactions] == [1, None, 2]


def test_a_rank_that_came_with_the_data_is_not_trusted() -> None:
    (numbered,) = number_transactions(statement(changed(occurrence=7))).transactions
    assert numbered.occurrence == 1


def test_an_entry_that_was_not_numbered_has_no_key() -> None:
    assert transaction_key(COFFEE, PLAIN) is None
    assert keys(COFFEE, None, PLAIN) == []


def test_inside_a_statement_or_alone_a_transaction_has_one_key() -> None:
    nested = changed(occurrence=1)
    fields = {name: getattr(nested, name) for name in nested.__struct_fields__}
    alone = BankTransactionDocument(**fields)
    unnamed = changed(occurrence=1, account=None)
    assert keys(nested, None, PLAIN) == keys(alone, None, PLAIN)
    assert keys(nested, None, PLAIN) == [transaction_key(unnamed, PLAIN, IBAN)]
    assert transaction_key(unnamed, PLAIN) is None


@pytest.mark.parametrize(
    ("stated", "rung"),
    [
        ({"servicer": "S", "provider": "P", "end_to_end": "E"}, "svc:S"),
        ({"provider": "P", "end_to_end": "E"}, "prov:P"),
        ({"end_to_end": " E "}, "e2e:E"),
        ({"servicer": "NONREF", "provider": " ", "end_to_end": "E"}, "e2e:E"),
    ],
)
def test_the_best_reference_counts(stated: dict[str, str], rung: str) -> None:
    assert reference_rung(refs(**stated)) == rung


def test_the_entrys_own_reference_comes_before_the_details() -> None:
    assert reference_rung(changed(refs(servicer="D"), servicer_ref="E")) == "svc:E"


def test_a_batch_is_not_known_by_one_of_its_details() -> None:
    single = refs(servicer="S")
    batch = changed(single, details=single.details * 2)
    assert reference_rung(batch).startswith("txt:")


def test_without_a_reference_the_text_counts_but_not_its_lines() -> None:
    one = msgspec.convert({"details": [{"remittance": ["Invoice  1", "paid"]}]}, BankTransaction)
    two = msgspec.convert({"details": [{"remittance": ["INVOICE 1 PAID"]}]}, BankTransaction)
    blank = refs(end_to_end="NotProvided")
    assert reference_rung(one) == reference_rung(two)
    assert reference_rung(blank) == reference_rung(BankTransaction(description=" TEXT"))
    assert reference_rung(one) != reference_rung(blank)


def test_the_counterpartys_account_tells_equal_texts_apart() -> None:
    def paid_by(account: str) -> str:
        detail = {"remittance": ["rent"], "counterparty_account": {"id": {"value": account}}}
        return reference_rung(msgspec.convert({"details": [detail]}, BankTransaction))

    assert paid_by(IBAN.value) != paid_by(OTHER.value)
    assert paid_by("de89 3704 0044 0532 0130 00") == paid_by(IBAN.value)
