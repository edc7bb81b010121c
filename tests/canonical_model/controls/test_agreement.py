"""Two systems that say different things about one document are told apart, field by field."""

from __future__ import annotations

import datetime
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given

from canonical_model.controls.agreement import Agreement, disagreements
from canonical_model.envelope import Record, Source
from tests.canonical_model.controls.money import bill, payment, record
from tests.strategies import documents

AS_OF = datetime.datetime(2026, 4, 20, tzinfo=datetime.UTC)
BUYER = {"name": "Acme Ltd", "ids": [{"kind": "vat", "value": "GB980780684"}]}


def invoice(state: Any = "posted", around: dict[str, Any] | None = None, **change: Any) -> Record:
    made = bill(**{"buyer": BUYER, **change})
    return msgspec.structs.replace(made, state=state, **(around or {}))


def differing(left: Record, right: Record) -> list[tuple[str, str | None, str | None]]:
    found = disagreements({"l": left}, {"r": right}).disagreements
    return [(each.path, each.left, each.right) for one in found for each in one.differences]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"state": "paid"}, [("state", "posted", "paid")]),
        ({"totals": {"gross": "1190.0", "payable": "1190.00"}}, []),
        (
            {"totals": {"gross": "1190.00", "payable": "1191.00"}},
            [("totals.payable", "1190", "1191")],
        ),
        ({"balance": "5.00"}, []),
        ({"due_date": "2026-03-13"}, [("due_date", "2026-03-12", "2026-03-13")]),
        ({"currency": "USD"}, [("currency", "EUR", "USD")]),
        ({"buyer": {**BUYER, "name": "ACME LIMITED"}}, []),
        ({"buyer": {**BUYER, "name": "Else"}}, [("name", "acme", "else")]),
    ],
)
def test_what_both_state_and_differs_is_told(
    change: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    assert differing(invoice(), invoice(**change)) == expected


def test_accounts_are_compared_whole_and_shown_in_part() -> None:
    parties = [
        record(
            {
                "kind": "party",
                "name": "Acme",
                "ids": [{"kind": "vat", "value": "GB980780684"}],
                "bank_accounts": [{"id": {"value": number, "scheme": "bban"}}],
            }
        )
        for number in ("123456789012", "123499999012")
    ]
    assert differing(*parties) == [("bank_accounts", "123…012", "123…012")]


def test_documents_are_one_by_a_sure_key_only() -> None:
    found = disagreements({"l": invoice()}, {"r": invoice(number="RE-2026-0999")})
    assert (found.compared, found.only_left, found.only_right) == (0, ["l"], ["r"])
    by_name = {"name": "Acme Ltd"}
    weak = disagreements({"l": invoice(buyer=by_name)}, {"r": invoice(buyer=by_name)})
    assert weak.compared == 0


def test_the_age_is_counted_from_the_last_change() -> None:
    moments = [datetime.datetime(2026, 4, day, tzinfo=datetime.UTC) for day in (1, 10)]
    left, right = (
        invoice(state, {"source": Source(updated_at=when)})
        for state, when in zip(("posted", "paid"), moments, strict=True)
    )
    found = disagreements({"l": left}, {"r": right}, AS_OF).disagreements[0]
    assert (found.since, found.age_days) == (moments[1], 10)
    assert disagreements({"l": left}, {"r": right}).disagreements[0].age_days is None


def test_payments_differ_by_how_far_they_have_come() -> None:
    key = {"entity": "E", "from_account": {"id": {"value": "1", "scheme": "bban"}}}
    left, right = payment(settlement="accepted", **key), payment(settlement="settled", **key)
    assert differing(left, right) == [("settlement", "accepted", "settled")]


def test_the_order_of_input_does_not_matter() -> None:
    left = {f"l{n}": invoice(number=f"RE-{n:05}") for n in range(30)}
    right = {f"r{n}": invoice("paid", number=f"RE-{n:05}") for n in range(5, 35)}
    found = disagreements(left, right, AS_OF)
    assert (found.compared, len(found.only_left), len(found.only_right)) == (25, 5, 5)
    chance = random.Random(3)
    mixed = [dict(chance.sample(list(each.items()), len(each))) for each in (left, right)]
    assert disagreements(*mixed, AS_OF) == found


@given(documents(), documents())
def test_what_differs_one_way_differs_the_other_way(one: Any, other: Any) -> None:
    forth = disagreements({"x": Record(document=one)}, {"y": Record(document=other)})
    back = disagreements({"y": Record(document=other)}, {"x": Record(document=one)})
    assert forth.compared == back.compared
    mirrored = [
        (each.path, each.right, each.left) for d in back.disagreements for each in d.differences
    ]
    told = [
        (each.path, each.left, each.right) for d in forth.disagreements for each in d.differences
    ]
    assert told == mirrored
    assert msgspec.json.decode(msgspec.json.encode(forth), type=Agreement) == forth
