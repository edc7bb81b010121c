"""Taking vendors in: watch lists, look-alikes, wrong identifiers, and changed bank details."""

from __future__ import annotations

import json
from typing import Any

import pytest

from node_server.operations.control_handlers import HANDLERS
from node_server.operations.controls_following import Controller
from node_server.operations.onboarding.onboarder import Onboarder

from ..conftest import Served
from .conftest import invoice, open_ones

OLD = "DE89370400440532013000"
NEW = "FR1420041010050500013M02606"
PENNYLANE = "erp/pennylane"
LIST = (
    "id,schema,name,aliases,countries,identifiers,sanctions,dataset\n"
    "NK-1,Company,Gasprombank JSC,,ru,7744001497,US,US list\n"
    "NK-2,Person,Vladimir Ivanovich Petrov,,ru,,EU 2022/1,EU list\n"
)


def account(number: str) -> dict[str, Any]:
    return {"id": {"kind": "account", "scheme": "iban", "value": number}}


def vendor(
    name: str = "Ateliers Bruyère SARL", accounts: list[str] | None = None, **more: Any
) -> bytes:
    """A supplier as a vendor portal would send it."""
    stated = [OLD] if accounts is None else accounts
    document = {
        "kind": "party", "name": name, "roles": ["supplier"], "master_id": "V-1",
        "ids": [{"kind": "vat", "value": "FR40303265045"}],
        "bank_accounts": [account(each) for each in stated],
    }  # fmt: skip
    return json.dumps(document | more).encode()


def delivered(number: str) -> bytes:
    """The same supplier as an ERP lists it."""
    row = {
        "id": 701, "name": "Ateliers Bruyère SARL", "vat_number": "FR40303265045", "iban": number,
        "emails": ["a@bruyere.example"], "supplier_due_date_rule": "days",
        "supplier_due_date_delay": 30, "updated_at": "2025-01-02T08:00:00Z",
    }  # fmt: skip
    return json.dumps({"items": [row], "has_more": False}).encode()


def take_in(served: Served, data: bytes, connector: str = "canonical") -> str:
    """Id of what was taken in, after all controls have seen it."""
    found = served.take_in(data, query_string={"connector": connector})
    work(served)
    return str(found["documents"][0]["id"])


def work(served: Served) -> None:
    """What the worker does."""
    controller = Controller(served.house, HANDLERS)
    for turn in (controller.round, Onboarder(served.house).round):
        while turn():
            pass


def codes(served: Served, record_id: str) -> list[str]:
    return [code for _, code in open_ones(served, record_id)]


def settings(served: Served, **stated: Any) -> None:
    """Put settings of onboarding into force, by two persons."""
    answer = served.call("PUT", "/v1/control-settings/onboarding", "controller", json=stated)
    assert answer.status_code in (200, 201), answer.text
    number = answer.get_json()["version"]
    path = f"/v1/control-settings/onboarding/{number}/activate"
    done = served.post(path, "admin", json={"reason": "agreed"})
    assert done.status_code == 200, done.text


def propose(served: Served, party: str, *numbers: str, role: str = "vendor_manager") -> Any:
    accounts = [account(each) for each in numbers]
    body = {"party": party, "bank_accounts": accounts, "reason": "their letter"}
    return served.post("/v1/party-changes", role, json=body)


def decide(served: Served, change: str, action: str, role: str = "admin") -> Any:
    path = f"/v1/party-changes/{change}/{action}"
    return served.post(path, role, json={"reason": "called back on the known number"})


def accounts_of(served: Served, party: str) -> list[str]:
    document = served.get(f"/v1/documents/{party}").get_json()["document"]
    return [each["id"]["value"] for each in document["bank_accounts"]]


