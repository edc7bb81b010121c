"""All that is wrong with a write map is found when it is loaded, with what would work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors._engine.checking_write import WriteChecker
from connectors._engine.pack import Pack
from connectors._engine.yaml_file import read_yaml
from connectors.errors import MapError


def problems(text: str, **rest: Any) -> list[str]:
    spec = {"format": 1, "document": "invoice", "codec": "json", **rest}
    found = WriteChecker({**spec, **read_yaml("small.yaml", text).content}, {}).problems()
    return [f"{'.'.join(map(str, at))}: {words}" for at, words in found]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("fields: {A: numbr}", "fields.A: no canonical field 'numbr'; did you mean number"),
        ("fields: {A: seller.nme}", "fields.A: no canonical field 'nme'; did you mean name"),
        ("fields: {A: lines.net}", "fields.A: 'net' of a list; say which item"),
        ("fields: {A: 'seller[0].name'}", "fields.A: an item of what is no list but one object"),
        ("fields: {A: 'number[*]'}", "fields.A: an item of what is no list but one string"),
        ("fields: {A: seller}", "fields.A: seller is one object, no single value; give `at`"),
        ("fields: {A: lines}", "fields.A: lines is one array, no single value; give `each`"),
        ("fields: {A: {path: lines, through: [upper]}}", "fields.A.path: lines is one array"),
        ("fields: {A: 'a..b'}", "fields.A: column 3"),
        (
            "fields: {A: \"refs[?role=='ordr'].number\"}",
            "fields.A: 'ordr' is never there; did you mean order",
        ),
        ("fields: {A: \"refs[?rol=='order'].number\"}", "fields.A: no canonical field 'rol'"),
        ("when: {path: nmber, equals: '1'}\nfields: {A: number}", "when: no canonical field"),
        ("adds: [totls]\nfields: {A: number}", "adds.0: no canonical field 'totls'"),
        ("fields: {A: {each: lines, by: [nt], fields: {B: id}}}", "fields.A.by.0: no canonical"),
        ("fields: {A: {each: lines, by: [net], fields: {B: net}}}", "fields.A.fields.B: no canon"),
        ("fields: {A: {at: seller, by: [name], fields: {B: name}}}", "fields.A.by: groups of"),
        ("fields: {A: {each: lines, fields: {B: ^.nt}}}", "fields.A.fields.B: no canonical field"),
        ("fields: {A: {at: seller, fields: {B: ^^.x}}}", "fields.A.fields.B: ^^.x: nothing holds"),
        ("fields: {A: {at: seller, as: [.], fields: {B: name}}}", "fields.A.as: rows of what is"),
        ("fields: {A: $.currency}", "fields.A: no canonical field 'currency'; known are documents"),
        ("fields: {A: {at: lines, fields: {B: net}}}", "fields.A.at: a list; give `each`"),
        ("fields: {A: {each: liens, fields: {B: net}}}", "fields.A.each: no canonical field"),
        (
            "fields: {A: {each: lines, fields: {B: number}}}",
            "fields.A.fields.B: no canonical field 'number'",
        ),
        (
            "fields: {A: {each: lines, at: seller, fields: {B: net}}}",
            "fields.A.at: both `at` and `each`",
        ),
        (
            "fields: {A: {when: numbr, fields: {B: number}}}",
            "fields.A.when: no canonical field 'numbr'",
        ),
        ("fields: {A: [number, {path: numbr}]}", "fields.A.1.path: no canonical field 'numbr'"),
        ("fields: {A: {path: number, table: t}}", "fields.A.table: unknown table 't'"),
        (
            "fields: {A: {path: number, through: [uper]}}",
            "fields.A.through.0: unknown transform 'uper'",
        ),
        ("fields: {A: {use: f}}", "fields.A.use: unknown fragment 'f'"),
        (
            "fields: {A: {at: seller, use: f}}\nfragments: {f: {fields: {B: nme}}}",
            "fragments.f.fields.B: no canonical field 'nme'",
        ),
        (
            "fields: {A: {use: f}}\nfragments: {f: {use: f, fields: {B: number}}}",
            "fragments.f.use: fragment 'f' uses itself",
        ),
        (
            "fields: {A: {use: f}}\nfragments: {f: {each: lines, fields: {B: net}}}",
            "fragments.f.each: a fragment has no `each`",
        ),
        ("many: true\nfields: {A: number}", "fields.A: no canonical field 'number'"),
        ("losses: [numbr]\nfields: {A: number}", "losses.0: no canonical field 'numbr'"),
        ("codec: ofx\nfields: {A: number}", "codec: no writer of 'ofx'; known are"),
        ("codec: xml\nfields: {A: number}", ": no root; name the root element"),
        ("codec: xml\nroot: R\nfields: {a:B: number}", "fields.a:B: the prefix 'a' without"),
        ("document: invoyce\nfields: {A: number}", "document: unknown document 'invoyce'; did"),
        ("losses: []", ": no fields; give `fields`"),
    ],
)
def test_a_mistake_is_named_with_what_would_work(text: str, problem: str) -> None:
    assert [each for each in problems(text) if each.startswith(problem)], problems(text)


@pytest.mark.parametrize(
    "text",
    [
        "fields: {A: {each: lines, fields: {B: net, C: '$.documents[0].currency'}}}",
        "fields: {A: {at: totals.net, fields: {'#': .}}}",
        "fields: {A: {path: 'taxes[*].amount', through: [sum]}}",
        "fields: {A: \"seller.ids[?kind=='vat'].value\"}",
        "fields: {A: \"payment[*].accounts[?id.scheme!='iban'].name\"}",
        "many: true\nfields: {A: {each: documents, fields: {B: number}}}",
        "fields: {A: number}\nlosses: [\"$.documents[?direction=='payable'].buyer\", 'refs[*].id']",
    ],
)
def test_what_the_language_allows_is_no_problem(text: str) -> None:
    assert problems(text) == []


def test_a_mistake_is_refused_when_the_map_is_loaded_with_line_and_column(tmp_path: Path) -> None:
    maps = tmp_path / "erp" / "small" / "maps"
    maps.mkdir(parents=True)
    (maps.parent / "manifest.yaml").write_text(
        "format: 1\ntitle: Small\nchannel: api\nresources:\n  invoice: {title: Invoice}\n"
    )
    text = "format: 1\ndocument: invoice\ncodec: json\nfields:\n  No: number\n  Due: du_date\n"
    (maps / "invoice.write.yaml").write_text(text)
    with pytest.raises(MapError) as caught:
        Pack((tmp_path,))["erp/small"].write_map("invoice")
    (problem,) = caught.value.problems
    assert problem.startswith("erp/small/invoice.write.yaml:6:3: no canonical field 'du_date'")
