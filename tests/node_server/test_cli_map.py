"""`counterfoil map` and the commands around connectors: what people and scripts get from them."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from canonical_model import schemas
from tests.golden import samples

Cli = Callable[..., Result]
BILL = next(p for p in samples("erp/xero") if p.parent.name == "invoice")
UBL = next(p for p in samples("ap/ubl") if p.name.startswith("xrechnung"))


@pytest.mark.parametrize(
    "command", ["map", "render", "explain", "connectors", "check", "samples", "new"]
)
def test_every_command_has_help(cli: Cli, command: str) -> None:
    result = cli(command, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.stdout


def test_jsonl_is_one_result_a_line_with_its_file(cli: Cli) -> None:
    result = cli("map", "--jsonl", str(UBL), str(BILL))
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["file"], first["connector"]) == (str(UBL), "ap/ubl")
    assert second["records"][0]["document"]["kind"] == "invoice"


def test_a_folder_is_all_its_files_in_order(cli: Cli, tmp_path: Path) -> None:
    for name in ("b.xml", "a.xml", ".hidden"):
        (tmp_path / name).write_bytes(UBL.read_bytes())
    lines = cli("map", "--jsonl", str(tmp_path)).stdout.splitlines()
    assert [Path(json.loads(line)["file"]).name for line in lines] == ["a.xml", "b.xml"]


def test_an_archive_is_all_its_members(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "mail.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.xml", UBL.read_bytes())
        archive.writestr("two.txt", b"nothing of ours")
    result = cli("map", "--jsonl", str(path))
    one, two = (json.loads(line) for line in result.stdout.splitlines())
    assert one["file"].endswith("mail.zip/one.xml")
    assert one["records"]
    assert two["issues"][0]["code"] == "unknown_format"
    assert result.exit_code == 1


def test_a_packed_file_is_unpacked(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "invoice.xml.gz"
    path.write_bytes(gzip.compress(UBL.read_bytes()))
    assert json.loads(cli("map", "--jsonl", str(path)).stdout)["connector"] == "ap/ubl"


def test_a_damaged_archive_is_a_result_that_says_so(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    result = cli("map", "--jsonl", str(path))
    assert json.loads(result.stdout)["issues"][0]["severity"] == "error"
    assert result.exit_code == 1


def test_several_processes_give_the_same_in_the_same_order(cli: Cli) -> None:
    paths = [str(path) for path in samples("ap/ubl", "bank/mt940")]
    assert (
        cli("map", "--jsonl", "--jobs", "2", *paths).stdout == cli("map", "--jsonl", *paths).stdout
    )


def test_an_identifier_of_ours_tells_the_direction(cli: Cli) -> None:
    seller = json.loads(cli("map", "--jsonl", str(UBL)).stdout)["records"][0]["document"]["seller"]
    vat = next(each["value"] for each in seller["ids"] if each.get("kind") == "vat")
    result = cli("map", "--jsonl", "--own-id", vat, str(UBL))
    assert json.loads(result.stdout)["records"][0]["document"]["direction"] == "receivable"


def test_strict_fails_on_error_issues(cli: Cli) -> None:
    broken = next(p for p in samples("ap/ubl") if p.name.startswith("values-that-do-not-fit"))
    assert cli("map", str(broken)).exit_code == 0
    assert cli("map", "--strict", str(broken)).exit_code == 1


def test_an_unknown_connector_is_wrong_usage_and_offers_the_nearest(cli: Cli) -> None:
    result = cli("map", "--connector", "erp/xerro", str(BILL))
    assert result.exit_code == 2
    assert "erp/xero" in result.stderr


def test_connectors_are_listed_and_described(cli: Cli) -> None:
    assert "bank/camt" in cli("connectors").stdout
    assert "invoice" in json.loads(cli("connectors", "ap/ubl", "--json").stdout)["reads"]


def test_explain_says_where_a_field_comes_from(cli: Cli) -> None:
    assert "InvoiceNumber" in cli("explain", "erp/xero", "invoice").stdout
    fields = json.loads(cli("explain", "erp/xero", "invoice", "--json").stdout)
    assert any("InvoiceNumber" in " ".join(each["sources"]) for each in fields)


def test_the_pack_is_whole(cli: Cli) -> None:
    result = cli("check")
    assert result.exit_code == 0, result.stdout


def test_a_new_connector_works_at_once(cli: Cli, tmp_path: Path) -> None:
    mine = str(tmp_path)
    assert cli("new", "connector", "erp/acme", "--into", mine).exit_code == 0
    assert cli("check", "erp/acme", "--overlay", mine).exit_code == 1  # no golden yet
    assert cli("samples", "erp/acme", "--write", "--overlay", mine).exit_code == 0
    assert cli("check", "erp/acme", "--overlay", mine).exit_code == 0
    again = cli("new", "connector", "erp/acme", "--into", mine)
    assert (again.exit_code, "exists" in again.stderr) == (2, True)


def test_a_bad_name_for_a_connector_is_wrong_usage(cli: Cli, tmp_path: Path) -> None:
    assert cli("new", "connector", "../x", "--into", str(tmp_path)).exit_code == 2


def test_rendering_what_is_no_document_says_why(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(schemas.example("invoice").replace('"476.00"', "476.00"))
    result = cli("render", "ap/ubl", "invoice", str(path))
    assert result.exit_code == 2
    assert "totals" in result.stderr


def test_explain_says_of_each_value_where_it_comes_from(cli: Cli) -> None:
    result = json.loads(cli("map", "--jsonl", "--explain", str(BILL)).stdout)
    values = {each["path"]: each for each in result["records"][0]["explained"]}
    document = result["records"][0]["document"]
    assert values["number"]["value"] == document["number"]
    assert values["number"]["sources"] == ["Invoices[*].InvoiceNumber"]
    assert "ACCPAY" in values["direction"]["tables"]["direction"]
    assert values["lines[0].net"]["value"] == document["lines"][0]["net"]
    shown = cli("map", "--explain", str(BILL)).stdout
    assert f"number = {document['number']}  <-  Invoices[*].InvoiceNumber" in shown


def test_a_resource_alone_narrows_the_choice(cli: Cli) -> None:
    result = json.loads(cli("map", "--jsonl", "--resource", "credit_note", str(BILL)).stdout)
    assert (result["connector"], result["records"]) == (None, [])
    unknown = cli("map", "--resource", "invocie", str(BILL))
    assert (unknown.exit_code, "did you mean invoice" in unknown.stderr) == (2, True)