def put_list(served: Served, data: str = LIST, name: str = "all") -> Any:
    return served.call("PUT", f"/v1/watch-lists/{name}", "controller", data=data.encode())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Gasprombank JSC", "supplier_blocked"),
        ("Petrow, Wladimir Iwanowitsch", "watchlist_near_hit"),
    ],
)
def test_a_party_on_a_list_waits_for_somebody_entitled(
    served: Served, name: str, code: str
) -> None:
    assert put_list(served).get_json()["entries"] == 2
    party = take_in(served, vendor(name))
    assert codes(served, party) == [code]
    shown = served.get(f"/v1/documents/{party}").get_json()
    assert (shown["state"], shown["payment_hold"]) == ("exception", True)
    released = served.post(
        f"/v1/documents/{party}/release", "controller", json={"reason": "not him"}
    )
    assert released.status_code == 200, released.text
    work(served)
    assert codes(served, party) == []


def test_who_was_cleared_is_asked_about_again_only_where_a_list_says_more(served: Served) -> None:
    put_list(served)
    party = take_in(served, vendor("Gasprombank JSC"))
    served.post(f"/v1/documents/{party}/release", "controller", json={"reason": "licence 7"})
    report = served.post(f"/v1/parties/{party}/screen").get_json()
    assert (report["verdict"], codes(served, party)) == ("block", [])
    put_list(served, LIST + "NK-9,Company,Gasprombank,,ru,,EU,EU list\n")
    work(served)
    assert codes(served, party) == ["supplier_blocked"]


def test_a_new_list_is_looked_through_for_parties_known_for_long(served: Served) -> None:
    party = take_in(served, vendor("Gasprombank JSC"))
    assert codes(served, party) == []
    assert put_list(served).get_json()["screened"] is False
    work(served)
    assert codes(served, party) == ["supplier_blocked"]
    assert served.get("/v1/watch-lists").get_json()["data"][0]["screened"] is True


def test_a_party_that_is_known_under_another_name_is_held(served: Served) -> None:
    first = take_in(served, vendor(address={"country": "FR", "postcode": "67000"}))
    second = take_in(
        served,
        vendor("ATELIER BRUYERE", [OLD], ids=[], master_id="V-2",
               address={"country": "FR", "postcode": "67000"}),
    )  # fmt: skip
    assert codes(served, second) == ["party_similar"]
    assert codes(served, first) in ([], ["party_similar"])


def test_wrong_check_digits_hold_a_party_and_mended_ones_let_it_go(served: Served) -> None:
    number = "FR0020041010050500013M02606"
    party = take_in(served, delivered(number), PENNYLANE)
    assert codes(served, party) == ["identifier_doubtful"]
    (shown,) = served.get("/v1/exceptions?state=open").get_json()["data"]
    assert number not in json.dumps(shown)
    assert take_in(served, delivered(NEW), PENNYLANE) == party
    assert "identifier_doubtful" not in codes(served, party)


def test_bank_details_need_two_persons_and_time(served: Served) -> None:
    party = take_in(served, vendor())
    made = propose(served, party, NEW)
    assert made.status_code == 201, made.text
    change = made.get_json()
    assert NEW not in made.text
    assert OLD not in made.text
    assert {each["kind"] for each in change["changes"]} >= {"new_account", "account_gone"}
    assert codes(served, party) == ["bank_account_changed"]
    assert decide(served, change["id"], "approve", "vendor_manager").status_code == 409
    approved = decide(served, change["id"], "approve")
    assert approved.get_json()["state"] == "approved", approved.text
    work(served)
    assert accounts_of(served, party) == [OLD], "it has not cooled off"
    assert codes(served, party) == ["bank_account_changed"]


def test_a_change_that_has_cooled_off_is_written_into_the_party(served: Served) -> None:
    settings(served, cooling_off_hours=0)
    party = take_in(served, vendor())
    change = propose(served, party, NEW).get_json()["id"]
    assert decide(served, change, "approve").status_code == 200
    work(served)
    assert accounts_of(served, party) == [NEW]
    assert codes(served, party) == []
    assert served.get(f"/v1/party-changes/{change}").get_json()["state"] == "applied"
    document = served.get(f"/v1/documents/{party}").get_json()["document"]
    assert document["bank_accounts"][0]["verified_at"]


