"""Connectors in folders: extends, overlays, and what is wrong with any of their files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors._engine.connector import merged
from connectors._engine.pack import Pack
from connectors.errors import MapError, UnknownConnector

MANIFEST = "format: 1\ntitle: Shop\nresources: {bill: {title: Bill}}\n"
BILL = """format: 1
document: invoice
codec: json
recognises: {has: [Bill]}
fields:
  number: Bill.No
  seller: {at: Bill.From, fields: {name: Name, master_id: Id}}
  issue_date: {first: [Bill.Day, Bill.Date]}
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files below a folder; gives the folder."""

    def files(folder: str = "own", **texts: str) -> Path:
        for name, text in texts.items():
            stem = {"manifest": "manifest"}.get(name, f"maps/{name}.read")
            path = tmp_path / folder / "erp" / "shop" / f"{stem}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return tmp_path / folder

    return files


def refused(own: Path, *overlays: Path, resource: str = "bill") -> tuple[str, ...]:
    with pytest.raises(MapError) as error:
        Pack((own,), overlays)["shop"].read_map(resource)
    return error.value.problems


def test_an_overlay_adds_replaces_and_keeps(write: Write) -> None:
    own = write(manifest=MANIFEST, bill=BILL)
    over = write(
        "over", bill="fields: {seller: {fields: {name: Title}}, issue_date: D, balance: B}"
    )
    spec = Pack((own,), (over,))["erp/shop"].spec("bill")
    assert spec["fields"]["seller"] == {
        "at": "Bill.From",
        "fields": {"name": "Title", "master_id": "Id"},
    }
    assert spec["fields"]["issue_date"] == "D"
    assert spec["fields"]["number"] == "Bill.No"
    assert Pack((own,))["shop"].spec("bill")["fields"]["issue_date"] == {
        "first": ["Bill.Day", "Bill.Date"]
    }


def test_a_value_is_replaced_as_a_whole_and_objects_are_merged() -> None:
    below = {"a": {"path": "x", "through": ["upper"]}, "b": {"fields": {"c": "d"}}, "e": ["f"]}
    above = {"a": {"path": "y"}, "b": {"fields": {"g": "h"}}, "e": ["i"]}
    assert merged(below, above) == {
        "a": {"path": "y"},
        "b": {"fields": {"c": "d", "g": "h"}},
        "e": ["i"],
    }


def test_a_map_extends_another_beside_it(write: Write) -> None:
    own = write(
        manifest=MANIFEST,
        bill=BILL,
        credit="extends: bill.read\ndocument: credit_note\nfields: {number: Credit.No}",
    )
    spec = Pack((own,))["shop"].spec("credit")
    assert (spec["document"], spec["codec"]) == ("credit_note", "json")
    assert spec["fields"]["number"] == "Credit.No"
    assert spec["fields"]["seller"]["at"] == "Bill.From"


def test_an_overlay_can_bring_a_map_or_a_connector_of_its_own(write: Write) -> None:
    own = write(manifest=MANIFEST, bill=BILL)
    over = write("over", credit="extends: bill.read\ndocument: credit_note")
    found = Pack((own,), (over,))["shop"]
    assert found.map_names() == ["bill", "credit"]
    assert found.read_map("credit").document == "credit_note"
    alone = write("alone", manifest=MANIFEST, bill=BILL)
    empty = own.parent / "none"
    empty.mkdir()
    assert Pack((empty,), (alone,))["shop"].read_map("bill").document == "invoice"


def test_a_problem_of_an_overlay_is_told_in_the_overlay(write: Write) -> None:
    own = write(manifest=MANIFEST, bill=BILL)
    over = write("over", bill="fields:\n  numbr: A\n  seller: {fields: {name: 'a..b'}}\n")
    path = (over / "erp/shop/maps/bill.read.yaml").as_posix()
    first, second = refused(own, over)
    assert first.startswith(f"{path}:2:3: unknown field 'numbr'; did you mean number")
    assert second.startswith(f"{path}:3:21: column 3 of path 'a..b'")


def test_a_problem_below_an_overlay_is_told_where_it_stands(write: Write) -> None:
    own = write(manifest=MANIFEST, bill=BILL.replace("Bill.No", "'Bill..No'"))
    over = write("over", bill="fields: {balance: B}")
    (problem,) = refused(own, over)
    assert problem.startswith("erp/shop/bill.read.yaml:6:3: column 6")


def test_a_problem_of_the_manifests_fragments_is_told_in_the_manifest(write: Write) -> None:
    manifest = f"{MANIFEST}fragments:\n  party: {{fields: {{nme: N}}}}\n"
    bill = "format: 1\ndocument: invoice\ncodec: json\nfields: {seller: {use: party}}"
    (problem,) = refused(write(manifest=manifest, bill=bill))
    assert problem.startswith("erp/shop/manifest.yaml:5:20: unknown field 'nme'")
    found = refused(write(manifest=manifest.replace("fields", "feilds"), bill=bill))
    assert any("manifest.yaml:5:11: unknown 'feilds'" in problem for problem in found)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("extends: bill.read\nfields: {}", "1:1: bill.read.yaml extends itself"),
        ("extends: nothing.read\nfields: {}", "1:1: no nothing.read.yaml beside it"),
        ("- a list", "1:1: a map is an object; begin with `format: 1`"),
        ("a text", "1:1: a map is an object"),
        ("fields: {number: a}", "1:1: 'codec' is a required property"),
        ("a: [", "2:1: not YAML"),
    ],
)
def test_a_file_that_is_no_map_is_refused(write: Write, text: str, problem: str) -> None:
    found = refused(write(manifest=MANIFEST, bill=text))
    assert found[0].startswith(f"erp/shop/bill.read.yaml:{problem}")


def test_maps_that_extend_each_other_are_refused(write: Write) -> None:
    own = write(manifest=MANIFEST, bill="extends: credit.read", credit="extends: bill.read")
    assert "extends itself" in refused(own)[0]


def test_a_file_that_is_not_utf_8_is_refused(write: Write) -> None:
    own = write(manifest=MANIFEST, bill=BILL)
    (own / "erp/shop/maps/bill.read.yaml").write_bytes(b"a: \xff")
    assert refused(own) == ("erp/shop/bill.read.yaml: not UTF-8 at byte 3; save it as such",)


def test_an_overlay_that_would_do_nothing_is_refused(write: Write) -> None:
    own = write(manifest=MANIFEST, bill=BILL)
    with pytest.raises(MapError, match="no such folder"):
        Pack((own,), (own / "missing",))
    over = own.parent / "over"
    (over / "erp/shpo/maps").mkdir(parents=True)
    with pytest.raises(MapError, match="no connector erp/shpo; there are erp/shop"):
        Pack((own,), (over,))
    (over / "erp/shpo").rename(over / "erp/shop")
    (over / "erp/shop/maps/bill.yaml").write_text("", "utf-8")
    with pytest.raises(MapError, match=r"bill.yaml: no map; name it <resource>.read.yaml"):
        Pack((own,), (over,))


def test_unknown_names_are_answered_with_near_ones(write: Write) -> None:
    pack = Pack((write(manifest=MANIFEST, bill=BILL),))
    with pytest.raises(UnknownConnector, match="no connector 'erp/shpo'; there are erp/shop"):
        pack["erp/shpo"]
    with pytest.raises(UnknownConnector, match="cannot read 'bil'; it can bill"):
        pack["shop"].spec("bil")
    with pytest.raises(UnknownConnector, match="cannot write 'bill'; it can nothing"):
        pack["shop"].spec("bill", "write")


def test_a_path_that_cannot_be_recognised_by_is_told_before_any_payload(write: Write) -> None:
    own = write(manifest=MANIFEST, bill=BILL.replace("[Bill]", "['Bill..No']"))
    with pytest.raises(MapError, match=r"bill.read.yaml:4:20: column 6 of path 'Bill..No'"):
        _ = Pack((own,)).recognition


def test_a_map_is_read_and_compiled_once(write: Write) -> None:
    own = write(manifest=MANIFEST, bill=BILL)
    found = Pack((own,))["shop"]
    first = found.read_map("bill"), found.spec("bill"), found.recognisers
    (own / "erp/shop/maps/bill.read.yaml").write_text("broken: [", "utf-8")
    assert (found.read_map("bill"), found.spec("bill"), found.recognisers) == first
