"""Invoices in the store against the orders and receipts in the store."""

from __future__ import annotations

import json
import random

import pytest

from ..conftest import Served
from .trade import (
    Trade,
    came,
    credit,
    exceptions_of,
    followed,
    invoice,
    new_trade,
    order,
    put_in_force,
    receipt,
    returned,
    state,
)


@pytest.fixture(scope="module")
def served(lasting: Served) -> Served:
    return lasting


@pytest.fixture(autouse=True)
def trade() -> None:
    new_trade()


def test_an_invoice_that_agrees_is_matched_by_itself(served: Served) -> None:
    _, _, bill = came(served, order(), receipt("GR-1", "10"), invoice("A-1"))
    assert state(served, bill) == ("matched", None, False)
    shown = served.get(f"/v1/documents/{bill}").get_json()
    assert shown["match_status"] == "three_way"
    assert [(link["role"], link["number"]) for link in shown["links"]] == [
        ("order", Trade.called("PO-1")), ("receipt", Trade.called("GR-1")),
    ]  # fmt: skip
    told = served.get(f"/v1/documents/{bill}/match").get_json()
    assert (told["verdict"], told["response"], told["current"]) == ("matched", "AP", True)


def test_what_was_not_received_holds_until_it_comes(served: Served) -> None:
    _, bill = came(served, order(), invoice("A-1"))
    assert state(served, bill) == ("exception", "not_received", True)
    came(served, receipt("GR-1", "8"))
    assert state(served, bill) == ("exception", "quantity_variance", True)
    came(served, receipt("GR-2", "2"))
    assert state(served, bill) == ("matched", None, False)
    assert exceptions_of(served, bill) == [
        ("not_received", "resolved"), ("quantity_variance", "resolved"),
    ]  # fmt: skip


def test_the_exception_says_why_line_by_line_in_the_codes_of_peppol(served: Served) -> None:
    _, _, bill = came(served, order(), receipt("GR-1", "8"), invoice("A-1"))
    (held,) = served.get(f"/v1/exceptions?record_id={bill}").get_json()["data"]
    found = served.get(f"/v1/exceptions/{held['id']}").get_json()
    context = found["context"]
    assert (context["reason"], context["action"]) == ("QTY", "CNP")
    assert context["lines"][0]["message"].startswith("10 C62 invoiced in all, 8 received")
    assert {each["number"] for each in context["records"]} == {
        Trade.called("PO-1"), Trade.called("GR-1"),
    }  # fmt: skip


def test_a_credit_note_releases_what_was_not_received(served: Served) -> None:
    _, _, bill = came(served, order(), receipt("GR-1", "8"), invoice("A-1"))
    came(served, credit("C-1", "2"))
    assert state(served, bill) == ("matched", None, False)


def test_goods_that_go_back_hold_again(served: Served) -> None:
    _, _, bill = came(served, order(), receipt("GR-1", "10"), invoice("A-1"))
    came(served, returned("RT-1", "3"))
    assert state(served, bill) == ("exception", "quantity_variance", True)


def test_who_comes_first_takes_up_the_order(served: Served) -> None:
    _, _, first = came(served, order(), receipt("GR-1", "10"), invoice("A-1"))
    (second,) = came(served, invoice("A-2", "4"))
    assert state(served, first) == ("matched", None, False)
    assert state(served, second)[:2] == ("exception", "over_invoiced")
    reason = {"to": "rejected", "reason": "never ordered"}
    moved = served.post(f"/v1/documents/{first}/transitions", json=reason)
    assert moved.status_code == 200, moved.text
    followed(served)
    assert state(served, second) == ("matched", None, False)


def test_an_invoice_that_names_no_order_is_found_by_its_supplier(served: Served) -> None:
    _, _, bill = came(served, order(), receipt("GR-1", "10"), invoice("A-1", named=None))
    assert state(served, bill)[0] == "matched"
    (other,) = came(served, invoice("A-2", "1", named=None))
    assert state(served, other)[:2] == ("exception", "over_invoiced"), "it counts as consumed"


def test_an_order_that_comes_late_is_found(served: Served) -> None:
    bill, _ = came(served, invoice("A-1"), receipt("GR-1", "10"))
    assert state(served, bill)[:2] == ("exception", "no_order")
    came(served, order())
    assert state(served, bill)[0] == "matched"


