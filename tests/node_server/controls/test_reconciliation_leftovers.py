"""What is left over: ageing, chains of statements, payouts; and reconciling as a job."""

from __future__ import annotations

from typing import Any

import pytest

from node_server.operations import bulk
from node_server.operations.reconciling import background

from ..conftest import Served
from .banking import Bank


def rows(served: Served, on: str, **bounds: Any) -> dict[tuple[str, str], tuple[int, str]]:
    answer = served.get(f"/v1/reconciliation/ageing?on={on}")
    assert answer.status_code == 200, answer.text
    return {
        (each["side"], each["bucket"]): (each["count"], each["amount"])
        for each in answer.get_json()["rows"]
    }


def test_ageing_tells_what_is_open_less_what_was_settled_of_it(served: Served) -> None:
    bank = Bank(served)
    invoice, named = bank.invoice("100.00")
    bank.line("40.00", named)
    bank.line("9.00", "whatever")
    bank.run()
    bank.decide(bank.proposals(invoice)[0]["id"], "accept")
    assert rows(served, "2026-03-20") == {
        ("receivable", "1-30"): (1, "60.00"),
        ("bank_in", "1-30"): (1, "9.00"),
    }
    assert rows(served, "2026-01-01")["receivable", "not due"] == (1, "60.00")


@pytest.mark.parametrize(
    ("path", "status"),
    [("ageing?on=2026-02-30", 422), ("ageing?on=x", 400), ("payouts?from=2026-13-01", 422)],
)
def test_a_day_that_is_none_is_refused(lasting: Served, path: str, status: int) -> None:
    assert lasting.get(f"/v1/reconciliation/{path}").status_code == status


def test_a_gap_between_statements_is_told_for_its_account(lasting: Served) -> None:
    bank = Bank(lasting)
    for day, balance in ((1, "100.00"), (2, "90.00")):
        date = f"2026-03-{day:02}"
        side = {"amount": balance, "direction": "credit", "date": date, "currency": "EUR"}
        bank.statement(
            format="camt.053.001.08", legal_sequence=day, period={"start": date, "end": date},
            balances=[side | {"type": each} for each in ("OPBD", "CLBD")],
        )  # fmt: skip
    path = f"/v1/reconciliation/continuity?account={bank.account}"
    (chain,) = lasting.get(path).get_json()["data"]
    assert len(chain["statements"]) == 2
    (fault,) = chain["faults"]
    assert (fault["code"], fault["expected"], fault["actual"]) == (
        *("statement_gap", "100.00"), "90.00",
    )  # fmt: skip


class Provider(Bank):
    """A provider that pays out what it has taken for us."""

    def entry_of(self, sort: str, amount: str, refers: str, fee: str | None = None) -> str:
        number = f"txn_{self.place}_{sort}_{refers}"
        document = {
            "kind": "bank_transaction", "account": {"scheme": "stripe", "value": self.account},
            "amount": amount.lstrip("-"), "currency": "EUR", "status": "booked", "occurrence": 1,
            "direction": "debit" if amount.startswith("-") else "credit",
            "booking_date": "2026-01-05", "value_date": "2026-01-05",
            "bank_code": f"prtry:{sort}",
            "details": [{"refs": {"provider": number}}
                        | {"structured_refs": [{"role": "payment", "id": refers}]}],
        }  # fmt: skip
        charges = {"charges": [{"kind": "charge", "amount": fee}]} if fee else {}
        return self.of_stripe(document | charges, "balance_transaction", number)

    def paid(self, amount: str, named: str, sort: str) -> str:
        document = {
            "kind": "payment", "direction": "in", "amount": amount, "currency": "EUR",
            "type": "transfer" if sort == "payout" else "payment", "number": named,
            "issue_date": "2026-01-05", "value_date": "2026-01-05", "means": "30",
        }  # fmt: skip
        return self.of_stripe(document, sort, named)

    def of_stripe(self, document: dict[str, Any], sort: str, named: str) -> str:
        return self.stored(document, system="stripe", object_type=sort, object_id=named)


def test_a_payout_is_taken_apart_and_nothing_of_it_is_left_over(served: Served) -> None:
    stripe = Provider(served)
    charge = stripe.paid("100.00", "ch_1", "charge")
    entries = [
        stripe.entry_of("charge", "100.00", "ch_1", fee="3.20"),
        stripe.entry_of("stripe_fee", "-1.80", "fee_1"),
    ]
    payout = stripe.paid("95.00", "po_1", "payout")
    itself = stripe.entry_of("payout", "-95.00", "po_1")
    stripe.follow()
    (found,) = served.get("/v1/reconciliation/payouts?from=2026-01-05").get_json()["data"]
    assert (found["payout"], found["complete"], found["fees"]) == (payout, True, "3.20")
    assert {each["entry"] for each in found["entries"]} == set(entries)
    assert served.get("/v1/reconciliation/payouts?to=2026-01-04").get_json()["data"] == []
    links = {link["id"] for link in stripe.shown(payout)["links"]}
    assert links == set(entries)
    assert [stripe.shown(each)["state"] for each in (*entries, itself)] == ["matched"] * 3
    assert stripe.shown(charge)["payment_status"] == "paid"
    # The bank line of the payout is another account's, and settles the payout.
    line = stripe.line("95.00", "STRIPE", details=[{"refs": {"provider": "po_1"}}])
    served.post("/v1/reconciliations", json={})
    assert stripe.proposals(line)[0]["proposal"]["items"][0]["item"] == payout


def test_a_run_in_the_background_is_a_job_with_the_same_outcome(served: Served) -> None:
    bank = Bank(served)
    invoice, named = bank.invoice("100.00")
    bank.line("100.00", named)
    body = {"account": bank.account, "from": "2026-01-01", "background": True}
    answer = served.post("/v1/reconciliations", json=body)
    assert answer.status_code == 202
    assert bulk.work_on_next(served.house)
    job = served.get(answer.headers["Location"]).get_json()
    assert (job["state"], job["outcome"]["run"]["accepted"]) == ("done", 1)
    assert bank.shown(invoice)["payment_status"] == "paid"


def test_what_comes_in_while_a_job_waits_goes_along_with_it(served: Served) -> None:
    bank = Bank(served)
    invoice, named = bank.invoice("100.00")
    line = bank.line("100.00", named)
    background.ask(served.house, "acme", "control:reconciliation", lines=[line])
    background.ask(served.house, "acme", "control:reconciliation", items=[invoice])
    assert bulk.work_on_next(served.house)
    assert not bulk.work_on_next(served.house)
    assert bank.shown(invoice)["payment_status"] == "paid"


def test_a_document_that_comes_after_its_payment_is_paid_by_the_line_that_waits(
    served: Served,
) -> None:
    bank = Bank(served)
    named = "RF18539007547034"
    line = bank.line("55.00", named)
    assert bank.run()["unmatched"] == 1
    invoice, _ = bank.invoice("55.00", payment=[{"reference": named}])
    background.ask(served.house, "acme", "control:reconciliation", items=[invoice])
    bulk.work_on_next(served.house)
    assert bank.shown(invoice)["payment_status"] == "paid"
    assert bank.shown(line)["state"] == "matched"
