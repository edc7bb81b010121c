"""Every control works on files alone, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canonical_model.schemas import example

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
