"""Posting to a real ERP: what simulators promise, Tryton keeps.

`make test-tryton` installs one; with COUNTERFOIL_TRYTON=500 as many invoices go through a road that
loses answers.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from decimal import Decimal

import pytest

from .conftest import Open, invoice
from .erp import Erp

pytestmark = pytest.mark.slow
MANY = int(os.environ.get("COUNTERFOIL_TRYTON", "20"))
LOST = 0.15


def amount(value: dict[str, str]) -> Decimal:
    return Decimal(value["decimal"])


def test_an_invoice_lives_its_life_there(office: Open, erp: Erp) -> None:
    there = office()
    record = there.taken("HK-1", 1)
    counts = there.learn()
    assert counts["supplier"] >= 2
    assert counts["account"] > 50
    checked = there.asked("POST", "/v1/connections/ledger/check", json={"document": record})
    assert checked["ok"], checked

    made = there.post(record)
    assert made.get("state") == "confirmed", made
    (found,) = erp.invoices("HK-1")
    assert (found["state"], amount(found["total_amount"])) == ("draft", Decimal("132.00"))
    assert there.document(record)["state"] == "posted"

    entered = there.post(record, action="post")
    assert entered["state"] == "confirmed", entered
    (found,) = erp.invoices("HK-1")
    assert found["state"] == "posted"

    # What was posted, read back, is the document that it is known as.
    assert there.pulled(record) == "replay"
    assert there.document(record)["state"] == "posted"

    assert erp.pay("HK-1")["state"] == "paid"
    assert there.pulled(record) == "settle"
    assert there.document(record)["state"] == "paid"
    events = there.asked("GET", "/v1/events?limit=1000")["data"]
    assert Counter(each["type"] for each in events)["finance.invoice.paid.v1"] == 1
    assert there.pulled(record) == "replay"


def test_what_was_sent_is_what_is_there(office: Open, erp: Erp) -> None:
    there, elsewhere = office(), office("elsewhere")
    record = there.taken("HK-2", 2)
    there.learn()
    there.post(record)
    elsewhere.pull("invoice", full=True)
    rows = elsewhere.asked("GET", "/v1/documents?kind=invoice&number=HK-2")["data"]
    read = elsewhere.document(rows[0]["id"])["document"]
    sent = there.document(record)["document"]
    for name in ("number", "issue_date", "due_date", "currency", "direction"):
        assert read[name] == sent[name], name
    assert same_sums(read["totals"], sent["totals"])
    assert [line["item"]["name"] for line in read["lines"]] == ["Desk", "Delivery"]
    for one, other in zip(read["lines"], sent["lines"], strict=True):
        assert Decimal(one["quantity"]) == Decimal(other["quantity"])
        assert Decimal(one["price"]["net"]) == Decimal(other["price"]["net"])
        assert Decimal(one["net"]) == Decimal(other["net"])
        assert Decimal(one["taxes"][0]["rate"]) == Decimal(other["taxes"][0]["rate"])
    assert erp.told["expense"] in read["lines"][0]["account"]


def same_sums(one: dict[str, str], other: dict[str, str]) -> bool:
    return all(Decimal(one[name]) == Decimal(other[name]) for name in ("net", "tax", "gross"))


def test_a_supplier_is_made_and_then_billed_by(office: Open, erp: Erp) -> None:
    there = office()
    body = {"kind": "party", "name": "Nadel & Faden OHG", "roles": ["supplier"],
            "ids": [{"kind": "party", "value": "77400"}],
            "address": {"line1": "Nähgasse 3", "city": "Trier", "postcode": "54290"}}  # fmt: skip
    taken = there.asked("POST", "/v1/documents?connector=canonical", 201, data=json.dumps(body))
    party = there.approved(taken["documents"][0]["id"])
    assert (made := there.post(party)).get("state") == "confirmed", made
    (found,) = erp.find("party.party", [["code", "=", "77400"]], "name", "addresses.city")
    assert (found["name"], found["addresses"][0]["city"]) == ("Nadel & Faden OHG", "Trier")

    record = there.taken("NF-1", 3, seller={"name": "Nadel & Faden OHG"})
    there.learn()
    assert there.post(record)["state"] == "confirmed"
    (bill,) = erp.invoices("NF-1")
    assert bill["party"] == found["id"] or bill["party"]["id"] == found["id"]


def test_the_same_invoice_by_two_ways_is_posted_once(office: Open, erp: Erp) -> None:
    there = office()
    record = there.taken("HK-3", 4)
    there.learn()
    first = there.post(record)
    for number, more in enumerate([{}, {"notes": [{"text": "by post"}]}]):
        other = invoice("HK-3", 4, buyer={"name": "Werkhof Süd"}, **more)
        path = "/v1/documents?connector=canonical"
        again = there.asked("POST", path, data=other)["documents"][0]
        assert (again["id"], again["action"]) == (record, "attach_source")
        told = there.post(record)
        if number == 0:
            assert (told["replayed"], told["target"]) == (True, first["target"])
        else:  # it says more than what was posted: whoever wants that there must say so
            assert (told["code"], told["existing_id"]) == (
                *("idempotency_key_reused", first["target"]["id"]),
            )
    assert (there.road.creates, len(erp.invoices("HK-3"))) == (1, 1)


def test_a_store_that_was_lost_makes_no_second_one(office: Open, erp: Erp) -> None:
    before = office("before")
    record = before.taken("HK-4", 5)
    before.learn()
    first = before.post(record)
    after = office("after", look_first=True)
    record = after.taken("HK-4", 5)
    after.learn()
    second = after.post(record)
    assert (second["state"], second["target"]) == ("confirmed", first["target"]), second
    assert (after.road.creates, len(erp.invoices("HK-4"))) == (0, 1)
    assert after.document(record)["state"] == "posted"


def test_what_tryton_itself_warns_of_is_heard(office: Open, erp: Erp) -> None:
    told = []
    for each in (office(), office("elsewhere")):
        record = each.taken("HK-5", 6)
        each.learn()
        assert (made := each.post(record)).get("state") == "confirmed", made
        told.append(each.post(record, action="post"))
    # A second draft is taken; that the supplier has used the number before is said on entry.
    assert told[0]["state"] == "confirmed", told
    assert told[1]["code"] == "posting_refused", told
    assert sorted(row["state"] for row in erp.invoices("HK-5")) == ["draft", "posted"]


def test_an_answer_that_was_lost_is_found_by_looking(office: Open, erp: Erp) -> None:
    there = office()
    record = there.taken("HK-6", 7)
    there.learn()
    there.road.lose = 1
    made = there.post(record)
    assert there.road.lost == 1
    assert there.settled(30)
    (row,) = there.rows()
    (found,) = erp.invoices("HK-6")
    assert (row["state"], row["target_id"]) == ("confirmed", str(found["id"])), made
    assert there.road.creates == 1


def test_many_invoices_arrive_once_each(office: Open, erp: Erp) -> None:
    there = office()
    there.taken("M-0", 1000)
    there.learn()
    numbers = {f"M-{which}": which for which in range(1, MANY + 1)}
    records = [there.taken(number, 1000 + which) for number, which in numbers.items()]
    there.road.share = LOST
    began = time.monotonic()
    for record in records:
        path = f"/v1/connections/{there.connection}/post"
        there.asked("POST", path, 202, "poster", json={"document": record})
    assert there.settled(60 + MANY)
    seconds = time.monotonic() - began
    states = Counter(row["state"] for row in there.rows())
    found = erp.invoices(*numbers)
    bare = erp.rate_of([json.loads(row["body"]) for row in there.rows()[:10]])
    sys.stdout.write(
        f"\n{MANY} invoices in {seconds:.1f} s ({MANY / seconds:.1f}/s; a bare loop {bare:.1f}/s), "
        f"{there.road.lost} answers lost, {there.road.creates} creates\n"
    )
    assert states == {"confirmed": MANY}
    assert there.road.lost > 0
    assert Counter(row["reference"] for row in found) == dict.fromkeys(numbers, 1)
    expected = sum((Decimal(100 * (1000 + w) + 10) for w in numbers.values()), Decimal(0))
    assert sum(amount(row["untaxed_amount"]) for row in found) == expected
    assert sum(amount(row["total_amount"]) for row in found) == expected * 6 / 5