@pytest.mark.parametrize("action", ["reject", "withdraw"])
def test_a_change_that_is_dropped_leaves_all_as_it_was(served: Served, action: str) -> None:
    party = take_in(served, vendor())
    change = propose(served, party, NEW).get_json()["id"]
    role = {"reject": "admin", "withdraw": "vendor_manager"}[action]
    assert decide(served, change, action, role).status_code == 200
    assert (accounts_of(served, party), codes(served, party)) == ([OLD], [])
    assert decide(served, change, "approve").status_code == 409


def test_one_change_at_a_time(served: Served) -> None:
    party = take_in(served, vendor())
    assert propose(served, party, NEW).status_code == 201
    assert propose(served, party, NEW).status_code == 409


@pytest.mark.parametrize(
    "role", ["reader", "mapper", "poster", "approver", "controller", "auditor"]
)
def test_only_those_entitled_propose(lasting: Served, role: str) -> None:
    assert propose(lasting, "cfi1_none", NEW, role=role).status_code == 403


def test_a_bill_with_another_account_than_the_supplier_s_waits(served: Served) -> None:
    take_in(served, vendor())
    seller = {"name": "Ateliers Bruyère SARL", "ids": [{"kind": "vat", "value": "FR40303265045"}]}
    known, changed = (
        take_in(served, invoice(seller=seller, payment=[{"accounts": [account(number)]}]))
        for number in (OLD, NEW)
    )  # fmt: skip
    assert codes(served, known) == []
    assert codes(served, changed) == ["bank_account_changed"]


def test_a_bill_goes_on_when_the_new_account_is_confirmed(served: Served) -> None:
    settings(served, cooling_off_hours=0)
    party = take_in(served, vendor())
    seller = {"name": "Ateliers Bruyère SARL", "ids": [{"kind": "vat", "value": "FR40303265045"}]}
    bill = take_in(served, invoice(seller=seller, payment=[{"accounts": [account(NEW)]}]))
    assert codes(served, bill) == ["bank_account_changed"]
    change = propose(served, party, OLD, NEW).get_json()["id"]
    decide(served, change, "approve")
    work(served)
    work(served)
    assert codes(served, bill) == []


def test_an_account_that_a_delivery_changes_is_a_proposal_of_who_brought_it(served: Served) -> None:
    party = take_in(served, delivered(OLD), PENNYLANE)
    assert take_in(served, delivered(NEW), PENNYLANE) == party
    assert codes(served, party) == ["bank_account_changed"]
    (change,) = served.get("/v1/party-changes?state=proposed").get_json()["data"]
    assert (change["origin"], change["party"]) == ("source", party)
    assert decide(served, change["id"], "reject").status_code == 200
    work(served)
    assert accounts_of(served, party) == [OLD], "the account of before is stated again"
    assert codes(served, party) == []


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 400, "body_invalid"),
        (b"a,b\n1,2\n", 422, "body_invalid"),
        (b"id,name\n", 422, "body_invalid"),
        (b'{"id": "x", ', 400, "body_unreadable"),
        (b"\xff\xfe", 400, "body_unreadable"),
    ],
)
def test_what_is_no_list_is_told(lasting: Served, data: bytes, status: int, code: str) -> None:
    answer = lasting.call("PUT", "/v1/watch-lists/x", "controller", data=data)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code), answer.text


def test_a_list_goes(lasting: Served) -> None:
    assert put_list(lasting, name="gone").status_code == 200
    assert lasting.call("DELETE", "/v1/watch-lists/gone", "controller").status_code == 204
    assert lasting.call("DELETE", "/v1/watch-lists/gone", "controller").status_code == 404