def test_without_orders_nothing_is_held_by_itself(served: Served) -> None:
    (bill,) = came(served, invoice("A-1", named=None))
    assert state(served, bill) == ("validated", None, False)
    asked = served.post(f"/v1/documents/{bill}/match").get_json()
    assert (asked["verdict"], asked["state"]) == ("no_order", "exception")


def test_each_reason_is_an_exception_of_its_own(served: Served) -> None:
    _, bill = came(served, order(), invoice("A-1", price="6"))
    assert dict(exceptions_of(served, bill)) == {"not_received": "open", "price_variance": "open"}
    came(served, receipt("GR-1", "10"))
    assert dict(exceptions_of(served, bill)) == {
        "not_received": "resolved", "price_variance": "open",
    }  # fmt: skip


def test_what_a_person_released_is_not_held_again_unless_it_gets_worse(served: Served) -> None:
    _, _, bill = came(served, order(), receipt("GR-1", "8"), invoice("A-1"))
    (held,) = served.get(f"/v1/exceptions?record_id={bill}").get_json()["data"]
    released = served.post(
        f"/v1/exceptions/{held['id']}/release", "approver", json={"reason": "two come tomorrow"}
    )
    assert released.status_code == 200, released.text
    followed(served)
    assert state(served, bill) == ("matched", None, False)
    came(served, receipt("GR-2", "1"))
    assert state(served, bill) == ("matched", None, False)
    came(served, returned("RT-1", "5"))
    assert state(served, bill)[:2] == ("exception", "quantity_variance")


def test_an_approved_invoice_stays_approved_but_its_payment_waits(served: Served) -> None:
    _, _, bill = came(served, order(), receipt("GR-1", "10"), invoice("A-1"))
    moved = served.post(f"/v1/documents/{bill}/transitions", "approver", json={"to": "approved"})
    assert moved.status_code == 200, moved.text
    came(served, returned("RT-1", "3"))
    assert state(served, bill) == ("approved", None, True)


def test_other_tenants_orders_are_nobodys_evidence(served: Served) -> None:
    data = json.dumps(order()).encode()
    served.call("POST", "/v1/documents?connector=canonical", tenant="other", data=data)
    (bill,) = came(served, invoice("A-1"))
    assert state(served, bill) == ("validated", None, False)


@pytest.mark.parametrize("seed", range(3))
def test_in_whatever_order_they_come_it_ends_as_the_match_of_all(served: Served, seed: int) -> None:
    documents = [order(), receipt("GR-1", "4"), receipt("GR-2", "3"), returned("RT-1", "1"),
                 credit("C-1", "3"), invoice("A-1")]  # fmt: skip
    bill = documents[-1]
    others = [each for each in documents if each is not bill]
    random.Random(seed).shuffle(documents)
    ids = dict(zip(map(id, documents), came(served, *documents), strict=True))
    pure = served.post("/v1/match", json={"document": bill, "documents": others}).get_json()
    stored = served.get(f"/v1/documents/{ids[id(bill)]}/match").get_json()
    told = ("verdict", "holds", "match_status", "message", "reasons")
    assert [stored.get(name) for name in told] == [pure.get(name) for name in told]
    assert pure["verdict"] == "quantity_variance"


def test_the_settings_in_force_say_what_may_be_off(served: Served) -> None:
    """The last one here: from now on this tenant asks for an order wherever it is invoiced."""
    mine = {"supplier": Trade.seller()["name"], "price": {"percent": 10}, "receipt": "if_any"}
    put_in_force(served, "match", {"rules": [mine]})
    _, bill, dear = came(served, order(), invoice("A-1", "5", "5.50"), invoice("A-2", "5", "6"))
    assert state(served, bill) == ("matched", None, False)
    told = served.get(f"/v1/documents/{bill}/match").get_json()
    assert (told["verdict"], told["match_status"]) == ("within_tolerance", "two_way")
    assert state(served, dear)[:2] == ("exception", "price_variance")
    new_trade()
    (alone,) = came(served, invoice("A-3", named=None))
    assert state(served, alone)[:2] == ("exception", "no_order")
