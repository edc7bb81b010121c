"""Every control works on files alone, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canonical_model.schemas import example

SHIPPED = Path(__file__).resolve().parents[1] / "stories" / "files" / "third_party_logistics"
POLICIES = Path(__file__).resolve().parents[2] / "docs" / "examples" / "policies"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind in ("invoice", "purchase_order", "goods_receipt"):
        (tmp_path / f"{kind}.json").write_text(example(kind), "utf-8")
    return tmp_path


def changed(folder: Path, name: str, **changes: Any) -> Path:
    document = json.loads((folder / "invoice.json").read_bytes())
    path = folder / name
    path.write_text(json.dumps(document | changes), "utf-8")
    return path


def test_an_invoice_over_what_came_holds(cli: Any, folder: Path) -> None:
    done = cli("match", str(folder))
    assert done.exit_code == 1, done.stderr
    assert "4 C62 invoiced in all, 3 received" in done.stdout


def test_a_tolerance_of_a_file_lets_it_pass(cli: Any, folder: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("rulez: []\n", "utf-8")
    done = cli("match", str(folder / "invoice.json"), "--tolerances", str(wrong))
    assert done.exit_code == 1
    assert "rulez" in done.stderr


def test_an_invoice_under_another_number_is_held_as_a_duplicate(cli: Any, folder: Path) -> None:
    changed(folder, "again.json", number="INV-OO123")
    done = cli("duplicates", str(folder), "--json")
    assert done.exit_code == 1
    (pair,) = json.loads(done.stdout)
    assert {Path(pair["one"]).name, Path(pair["other"]).name} == {"again.json", "invoice.json"}
    assert pair["why"]


def test_documents_that_are_not_alike_are_not_held(cli: Any, folder: Path) -> None:
    assert cli("duplicates", str(folder)).exit_code == 0


def test_a_bank_line_settles_the_invoice_that_it_names(cli: Any, folder: Path) -> None:
    invoice = json.loads((folder / "invoice.json").read_bytes())
    line = {
        "kind": "bank_transaction", "amount": invoice["totals"]["payable"], "status": "booked",
        "currency": invoice["currency"], "direction": "debit", "booking_date": "2026-02-19",
        "account": {"kind": "account", "scheme": "iban", "value": "DE89370400440532013000"},
        "details": [{"remittance": [f"{invoice['number']}"],
                     "counterparty": {"name": invoice["seller"]["name"]}}],
    }  # fmt: skip
    (folder / "line.json").write_text(json.dumps(line), "utf-8")
    bill = changed(folder, "bill.json", direction="payable")
    done = cli("reconcile", str(folder / "line.json"), str(bill), "--json")
    (proposal,) = json.loads(done.stdout)["proposals"]
    assert Path(proposal["items"][0]["item"]).name == "bill.json"


def test_two_exports_are_compared(cli: Any, folder: Path) -> None:
    totals = json.loads((folder / "invoice.json").read_bytes())["totals"]
    other = changed(folder, "other.json", totals=totals | {"payable": "1.00"})
    done = cli("compare", str(folder / "invoice.json"), str(other))
    assert done.exit_code == 1
    assert "totals.payable" in done.stdout
    same = cli("compare", str(folder / "invoice.json"), str(folder / "invoice.json"))
    assert (same.exit_code, "1 compared" in same.stdout) == (0, True)


def test_a_party_on_a_list_is_told(cli: Any, folder: Path) -> None:
    seller = json.loads((folder / "invoice.json").read_bytes())["seller"]["name"]
    listed = folder / "list.csv"
    listed.write_text(
        f"id,schema,name,aliases,countries,identifiers,sanctions,dataset\n"
        f"NK-1,Company,{seller},,de,,EU 2022/1,EU list\n",
        "utf-8",
    )
    done = cli("screen", str(folder / "invoice.json"), "--list", str(listed))
    assert done.exit_code == 1
    assert "block" in done.stdout
    assert cli("screen", str(folder / "invoice.json")).exit_code == 0


def test_a_bill_to_another_account_than_the_known_one_is_told(cli: Any, tmp_path: Path) -> None:
    ids = [{"kind": "vat", "value": "FR40303265045"}]
    old, new = (
        {"id": {"kind": "account", "scheme": "iban", "value": number}}
        for number in ("FR1420041010050500013M02606", "FR7630006000011234567890189")
    )
    known = {"kind": "party", "name": "Encres Durand", "ids": ids, "bank_accounts": [old]}
    (tmp_path / "known.json").write_text(json.dumps(known))
    for name, account, exit_code in (("old", old, 0), ("new", new, 1)):
        bill = {
            "kind": "invoice", "number": name, "currency": "EUR",
            "seller": {"name": "Encres Durand", "ids": ids}, "payment": [{"accounts": [account]}],
        }  # fmt: skip
        (tmp_path / f"{name}.json").write_text(json.dumps(bill))
        done = cli(
            "screen", str(tmp_path / f"{name}.json"), "--known", str(tmp_path / "known.json")
        )
        assert ("new_account" in done.stdout) is bool(exit_code), done.stdout


@pytest.mark.parametrize("path", sorted(POLICIES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_policy_is_tried_on_its_own_cases(cli: Any, path: Path) -> None:
    done = cli("policy", "test", str(path))
    assert done.exit_code == 0, done.stdout
    assert "0 failed" in done.stdout


def test_what_a_new_version_decides_otherwise_is_shown(cli: Any, tmp_path: Path) -> None:
    old = POLICIES / "discounts.yaml"
    new = tmp_path / "new.yaml"
    text = old.read_text("utf-8")
    assert "outcome: review" in text or "review" in text
    new.write_text(text.replace("review", "refuse", 1), "utf-8")
    assert cli("policy", "diff", str(old), str(new)).stdout.strip()


def test_a_policy_is_asked_about_a_document(cli: Any, folder: Path) -> None:
    approval = str(POLICIES / "approval.yaml")
    invoice = str(folder / "invoice.json")
    done = cli("policy", "decide", approval, invoice, "--fact", "creator=ann", "--on", "2026-02-01")
    assert done.exit_code in (0, 1)
    assert "invoice.json: " in done.stdout
    assert cli("policy", "decide", approval, invoice, "--fact", "creator").exit_code == 2


def test_all_faults_of_a_policy_are_told(cli: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("tables: [\n", "utf-8")
    done = cli("policy", "test", str(broken))
    assert done.exit_code == 1
    assert "line 2" in done.stderr


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(cli: Any, folder: Path) -> None:
    (folder / "noise.bin").write_bytes(b"\x00\x01\x02")
    done = cli("match", str(folder))
    assert "not read: " in done.stderr
    assert "INV-00123" in done.stdout


def statement(folder: Path, number: int, balance: str) -> Path:
    day = f"2026-03-0{number}"
    side = {"amount": balance, "direction": "credit", "date": day, "currency": "EUR"}
    document = {
        "kind": "bank_statement", "id": f"S{number}", "legal_sequence": number,
        "account": {"id": {"scheme": "other", "value": "4711"}, "currency": "EUR"},
        "period": {"start": day, "end": day},
        "balances": [side | {"type": each} for each in ("OPBD", "CLBD")],
    }  # fmt: skip
    path = folder / f"statement-{number}.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


def test_statements_with_a_gap_between_them_are_told(cli: Any, tmp_path: Path) -> None:
    for number, balance in ((1, "10.00"), (2, "10.00")):
        statement(tmp_path, number, balance)
    done = cli("continuity", str(tmp_path))
    assert (done.exit_code, "whole" in done.stdout) == (0, True)
    statement(tmp_path, 4, "12.00")
    done = cli("continuity", str(tmp_path), "--json")
    assert done.exit_code == 1
    (chain,) = json.loads(done.stdout)
    assert "statement_gap" in {each["code"] for each in chain["faults"]}


def test_the_age_of_what_is_left_over_is_told(cli: Any, folder: Path) -> None:
    bill = folder / "invoice.json"
    done = cli("reconcile", str(bill), "--ageing", "--on", "2036-01-01", "--json")
    assert done.exit_code == 1
    (row,) = json.loads(done.stdout)["rows"]
    assert (row["bucket"], row["count"]) == ("over 90", 1)


def test_what_is_stored_is_reconciled_from_the_shell(cli: Any, tmp_path: Path) -> None:
    store = ("--data", str(tmp_path / "data"))
    done = cli("reconciliations", "run", *store)
    assert done.stdout.startswith("0 bank lines, 0 open documents: 0 accepted")
    assert cli("reconciliations", "list", *store).exit_code == 0
    missing = cli("reconciliations", "accept", "rcn_x", *store)
    assert (missing.exit_code, "no such proposal" in missing.stderr) == (1, True)
    compared = cli("compare", "xero-main", "shop", "--connections", *store)
    assert (compared.exit_code, compared.stdout) == (0, "0 compared\n")


def test_costs_are_spread_over_what_came(cli: Any, folder: Path, tmp_path: Path) -> None:
    done = cli("landed-cost", str(folder), "--cost", "Freight", "10.00", "quantity", "--json")
    assert done.exit_code == 0, done.stderr
    (line,) = json.loads(done.stdout)["lines"]
    assert (line["landed"], line["unit_cost"]) == ("10.00", "78.333333333")
    sheet = tmp_path / "costs.yaml"
    sheet.write_text("costs: [{name: Duty, amount: '5.00', basis: weight}]\n", "utf-8")
    done = cli("landed-cost", str(folder / "goods_receipt.json"), "--costs", str(sheet))
    assert done.exit_code == 1
    assert "no weight is known for line 1" in done.stdout
    done = cli("landed-cost", str(folder), "--cost", "Freight", "ten", "quantity")
    assert "costs[0].amount: found 'ten'" in done.stderr


def test_what_was_not_invoiced_is_accrued(cli: Any, folder: Path) -> None:
    (folder / "invoice.json").unlink()
    asked = ("accruals", str(folder), "--on", "2026-01-31")
    done = cli(*asked, "--accrued", "408000", "--expense", "607000", "--json")
    report = json.loads(done.stdout)
    assert report["totals"] == [{"amount": "225.00", "currency": "EUR"}]
    assert len(report["journals"]) == 1
    assert "3 C62 open, 225.00 EUR, 9 days" in cli(*asked).stdout
    assert cli(*asked, "--accrued", "408000").exit_code == 2


def test_controls_of_the_store_at_the_shell(cli: Any, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    assert json.loads(cli("duplicates", "--stored", *data, "--json").stdout) == []
    assert "nothing that was received" in cli("accruals", "--stored", *data).stdout
    done = cli("match", "--stored", "inv_none", *data)
    assert "there is no such document" in done.stderr
    assert cli("match").exit_code == 2


def test_what_a_provider_confirms_is_billed_from_files(cli: Any) -> None:
    done = cli("bill", str(SHIPPED), "--own-id", "BE0712345630")
    assert done.exit_code == 0, done.stderr
    assert [line.partition(": ")[2] for line in done.stdout.splitlines()] == [
        "invoice INV-DN-91 713.90 EUR",
        "invoice INV-DN-92 464.64 EUR",
        "credit note CN-RMA-7 116.16 EUR",
    ]
    alone = cli("bill", str(SHIPPED / "shipped-to-the-shop.json"), "--json")
    assert alone.exit_code == 1
    assert "send the order" in json.loads(alone.stdout)[0]["problems"][0]["message"]
