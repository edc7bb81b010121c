"""What is one invoice twice is held and explained; what recurs is not."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_model.controls.duplicates import (
    Duplicate,
    DuplicateIndex,
    DuplicatePolicy,
    duplicates_of,
    find_duplicates,
    index_terms,
)
from canonical_model.documents import KINDS
from canonical_model.envelope import Record, Source
from tests.canonical_model.controls.generated.bills import inbox
from tests.strategies import documents

VAT = {"value": "DE123456789", "kind": "vat"}
IBAN = {"id": {"value": "DE89370400440532013000", "scheme": "iban"}}
BILL: dict[str, Any] = {
    "kind": "invoice",
    "direction": "payable",
    "number": "INV-00123",
    "issue_date": "2026-01-31",
    "due_date": "2026-03-02",
    "currency": "EUR",
    "seller": {"name": "Müller GmbH", "ids": [VAT], "master_id": "V1"},
    "payment": [{"accounts": [IBAN]}],
    "totals": {"gross": "119.00", "payable": "119.00"},
}
NEXT_MONTH = {"number": "INV-00124", "issue_date": "2026-02-28", "due_date": "2026-03-30"}


def record(
    channel: str | None = None, origin: dict[str, Any] | None = None, **change: Any
) -> Record:
    stated = {name: value for name, value in {**BILL, **change}.items() if value is not None}
    document = msgspec.convert(stated, KINDS[stated["kind"]], strict=False)
    source: Any = Source(channel=channel)  # type: ignore[arg-type]
    return Record(document=document, source=source, **(origin or {}))


def verdict(one: Record, other: Record) -> str:
    found = find_duplicates({"a": one, "b": other})
    return found[0].verdict if found else "none"


SECOND_RECORD = {"name": "Mueller", "master_id": "V2"}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"number": "INV-OO123"},
        {"number": "Rechnung 123"},
        {"number": "INV-00128"},
        {"number": "INV-01023", "refs": [{"role": "order", "number": "1"}]},
        {"number": "4711"},
        {"issue_date": "2026-02-20"},
        {"issue_date": "2026-02-03", "number": "INV-OO123"},
        {"totals": {"gross": "179.00"}},
        {"seller": SECOND_RECORD},
        {"seller": SECOND_RECORD, "payment": [], "number": "INV-OO123"},
        {"seller": {"name": "Müller Bau"}, "payment": []},
    ],
)
def test_a_copy_is_held_however_it_was_altered(change: dict[str, Any]) -> None:
    assert verdict(record("peppol"), record("scan", **change)) == "hold"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # rent, on paper and by a network
        ({"channel": "scan"}, {"channel": "scan", **NEXT_MONTH}),
        ({"channel": "peppol"}, {"channel": "peppol", **NEXT_MONTH}),
        # two contracts billed on one day by a system that does not mistype
        ({"channel": "edi"}, {"channel": "edi", "number": "INV-00124"}),
        # two deliveries of one day and one price, scanned
        (
            {"channel": "scan", "refs": [{"role": "despatch", "number": "LS-100"}]},
            {
                "channel": "scan",
                "number": "INV-00124",
                "refs": [{"role": "despatch", "number": "LS-733"}],
            },
        ),
        # the same number in another year
        ({"number": "7"}, {"number": "7", "issue_date": "2027-01-31", "due_date": "2027-03-02"}),
        (
            {"channel": "edi", "number": "7", "issue_date": "2026-11-27", "due_date": None},
            {"channel": "edi", "number": "7", "issue_date": "2027-01-08", "due_date": None},
        ),
        # two books of one group
        ({}, {"direction": "receivable", "buyer": {"name": "Müller GmbH"}}),
        # the same number and amount by chance
        ({}, {"seller": {"name": "Someone else"}, "payment": [], "issue_date": "2026-05-05"}),
        ({}, {"totals": {"gross": "5.00"}, **NEXT_MONTH}),
        ({}, {"currency": "USD", **NEXT_MONTH}),
    ],
)
def test_what_recurs_is_not_held(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert verdict(record(**one), record(**other)) == "none"


def test_a_different_period_speaks_against_a_copy_and_says_so() -> None:
    months = [{"start": f"2026-0{n}-01", "end": f"2026-0{n}-28"} for n in (1, 2)]
    found = find_duplicates(
        {"a": record("scan", period=months[0]), "b": record("scan", period=months[1])},
        DuplicatePolicy(warn_at=Decimal(0)),
    )
    assert [each.basis for each in found[0].against] == ["periods"]
    assert found[0].verdict == "warn"
    assert "they bill different periods" in found[0].why


def test_the_same_file_is_certain_whatever_else_it_says() -> None:
    source = Source(raw_sha256="ab", raw_path="1")
    one = msgspec.structs.replace(record(), source=source)
    other = msgspec.structs.replace(record(**NEXT_MONTH), source=source)
    assert find_duplicates({"a": one, "b": other})[0].score == 1


def test_the_verdict_says_in_what_the_two_differ() -> None:
    found = find_duplicates({"a": record("email"), "b": record("peppol", seller=SECOND_RECORD)})
    assert found[0].across == ["channel", "supplier_record"]
    assert found[0].code == "duplicate_suspected"


def test_a_credit_note_is_linked_with_its_invoice_and_never_held() -> None:
    credit = record(
        kind="credit_note", number="CN-1", refs=[{"role": "preceding", "number": "INV-00123"}]
    )
    found = find_duplicates({"a": record(), "b": credit})
    assert [(each.verdict, each.score) for each in found] == [("link", 0)]
    stranger = record(kind="credit_note", seller={"name": "Else"}, payment=[])
    assert not find_duplicates({"a": record(), "b": stranger})


@pytest.mark.parametrize(
    "gone",
    [{"archive_reason": "voided"}, {"archive_reason": "duplicate"}, {"state": "rejected"}],
)
def test_what_will_not_be_paid_is_no_original(gone: dict[str, Any]) -> None:
    assert verdict(record(), record(origin=gone)) == "none"
    assert verdict(record(), record(origin={"state": "archived", "archive_reason": "completed"}))


def test_tenants_are_worlds_of_their_own() -> None:
    assert verdict(record(origin={"tenant": "a"}), record(origin={"tenant": "b"})) == "none"


def test_nothing_is_ever_rejected() -> None:
    assert set(get_args(get_type_hints(Duplicate)["verdict"])) == {"hold", "warn", "link"}


def test_a_changed_field_is_judged_again() -> None:
    index = DuplicateIndex()
    assert not index.put("a", record()).raised
    assert [each.verdict for each in index.put("b", record("scan")).raised] == ["hold"]
    assert [each.verdict for each in index.put("b", record("scan")).kept] == ["hold"]
    other = record("scan", seller={"name": "Else"}, payment=[], number="9", issue_date="2026-05-05")
    cleared = index.put("b", other)
    assert [each.verdict for each in cleared.cleared] == ["hold"]
    assert not index.all()
    # The partner is corrected: it is one invoice after all.
    assert [each.verdict for each in index.put("b", record("scan")).raised] == ["hold"]
    assert [each.one for each in index.remove("a").cleared] == ["a"]
    assert len(index) == 1


def test_a_stale_fingerprint_is_not_believed() -> None:
    stale = msgspec.structs.replace(record(number="X-9"), fingerprints={"F1": "nothing:alike"})
    assert verdict(stale, record(number="X-9")) == "hold"


def test_an_index_changed_by_hand_equals_one_built_at_once() -> None:
    records = inbox(3, 80).records
    index = DuplicateIndex()
    handles = list(records)
    random.Random(4).shuffle(handles)
    for handle in handles:
        index.put(handle, record())
    for handle in handles:
        index.put(handle, records[handle])
    assert index.all() == find_duplicates(records)


def test_a_store_that_looks_up_terms_finds_what_an_index_finds() -> None:
    records = inbox(9, 150).records
    index = DuplicateIndex()
    for handle, each in records.items():
        index.put(handle, each)
    stored = {handle: set(index_terms(each)) for handle, each in records.items()}
    for handle, each in records.items():
        terms = index_terms(each)
        alike = {name: records[name] for name in stored if not stored[name].isdisjoint(terms)}
        assert duplicates_of(handle, each, alike) == index.of(handle)
    gone = record(origin={"archive_reason": "voided"})
    assert (index_terms(gone), duplicates_of("x", gone, records)) == ([], [])


def test_the_order_of_input_does_not_matter() -> None:
    records = inbox(5, 120).records
    handles = list(records)
    random.Random(6).shuffle(handles)
    shuffled = {handle: records[handle] for handle in handles}
    assert find_duplicates(shuffled) == find_duplicates(records)


@given(documents("invoice"), documents("invoice"))
def test_a_verdict_is_the_same_both_ways(one: Any, other: Any) -> None:
    forth = find_duplicates({"a": Record(document=one), "b": Record(document=other)})
    back = find_duplicates({"a": Record(document=other), "b": Record(document=one)})
    assert [(each.score, each.verdict) for each in forth] == [
        (each.score, each.verdict) for each in back
    ]


@given(documents("invoice", canonical=False))
def test_any_document_gets_a_verdict_that_can_be_written(document: Any) -> None:
    source = Source(channel="scan")
    twice = {name: Record(document=document, source=source) for name in "ab"}
    for each in find_duplicates(twice):
        assert 0 <= each.score <= 1
        assert msgspec.json.decode(msgspec.json.encode(each), type=Duplicate) == each


@settings(max_examples=8)
@given(st.integers(2, 30))
def test_ten_copies_are_all_suspected(copies: int) -> None:
    records = {f"d{n:02}": record("scan") for n in range(copies)}
    found = find_duplicates(records, DuplicatePolicy(neighbours=2))
    assert {handle for each in found for handle in (each.one, each.other)} == set(records)


def test_a_supplier_with_thousands_of_equal_invoices_costs_no_square() -> None:
    day = datetime.date(2026, 1, 1)
    records = {
        f"d{n:05}": record(
            "scan",
            number=f"{n:07}",
            issue_date=str(day + datetime.timedelta(days=n // 40)),
            due_date=None,
            payment=[],
        )
        for n in range(800)
    }
    index = DuplicateIndex(DuplicatePolicy(neighbours=3))
    for handle, each in records.items():
        index.put(handle, each)
    assert not [each for each in index.all() if each.verdict == "link"]
    pairs = {pair for group in index._groups.values() for pair in index._pairs(group)}
    assert len(pairs) < 800 * 4 * 3  # so many terms at most, three neighbours each


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.integers(50, 100), st.integers(50, 100))
def test_a_higher_threshold_never_holds_more(seed: int, one: int, other: int) -> None:
    records = inbox(seed, 60).records
    low, high = (
        {
            (each.one, each.other)
            for each in find_duplicates(records, DuplicatePolicy(hold_at=Decimal(limit) / 100))
            if each.verdict == "hold"
        }
        for limit in sorted((one, other))
    )
    assert high <= low
