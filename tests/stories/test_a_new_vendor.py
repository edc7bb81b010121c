"""A new vendor whose name is near one on a sanctions list, and whose account changes soon after.

Ann of purchasing takes vendors in, Carl of compliance releases, Vera and Vic of vendor management
change bank details, Olga approves; Xero is where vendors and bills are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .office import FILES, Office, opened

PEOPLE = {
    "ann": "mapper", "carl": "controller", "vera": "vendor_manager", "vic": "vendor_manager",
    "olga": "approver", "pia": "poster",
}  # fmt: skip
LISTED = """id,schema,name,aliases,countries,identifiers,sanctions,dataset
NK-7,Company,Encre Durant,,fr,,OFSI 7,UK list
NK-8,Person,Ivan Petrov,,ru,,EU 1,EU list
"""
FIRST, SECOND, FORGED = (
    "FR1420041010050500013M02606", "FR7630006000011234567890189", "DE89370400440532013000"
)  # fmt: skip
COOLING_OFF_HOURS = "0.0005"  # 1.8 seconds stand for two days


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with opened(tmp_path, "erp/xero", PEOPLE) as made:
        made.connect("books")
        settings = {"cooling_off_hours": COOLING_OFF_HOURS, "connections": ["books"]}
        made.settings("carl", "onboarding", settings)
        made.call("carl", "PUT", "/v1/watch-lists/uk", 200, data=LISTED.encode())
        yield made


def take_in(office: Office, data: bytes, expect: int = 201) -> str:
    """Ann takes something in; its id."""
    found = office.call("ann", "POST", "/v1/documents", expect, data=data)
    return str(found["documents"][0]["id"])


def waits_for(office: Office, record: str, *codes: str) -> None:
    """Until the controls have come to this."""
    wanted = sorted(codes)

    def found() -> bool:
        return sorted(each["code"] for each in office.exceptions(record)) == wanted

    office.until(found, f"{record} should wait for {wanted or 'nothing'}")


def contact(office: Office) -> dict[str, Any]:
    """The one vendor in Xero."""
    (found,) = office.target.objects("contact")
    return dict(found)


def vendor(account: str, day: int, name: str = "Encres Durand SAS") -> bytes:
    """What the vendor portal sends: Pennylane's list of suppliers."""
    row = {
        "id": 701, "name": name, "vat_number": "FR40303265045", "iban": account,
        "postal_address": {"address": "1 rue Basse", "postal_code": "59000", "city": "Lille",
                           "country_alpha2": "FR"},
        "supplier_due_date_delay": 30, "supplier_due_date_rule": "days",
        "emails": ["facture@durand.example"],
        "updated_at": f"2026-03-{day:02}T08:00:00Z",
    }  # fmt: skip
    return json.dumps({"items": [row], "has_more": False, "next_cursor": None}).encode()


def invoice(account: str, number: str) -> bytes:
    """A bill of the vendor, as it came by e-mail."""
    text = (FILES / "supplier-invoice.xml").read_text("utf-8")
    return text.replace("{number}", number).replace("{account}", account).encode()


@pytest.mark.slow
def test_a_vendor_near_a_sanctioned_name_whose_account_changes(office: Office) -> None:
    durand = near_a_listed_name(office)
    in_xero = office.approve_and_post("olga", "pia", durand, "books")
    assert contact(office)["Name"] == "Encres Durand SAS"
    waiting = bills(office)
    another_account(office, durand)
    waits_for(office, waiting)
    assert contact(office)["ContactID"] == in_xero
    forged_letter(office, durand)
    trace = office.get(f"/v1/documents/{durand}/trace")
    assert [each["state"] for each in trace["counterfoils"]] == ["confirmed", "confirmed"]
    assert [each["code"] for each in trace["exceptions"]] == [
        "watchlist_near_hit", "bank_account_changed", "bank_account_changed",
    ]  # fmt: skip


def near_a_listed_name(office: Office) -> str:
    """It waits for compliance, and for nobody else; then it is approved."""
    durand = take_in(office, vendor(FIRST, 1))
    waits_for(office, durand, "watchlist_near_hit")
    (held,) = office.exceptions(durand)
    assert "UK list" in held["summary"]
    assert office.state(durand) == "exception"
    office.post("olga", f"/v1/documents/{durand}/transitions", 409, to="approved")
    why = "another company: registered in Lille since 1987"
    office.post("ann", f"/v1/exceptions/{held['id']}/release", 403, reason=why)
    office.post("carl", f"/v1/exceptions/{held['id']}/release", 200, reason=why)
    waits_for(office, durand)
    return durand


def bills(office: Office) -> str:
    """One with the account that we know goes on; the other waits, and is what comes back."""
    usual = take_in(office, invoice(FIRST, "F-1"))
    other = take_in(office, invoice(SECOND, "F-2"))
    waits_for(office, other, "bank_account_changed")
    waits_for(office, usual)
    return other


def another_account(office: Office, durand: str) -> None:
    """The portal states it as well: a proposal, used when it was confirmed and has cooled off."""
    assert take_in(office, vendor(SECOND, 2), 200) == durand
    waits_for(office, durand, "bank_account_changed")
    (change,) = office.get("/v1/party-changes?state=proposed")["data"]
    assert SECOND not in json.dumps(change)
    confirmed = {"reason": "called Mme Durand on the number of 2024"}
    approve = f"/v1/party-changes/{change['id']}/approve"
    office.post("ann", approve, 403, **confirmed)
    assert office.post("vera", approve, 200, **confirmed)["state"] == "approved"
    assert office.exceptions(durand), "it is cooling off"
    waits_for(office, durand)
    account = office.get(f"/v1/documents/{durand}")["document"]["bank_accounts"][0]
    assert (account["id"]["value"], bool(account["verified_at"])) == (SECOND, True)
    office.until(lambda: contact(office).get("BankAccountDetails") == SECOND, "Xero is told")


def forged_letter(office: Office, durand: str) -> None:
    """Vera enters it and cannot approve it herself; Vic, who calls back, refuses."""
    account = {"id": {"kind": "account", "scheme": "iban", "value": FORGED},
               "holder": "Fast Money Ltd"}  # fmt: skip
    body = {"party": durand, "reason": "letter of 9 March", "bank_accounts": [account]}
    forged = office.post("vera", "/v1/party-changes", 201, **body)
    suspicious = {each["kind"] for each in forged["changes"]}
    assert suspicious >= {"new_account", "holder_differs", "bank_abroad"}
    change = f"/v1/party-changes/{forged['id']}"
    office.post("vera", f"{change}/approve", 409, reason="it has a stamp")
    office.post("vic", f"{change}/reject", 200, reason="they never wrote it")
    waits_for(office, durand)
    assert contact(office)["BankAccountDetails"] == SECOND
